"""What a reader reads of a text or a reStructuredText page, by a scan of its lines that knows nothing of the parser.

Left out of reStructuredText is what only the machine reads: comments, targets, orders to directives, marks of
footnotes, addresses, rules and borders, and what Sphinx's own directives order. The words of an included file are not
counted: they are not here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_DIRECTIVE = re.compile(r"([ \t]*)\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?((?:[\w.+-]+:)*[\w.+-]+)[ \t]?::(?:[ \t]+(.*)|)$")
_FOOTNOTE = re.compile(r"([ \t]*)\.\.[ \t]+\[([^\]\s]+)\][ \t]*(.*)$")
_EXPLICIT = re.compile(r"([ \t]*)\.\.(?:[ \t]+.*|)$")
_OPTION = re.compile(r"[ \t]*:[\w -]+:(?:[ \t]+.*|)$")
_SAID_OPTION = re.compile(r"[ \t]*:(?:alt|caption|header):[ \t]+(.*)$")
_SUBSTITUTION = re.compile(r"[ \t]*\.\.[ \t]+\|")
_FOOT = re.compile(r"\[\s*Page\s+\w+\s*\]\s*$|^\W*\d{1,4}\W*$", re.IGNORECASE)
_UNDERLINE = re.compile(r"([^\w\s])\1{2,}")
_BORDERS = frozenset("=+| -")
_ROLE = re.compile(r":(?:[\w+-]+:)*([\w+-]+):`([^`]+)`")
_TITLED = re.compile(r"(.+?)\s*<[^<>]*>", re.DOTALL)
_LINK = re.compile(r"`([^`]+?)\s*<[^<>`]*>`__?")
_MARK = re.compile(r"\[(?:\d+|#[\w-]*|\*)\]_|\|(?![\s|])[^|\n]*[^|\s]\|_{0,2}")
_TOLD_TO_SPHINX = re.compile(r":(?:orphan|nocomments|nosearch|no-search|tocdepth|html_theme|github_url):(?:[ \t].*|)$")
_ANONYMOUS = re.compile(r"[ \t]*__[ \t]+\S+$")
_ORDERS = frozenset((
    "contents", "currentmodule", "default-role", "highlight", "include", "index", "literalinclude", "meta",
    "raw", "role", "sectnum", "tabularcolumns", "toctree", "autosummary", "date", "header", "footer", "testsetup",
    "testcleanup", "sectionauthor", "codeauthor", "default-domain", "target-notes", "title", "unicode",
))  # fmt: skip
_UNNAMED = frozenset((
    "class", "code", "code-block", "code-cell", "container", "cssclass", "figure", "ifconfig", "image", "module",
    "only", "rst-class", "sourcecode", "table-widths",
))  # fmt: skip


def plain(source: str) -> str:
    """The words of the text `source`, of each page all but a head that pages share and a foot with a number."""
    pages = [[line for line in page.splitlines() if line.strip()] for page in source.split("\f")]
    heads = Counter(re.sub(r"\d+", "#", " ".join(page[0].split())) for page in pages[1:] if page)
    for number, page in enumerate(pages):
        if number and page and heads[re.sub(r"\d+", "#", " ".join(page[0].split()))] > 1:
            del page[0]
        if number + 1 < len(pages) and page and _FOOT.search(page[-1]):
            del page[-1]
    return "\n".join("\n".join(page) for page in pages)


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
            first, number = number + 1, _after_options(lines, number + 1)
            if name not in _ORDERS or name == "toctree":
                yield from (found[1] for line in lines[first:number] if (found := _SAID_OPTION.match(line)))
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
        elif not (_is_rule(line.strip()) or _ANONYMOUS.match(line) or _TOLD_TO_SPHINX.match(line)):
            yield _inline(line)


def _is_rule(bare: str) -> bool:
    """Whether the line underlines a title or borders a table."""
    return bool(_UNDERLINE.fullmatch(bare)) or (("--" in bare or "==" in bare) and _BORDERS.issuperset(bare))


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
