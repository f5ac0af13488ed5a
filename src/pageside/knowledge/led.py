"""Search led by the places a reader mentions: what stands there comes first, and alone where it fits."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import anyio.to_thread
from numpy import float32
from numpy.typing import NDArray

from pageside.knowledge import place, rank
from pageside.knowledge.contents import Entry, KeptContents
from pageside.knowledge.embed import Embedder
from pageside.knowledge.index import Index
from pageside.knowledge.passage import NO_LABELS, Findings, Found, Passage
from pageside.knowledge.search import Search

PLACES: Final = "places"  # the filter that holds ids of entries, separated by spaces
MOST_PLACES: Final = 10
FITS: Final = 0.05  # least relevance of the best passage of a place for the place to be about the question
_OPENS: Final = 0.9  # how likely the opening of a place answers who asks for nothing but the place
_DEPTH: Final = 30  # passages of a page among which those of one section are looked for
_SELECTION_CHARACTERS: Final = 600  # of a selection that take part in the search

_ANY_TITLE: Final = "[^“”]{1,400}"
_FRAME: Final = r"""
      \bwhat\s+(?:does|do|did)\s+“(?:{titles})”\s+(?:say|tell|explain|mention|write|teach)(?:\s+(?:us|me))?
      (?:\s+(?:about|on|of)\b)?
    | (?:\b(?:according\s+to|in|from|within|per|on|using|with|see)\s+)?
      (?:\b(?:the\s+)?(?:page|chapter|section|module|part|lesson)\s+)?“(?:{titles})”
"""
_LOOSE: Final = re.IGNORECASE | re.VERBOSE
_BETWEEN: Final = re.compile(
    r"\b(?:compar(?:e|ison)|contrast|differ(?:s|ent|ences?)?|between|versus|vs|relat(?:e|ed|ion|ionship)|connection)\b",
    re.IGNORECASE,
)
_DEFINED: Final = re.compile(r"\bwhat\s+(?:is|are)\s+an?\b", re.IGNORECASE)


def places(entries: Sequence[Entry]) -> dict[str, str]:
    """The filter that makes `entries` lead a search; empty without any."""
    named = " ".join(entry.id for entry in entries[:MOST_PLACES])
    return {PLACES: named} if named else {}


def quoted(title: str) -> str:
    """`title` as it stands in a question that mentions it, so that `bare` knows it again."""
    return f"“{title}”"


def bare(question: str, entries: Sequence[Entry] = ()) -> str:
    """What `question` asks within the places it quotes: `QoS?` of `What does “Nodes” say about QoS?`.

    Empty where it asks for nothing but the places, as to explain or to compare them.

    Args:
        entries: Whose titles count as quoted places; whatever stands in such quotes without any.
    """
    left = " ".join(_frame(tuple(entry.title for entry in entries)).sub(" ", question).split()).strip(" ,;:–—-")
    nothing = place.points_only(_BETWEEN.sub(" ", left)) and not _DEFINED.search(left)
    return "" if nothing else re.sub(r"\s+([?.!,;:])", r"\1", left)


@lru_cache(maxsize=64)
def _frame(titles: tuple[str, ...]) -> re.Pattern[str]:
    """What leads to a quoted title, and the title; white space in a title counts as in its pattern."""
    shapes = (r"\s+".join(map(re.escape, title.split())) for title in titles)
    return re.compile(_FRAME.replace("{titles}", "|".join(shapes) or _ANY_TITLE), _LOOSE)


class LedSearch:
    """A search in which the filter `places` leads: see `places`.

    Where it is absent, everything is as in `Search`.
    """

    def __init__(self, search: Search, index: Index, contents: KeptContents) -> None:
        self._search = search
        self._index = index
        self._contents = contents

    async def find(
        self,
        question: str,
        *,
        limit: int = 5,
        filters: Mapping[str, str] | None = None,
        selected_text: str = "",
        surroundings: str = "",
        page: str = "",
        favours: Mapping[str, str] = NO_LABELS,
    ) -> Findings:
        """As `Search.find`; with `places`, passages of these alone, and of the whole book where nothing there fits.

        What the reader selected still leads. Several places take turns, so that each is heard.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            IndexBroken: What was indexed cannot be read.
        """
        labels = dict(filters or NO_LABELS)
        entries = await self._entries(labels.pop(PLACES, ""))
        asked = bare(question, entries) if entries else question
        selected = selected_text.strip()
        if entries and not asked and not selected:
            return await self._openings(entries, limit)
        wanted = f"{asked or question}\n{selected[:_SELECTION_CHARACTERS]}".strip()
        inside = await self._inside(wanted, entries, labels, limit, favours)
        if inside and not selected:
            return Findings(passages=inside[:limit], confidence=max(found.relevance for found in inside))
        whole = await self._search.find(
            asked or question,
            limit=limit,
            filters=labels,
            selected_text=selected_text,
            surroundings=surroundings,
            page=page,
            favours=favours,
        )
        return _joined(whole, inside, limit) if inside else whole

    async def similarity(self, texts_a: Sequence[str], texts_b: Sequence[str]) -> NDArray[float32]:
        """See `Search.similarity`."""
        return await self._search.similarity(texts_a, texts_b)

    async def matches(self, question: str, texts: Sequence[str]) -> NDArray[float32]:
        """See `Search.matches`."""
        return await self._search.matches(question, texts)

    async def rarity(self, text: str) -> dict[str, float]:
        """See `Search.rarity`."""
        return await self._search.rarity(text)

    async def _entries(self, named: str) -> list[Entry]:
        if not named:
            return []
        contents = await self._contents.read()
        return [entry for each in named.split()[:MOST_PLACES] if (entry := contents.by_id.get(each))]

    async def _inside(
        self, wanted: str, entries: Sequence[Entry], labels: Mapping[str, str], limit: int, favours: Mapping[str, str]
    ) -> tuple[Found, ...]:
        """What fits of each place, in turns; nothing where the best of all fits too little."""
        each: list[list[Found]] = []
        for entry in entries:
            findings = await self._search.find(
                wanted, limit=max(limit, _DEPTH), filters={**labels, **entry.labels}, favours=favours
            )
            held = [found for found in findings.passages if entry.holds(found.passage) and _tells(found.passage)]
            each.append(held[:limit])
        best = max((found.relevance for rows in each for found in rows), default=0.0)
        return _in_turns(each) if best >= FITS else ()

    async def _openings(self, entries: Sequence[Entry], limit: int) -> Findings:
        """How each place begins: a page's sections by their first passages, a module's pages by theirs."""
        found = _in_turns([await self._opening(entry, limit) for entry in entries])[:limit]
        return Findings(passages=found, confidence=_OPENS if found else 0.0)

    async def _opening(self, entry: Entry, limit: int) -> list[Found]:
        pages = [await self._index.passages(path=path) for path in entry.paths[:limit]]
        held = [passage for page in pages for passage in page if entry.holds(passage) and _tells(passage)]
        by_page = entry.kind == "group"
        spread = rank.spread(held, group=lambda one: one.path if by_page else one.heading_path, at_most=1)
        return [Found(passage, _OPENS) for passage in spread[:limit]]


async def by_words_alone(index: Index, embedder: Embedder | None) -> bool:
    """Whether meaning does not count though it should: the index has no vectors, or those of another embedder.

    Raises:
        IndexMissing: Nothing has been indexed yet.
        IndexBroken: What was indexed cannot be read.
    """
    if embedder is None:
        return False
    status = await anyio.to_thread.run_sync(index.status)
    return status.model != embedder.name


def _tells(passage: Passage) -> bool:
    """Whether `passage` may be evidence: a quiz says what is wrong on purpose."""
    return passage.labels.get("section_type") != "quiz"


def _in_turns(each: Sequence[Sequence[Found]]) -> tuple[Found, ...]:
    turns = (found for row in itertools.zip_longest(*each) for found in row if found is not None)
    return tuple({found.passage.id: found for found in turns}.values())


def _joined(whole: Findings, inside: Sequence[Found], limit: int) -> Findings:
    """What was selected first, then what the mentioned places say, then the rest."""
    selected = {passage.id for passage in whole.selection.passages} if whole.selection else set()
    first = [found for found in whole.passages if found.passage.id in selected]
    rows = {found.passage.id: found for found in (*first, *inside, *whole.passages)}
    return Findings(tuple(rows.values())[:limit], whole.confidence, whole.selection)
