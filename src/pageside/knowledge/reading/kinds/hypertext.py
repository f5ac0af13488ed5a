"""HTML: the prose of a page without the furniture of its site, its headings under the ids they have there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from selectolax.lexbor import LexborNode

from pageside.knowledge.reading import decoding
from pageside.knowledge.reading.kinds import elements, markup, shown, spoken, tagged
from pageside.knowledge.reading.kinds.kind import Place, Reading, Unreadable
from pageside.knowledge.reading.kinds.markup import Markup
from pageside.knowledge.reading.kinds.speech import Close, Container, Open, Phrase, Said, Whole, Words
from pageside.knowledge.reading.markdown import Flaw

_MAIN = "main, [role=main]"
_FORMULA = re.compile(r"^\s*(?:\\\((.*)\\\)|\\\[(.*)\\\]|\$\$(.*)\$\$)\s*$", re.DOTALL)
_SCRIPT_OF_MATH = "math/tex"
_LEAST_SHARE = 0.5  # of the words of a page that its only <article> must hold to be taken for all of it
_WORD = re.compile(r"\w+")
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))


def read(content: bytes, place: Place) -> Reading:
    """What the HTML page `content` says; total for any text.

    Raises:
        Unreadable: It is binary.
    """
    try:
        source, complaint, line = decoding.decode_html(content)
    except decoding.Undecodable as error:
        raise Unreadable(str(error)) from error
    page = Markup(source)
    root = page.root
    titled = page.first("head title, title")
    return Reading(
        source=source,
        blocks=spoken.blocks(said(page)),
        flaws=(Flaw(line, complaint),) if complaint else (),
        title=" ".join(markup.text(titled).split()) if titled is not None else "",
        language=markup.attributes(root).get("lang", "") if root is not None else "",
        anchored=True,
    )


def show(content: bytes, place: Place, link: Callable[[str], str]) -> str:
    """The page as safe HTML.

    Raises:
        Unreadable: As `read`.
    """
    try:
        source = decoding.decode_html(content)[0]
    except decoding.Undecodable as error:
        raise Unreadable(str(error)) from error
    return shown.html(said(Markup(source)), link=link)


def counted(source: str) -> str:
    """What stands between the tags of its main content, by a scan that builds no tree."""
    return tagged.words(source)


def said(page: Markup) -> Iterator[Said]:
    """What the main content of `page` says: `<main>`, else its only `<article>`, else all but the furniture."""
    main = _main(page)
    if main is not None:
        yield from _Walk(page, inside=main.tag != "body").walk(main)


def _main(page: Markup) -> LexborNode | None:
    shown_ones = [node for node in page.all(_MAIN) if not elements.is_hidden(node.tag or "", markup.attributes(node))]
    articles = page.all("article")
    body = page.body
    if len(shown_ones) == 1 and _WORD.search(markup.text(shown_ones[0])):
        return shown_ones[0]
    if len(articles) == 1 and body is not None:
        words = len(_WORD.findall(markup.text(articles[0])))
        spoken_ones = (piece for piece in _Walk(page, inside=False).walk(body) if isinstance(piece, Words))
        whole = sum(len(_WORD.findall(piece.text)) for piece in spoken_ones)
        if words and words >= _LEAST_SHARE * whole:
            return articles[0]
    return body if body is not None else page.root


class _Walk:
    """One pass over the elements of a page, without recursion: pages are nested as deep as their authors like."""

    def __init__(self, page: Markup, *, inside: bool) -> None:
        self._page = page
        self._inside = inside
        self._at = 0  # the start tag after which the present words stand
        self._anchor = ""  # the last id or name above
        self._layouts: dict[int, bool] = {}

    def walk(self, top: LexborNode) -> Iterator[Said]:
        waiting: list[LexborNode | Said] = [top]
        while waiting:
            here = waiting.pop()
            if not isinstance(here, LexborNode):
                yield self._closed(here)
                continue
            if here.is_text_node:
                yield from self._words(markup.text(here))
            elif here.is_element_node:
                opened, closing, goes_in = self._element(here)
                yield from opened
                waiting += reversed(closing)
                if goes_in:
                    waiting += reversed(list(markup.children(here)))

    def _closed(self, piece: Said) -> Said:
        return Close(piece.container, self._page.place(self._at)[1]) if isinstance(piece, Close) else piece

    def _words(self, text: str) -> Iterator[Said]:
        if text:
            yield Words(text, *self._page.place(self._at))

    def _element(self, node: LexborNode) -> tuple[list[Said], list[Said], bool]:
        """What `node` says as it opens, what as it closes, and whether what is inside it is to be read."""
        tag, given = node.tag or "", markup.attributes(node)
        start = self._page.start(node)
        self._at = self._at if start is None else start
        whole = self._whole(node, tag, given)
        if whole is not None:
            return whole, [], False
        if _is_furniture(node, inside=self._inside):
            return [], [], False
        self._anchor = given.get("id") or (given.get("name") if tag == "a" else "") or self._anchor
        if tag in _HEADINGS:
            return self._heading(node, int(tag[1]))
        if elements.is_title_of_note(given):
            return self._within("label")
        if elements.is_note(tag, given):
            return self._within("note")
        container = self._container(node, tag)
        if tag == "caption" and not self._is_layout(_table_of(node)):
            return [], [], False
        if container == "table":
            return self._table(node)
        if container is not None:
            return self._within(container, target=given.get("href", ""), number=_first_number(tag, given))
        if tag == "rt":
            return [Words(" (", *self._place())], [Words(")", *self._place())], True
        if tag in elements.PHRASES:
            return [], [], True
        return self._within("paragraph")

    def _container(self, node: LexborNode, tag: str) -> Container | None:
        container = elements.CONTAINERS.get(tag)
        if container in {"table", "row", "cell"} and self._is_layout(_table_of(node)):
            return "paragraph"
        if container == "item" and (node.parent is None or node.parent.tag not in {"ul", "ol", "menu"}):
            return "paragraph"
        return container

    def _is_layout(self, table: LexborNode | None) -> bool:
        if table is None:
            return True
        known = self._layouts.get(table.mem_id)
        if known is None:
            known = self._layouts[table.mem_id] = _is_layout(table)
        return known

    def _within(
        self, container: Container, *, target: str = "", number: int | None = None
    ) -> tuple[list[Said], list[Said], bool]:
        opened = Open(container, self._at, target=target, number=number)
        return [opened], [Close(container, self._at)], True

    def _table(self, node: LexborNode) -> tuple[list[Said], list[Said], bool]:
        caption = next((markup.text(child) for child in markup.children(node) if child.tag == "caption"), "")
        opened, closing, goes_in = self._within("table")
        if caption.strip():
            titled: list[Said] = [Open("paragraph", self._at), Words(caption, self._at, self._at + 1)]
            opened = [*titled, Close("paragraph", self._at), *opened]
        return opened, closing, goes_in

    def _heading(self, node: LexborNode, level: int) -> tuple[list[Said], list[Said], bool]:
        own = markup.attributes(node).get("id", "") or next(
            (name for child in markup.within(node) if (name := _name(child))), ""
        )
        self._anchor = own or self._anchor
        return [Open("heading", self._at, level=level, anchor=self._anchor)], [Close("heading", self._at)], True

    def _whole(self, node: LexborNode, tag: str, given: Mapping[str, str]) -> list[Said] | None:
        """What is taken as one piece: code, formulas, pictures, breaks; None for everything else."""
        if tag == "script" and given.get("type", "").startswith(_SCRIPT_OF_MATH):
            return self._math(markup.text(node), is_block="mode=display" in given["type"].replace(" ", ""))
        if elements.is_hidden(tag, given):
            return None
        classes = set(given.get("class", "").split())
        if tag == "math" or classes & {"katex", "katex-display"} or tag == "mjx-container":
            formula = _formula_of(node, given)
            if formula:
                is_block = "katex-display" in classes or given.get("display") in {"block", "true"}
                return self._math(formula, is_block=is_block)
            return None
        if classes & {"math", "arithmatex"} and (found := _FORMULA.match(markup.text(node))):
            return self._math(next(group for group in found.groups() if group is not None), is_block=found[1] is None)
        if tag == "pre":
            return self._code(node)
        if tag == "code":
            return [Phrase("code", markup.text(node), *self._place())]
        if tag == "br":
            return [Phrase("break", "", *self._place())]
        if tag == "img":
            picture = Phrase("picture", _said_of_picture(given), *self._place(), target=given.get("src", ""))
            return [Words(" ", *self._place()), picture]  # two pictures side by side are not one word
        return None

    def _math(self, formula: str, *, is_block: bool) -> list[Said]:
        if is_block:
            return [Whole("math", formula, *self._place())]
        return [Phrase("math", formula, *self._place())]

    def _code(self, node: LexborNode) -> list[Said]:
        inner = next((child for child in markup.children(node) if child.tag == "code"), node)
        around = [inner, node]
        for _ in range(2):
            parent = around[-1].parent
            around += [parent] if parent is not None else []
        language = elements.language(*(markup.attributes(each) for each in around))
        code = "".join(_lines_of(node))
        kind = "diagram" if language == "mermaid" or "mermaid" in markup.attributes(node).get("class", "") else "code"
        start, end = self._place()
        end = max(end, self._page.source.find("</pre", start))
        return [Whole("diagram" if kind == "diagram" else "code", code, start, end, language)]

    def _place(self) -> tuple[int, int]:
        return self._page.place(self._at)


def _lines_of(node: LexborNode) -> Iterator[str]:
    """The characters of code, its line breaks included, without the numbers and buttons a site puts beside it."""
    waiting: list[LexborNode | None] = [node.first_child]
    while waiting:
        here = waiting.pop()
        if here is None:
            continue
        waiting.append(here.next)
        if here.is_text_node:
            yield markup.unmarked(here.text_content or "")
        elif here.tag == "br" or (here.tag == "code" and here.prev is not None and here.prev.tag == "code"):
            yield "\n"
            waiting.append(here.first_child)
        elif not elements.is_furniture(here.tag or "", markup.attributes(here), inside=True):
            waiting.append(here.first_child)


def _is_furniture(node: LexborNode, *, inside: bool) -> bool:
    """As `elements.is_furniture`; the head of a page that has no main content is its title."""
    tag = node.tag or ""
    is_title = tag == "header" and not inside and node.css_first("h1") is not None
    return elements.is_furniture(tag, markup.attributes(node), inside=inside or is_title)


def _formula_of(node: LexborNode, given: Mapping[str, str]) -> str:
    """The TeX that a rendered formula was made from; empty where the page does not hold it."""
    for child in markup.within(node):
        if child.tag == "annotation" and "tex" in markup.attributes(child).get("encoding", "").lower():
            return markup.text(child).strip()
    return given.get("alttext", "").strip()


def _said_of_picture(given: Mapping[str, str]) -> str:
    alt, title = given.get("alt", "").strip(), given.get("title", "").strip()
    return f"{alt} ({title})" if alt and title and title != alt else alt or title


def _name(node: LexborNode) -> str:
    given = markup.attributes(node)
    return given.get("id") or (given.get("name", "") if node.tag == "a" else "")


def _first_number(tag: str, given: Mapping[str, str]) -> int | None:
    if tag != "ol":
        return None
    start = given.get("start", "")
    return int(start) if start.isdecimal() and len(start) < 9 else 1


def _table_of(node: LexborNode) -> LexborNode | None:
    here: LexborNode | None = node
    while here is not None and here.tag != "table":
        here = here.parent
    return here


def _is_layout(table: LexborNode) -> bool:
    """Whether a table only sets out the page, or numbers the lines of code: then what is in it is read as it comes."""
    given = markup.attributes(table)
    if given.get("role") in {"presentation", "none"} or "highlight" in given.get("class", ""):
        return True
    return any(child.tag in _HEADINGS or child.tag == "table" for child in markup.within(table))
