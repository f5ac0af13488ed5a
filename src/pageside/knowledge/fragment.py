"""Links that make a browser scroll to a quote and mark it: text fragments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote as percent_encoded

from pageside.knowledge.passage import Passage

_PAGE = "page="
_WHOLE_WORDS = 12
_WHOLE_CHARACTERS = 100
_EDGE_WORDS = 5
_NEIGHBOUR_WORDS = 3
_SLIGHT_WORDS = 3
_SLIGHT_IDEOGRAMS = 6

_MATH = re.compile(r"\$\$.*?\$\$|(?<![\\$\w])\$(?=\S)[^$\n]+?(?<=\S)\$(?![\w$])", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*$", re.MULTILINE)
_MARKER = re.compile(r"^[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]+", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*\|?[ \t:|-]*-[ \t:|-]*$", re.MULTILINE)
_CELL = re.compile(r"(?<!\\)\|")
_WORDLIKE = re.compile(r"\w")
_IDEOGRAM = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")
_CLAUSE_END = re.compile(r"[、，。！？；：）」』]")
# Within a block the browser matches across inline elements, but a term never reaches from one block into another.
_BORDER = "\x1e"


def deep_link(passage: Passage, quote: str) -> str:
    """The address of `passage` that also marks `quote`; without a mark where no browser could find it."""
    if passage.anchor.startswith(_PAGE):  # a viewer of PDF would take the mark for a part of the page's number
        return passage.url
    fragment = text_fragment(quote, context=passage.text)
    if not fragment:
        return passage.url
    return f"{passage.url}{fragment}" if "#" in passage.url else f"{passage.url}#{fragment}"


def text_fragment(quote: str, *, context: str) -> str:
    """The fragment directive `:~:text=...` that finds `quote`; empty where nothing of it can be found.

    What a page renders otherwise than it is written (math, list marks, table borders) is left out; a short quote stands
    whole, of a long one the first and last words.

    Args:
        context: The passage the quote is taken from.

    Source: WICG, URL Fragment Text Directives, section 3.
    """
    segments = _segments(quote)
    if not segments:
        return ""
    telling = _telling(quote, segments)
    start, end = _terms(telling)
    ambiguous = _is_slight(start) or _is_repeated(start, context)
    before, after = _neighbours(quote, context) if ambiguous and telling[0] == segments[0] else ("", "")
    parts = [f"{_encoded(before)}-"] if before else []
    parts.append(_encoded(start))
    if end:
        parts.append(_encoded(end))
    elif after:
        parts.append(f"-{_encoded(after)}")
    return f":~:text={','.join(parts)}"


def _segments(text: str) -> list[str]:
    """The stretches of `text` that stand on the page as they are written, in order."""
    return [segment for segment in _shown(text).split(_BORDER) if _WORDLIKE.search(segment)]


def _shown(text: str) -> str:
    """`text` as a page shows it, white space collapsed, with a border wherever a term must stop."""
    return _BORDER.join(_collapsed(run) for run in _runs(text))


def _runs(text: str) -> Iterator[str]:
    fenced = _FENCE.search(text) is not None
    text = _MATH.sub(_BORDER, _RULE.sub("", _FENCE.sub("", text)) if not fenced else _FENCE.sub("", text))
    text = _MARKER.sub(_BORDER, text) if not fenced else text
    for part in re.split(r"\n[ \t]*\n|\x1e" if not fenced else r"\n|\x1e", text):
        if part.lstrip().startswith("|") and not fenced:
            yield from (cell.replace("\\|", "|").replace("`", "") for cell in _CELL.split(part))
        else:
            yield part if fenced else part.replace("`", "")


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def _telling(quote: str, segments: Sequence[str]) -> Sequence[str]:
    """The segments from the first to the last that is found by more than a word or two; of a row and of code all."""
    if quote.lstrip().startswith("|") or _FENCE.search(quote):
        return segments
    solid = [at for at, segment in enumerate(segments) if not _is_slight(segment)]
    if not solid:
        return [max(segments, key=len)]
    return segments[solid[0] : solid[-1] + 1]


def _is_slight(text: str) -> bool:
    return len(text) < _SLIGHT_IDEOGRAMS if _IDEOGRAM.search(text) else len(text.split()) < _SLIGHT_WORDS


def _terms(segments: Sequence[str]) -> tuple[str, str]:
    """Where the mark begins, and where it ends; the second is empty when the first is all there is."""
    first, last = segments[0], segments[-1]
    if len(segments) == 1 and (_is_short(first) or not _is_divisible(first)):
        return first, ""
    start, end = _head(first), _tail(last)
    return (start, end) if end else (start, "")


def _is_short(text: str) -> bool:
    return len(text) <= _WHOLE_CHARACTERS and len(text.split()) <= _WHOLE_WORDS


def _is_divisible(text: str) -> bool:
    head, tail = _head(text), _tail(text)
    return len(head) + len(tail) < len(text)


def _head(text: str) -> str:
    if _IDEOGRAM.search(text):
        found = _CLAUSE_END.search(text, 4)
        return text[: found.start()].strip() if found else text
    return " ".join(text.split()[:_EDGE_WORDS])


def _tail(text: str) -> str:
    if _IDEOGRAM.search(text):
        ends = [found.end() for found in _CLAUSE_END.finditer(text, 0, max(0, len(text) - 5))]
        return text[ends[-1] :].strip() if ends else text
    return " ".join(text.split()[-_EDGE_WORDS:])


def _occurrences(term: str, text: str) -> list[int]:
    """Where a browser would find `term`: letter case aside, between word borders."""
    edge_before = r"(?<!\w)" if term[:1].isalnum() and not _IDEOGRAM.match(term) else ""
    edge_after = r"(?!\w)" if term[-1:].isalnum() and not _IDEOGRAM.match(term[-1:]) else ""
    pattern = re.compile(f"{edge_before}{re.escape(term)}{edge_after}", re.IGNORECASE)
    return [found.start() for found in pattern.finditer(text)]


def _is_repeated(term: str, context: str) -> bool:
    return len(_occurrences(term, _shown(context))) > 1


def _neighbours(quote: str, context: str) -> tuple[str, str]:
    """A few words right before the quote in `context` and, where there are none, a few right after it."""
    at = context.find(quote)
    if at < 0:
        return "", ""
    above, below = _between_code(context[:at], context[at + len(quote) :])
    before = _edge(above, last=True)[-_NEIGHBOUR_WORDS:]
    after = _edge(below, last=False)[:_NEIGHBOUR_WORDS]
    return (" ".join(before), "") if before else ("", " ".join(after))


def _between_code(above: str, below: str) -> tuple[str, str]:
    """What stands around prose, up to the nearest blocks of code; around code all of it."""
    parts = _FENCE.split(above)
    return (parts[-1], _FENCE.split(below, maxsplit=1)[0]) if len(parts) % 2 else (above, below)


def _edge(text: str, *, last: bool) -> list[str]:
    """The words of `text` nearest to its end, or to its beginning; none where math stands there."""
    text = text.rstrip() if last else text.lstrip()
    if text.endswith("$") if last else text.startswith("$"):
        return []
    segments = _segments(text)
    return segments[-1 if last else 0].split() if segments else []


def _encoded(term: str) -> str:
    return percent_encoded(term, safe="").replace("-", "%2D")
