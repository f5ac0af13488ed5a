"""What the elements of an HTML page mean to its reader: what is prose, what is furniture, what is code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pageside.knowledge.reading.kinds.speech import Container

Attributes = Mapping[str, str]

CONTAINERS: Final[Mapping[str, Container]] = {
    "p": "paragraph",
    "ul": "list",
    "ol": "list",
    "menu": "list",
    "li": "item",
    "blockquote": "quote",
    "details": "details",
    "summary": "label",
    "dl": "terms",
    "dt": "term",
    "dd": "definition",
    "table": "table",
    "tr": "row",
    "td": "cell",
    "th": "cell",
    "a": "link",
    "strong": "strong",
    "b": "strong",
    "em": "emphasis",
    "i": "emphasis",
}
# Everything else that a browser does not set among the words of a line parts them.
PHRASES: Final = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "nobr", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "time", "tt", "u", "var", "wbr",
))  # fmt: skip

# Furniture wherever it stands: what moves a reader about, what runs, what is filled in, what is drawn.
_NEVER: Final = frozenset((
    "audio", "base", "button", "canvas", "embed", "frame", "head", "iframe", "input", "link", "map", "meta",
    "nav", "noscript", "object", "option", "rp", "script", "select", "style", "svg", "template", "textarea", "title",
    "video",
))  # fmt: skip
_OUTSIDE: Final = frozenset(("aside", "footer", "header"))  # furniture too, unless they lie within the main content
_ROLES: Final = frozenset(("navigation", "search", "doc-backlink", "menu", "menubar", "toolbar"))
_OUTSIDE_ROLES: Final = frozenset(("banner", "complementary", "contentinfo"))
_MARKS_OF_TOOLS: Final = frozenset((
    "anchor-link", "anchorjs-link", "copybtn", "footnote-back", "footnote-backref", "gutter", "hash-link", "headerlink",
    "linenodiv", "lineno", "linenos", "md-clipboard", "reversefootnote", "rouge-gutter", "skip-link", "toc-backref",
    "viewcode-back", "viewcode-link",
))  # fmt: skip
_OUTSIDE_MARKS: Final = frozenset((
    "breadcrumb", "breadcrumbs", "navbar", "pagination", "related", "sidebar", "sphinxsidebar", "toc",
))  # fmt: skip
_UNSEEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"(?:^|\s)(?:language|lang|highlight|brush:?|source)[-\s]*([A-Za-z][\w+#.-]*)")
_NO_LANGUAGES: Final = frozenset(("default", "none", "notranslate", "plaintext", "text", "wrapper", "container"))
_NOTES: Final = re.compile(r"(?:^|\s)(?:admonition|theme-admonition[\w-]*|alert|callout|starlight-aside)(?:\s|$)")
_NOTE_TITLES: Final = re.compile(
    r"(?:^|\s)(?:admonition-title|admonitionHeading\S*|alert-heading|callout-title\S*|starlight-aside__title)(?:\s|$)"
)


def is_furniture(tag: str, given: Attributes, *, inside: bool) -> bool:
    """Whether an element and all in it belong to the site and not to its page.

    Args:
        inside: Whether it lies within the main content.
    """
    if tag in _NEVER or given.get("role", "") in _ROLES:
        return True
    if not inside and (tag in _OUTSIDE or given.get("role", "") in _OUTSIDE_ROLES):
        return True
    classes = set(given.get("class", "").split())
    if classes & _MARKS_OF_TOOLS or (not inside and {*classes, given.get("id", "").lower()} & _OUTSIDE_MARKS):
        return True
    return is_hidden(tag, given)


def is_hidden(tag: str, given: Attributes) -> bool:
    """Whether a browser never shows the element; a tab that is not in front and what a search opens are shown."""
    if tag == "dialog" and "open" not in given:
        return True
    if "hidden" in given and given["hidden"] != "until-found" and given.get("role") != "tabpanel":
        return True
    return bool(_UNSEEN_STYLE.search(given.get("style", ""))) and given.get("role") != "tabpanel"


def is_note(tag: str, given: Attributes) -> bool:
    """Whether the element is an admonition as Sphinx, MkDocs, Docusaurus, Starlight or Bootstrap mark one."""
    return tag in {"div", "aside", "section"} and bool(_NOTES.search(given.get("class", "")))


def is_title_of_note(given: Attributes) -> bool:
    """Whether the element is the title of an admonition."""
    return bool(_NOTE_TITLES.search(given.get("class", "")))


def language(*around: Attributes) -> str:
    """The language of code by the classes of the elements around it, nearest first; empty where none says."""
    for given in around:
        named = given.get("data-lang") or given.get("data-language")
        found = [named] if named else [match[1] for match in _LANGUAGE.finditer(given.get("class", ""))]
        classes = given.get("class", "").split()
        if "sourceCode" in classes:  # pandoc names the language beside it
            found += [name for name in classes if name != "sourceCode"]
        said = next((name.lower() for name in found if name and name.lower() not in _NO_LANGUAGES), "")
        if said:
            return said
    return ""
