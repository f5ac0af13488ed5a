"""What may stand inside a line beyond CommonMark: tags, expressions, math, roles, attribute lists, includes."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from pageside.knowledge.reading.tags import Scanner

_ATTRIBUTE = r"(?:[#.][\w:-]+|[A-Za-z_][\w:-]*=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'{}]+))"
ATTRIBUTES = re.compile(rf"\{{:?[ \t]*{_ATTRIBUTE}(?:[ \t]+(?:{_ATTRIBUTE}|[a-z][\w-]*))*[ \t]*\}}")
INCLUDE = re.compile(
    r"\{\{#[A-Za-z_]+(?:[ \t][^{}\n]*)?\}\}|\{\*[ \t][^\n]*?\*\}|-{1,2}8<-{1,2}[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*')"
)
_TEMPLATE = re.compile(r"\{%[^\n]*?%\}|\{\{[ \t]*[A-Za-z_][\w.\[\]\"']*[ \t]*\}\}")
_ROLE = re.compile(r":([A-Za-z][\w-]*):`([^`\n]+)`")
_DROPPED_ROLES = frozenset(("begin_tab", "end_tab", "eqlabel", "height", "label", "width"))
_ICON = re.compile(r":(?:octicons|material|fontawesome|simple)-[\w-]+:")
_LOOKS_LIKE_MATH = re.compile(r"[\\^_=+]|^\S{1,3}$")
_COMMENT = re.compile(r"<!---?>|<!--")


def install(md: MarkdownIt, *, mdx: bool) -> None:
    """Teaches `md` the inline rules; `mdx` chooses between JSX with expressions and HTML with attribute lists."""
    ruler = md.inline.ruler
    ruler.before("escape", "paren_math", _paren_math)
    ruler.before("html_inline", "include", _include)
    ruler.before("html_inline", "template", _template)
    ruler.before("html_inline", "role", _role)
    ruler.before("html_inline", "icon", _icon)
    ruler.at("html_inline", _jsx_tag if mdx else _html_tag)
    ruler.after("html_inline", "braces", _expression if mdx else _attributes)


def scanner(env: object) -> Scanner:
    """The page's scanner, which travels in the parser's environment."""
    assert isinstance(env, dict)  # noqa: S101 - markdown-it types its environment as any mutable mapping
    found = env["scanner"]
    assert isinstance(found, Scanner)  # noqa: S101
    return found


def _paren_math(state: StateInline, silent: bool) -> bool:
    for opening, closing, markup in (("\\\\(", "\\\\)", "$"), ("\\\\[", "\\\\]", "$$"), ("\\(", "\\)", "$")):
        if not state.src.startswith(opening, state.pos):
            continue
        start = state.pos + len(opening)
        end = state.src.find(closing, start, min(state.posMax, start + 2_000))
        content = state.src[start:end].strip() if end > start else ""
        if not content or (len(opening) == 2 and not _LOOKS_LIKE_MATH.search(content)):
            return False
        if not silent:
            token = state.push("math_inline" if markup == "$" else "math_inline_double", "math", 0)
            token.content, token.markup = content, markup
        state.pos = end + len(closing)
        return True
    return False


def _template(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "{":
        return False
    found = _TEMPLATE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    state.pos = found.end()
    return True


def _include(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "{-":
        return False
    found = INCLUDE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("include", "", 0).content = found.group()
    state.pos = found.end()
    return True


def _role(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != ":":
        return False
    found = _ROLE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent and found[1] not in _DROPPED_ROLES:
        state.push("text", "", 0).content = found[2]
    state.pos = found.end()
    return True


def _icon(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != ":":
        return False
    found = _ICON.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    state.pos = found.end()
    return True


def _html_tag(state: StateInline, silent: bool) -> bool:
    return _tag(state, silent, script=False)


def _jsx_tag(state: StateInline, silent: bool) -> bool:
    return _tag(state, silent, script=True)


def _tag(state: StateInline, silent: bool, *, script: bool) -> bool:
    if state.src[state.pos] != "<":
        return False
    comment = _COMMENT.match(state.src, state.pos, state.posMax)
    if comment is not None:
        end = comment.end() if comment.group() != "<!--" else state.src.find("-->", comment.end(), state.posMax) + 3
        if end < 3:
            return False
        state.pos = end
        return True
    tag = scanner(state.env).tag(state.src, state.pos, limit=state.posMax, script=script)
    if tag is None:
        return False
    if not silent:
        token = state.push("tag", "", 0)
        token.content = state.src[state.pos : tag.end]
        token.meta = {"tag": tag}
    state.pos = tag.end
    return True


def _expression(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "{":
        return False
    end = scanner(state.env).braces(state.src, state.pos, limit=state.posMax)
    if end < 0:
        return False
    if not silent:
        state.push("expression", "", 0).content = state.src[state.pos + 1 : end - 1]
    state.pos = end
    return True


def _attributes(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "{":
        return False
    found = ATTRIBUTES.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    state.pos = found.end()
    return True
