"""From what a page says to its blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import assert_never

from pageside.knowledge.passage import Block
from pageside.knowledge.reading import quiz
from pageside.knowledge.reading.kinds.speech import DEEPEST, Close, Container, Open, Phrase, Said, Whole, Words
from pageside.knowledge.reading.scribe import Frame, Role, Scribe, fenced

_ROLES: dict[Container, Role] = {
    "heading": "heading",
    "list": "list",
    "item": "item",
    "quote": "quote",
    "note": "alert",
    "label": "label",
    "details": "details",
    "terms": "terms",
    "term": "term",
    "definition": "definition",
    "footnote": "footnote",
    "table": "table",
    "cell": "cell",
}
_INLINE: frozenset[Container] = frozenset({"link", "strong", "emphasis"})
_UNSPACED = r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]"
_UNSPACED_BREAK = re.compile(rf"(?<={_UNSPACED})[ \t]*\n\s*(?={_UNSPACED})")
_WHITE = re.compile(r"[ \t\r\n\f\v]+")


def blocks(said: Iterable[Said]) -> tuple[Block, ...]:
    """The blocks that `said` amounts to, in the order of the page; total for anything properly nested."""
    listener = _Listener()
    for piece in said:
        listener.hear(piece)
    return tuple(quiz.gathered(listener.scribe.finish()))


def flowing(text: str) -> str:
    """`text` as a browser shows it: white space is one space, a line break between Chinese or Japanese letters none."""
    return _WHITE.sub(" ", _UNSPACED_BREAK.sub("", text))


class _Listener:
    """Turns each piece into what the scribe does about it."""

    def __init__(self) -> None:
        self.scribe = Scribe()
        self._open = 0
        self._at = 0  # nothing is taken to stand before what was said already, even if a parser moved it up

    def hear(self, piece: Said) -> None:
        match piece:
            case Open():
                self._open += 1
                self._begin(piece)
            case Close():
                self._end(piece)
                self._open -= 1
            case Words():
                self._say(flowing(piece.text), piece.start, piece.end)
            case Phrase():
                self._say(self._written(piece), piece.start, piece.end)
            case Whole():
                self._write(piece)
            case _:
                assert_never(piece)

    def _begin(self, piece: Open) -> None:
        if piece.container in _INLINE:
            return
        self.scribe.flush()
        self._place(piece.start, piece.start)
        role = _ROLES.get(piece.container)
        if self._open > DEEPEST:
            return
        if piece.container == "row":
            self.scribe.row()
        elif role is not None:
            self.scribe.open(Frame(role, level=piece.level, anchor=piece.anchor, number=piece.number))

    def _end(self, piece: Close) -> None:
        if piece.container in _INLINE:
            return
        self.scribe.flush()
        self._place(self._at, piece.end)
        role = _ROLES.get(piece.container)
        if role is not None and self._open <= DEEPEST:
            self.scribe.close(role)

    def _say(self, text: str, start: int, end: int) -> None:
        self._place(start, end)
        self.scribe.say(text)

    def _place(self, start: int, end: int) -> None:
        self._at = max(self._at, start)
        self.scribe.span = (self._at, max(self._at, end))

    def _written(self, piece: Phrase) -> str:
        match piece.form:
            case "code":
                return _marked(flowing(piece.text).strip())
            case "math":
                return f"${flowing(piece.text).strip()}$" if piece.text.strip() else ""
            case "picture":
                return flowing(piece.text)
            case "break":
                return "\n"
            case _:
                assert_never(piece.form)

    def _write(self, piece: Whole) -> None:
        text = piece.text.strip("\n").rstrip()
        if not text.strip():
            return
        if self.scribe.is_in("cell"):
            self._say(f" ${text.strip()}$ " if piece.kind == "math" else _marked(flowing(text)), piece.start, piece.end)
            return
        self.scribe.flush()
        self._place(piece.start, piece.end)
        if piece.kind == "math":
            self.scribe.whole("math", f"$$\n{text.strip()}\n$$")
        else:
            self.scribe.whole(piece.kind, fenced(text, piece.language))


def _marked(code: str) -> str:
    if not code:
        return ""
    marks = "`" * (max((len(run) for run in re.findall("`+", code)), default=0) + 1)
    gap = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{marks}{gap}{code}{gap}{marks}"
