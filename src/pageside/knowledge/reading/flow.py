"""What may stand on lines of its own beyond CommonMark: HTML that closes, JSX, expressions, imports and exports."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import html_block as commonmark_html_block

from pageside.knowledge.reading import script
from pageside.knowledge.reading.inline import scanner
from pageside.knowledge.reading.tags import Piece

INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_ENDED_BY_TEXT = re.compile(r"<(?:(?P<raw>script|pre|style|textarea)(?=[\s>]|$)|(?P<comment>!--)|\?|!)", re.IGNORECASE)
_MOST_PARSES = 1_000


def install(md: MarkdownIt, *, mdx: bool) -> None:
    """Teaches `md` the block rules of the language."""
    if not mdx:
        md.block.ruler.at("html_block", _html, {"alt": ["paragraph", "reference", "blockquote"]})
        return
    md.disable(["code", "html_block"])
    md.block.ruler.before("table", "comment", _comment, INTERRUPTS)
    md.block.ruler.before("table", "module", _module)
    md.block.ruler.before("table", "jsx", _jsx, INTERRUPTS)


def flaw(env: object, line: int, message: str) -> None:
    """Notes something the author should know about line `line`, from 0."""
    if isinstance(env, dict):
        env["flaws"].append((line, message))


def _html(state: StateBlock, first: int, after: int, silent: bool) -> bool:
    start = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith("<", start):
        return False
    ended = _ENDED_BY_TEXT.match(state.src, start, state.eMarks[first])
    if ended is not None:
        closing = f"</{ended['raw'].lower()}>" if ended["raw"] else "-->" if ended["comment"] else ">"
        if _never(state, start, closing):
            if not silent and not state.env.get("unclosed"):
                state.env["unclosed"] = True
                flaw(state.env, first, f"{ended.group()} is opened and never closed by {closing}")
            return False
    found = commonmark_html_block(state, first, after, silent)
    if found and not silent:
        _close_comment(state, first, after)
    return found


def _close_comment(state: StateBlock, first: int, after: int) -> None:
    """Where a comment that began inside the block reaches past the blank line that ends it, so does the block."""
    token = state.tokens[-1]
    while token.content.rfind("<!--") > token.content.rfind("-->"):
        start = state.bMarks[state.line] if state.line < after else len(state.src)
        if _never(state, start, "-->"):
            return
        state.line = max(state.line, _line_at(state, state.src.find("-->", start) + 3, state.line, after)) + 1
        token.content = state.getLines(first, state.line, state.blkIndent, True)
        token.map = [first, state.line]


def _never(state: StateBlock, start: int, closing: str) -> bool:
    """Whether `closing` does not occur after `start`; the page is searched for it once."""
    last = state.env.setdefault("last", {})
    if closing not in last:
        last[closing] = state.src.lower().rfind(closing)
    return bool(last[closing] < start)


def _comment(state: StateBlock, first: int, after: int, silent: bool) -> bool:
    start = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith("<!--", start) or _never(state, start, "-->"):
        return False
    end = state.src.find("-->", start + 2) + 3
    line = _line_at(state, end, first, after)
    if line < 0 or state.src[end : state.eMarks[line]].strip():
        return False
    if not silent:
        state.line = line + 1
    return True


def _module(state: StateBlock, first: int, after: int, silent: bool) -> bool:
    start = state.bMarks[first]
    if state.level or state.tShift[first] or state.src[start : start + 6] not in ("import", "export"):
        return False
    tried = state.env.get("parses", 0)
    if tried > _MOST_PARSES:
        return False
    state.env["parses"] = tried + 1
    end = script.module_statements_end(state.src, start)
    if end == start:
        return False
    line = _line_at(state, end, first, after)
    if line < 0:
        return False
    if not silent:
        state.env["bound"].update(script.names(state.src[start:end]))
        state.line = line + 1
    return True


def _jsx(state: StateBlock, first: int, after: int, silent: bool) -> bool:
    start = state.bMarks[first] + state.tShift[first]
    if state.src[start : start + 1] not in ("<", "{"):
        return False
    known = state.env.setdefault("flows", {})
    if start not in known:
        known[start] = _flow(state, start, state.eMarks[min(after, state.lineMax) - 1])
    found, end = known[start]
    line = _line_at(state, end, first, after) if found else -1
    if line < 0:
        return False
    if not silent:
        token = state.push("flow", "", 0)
        token.map = [first, line + 1]
        token.content = state.src[start:end]
        token.meta = {"pieces": found, "start": start}
        state.line = line + 1
    return True


def _flow(state: StateBlock, start: int, limit: int) -> tuple[tuple[Piece, ...], int]:
    """The tags and expressions from `start` to the end of a line, where nothing else stands among them."""
    found: list[Piece] = []
    position = start
    while True:
        text = state.src[position : position + 1]
        if text == "<":
            tag = scanner(state.env).tag(state.src, position, limit=limit, script=True)
            if tag is None:
                return (), start
            found.append(Piece(position, tag.end, tag=tag))
            position = tag.end
        elif text == "{" and not state.src.startswith(("{{#", "{* "), position):
            end = scanner(state.env).braces(state.src, position, limit=limit)
            if end < 0:
                return (), start
            found.append(Piece(position, end, text=state.src[position:end]))
            position = end
        else:
            return (), start
        while position < limit and state.src[position] in " \t":
            position += 1
        if position >= limit or state.src[position] == "\n":
            return tuple(found), position


def _line_at(state: StateBlock, position: int, first: int, after: int) -> int:
    """The line in which the character before `position` stands, or -1 where it is past the container's end."""
    line = first
    while line < after and state.eMarks[line] < position:
        line += 1
    return line if line < after else -1
