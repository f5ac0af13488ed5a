"""Tags as HTML and JSX write them, scanned one at a time: strings, braces and comments respected, nothing evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Form = Literal["open", "close", "void"]
Written = Literal["text", "script", "flag", "spread"]

LONGEST_TAG_CHARACTERS = 200_000
_NEAR_CHARACTERS = 2_000

_NAME = re.compile(r"[A-Za-z_$][\w$-]*(?:[.:][A-Za-z_$][\w$-]*)*")
_PROP_NAME = re.compile(r"[A-Za-z_$@:#*(\[][^\s\"'<>/={}]*")
_SPACE = re.compile(r"(?:\s+|/\*.*?\*/|//[^\n]*\n)*", re.DOTALL)
_BLANK = re.compile(r"\s*")
_BARE = re.compile(r"[^\s\"'=<>`{}]+")
_BRACE_MARK = re.compile(r"""[{}`"']|//|/\*""")
_TEMPLATE_MARK = re.compile(r"\\.|`|\$\{", re.DOTALL)
_STRING_END = {quote: re.compile(rf"(?:[^\\{quote}\n]|\\.)*{quote}", re.DOTALL) for quote in "\"'"}
_OPENING = re.compile(r"</?[A-Za-z_$>]")
_RAW = re.compile(r"(?:script|style)", re.IGNORECASE)
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prop:
    """An attribute.

    Attributes:
        source: The characters between the quotes or the braces; empty for a flag.
    """

    name: str
    written: Written
    source: str


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag.

    Attributes:
        name: As written; empty for a fragment.
        end: One past its last character in the text it was found in.
    """

    name: str
    form: Form
    props: tuple[Prop, ...]
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of HTML: running text, a tag, or nothing a reader sees.

    Attributes:
        start: First character in the text that was cut up.
        text: The text as written, entities and all; empty for a tag and for what is not seen.
    """

    start: int
    end: int
    text: str = ""
    tag: Tag | None = None


def tag_at(text: str, start: int, *, limit: int, script: bool) -> Tag | None:
    """The tag that begins with the `<` at `start`, or nothing where none does.

    Args:
        limit: Position the tag must have ended by.
        script: Whether values may be JavaScript in braces, as in JSX.
    """
    limit = min(limit, start + LONGEST_TAG_CHARACTERS, len(text))
    position = start + 1
    closing = text.startswith("/", position)
    if closing:
        position += 1
    named = _NAME.match(text, position, limit)
    if named is None:
        fragment = script and text.startswith(">", position) and position < limit
        return Tag("", "close" if closing else "open", (), position + 1) if fragment else None
    position = named.end()
    props: list[Prop] = []
    while True:
        spaced = _spaces(text, position, limit, script=script)
        if text.startswith(">", spaced) and spaced < limit:
            form: Form = "close" if closing else "void" if named.group().lower() in _VOID else "open"
            return Tag(named.group(), form, tuple(props), spaced + 1)
        if text.startswith("/>", spaced) and spaced + 1 < limit:
            return Tag(named.group(), "close" if closing else "void", tuple(props), spaced + 2)
        if spaced == position and text[position - 1] not in "\"'}":
            return None
        found = _prop(text, spaced, limit, script=script)
        if found is None:
            return None
        props.append(found[0])
        position = found[1]


def braces_at(text: str, start: int, *, limit: int) -> int:
    """One past the `}` that closes the `{` at `start`, or -1; strings, templates and comments are stepped over."""
    limit = min(limit, start + LONGEST_TAG_CHARACTERS, len(text))
    open_braces = 0
    templates: list[int] = []  # depth of braces outside each template literal that is open
    position = start
    while True:
        found = _BRACE_MARK.search(text, position, limit)
        if found is None:
            return -1
        mark, position = found.group(), found.end()
        if mark == "{":
            open_braces += 1
        elif mark == "}":
            open_braces -= 1
            if open_braces == 0:
                return position
            if templates and templates[-1] == open_braces:
                templates.pop()
                mark = "`"
        elif mark in "\"'":
            closed = _STRING_END[mark].match(text, position, limit)
            position = closed.end() if closed else position  # an apostrophe in JSX text closes nothing
        elif mark != "`":
            position = _past_comment(text, mark, position, limit)
        if mark == "`":
            position, into = _template(text, position, limit)
            if position < 0:
                return -1
            if into:
                templates.append(open_braces)
                open_braces += 1


def pieces(html: str) -> Iterator[Piece]:
    """`html` cut into text and tags; comments, scripts, style sheets and declarations come as empty pieces."""
    position = 0
    text_start = 0
    hopeless: set[str] = set()  # closings that do not occur any more: not to be looked for again
    while (position := html.find("<", position)) >= 0:
        found = _markup(html, position, hopeless)
        if found is None:
            position += 1
            continue
        if position > text_start:
            yield Piece(text_start, position, html[text_start:position])
        yield found
        position = text_start = found.end
    if text_start < len(html):
        yield Piece(text_start, len(html), html[text_start:])


def _markup(html: str, start: int, hopeless: set[str]) -> Piece | None:
    for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")):
        if html.startswith(opening, start):
            end = -1 if closing in hopeless else html.find(closing, start + len(opening) - (closing == "-->") * 2)
            if end < 0:
                hopeless.add(closing)
                return None
            return Piece(start, end + len(closing))
    tag = tag_at(html, start, limit=len(html), script=False)
    if tag is None:
        return None
    end = tag.end
    if tag.form == "open" and _RAW.fullmatch(tag.name):
        closing = f"</{tag.name}"
        found = -1 if closing in hopeless else html.find(closing, end)
        if found < 0:
            hopeless.add(closing)
        else:
            return Piece(start, (html.find(">", found) + 1) or len(html))
    return Piece(start, end, tag=tag)


def _spaces(text: str, position: int, limit: int, *, script: bool) -> int:
    found = (_SPACE if script else _BLANK).match(text, position, limit)
    return found.end() if found else position


def _prop(text: str, position: int, limit: int, *, script: bool) -> tuple[Prop, int] | None:
    if text.startswith("{", position):
        end = braces_at(text, position, limit=limit) if script else -1
        return (Prop("", "spread", text[position + 1 : end - 1]), end) if end > 0 else None
    named = _PROP_NAME.match(text, position, limit)
    if named is None:
        return None
    after = _spaces(text, named.end(), limit, script=script)
    if not text.startswith("=", after) or after >= limit:
        return Prop(named.group(), "flag", ""), named.end()
    after = _spaces(text, after + 1, limit, script=script)
    if after >= limit:
        return None
    return _value(named.group(), text, after, limit, script=script)


def _value(name: str, text: str, position: int, limit: int, *, script: bool) -> tuple[Prop, int] | None:
    quote = text[position]
    if quote in "\"'":
        end = text.find(quote, position + 1, limit)
        return (Prop(name, "text", text[position + 1 : end]), end + 1) if end >= 0 else None
    if quote == "{" and script:
        end = braces_at(text, position, limit=limit)
        return (Prop(name, "script", text[position + 1 : end - 1]), end) if end > 0 else None
    bare = _BARE.match(text, position, limit)
    return (Prop(name, "text", bare.group()), bare.end()) if bare else None


def _template(text: str, position: int, limit: int) -> tuple[int, bool]:
    """From inside a template literal: past its end, or past the `${` that leads out of it; -1 where it never ends."""
    while True:
        found = _TEMPLATE_MARK.search(text, position, limit)
        if found is None:
            return -1, False
        position = found.end()
        if found.group() == "`":
            return position, False
        if found.group() == "${":
            return position, True


def _past_comment(text: str, mark: str, position: int, limit: int) -> int:
    end = text.find("\n" if mark == "//" else "*/", position, limit)
    return position if end < 0 else end + len("\n" if mark == "//" else "*/")


class Scanner:
    """Scans tags and braces of one page in time linear in its length, however hopeless its openings are.

    A first look goes a short way; a second, to the end of the longest tag there may be, is paid from an allowance.
    """

    __slots__ = ("_allowance",)

    def __init__(self, characters: int) -> None:
        self._allowance = 8 * characters + 1_000_000

    def tag(self, text: str, start: int, *, limit: int, script: bool) -> Tag | None:
        """As `tag_at`; nothing once the allowance is spent."""
        if self._allowance < 0 or _OPENING.match(text, start) is None:
            return None
        for reach in (_NEAR_CHARACTERS, LONGEST_TAG_CHARACTERS):
            found = tag_at(text, start, limit=min(limit, start + reach), script=script)
            if found is not None or not self._looks_on(start, limit, reach):
                return found
        return None

    def braces(self, text: str, start: int, *, limit: int) -> int:
        """As `braces_at`; -1 once the allowance is spent."""
        if self._allowance < 0:
            return -1
        for reach in (_NEAR_CHARACTERS, LONGEST_TAG_CHARACTERS):
            end = braces_at(text, start, limit=min(limit, start + reach))
            if end >= 0 or not self._looks_on(start, limit, reach):
                return end
        return -1

    def _looks_on(self, start: int, limit: int, reach: int) -> bool:
        """Pays for a look of `reach` characters that was in vain; tells whether a longer one is worth it."""
        self._allowance -= min(limit - start, reach)
        return limit > start + reach and self._allowance >= 0
