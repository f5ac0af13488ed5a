"""How many words a page holds for a reader, counted by a plain scan of its characters that knows nothing of the parser.

Counted is what a reader of the page can read: prose, titles, labels, table cells, alternative texts, code, math and
diagrams. Not counted is what only the machine reads: front matter, comments, tags, link targets, imports, the words
after a fence's backticks, ids and attribute lists. So a page is read whole when every word of `words_of` is found
among the words of its passages; passages hold a few more (`Quiz question`, the kind of a note, the header of a table
that was cut).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator

_UNSPACED_LETTER = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
_WORD = re.compile(rf"{_UNSPACED_LETTER}|[^\W_]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_UNSPACED = re.compile(rf"(?<=[^\W_])(?={_UNSPACED_LETTER})|(?<={_UNSPACED_LETTER})(?=[^\W_])")
_ESCAPED = re.compile(r"\\u00(26|3[cCeE]|2[27])")
_FENCE = re.compile(r"(?P<lead>(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*)(?P<marks>`{3,}|~{3,})(?P<info>[^\n]*)$")
_FENCE_TITLE = re.compile(r"(?:title|caption|filename|name|label)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'{}]+))")
_INCLUDE = re.compile(r"\{\{#[^{}\n]*\}\}|\{\*\s[^\n]*?\*\}|-{1,2}8<-{1,2}\s+(?:\"[^\"\n]*\"|'[^'\n]*')")
_MODULE = re.compile(
    r"import\s*[\"'{*]|import\s+[\w$]+\s*(?:,|from\b)|export\s+(?:const|let|var|function|class|default|async)\b"
)
_DEFINITION = re.compile(r"[ >]*\[[^\]^][^\]]*\]:[ \t]*\S+")
_CONTAINER = re.compile(r"[ \t>]*:{3,}[ \t]*(\w[\w-]*)?(.*)$|[ \t>]*/{3,}(?:[ \t]+(\w+)[ \t]*(?:\|(.*))?)?$")
_ALERT = re.compile(r"[ \t>]+\[!(\w+)\][+-]?[ \t]*(.*)$")
_OPTION_LINE = re.compile(r"[ \t]{4,}[a-z_]+:[ \t]")
_INDENTED = re.compile(r"[ \t>]*(?:!!!|\?\?\?\+?|===[!+]?)[ \t]*([A-Za-z][\w -]*?)?[ \t]*(?:\"(.*)\")?[ \t]*$")
_ID = re.compile(r"(?:\{:?[ \t]*#[^\s{}]+[^{}\n]*\}|\[\[[^\[\]]+\]\]|\{/\*[ \t]*#[^\s*]+[ \t]*\*/\})[ \t]*$")
_TARGET = re.compile(
    r"\]\([ \t\n]*(?:<[^<>\n]*>|(?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.|\([^\s()]*\))*\))*)"
    r"[ \t\n]*(\"[^\"]*\"|'[^']*')?[ \t\n]*\)"
)
_ROLE = re.compile(r":([A-Za-z][\w-]*):`([^`\n]*)`")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:?")
_ATTRIBUTES = re.compile(r"\{:?[ \t]*(?:[#.][\w:-]+|[\w:-]+=(?:\"[^\"\n]*\"|[^\s\"'{}]+))[^{}\n]*\}")
_TAB_ROLE = re.compile(r":begin_tab:`?([\w, -]+?)`?[ \t]*$|:end_tab:[ \t]*$")
_LABEL = re.compile(r"\]\[[^\[\]]*\]")
_TEMPLATE = re.compile(r"\{%[^\n]*?%\}|\{\{[ \t]*[A-Za-z_][\w.\[\]\"']*[ \t]*\}\}")
_HTML = frozenset((
    "a", "abbr", "article", "aside", "audio", "b", "blockquote", "br", "button", "caption", "center", "cite", "code",
    "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer",
    "form", "header", "hr", "i", "iframe", "img", "input", "ins", "kbd", "label", "li", "link", "main", "mark", "math",
    "nav", "ol", "p", "picture", "pre", "q", "s", "samp", "script", "section", "small", "source", "span", "strike",
    "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr",
    "u", "ul", "var", "video",
))  # fmt: skip
_PLAIN_TAGS = frozenset((
    "a", "abbr", "b", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span",
    "strong", "sub", "sup", "u", "var",
))  # fmt: skip
_TAG = re.compile(r"</?([A-Za-z][\w.:-]*)(?=[\s/>])|</?(?=>)")
_PROP_NAME = re.compile(r"([A-Za-z_][\w-]*)[ \t]*[=:]")
_QUOTED = {mark: re.compile(rf"{mark}((?:[^{mark}\\]|\\.)*){mark}", re.DOTALL) for mark in '"`'} | {
    "'": re.compile(r"(?<!\w)'((?:[^'\\\n]|\\.)*)'")
}
_CHILD = re.compile(r">([^<>{}]*[^\W\d_][^<>{}]*)(?=</)")
_RUN = re.compile(r"(.)\1*", re.DOTALL)
_BLANK_LINE = re.compile(r"\n[ \t]*(?=\n)")
_ICON = re.compile(r":(?:octicons|material|fontawesome|simple)-[\w-]+:")
_SHOWN = frozenset((
    "alt", "caption", "choices", "content", "definition", "description", "explain", "explanation", "file-name",
    "heading", "hint", "items", "label", "message", "number", "options", "placeholder", "question", "summary", "term",
    "text", "title",
))  # fmt: skip
_HIDDEN = frozenset((
    "allow", "class", "classname", "classnames", "d", "default", "defaultvalue", "height", "href", "icon", "id",
    "key", "lang", "language", "notebooks", "points", "sandbox", "sizes", "src", "srcset", "style", "sx", "transform",
    "type", "value", "viewbox", "width",
))  # fmt: skip


def words_of(source: str, *, mdx: bool) -> Counter[str]:
    """Every word the page `source` holds for a reader, and how often."""
    return tally("\n".join(_read(source, mdx=mdx)))


def tally(text: str) -> Counter[str]:
    """The words of `text`, case and compatibility forms levelled, and how often each occurs.

    Chinese, Japanese and Korean are counted by the character, since their words have no borders.
    """
    decoded = html.unescape(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))
    levelled = unicodedata.normalize("NFKC", _INVISIBLE.sub("", decoded)).casefold()
    return Counter(_WORD.findall(_UNSPACED.sub(" ", levelled)))


def _read(source: str, *, mdx: bool) -> Iterator[str]:
    """What a reader reads, in pieces."""
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    prose: list[str] = []
    marks = ""
    for line in _body(text):
        fence = _FENCE.match(line)
        if marks:
            if fence and fence["marks"].startswith(marks) and not fence["info"].strip():
                marks = ""
            else:
                shown = line.replace("%%tab all", "").replace("%%tab", "")
                yield _INCLUDE.sub(" ", shown) if len(shown) < 1_000 else shown
        elif fence and not (fence["marks"][0] == "`" and "`" in fence["info"]):
            yield _Scan("\n".join(prose), mdx=mdx).read()
            prose = [fence["lead"]]
            marks = fence["marks"]
            yield from (title for found in _FENCE_TITLE.finditer(fence["info"]) for title in found.groups() if title)
        else:
            prose.append(_line(line))
    yield _Scan("\n".join(prose), mdx=mdx).read()


def _body(text: str) -> list[str]:
    lines = text.split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines[first].rstrip() == "---" and re.match(r"\s*(?:[\w-]+:|#|---)", "\n".join(lines[first + 1 : first + 3])):
        for index in range(first + 1, len(lines)):
            if lines[index].rstrip() in ("---", "..."):
                return lines[index + 1 :]
    return lines


def _line(line: str) -> str:
    """A line of prose without the marks that belong to lines."""
    if _DEFINITION.match(line):
        return ""
    container = _CONTAINER.match(line)
    if container and (container[1] or container[3] or not (container[2] or "").strip()):
        return container[2] or container[4] or container[1] or container[3] or ""
    tab = _TAB_ROLE.match(line)
    if tab:
        return tab[1] or ""
    if _OPTION_LINE.match(line) and "`" not in line and line.strip().startswith(("type:", "open:")):
        return ""
    if alert := _ALERT.match(line):
        return alert[2] or alert[1]
    indented = _INDENTED.match(line)
    if indented and (indented[1] or indented[2] is not None):
        return indented[2] or indented[1] or ""
    return _ID.sub("", line) if line.lstrip(" >").startswith("#") else line


class _Scan:
    """Prose without link targets, tags, comments and the like; what stands between backticks or dollars is kept.

    Each step looks at the character where it stands and says how far it reads and what of that a reader sees; nothing
    read is a character of prose. Looking far ahead in vain is paid from an allowance, so that no page takes for ever.
    """

    def __init__(self, text: str, *, mdx: bool) -> None:
        self._text = text
        self._mdx = mdx
        self._allowance = 20 * len(text) + 1_000_000

    def read(self) -> str:
        text, kept, position = self._text, list[str](), 0
        while position < len(text):
            step = _STEPS.get(text[position])
            end, said = step(self, position) if step else (0, "")
            if end <= position:
                said, end = text[position], position + 1
            kept.append(said)
            position = end
        return "".join(kept)

    def _ahead(self, closing: str, position: int, furthest: int = 200_000) -> int:
        """Where `closing` comes next, or -1."""
        if self._allowance < 0:
            return -1
        end = self._text.find(closing, position, position + furthest)
        if end < 0:
            self._allowance -= min(furthest, len(self._text) - position)
        return end

    def code(self, position: int) -> tuple[int, str]:
        run = _same(self._text, position)
        start = position + len(run)
        blank = self._ahead("\n\n", start, 10_000)
        end = start
        limit = blank if blank >= 0 else start + 10_000
        while 0 <= (end := self._ahead(run, end, 10_000)) < limit:
            found = _same(self._text, end)
            if found == run:
                return end + len(run), f" {self._text[start:end]} "
            end += len(found)
        return start, " "

    def math(self, position: int) -> tuple[int, str]:
        marks = "$$" if self._text.startswith("$$", position) else "$"
        start = position + len(marks)
        end = self._ahead(marks, start, 10_000)
        content = self._text[start:end]
        if end < 0 or (marks == "$" and (content.strip() != content or "\n\n" in content)):
            return 0, ""
        return end + len(marks), f" {content} "

    def angle(self, position: int) -> tuple[int, str]:
        if self._text.startswith("<!--", position):
            end = self._ahead("-->", position)
            return (end + 3, " ") if end >= 0 else (0, "")
        opened = _TAG.match(self._text, position)
        if opened is None:
            return 0, ""
        name = (opened[1] or "").lower()
        if name in ("script", "style") and (end := self._ahead(f"</{opened[1]}", opened.end())) >= 0:
            return max(end + 1, self._ahead(">", end) + 1), " "
        is_bare = self._text.startswith(">", opened.end())
        if is_bare and name.isalpha() and name == opened[1] and name not in _HTML:
            return 0, ""  # a word in angle brackets
        end, said = self._inside_tag(opened.end())
        self._allowance -= 0 if end else 2_000
        space = "" if name in _PLAIN_TAGS and not said else " "
        return (end, space + said + space) if end else (0, "")

    def _inside_tag(self, position: int) -> tuple[int, str]:
        """To the end of a tag, with the quoted words in it that a reader reads."""
        text = self._text
        said: list[str] = []
        name = outer = ""
        depth = 0
        limit = min(len(text), position + (200_000 if self._allowance > 0 else 200))
        while position < limit:
            character = text[position]
            if character == ">" and depth == 0:
                return position + 1, " ".join(said)
            if character in _QUOTED and (quoted := _QUOTED[character].match(text, position, limit)):
                if outer.lower() not in _HIDDEN and _is_shown(name, quoted[1]):
                    said.append(quoted[1].replace("\\n", " "))
                position = quoted.end()
            elif named := _PROP_NAME.match(text, position):
                name, position = named[1], named.end()
                outer = name if depth == 0 else outer
            elif character == "<" and depth == 0:
                return 0, ""
            elif child := _CHILD.match(text, position):
                said.append(child[1])
                position = child.end()
            else:
                depth += (character == "{") - (character == "}") if self._mdx else 0
                position += 1
        self._allowance -= 200_000
        return 0, ""

    def brace(self, position: int) -> tuple[int, str]:
        for pattern in (_INCLUDE, _TEMPLATE) if self._mdx else (_INCLUDE, _TEMPLATE, _ATTRIBUTES):
            if found := pattern.match(self._text, position, position + 1_000):
                return found.end(), " "
        if self._mdx and self._text.startswith("{/*", position):
            end = self._ahead("*/}", position)
            return (end + 3, " ") if end >= 0 else (0, "")
        return 0, ""

    def bracket(self, position: int) -> tuple[int, str]:
        found = _TARGET.match(self._text, position, position + 4_000)
        if found is None:
            label = _LABEL.match(self._text, position, position + 1_000)
            return (label.end(), "") if label else (0, "")
        return found.end(), f" {found[1]} " if found[1] else ""

    def footnote(self, position: int) -> tuple[int, str]:
        found = _FOOTNOTE.match(self._text, position, position + 1_000)
        return (found.end(), " ") if found else (0, "")

    def colon(self, position: int) -> tuple[int, str]:
        role = _ROLE.match(self._text, position, position + 1_000)
        if role:
            return role.end(), " " if role[1] in ("label", "eqlabel", "width", "height") else f" {role[2]} "
        icon = _ICON.match(self._text, position)
        return (icon.end(), " ") if icon else (0, "")

    def dash(self, position: int) -> tuple[int, str]:
        found = _INCLUDE.match(self._text, position, position + 1_000)
        return (found.end(), " ") if found else (0, "")

    def module(self, position: int) -> tuple[int, str]:
        """An import or export, which ends with its paragraph and not before its braces are closed."""
        text = self._text
        if not self._mdx or (position and text[position - 1] != "\n") or not _MODULE.match(text, position):
            return 0, ""
        end = position
        for _ in range(40):
            blank = _BLANK_LINE.search(text, end)
            end = blank.end() if blank else len(text)
            statement = text[position:end]
            if not blank or statement.count("{") <= statement.count("}"):
                break
        return end, " "

    def emphasis(self, position: int) -> tuple[int, str]:
        run = _same(self._text, position)
        return position + len(run), "" if len(run) > 1 else " " if run == "*" else run

    def backslash(self, position: int) -> tuple[int, str]:
        if self._text.startswith("\\\\(", position) and (end := self._ahead("\\\\)", position, 2_000)) > 0:
            return end + 3, f" {self._text[position + 3 : end]} "
        following = self._text[position + 1 : position + 2]
        return (position + 2, following) if following and not following.isalnum() and following.strip() else (0, "")


def _same(text: str, position: int) -> str:
    """The run of one character that begins at `position`."""
    found = _RUN.match(text, position)
    return found.group() if found else ""


def _is_shown(name: str, quoted: str) -> bool:
    if name.lower() in _HIDDEN or name.lower().startswith("on"):
        return False
    if name.lower() in _SHOWN:
        return True
    return re.search(r"\w\s+\w*[a-z]{2}", quoted) is not None and not re.search(r"[{};]|://", quoted)


_STEPS: dict[str, Callable[[_Scan, int], tuple[int, str]]] = {
    "`": _Scan.code,
    "$": _Scan.math,
    "<": _Scan.angle,
    "{": _Scan.brace,
    "]": _Scan.bracket,
    "[": _Scan.footnote,
    ":": _Scan.colon,
    "-": _Scan.dash,
    "i": _Scan.module,
    "e": _Scan.module,
    "*": _Scan.emphasis,
    "~": _Scan.emphasis,
    "\\": _Scan.backslash,
}
