"""A page's text as numbered lines, and where each of them stands in the text as it was given."""

from __future__ import annotations

import re
from bisect import bisect_right

_BREAK = re.compile(r"\r\n|\r|\n")


class Lines:
    """The page with plain line feeds and without a byte order mark, and the way back to the given characters.

    Attributes:
        given: The page's text, untouched.
        text: The same with every line break as one line feed; as many lines as `given`.
    """

    __slots__ = ("_end", "_given_starts", "_starts", "given", "text")

    def __init__(self, given: str) -> None:
        self.given = given
        mark = 1 if given.startswith("\ufeff") else 0
        self.text = _BREAK.sub("\n", given[mark:]).replace("\0", "\ufffd")
        breaks = [found.end() for found in _BREAK.finditer(given)]
        self._given_starts = [mark, *breaks]
        self._starts = [0]
        position = self.text.find("\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        self._end = len(given)

    def __len__(self) -> int:
        return len(self._starts)

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Range in `given` of the lines from `first` up to but not including `after` (from 0), without outer white."""
        start = self._given_starts[min(first, len(self) - 1)]
        end = self._given_starts[after] if after < len(self) else self._end
        return self._trimmed(start, end)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Range in `given` of the characters `start` to `end` of `text`, without outer white."""
        return self._trimmed(self._given(start), self._given(end))

    def line_of(self, position: int) -> int:
        """Number, from 0, of the line in which character `position` of `text` stands."""
        return bisect_right(self._starts, position) - 1

    def start_of(self, line: int) -> int:
        """Where line number `line` (from 0) begins in `text`; the end of `text` for a line past the last."""
        return self._starts[line] if line < len(self) else len(self.text)

    def _given(self, position: int) -> int:
        line = self.line_of(position)
        return min(self._given_starts[line] + position - self._starts[line], self._end)

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.given[start].isspace():
            start += 1
        while end > start and self.given[end - 1].isspace():
            end -= 1
        return start, end
