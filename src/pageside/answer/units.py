"""Where a sentence, table or code block of a Markdown stream ends, however the stream was cut; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pageside.knowledge import sentences

Kind = Literal["prose", "heading", "code", "table", "math"]

_FENCE = re.compile(r"(?:[-*+]\s+|\d{1,9}[.)]\s+)?(?P<fence>`{3,}|~{3,})")
_HEADING = re.compile(r"#{1,6}\s")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s+")
_BLOCK = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])\s|#{1,6}\s|`{3}|~{3}|\||>|\$\$)")
_MAY_BECOME_BLOCK = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)]?|#{1,6}|`{1,2}|~{1,2}|\$)?")
_MAY_BECOME_FENCE = re.compile(r"`{1,2}|~{1,2}|\$|#{1,6}|(?:[-*+]|\d{1,9}[.)]?)\s*(?:`{1,2}|~{1,2})?")

_NUMBERS = re.compile(r"\[[ \t]*\d[\d,;\s–-]*\]|【[^】\n]{1,40}】")
_MARKS_BEHIND = re.compile(rf"(?:[ \t]*(?:{_NUMBERS.pattern}))*")
_MAY_BECOME_MARK = re.compile(r"\[[ \t]*[\d,;\s–-]*|【[^】\n]{0,40}")


_ENDLESS = 4000  # characters of prose without a stop, as of a model caught in a loop, are let go at the next word


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or block of Markdown; all units joined are what came in, save white space at the end.

    Attributes:
        lead: The white space in front.
    """

    lead: str
    text: str
    kind: Kind


class Units:
    """Cuts a stream into units; the units depend on the characters alone, not on how they arrived."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, delta: str) -> list[Unit]:
        """The units that are complete with `delta`."""
        complete: list[Unit] = []
        for character in delta:
            blank = self._held[-1:].isspace()
            self._held += character
            if character == "\n" or blank or ord(character) > 0x2E80 or self._held[-2:-1] in "。！？":
                complete += self._take(final=False)
        return complete

    def close(self) -> list[Unit]:
        """The units that are complete because nothing follows."""
        return self._take(final=True)

    def drop(self) -> None:
        """Forgets what is not complete."""
        self._held = ""

    def _take(self, *, final: bool) -> list[Unit]:
        taken: list[Unit] = []
        while end := first_end(self._held, final=final) or self._endless():
            text = self._held[:end].lstrip()
            taken.append(Unit(self._held[: end - len(text)], text, kind(text)))
            self._held = self._held[end:]
        return taken

    def _endless(self) -> int:
        """Where what is held and has no end is cut; 0 where it may still end."""
        if len(self._held) <= _ENDLESS or kind(self._held.lstrip()) != "prose":
            return 0
        return len(self._held[:-1].rstrip())


def kind(text: str) -> Kind:
    """What a unit is, by its first characters."""
    if _FENCE.match(text):
        return "code"
    if text.startswith("$$"):
        return "math"
    if text.startswith("|"):
        return "table"
    return "heading" if _HEADING.match(text) else "prose"


def first_end(text: str, *, final: bool) -> int:
    """One past the first unit of `text`; 0 while more text could move it.

    Args:
        final: Nothing follows `text`.
    """
    start = len(text) - len(text.lstrip())
    if start == len(text):
        return 0
    rest = text[start:]
    if not final and "\n" not in rest and _MAY_BECOME_FENCE.fullmatch(rest):
        return 0
    match kind(rest):
        case "code":
            length = _code_end(rest)
        case "math":
            length = rest.find("$$", 2) + 2 if "$$" in rest[2:] else 0
        case "table":
            length = _table_end(rest)
        case "heading":
            length = rest.find("\n") if "\n" in rest else 0
        case "prose":
            length = _prose_end(rest, final=final)
    if length == 0 and final:
        length = len(rest.rstrip())
    return start + length if length else 0


def _code_end(text: str) -> int:
    opened = _FENCE.match(text)
    if opened is None:
        return 0
    fence = opened["fence"]
    closed = re.compile(rf"\n[ \t]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*(?=\n)").search(text, opened.end() - 1)
    return len(text[: closed.end()].rstrip()) if closed else 0


def _table_end(text: str) -> int:
    for line in re.finditer(r"\n[ \t]*([^\s|])|\n[ \t]*\n", text):
        return line.start()
    return 0


def _prose_end(text: str, *, final: bool) -> int:
    """One past the first sentence or paragraph of `text`; 0 where it may go on."""
    line_end = _paragraph_end(text, final=final)
    paragraph = text[:line_end] if line_end > 0 else text
    # marks stand before or behind a full stop; blanked, they leave the sentence as it is
    masked = _NUMBERS.sub(lambda marks: " " * len(marks.group()), paragraph)
    for span in sentences.prose(masked)[:-1]:
        end = _behind_marks(paragraph, span.end)
        if line_end <= 0 and not final and _MAY_BECOME_MARK.fullmatch(paragraph[end:].lstrip()):
            return 0
        if end < len(paragraph) and not _open_span(paragraph[:end]):
            return end
    return max(line_end, 0)


def _behind_marks(text: str, at: int) -> int:
    marks = _MARKS_BEHIND.match(text, at)
    return marks.end() if marks else at


def _paragraph_end(text: str, *, final: bool) -> int:
    """Where the paragraph ends; -1 where that cannot be known yet, 0 where it has not ended."""
    for line_break in re.finditer(r"\n", text):
        at = line_break.start()
        line, ended, _ = text[at + 1 :].partition("\n")
        if not line.strip():
            if ended:
                return len(text[:at].rstrip())
            return -1
        if _BLOCK.match(line):
            return len(text[:at].rstrip())
        if not ended and not final and _MAY_BECOME_BLOCK.fullmatch(line):
            return -1
    return 0


def _open_span(text: str) -> bool:
    """Whether `text` ends within `code`, or within the brackets of a link."""
    if text.count("`") % 2:
        return True
    plain = re.sub(rf"\\.|{_NUMBERS.pattern}", "", text)
    return plain.count("[") > plain.count("]") or bool(re.search(r"\]\([^)\s]*$", plain))
