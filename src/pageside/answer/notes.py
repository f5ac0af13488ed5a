"""What answers say of themselves and of the reader's files, known again by its wording; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pageside.answer import attached, outcomes
from pageside.phrases import answers, files
from pageside.phrases.phrase import Phrase

# A name in quotation marks says nothing that anybody takes for the book's word.
_NAMES: Final = r"“[^”\n]{1,300}”(?:(?:, |، |、| and | y | اور |和|と)“[^”\n]{1,300}”)*"
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


_FIXED: Final = (
    answers.CLOSEST_LEAD,
    answers.CUT_SHORT,
    answers.DOUBTED,
    answers.SELECTION_NOT_FOUND,
    answers.PAGE_NOT_FOUND,
)
_HOLDS: Final = "\ue000"  # a character of nobody's, around what a pattern takes the place of


def without(text: str) -> str:
    """`text` with as many spaces in place of every note."""
    return _NOTE.sub(lambda note: " " * len(note.group()), text)


def _any(phrase: Phrase, **values: str) -> str:
    """A pattern for `phrase` in every language; `values` are patterns for what stands in it."""
    held = {name: f"{_HOLDS}{name}{_HOLDS}" for name in values}
    found = "|".join(re.escape(each.strip()) for each in phrase.every(**held))
    for name, place in held.items():
        found = found.replace(place, values[name])
    return f"(?:{found})"


def _patterns() -> Iterator[str]:
    """A pattern for each note, those in front of others that begin as they do."""
    for fixed in _FIXED:
        yield _any(fixed)
    yield rf"{_any(answers.NEAREST_LEAD)}{_SECTIONS}"
    yield rf"{_any(answers.DECLINED_LEAD)}{_SECTIONS}"
    yield _any(answers.DECLINED_ALONE)
    for sentence in attached.SENTENCES.values():
        yield _any(sentence, names=_NAMES, kind=f"(?:{_any(files.PDFS)}|{_any(files.IMAGES)})")
    for sentence in (files.ASIDE, files.SEARCHED):
        yield _any(sentence, names=_NAMES)
    left_out = rf"(?:{'|'.join(_LEFT_OUT)})"
    yield _any(files.LEFT_OUT, names=_NAMES, what=rf"{left_out}(?:; {left_out})*")


_NOTE: Final = re.compile("|".join(_patterns()))
