"""The bytes of a page as text, whatever they were written in."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,200}?encoding=["']([\w.:-]+)""", re.IGNORECASE
)
_HEAD_BYTES = 4096  # where a browser looks for what the page says of its encoding, and a little more
# What pages call ISO 8859-1 or ASCII is read by every browser as Windows-1252.
_LATIN = frozenset({"ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin-1", "latin1", "windows-1252", "cp1252"})


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


def decode_html(content: bytes) -> tuple[str, str, int]:
    """As `decode`, for a page that may say its own encoding in a `<meta>` tag.

    Raises:
        Undecodable: `content` is binary.

    Source: WHATWG, HTML, section 13.2.3.2.
    """
    found = _CHARSET.search(content[:_HEAD_BYTES])
    said = (found[1] or found[2]).decode("ascii").lower() if found else ""
    is_marked = any(content.startswith(mark) for mark, _ in _MARKS)
    if is_marked or b"\0" in content or not said or said.startswith(("utf-8", "utf8", "utf-16", "utf16")):
        return decode(content)
    if said in _LATIN:
        return _windows(content), "", 0
    try:
        return mended(content.decode(said, "replace")), "", 0
    except (LookupError, ValueError):
        return decode(content)


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
