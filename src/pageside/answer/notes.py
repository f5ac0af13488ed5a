"""What answers say of themselves and of the reader's files, known again by its wording; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pageside.answer import aim, attached, file_talk, outcomes

# A name in quotation marks says nothing that anybody takes for the book's word.
_NAMES: Final = r"“[^”\n]{1,300}”(?: and “[^”\n]{1,300}”)*"
_PAGES: Final = r"[\w ,–-]{1,200}"
_LEFT_OUT: Final = (
    r"only the first \d+ of its \d+ characters were searched",
    r"only the first \d+ of \d+ pages were read; split the PDF",
    rf"no text on {_PAGES}, only pictures; run character recognition over the PDF, such as OCRmyPDF",
    r"the PDF holds no text",
    rf"only the beginning of {_PAGES} was read: it holds too much text",
    rf"\d+ characters on {_PAGES} have no meaning in the PDF's fonts; export it again",
)
_SECTIONS: Final = rf"(?:\n+- \[[^\n]{{1,500}}\]\([^\s)]{{1,2000}}\)){{1,{outcomes.LIMIT_SECTIONS}}}"


def without(text: str) -> str:
    """`text` with as many spaces in place of every note."""
    return _NOTE.sub(lambda note: " " * len(note.group()), text)


def _patterns() -> Iterator[str]:
    """A pattern for each note, those in front of others that begin as they do."""
    for fixed in (outcomes.CUT_SHORT, outcomes.DOUBTED, outcomes.SELECTION_NOT_FOUND, aim.PAGE_NOT_FOUND):
        yield re.escape(fixed.strip())
    yield rf"{re.escape(outcomes.NEAREST_LEAD.strip())}{_SECTIONS}"
    yield rf"{re.escape(outcomes.DECLINED_LEAD)}{_SECTIONS}"
    yield re.escape(outcomes.DECLINED_ALONE)
    for sentence in attached.SENTENCES.values():
        yield re.escape(sentence).replace(r"\{names\}", _NAMES).replace(r"\{kind\}", "(?:PDF files|images)")
    for sentence in (file_talk.ASIDE, file_talk.SEARCHED):
        yield re.escape(sentence.strip()).replace(r"\{names\}", _NAMES)
    left_out = rf"(?:{'|'.join(_LEFT_OUT)})"
    yield rf"Of {_NAMES}: {left_out}(?:; {left_out})*\."


_NOTE: Final = re.compile("|".join(_patterns()))
