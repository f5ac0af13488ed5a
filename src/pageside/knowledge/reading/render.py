"""A page as safe HTML for a plain, server-rendered view: tags and components are shown as what they hold."""

from __future__ import annotations

import html as entities
import textwrap
from collections.abc import Callable, Mapping, Sequence

from markdown_it.token import Token

from pageside.knowledge.reading import dialect, fences, front, props, quiz
from pageside.knowledge.reading.elements import ADMONITIONS, BLOCK, is_placeholder, said
from pageside.knowledge.reading.lines import Lines
from pageside.knowledge.reading.script import Markup, Number, Value
from pageside.knowledge.reading.tags import Piece, Tag, pieces
from pageside.knowledge.reading.writer import Writer, safe_address

_DEEPEST_NESTING = 3
_SHOWN_BLOCKS: Mapping[str, str] = {
    **{name: name for name in ("ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tfoot", "tr", "th", "td")},
    **{name: name for name in ("dl", "dt", "dd", "details", "summary", "figure", "figcaption", "caption", "pre")},
    **dict.fromkeys(("p", "div", "center", "section", "article", "aside"), "div"),
}
_SHOWN_PHRASES = frozenset(
    ("abbr", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "strong",
     "sub", "sup", "u", "var")
)  # fmt: skip
_DETAILS = frozenset(("details", "collapse", "expander"))


def html(
    source: str, *, mdx: bool, anchors: Sequence[str], link: Callable[[str], str] = lambda address: address
) -> str:
    """The page `source` as HTML; total, and safe to show whoever wrote the page.

    No script, style, handler or address that runs anything survives; what is not understood is shown as text.

    Args:
        anchors: The ids of the page's headings, in order.
        link: Where a link or a picture of the page leads, given what its author wrote.
    """
    lines = Lines(source)
    page = _Page(mdx=mdx, link=link)
    page.show(front.blanked(lines.text, front.read(lines.text)))
    return page.writer.finish(tuple(anchors))


def fragment(source: str, *, anchors: Sequence[str], link: Callable[[str], str]) -> str:
    """As `html`, for Markdown that is a part of a page and has no front matter."""
    page = _Page(mdx=False, link=link)
    page.show(Lines(source).text)
    return page.writer.finish(tuple(anchors))


class _Page:
    """One pass over the tokens of a page, and over those of the Markdown inside its props."""

    def __init__(self, *, mdx: bool, link: Callable[[str], str]) -> None:
        self.writer = Writer()
        self._mdx = mdx
        self._link = link
        self._nesting = 0
        self._bound: set[str] = set(props.ALWAYS_BOUND)

    def show(self, text: str) -> None:
        tokens, env = dialect.tokens(text, mdx=self._mdx)
        if isinstance(bound := env["bound"], set):
            self._bound |= bound
        for token in tokens:
            handler = _HANDLERS.get(token.type)
            if handler is not None:
                handler(self, token)
        self.writer.end_paragraph()

    def _speak(self, text: str, *, mdx: bool = False) -> None:
        if self._nesting >= _DEEPEST_NESTING:
            self.writer.words(text)
            return
        kept, self._mdx = self._mdx, mdx or self._mdx
        self._nesting += 1
        self.show(textwrap.dedent(text.expandtabs(4)).strip("\n"))
        self._nesting -= 1
        self._mdx = kept

    # Markdown --------------------------------------------------------------------------------------------------------

    def _open(self, token: Token) -> None:
        self.writer.block(token.tag)

    def _open_ordered(self, token: Token) -> None:
        start = token.attrs.get("start")
        self.writer.block("ol", attributes={"start": str(start)} if start is not None else None)

    def _close(self, token: Token) -> None:
        self.writer.end_paragraph()
        self.writer.close(token.tag)

    def _open_heading(self, token: Token) -> None:
        self.writer.heading(int(token.tag[1]))

    def _close_heading(self, token: Token) -> None:
        self.writer.end_heading(int(token.tag[1]))

    def _open_paragraph(self, token: Token) -> None:
        if not token.hidden:
            self.writer.paragraph()

    def _close_paragraph(self, token: Token) -> None:
        self.writer.end_paragraph()

    def _open_quote(self, token: Token) -> None:
        if token.meta.get("alert"):
            self._open_admonition(str(token.meta["alert"]), by="")
        else:
            self.writer.block("blockquote")

    def _close_quote(self, token: Token) -> None:
        self.writer.end_paragraph()
        self.writer.close("aside" if token.meta.get("alert") else "blockquote")

    def _open_footnote(self, token: Token) -> None:
        self.writer.block("div", attributes={"class": "footnote"})

    def _close_footnote(self, token: Token) -> None:
        self.writer.end_paragraph()
        self.writer.close("div")

    def _open_admonition(self, kind: str, *, by: str) -> None:
        safe = "".join(letter for letter in kind.lower() if letter.isalnum() or letter == "-")
        self.writer.block("aside", by, {"class": f"admonition admonition-{safe}"})

    def _open_container(self, token: Token) -> None:
        by = "container" if token.type == "container_mark" else ""
        kind = token.info.split()
        if kind[0] in _DETAILS:
            self.writer.block("details", by)
        elif kind[0] == "tab":
            self.writer.block("section", by, {"class": "tab"})
        else:
            self._open_admonition(kind[0], by=by)

    def _close_container(self, token: Token) -> None:
        self.writer.end_paragraph()
        if token.type == "container_end":
            self.writer.close_tag("container")
        else:
            self.writer.close_innermost("details", "section", "aside")

    def _open_title(self, token: Token) -> None:
        if self.writer.is_innermost("details"):
            self.writer.block("summary")
        else:
            self.writer.block("p", "title", {"class": "label"})

    def _close_title(self, token: Token) -> None:
        self.writer.close_innermost("summary", "p")

    def _rule(self, token: Token) -> None:
        self.writer.block("hr")

    def _code(self, token: Token) -> None:
        fence = fences.read(token.content, token.info)
        if fence.title:
            self.writer.whole("p", fence.title, {"class": "label"})
        if fence.code.strip():
            self.writer.code(fence.code, fence.language)

    def _math(self, token: Token) -> None:
        self.writer.whole("div", token.content.strip(), {"class": "math"})

    # Words -----------------------------------------------------------------------------------------------------------

    def _inline(self, token: Token) -> None:
        for child in token.children or []:
            handler = _PHRASES.get(child.type)
            if handler is not None:
                handler(self, child)

    def _text(self, token: Token) -> None:
        self.writer.words(props.decoded(token.content))

    def _inline_code(self, token: Token) -> None:
        self.writer.inline_code(token.content)

    def _inline_math(self, token: Token) -> None:
        self.writer.phrase("span", attributes={"class": "math"})
        self.writer.words(token.content)
        self.writer.close("span")

    def _break(self, token: Token) -> None:
        if token.type == "hardbreak":
            self.writer.open("br")
        self.writer.words("\n")

    def _open_phrase(self, token: Token) -> None:
        self.writer.phrase(token.tag)

    def _close_phrase(self, token: Token) -> None:
        self.writer.close(token.tag)

    def _open_link(self, token: Token) -> None:
        self._link_to(str(token.attrs.get("href", "")), str(token.attrs.get("title", "")), by="")

    def _link_to(self, address: str, title: str, *, by: str) -> None:
        to = safe_address(self._link(address)) if safe_address(address) else ""
        shown = {"href": to} if to else {}
        self.writer.phrase("a", by, shown | ({"title": title} if title else {}))

    def _image(self, token: Token) -> None:
        alt = "".join(child.content for child in token.children or []) or token.content
        self._picture(str(token.attrs.get("src", "")), alt, str(token.attrs.get("title") or ""))

    def _picture(self, address: str, alt: str, title: str) -> None:
        to = safe_address(self._link(address)) if safe_address(address) else ""
        if to:
            self.writer.phrase("img", "", {"src": to, "alt": alt} | ({"title": title} if title else {}))
        else:
            self.writer.words(alt)

    # Tags ------------------------------------------------------------------------------------------------------------

    def _tag_token(self, token: Token) -> None:
        self._tag(token.meta["tag"], token.content, in_line=True)

    def _html(self, token: Token) -> None:
        for piece in pieces(token.content):
            if piece.tag is not None:
                self._tag(piece.tag, token.content[piece.start : piece.end], in_line=False)
            else:
                self.writer.words(props.decoded(entities.unescape(piece.text)))

    def _flow(self, token: Token) -> None:
        for piece in token.meta["pieces"]:
            self._flow_piece(piece, token.content, token.meta["start"])

    def _flow_piece(self, piece: Piece, source: str, start: int) -> None:
        if piece.tag is not None:
            self._tag(piece.tag, source[piece.start - start : piece.end - start], in_line=False)
        else:
            self.writer.paragraph()
            self._value(props.shown(piece.text[1:-1], self._bound))
            self.writer.end_paragraph()

    def _expression(self, token: Token) -> None:
        self._value(props.shown(token.content, self._bound))

    def _value(self, value: Value) -> None:
        if isinstance(value, Markup):
            self._speak(value, mdx=True)
        elif isinstance(value, (str, Number)):
            self.writer.words(value)
        else:
            for part in value.values() if isinstance(value, Mapping) else value or ():
                self._value(part)

    def _tag(self, tag: Tag, source: str, *, in_line: bool) -> None:
        name = tag.name.lower()
        if is_placeholder(tag):
            self.writer.words(source)
        elif tag.form == "close":
            self._close_tag(name)
        elif name in ("br", "hr"):
            self.writer.open(name)
        elif name in ("a", "img"):
            self._anchor_or_picture(tag, name)
        elif name in _SHOWN_PHRASES:
            self.writer.phrase(name, name)
        elif name in _SHOWN_BLOCKS or (name[:1] == "h" and name[1:].isdecimal()):
            self._block(tag, name)
        else:
            self._component(tag, name, in_line=in_line)

    def _close_tag(self, name: str) -> None:
        if name in BLOCK:
            self.writer.end_paragraph()
        if len(name) == 2 and name[0] == "h" and name[1] in "123456":
            self.writer.end_heading(int(name[1]), by=name)
        else:
            self.writer.close_tag(name)

    def _anchor_or_picture(self, tag: Tag, name: str) -> None:
        given = {prop.name.lower(): entities.unescape(prop.source) for prop in tag.props if prop.written == "text"}
        if name == "img":
            self._picture(given.get("src", ""), given.get("alt", ""), given.get("title", ""))
        elif tag.form == "open":
            self._link_to(given.get("href", ""), given.get("title", ""), by=name)

    def _block(self, tag: Tag, name: str) -> None:
        if tag.form == "void":
            return
        if name in _SHOWN_BLOCKS:
            self.writer.close_sibling(name)
            self.writer.block(_SHOWN_BLOCKS[name], name)
        elif name[1] in "123456" and len(name) == 2:
            self.writer.heading(int(name[1]), by=name)
        summary = props.values(tag).get("summary") if name == "details" else None
        if isinstance(summary, str):
            self.writer.whole("summary", summary)

    def _component(self, tag: Tag, name: str, *, in_line: bool) -> None:
        given = props.values(tag)
        asked, rest = quiz.asked(given, str.strip) if tag.name[:1].isupper() else ([], given)
        if in_line and name not in BLOCK:
            if tag.form == "void":
                self.writer.words(" ".join(saying.text for saying in props.sayings(rest)))
            return
        if tag.form == "open" and name in ADMONITIONS | {"admonition"}:
            kind = given.get("type")
            self._open_admonition(kind if name == "admonition" and isinstance(kind, str) else name, by=name)
        elif tag.form == "open" and name in ("tabitem", "tab"):
            self.writer.block("section", name, {"class": "tab"})
        else:
            self.writer.end_paragraph()
        for saying in said(name, rest):
            if saying.role == "label":
                self.writer.whole("p", saying.text, {"class": "label"})
            else:
                self._speak(saying.text, mdx=isinstance(saying.text, Markup))
        for question in asked:
            self._question(question)

    def _question(self, question: quiz.Asked) -> None:
        self.writer.block("div", attributes={"class": "quiz"})
        self._speak(question.question)
        self.writer.block("ul")
        for choice in question.choices:
            self.writer.block("li")
            self._speak(choice)
            self.writer.close("li")
        self.writer.close("ul")
        if question.explanations:
            self.writer.block("details")
            self.writer.whole("summary", "Explanation")
            for explanation in question.explanations:
                self._speak(explanation)
            self.writer.close("details")
        self.writer.close("div")


_MARKDOWN = ("bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd")
_PHRASE = ("strong", "em", "s")

_PHRASES: dict[str, Callable[[_Page, Token], None]] = {
    "text": _Page._text,
    "text_special": _Page._text,
    "code_inline": _Page._inline_code,
    "math_inline": _Page._inline_math,
    "math_inline_double": _Page._inline_math,
    "softbreak": _Page._break,
    "hardbreak": _Page._break,
    "link_open": _Page._open_link,
    "link_close": _Page._close_phrase,
    "image": _Page._image,
    "tag": _Page._tag_token,
    "expression": _Page._expression,
    **{f"{name}_open": _Page._open_phrase for name in _PHRASE},
    **{f"{name}_close": _Page._close_phrase for name in _PHRASE},
}
_HANDLERS: dict[str, Callable[[_Page, Token], None]] = {
    "heading_open": _Page._open_heading,
    "heading_close": _Page._close_heading,
    "paragraph_open": _Page._open_paragraph,
    "paragraph_close": _Page._close_paragraph,
    "blockquote_open": _Page._open_quote,
    "blockquote_close": _Page._close_quote,
    "ordered_list_open": _Page._open_ordered,
    "ordered_list_close": _Page._close,
    "footnote_reference_open": _Page._open_footnote,
    "footnote_reference_close": _Page._close_footnote,
    "container_open": _Page._open_container,
    "container_mark": _Page._open_container,
    "container_close": _Page._close_container,
    "container_end": _Page._close_container,
    "title_open": _Page._open_title,
    "title_close": _Page._close_title,
    "hr": _Page._rule,
    "fence": _Page._code,
    "code_block": _Page._code,
    "math_block": _Page._math,
    "math_block_label": _Page._math,
    "amsmath": _Page._math,
    "inline": _Page._inline,
    "html_block": _Page._html,
    "flow": _Page._flow,
    **{f"{name}_open": _Page._open for name in _MARKDOWN},
    **{f"{name}_close": _Page._close for name in _MARKDOWN},
}
