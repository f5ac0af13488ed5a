"""An answer held against the book once more, by its proof: does every quote stand there, and does it still support?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import unquote

import anyio.lowlevel
import numpy as np
from numpy.typing import NDArray

from pageside.answer import checking, citations, grounding, notes, outcomes, proof, support, units
from pageside.answer.events import Evidence
from pageside.answer.proof import KeptCitation, KeptClaim, Proof
from pageside.answer.quoting import Scorer
from pageside.answer.support import Support
from pageside.answer.units import Unit, Units
from pageside.knowledge import healing, interaction
from pageside.knowledge.healing import Healed, State
from pageside.knowledge.passage import Found, Passage
from pageside.knowledge.selection import bare

ClaimState = Literal["holds", "marked", "unchecked", "changed", "unsupported", "unproven"]

_FAILED: Final[frozenset[ClaimState]] = frozenset({"changed", "unsupported", "unproven"})
_LOST: Final[frozenset[State]] = frozenset({"changed", "gone"})
_DIRECTIVE: Final = ":~:text="
_BLOCKS: Final[Mapping[str, Callable[[str, Sequence[Evidence]], Support | None]]] = {
    "code": support.code,
    "math": support.formula,
    "table": support.table,
}


class ByWordsAlone:
    """Finds no two sentences alike in meaning, so that their words alone decide."""

    async def similarity(self, texts_a: Sequence[str], texts_b: Sequence[str]) -> NDArray[Any]:
        """See `Scorer.similarity`."""
        return np.zeros((len(texts_a), len(texts_b)), dtype=np.float32)

    async def matches(self, question: str, texts: Sequence[str]) -> NDArray[Any]:
        """See `Scorer.matches`."""
        return interaction.by_words(question, texts)

    async def rarity(self, text: str) -> dict[str, float]:
        """See `Scorer.rarity`."""
        return {}


@dataclass(frozen=True, slots=True)
class CheckedSource:
    """A source, and what the book says of it.

    Attributes:
        now: Where it stands today; None for one that is not of the book, or while the book cannot tell.
        faults: Where the record does not fit the book, in words for a person.
    """

    citation: KeptCitation
    now: Healed | None
    faults: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the quote stands in the book as the record says, wherever it stands."""
        return not self.faults and (self.now is None or self.now.state not in _LOST)


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim, and what is left of it.

    Attributes:
        text: Its words as they are shown.
        state: `holds`; `marked`: shown as not verified; `unchecked`: it rests on what is not of the book;
            `changed`: a sentence it rests on reads differently now; `unsupported`: the checker finds no support;
            `unproven`: the answer states it, and no claim of the record covers it.
        reason: Why it does not hold, in words for a person.
    """

    claim: KeptClaim
    text: str
    state: ClaimState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of an answer.

    Attributes:
        faults: Where the answer and its record do not hold together, in words for a person.
    """

    claims: tuple[CheckedClaim, ...]
    sources: tuple[CheckedSource, ...]
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether everything that the answer states stands in the book and supports it, as far as can be checked."""
        return (
            not self.faults
            and all(source.holds for source in self.sources)
            and all(claim.state not in _FAILED for claim in self.claims)
        )

    @property
    def supported(self) -> int:
        """How many claims hold."""
        return sum(claim.state == "holds" for claim in self.claims)

    def row(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "holds": self.holds,
            "faults": list(self.faults),
            "claims": [
                {
                    "start": each.claim.start,
                    "end": each.claim.end,
                    "markers": list(each.claim.markers),
                    "state": each.state,
                    **({"reason": each.reason} if each.reason else {}),
                }
                for each in self.claims
            ],
            "sources": [_source_row(each) for each in self.sources],
        }


def _source_row(source: CheckedSource) -> dict[str, Any]:
    now = source.now
    return {
        "marker": source.citation.marker,
        "state": now.state if now else "unchecked",
        "url": now.url if now else source.citation.url,
        "text": now.text if now else "",
        "faults": list(source.faults),
    }


async def check(
    text: str,
    kept: Proof,
    healed: Mapping[int, Healed],
    scorer: Scorer,
    *,
    links: Mapping[int, str] | None = None,
    page_sha256: Mapping[str, str] | None = None,
) -> Checked:
    """An answer of `text` held against the book, without a language model.

    Where the record keeps no claims, those that the text shows are checked: what stands in front of a marker.

    Args:
        healed: Where its sources stand today, by marker; those that are missing are not checked.
        links: The addresses that the shown markers lead to, by marker, where they are known.
        page_sha256: The digests of the book's pages as they are, by path, where they are known.
    """
    digests = page_sha256 or {}
    sources = tuple(
        CheckedSource(each, now, tuple(_faults(each, now, digests)))
        for each, now in ((each, healed.get(each.marker)) for each in kept.citations)
    )
    by_marker = {source.citation.marker: source for source in sources}
    told = kept.claims or shown(text)
    claims = [] if kept.outcome == "conversation" and not kept.citations else unproven(text, told)
    for claim in told:
        await anyio.lowlevel.checkpoint()
        claims.append(await _claim(text[claim.start : claim.end], claim, by_marker, scorer))
    claims.sort(key=lambda each: each.claim.start)
    return Checked(tuple(claims), sources, tuple(dict.fromkeys(proof.faults(text, kept, links=links))))


def shown(text: str) -> tuple[KeptClaim, ...]:
    """The claims that `text` shows by their markers: sentences that bear some, and blocks that some stand behind."""
    found: list[KeptClaim] = []
    block = None
    for start, unit in _placed(text, 0):
        end = start + len(unit.text)
        if unit.kind in _BLOCKS:
            block = start
            continue
        marked = citations.read(unit.text)
        if marked.numbers and (block is None or marked.text.strip()):
            found.append(KeptClaim(start=start, end=end, markers=marked.numbers))
        elif marked.numbers and block is not None:
            found.append(KeptClaim(start=block, end=end, markers=marked.numbers))
        block = None
    return tuple(found)


def unproven(text: str, claims: Sequence[KeptClaim]) -> list[CheckedClaim]:
    """What `text` states outside of `claims`, our own notes aside: an answer says where each statement comes from."""
    said = notes.without(text)
    found: list[CheckedClaim] = []
    at = 0
    for claim in (*sorted(claims, key=lambda each: each.start), KeptClaim(start=len(text), end=len(text))):
        for start, unit in _placed(said[at : claim.start], at):
            words = citations.plain(citations.read(unit.text).text)
            if unit.kind not in _BLOCKS and (unit.kind == "heading" or not checking.states(words)):
                continue
            if outcomes.declines(words):
                continue
            marked = outcomes.is_marked(unit.text)
            reason = "" if marked else "no claim of the record covers it"
            end = start + len(unit.text)
            found.append(
                CheckedClaim(KeptClaim(start=start, end=end), unit.text, "marked" if marked else "unproven", reason)
            )
        at = max(at, claim.end)
    return found


def _placed(text: str, at: int) -> Iterator[tuple[int, Unit]]:
    """The units of `text`, which begins at `at`, and where each begins."""
    reader = Units()
    for unit in (*reader.feed(text), *reader.close()):
        yield at + len(unit.lead), unit
        at += len(unit.lead) + len(unit.text)


def _faults(citation: KeptCitation, now: Healed | None, digests: Mapping[str, str]) -> Iterator[str]:
    """Where the record says other things of a sentence that stands in the book than the book does."""
    if now is None or now.passage is None or now.state in _LOST:
        return
    passage = now.passage
    if passage.id == citation.passage_id:
        yield from _passage_faults(citation, passage)
        if digests.get(passage.path) == citation.page_sha256 and (
            (passage.start, passage.end) != (citation.passage_start, citation.passage_end)
        ):
            yield "the passage stands elsewhere in its page than the record says"
    if not _marks(citation.url, passage):
        yield "its link marks other words than the quote"


def _passage_faults(citation: KeptCitation, passage: Passage) -> Iterator[str]:
    if healing.sha256(passage.text) != citation.text_sha256:
        yield "the hash is not that of the passage"
    if passage.text[citation.start : citation.end] != citation.quote:
        yield "the quote does not stand where the record says"
    if healing.context(passage.text, citation.start, citation.end) != (citation.prefix, citation.suffix):
        yield "what stands around the quote is not what the record says"
    if (passage.path, passage.heading, passage.heading_path, passage.anchor) != (
        citation.path,
        citation.heading,
        citation.heading_path,
        citation.anchor,
    ):
        yield "the passage stands under another heading than the record says"
    if citation.url.partition(_DIRECTIVE)[0].rstrip("#") != passage.url.rstrip("#"):
        yield "its link leads to another place than its passage"


def _marks(url: str, passage: Passage) -> bool:
    """Whether the words that `url` marks stand in `passage`."""
    _, _, directive = url.partition(_DIRECTIVE)
    shown = bare(f"{passage.heading}\n{passage.text}")
    terms = (unquote(term.removeprefix("-").removesuffix("-")) for term in directive.split(",") if term)
    return all(bare(term) in shown for term in terms)


async def _claim(text: str, claim: KeptClaim, sources: Mapping[int, CheckedSource], scorer: Scorer) -> CheckedClaim:
    if not claim.markers:
        marked = outcomes.is_marked(text)
        reason = "" if marked else "it names no source and is not marked as unverified"
        return CheckedClaim(claim, text, "marked" if marked else "unsupported", reason)
    mine = [sources[marker] for marker in claim.markers if marker in sources]
    if len(mine) < len(claim.markers):
        return CheckedClaim(claim, text, "unsupported", "one of its sources is missing")
    if lost := [source for source in mine if source.now is not None and source.now.state in _LOST]:
        told = ", ".join(f"[{source.citation.marker}]" for source in lost)
        return CheckedClaim(claim, text, "changed", f"the book has changed at {told}")
    evidence = [
        Evidence(source.citation.marker, Found(source.now.passage, source.citation.relevance))
        for source in mine
        if source.now is not None and source.now.passage is not None
    ]
    if len(evidence) < len(mine):
        return CheckedClaim(claim, text, "unchecked", "it rests on what is not in this book")
    quotes = {source.citation.marker: source.citation.quote for source in mine}
    if await _is_supported(text, evidence, quotes, scorer):
        return CheckedClaim(claim, text, "holds")
    return CheckedClaim(claim, text, "unsupported", "the sentences it cites do not support it")


async def _is_supported(text: str, evidence: Sequence[Evidence], quotes: Mapping[int, str], scorer: Scorer) -> bool:
    """Whether the checker finds the support of `text` again, in the very sentences that it cites."""
    told = citations.read(text).text.strip()
    kind = units.kind(told)
    if kind in _BLOCKS:
        blocks = [_BLOCKS[kind](told, [each]) for each in evidence]
        return all(_is_same(block, quotes[each.number]) for block, each in zip(blocks, evidence, strict=True))
    words = citations.plain(told)
    found = {each.evidence.number: each for each in await support.find(words, evidence, (), scorer)}
    left = [each for each in evidence if not _is_same(found.get(each.number), quotes[each.number])]
    if all(_judged(words, quotes[each.number], [each]) for each in left):
        return True
    return _judged(words, " ".join(quotes.values()), evidence)


def _judged(words: str, quote: str, evidence: Sequence[Evidence]) -> bool:
    passages = [each.found.passage for each in evidence]
    context = "\n".join(f"{' '.join(passage.heading_path)}\n{passage.text}" for passage in passages)
    return grounding.judge(words, quote, context=context, language=passages[0].language).supported


def _is_same(found: Support | None, quote: str) -> bool:
    return found is not None and _flat(found.quote) == _flat(quote)


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", text)
