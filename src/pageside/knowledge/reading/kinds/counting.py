"""What a reader reads of a reStructuredText page, by a plain scan of its lines that knows nothing of the parser.

Left out is what only the machine reads: comments, targets, options of directives, marks of footnotes, addresses, rules
and borders, and what Sphinx's own directives order. The words of an included file are not counted: they are not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIRECTIVE = re.compile(r"([ \t]*)\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?((?:[\w.+-]+:)*[\w.+-]+)[ \t]?::(?:[ \t]+(.*)|)$")
_FOOTNOTE = re.compile(r"([ \t]*)\.\.[ \t]+\[([^\]\s]+)\][ \t]*(.*)$")
_EXPLICIT = re.compile(r"([ \t]*)\.\.(?:[ \t]+.*|)$")
_OPTION = re.compile(r"[ \t]*:[\w -]+:(?:[ \t]+.*|)$")
_SUBSTITUTION = re.compile(r"[ \t]*\.\.[ \t]+\|")
_RULE = re.compile(r"[ \t]*(?:([^\w\s])\1{2,}|[=+| -]*[=-]{2,}[=+| -]*)[ \t]*$")
_ROLE = re.compile(r":(?:[\w+-]+:)*([\w+-]+):`([^`]+)`")
_TITLED = re.compile(r"(.+?)\s*<[^<>]*>", re.DOTALL)
_LINK = re.compile(r"`([^`]+?)\s*<[^<>`]*>`__?")
_MARK = re.compile(r"\[(?:\d+|#[\w-]*|\*)\]_|\|[^|\n]+\|_{0,2}")
_ANONYMOUS = re.compile(r"[ \t]*__[ \t]+\S+$")
_ORDERS = frozenset((
    "contents", "currentmodule", "csv-table", "default-role", "highlight", "include", "index", "literalinclude", "meta",
    "raw", "role", "sectnum", "tabularcolumns", "toctree", "autosummary", "date", "header", "footer", "testsetup",
    "testcleanup", "sectionauthor", "codeauthor", "default-domain", "target-notes", "title", "unicode",
))  # fmt: skip
_UNNAMED = frozenset((
    "class", "code", "code-block", "code-cell", "container", "cssclass", "figure", "ifconfig", "image", "module",
    "only", "rst-class", "sourcecode", "table-widths",
))  # fmt: skip


def restructured(source: str) -> str:
    """The words of the page `source`, in its order."""
    return "\n".join(_read(source.expandtabs(8).splitlines()))


def _read(lines: list[str]) -> Iterator[str]:
    number = 0
    while number < len(lines):
        line = lines[number]
        directive = _DIRECTIVE.match(line)
        if directive:
            name = directive[2].rpartition(":")[2].lower()
            number = _after_options(lines, number + 1)
            if name in _ORDERS or _SUBSTITUTION.match(line) or name.startswith("auto"):
                number = _after_block(lines, number, len(directive[1]))
            elif directive[3] and name not in _UNNAMED:
                yield _inline(directive[3])
            continue
        number += 1
        if footnote := _FOOTNOTE.match(line):
            yield f"{'' if re.fullmatch(r'[0-9]+|#.*|[*]', footnote[2]) else footnote[2]} {_inline(footnote[3])}"
        elif (explicit := _EXPLICIT.match(line)) and not line.strip().startswith("..."):
            number = _after_block(lines, number, len(explicit[1]))
        elif not _RULE.match(line) and not _ANONYMOUS.match(line):
            yield _inline(line)


def _after_options(lines: list[str], number: int) -> int:
    while number < len(lines) and _OPTION.match(lines[number]):
        number += 1
    return number


def _after_block(lines: list[str], number: int, indent: int) -> int:
    """The first line from `number` on that is set in no further than `indent`."""
    while number < len(lines):
        line = lines[number]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            return number
        number += 1
    return number


def _inline(line: str) -> str:
    line = _ROLE.sub(lambda found: _named(found[1], found[2]), line)
    return _MARK.sub(" ", _LINK.sub(lambda found: found[1], line))


def _named(role: str, text: str) -> str:
    titled = _TITLED.fullmatch(text) if role != "math" else None
    said = titled[1] if titled else text
    return said.rpartition(".")[2] if said.startswith("~") else said
