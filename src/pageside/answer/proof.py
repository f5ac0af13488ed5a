"""The proof an answer carries: which of its words rest on which sentence of the book, kept so that anybody can check.

A proof is data alone and holds together without the book: `faults` says where it does not. What the book says to it is
the question of `pageside.answer.proving`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Self
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field

from pageside.answer import citations, file_search
from pageside.answer.events import Answer, Citation, Claim, Outcome
from pageside.knowledge import healing
from pageside.knowledge.healing import Anchor
from pageside.knowledge.library.texts import LIBRARY

Digest = Callable[[str], str]

_FORM: Final = "1"  # of what a seal covers
_CITATION: Final = tuple(
    """
    marker path heading heading_path anchor url quote start end prefix suffix passage_id passage_start passage_end
    text_sha256 page_sha256
    """.split()  # noqa: SIM905 - read more easily as words
)
_DIRECTIVE: Final = ":~:"


def unknown(_: str) -> str:
    """For those who know no page's digest."""
    return ""


class KeptClaim(BaseModel):
    """See `Claim`."""

    model_config = ConfigDict(frozen=True)

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    markers: tuple[int, ...] = ()
    strength: float = 0.0

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """`claim`, to be stored."""
        return cls(start=claim.start, end=claim.end, markers=claim.markers, strength=claim.strength)


class KeptCitation(BaseModel):
    """One citation as it is stored; what says where it stood is empty in records of before it was kept.

    Attributes:
        labels: Those of the passage when it was cited.
        start: First character of `quote` in the passage's text; `end` is one past its last.
        prefix: What stands before the quote in the passage, `healing.CONTEXT_CHARS` characters or as many as there are.
        suffix: What stands behind it, likewise.
        passage_start: First character of the passage in the page's source; `passage_end` is one past its last.
        text_sha256: Of the passage's text, in UTF-8.
        page_sha256: Of the page's file; empty where it was not known.

    Source: W3C Web Annotation Data Model, 4.2.4 (TextQuoteSelector) and 4.2.5 (TextPositionSelector).
    """

    model_config = ConfigDict(frozen=True)

    marker: int
    path: str
    heading: str
    url: str
    quote: str
    relevance: float
    labels: Mapping[str, str] = Field(default_factory=dict)
    heading_path: tuple[str, ...] = ()
    anchor: str = ""
    passage_id: str = ""
    start: int = 0
    end: int = 0
    prefix: str = ""
    suffix: str = ""
    passage_start: int = 0
    passage_end: int = 0
    text_sha256: str = ""
    page_sha256: str = ""

    @classmethod
    def of(cls, citation: Citation, *, digest: Digest = unknown) -> Self:
        """`citation`, without the passage's text.

        Args:
            digest: The digest of the page at a path; empty where there is none.
        """
        passage = citation.passage
        # A citation that does not say where its quote begins means the first place it stands at.
        stands = passage.text.startswith(citation.quote, citation.start)
        start = citation.start if stands else max(0, passage.text.find(citation.quote))
        prefix, suffix = healing.context(passage.text, start, start + len(citation.quote))
        return cls(
            marker=citation.marker,
            path=passage.path,
            heading=passage.heading,
            url=citation.url,
            quote=citation.quote,
            relevance=citation.relevance,
            labels=dict(passage.labels),
            heading_path=passage.heading_path,
            anchor=passage.anchor,
            passage_id=passage.id,
            start=start,
            end=start + len(citation.quote),
            prefix=prefix,
            suffix=suffix,
            passage_start=passage.start,
            passage_end=passage.end,
            text_sha256=healing.sha256(passage.text),
            page_sha256=digest(passage.path),
        )

    @property
    def is_of_book(self) -> bool:
        """Whether it cites the book, and no file of the reader's or other place that the book does not hold."""
        return file_search.FILE not in self.labels and LIBRARY not in self.labels

    @property
    def target(self) -> Anchor:
        """What healing looks for."""
        return Anchor(
            path=self.path,
            heading_path=self.heading_path or (self.heading,),
            url=self.url,
            quote=self.quote,
            start=self.start,
            prefix=self.prefix,
            suffix=self.suffix,
            passage_id=self.passage_id,
        )


class Proof(BaseModel):
    """How an answer came out, what it states, and what that rests on.

    Attributes:
        checker: Version of the checker that judged the claims; empty where none did.
        seal: SHA-256 over the answer's text and all of this; empty in records of before there was one. It finds what
            was changed by accident or without care; who seals anew is found by the book.
    """

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    confidence: float
    citations: tuple[KeptCitation, ...]
    claims: tuple[KeptClaim, ...] = ()
    checker: str = ""
    repaired: int = 0
    dropped: int = 0
    marked: int = 0
    seal: str = ""


def fields(answer: Answer, *, digest: Digest = unknown) -> dict[str, Any]:
    """The fields of a `Proof` of `answer`, sealed.

    Args:
        digest: The digest of the page at a path; empty where there is none.
    """
    told = Proof(
        outcome=answer.outcome,
        confidence=answer.confidence,
        citations=tuple(KeptCitation.of(each, digest=digest) for each in answer.citations),
        claims=tuple(map(KeptClaim.of, answer.claims)),
        checker=answer.checker,
        repaired=answer.repaired,
        dropped=answer.dropped,
        marked=answer.marked,
    )
    sealed = told.model_copy(update={"seal": seal(answer.text, told)})
    return {name: getattr(sealed, name) for name in Proof.model_fields}


def seal(text: str, proof: Proof) -> str:
    """The seal of `proof` for an answer of `text`: the same for a proof as it is kept and as REST tells it."""
    told = [
        text,
        proof.outcome,
        _share(proof.confidence),
        [[each.start, each.end, each.markers, _share(each.strength)] for each in proof.claims],
        [[*(getattr(each, name) for name in _CITATION), _share(each.relevance)] for each in proof.citations],
        [proof.checker, proof.repaired, proof.dropped, proof.marked],
    ]
    # NUL is kept by no database of ours, and is the one character that a text loses there.
    written = json.dumps(told, separators=(",", ":")).replace("\\u0000", "")
    return f"{_FORM}:{healing.sha256(written)}"


def faults(text: str, proof: Proof, *, links: Mapping[int, str] | None = None) -> Iterator[str]:
    """Where an answer and its proof do not hold together, in words for a person.

    Args:
        links: The addresses that the shown markers lead to, by marker, where they are known.
    """
    if proof.seal and proof.seal != seal(text, proof):
        yield "the answer or its record was changed after it was made: the seal does not fit"
    known = {each.marker: each for each in proof.citations}
    if len(known) != len(proof.citations):
        yield "two sources have the same number"
    for claim in proof.claims:
        yield from _claim_faults(text, claim, known)
    for citation in proof.citations:
        yield from _citation_faults(citation, (links or {}).get(citation.marker))
    covered = {marker for claim in proof.claims for marker in claim.markers}
    shown = citations.read(text).numbers if proof.claims else ()
    for marker in (*shown, *(number for number in links or {} if number not in shown)):
        if marker not in known or marker not in covered:
            yield f"[{marker}] stands in the answer, and no claim of the record rests on it"
    for marker in known.keys() - covered if proof.claims else ():
        yield f"[{marker}] is a source on which nothing rests"


def _claim_faults(text: str, claim: KeptClaim, known: Mapping[int, KeptCitation]) -> Iterator[str]:
    if not claim.start < claim.end <= len(text):
        yield f"a claim is said to stand at {claim.start} to {claim.end}, where the answer has no such words"
        return
    shown = frozenset(citations.read(text[claim.start : claim.end]).numbers)
    if shown != frozenset(claim.markers):
        yield f"the record gives the claim at {claim.start} other sources than the answer shows"
    for marker in claim.markers:
        if marker not in known:
            yield f"the claim at {claim.start} rests on [{marker}], which is no source of the answer"


def _citation_faults(citation: KeptCitation, link: str | None) -> Iterator[str]:
    if citation.text_sha256 and citation.end - citation.start != len(citation.quote):
        yield f"[{citation.marker}]: the quote is not as long as the record says"
    if link is not None and citation.is_of_book and not _leads_there(link, citation.url):
        yield f"[{citation.marker}]: its marker leads elsewhere than its source stands"


def _leads_there(link: str, url: str) -> bool:
    """Whether an absolute `link` is `url` below some site."""
    shown, wanted = _plain(link), _plain(url)
    return shown == wanted or (wanted.startswith("/") and shown.endswith(wanted))


def _plain(url: str) -> str:
    page, directive, term = url.partition(_DIRECTIVE)
    return unquote(page) + directive + term


def _share(value: float) -> str:
    """As REST tells it."""
    return f"{min(1.0, max(0.0, value)):.4f}"
