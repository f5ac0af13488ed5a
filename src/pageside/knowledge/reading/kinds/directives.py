"""reStructuredText as Sphinx and docutils write it, for docutils: any role and any directive is understood softly.

Nothing is run and nothing is fetched. A file is included only from within the book's folder; raw HTML gives its words,
any other raw text nothing. A role or directive that nobody here knows keeps its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from docutils import nodes
from docutils.parsers import rst
from docutils.parsers.rst import Directive, directives, states
from docutils.utils import unescape

from pageside.knowledge.reading.kinds import including
from pageside.knowledge.reading.kinds.kind import Place
from pageside.knowledge.reading.kinds.tabulated import CommaSeparated

NOTES: Final = frozenset((
    "attention", "caution", "danger", "error", "hint", "important", "note", "seealso", "tip", "todo", "warning",
))  # fmt: skip
_VERSIONS: Final[Mapping[str, str]] = {
    "versionadded": "Added in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
    "versionremoved": "Removed in version",
}
_CODE: Final = frozenset((
    "code", "code-block", "code-cell", "console", "doctest", "ipython", "jupyter-execute", "productionlist", "prompt",
    "sourcecode", "testcode", "testoutput",
))  # fmt: skip
_DIAGRAMS: Final = frozenset(("actdiag", "blockdiag", "digraph", "graph", "graphviz", "mermaid", "plantuml", "uml"))
_FURNITURE: Final = frozenset((
    "autosummary", "codeauthor", "contents", "currentmodule", "date", "default-domain", "default-role", "footer",
    "header", "highlight", "highlightlang", "index", "meta", "section-numbering", "sectionauthor", "sectnum",
    "tabularcolumns", "target-notes", "testcleanup", "testsetup", "title",
))  # fmt: skip
# Their argument is an order to Sphinx, their content is prose.
_TRANSPARENT: Final = frozenset((
    "acks", "cssclass", "glossary", "grid", "hlist", "ifconfig", "module", "only", "rst-class", "tab-set", "tabs",
))  # fmt: skip
_OBJECTS: Final = frozenset((
    "attribute", "classmethod", "concept", "confval", "data", "decorator", "decoratormethod", "describe", "enum",
    "enumerator", "envvar", "exception", "function", "macro", "member", "method", "object", "option", "opcode",
    "program", "property", "staticmethod", "struct", "type", "union", "var", "2to3fixer", "pdbcommand",
))  # fmt: skip
# Whose own reading by docutils loses nothing.
_BUILT_IN: Final = frozenset((
    "compound", "container", "epigraph", "highlights", "line-block", "list-table", "parsed-literal",
    "pull-quote", "replace", "rubric", "sidebar", "table", "topic", "unicode",
))  # fmt: skip
_CODE_ROLES: Final = frozenset((
    "attr", "c", "class", "code", "command", "const", "data", "envvar", "exc", "file", "func", "keyword", "literal",
    "macro", "makevar", "meth", "mod", "obj", "option", "program", "regexp", "samp", "token", "type", "var",
))  # fmt: skip
_NATIVE_ROLES: Final[Mapping[str, type]] = {
    "emphasis": nodes.emphasis,
    "strong": nodes.strong,
    "dfn": nodes.emphasis,
    "sub": nodes.subscript,
    "subscript": nodes.subscript,
    "sup": nodes.superscript,
    "superscript": nodes.superscript,
    "": nodes.title_reference,
    "title-reference": nodes.title_reference,
    "t": nodes.title_reference,
}
_TITLED_ROLE: Final = re.compile(r"(.+?)\s*<[^<>]*>", re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]*>")
_LONGEST_PARAGRAPH: Final = 20_000  # characters; a longer one is data, and read without markup
_SUPPORTED_RAW: Final = "html"


class _AnyOption(dict[str, Callable[[str], str]]):
    """Takes every option of a directive as it is written."""

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, name: str) -> Callable[[str | None], str]:
        return lambda value: value or ""


class _Soft(Directive):  # type: ignore[misc]
    """A directive whose argument is words of its own."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = _AnyOption()

    @property
    def kind(self) -> str:
        """Its name without its domain."""
        return str(self.name).rpartition(":")[2].lower()

    @property
    def said(self) -> str:
        """Its argument."""
        return str(self.arguments[0]) if self.arguments else ""

    def run(self) -> list[nodes.Node]:
        return [*self.titled(self.said), *self.parsed()]

    def parsed(self) -> list[nodes.Node]:
        """What its content says."""
        around = nodes.container()
        if self.content:
            self.state.nested_parse(self.content, self.content_offset, around)
        return [around] if around.children else []

    def titled(self, text: str) -> list[nodes.Node]:
        """`text` as a title of what follows."""
        if not text.strip():
            return []
        found, messages = self.state.inline_text(" ".join(text.split()), self.lineno)
        return [nodes.rubric(text, "", *found), *messages]

    def text(self) -> str:
        """Its content as it is written."""
        return "\n".join(self.content)


class _Note(_Soft):
    """An admonition: what stands behind its colons is the beginning of its content."""

    optional_arguments = 0

    def run(self) -> list[nodes.Node]:
        note = nodes.admonition("", *self.titled(_NAMES.get(self.kind, self.kind.capitalize())), *self.parsed())
        return [note]


class _Admonition(_Soft):
    def run(self) -> list[nodes.Node]:
        return [nodes.admonition("", *super().run())]


class _Version(_Soft):
    def run(self) -> list[nodes.Node]:
        version, _, more = self.said.partition(" ") if "\n" not in self.said else _broken(self.said)
        words = f"{_VERSIONS[self.kind]} {version}" + (f": {more}" if more.strip() else "")
        found, messages = self.state.inline_text(" ".join(words.split()), self.lineno)
        return [nodes.admonition("", nodes.paragraph(words, "", *found), *messages, *self.parsed())]


class _Code(_Soft):
    def run(self) -> list[nodes.Node]:
        has_language = self.kind in _NAMING_A_LANGUAGE
        code = "\n".join(part for part in ("" if has_language else self.said, self.text()) if part)
        block = nodes.literal_block(code, code)
        block["language"] = self.said.strip().lower() if has_language else _LANGUAGES.get(self.kind, "")
        return [*self.titled(self.options.get("caption", "")), block] if code.strip() else []


class _Diagram(_Soft):
    def run(self) -> list[nodes.Node]:
        block = nodes.literal_block(self.text(), self.text())
        block["language"] = "mermaid" if self.kind == "mermaid" else "dot"
        block["is_diagram"] = True
        return [*self.titled(self.options.get("caption", "")), *([block] if self.content else [])]


class _Math(_Soft):
    def run(self) -> list[nodes.Node]:
        formula = "\n".join(part for part in (self.said, self.text()) if part.strip())
        return [nodes.math_block(formula, formula)] if formula else []


class _Picture(_Soft):
    def run(self) -> list[nodes.Node]:
        picture = nodes.image("", uri=self.said.strip(), alt=self.options.get("alt", ""))
        if self.kind != "figure":
            return [picture]
        return [nodes.container("", nodes.paragraph("", "", picture), *self.parsed())]


class _Object(_Soft):
    """The description of a function, a class, an option: its signatures, then what they are for."""

    def run(self) -> list[nodes.Node]:
        signatures = [line.strip().rstrip("\\") for line in self.said.splitlines() if line.strip()]
        item = nodes.definition_list_item("", *(nodes.term("", "", nodes.literal("", s)) for s in signatures))
        content = self.parsed()
        if not signatures:
            return content
        if not content:
            return [nodes.paragraph("", "", *(nodes.literal("", signature) for signature in signatures))]
        item += nodes.definition("", *content)
        return [nodes.definition_list("", item)]


class _Transparent(_Soft):
    def run(self) -> list[nodes.Node]:
        return self.parsed()


class _Class(_Object):
    """A class of Python, which has a signature, or one of a style sheet, which adorns its content."""

    def run(self) -> list[nodes.Node]:
        is_described = ":" in str(self.name) or "(" in self.said or self.said[:1].isupper()
        return super().run() if is_described else self.parsed()


class _Furniture(_Soft):
    def run(self) -> list[nodes.Node]:
        return []


class _Contents(_Soft):
    """A table of contents: its entries are the titles of other pages, its caption is words."""

    def run(self) -> list[nodes.Node]:
        return self.titled(self.options.get("caption", ""))


class _Role(_Soft):
    """Names a role; remembered is what it rests on."""

    def run(self) -> list[nodes.Node]:
        named = re.match(r"([\w.+-]+)\s*(?:\(\s*([\w.+-]+)\s*\))?", self.said)
        if named:
            self.state.inliner.page.bases[named[1].lower()] = (named[2] or "").lower()
        return []


class _Raw(_Soft):
    def run(self) -> list[nodes.Node]:
        if "file" in self.options or "url" in self.options:
            where = self.options.get("file") or self.options.get("url")
            return [self.state.reporter.warning(f"raw text from {where!r} is not read", line=self.lineno)]
        if _SUPPORTED_RAW not in self.said.lower():
            return []
        return [nodes.raw(self.text(), self.text(), format="html")]


class _Include(_Soft):
    def run(self) -> list[nodes.Node]:
        page: Page = self.state.inliner.page
        name = self.said.strip()
        here = str(self.state_machine.get_source_and_line(self.lineno)[0] or page.place.path)
        try:
            text, path = including.text(name, page.place, here=here, budget=page.budget, standard=_STANDARD)
        except including.Refused as error:
            return [self.state.reporter.warning(str(error), line=self.lineno)]
        kept = including.part(text.expandtabs(8), self.options)
        if self.kind == "literalinclude" or "literal" in self.options or "code" in self.options:
            block = nodes.literal_block(kept, kept)
            block["language"] = self.options.get("language") or self.options.get("code", "")
            return [*self.titled(self.options.get("caption", "")), block]
        self.state_machine.insert_input(kept.splitlines(), path)
        return []


_STANDARD: Final = Path(rst.__file__).parent / "include"  # substitutions for symbols that docutils brings along
_NAMING_A_LANGUAGE: Final = frozenset(("code", "code-block", "code-cell", "sourcecode"))
_LANGUAGES: Final[Mapping[str, str]] = {
    "console": "console",
    "doctest": "python",
    "ipython": "python",
    "jupyter-execute": "python",
    "prompt": "bash",
    "testcode": "python",
}
_NAMES: Final[Mapping[str, str]] = {"seealso": "See also"}
_DIRECTIVES: Final[Mapping[str, type[Directive]]] = {
    **dict.fromkeys(NOTES, _Note),
    **dict.fromkeys(_VERSIONS, _Version),
    **dict.fromkeys(_CODE, _Code),
    **dict.fromkeys(_DIAGRAMS, _Diagram),
    **dict.fromkeys(_FURNITURE, _Furniture),
    **dict.fromkeys(_OBJECTS, _Object),
    **dict.fromkeys(_TRANSPARENT, _Transparent),
    "admonition": _Admonition,
    "class": _Class,
    "csv-table": CommaSeparated,
    "math": _Math,
    "image": _Picture,
    "figure": _Picture,
    "include": _Include,
    "literalinclude": _Include,
    "raw": _Raw,
    "role": _Role,
    "toctree": _Contents,
}


class Page:
    """What is known while one page is read.

    Attributes:
        bases: What the roles that the page names itself rest on.
        budget: How much more may be included into the page.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.bases: dict[str, str] = {}
        self.budget = including.Budget()

    def interpreted(
        self, rawsource: str, text: str, role: str, lineno: int
    ) -> tuple[list[nodes.Node], list[nodes.Node]]:
        """What the words in a role say; docutils calls this for each."""
        name = (role or "").lower().rpartition(":")[2]
        name = self.bases.get(name) or name
        words = unescape(text)
        if name == "math":
            formula = unescape(text, True)
            return [nodes.math(rawsource, formula)], []
        if name == "raw":
            return [nodes.Text(_TAG.sub(" ", words))], []
        node = _NATIVE_ROLES.get(name)
        if node is not None:
            return [node(rawsource, words)], []
        if name in _CODE_ROLES:
            shown = _shown(words)
            return [nodes.literal(rawsource, shown if not words.startswith("~") else shown.rpartition(".")[2])], []
        return [nodes.inline(rawsource, _shown(words))], []


def _shown(words: str) -> str:
    """`text` of a role that is written `text <target>`; without the marks that say how to link."""
    titled = _TITLED_ROLE.fullmatch(words)
    return titled[1] if titled else words.lstrip("!~")


def _broken(said: str) -> tuple[str, str, str]:
    first, _, rest = said.partition("\n")
    version, _, more = first.partition(" ")
    return version, " ", f"{more} {rest}"


def _directed(state: states.Body, match: re.Match[str], **presets: object) -> object:
    """What the directive that `match` found says; docutils calls this for each."""
    name = match.group(1)
    plain = name.rpartition(":")[2].lower()
    found: type = _DIRECTIVES.get(plain, _Transparent if plain.startswith("auto") else _Soft)
    if plain in _BUILT_IN:
        found = directives.directive(plain, state.memo.language, state.document)[0] or _Soft
    return state.run_directive(found, match, name, presets)


def _explicit() -> states.Struct:
    """docutils' list of what two dots may begin, with our way to a directive instead of its own."""
    known = states.Body.explicit
    constructs = [
        (_directed if method is states.Body.directive else method, pattern) for method, pattern in known.constructs
    ]
    return states.Struct(patterns=known.patterns, constructs=constructs)


def _bounded(
    parse: Callable[..., tuple[list[nodes.Node], list[nodes.Node]]], text: str, *rest: object
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """As `parse`, which takes a time that grows with the square of the marks a paragraph opens and never closes."""
    return parse(text, *rest) if len(text) <= _LONGEST_PARAGRAPH else ([nodes.Text(unescape(text, True))], [])


class _Directing:
    """Mixed into every state of docutils' machine, which would otherwise look directives up for all pages alike."""

    nested_sm_cache: list[object] = []  # noqa: RUF012 - docutils' own, of which each family of states needs one
    explicit = _explicit()
    directive = _directed

    def __init__(self, state_machine: object, debug: bool = False) -> None:
        super().__init__(state_machine, debug)  # type: ignore[call-arg]
        self.nested_sm_kwargs = {"state_classes": STATES, "initial_state": "Body"}


STATES: Final = tuple(type(state.__name__, (_Directing, state), {}) for state in states.state_classes)


class Parser(rst.Parser):  # type: ignore[misc]
    """docutils' parser with these roles and directives."""

    def __init__(self, place: Place) -> None:
        inliner = states.Inliner()
        inliner.page = Page(place)
        inliner.interpreted = inliner.page.interpreted
        inliner.parse = partial(_bounded, inliner.parse)
        super().__init__(inliner=inliner)
        self.state_classes = STATES
