"""PDF: the text of its pages in reading order, under the headings of its outline, each passage linked to its page.

The source of a PDF is that text: the lines of each page as they stand there, one below the other, a form feed between
two pages; running heads, feet and page numbers are left out (see `pdf_layout`). A word that is hyphenated at the end of
a line is mended in the blocks, unless the file writes it with that hyphen elsewhere too.

Headings are the bookmarks of the outline, found on their pages; without an outline they are short lines set larger than
the running text by a seventh or more. The anchor of a heading is its page. Where a section runs on over a page break,
its heading is said once more for the new page, so that what stands there is linked to there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath
from statistics import median

from pageside.knowledge.reading import labels
from pageside.knowledge.reading.decoding import mended
from pageside.knowledge.reading.kinds import pdf_layout, shown, spoken
from pageside.knowledge.reading.kinds.kind import Place, Reading, Unreadable
from pageside.knowledge.reading.kinds.pdf_layout import Line, Page
from pageside.knowledge.reading.kinds.speech import Close, Open, Said, Whole, Words
from pageside.knowledge.reading.markdown import Flaw

_LARGER = 1.15
_MOST_HEADING_WORDS = 16
_MOST_LEVELS = 4
_BULLET = re.compile(r"([•‣◦▪●■–*·]|-(?=\s)|\d{1,3}[.)](?=\s)|\([a-z0-9]{1,2}\)(?=\s))\s*(?=\S)")
_SENTENCE_END = re.compile(r"[.!?:;。！？]['\")\]”’]?$")
_HYPHENATED = re.compile(r"(\w+)[-\u00ad\u2010]$")
_LETTER = re.compile(r"[^\W\d_]")
_POOR_TITLE = re.compile(
    r"\.(?:docx?|odt|pptx?|tex|dvi|indd|pdf|rtf|html?)$"
    r"|^\(?(?:anonymous|untitled|unspecified|microsoft |title$|slide \d|document\d*$|\W*$)",
    re.IGNORECASE,
)
_GAP_CHARACTERS = re.compile("[\ufffd\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class _File:
    """What the file holds, page by page."""

    title: str
    count: int
    outline: tuple[tuple[int, str, int], ...]
    pages: tuple[Page, ...]
    without_text: tuple[int, ...]
    cut: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line with its page, from 1, and its place in the source.

    Attributes:
        level: Of the heading it is, or is a part of; 0 where it is none.
    """

    line: Line
    page: int
    start: int
    level: int = 0

    @property
    def text(self) -> str:
        return self.line.text

    @property
    def end(self) -> int:
        return self.start + len(self.line.text)


@dataclass(slots=True)
class _State:
    """What has been said so far.

    Attributes:
        page: The page that the last heading leads to.
        heading: The heading under which words now stand, with its level.
        fresh: Whether nothing has been said since that heading.
    """

    page: int = 0
    heading: str = ""
    level: int = 1
    fresh: bool = False
    spelled: frozenset[str] = field(default_factory=frozenset)


def read(content: bytes, place: Place) -> Reading:
    """What the PDF `content` says.

    Raises:
        Unreadable: It is damaged, locked, or takes too long.
    """
    file = _taken(content, place)
    title = _title(file, place)
    source, said = _told(file, title)
    stated = {} if _POOR_TITLE.search(file.title.strip()) else {"title": " ".join(file.title.split())}
    return Reading(
        source=source,
        blocks=spoken.blocks(said),
        flaws=tuple(_flaws(file, source)),
        facts=stated,
        title=title,
        anchored=True,
    )


def show(content: bytes, place: Place, link: Callable[[str], str]) -> str:
    """The text of the PDF as HTML.

    Raises:
        Unreadable: As `read`.
    """
    file = _taken(content, place)
    return shown.html(_told(file, _title(file, place))[1], link=link)


def counted(source: str) -> str:
    """All of it, the words that a line's end parts made whole."""
    return re.sub(r"(?<=\w)(?:-|\u00ad|\u2010)\n(?=[^\W\d_A-Z])", "", source)


def _taken(content: bytes, place: Place) -> _File:
    """What a process of its own takes out of the file."""
    limits = place.limits
    command = [sys.executable, "-P", "-m", f"{__package__}.pdf_child", str(limits.pages), str(int(limits.seconds) + 1)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=limits.seconds, check=False)  # noqa: S603 - our own module
        found = json.loads(done.stdout) if done.returncode == 0 else {"error": "damaged"}
    except subprocess.TimeoutExpired as error:
        raise Unreadable(f"reading the PDF takes longer than {limits.seconds:g} seconds; it was left out") from error
    except (OSError, ValueError) as error:
        raise Unreadable(f"the PDF cannot be read ({error}); it was left out") from error
    if found.get("error") == "locked":
        raise Unreadable("the PDF asks for a password; save it without one")
    if "error" in found:
        raise Unreadable("the PDF is damaged, or takes too much memory; export it again")
    return _file(found)


def _file(found: Mapping[str, object]) -> _File:
    pages = [_mapping(page) for page in _list(found.get("pages"))]
    without_text = [number for number, page in enumerate(pages, start=1) if page.get("pictures") or page.get("broken")]
    return _File(
        title=mended(str(found.get("title", ""))),
        count=int(_number(found.get("count"))),
        outline=tuple(_bookmark(_list(entry)) for entry in _list(found.get("outline"))),
        pages=tuple(Page(_number(page.get("height")), tuple(map(_run, _list(page.get("runs"))))) for page in pages),
        without_text=tuple(without_text),
        cut=tuple(number for number, page in enumerate(pages, start=1) if page.get("cut")),
    )


def _run(said: object) -> Line:
    text, left, baseline, right, size, fixed = _list(said)
    return Line(mended(str(text)), _number(left), _number(baseline), _number(right), _number(size), fixed=bool(fixed))


def _bookmark(said: Sequence[object]) -> tuple[int, str, int]:
    level, title, page = said
    return int(_number(level)), mended(str(title)), int(_number(page))


def _list(said: object) -> Sequence[object]:
    return said if isinstance(said, list) else []


def _mapping(said: object) -> Mapping[str, object]:
    return said if isinstance(said, dict) else {}


def _number(said: object) -> float:
    return float(said) if isinstance(said, int | float) else 0.0


def _title(file: _File, place: Place) -> str:
    """What the PDF is called: by its own word, where that is no file's name; else by the largest line of page 1."""
    if not _POOR_TITLE.search(file.title.strip()):
        return " ".join(file.title.split())
    first = [line for lines in pdf_layout.read(file.pages)[:1] for line in lines if _LETTER.search(line.text)]
    largest = max(first, key=lambda line: line.size, default=None)
    body = pdf_layout.usual_size(run for page in file.pages for run in page.runs)
    if largest is not None and largest.size > _LARGER * body and len(largest.text.split()) <= _MOST_HEADING_WORDS:
        return " ".join(largest.text.split())
    return labels.readable(PurePosixPath(place.path).stem)


def _told(file: _File, title: str) -> tuple[str, list[Said]]:
    """The source, and what it says."""
    lines: list[_Placed] = []
    texts: list[str] = []
    position = 0
    for number, page in enumerate(pdf_layout.read(file.pages), start=1):
        for line in page:
            lines.append(_Placed(line, number, position))
            position += len(line.text) + 1
        texts.append("".join(f"{line.text}\n" for line in page))
        position += 1
    marked = _with_outline(lines, file.outline) if file.outline else _with_sizes(lines)
    state = _State(heading=title, spelled=_spelled(lines))
    return "\f".join(texts), list(_said(marked, state))


def _with_outline(lines: list[_Placed], outline: Sequence[tuple[int, str, int]]) -> list[_Placed]:
    """`lines` with the headings that the outline names, where they are found on their pages."""
    marked = list(lines)
    by_page: dict[int, list[int]] = {}
    for at, placed in enumerate(lines):
        by_page.setdefault(placed.page, []).append(at)
    for level, title, page in outline:
        found = _found([at for at in by_page.get(page + 1, ()) if not marked[at].level], lines, title)
        for at in found:
            marked[at] = _Placed(lines[at].line, lines[at].page, lines[at].start, min(level + 1, 6))
    return marked


def _found(candidates: Sequence[int], lines: Sequence[_Placed], title: str) -> Sequence[int]:
    """The one to three lines that spell `title`, with or without a number before it."""
    wanted = _spelling(title)
    for first in range(len(candidates)):
        for count in (1, 2, 3):
            ats = candidates[first : first + count]
            text = _spelling("".join(lines[at].text for at in ats))
            unnumbered = re.sub(r"^(?:chapter|part|section|appendix)?[0-9ivxabcde.]*?(?=[^\d])", "", text)
            if wanted and wanted in {text, unnumbered, text.lstrip("0123456789")}:
                return ats
    return ()


def _spelling(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _with_sizes(lines: list[_Placed]) -> list[_Placed]:
    """`lines` with those that are set larger than the running text as headings, the largest highest."""
    body = pdf_layout.usual_size(placed.line for placed in lines)
    sizes = sorted({round(placed.line.size) for placed in lines if _is_large(placed.line, body)}, reverse=True)
    ranks = {size: min(rank, _MOST_LEVELS) for rank, size in enumerate(sizes, start=1)}
    return [
        _Placed(placed.line, placed.page, placed.start, ranks[round(placed.line.size)])
        if _is_large(placed.line, body)
        else placed
        for placed in lines
    ]


def _is_large(line: Line, body: float) -> bool:
    words = len(line.text.split())
    is_title = words <= _MOST_HEADING_WORDS and len(_LETTER.findall(line.text)) >= 3
    return is_title and line.size > _LARGER * body and not line.text.rstrip().endswith((".", ",", ";"))


def _said(lines: Sequence[_Placed], state: _State) -> Iterator[Said]:
    leading = _leading(lines)
    group: list[_Placed] = []
    for placed in lines:
        if group and not _goes_on(group, placed, leading):
            yield from _written(group, state)
            group = []
        group.append(placed)
    if group:
        yield from _written(group, state)


def _leading(lines: Sequence[_Placed]) -> float:
    """The usual distance of two lines, in points."""
    steps = [a.line.baseline - b.line.baseline for a, b in pairwise(lines) if a.page == b.page]
    near = [step for step in steps if 0 < step < 60]
    return median(near) if near else 0.0


def _goes_on(group: Sequence[_Placed], placed: _Placed, leading: float) -> bool:
    """Whether `placed` belongs to the same heading, code or paragraph as the lines of `group`."""
    last, line = group[-1], placed.line
    step = last.line.baseline - line.baseline
    on_page = last.page == placed.page and step > 0
    if last.level or placed.level:
        near = on_page and step < 2 * line.size
        return last.level == placed.level and near and abs(last.line.size - line.size) < 1
    if last.line.fixed or line.fixed:
        return last.line.fixed and line.fixed and on_page and step < 3 * line.size
    if _BULLET.match(placed.text) or abs(last.line.size - line.size) > 0.15 * line.size:
        return False
    if not on_page:  # over a page or into the next column a sentence goes on
        return not _SENTENCE_END.search(last.text) and (
            placed.text[:1].islower() or bool(_HYPHENATED.search(last.text))
        )
    if step > 1.35 * max(leading, min(line.size, 1.3 * leading)):
        return False
    is_item = _BULLET.match(group[0].text) is not None
    set_in = line.left - last.line.left > 0.8 * line.size and not is_item
    widest = max(each.line.right for each in group)
    ended = _SENTENCE_END.search(last.text) is not None and last.line.right < widest - 0.15 * last.line.width
    return not set_in and not ended


def _written(group: Sequence[_Placed], state: _State) -> Iterator[Said]:
    first, last = group[0], group[-1]
    if first.level:
        state.heading = " ".join(" ".join(placed.text for placed in group).split())
        state.level, state.page, state.fresh = first.level, first.page, True
        yield Open("heading", first.start, level=first.level, anchor=f"page={first.page}")
        yield from _words(group, state, 0)
        yield Close("heading", last.end)
        return
    if first.page != state.page and not state.fresh:
        state.page = first.page
        yield Open("heading", first.start, level=state.level, anchor=f"page={first.page}")
        yield Words(state.heading, first.start, first.start + 1)
        yield Close("heading", first.start + 1)
    state.fresh = False
    if first.line.fixed:
        yield Whole("code", _code(group), first.start, last.end)
        return
    bullet = _BULLET.match(first.text)
    if bullet is None:
        yield Open("paragraph", first.start)
        yield from _words(group, state, 0)
        yield Close("paragraph", last.end)
        return
    number = int(bullet[1][:-1]) if bullet[1][:-1].isdecimal() else None
    skipped = 0 if bullet[1].startswith("(") else bullet.end()
    yield Open("list", first.start, number=number)
    yield Open("item", first.start)
    yield from _words(group, state, skipped)
    yield Close("item", last.end)
    yield Close("list", last.end)


def _words(group: Sequence[_Placed], state: _State, skipped: int) -> Iterator[Said]:
    """The words of the lines, those that are hyphenated at the end of a line mended."""
    for at, placed in enumerate(group):
        text = placed.text[skipped:] if at == 0 else placed.text
        broken = _HYPHENATED.search(text) if at + 1 < len(group) else None
        text = f"{text}\n" if broken is None else _mended(text, broken[1], group[at + 1].text, state.spelled)
        yield Words(text.replace("\u00ad\n", "-\n").replace("\u00ad", ""), placed.start, placed.end)


def _mended(text: str, before: str, following: str, spelled: frozenset[str]) -> str:
    """`text`, which ends in a hyphen, so that the line `following` goes on with it."""
    after = re.match(r"\w+", following)
    whole = f"{before}-{after[0] if after else ''}".casefold()
    if after is None or whole in spelled or not following[:1].islower() or not before[-1:].isalpha():
        return f"{text[:-1]}-"
    return text[:-1]


def _spelled(lines: Sequence[_Placed]) -> frozenset[str]:
    """The words that the file writes with a hyphen within a line."""
    found = Counter(word for placed in lines for word in re.findall(r"\w+-\w+", placed.text.casefold()))
    return frozenset(found)


def _code(group: Sequence[_Placed]) -> str:
    least = min(placed.line.left for placed in group)
    widths = [placed.line.width / len(placed.text) for placed in group if placed.text]
    width = median(widths) if widths else 0.0
    indents = [round((placed.line.left - least) / width) if width else 0 for placed in group]
    texts = (placed.text.replace("\u00ad", "-") for placed in group)
    return "\n".join(f"{' ' * indent}{text}" for indent, text in zip(indents, texts, strict=True))


def _flaws(file: _File, source: str) -> Iterator[Flaw]:
    if file.count > len(file.pages):
        yield Flaw(0, f"only the first {len(file.pages)} of {file.count} pages were read; split the PDF")
    if file.without_text:
        pages = _ranges(file.without_text)
        yield Flaw(0, f"no text on {pages}, only pictures; run character recognition over the PDF, such as OCRmyPDF")
    elif not source.strip():
        yield Flaw(0, "the PDF holds no text")
    if file.cut:
        yield Flaw(0, f"only the beginning of {_ranges(file.cut)} was read: it holds too much text")
    gaps = [number for number, text in enumerate(source.split("\f"), start=1) if _GAP_CHARACTERS.search(text)]
    if gaps:
        count = len(_GAP_CHARACTERS.findall(source))
        yield Flaw(0, f"{count} characters on {_ranges(gaps)} have no meaning in the PDF's fonts; export it again")


def _ranges(numbers: Sequence[int]) -> str:
    """`page 3`, or `pages 3-5, 9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    told = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs[:8])
    more = f" and {len(runs) - 8} more" if len(runs) > 8 else ""
    return f"page{'s' if len(numbers) > 1 else ''} {told}{more}"
