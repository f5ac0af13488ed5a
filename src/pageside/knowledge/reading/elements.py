"""What the tags of HTML and the components of documentation sites mean to a reader of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from pageside.knowledge.reading import props, quiz
from pageside.knowledge.reading.props import Saying
from pageside.knowledge.reading.scribe import Frame, Role, Scribe
from pageside.knowledge.reading.script import Markup, Value
from pageside.knowledge.reading.tags import Tag

_ROLES: Mapping[str, Role] = {
    "ul": "list",
    "ol": "list",
    "li": "item",
    "blockquote": "quote",
    "summary": "label",
    "dl": "terms",
    "dt": "term",
    "dd": "definition",
    "table": "table",
    "th": "cell",
    "td": "cell",
    "details": "details",
    "pre": "pre",
    **{f"h{level}": "heading" for level in range(1, 7)},
}
BLOCK = frozenset(_ROLES) | frozenset((
    "accordion", "accordiongroup", "address", "admonition", "article", "aside", "audio", "body", "caption", "card",
    "cardgroup", "cards", "caution", "center", "danger", "div", "exerciseblock", "fieldset", "figcaption", "figure",
    "footer", "form", "frameset", "head", "header", "hr", "html", "iframe", "info", "legend", "listing", "main",
    "menu", "nav", "noscript", "note", "ol", "optgroup", "option", "p", "question", "quiz", "section", "step",
    "steps", "tab", "tabitem", "tabs", "tbody", "tfoot", "thead", "tip", "title", "tr", "video", "warning",
))  # fmt: skip
_KNOWN_INLINE = frozenset((
    "a", "abbr", "acronym", "area", "b", "base", "basefont", "bdi", "bdo", "big", "br", "button", "canvas", "circle",
    "cite", "code", "col", "colgroup", "data", "datalist", "defs", "del", "dfn", "dialog", "ellipse", "em", "embed",
    "font", "frame", "g", "hgroup", "i", "img", "input", "ins", "kbd", "label", "line", "link", "map", "mark",
    "marquee", "math", "menuitem", "meta", "meter", "nobr", "object", "output", "param", "path", "picture", "polygon",
    "polyline", "progress", "q", "rect", "rp", "rt", "ruby", "s", "samp", "script", "search", "select", "slot",
    "small", "source", "span", "strike", "strong", "style", "sub", "sup", "svg", "template", "text", "textarea",
    "time", "track", "tspan", "tt", "u", "use", "var", "wbr",
))  # fmt: skip
ADMONITIONS = frozenset((
    "caution", "danger", "error", "hint", "important", "info", "note", "success", "tip", "warning",
))  # fmt: skip


class Speak(Protocol):
    """Reads words out of a prop as Markdown of their own."""

    def __call__(self, text: str, /, *, mdx: bool = False) -> None: ...


class Elements:
    """Tells the scribe what each tag does to the page."""

    def __init__(self, scribe: Scribe, *, speak: Speak, plain: Callable[[str], str]) -> None:
        self._scribe = scribe
        self._speak = speak
        self._plain = plain
        self._tabs: dict[str, str] = {}  # label of each tab that the tabs around it name, until it comes

    def tag(self, tag: Tag, source: str, *, in_line: bool) -> None:
        """Opens, closes or writes what `tag` stands for.

        Args:
            source: The tag as it is written.
            in_line: Whether it stands among the words of a line, rather than on lines of its own.
        """
        name = tag.name.lower()
        if is_placeholder(tag):
            self._scribe.say(source)
        elif tag.form == "close":
            self._close(name)
        elif name not in BLOCK and (in_line or not tag.name[:1].isupper()):
            self._among_words(tag, name)
        else:
            self._open(tag, name)

    def _close(self, name: str) -> None:
        if name == "tabs":
            self._unused_tabs()
        if name in _ROLES or name in BLOCK:
            self._scribe.close_tag(name)

    def _among_words(self, tag: Tag, name: str) -> None:
        if name == "br":
            self._scribe.say("\n")
            return
        given = props.values(tag)
        alt = given.pop("alt", None) if name in ("img", "image") else None
        if isinstance(alt, str):
            self._scribe.say(alt)
        words = [self._plain(saying.text) for saying in props.sayings(given)]
        if tag.form == "void" and name not in ("img", "image", "input"):
            self._scribe.say(" ".join(words))
        else:
            self._scribe.asides.extend(words)

    def _open(self, tag: Tag, name: str) -> None:
        if name == "br":
            self._scribe.say("\n")
            return
        given = props.values(tag)
        self._frame(tag, name, given)
        asked: list[quiz.Asked] = []
        if tag.name[:1].isupper():
            asked, given = quiz.asked(given, self._plain)
        self._say(name, given)
        for question in asked:
            self._scribe.whole("quiz", question.written())

    def _frame(self, tag: Tag, name: str, given: Mapping[str, Value]) -> None:
        role = _ROLES.get(name)
        if name == "tr":
            self._scribe.close_sibling("cell")
            self._scribe.row()
        elif role is None or tag.form == "void":
            self._scribe.flush()
        elif role == "heading":
            self._scribe.open(Frame("heading", tag=name, level=int(name[1]), anchor=_text(given.get("id"))))
        elif name == "ol":
            start = _text(given.get("start"))
            self._scribe.open(Frame("list", tag=name, number=int(start) if start.isdecimal() else 1))
        else:
            self._scribe.close_sibling(role)
            self._scribe.open(Frame(role, tag=name))

    def _say(self, name: str, given: Mapping[str, Value]) -> None:
        if name == "tabs":
            self._unused_tabs()
            self._tabs, given = _tab_labels(given)
        elif name == "tabitem" and "label" not in given and (label := self._tabs.pop(_text(given.get("value")), "")):
            given = {**given, "label": label}
        for saying in said(name, given):
            if saying.role == "label":
                self._label(saying.text)
            else:
                self._speak(saying.text, mdx=isinstance(saying.text, Markup))

    def _unused_tabs(self) -> None:
        tabs, self._tabs = self._tabs, {}
        for label in tabs.values():
            self._label(label)

    def _label(self, text: str) -> None:
        self._scribe.open(Frame("label"))
        self._speak(text)
        self._scribe.close("label")


def is_placeholder(tag: Tag) -> bool:
    """Whether `tag` is no tag at all but a word in angle brackets, such as `<package>`."""
    if tag.props or tag.form == "void" or not tag.name.islower() or not tag.name.isalnum():
        return False
    return tag.name not in BLOCK and tag.name not in _KNOWN_INLINE


def said(name: str, given: Mapping[str, Value]) -> list[Saying]:
    """What the props of the component `name` say, with the title the site gives where the author gives none."""
    found = list(props.sayings(_listing(given) if name == "listing" else given))
    if not any(saying.role == "label" for saying in found):
        default = ""
        if name in ("tabitem", "tab"):
            default = _text(given.get("value"))
        elif name in ADMONITIONS:
            default = name.capitalize()
        elif name == "admonition":
            default = _text(given.get("type")).capitalize()
        if default:
            found.insert(0, Saying("title", "label", default))
    return found


def _tab_labels(given: Mapping[str, Value]) -> tuple[dict[str, str], dict[str, Value]]:
    """The label of each tab by its value, and the other props."""
    values = given.get("values")
    tabs = [tab for tab in values if isinstance(tab, Mapping)] if isinstance(values, tuple) else []
    labels = {_text(tab.get("value")): _text(tab.get("label")) for tab in tabs if _text(tab.get("label"))}
    return labels, {name: value for name, value in given.items() if name != "values"} if labels else dict(given)


def _listing(given: Mapping[str, Value]) -> dict[str, Value]:
    """mdBook's listings show their number before the caption."""
    number = _text(given.get("number"))
    file_name = _text(given.get("file-name"))
    caption = _text(given.get("caption"))
    head = f"Listing {number}" if number else ""
    return {
        "title": ": ".join(part for part in (head, caption) if part) or None,
        "label": f"Filename: {file_name}" if file_name else None,
    }


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
