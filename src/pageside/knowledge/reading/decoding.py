"""The bytes of a page as text, whatever they were written in."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Undecodable(ValueError):
    """The bytes are no text; `str(error)` says so to a person."""


def decode(content: bytes) -> tuple[str, str, int]:
    """The text of `content`, a complaint about how it is written (or an empty string), and its line, from 1.

    Raises:
        Undecodable: `content` is binary.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            rest = content[len(mark) :]
            text = rest.decode(encoding, errors="replace")
            if encoding == "utf-8":
                return text, *_replaced(text)
            return text, f"the file is written in {encoding[:6].upper()}; save it as UTF-8", 1
    if b"\0" in content:
        raise Undecodable("the file is binary, though its name is that of a page; it was left out")
    try:
        return content.decode("utf-8"), "", 0
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"0x{content[error.start]:02x}"
        complaint = f"byte {byte} is not UTF-8; the page was read as Windows-1252, save it as UTF-8"
        return _windows(content), complaint, line


def mended(text: str) -> str:
    """`text` without what cannot be stored: YAML may escape halves of characters, and nothing at all."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def _windows(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _replaced(text: str) -> tuple[str, int]:
    first = text.find("\ufffd")
    return ("a byte is not UTF-8; save the page as UTF-8", text.count("\n", 0, first) + 1) if first >= 0 else ("", 0)
