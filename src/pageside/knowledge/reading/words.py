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
from collections.abc import Iterator

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]|[^\W_]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_UNSPACED = re.compile(r"(?<=[^\W_])(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])|(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?=[^\W_])")
_ESCAPED = re.compile(r"\\u00(26|3[cCeE]|2[27])")
_FENCE = re.compile(r"(?P<lead>(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*)(?P<marks>`{3,}|~{3,})(?P<info>[^\n]*)$")
_FENCE_TITLE = re.compile(r"(?:title|caption|filename|name|label)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'{}]+))")
_INCLUDE = re.compile(r"\{\{#[^{}\n]*\}\}|\{\*\s[^\n]*?\*\}|-{1,2}8<-{1,2}\s+(?:\"[^\"\n]*\"|'[^'\n]*')")
_MODULE = re.compile(r"import\s*[\"'{*]|import\s+[\w$]+\s*(?:,|from\b)|export\s+(?:const|let|var|function|class|default|async)\b")
_DEFINITION = re.compile(r"[ >]*\[[^\]^][^\]]*\]:[ \t]*\S+")
_CONTAINER = re.compile(r"[ \t>]*:{3,}[ \t]*(\w[\w-]*)?(.*)$|[ \t>]*/{3,}(?:[ \t]+(\w+)[ \t]*(?:\|(.*))?)?$")
_OPTION_LINE = re.compile(r"[ \t]{4,}[a-z_]+:[ \t]")
_INDENTED = re.compile(r"[ \t>]*(?:!!!|\?\?\?\+?|===[!+]?)[ \t]*([A-Za-z][\w -]*?)?[ \t]*(?:\"(.*)\")?[ \t]*$")
_ID = re.compile(r"\{:?[ \t]*#[^\s{}]+[^{}\n]*\}[ \t]*$|\[\[[^\[\]]+\]\][ \t]*$|\{/\*[ \t]*#[^\s*]+[ \t]*\*/\}[ \t]*$")
_TARGET = re.compile(r"\]\([ \t\n]*(?:<[^<>\n]*>|(?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.|\([^\s()]*\))*\))*)[ \t\n]*(\"[^\"]*\"|'[^']*')?[ \t\n]*\)")
_ROLE = re.compile(r":([A-Za-z][\w-]*):`([^`\n]*)`")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:?")
_ATTRIBUTES = re.compile(r"\{:?[ \t]*(?:[#.][\w:-]+|[\w:-]+=(?:\"[^\"\n]*\"|[^\s\"'{}]+))[^{}\n]*\}")
_TAB_ROLE = re.compile(r":begin_tab:`?([\w, -]+?)`?[ \t]*$|:end_tab:[ \t]*$")
_LABEL = re.compile(r"\]\[[^\[\]]*\]")
_TEMPLATE = re.compile(r"\{%[^\n]*?%\}|\{\{[ \t]*[A-Za-z_][\w.\[\]\"']*[ \t]*\}\}")
_PLAIN_TAGS = frozenset((
    "a", "abbr", "b", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span",
    "strong", "sub", "sup", "u", "var",
))
_ICON = re.compile(r":(?:octicons|material|fontawesome|simple)-[\w-]+:")
_SHOWN = frozenset((
    "alt", "caption", "choices", "content", "definition", "description", "explain", "explanation", "heading", "hint",
    "items", "label", "message", "options", "placeholder", "question", "summary", "term", "text", "title",
))
_HIDDEN = frozenset((
    "allow", "class", "classname", "classnames", "d", "default", "defaultvalue", "height", "href", "icon", "id",
    "key", "lang", "language", "notebooks", "points", "sandbox", "sizes", "src", "srcset", "style", "sx", "transform",
    "type", "value", "viewbox", "width",
))


def count_words(source: str, *, mdx: bool) -> int:
    """How many words the page `source` holds for a reader."""
    return words_of(source, mdx=mdx).total()


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
            elif not line.lstrip(" >").startswith("%%tab"):
                yield _INCLUDE.sub(" ", line)
        elif fence and not (fence["marks"][0] == "`" and "`" in fence["info"]):
            yield _scan("\n".join(prose), mdx=mdx)
            prose = [fence["lead"]]
            marks = fence["marks"]
            yield from (title for found in _FENCE_TITLE.finditer(fence["info"]) for title in found.groups() if title)
        else:
            prose.append(_line(line))
    yield _scan("\n".join(prose), mdx=mdx)


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
    indented = _INDENTED.match(line)
    if indented and (indented[1] or indented[2] is not None):
        return indented[2] or indented[1] or ""
    return _ID.sub("", line) if line.lstrip(" >").startswith("#") else line


def _scan(text: str, *, mdx: bool) -> str:
    """Prose without link targets, tags, comments and the like; what stands between backticks or dollars is kept."""
    kept: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        step = _STEPS.get(character)
        end, said = step(text, position, mdx) if step else (0, "")
        if end <= position:
            kept.append(character)
            position += 1
        else:
            kept.append(said)
            position = end
    return "".join(kept)


def _code(text: str, position: int, mdx: bool) -> tuple[int, str]:
    marks = re.compile("`+").match(text, position)
    run = marks.group() if marks else "`"
    blank = re.compile(r"\n[ \t]*\n").search(text, position)
    closed = re.compile(rf"(?<!`){run}(?!`)").search(text, position + len(run), blank.start() if blank else len(text))
    return (closed.end(), f" {text[position + len(run) : closed.start()]} ") if closed else (position + len(run), " ")


def _math(text: str, position: int, mdx: bool) -> tuple[int, str]:
    marks = "$$" if text.startswith("$$", position) else "$"
    start = position + len(marks)
    end = text.find(marks, start)
    content = text[start:end]
    if end < 0 or (marks == "$" and (content.strip() != content or "\n\n" in content or len(content) > 2_000)):
        return 0, ""
    return end + len(marks), f" {content} "


def _angle(text: str, position: int, mdx: bool) -> tuple[int, str]:
    if text.startswith("<!--", position):
        end = text.find("-->", position)
        return (end + 3, " ") if end >= 0 else (0, "")
    raw = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL).match(text, position)
    if raw:
        return raw.end(), " "
    opened = re.compile(r"</?([A-Za-z][\w.:-]*)(?=[\s/>])|</?>").match(text, position)
    if opened is None:
        return 0, ""
    end, said = _inside_tag(text, opened.end(), mdx)
    space = "" if (opened[1] or "").lower() in _PLAIN_TAGS and not said else " "
    return (end, space + said + space) if end else (0, "")


def _inside_tag(text: str, position: int, mdx: bool) -> tuple[int, str]:
    """To the end of a tag, with the quoted words in it that a reader reads."""
    if position and text[position - 1] == ">":
        return position, ""
    said: list[str] = []
    name = outer = ""
    depth = 0
    limit = min(len(text), position + 200_000)
    while position < limit:
        character = text[position]
        if character == ">" and depth == 0:
            return position + 1, " ".join(said)
        if character in "\"'`" and (character != "'" or not text[position - 1].isalnum()):
            quoted = re.compile(rf"{character}((?:[^{character}\\]|\\.)*){character}", re.DOTALL).match(text, position)
            if quoted is None:
                position += 1
                continue
            if outer.lower() not in _HIDDEN and _is_shown(name, quoted[1]):
                said.append(quoted[1].replace("\\n", " "))
            position = quoted.end()
            continue
        named = re.compile(r"([A-Za-z_][\w-]*)[ \t]*[=:]").match(text, position)
        if named:
            name, position = named[1], named.end()
            outer = name if depth == 0 else outer
            continue
        if mdx and character in "{}":
            depth += 1 if character == "{" else -1
        elif character == "<" and depth == 0:
            return 0, ""
        position += 1
    return 0, ""


def _is_shown(name: str, quoted: str) -> bool:
    if name.lower() in _HIDDEN or name.lower().startswith("on"):
        return False
    if name.lower() in _SHOWN:
        return True
    return re.search(r"\w\s+\w*[a-z]{2}", quoted) is not None and not re.search(r"[{};]|://", quoted)


def _brace(text: str, position: int, mdx: bool) -> tuple[int, str]:
    for pattern in (_INCLUDE, _TEMPLATE) if mdx else (_INCLUDE, _TEMPLATE, _ATTRIBUTES):
        found = pattern.match(text, position)
        if found:
            return found.end(), " "
    if mdx and text.startswith("{/*", position):
        end = text.find("*/}", position)
        return (end + 3, " ") if end >= 0 else (0, "")
    return 0, ""


def _bracket(text: str, position: int, mdx: bool) -> tuple[int, str]:
    found = _TARGET.match(text, position)
    if found is None and (label := _LABEL.match(text, position)):
        return label.end(), ""
    return (found.end(), f" {found[1]} " if found[1] else "") if found else (0, "")


def _footnote(text: str, position: int, mdx: bool) -> tuple[int, str]:
    found = _FOOTNOTE.match(text, position)
    return (found.end(), " ") if found else (0, "")


def _colon(text: str, position: int, mdx: bool) -> tuple[int, str]:
    role = _ROLE.match(text, position)
    if role:
        return role.end(), " " if role[1] in ("label", "eqlabel", "width", "height") else f" {role[2]} "
    icon = _ICON.match(text, position)
    return (icon.end(), " ") if icon else (0, "")


def _dash(text: str, position: int, mdx: bool) -> tuple[int, str]:
    found = _INCLUDE.match(text, position)
    return (found.end(), " ") if found else (0, "")


def _module(text: str, position: int, mdx: bool) -> tuple[int, str]:
    """An import or export, which ends with its paragraph and not before its braces are closed."""
    if not mdx or (position and text[position - 1] != "\n") or not _MODULE.match(text, position):
        return 0, ""
    end = position
    while True:
        blank = re.compile(r"\n[ \t]*(?=\n)").search(text, end)
        end = blank.end() if blank else len(text)
        statement = text[position:end]
        if not blank or statement.count("{") <= statement.count("}"):
            return end, " "


def _emphasis(text: str, position: int, mdx: bool) -> tuple[int, str]:
    end = position
    while end < len(text) and text[end] in "*_~":
        end += 1
    return end, "" if end - position > 1 or text[position] == "*" else "_"


def _backslash(text: str, position: int, mdx: bool) -> tuple[int, str]:
    if text.startswith("\\\\(", position) and (end := text.find("\\\\)", position)) > 0:
        return end + 3, f" {text[position + 3 : end]} "
    if re.compile(r"\\[^\w\s]").match(text, position):
        return position + 2, text[position + 1]
    return 0, ""


_STEPS = {
    "`": _code,
    "$": _math,
    "<": _angle,
    "{": _brace,
    "]": _bracket,
    "[": _footnote,
    ":": _colon,
    "-": _dash,
    "i": _module,
    "e": _module,
    "*": _emphasis,
    "~": _emphasis,
    "\\": _backslash,
}
