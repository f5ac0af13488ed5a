"""Writes down what a reader reads, block by block, while the containers around the words open and close."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from pageside.knowledge.passage import Block, BlockKind

Role = Literal[
    "list",
    "item",
    "quote",
    "alert",
    "label",
    "heading",
    "terms",
    "term",
    "definition",
    "footnote",
    "table",
    "cell",
    "details",
    "pre",
]

SOFT_BREAK = "\x1f"  # stands for a line break that reads as a space, until the quizzes have been gathered

_MOST_FRAMES = 200
_DEEPEST_INDENT = 12
_UNSEEN = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1e\x7f]")
_WHITE = re.compile(r"[ \t\u00a0\u202f]+")
_AROUND_BREAK = re.compile(r" *([\n\x1f]) *")
_ANSWERS = re.compile(r"\b(?:answers?|solutions?)\b", re.IGNORECASE)
_ANSWER = re.compile(
    r"(?:the )?(?:correct )?(?:answers?|solutions?|question|q)[ #]{0,2}(?:\d|[:\uff1a])"
    r"|\d+[.)]|\(?[a-h][).:]|correct\b",
    re.IGNORECASE,
)
_SIBLING: dict[Role, Role] = {"term": "definition", "definition": "term"}
_KINDS: dict[Role, BlockKind] = {
    "quote": "quote",
    "label": "label",
    "heading": "heading",
    "definition": "definition",
    "footnote": "footnote",
    "item": "list_item",
    "alert": "paragraph",
    "pre": "code",
}


@dataclass(slots=True)
class Frame:
    """A container that is open.

    Attributes:
        tag: Name of the tag that opened it, in lower case; empty where Markdown did.
        marker: Of a list item, until it has been written.
        depth: Of a list or its items, from 0.
        rows: Of a table: the cells of each row.
        answers: Of a <details>: whether its summary promises answers.
    """

    role: Role
    tag: str = ""
    start: int = 0
    marker: str = ""
    depth: int = 0
    level: int = 0
    anchor: str = ""
    number: int | None = None
    rows: list[list[str]] = field(default_factory=list)
    answers: bool = False


class Scribe:
    """Collects blocks.

    Attributes:
        span: Range in the page of what is being written.
        asides: What hovers over the words of the present block; written after it.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.span = (0, 0)
        self.asides: list[str] = []
        self._frames: list[Frame] = []
        self._words: list[str] = []
        self._said: tuple[int, int] | None = None  # range of the words not yet written
        self._term: tuple[str, int] | None = None

    def say(self, text: str) -> None:
        """Adds `text` to the block being written."""
        if not text:
            return
        if text.strip():
            self._said = (self._said[0] if self._said else self.span[0], self.span[1])
        self._words.append(text)

    def is_in(self, role: Role) -> bool:
        """Whether a container of that role is open."""
        return any(frame.role == role for frame in self._frames)

    def flush(self) -> None:
        """Ends the block being written, if it holds anything."""
        kept, self.span = self.span, self._said or self.span
        self._said = None
        self._flush()
        self.span = kept

    def whole(self, kind: BlockKind, text: str) -> None:
        """Writes a block that is what it is wherever it stands: code, math, a diagram, a quiz."""
        if self._words:
            self.flush()
        self._end_term()
        if text.strip():
            self._add(kind, text)

    def open(self, frame: Frame) -> None:
        """Enters a container."""
        self.flush()
        if len(self._frames) >= _MOST_FRAMES and frame.tag:
            return
        frame.start = self.span[0]
        around = self._innermost("list", "item", "quote", "alert")
        if frame.role == "list":
            frame.depth = 0 if around is None or around.role in ("quote", "alert") else around.depth + 1
        elif frame.role == "item":
            frame.depth = around.depth if around is not None else 0
            frame.marker = frame.marker or self._next_marker(around)
        elif frame.role == "cell":
            table = self._innermost("table")
            if table is None:
                return
            table.rows = table.rows or [[]]
            table.rows[-1].append("")
        self._frames.append(frame)

    def row(self) -> None:
        """Begins a row of the innermost table."""
        self.flush()
        table = self._innermost("table")
        if table is not None:
            table.rows.append([])

    def close(self, *roles: Role) -> None:
        """Leaves the innermost container of these roles that Markdown opened, and every one inside it."""
        self.flush()
        for index in range(len(self._frames) - 1, -1, -1):
            if self._frames[index].role in roles and not self._frames[index].tag:
                self._leave(index)
                return

    def close_tag(self, tag: str) -> None:
        """Leaves what the tag `tag` opened, unless Markdown opened something since."""
        self.flush()
        for index in range(len(self._frames) - 1, -1, -1):
            if self._frames[index].tag == tag:
                self._leave(index)
                return
            if not self._frames[index].tag:
                return

    def close_sibling(self, role: Role) -> None:
        """Leaves the item, term or cell that HTML lets stand open until the next one begins."""
        self.flush()
        for index in range(len(self._frames) - 1, -1, -1):
            frame = self._frames[index]
            if not frame.tag or frame.role in ("list", "terms", "table"):
                return
            if frame.role in (role, _SIBLING.get(role)):
                self._leave(index)
                return

    def end_tables(self) -> bool:
        """Leaves the tables that tags opened; tells whether there were any."""
        self.flush()
        for index, frame in enumerate(self._frames):
            if frame.role == "table" and frame.tag:
                self._leave(index)
                return True
        return False

    def finish(self) -> list[Block]:
        """Every block, in the order of the page."""
        self.flush()
        self._leave(0)
        self._end_term()
        return sorted(self.blocks, key=lambda block: block.start)

    def _flush(self) -> None:
        raw, self._words = "".join(self._words), []
        innermost = self._innermost(*_KINDS)
        cell = self._innermost("cell", "table")
        if innermost is not None and innermost.role == "pre" and raw.strip():
            self.whole("code", fenced(raw.strip("\n")))
        elif text := cleaned(raw):
            if cell is not None and cell.role == "cell":
                self._into_cell(text)
            elif self.is_in("term"):
                self._begin_term(text)
            else:
                self._write(text, innermost)
        asides, self.asides = self.asides, []
        for aside in asides:
            self.whole("paragraph", cleaned(aside))

    def _leave(self, index: int) -> None:
        left = self._frames[index:]
        del self._frames[index:]
        for frame in reversed(left):
            if frame.role == "table":
                self._write_table(frame)
            elif frame.role == "terms":
                self._end_term()

    def _innermost(self, *roles: Role) -> Frame | None:
        return next((frame for frame in reversed(self._frames) if frame.role in roles), None)

    def _next_marker(self, around: Frame | None) -> str:
        if around is None or around.role != "list" or around.number is None:
            return "- "
        around.number += 1
        return f"{around.number - 1}. "

    def _into_cell(self, text: str) -> None:
        table = self._innermost("table")
        if table is not None:
            cells = table.rows[-1]
            if not cells:
                cells.append("")
            cells[-1] = f"{cells[-1]} {one_line(text)}".strip()

    def _begin_term(self, text: str) -> None:
        if self._term is None:
            self._term = (one_line(text), self.span[0])
        else:
            self._term = (f"{self._term[0]}, {one_line(text)}", self._term[1])

    def _end_term(self) -> None:
        if self._term is not None:
            (text, start), self._term = self._term, None
            self.blocks.append(Block("definition", text, start, max(start, self.span[1])))

    def _write(self, text: str, frame: Frame | None) -> None:
        role = frame.role if frame is not None else None
        kind: BlockKind = _KINDS.get(role, "paragraph") if role is not None else "paragraph"
        if frame is not None and role == "item":
            indent = "  " * min(frame.depth, _DEEPEST_INDENT)
            text = indent + (frame.marker or "  ") + text
            frame.marker = ""
        elif role == "definition" and self._term is not None:
            (term, start), self._term = self._term, None
            self.blocks.append(Block("definition", f"{term.rstrip(':')}: {text}", start, max(start, self.span[1])))
            return
        self._end_term()
        if frame is not None and role == "heading":
            self._add("heading", one_line(text), level=frame.level, anchor=frame.anchor)
        else:
            self._add(kind, text)

    def _add(self, kind: BlockKind, text: str, *, level: int = 0, anchor: str = "") -> None:
        details = self._innermost("details")
        if details is not None:
            if kind == "label":
                details.answers = details.answers or bool(_ANSWERS.search(text))
            elif details.answers and kind in ("paragraph", "list_item", "quote") and _ANSWER.match(text.strip(" -*")):
                kind, text = "quiz", f"Quiz answer: {text.strip()}"
        self.blocks.append(Block(kind, text, *self.span, level=level, anchor=anchor))

    def _write_table(self, frame: Frame) -> None:
        rows = [row for row in frame.rows if any(cell for cell in row)]
        start, end = frame.start, max(frame.start, self.span[1])
        if not rows:
            return
        if len(rows) == 1 and len(rows[0]) == 1:
            self.blocks.append(Block("paragraph", rows[0][0], start, end))
            return
        self._end_term()
        self.blocks.append(Block("table", piped(rows), start, end))


def piped(rows: Iterable[Iterable[str]]) -> str:
    """Cells as pipe rows, the first of them the header, then the rule."""
    lines = [[cell.replace("\\|", "|").replace("|", "\\|") for cell in row] for row in rows]
    width = max(len(line) for line in lines)
    written = ["| " + " | ".join(line + [""] * (width - len(line))) + " |" for line in lines]
    return "\n".join([written[0], "|" + " --- |" * width, *written[1:]])


def fenced(code: str, info: str = "") -> str:
    """Code between fences longer than any inside it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{info}\n{code}\n{fence}"


def cleaned(text: str) -> str:
    """`text` with single spaces, without what has no width and without white around it or its line breaks."""
    text = _WHITE.sub(" ", _UNSEEN.sub("", text))
    return _AROUND_BREAK.sub(r"\1", text).strip(" \n" + SOFT_BREAK)


def one_line(text: str) -> str:
    """`text` without line breaks."""
    return " ".join(text.replace(SOFT_BREAK, " ").split())
