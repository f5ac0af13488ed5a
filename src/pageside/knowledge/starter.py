"""Questions to try first, made from the book's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from pageside.knowledge.passage import Passage

_QUESTION_MARKS: Final = ("?", "？", "؟")
_TOO_SHORT_WORDS: Final = 40
_TOO_SHORT_CHARS: Final = 100  # where words are not parted by spaces
_FEWEST_WORDS: Final = 5  # of a heading that asks; "How wide?" is a question to nobody who has not read the page
_LONGEST_CHARS: Final = 80
_LONGEST_TERM: Final = 4  # words
_UNTAUGHT: Final = frozenset({"quiz", "exercises", "objectives", "prerequisites", "references"})
_POINTING: Final = re.compile(r"\b(this|that|these|those|it|its|they|them|here|we|you|your|our)\b|:", re.IGNORECASE)
_NO_NAME: Final = re.compile(r"[:;,!?？؟`$(]|^(?:who|what|when|where|why|how|which)\b|\d", re.IGNORECASE)
_TERM: Final = re.compile(r"([^:\n]{2,60}):\s+\S")
_UNSPACED: Final = frozenset({"ja", "ko", "th", "zh"})
_ABOUT: Final[Mapping[str, str]] = {
    "en": "What does the book say about {heading}?",
    "es": "¿Qué dice el libro sobre {heading}?",
    "ja": "この本は「{heading}」について何と書いていますか。",
    "ur": "کتاب {heading} کے بارے میں کیا کہتی ہے؟",
    "zh": "书中关于“{heading}”说了什么？",
}
_ANY: Final[Mapping[str, str]] = {
    "en": "What is this book about?",
    "es": "¿De qué trata este libro?",
    "ja": "この本は何についての本ですか。",
    "ur": "یہ کتاب کس بارے میں ہے؟",
    "zh": "这本书讲什么？",
}


def question(passages: Sequence[Passage]) -> str:
    """The first of `questions`."""
    return questions(passages, limit=1)[0]


def questions(passages: Sequence[Passage], *, limit: int = 4) -> list[str]:
    """At most `limit` questions that this book answers, always the same for the same book, one at least.

    Its own headings where they ask, what it defines, and what its sections are about, in turn; each from a page of its
    own, so that they lead all over the book.
    """
    language = passages[0].language if passages else "en"
    taught = [each for each in passages if _is_taught(each)]
    kinds = (_spread(_asked(taught)), _spread(_defined(taught, passages)), _spread(_about(taught)))
    chosen: dict[str, str] = {}  # by page
    for path, told in (each for turn in zip_longest(*kinds) for each in turn if each):
        if path not in chosen and told not in chosen.values():
            chosen[path] = told
        if len(chosen) == limit:
            break
    return list(chosen.values()) or [_ANY.get(language, _ANY["en"])]


def _is_taught(passage: Passage) -> bool:
    if passage.labels.get("section_type") in _UNTAUGHT or len(passage.heading) > _LONGEST_CHARS:
        return False
    if passage.language in _UNSPACED:
        return len(passage.text) >= _TOO_SHORT_CHARS
    return len(passage.text.split()) >= _TOO_SHORT_WORDS


def _spread(told: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """One of each page; first from all over the book, then the rest in its order."""
    by_page: dict[str, str] = {}
    for path, question in told:
        by_page.setdefault(path, question)
    pages = list(by_page.items())
    step = max(1, len(pages) // 3)
    yield from pages[step // 2 :: step]
    yield from pages


def _asked(taught: Sequence[Passage]) -> Iterator[tuple[str, str]]:
    """Headings that ask, and can be understood by themselves."""
    for each in taught:
        asks = each.heading.endswith(_QUESTION_MARKS) and not _POINTING.search(each.heading)
        if asks and (each.language in _UNSPACED or len(each.heading.split()) >= _FEWEST_WORDS):
            yield each.path, each.heading


def _defined(taught: Sequence[Passage], passages: Sequence[Passage]) -> Iterator[tuple[str, str]]:
    """What a section that bears its name says to be something, and the words of a glossary; in English books."""
    for each in taught:
        if each.language == "en" and (told := _definition(each, passages)):
            yield each.path, told
    terms = [each for each in passages if each.labels.get("section_type") == "glossary" and each.language == "en"]
    for each in terms[len(terms) // 2 :] + terms[: len(terms) // 2]:  # its middle is as good as its beginning
        if (found := _TERM.match(each.text)) and len(found[1].split()) in range(2, _LONGEST_TERM + 1):
            yield each.path, f"What does {_within(found[1], passages)} mean?"


def _definition(passage: Passage, passages: Sequence[Passage]) -> str:
    term = re.sub(r"^(?:an?|the)\s+", "", passage.heading, flags=re.IGNORECASE)
    if not _is_name(term) or len(passage.heading_path) < 2:
        return ""
    is_ = r"(is|are)\s+(?:an?|the|what|when|where|how|every)\b"
    found = re.search(rf"(?:^|[.!?]\s+|\n)(?:(an?|the)\s+)?({re.escape(term)})\s+{is_}", passage.text, re.IGNORECASE)
    if not found:
        return ""
    article = f"{found[1].lower()} " if found[1] else ""
    return f"What {found[3]} {article}{_within(found[2], passages)}?"


def _about(taught: Sequence[Passage]) -> Iterator[tuple[str, str]]:
    """What a section treats, past the first page: its heading, in a question of the book's language."""
    further = [each for each in taught if each.path != taught[0].path] or taught
    for each in further:
        if _is_name(each.heading):
            heading = _within(each.heading, taught) if each.language == "en" else each.heading
            yield each.path, _ABOUT.get(each.language, "{heading}").format(heading=heading)


def _is_name(heading: str) -> bool:
    """Whether `heading` names one thing, as far as its shape tells."""
    return len(heading.split()) <= _LONGEST_TERM and not _NO_NAME.search(heading)


def _within(name: str, passages: Sequence[Passage]) -> str:
    """`name` as it stands inside a sentence: with a small letter where the book writes it so."""
    lowered = name[0].lower() + name[1:]
    return lowered if any(f" {lowered}" in each.text for each in passages) else name
