"""Takes the text out of a PDF, in a process of its own: a damaged or hostile file ends this process alone.

Reads the file from standard input and writes one JSON object to standard output: `error`, or `title`, `outline` (level,
title and page of each bookmark), `count` of pages and `pages`; each page has its `width` and `height`, whether it holds
`pictures` alone, whether its text was `cut` short, and its `runs`: text, left, baseline, right, height, and 1 for a
typewriter's letters.
"""

from __future__ import annotations

import ctypes
import json
import math
import sys
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

try:
    import resource
except ImportError:  # no limits for processes on this platform; the parent still keeps the time
    resource = None  # type: ignore[assignment]

_MOST_BYTES_OF_MEMORY = 4 << 30
_MOST_BOOKMARKS = 5_000
_MOST_CHARACTERS = 200_000  # of one page
_MOST_CHARACTERS_IN_ALL = 20_000_000
_FIXED_PITCH = 1
_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_HYPHENS = frozenset((0x02, 0xFFFE, 0xAD))  # what PDFium makes of a hyphen at the end of a line

Run = tuple[str, float, float, float, float, int]


def main(most_pages: int, seconds: int) -> None:
    """Answers for the file on standard input.

    Args:
        most_pages: A file of more is read no further.
        seconds: Of the processor, after which the process is ended.
    """
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES_OF_MEMORY, _MOST_BYTES_OF_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    json.dump(_answer(sys.stdin.buffer.read(), most_pages), sys.stdout)


def _answer(content: bytes, most_pages: int) -> dict[str, object]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        return {"error": "locked" if "assword" in str(error) else "damaged"}
    return {
        "title": str(document.get_metadata_value("Title")),
        "count": len(document),
        "outline": list(_outline(document)),
        "pages": list(_pages(document, min(len(document), most_pages))),
    }


def _pages(document: pypdfium2.PdfDocument, count: int) -> Iterator[dict[str, object]]:
    """The first `count` pages, as long as they hold no more than a book may."""
    left = _MOST_CHARACTERS_IN_ALL
    for number in range(count):
        page, characters = _page(document, number)
        left -= characters
        if left < 0:
            return
        yield page


def _outline(document: pypdfium2.PdfDocument) -> Iterator[tuple[int, str, int]]:
    for told, bookmark in enumerate(document.get_toc()):
        target = bookmark.get_dest()
        page = target.get_index() if target is not None else None
        if page is not None and page >= 0:
            yield bookmark.level, bookmark.get_title(), page
        if told >= _MOST_BOOKMARKS:
            return


def _page(document: pypdfium2.PdfDocument, number: int) -> tuple[dict[str, object], int]:
    """A page, and how many characters are taken from it."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return {"width": 0, "height": 0, "pictures": False, "runs": [], "broken": True}, 0
    text = page.get_textpage()
    count = min(text.count_chars(), _MOST_CHARACTERS)
    runs = list(_Runs(text.raw, count))
    pictures = not runs and any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    width, height = page.get_size()
    cut = text.count_chars() > count
    return {"width": width, "height": height, "pictures": pictures, "cut": cut, "runs": runs}, count


class _Runs:
    """The runs of letters of one page that stand side by side on one line, in the order of the file."""

    def __init__(self, text: object, count: int) -> None:
        self._text = text
        self._count = count
        self._angle = self._usual_angle()
        self._cos, self._sin = math.cos(self._angle), math.sin(self._angle)
        self._letters: list[str] = []
        self._left = self._right = self._baseline = self._height = 0.0
        self._fixed = 0
        self._space = False

    def __iter__(self) -> Iterator[Run]:
        for at in range(self._count):
            code = raw.FPDFText_GetUnicode(self._text, at)
            if code in (0x20, 0xA0, 0x09):
                self._space = bool(self._letters)
            elif code in (0x0A, 0x0D):
                yield from self._ended()
            else:
                yield from self._letter(at, code)
        yield from self._ended()

    def _letter(self, at: int, code: int) -> Iterator[Run]:
        left, right, height, baseline = self._place(at)
        letter = "\u00ad" if code in _HYPHENS else chr(code) if 0x20 <= code < 0x110000 else "\ufffd"
        letter = _LIGATURES.get(letter, letter)
        if 0xD800 <= code < 0xE000:
            letter = "\ufffd"
        if self._letters and not self._follows(left, baseline, height):
            yield from self._ended()
        if not self._letters:
            self._left, self._baseline, self._height, self._right = left, baseline, height, left
            self._fixed = self._is_fixed(at)
        if self._space or (self._letters and left - self._right > 0.2 * self._height):
            self._letters.append(" ")
        self._letters.append(letter)
        self._space = False
        self._right = max(self._right, right)
        self._height = max(self._height, height)

    def _follows(self, left: float, baseline: float, height: float) -> bool:
        tall = max(self._height, height)
        return abs(baseline - self._baseline) < 0.45 * tall and -0.8 * tall < left - self._right < 1.2 * tall

    def _ended(self) -> Iterator[Run]:
        if self._letters:
            text = "".join(self._letters)
            places = (self._left, self._baseline, self._right, self._height)
            yield (text, *(round(place, 1) for place in places), self._fixed)  # type: ignore[misc]
        self._letters, self._space = [], False

    def _place(self, at: int) -> tuple[float, float, float, float]:
        """Left and right edge, height and baseline of a letter, turned so that the page's lines run to the right."""
        box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetLooseCharBox(self._text, at, box)
        raw.FPDFText_GetCharOrigin(self._text, at, x, y)
        if not self._angle:
            return box.left, box.right, abs(box.top - box.bottom), y.value
        corners = [self._turned(across, up) for across in (box.left, box.right) for up in (box.bottom, box.top)]
        across, up = [corner[0] for corner in corners], [corner[1] for corner in corners]
        return min(across), max(across), max(up) - min(up), self._turned(x.value, y.value)[1]

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        return x * self._cos + y * self._sin, y * self._cos - x * self._sin

    def _usual_angle(self) -> float:
        """How far most of the page's letters are turned, in radians; a page on its side has them at a right angle."""
        step = max(1, self._count // 60)
        quarters = [
            round(raw.FPDFText_GetCharAngle(self._text, at) / (math.pi / 2)) % 4
            for at in range(0, self._count, step)
            if raw.FPDFText_GetUnicode(self._text, at) > 0x20
        ]
        return max(set(quarters), key=quarters.count) * math.pi / 2 if quarters else 0.0

    def _is_fixed(self, at: int) -> int:
        flags = ctypes.c_int()
        name = ctypes.create_string_buffer(128)
        raw.FPDFText_GetFontInfo(self._text, at, name, 128, flags)
        told = name.value.decode("utf-8", "replace").lower()
        return int(bool(flags.value & _FIXED_PITCH) or "mono" in told or "courier" in told or "cmtt" in told)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
