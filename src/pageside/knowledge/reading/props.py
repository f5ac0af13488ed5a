"""Which words of a tag's props a reader of the page sees, and which are only for the machine."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pageside.knowledge.reading import script
from pageside.knowledge.reading.script import Markup, Number, Value
from pageside.knowledge.reading.tags import Prop, Tag

ALWAYS_BOUND = frozenset(("assets", "contentTitle", "frontMatter", "metadata", "props", "toc"))

_LABELS = frozenset(("header", "heading", "label", "summary", "tablabel", "title"))
_PROSE = _LABELS | frozenset((
    "alt", "answer", "answers", "body", "bullets", "caption", "children", "choices", "content", "contents",
    "definition", "description", "details", "example", "excerpt", "exercise", "exercises", "explain", "explanation",
    "feedback", "footer", "goal", "goals", "hint", "hints", "instructions", "intro", "introduction", "items", "lead",
    "learningobjectives", "message", "note", "notes", "objective", "objectives", "objectiveslist", "option",
    "options", "outcome", "outcomes", "overview", "paragraph", "paragraphs", "placeholder", "prerequisites",
    "problem", "prompt", "question", "questions", "quote", "reason", "scenario", "section", "solution", "step",
    "steps", "subheading", "subtitle", "tagline", "task", "tasks", "term", "text", "texts", "tip", "tips", "tooltip",
    "topics", "warning",
))  # fmt: skip
_TECHNICAL = frozenset((
    "action", "align", "allow", "as", "autoplay", "bgcolor", "border", "branch", "cellpadding", "cellspacing",
    "charset", "color", "cols", "colspan", "component", "content-type", "crossorigin", "css", "d",
    "dangerouslysetinnerhtml", "default", "defaultvalue", "dir", "direction", "file", "fill", "format", "frameborder",
    "from", "groupid", "height", "href", "hreflang", "icon", "id", "ids", "image", "img", "is", "key", "kind", "lang",
    "language", "layout", "link", "loading", "logo", "media", "method", "mode", "path", "pattern", "points",
    "position", "poster", "property", "querystring", "ref", "referrerpolicy", "rel", "repo", "role", "rows",
    "rowspan", "sandbox", "scope", "scrolling", "sizes", "slug", "source", "sources", "src", "srcdoc", "srclang",
    "srcset", "status", "stroke", "style", "sx", "tag", "target", "theme", "themes", "thumbnail", "to", "transform",
    "type", "url", "usemap", "valign", "value", "variant", "version", "video", "viewbox", "width", "xmlns", "xref",
))  # fmt: skip
_MACHINE_NAME = re.compile(
    r"on[A-Z]|data-|class|aria-(?!label$)|.*(?:Id|ID|Url|URL|Src|Href|ClassName|Style|Color|Icon)$"
)
_TWO_WORDS = re.compile(r"[^\W\d_]{2,}[^\n]*?\s+\S*[^\W\d_]{2,}")
_JSON_ESCAPE = re.compile(r"\\u00(26|3[cCeE]|2[27])")
_UNSPACED_SCRIPT = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_CODE_LIKE = re.compile(r"[{};]|://|^[./#@]|^\w+\(|=>|:\s*-?\d+(?:px|em|rem|%)")


@dataclass(frozen=True, slots=True)
class Saying:
    """Words out of a prop.

    Attributes:
        role: Whether they head what follows or stand for themselves.
    """

    name: str
    role: Literal["label", "text"]
    text: str


def values(tag: Tag) -> dict[str, Value]:
    """The props of `tag` by name, as far as they hold words; what is not JavaScript after all is taken as it stands."""
    found: dict[str, Value] = {}
    for prop in tag.props:
        value = _value(prop)
        if value is None:
            continue
        if prop.written == "spread" and isinstance(value, Mapping):
            found.update(value)
        else:
            found[prop.name or "children"] = value
    return found


def sayings(props: Mapping[str, Value]) -> Iterator[Saying]:
    """What `props` say to a reader, in the order they are written."""
    for name, value in props.items():
        yield from _sayings(name, value)


def shown(expression: str, bound: Collection[str]) -> Value:
    """What `{expression}` shows among words: its strings and its JSX.

    An expression without either shows nothing where it speaks of a name the page knows; else it is no expression but
    something the author wrote in braces, and shows itself.

    Args:
        bound: Names the page has imported or defined.
    """
    as_written = "{" + expression + "}"
    try:
        value = script.read(expression)
    except script.Unreadable:
        return as_written
    if value is not None:
        return value
    named = script.names(f"({expression})")
    return as_written if named and not named & frozenset(bound) else None


def decoded(text: str) -> str:
    """`text` without the JSON escapes of `<`, `>`, `&` and quotes that careless generators leave in prose."""
    if "\\u00" not in text:
        return text
    return html.unescape(_JSON_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text))


def texts(value: Value) -> list[str]:
    """Every string in `value`, whatever its name."""
    if isinstance(value, str):
        return [value] if value.strip() and not isinstance(value, Number) else []
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in texts(inner)]
    return [text for inner in value or () for text in texts(inner)]


def _value(prop: Prop) -> Value:
    if prop.written == "text":
        return html.unescape(prop.source)
    if prop.written == "flag":
        return None
    source = "{" + prop.source + "}" if prop.written == "spread" else prop.source
    try:
        return script.read(source)
    except script.Unreadable:
        return prop.source if prop.written == "script" else None


def _sayings(name: str, value: Value) -> Iterator[Saying]:
    key = name.lower().replace("_", "")
    if key in _TECHNICAL or _MACHINE_NAME.match(name):
        return
    if isinstance(value, Mapping):
        for inner_name, inner in value.items():
            yield from _sayings(inner_name, inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _sayings(name, inner)
    elif isinstance(value, Markup):
        yield Saying(name, "text", value)
    elif isinstance(value, str) and value.strip() and not isinstance(value, Number):
        if key in _LABELS:
            yield Saying(name, "label", value)
        elif key in _PROSE or _reads_like_prose(value):
            yield Saying(name, "text", value)


def _reads_like_prose(text: str) -> bool:
    if _UNSPACED_SCRIPT.search(text):
        return True
    return _TWO_WORDS.search(text) is not None and _CODE_LIKE.search(text) is None
