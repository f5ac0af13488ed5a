"""Plain text: paragraphs of hard-wrapped lines, headings where they are unmistakable, tables and code as they stand.

A heading is a line underlined with `=`, `-`, `~`, `*` or `^`; a line of capitals by itself; or a numbered line by
itself, such as `3.2.  Framing`, of at most ten words that do not end like a sentence. The lines that a page break puts
between two pages (its form feed, the foot above it and the head below it) are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pageside.knowledge.reading import decoding
from pageside.knowledge.reading.kinds import counting, shown, spoken
from pageside.knowledge.reading.kinds.kind import Place, Reading, Unreadable
from pageside.knowledge.reading.kinds.speech import Close, Container, Open, Said, Whole, Words
from pageside.knowledge.reading.markdown import Flaw
from pageside.knowledge.reading.sites import Heading

_UNDERLINE = re.compile(r"(=|-|~|\*|\^)\1{2,}")
_NUMBERED = re.compile(r"(?:(?:chapter|part|section|appendix)\s+)?(\d{1,3}(?:\.\d{1,3}){0,5}|[A-Z]|[IVX]{1,5})\.?\s+\S")
_BULLET = re.compile(r"(?:[-*+•‣o]|\d{1,3}[.)]|\([a-z0-9]{1,3}\)|[a-z]\))\s+(?=\S)")
_FOOT = re.compile(r"\[\s*Page\s+\w+\s*\]\s*$|^\s*[-–]?\s*\d{1,4}\s*[-–]?\s*$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?:;,。！？]['\")\]]?$")
_LETTER = re.compile(r"[^\W\d_]")
_GAPS = re.compile(r"\S {2,}\S|\t")
_DOUBLE_SPACE = re.compile(r"(?<=[.!?:]) {2}(?=\S)")  # as typewriters have it after a sentence
_DRAWN = re.compile(r"[-+|=_/\\<>{}()\[\];*#^~]")
_MOST_HEADING_WORDS = 10
_CODE_INDENT = 4
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line.

    Attributes:
        text: Without the white space around it.
        start: Of `text` in the source.
        indent: Spaces before it; a tab counts for what it takes to the next multiple of eight.
        raw: With the white space before it.
    """

    text: str
    start: int
    indent: int
    raw: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def read(content: bytes, place: Place) -> Reading:
    """What the text `content` says; total for any text.

    Raises:
        Unreadable: It is binary.
    """
    source, complaint, line = _decoded(content)
    return Reading(
        source=source,
        blocks=spoken.blocks(said(source)),
        flaws=(Flaw(line, complaint),) if complaint else (),
    )


def show(content: bytes, place: Place, link: Callable[[str], str]) -> str:
    """The text as HTML.

    Raises:
        Unreadable: As `read`.
    """
    source = _decoded(content)[0]
    headings = [block for block in spoken.blocks(said(source)) if block.kind == "heading"]
    anchors = place.site.anchors([Heading(block.text, block.level) for block in headings])
    return shown.html(said(source, anchors=anchors), link=link)


def counted(source: str) -> str:
    """All of it, without the heads and feet of its pages."""
    return counting.plain(source)


def _decoded(content: bytes) -> tuple[str, str, int]:
    try:
        return decoding.decode(content)
    except decoding.Undecodable as error:
        raise Unreadable(str(error)) from error


def said(source: str, *, anchors: Sequence[str] = ()) -> Iterator[Said]:
    """What `source` says, its headings under `anchors`, in order."""
    ids = iter(anchors)
    chunks = list(_chunks(_lines(source)))
    base = _base([line for chunk in chunks for line in chunk])
    underlines: list[str] = []
    chunks = [part for chunk in chunks for part in _underlined_apart(chunk)]
    for number, chunk in enumerate(chunks):
        level = _heading_level(chunk, base, underlines, is_first=number == 0)
        if level:
            first = chunk[0]
            yield Open("heading", first.start, level=level, anchor=next(ids, ""))
            yield Words(first.text, first.start, first.end)
            yield Close("heading", first.end)
        else:
            yield from _body(chunk, base)


def _lines(source: str) -> list[_Line]:
    found: list[_Line] = []
    position = 0
    for raw in re.split(r"(?<=\n)|(?<=\r)(?!\n)|(?<=\f)", source.removeprefix("\ufeff")):
        body = raw.rstrip("\r\n")
        bare = body.lstrip(" \t\xa0")
        start = position + len(body) - len(bare) + (1 if source.startswith("\ufeff") else 0)
        indent = len(body.expandtabs(8)) - len(bare.expandtabs(8)) if bare else 0
        found.append(_Line(bare.strip(), start, indent, body.rstrip(" \t")))
        position += len(raw)
    return found


def _chunks(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Lines that no blank one parts, without the heads and feet of pages; a sentence may run on over a page break."""
    dropped = _page_marks(lines)
    chunk: list[_Line] = []
    over_page = False
    for number, line in enumerate(lines):
        if number in dropped:
            over_page = True
        elif line.text.strip("\f "):
            if chunk and over_page and (_SENTENCE_END.search(chunk[-1].text) or not line.text[:1].islower()):
                yield chunk
                chunk = []
            over_page = False
            chunk.append(line)
        elif chunk and not (over_page or _near_page_mark(number, dropped, lines)):
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _page_marks(lines: Sequence[_Line]) -> frozenset[int]:
    """Numbers of the lines that only part two pages."""
    breaks = [number for number, line in enumerate(lines) if "\f" in line.raw]
    if not breaks:
        return frozenset()
    filled = [number for number, line in enumerate(lines) if line.text.strip("\f ")]
    after = [bisect_right(filled, at) for at in breaks]
    feet = {filled[at - 1] for at in after if at}
    heads = {filled[at] for at in after if at < len(filled)}
    counted = Counter(_levelled(lines[number].text) for number in heads)
    told = {number for number in heads if counted[_levelled(lines[number].text)] > 1}
    told |= {number for number in feet if _FOOT.search(lines[number].text)}
    return frozenset({*told, *(number for number in breaks if not lines[number].text.strip("\f "))})


def _near_page_mark(number: int, dropped: frozenset[int], lines: Sequence[_Line]) -> bool:
    """Whether nothing but blank lines stands between line `number` and the mark of a page that follows it."""
    if not dropped:
        return False
    while number < len(lines) and not lines[number].text.strip("\f "):
        if number in dropped:
            return True
        number += 1
    return number in dropped


def _levelled(text: str) -> str:
    return re.sub(r"\d+", "#", " ".join(text.split()))


def _base(lines: Sequence[_Line]) -> int:
    """How far the running text is set in: the least indent that a tenth of the lines have."""
    counts = Counter(line.indent for line in lines)
    common = [indent for indent, count in counts.items() if 10 * count >= len(lines)]
    return min(common, default=0)


def _underlined_apart(chunk: list[_Line]) -> Iterator[list[_Line]]:
    """`chunk`, with each underlined first line as a chunk of its own."""
    at = 0
    while at < len(chunk):
        # a title may stand between two rules
        start = at + (at + 2 < len(chunk) and _is_rule(chunk[at]) and _is_rule(chunk[at + 2]))
        if start + 1 >= len(chunk) or not _underlines(chunk[start], chunk[start + 1]):
            yield chunk[at:]
            return
        yield chunk[start : start + 2]
        at = start + 2


def _is_rule(line: _Line) -> bool:
    return _UNDERLINE.fullmatch(line.text) is not None


def _underlines(title: _Line, rule: _Line) -> bool:
    if not _is_rule(rule) or _is_rule(title):
        return False
    return len(rule.text) >= 0.6 * len(title.text) and bool(_LETTER.search(title.text))


def _heading_level(chunk: Sequence[_Line], base: int, underlines: list[str], *, is_first: bool) -> int:
    """Level of the heading that `chunk` is; 0 where it is none."""
    first = chunk[0]
    words = len(first.text.split())
    if len(chunk) == 2 and _is_rule(chunk[1]) and _underlines(first, chunk[1]):
        if chunk[1].text[0] not in underlines:
            underlines.append(chunk[1].text[0])
        return min(underlines.index(chunk[1].text[0]) + 1, 6)
    if len(chunk) > 1 or words > _MOST_HEADING_WORDS or first.indent > base + 2 or _SENTENCE_END.search(first.text):
        return 0
    if _LEADERS.search(first.text):
        return 0
    numbered = _NUMBERED.match(first.text)
    if numbered and not _BULLET.match(first.text.lstrip("0123456789.")) and _titled(first.text[numbered.end() - 1 :]):
        return min(2 + numbered[1].count("."), 6)
    letters = _LETTER.findall(first.text)
    if len(letters) >= 4 and first.text == first.text.upper() and first.text != first.text.lower():
        return 1 if is_first else 2
    return 0


def _titled(text: str) -> bool:
    return text[:1].isupper() and not _GAPS.search(text)


def _body(chunk: Sequence[_Line], base: int) -> Iterator[Said]:
    if _is_code(chunk, base):
        least = min(line.indent for line in chunk)
        code = "\n".join(line.raw.expandtabs(8)[least:] for line in chunk)
        yield Whole("code", code, chunk[0].start, chunk[-1].end)
        return
    group: list[_Line] = []
    for line in chunk:
        if group and _BULLET.match(line.text) and (_BULLET.match(group[0].text) or line.indent > base):
            yield from _written(group)
            group = []
        group.append(line)
    yield from _written(group)


def _written(group: Sequence[_Line]) -> Iterator[Said]:
    bullet = _BULLET.match(group[0].text)
    if bullet is None:
        yield from _run("paragraph", group, 0)
        return
    counted = re.fullmatch(r"(\d+)[.)]", bullet[0].strip())
    is_mark = counted is not None or bullet[0].strip() in {"-", "*", "+", "•", "‣", "o"}
    yield Open("list", group[0].start, number=int(counted[1]) if counted else None)
    yield from _run("item", group, bullet.end() if is_mark else 0)
    yield Close("list", group[-1].end)


def _run(container: Container, group: Sequence[_Line], skipped: int) -> Iterator[Said]:
    """The lines of one paragraph or item, without the first `skipped` characters."""
    yield Open(container, group[0].start)
    for number, line in enumerate(group):
        yield Words(f"\n{line.text}" if number else line.text[skipped:], line.start, line.end)
    yield Close(container, group[-1].end)


def _is_code(chunk: Sequence[_Line], base: int) -> bool:
    """Whether the lines are set in as code is, or drawn: tables, diagrams, columns."""
    texts = [line.text for line in chunk]
    whole = "".join(map(_unmarked, texts))
    drawn = len(_DRAWN.findall(whole)) / max(1, len(whole.replace(" ", "")))
    columns = sum(bool(_GAPS.search(_DOUBLE_SPACE.sub(" ", _unmarked(text)))) for text in texts)
    if any(_LEADERS.search(text) for text in texts) or drawn > 0.3:
        return True
    set_in = min(line.indent for line in chunk) >= base + _CODE_INDENT
    if set_in and not _BULLET.match(texts[0]):
        return drawn > 0.06 or 2 * columns > len(texts) or not _is_prose(texts)
    return len(texts) > 1 and 2 * columns > len(texts)


def _is_prose(texts: Sequence[str]) -> bool:
    words = " ".join(texts).split()
    return len(words) >= 8 and bool(_SENTENCE_END.search(texts[-1]))


def _unmarked(text: str) -> str:
    bullet = _BULLET.match(text)
    return text[bullet.end() :] if bullet else text
