"""How a reply begins, and what is said when the book does not answer; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pageside.answer import citations, file_search
from pageside.answer.events import Evidence, Outcome
from pageside.knowledge.library.texts import is_docs
from pageside.knowledge.passage import Passage
from pageside.phrases import answers

LIMIT_SECTIONS: Final = 3
_THOUGHT: Final = re.compile(r"\s*<think(?:ing)?>.*?</think(?:ing)?>\s*", re.DOTALL)
_THINKS: Final = re.compile(r"\s*<think(?:ing)?>")
_MARK: Final = re.compile(r"\s*\[\[\s*(answered|closest|not_in_book|conversation)\s*\]\][ \t]*\n?\s*")
_MAY_BECOME: Final = ("[[", "<think")
_LONGEST_MARK: Final = 40

_DECLINES: Final = re.compile(
    r"""
      \b(?:book|text(?:book)?|passages?|sections?|chapters?|material|sources?|search\ results?|context|excerpts?)\b
      [^.!?]*\b(?:do(?:es)?(?:\ not|n['’]t)|not|no|nothing|never|without)\b
      [^.!?]*\b(?:answer|mention|say|tell|cover|contain|include|describe|explain|discuss|address|give|provide|specify|state
        |information|anything|name|have|know)\w*
    | \b(?:i|we)\b[^.!?]*\b(?:do\ not|don['’]t|cannot|can['’]t|could\ not|couldn['’]t|(?:was|am)\ unable\ to)\b
      [^.!?]*\b(?:know|find|answer|say|tell|see|locate|help)\b
    | \b(?:is|are|was)\ not\ (?:mentioned|covered|described|discussed|explained|stated|specified|addressed
        |in\ the\ (?:book|text))\b
    | \bno\ information\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BESIDE: Final = re.compile(
    r"""
    ^(?:sure|certainly|of\ course|yes|no|okay|ok|great\ question|good\ question|thanks?|thank\ you
       |you(?:['’]|\ a)?re\ welcome|hello|hi|goodbye)?
    [\s,.!]*
    (?:(?:let\ me|i\ hope|i['’]?ll|i\ will|i\ can|i\ am\ happy|happy\ to|feel\ free|here\ (?:is|are)|here['’]s|let['’]s
       |if\ you|do\ you|would\ you|in\ (?:short|summary)|to\ summari[sz]e|according\ to\ the\ book|ask\ me)\b.{0,110})?$
    """,
    re.IGNORECASE | re.VERBOSE,
)


class Opening:
    """Reads the mark a reply may begin with, however the stream is cut; thoughts in front of it are left out."""

    def __init__(self) -> None:
        self._held = ""
        self.decided = False
        self.outcome: Outcome | None = None

    def feed(self, delta: str) -> str:
        """What of the reply may go on; nothing until the opening is known."""
        if self.decided:
            return delta
        self._held += delta
        return self._take(final=False)

    def close(self) -> str:
        """What was held back, once nothing follows."""
        return "" if self.decided else self._take(final=True)

    def _take(self, *, final: bool) -> str:
        text = _THOUGHT.sub("", self._held, count=1) if _THINKS.match(self._held) else self._held
        if _THINKS.match(text):
            return ""
        bare = text.lstrip()
        mark = _MARK.match(text)
        if mark is not None and (mark.end() < len(text) or final):
            self.outcome = mark[1]  # type: ignore[assignment]  # the pattern names outcomes only
        elif not final and (not bare or mark is not None or _undecided(bare)):
            return ""
        self.decided = True
        return text[mark.end() :] if mark is not None else text


def _undecided(bare: str) -> bool:
    if any(start.startswith(bare) for start in _MAY_BECOME):
        return True
    return bare.startswith("[[") and "]]" not in bare and len(bare) < _LONGEST_MARK


def declines(sentence: str) -> bool:
    """Whether `sentence` says that the book does not say."""
    return bool(_DECLINES.search(sentence))


def beside(sentence: str) -> bool:
    """Whether `sentence` states nothing: a greeting, an offer, a bridge."""
    return bool(_BESIDE.match(sentence.strip())) and not re.search(r"\d", sentence)


def declined(evidence: Sequence[Evidence], language: str) -> str:
    """What is said when the book does not answer, with the nearest sections."""
    if not evidence:
        return answers.DECLINED_ALONE.said(language)
    return f"{answers.DECLINED_LEAD.said(language)}\n\n{sections(evidence)}"


def nearest(evidence: Sequence[Evidence], language: str) -> str:
    """What is added to an answer that nothing in the book supports."""
    return f"{answers.NEAREST_LEAD.said(language)}\n\n{sections(evidence)}" if evidence else ""


def is_marked(text: str) -> bool:
    """Whether `text` bears the mark of what nothing supports, in whatever language."""
    return any(mark.strip() in text for mark in answers.UNSUPPORTED.every())


def sections(evidence: Sequence[Evidence]) -> str:
    """The sections of the best passages as a Markdown list of links."""
    found = [each.found.passage for each in evidence]
    book = [passage for passage in found if not file_search.is_of_file(passage) and not is_docs(passage)]
    named = {passage.url: _title(passage) for passage in book}
    return "\n".join(f"- [{title}]({_address(url)})" for url, title in list(named.items())[:LIMIT_SECTIONS])


def _title(passage: Passage) -> str:
    parts = passage.heading_path or (passage.heading,)
    shown = parts if len(parts) < 3 else (parts[0], parts[-1])
    return citations.literal(" › ".join(shown)) or citations.literal(passage.path)


def _address(url: str) -> str:
    return url.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")
