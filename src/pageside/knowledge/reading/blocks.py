"""From the parser's tokens to the blocks of a page."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from markdown_it.token import Token

from pageside.knowledge.passage import Block
from pageside.knowledge.reading import dialect, fences, props, quiz
from pageside.knowledge.reading.elements import Elements
from pageside.knowledge.reading.lines import Lines
from pageside.knowledge.reading.scribe import SOFT_BREAK, Frame, Role, Scribe, fenced, one_line
from pageside.knowledge.reading.script import Markup, Number, Value
from pageside.knowledge.reading.tags import Piece, pieces

_DEEPEST_NESTING = 3
_SPEECH = re.compile(r"[*_`\[<{$#|>&\\]|^\s*(?:[-+]|\d+[.)])\s|\n\s*\n", re.MULTILINE)
_UNSPACED = r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]"
_UNSPACED_BREAK = re.compile(f"(?<={_UNSPACED}){SOFT_BREAK}(?={_UNSPACED})")
_ABBREVIATIONS = re.compile(r"(?:\*\[[^\]\n]+\]:[^\n]*(?:\n|$))+")
_PART_CHARACTERS = 1_000_000
_PART_MARK = re.compile(r"^(?:[ \t>]*(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)|#{1,6} )", re.MULTILINE)
_TOC = re.compile(r"\[(?:TOC|\[toc\])\]", re.IGNORECASE)


def blocks(lines: Lines, text: str, *, mdx: bool) -> tuple[list[Block], list[tuple[int, str]]]:
    """The blocks of `text` in the order of the page, and what the author should know, by line from 0.

    Args:
        text: The page's body, character for character where `lines.text` has it.
    """
    scribe = Scribe()
    walk = _Walk(lines, scribe, mdx=mdx)
    walk.read(text)
    return [_settled(block) for block in quiz.gathered(scribe.finish())], walk.flaws()


class _Walk:
    """One pass over the tokens of a page, and over those of the Markdown inside its props."""

    def __init__(self, lines: Lines, scribe: Scribe, *, mdx: bool) -> None:
        self._lines = lines
        self._scribe = scribe
        self._mdx = mdx
        self._nesting = 0
        self._start = 0  # of the part of the page that is being read
        self._bound: set[str] = set(props.ALWAYS_BOUND)
        self._flaws: list[tuple[int, str]] = []
        self._includes: list[tuple[int, str]] = []
        self._elements = Elements(scribe, speak=self._speak, plain=self._plain)

    def flaws(self) -> list[tuple[int, str]]:
        found = list(self._flaws)
        if self._includes:
            line, path = self._includes[0]
            more = f" and {len(self._includes) - 1} more" if len(self._includes) > 1 else ""
            found.append((line, f"text included from another file is not read: {path}{more}"))
        return sorted(found)

    def read(self, text: str) -> None:
        if self._nesting:
            self._read_part(text, first_line=0)
            return
        for start, part in _parts(text):
            self._start = start
            self._read_part(part, first_line=self._lines.line_of(start))

    def _read_part(self, text: str, *, first_line: int) -> None:
        tokens, env = dialect.tokens(text, mdx=self._mdx)
        flaws, bound = env["flaws"], env["bound"]
        if self._nesting == 0 and isinstance(flaws, list) and isinstance(bound, set):
            self._flaws.extend((first_line + line, message) for line, message in flaws)
            self._bound |= bound
        for token in tokens:
            if self._nesting == 0 and token.map is not None:
                token.map = [token.map[0] + first_line, token.map[1] + first_line]
                self._scribe.span = self._lines.span(token.map[0], token.map[1])
            handler = _HANDLERS.get(token.type)
            if handler is not None:
                handler(self, token)
        self._scribe.flush()

    def _speak(self, text: str, *, mdx: bool = False) -> None:
        """Reads `text`, out of a prop, as Markdown of its own."""
        text = textwrap.dedent(text.expandtabs(4)).strip("\n")
        if self._nesting >= _DEEPEST_NESTING or not _SPEECH.search(text):
            self._scribe.flush()
            self._scribe.say(text)
            self._scribe.flush()
            return
        kept, self._mdx = self._mdx, mdx or self._mdx
        self._nesting += 1
        self._scribe.flush()
        self.read(text)
        self._nesting -= 1
        self._mdx = kept

    def _plain(self, text: str) -> str:
        """The words of `text`, out of a prop, on one line."""
        scribe = Scribe()
        walk = _Walk(self._lines, scribe, mdx=self._mdx)
        walk._nesting = self._nesting
        walk._speak(text)
        return one_line(" ".join(block.text for block in scribe.finish()))

    # Containers ------------------------------------------------------------------------------------------------------

    def _heading(self, token: Token) -> None:
        if self._scribe.end_tables() and token.map:
            self._flaws.append((token.map[0], "a heading inside a table: the table is taken to end above it"))
        self._scribe.open(Frame("heading", level=int(token.tag[1]), anchor=str(token.meta.get("id", ""))))

    def _item(self, token: Token) -> None:
        self._scribe.open(Frame("item", marker=f"{token.info}{token.markup} " if token.info else "- "))

    def _quote(self, token: Token) -> None:
        self._scribe.open(Frame("alert" if token.meta.get("alert") else "quote"))

    def _end_quote(self, token: Token) -> None:
        self._scribe.close("quote", "alert")

    def _container(self, token: Token) -> None:
        self._scribe.open(Frame("details", tag="container" if token.type == "container_mark" else ""))

    def _title(self, token: Token) -> None:
        self._scribe.open(Frame("label"))

    def _close(self, token: Token) -> None:
        if token.type == "title_close":
            self._scribe.close("label")
        elif token.type == "container_end":
            self._scribe.close_tag("container")
        elif token.type == "container_close":
            self._scribe.close("details")
        else:
            self._scribe.close(_ROLES[token.type.rsplit("_", 1)[0]])

    def _open(self, token: Token) -> None:
        self._scribe.open(Frame(_ROLES[token.type.rsplit("_", 1)[0]]))

    def _end_paragraph(self, token: Token) -> None:
        self._scribe.flush()

    def _row(self, token: Token) -> None:
        self._scribe.row()

    # Blocks that are whole -------------------------------------------------------------------------------------------

    def _code(self, token: Token) -> None:
        self._scribe.flush()
        fence = fences.read(token.content, token.info)
        line = token.map[0] if token.map else 0
        self._includes.extend((line, include) for include in fence.includes)
        if token.type == "fence" and token.map and self._nesting == 0:
            self._note_unclosed(token)
        if fence.code.strip():
            info = f'{fence.language} title="{fence.title}"'.strip() if fence.title else fence.language
            self._scribe.whole("diagram" if fence.is_diagram else "code", fenced(fence.code, info))

    def _note_unclosed(self, token: Token) -> None:
        assert token.map is not None  # noqa: S101 - the caller has looked
        first, after = token.map
        last = self._lines.text[self._lines.start_of(after - 1) : self._lines.start_of(after)]
        if after - first < 2 or not re.search(rf"{re.escape(token.markup)}[`~]*\s*$", last):
            self._flaws.append((first, f"the code opened with {token.markup} is never closed"))

    def _math(self, token: Token) -> None:
        content = token.content.strip("\n")
        if self._scribe.is_in("cell"):
            self._scribe.say(f"$${content.strip()}$$")
        elif content.strip():
            self._scribe.whole("math", f"$$\n{content.strip()}\n$$")

    # Words -----------------------------------------------------------------------------------------------------------

    def _inline(self, token: Token) -> None:
        if _TOC.fullmatch(token.content.strip()):
            return
        if token.content.startswith("*[") and (short := _ABBREVIATIONS.fullmatch(token.content)):
            for line in short.group().splitlines():
                self._scribe.whole("definition", line[2:].replace("]:", ":", 1))
            return
        for child in token.children or []:
            self._child(child, token)

    def _child(self, child: Token, block: Token) -> None:
        say = self._scribe.say
        if child.type in ("text", "text_special"):
            say(props.decoded(child.content))
        elif child.type == "code_inline":
            say(_marked_code(child.content))
        elif child.type in ("math_inline", "math_inline_double"):
            say(f"{child.markup}{child.content}{child.markup}")
        elif child.type == "softbreak":
            say(SOFT_BREAK)
        elif child.type == "hardbreak":
            say("\n")
        elif child.type == "image":
            self._image(child)
        elif child.type == "link_open":
            self._scribe.asides.extend([str(child.attrs["title"])] if child.attrs.get("title") else [])
        elif child.type == "tag":
            self._elements.tag(child.meta["tag"], child.content, in_line=True)
        elif child.type == "expression":
            self._expression(child.content, in_line=True)
        elif child.type == "include":
            self._includes.append((block.map[0] if block.map else 0, child.content.strip("{#*} ")))

    def _image(self, token: Token) -> None:
        for child in token.children or []:
            self._child(child, token)
        if not token.children:
            self._scribe.say(token.content)
        title = str(token.attrs.get("title") or "")
        if title and title != token.content:
            self._scribe.say(f" ({title})" if token.content else title)

    # Tags on lines of their own --------------------------------------------------------------------------------------

    def _html(self, token: Token) -> None:
        self._scribe.flush()
        start = self._exact_start(token)
        for piece in pieces(token.content):
            if start is not None:
                self._scribe.span = self._lines.place(start + piece.start, start + piece.end)
            self._piece(piece, token.content)
        self._scribe.flush()

    def _exact_start(self, token: Token) -> int | None:
        if self._nesting or token.map is None:
            return None
        start = self._lines.start_of(token.map[0])
        return start if self._lines.text.startswith(token.content, start) else None

    def _piece(self, piece: Piece, source: str) -> None:
        if piece.tag is not None:
            self._elements.tag(piece.tag, source[piece.start : piece.end], in_line=False)
        elif piece.text:
            text = props.decoded(html.unescape(piece.text))
            self._scribe.say(text if self._scribe.is_in("pre") else text.replace("\n", SOFT_BREAK))

    def _flow(self, token: Token) -> None:
        self._scribe.flush()
        for piece in token.meta["pieces"]:
            if self._nesting == 0:
                self._scribe.span = self._lines.place(self._start + piece.start, self._start + piece.end)
            if piece.tag is not None:
                start = token.meta["start"]
                written = token.content[piece.start - start : piece.end - start]
                self._elements.tag(piece.tag, written, in_line=False)
            else:
                self._expression(piece.text[1:-1], in_line=False)
        self._scribe.flush()

    def _expression(self, source: str, *, in_line: bool) -> None:
        self._value(props.shown(source, self._bound), in_line=in_line)

    def _value(self, value: Value, *, in_line: bool) -> None:
        if isinstance(value, Markup):
            self._speak(value, mdx=True)
        elif isinstance(value, str):
            if in_line or isinstance(value, Number):
                self._scribe.say(value.replace("\n", SOFT_BREAK))
            else:
                self._speak(value)
        else:
            for part in value.values() if isinstance(value, Mapping) else value or ():
                self._value(part, in_line=in_line)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """A page of many megabytes in parts that begin with a heading, since the parser needs fifty times their memory."""
    if len(text) <= 2 * _PART_CHARACTERS:
        yield 0, text
        return
    start = 0
    fence = ""
    for found in _PART_MARK.finditer(text):
        if found["fence"]:
            opens = not fence
            if opens or (found["fence"].startswith(fence) and not found["info"].strip()):
                fence = found["fence"] if opens else ""
        elif not fence and found.start() - start >= _PART_CHARACTERS:
            yield start, text[start : found.start()]
            start = found.start()
    yield start, text[start:]


def _settled(block: Block) -> Block:
    """`block` with the line breaks of its source read as a browser shows them: a space, or nothing in Chinese."""
    if SOFT_BREAK not in block.text:
        return block
    return replace(block, text=_UNSPACED_BREAK.sub("", block.text).replace(SOFT_BREAK, " "))


def _marked_code(content: str) -> str:
    marks = "`" * (max((len(run) for run in re.findall("`+", content)), default=0) + 1)
    gap = " " if content.startswith("`") or content.endswith("`") else ""
    return f"{marks}{gap}{content}{gap}{marks}"


_ROLES: dict[str, Role] = {
    "heading": "heading",
    "bullet_list": "list",
    "ordered_list": "list",
    "list_item": "item",
    "footnote_reference": "footnote",
    "dl": "terms",
    "dt": "term",
    "dd": "definition",
    "table": "table",
    "th": "cell",
    "td": "cell",
}

_HANDLERS: dict[str, Callable[[_Walk, Token], None]] = {
    "heading_open": _Walk._heading,
    "list_item_open": _Walk._item,
    "blockquote_open": _Walk._quote,
    "blockquote_close": _Walk._end_quote,
    "container_open": _Walk._container,
    "container_mark": _Walk._container,
    "title_open": _Walk._title,
    "tr_open": _Walk._row,
    "paragraph_close": _Walk._end_paragraph,
    "fence": _Walk._code,
    "code_block": _Walk._code,
    "math_block": _Walk._math,
    "math_block_label": _Walk._math,
    "amsmath": _Walk._math,
    "inline": _Walk._inline,
    "html_block": _Walk._html,
    "flow": _Walk._flow,
    "title_close": _Walk._close,
    "container_end": _Walk._close,
    "container_close": _Walk._close,
    **{f"{name}_open": _Walk._open for name in _ROLES if name not in ("heading", "list_item")},
    **{f"{name}_close": _Walk._close for name in _ROLES},
}
