"""Where a quote stands when the book has changed since: in its place, in another one, in other words, or nowhere.

A quote is looked for as it is before anything like it is: in its passage, on its page, on other pages. Then sentences
are compared with it, those of its page first; what stands around it counts. `heal` is pure, `Healer` asks an index.

Source: W3C Web Annotation Data Model, 4.2.4 (TextQuoteSelector), for what is kept of a quote.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Final, Literal

import anyio
import anyio.to_thread

from pageside.errors import PagesideError
from pageside.knowledge import fragment, sentences
from pageside.knowledge.index import Index
from pageside.knowledge.passage import Passage

State = Literal["same", "moved", "changed", "gone"]

CONTEXT_CHARS: Final = 48

# Chosen by `python -m benchmarks.healing --half dev`.
_ALIKE: Final = 0.55  # share of words in common from which a sentence of the same page is the quote reworded
_ALIKE_ELSEWHERE: Final = 0.75  # ... of another page, where nothing around it speaks for it
_BESIDE: Final = 0.2  # what it counts that the text on one side is the same
_HELD: Final = 0.6  # of a sentence that holds the whole quote, or of which the quote holds the whole
_MOST: Final = 0.4  # ... where the one has no fewer words than that share of the other's
_NEAR_CHARS: Final = 16  # of the context, next to the quote, by which it is known again

_COMPARED: Final = 12  # sentences that are looked at closely, those with most words in common
_LONGEST: Final = 400  # words of a sentence that are compared
_SEARCHED: Final = 8  # passages of other pages that may hold a quote
_SEARCHED_CHARS: Final = 600  # of a quote, as words to search by
_KEPT: Final = 4000  # verdicts on one generation

_TOKEN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]|[^\W_]+(?:[.,:/_'’-][^\W_]+)*|\S")
_NO_LETTER: Final = re.compile(r"[\W\d_]*")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A quote, and where it stood.

    Attributes:
        heading_path: The page's title and every heading down to the quote.
        url: Deep link to it as it was.
        start: First character of it in its passage's text.
        prefix: What stood before it in the passage; `suffix` what stood behind it.
        passage_id: Of its passage; empty where it is not known.
    """

    path: str
    heading_path: tuple[str, ...]
    url: str
    quote: str
    start: int = 0
    prefix: str = ""
    suffix: str = ""
    passage_id: str = ""


@dataclass(frozen=True, slots=True)
class Healed:
    """What has become of a quote.

    Attributes:
        url: Deep link to `text`; the old one where it is gone.
        text: What stands there, exactly as in `passage.text`; empty where it is gone.
        start: First character of it there.
        passage: Absent where it is gone.
    """

    state: State
    url: str
    text: str = ""
    start: int = 0
    passage: Passage | None = None


def sha256(text: str) -> str:
    """SHA-256 of `text` in UTF-8, in hex; half a character is taken as it is."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def context(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and behind characters `start` to `end` of `text`, `CONTEXT_CHARS` of each at most."""
    return text[max(0, start - CONTEXT_CHARS) : start], text[end : end + CONTEXT_CHARS]


def heal(anchor: Anchor, page: Sequence[Passage], elsewhere: Sequence[Passage] = ()) -> Healed:
    """What has become of `anchor`.

    Args:
        page: The passages of the page it stood on.
        elsewhere: Passages of other pages that may hold it, the likeliest first.
    """
    return exact(anchor, page) or exact(anchor, elsewhere) or _reworded(anchor, page, elsewhere)


def exact(anchor: Anchor, passages: Sequence[Passage]) -> Healed | None:
    """The place among `passages` where the quote stands as it was, save for white space; the likeliest of several.

    A sentence that goes on where the quote ended is another sentence.
    """
    for passage in passages:
        if passage.id == anchor.passage_id and passage.text.startswith(anchor.quote, anchor.start):
            return _healed(anchor, passage, anchor.start, anchor.start + len(anchor.quote))
    pattern = _pattern(anchor.quote)
    found = [
        (passage, match.start(), match.end())
        for passage in passages
        for match in (pattern.finditer(passage.text) if pattern else ())
    ]
    whole = [place for place in found if _is_whole(anchor, *place)]
    best = max(whole, key=lambda place: _likeness_of_place(anchor, *place), default=None)
    return _healed(anchor, *best) if best else None


def heal_among(anchor: Anchor, passages: Sequence[Passage]) -> Healed:
    """As `heal`, among all `passages` of a book, for those who have no index to ask."""
    page = [passage for passage in passages if passage.path == anchor.path]
    others = (passage for passage in passages if passage.path != anchor.path)
    return exact(anchor, page) or heal(anchor, page, nearest(anchor.quote, others))


def nearest(quote: str, passages: Iterable[Passage], *, limit: int = _SEARCHED) -> list[Passage]:
    """The passages that hold `quote` or most of its words, best first."""
    wanted, pattern = frozenset(_tokens(quote)), _pattern(quote)
    if not wanted or pattern is None:
        return []
    scored = [
        (2.0 if pattern.search(passage.text) else len(wanted & frozenset(_tokens(passage.text))) / len(wanted), passage)
        for passage in passages
    ]
    likely = sorted((pair for pair in scored if pair[0] >= _ALIKE_ELSEWHERE), key=lambda pair: -pair[0])
    return [passage for _, passage in likely[:limit]]


def _healed(anchor: Anchor, passage: Passage, start: int, end: int) -> Healed:
    text = passage.text[start:end]
    if passage.url == anchor.url.partition(":~:")[0].removesuffix("#"):
        return Healed("same", anchor.url, text, start, passage)
    return Healed("moved", fragment.deep_link(passage, text), text, start, passage)


def _pattern(quote: str) -> re.Pattern[str] | None:
    """Finds `quote` however its lines are broken; None where it has no words."""
    words = quote.split()
    return re.compile(r"\s+".join(map(re.escape, words))) if words else None


def _is_whole(anchor: Anchor, passage: Passage, start: int, end: int) -> bool:
    """Whether characters `start` to `end` begin and end where a sentence does, or next to the words they stood by."""
    starts, ends = _sides(anchor, passage, start, end)
    if starts and ends:
        return True
    text, spans = passage.text, sentences.split(passage.text, language=passage.language)
    starts = starts or any(span.start <= start and _NO_LETTER.fullmatch(text, span.start, start) for span in spans)
    return starts and (ends or any(span.end >= end and _NO_LETTER.fullmatch(text, end, span.end) for span in spans))


def _likeness_of_place(anchor: Anchor, passage: Passage, start: int, end: int) -> tuple[float, ...]:
    same_heading = passage.heading_path == anchor.heading_path
    same_name = passage.heading_path[-1:] == anchor.heading_path[-1:]
    return (sum(_sides(anchor, passage, start, end)), same_heading, same_name, -abs(start - anchor.start))


def _sides(anchor: Anchor, passage: Passage, start: int, end: int) -> tuple[bool, bool]:
    """Whether the text next to characters `start` to `end` is what it was: before them, and behind."""
    before, behind = _flat(anchor.prefix)[-_NEAR_CHARS:], _flat(anchor.suffix)[:_NEAR_CHARS]
    above, below = passage.text[max(0, start - 4 * CONTEXT_CHARS) : start], passage.text[end : end + 4 * CONTEXT_CHARS]
    return bool(before) and _flat(above).endswith(before), bool(behind) and _flat(below).startswith(behind)


def _is_neighbour(anchor: Anchor, passage: Passage, start: int, end: int) -> bool:
    """Whether characters `start` to `end` are the words that stood in front of the quote, or behind it."""
    before, behind = _flat(anchor.prefix)[-_NEAR_CHARS:], _flat(anchor.suffix)[:_NEAR_CHARS]
    said = _flat(passage.text[start:end])
    enough = _NEAR_CHARS // 2
    return (len(behind) >= enough and said.startswith(behind)) or (len(before) >= enough and said.endswith(before))


def _flat(text: str) -> str:
    return "".join(text.split())


def _reworded(anchor: Anchor, page: Sequence[Passage], elsewhere: Sequence[Passage]) -> Healed:
    """The sentence that stands for the quote today; gone where none does."""
    wanted = _tokens(anchor.quote)
    for passages, enough in ((page, _ALIKE), (elsewhere, _ALIKE_ELSEWHERE)):
        scored = [(_likeness(anchor, wanted, *place), place) for place in _candidates(wanted, passages)]
        score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if best is not None and score >= enough:
            passage, start, end = best
            text = passage.text[start:end]
            return Healed("changed", fragment.deep_link(passage, text), text, start, passage)
    return Healed("gone", anchor.url)


def _candidates(wanted: Sequence[str], passages: Sequence[Passage]) -> list[tuple[Passage, int, int]]:
    """The sentences, and two that stand side by side, that share most words with `wanted`."""
    counted = Counter(wanted)
    scored: list[tuple[float, int, tuple[Passage, int, int]]] = []
    for passage in passages:
        for start, end in _stretches(passage):
            held = Counter(_tokens(passage.text[start:end]))
            shared = (counted & held).total()
            if shared:
                scored.append((2 * shared / (len(wanted) + held.total()), -len(scored), (passage, start, end)))
    return [place for _, _, place in sorted(scored, key=lambda row: row[:2], reverse=True)[:_COMPARED]]


def _stretches(passage: Passage) -> Iterator[tuple[int, int]]:
    spans = sentences.split(passage.text, language=passage.language)
    for at, span in enumerate(spans):
        yield span.start, span.end
        if at + 1 < len(spans) and span.kind in {"prose", "list_item", "label"}:
            yield span.start, spans[at + 1].end


def _likeness(anchor: Anchor, wanted: Sequence[str], passage: Passage, start: int, end: int) -> float:
    """How surely characters `start` to `end` are the quote in other words: from 0 to 1, and more for its context."""
    held = _tokens(passage.text[start:end])
    share = SequenceMatcher(None, wanted, held, autojunk=False).ratio()
    shorter, longer = sorted((Counter(wanted), Counter(held)), key=Counter.total)
    if shorter <= longer and shorter.total() >= _MOST * longer.total():
        share = max(share, _HELD)
    if _is_neighbour(anchor, passage, start, end):  # it is known by what it is, and not for what stands beside it
        return share
    return share + _BESIDE * sum(_sides(anchor, passage, start, end))


def _tokens(text: str) -> list[str]:
    return [token.casefold() for token in _TOKEN.findall(text)][:_LONGEST]


class Healer:
    """What has become of quotes of one book, by its index; known verdicts are kept until the index changes."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._lock = anyio.Lock()
        self._generation = ""
        self._known: OrderedDict[Anchor, Healed] = OrderedDict()

    async def heal(self, anchors: Sequence[Anchor]) -> list[Healed] | None:
        """What has become of each of `anchors`; None where the index cannot tell at the moment."""
        if not anchors:
            return []
        try:
            async with self._lock:
                return await self._heal(anchors)
        except PagesideError:  # the index is missing, broken or away: what was quoted is shown as it was
            return None

    async def _heal(self, anchors: Sequence[Anchor]) -> list[Healed]:
        status = await anyio.to_thread.run_sync(self._index.status)
        if status.generation != self._generation:
            self._generation = status.generation
            self._known.clear()
        found: dict[Anchor, Healed] = {}
        pages: dict[str, tuple[Passage, ...]] = {}
        for anchor in dict.fromkeys(anchors):
            known = self._known.get(anchor)
            if known is None:
                if anchor.path not in pages:
                    pages[anchor.path] = await self._index.passages(path=anchor.path)
                known = await self._fresh(anchor, pages[anchor.path])
            found[anchor] = self._known[anchor] = known
            self._known.move_to_end(anchor)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return [found[anchor] for anchor in anchors]

    async def _fresh(self, anchor: Anchor, page: Sequence[Passage]) -> Healed:
        healed = await anyio.to_thread.run_sync(partial(exact, anchor, page))
        if healed is not None:
            return healed
        hits = await self._index.search(anchor.quote[:_SEARCHED_CHARS], None, limit=_SEARCHED, filters={})
        elsewhere = [hit.passage for hit in hits if hit.passage.path != anchor.path]
        return await anyio.to_thread.run_sync(partial(heal, anchor, page, elsewhere))
