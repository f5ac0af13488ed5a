"""The parser: CommonMark, tables, footnotes, definition lists and math, and the containers of documentation sites."""

from __future__ import annotations

import functools
import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from pageside.knowledge.reading import flow, inline, tables
from pageside.knowledge.reading.tags import Scanner

_DEEPEST_LEVEL = 40
_LONGEST_INLINE_CHARACTERS = 4_096
_HARMLESS_CHARACTERS = 512
_DEEPEST_BRACKETS = 30
_MOST_MARKED_CHARACTERS = 32_768
_MARK = re.compile(r"[\[\]<>{}!&$*_~`\\:()|#^=+@-]")
_BRACKET = re.compile(r"[\[\]]")

_COLONS = re.compile(r":{3,}[ \t]*(?P<kind>[A-Za-z][\w-]*)?(?P<rest>.*)$")
_SLASHES = re.compile(r"/{3,}(?:[ \t]+(?P<kind>[A-Za-z][\w-]*)[ \t]*(?:\|(?P<rest>.*))?)?$")
_TAB_ROLE = re.compile(r":(?:begin_tab:`?(?P<kind>[\w, -]+?)`?|end_tab:)[ \t]*$")
_BRACKETED = re.compile(r"[ \t]*\[(?P<title>.*)\][ \t]*(?:\{.*\})?[ \t]*$")
_CLASS = re.compile(r"[ \t]*\{[^}]*?\.(?:callout-)?(?P<kind>[\w-]+)[^}]*\}[ \t]*$")
_INDENTED = re.compile(
    r"(?P<mark>!!!|\?\?\?\+?|===[!+]?)[ \t]*(?P<kind>[A-Za-z][\w -]*?)?[ \t]*(?:\"(?P<title>.*)\")?[ \t]*$"
)
_OPTION = re.compile(r"[A-Za-z_]+:(?:[ \t]|$)")
_HEADING_ID = re.compile(
    r"[ \t]*(?:\{:?[ \t]*#(?P<attribute>[^\s{}#]+)(?:[ \t]+[^{}]*)?\}|\[\[(?P<brackets>[^\[\]]+)\]\]"
    r"|\{/\*[ \t]*#(?P<comment>[^\s*]+)[ \t]*\*/\})[ \t]*$"
)
_ALERT = re.compile(r"\[!(?P<kind>[A-Za-z]+)\][+-]?[ \t]*(?P<title>[^\n]*)(?:\n|$)")


@functools.cache
def parser(*, mdx: bool) -> MarkdownIt:
    """The parser of one of the two languages; it keeps nothing between pages."""
    md = MarkdownIt("commonmark", {"maxNesting": _DEEPEST_LEVEL + 10, "html": True})
    md.enable(["table", "strikethrough"])
    tables.install(md)
    dollarmath_plugin(md, allow_space=False, allow_digits=False, allow_blank_lines=False, double_inline=True)
    amsmath_plugin(md)
    footnote_plugin(md, inline=False, move_to_end=False)
    deflist_plugin(md)
    inline.install(md, mdx=mdx)
    md.block.ruler.before("table", "too_deep", _too_deep)
    md.block.ruler.before("table", "marks", _marks, flow.INTERRUPTS)
    md.block.ruler.before("table", "indented", _indented, flow.INTERRUPTS)
    flow.install(md, mdx=mdx)
    md.core.ruler.before("inline", "heading_ids", _heading_ids)
    md.core.ruler.before("inline", "alerts", _alerts)
    md.core.ruler.before("inline", "long_lines", _long_lines)
    return md


def tokens(text: str, *, mdx: bool) -> tuple[list[Token], dict[str, object]]:
    """The page as a flat list of tokens, and what the rules have noted beside them."""
    env: dict[str, object] = {"scanner": Scanner(len(text)), "flaws": [], "bound": set()}
    return parser(mdx=mdx).parse(text, env), env


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _too_deep(state: StateBlock, first: int, after: int, silent: bool) -> bool:
    # Past its deepest level markdown-it drops the rest of the container; words must not be lost.
    if silent or state.level < _DEEPEST_LEVEL:
        return False
    content = state.getLines(first, after, state.blkIndent, False)
    state.line = after
    flow.flaw(state.env, first, "nested deeper than a page can be: read as plain text from here")
    opened = state.push("paragraph_open", "p", 1)
    opened.map = [first, after]
    text = state.push("inline", "", 0)
    text.map, text.content, text.children = [first, after], re.sub(r"^[\s>*+-]+", "", content), []
    state.push("paragraph_close", "p", -1)
    return True


def _marks(state: StateBlock, first: int, after: int, silent: bool) -> bool:
    """`:::tip[Title]`, `/// tip | Title` and d2l's tabs: a line that opens, and later a line that closes."""
    start = state.bMarks[first] + state.tShift[first]
    if state.src[start : start + 1] not in (":", "/") or state.is_code_block(first):
        return False
    found = _COLONS.match(state.src, start, state.eMarks[first])
    title = ""
    if found is not None:
        kind, rest = found["kind"] or "", found["rest"]
        if not kind and rest.strip():
            classed = _CLASS.match(rest)
            if classed is None:
                return False
            kind, rest = classed["kind"], ""
        bracketed = _BRACKETED.match(rest)
        title = bracketed["title"] if bracketed else re.sub(r"\{[^{}]*\}\s*$", "", rest)
    else:
        found = _SLASHES.match(state.src, start, state.eMarks[first])
        if found is not None:
            kind, title = found["kind"] or "", found["rest"] or ""
        else:
            found = _TAB_ROLE.match(state.src, start, state.eMarks[first])
            if found is None:
                return False
            kind, title = ("tab", found["kind"]) if found["kind"] else ("", "")
    if silent:
        return True
    _push_mark(state, first, kind, title.strip() or None, end=_past_options(state, first, after) if kind else first + 1)
    return True


def _push_mark(state: StateBlock, line: int, kind: str, title: str | None, *, end: int) -> None:
    state.line = end
    token = state.push("container_mark" if kind else "container_end", "", 0)
    token.map = [line, end]
    token.info = kind
    if kind:
        _push_title(state, line, title, kind=kind)


def _push_title(state: StateBlock, line: int, title: str | None, *, kind: str) -> None:
    opened = state.push("title_open", "", 1)
    opened.map = [line, line + 1]
    text = state.push("inline", "", 0)
    text.map, text.content, text.children = [line, line + 1], kind.capitalize() if title is None else title, []
    state.push("title_close", "", -1)


def _past_options(state: StateBlock, line: int, after: int) -> int:
    """Past the indented `name: value` lines that may follow the opening line of a `///` block."""
    end = line + 1
    if state.src[state.bMarks[line] + state.tShift[line]] != "/":
        return end
    while end < after and not state.isEmpty(end) and state.sCount[end] >= state.sCount[line] + 4:
        if _OPTION.match(_line(state, end)) is None:
            break
        end += 1
    return end


def _indented(state: StateBlock, first: int, after: int, silent: bool) -> bool:
    """`!!! tip "Title"`, `??? tip` and `=== "Tab"`: what is indented by four columns belongs to it."""
    start = state.bMarks[first] + state.tShift[first]
    if state.src[start : start + 3] not in ("!!!", "???", "===") or state.is_code_block(first):
        return False
    found = _INDENTED.match(state.src, start, state.eMarks[first])
    is_tab = state.src.startswith("===", start)
    if found is None or (found["title"] is None if is_tab else not found["kind"]):
        return False
    if silent:
        return True
    indent = state.sCount[first] + 4
    end = first + 1
    while end < after and (state.isEmpty(end) or state.sCount[end] >= indent):
        end += 1
    while state.isEmpty(end - 1):
        end -= 1
    kind = "tab" if is_tab else "details " + found["kind"] if found["mark"].startswith("???") else found["kind"]
    opened = state.push("container_open", "", 1)
    opened.map, opened.info = [first, end], kind
    _push_title(state, first, found["title"], kind=found["kind"] or "")
    kept = state.blkIndent, state.parentType, state.lineMax
    state.blkIndent, state.parentType, state.lineMax = indent, "container", end
    state.md.block.tokenize(state, first + 1, end)
    state.blkIndent, state.parentType, state.lineMax = kept
    state.push("container_close", "", -1)
    state.line = end
    return True


def _heading_ids(state: StateCore) -> None:
    for opened, text in zip(state.tokens, state.tokens[1:], strict=False):
        if opened.type == "heading_open" and text.type == "inline":
            found = _HEADING_ID.search(text.content)
            if found is not None:
                text.content = text.content[: found.start()]
                opened.meta["id"] = (found["attribute"] or found["brackets"] or found["comment"]).strip()


def _alerts(state: StateCore) -> None:
    """`> [!TIP] Title` becomes a quotation that knows its kind and carries a title."""
    read: list[Token] = []
    for index, token in enumerate(state.tokens):
        read.append(token)
        following = state.tokens[index + 1 : index + 3]
        if token.type != "blockquote_open" or [other.type for other in following] != ["paragraph_open", "inline"]:
            continue
        text = following[1]
        found = _ALERT.match(text.content)
        if found is not None:
            text.content = text.content[found.end() :]
            token.meta["alert"] = found["kind"].lower()
            title = Token("inline", "", 0, map=text.map, level=text.level, children=[])
            title.content = found["title"].strip() or found["kind"].capitalize()
            read += [Token("title_open", "", 1, map=text.map), title, Token("title_close", "", -1)]
    state.tokens = read


def _long_lines(state: StateCore) -> None:
    # The time for hopeless brackets and openings grows with the square of the text they are looked for in.
    if all(len(token.content) <= _HARMLESS_CHARACTERS for token in state.tokens if token.type == "inline"):
        return
    cut: list[Token] = []
    for token in state.tokens:
        if token.type != "inline" or len(token.content) <= _HARMLESS_CHARACTERS:
            cut.append(token)
        elif _is_hopeless(token.content):
            line = token.map[0] if token.map else 0
            flow.flaw(state.env, line, "more marks than a page can mean: read as plain text")
            token.children, token.content = [Token("text", "", 0, content=token.content)], ""
            cut.append(token)
        else:
            cut += [_piece(token, part) for part in _parts(token.content)]
    state.tokens = cut


def _is_hopeless(text: str) -> bool:
    if len(text) > _MOST_MARKED_CHARACTERS and len(_MARK.findall(text)) > len(text) // 5:
        return True
    depth = deepest = 0
    for found in _BRACKET.finditer(text):
        depth += 1 if found.group() == "[" else -1 if depth else 0
        deepest = max(deepest, depth)
    return deepest > _DEEPEST_BRACKETS


def _piece(token: Token, part: str) -> Token:
    return Token("inline", "", 0, map=token.map, level=token.level, children=[], content=part)


def _parts(text: str) -> list[str]:
    parts = []
    start = 0
    while len(text) - start > _LONGEST_INLINE_CHARACTERS:
        end = start + _LONGEST_INLINE_CHARACTERS
        for white in "\n", " ":
            found = text.rfind(white, start + 1, end)
            if found > 0:
                end = found
                break
        parts.append(text[start:end])
        start = end
    parts.append(text[start:])
    return parts
