"""Tables whose rows hold more cells than their header: what stands in them is prose all the same."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as gfm_table
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token


def install(md: MarkdownIt) -> None:
    """Teaches `md` to keep the cells that GitHub's rules leave out."""
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


def _table(state: StateBlock, first: int, after: int, silent: bool) -> bool:
    begin = len(state.tokens)
    if not gfm_table(state, first, after, silent):
        return False
    cells: list[Token] = []
    for token in state.tokens[begin:]:
        if token.type == "tr_open":
            cells = []
        elif token.type == "inline":
            cells.append(token)
        elif token.type == "tr_close" and cells and cells[0].map:
            _mend(state, cells[0].map[0], cells)
    return True


def _mend(state: StateBlock, line: int, cells: list[Token]) -> None:
    written = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
    if written.count("|") <= len(cells):
        return
    parts = escapedSplit(written)
    parts = parts[1 if parts[0] == "" else 0 : -1 if parts[-1] == "" else None]
    if len(parts) <= len(cells):
        return
    whole = _code_rejoined(parts)
    for cell, content in zip(cells, whole, strict=False):
        cell.content = content.strip()
    for cell in cells[len(whole) :]:
        cell.content = ""
    cells[-1].content = " | ".join(part.strip() for part in whole[len(cells) - 1 :])


def _code_rejoined(parts: list[str]) -> list[str]:
    """The cells of a row, where a pipe inside code does not part two of them, as other dialects have it."""
    whole: list[str] = []
    for part in parts:
        if whole and whole[-1].count("`") % 2:
            whole[-1] += "|" + part
        else:
            whole.append(part)
    return whole
