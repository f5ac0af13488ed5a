"""reStructuredText: what docutils' tree of a page says, its sections under the ids that docutils gives them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import copy
from functools import lru_cache

from docutils import frontend, nodes, utils
from docutils.transforms import references

from pageside.knowledge.reading import decoding
from pageside.knowledge.reading.kinds import counting, hypertext, plain, shown, spoken, substituting
from pageside.knowledge.reading.kinds.directives import Parser
from pageside.knowledge.reading.kinds.kind import Place, Reading, Unreadable
from pageside.knowledge.reading.kinds.markup import Markup
from pageside.knowledge.reading.kinds.speech import Close, Container, Open, Phrase, Said, Whole, Words
from pageside.knowledge.reading.markdown import Flaw

_TRANSFORMS = (
    references.Substitutions,
    references.PropagateTargets,
    references.AnonymousHyperlinks,
    references.IndirectHyperlinks,
    references.Footnotes,
    references.ExternalTargets,
)
_WARNING = 2  # docutils' level of what an author should know
_MOST_FLAWS = 20
_LONGEST_LINE = 1_000_000_000  # docutils would give up the whole page for a longer one
# Fields at the top of a page by which Sphinx is told how to build it.
_ORDERS = frozenset(("orphan", "nocomments", "nosearch", "tocdepth", "no-search", "html_theme", "github_url"))
_CONTAINERS: dict[str, Container] = {
    "paragraph": "paragraph",
    "list_item": "item",
    "block_quote": "quote",
    "admonition": "note",
    "sidebar": "note",
    "topic": "note",
    "rubric": "label",
    "definition_list": "terms",
    "option_list": "terms",
    "field_name": "term",
    "option_group": "term",
    "definition": "definition",
    "field_body": "definition",
    "description": "definition",
    "row": "row",
    "entry": "cell",
    "strong": "strong",
    "emphasis": "emphasis",
    "caption": "paragraph",
    "attribution": "paragraph",
    "line": "paragraph",
    "subtitle": "paragraph",
}
_NOTHING = frozenset((
    "colspec", "comment", "decoration", "footnote_reference", "meta", "pending", "substitution_definition",
))  # fmt: skip


def read(content: bytes, place: Place) -> Reading:
    """What the reStructuredText `content` says; total for any text.

    Raises:
        Unreadable: It is binary.
    """
    source, complaint, line = _decoded(content)
    flaws = [Flaw(line, complaint)] if complaint else []
    tree, noted = _parsed(source, place)
    if tree is None:
        return Reading(source=source, blocks=spoken.blocks(plain.said(source)), flaws=(*flaws, *noted))
    blocks = spoken.blocks(_Walk(source, place).walk(tree))
    return Reading(source=source, blocks=blocks, flaws=(*flaws, *noted), anchored=True)


def show(content: bytes, place: Place, link: Callable[[str], str]) -> str:
    """The page as safe HTML.

    Raises:
        Unreadable: As `read`.
    """
    source = _decoded(content)[0]
    tree, _ = _parsed(source, place)
    if tree is None:
        return plain.show(content, place, link)
    return shown.html(_Walk(source, place).walk(tree), link=link)


def counted(source: str) -> str:
    """What its lines say, by a scan that knows nothing of docutils."""
    return counting.restructured(source)


def _decoded(content: bytes) -> tuple[str, str, int]:
    try:
        return decoding.decode(content)
    except decoding.Undecodable as error:
        raise Unreadable(str(error)) from error


@lru_cache(maxsize=1)
def _settings() -> object:
    settings = frontend.get_default_settings(Parser)
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.halt_level = 5  # above every level there is: nothing that a page says ends the reading
    settings.report_level = 5
    settings.warning_stream = False
    settings.line_length_limit = _LONGEST_LINE
    settings.syntax_highlight = "none"
    settings.smart_quotes = False
    return settings


def _parsed(source: str, place: Place) -> tuple[nodes.document | None, list[Flaw]]:
    """docutils' tree of the page, and what docutils found wrong; no tree where it fell over the page itself."""
    settings = copy(_settings())
    settings.auto_id_prefix = "id" if place.site.kind == "sphinx" else "%"  # type: ignore[attr-defined]
    document = utils.new_document(place.path, settings)
    messages: list[nodes.system_message] = []
    document.reporter.attach_observer(messages.append)
    text = source.removeprefix("\ufeff").replace("\0", "\ufffd")
    try:
        Parser(place).parse(text, document)
        if refused := substituting.bounded(document):
            said = f"{refused} substitutions are not made: they hold too many others, or themselves"
            document.reporter.warning(said, source=place.path, line=0)
        document.transformer.add_transforms(_TRANSFORMS)
        document.transformer.apply_transforms()
    except Exception as error:  # docutils' own defects come as any of them, and no page may end an update
        said = f"docutils cannot read the page ({type(error).__name__}); it was read as plain text"
        return None, [Flaw(0, said)]
    return document, list(_flaws(messages, place))


def _flaws(messages: list[nodes.system_message], place: Place) -> Iterator[Flaw]:
    told = [message for message in messages if message["level"] >= _WARNING]
    for message in told[:_MOST_FLAWS]:
        first = message.children[0].astext() if message.children else ""
        elsewhere = message.get("source") not in {place.path, None}
        where = f" (in {message['source']})" if elsewhere else ""
        yield Flaw(0 if elsewhere else message.get("line") or 0, " ".join(first.split()) + where)
    if len(told) > _MOST_FLAWS:
        yield Flaw(0, f"{len(told) - _MOST_FLAWS} more such troubles in this page")


class _Walk:
    """One pass over docutils' tree."""

    def __init__(self, source: str, place: Place) -> None:
        self._source = source
        self._path = place.path
        self._lines = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", source))]
        self._at = (0, 0)  # the range in the source of the present block
        self._depth = 0

    def walk(self, tree: nodes.Node) -> Iterator[Said]:
        """What `tree` says."""
        yield from self._children(tree)

    def _children(self, node: nodes.Node) -> Iterator[Said]:
        for child in node.children:
            yield from self._node(child)

    def _node(self, node: nodes.Node) -> Iterator[Said]:
        name = type(node).__name__
        if name in _NOTHING:
            return
        handler = _HANDLERS.get(name)
        if handler is not None:
            yield from handler(self, node)
            return
        container = _CONTAINERS.get(name)
        if container is None:
            yield from self._children(node)
            return
        if isinstance(node, nodes.TextElement):
            self._find(node)
        yield from self._within(container, node)

    def _within(self, container: Container, node: nodes.Node) -> Iterator[Said]:
        yield Open(container, self._at[0] if isinstance(node, nodes.TextElement) else self._next())
        yield from self._children(node)
        yield Close(container, self._at[1])

    # Where things stand ----------------------------------------------------------------------------------------------

    def _find(self, node: nodes.Node) -> None:
        """Finds the words of `node` at or below what was found last; what another file holds, stands where it is."""
        lines = [line.strip() for line in (node.rawsource or node.astext()).splitlines() if line.strip()]
        if not lines or (node.source is not None and node.source != self._path):
            return
        start = self._source.find(lines[0], self._at[0] if self._at[1] == 0 else self._at[1])
        if start < 0:
            if isinstance(node.line, int) and 0 < node.line < len(self._lines):
                start = max(self._lines[node.line - 1], self._at[0])
                self._at = (start, max(self._lines[node.line], start))
            return
        end = self._source.find(lines[-1], start)
        self._at = (start, end + len(lines[-1]) if end >= 0 else start + len(lines[0]))

    def _next(self) -> int:
        """Where something begins whose first words are not yet found."""
        at = self._at[1]
        while at < len(self._source) and self._source[at].isspace():
            at += 1
        return at

    # What is more than its children ----------------------------------------------------------------------------------

    def _text(self, node: nodes.Node) -> Iterator[Said]:
        yield Words(node.astext(), *self._place())

    def _place(self) -> tuple[int, int]:
        start, end = self._at
        return start, max(end, min(start + 1, len(self._source)))

    def _section(self, node: nodes.Node) -> Iterator[Said]:
        self._depth += 1
        yield from self._children(node)
        self._depth -= 1

    def _title(self, node: nodes.Node) -> Iterator[Said]:
        self._find(node)
        if not isinstance(node.parent, nodes.section):
            yield from self._within("label", node)
            return
        ids = node.parent["ids"]
        yield Open("heading", self._at[0], level=min(self._depth, 6), anchor=ids[0] if ids else "")
        yield from self._children(node)
        yield Close("heading", self._at[1])

    def _bullets(self, node: nodes.Node) -> Iterator[Said]:
        yield from self._within("list", node)

    def _numbers(self, node: nodes.Node) -> Iterator[Said]:
        yield Open("list", self._next(), number=int(node.get("start", 1)))
        yield from self._children(node)
        yield Close("list", self._at[1])

    def _table(self, node: nodes.Node) -> Iterator[Said]:
        for title in node.findall(nodes.title):
            self._find(title)
            yield from self._within("label", title)
        yield Open("table", self._next())
        for child in node.children:
            if not isinstance(child, nodes.title):
                yield from self._node(child)
        yield Close("table", self._at[1])

    def _definition_item(self, node: nodes.Node) -> Iterator[Said]:
        """A term with what classifies it, which docutils sets beside it, and its definition."""
        pending: list[nodes.Node] = []
        for child in [*node.children, None]:
            if pending and not isinstance(child, nodes.classifier):
                self._find(pending[0])
                yield Open("term", self._at[0])
                for part in pending:
                    yield from self._children(part) if part is pending[0] else self._classifier(part)
                yield Close("term", self._at[1])
                pending = []
            if isinstance(child, nodes.term | nodes.classifier):
                pending.append(child)
            elif child is not None:
                yield from self._node(child)

    def _fields(self, node: nodes.Node) -> Iterator[Said]:
        at_top = isinstance(node.parent, nodes.document)
        kept = [field for field in node.children if not (at_top and field.children[0].astext().lower() in _ORDERS)]
        if kept:
            yield Open("terms", self._next())
            for field in kept:
                yield from self._children(field)
            yield Close("terms", self._at[1])

    def _citation(self, node: nodes.Node) -> Iterator[Said]:
        """A citation is called by its name, which is a word; a footnote by its number, which is none."""
        yield Open("footnote", self._next())
        name, *rest = node.children
        if isinstance(node, nodes.citation):
            yield Words(f"[{name.astext()}] ", *self._place())
        if rest and isinstance(rest[0], nodes.paragraph):
            self._find(rest[0])
            yield from self._children(rest[0])
            rest = rest[1:]
        for child in rest:
            yield from self._node(child)
        yield Close("footnote", self._at[1])

    def _code(self, node: nodes.Node) -> Iterator[Said]:
        self._find(node)
        classes = [name for name in node.get("classes", ()) if name not in {"code", "literal-block", "highlight"}]
        language = "python" if isinstance(node, nodes.doctest_block) else node.get("language", "") or " ".join(classes)
        kind = "diagram" if node.get("is_diagram") else "code"
        first = re.sub(r"[^\w+#.-].*", "", language)
        yield Whole("diagram" if kind == "diagram" else "code", node.astext(), *self._place(), first)

    def _math_block(self, node: nodes.Node) -> Iterator[Said]:
        self._find(node)
        yield Whole("math", node.astext(), *self._place())

    def _math(self, node: nodes.Node) -> Iterator[Said]:
        yield Phrase("math", node.astext(), *self._place())

    def _literal(self, node: nodes.Node) -> Iterator[Said]:
        yield Phrase("code", node.astext(), *self._place())

    def _image(self, node: nodes.Node) -> Iterator[Said]:
        yield Phrase("picture", node.get("alt", ""), *self._place(), target=node.get("uri", ""))

    def _reference(self, node: nodes.Node) -> Iterator[Said]:
        to = node.get("refuri") or (f"#{node['refid']}" if node.get("refid") else "")
        yield Open("link", self._at[0], target=to)
        yield from self._children(node)
        yield Close("link", self._at[1])

    def _citation_reference(self, node: nodes.Node) -> Iterator[Said]:
        yield Words(f"[{node.astext()}]", *self._place())

    def _raw(self, node: nodes.Node) -> Iterator[Said]:
        if "html" in node.get("format", ""):
            for piece in hypertext.said(Markup(node.astext())):
                yield _placed(piece, *self._place())

    def _line_block(self, node: nodes.Node) -> Iterator[Said]:
        for child in node.children:
            if isinstance(child, nodes.line_block):
                yield from self._line_block(child)
            else:
                self._find(child)
                yield from self._children(child)
                yield Phrase("break", "", *self._place())

    def _verse(self, node: nodes.Node) -> Iterator[Said]:
        yield Open("paragraph", self._at[0])
        yield from self._line_block(node)
        yield Close("paragraph", self._at[1])

    def _message(self, node: nodes.Node) -> Iterator[Said]:
        """A complaint of docutils is no word of the page, but the text that it could not read is."""
        for child in node.children:
            if isinstance(child, nodes.literal_block):
                yield from self._code(child)

    def _classifier(self, node: nodes.Node) -> Iterator[Said]:
        yield Words(f" ({node.astext()})", *self._place())

    def _option(self, node: nodes.Node) -> Iterator[Said]:
        yield Phrase("code", node.astext(), *self._place())
        yield Words(" ", *self._place())


def _placed(piece: Said, start: int, end: int) -> Said:
    """`piece` of another text, where that text stands in the page."""
    match piece:
        case Open():
            return Open(piece.container, start, piece.level, piece.anchor, piece.target, piece.number)
        case Close():
            return Close(piece.container, end)
        case Words():
            return Words(piece.text, start, end)
        case Phrase():
            return Phrase(piece.form, piece.text, start, end, piece.target)
        case Whole():
            return Whole(piece.kind, piece.text, start, end, piece.language)


_HANDLERS: dict[str, Callable[[_Walk, nodes.Node], Iterator[Said]]] = {
    "Text": _Walk._text,
    "section": _Walk._section,
    "title": _Walk._title,
    "bullet_list": _Walk._bullets,
    "enumerated_list": _Walk._numbers,
    "table": _Walk._table,
    "definition_list_item": _Walk._definition_item,
    "field_list": _Walk._fields,
    "docinfo": _Walk._fields,
    "footnote": _Walk._citation,
    "citation": _Walk._citation,
    "literal_block": _Walk._code,
    "doctest_block": _Walk._code,
    "math_block": _Walk._math_block,
    "math": _Walk._math,
    "literal": _Walk._literal,
    "image": _Walk._image,
    "reference": _Walk._reference,
    "citation_reference": _Walk._citation_reference,
    "raw": _Walk._raw,
    "line_block": _Walk._verse,
    "system_message": _Walk._message,
    "option": _Walk._option,
}
