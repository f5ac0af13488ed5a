"""The JSON that the commands print: a stable interface, documented in docs/reference/cli.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from pageside.answer import proof
from pageside.answer.events import Answer, Citation
from pageside.answer.proof import Digest, Proof
from pageside.knowledge.ingest import Report
from pageside.knowledge.passage import Found, Passage


class PassageRow(TypedDict):
    path: str
    heading: str
    heading_path: list[str]
    anchor: str
    url: str
    text: str
    start: int
    end: int
    labels: Mapping[str, str]


class ResultRow(TypedDict):
    path: str
    heading: str
    heading_path: list[str]
    anchor: str
    url: str
    text: str
    relevance: float


class CitationRow(TypedDict):
    marker: int
    path: str
    heading: str
    url: str
    quote: str
    relevance: float


class AnswerRow(TypedDict):
    answer: str
    citations: list[CitationRow]
    outcome: str
    confidence: float
    record: dict[str, Any]


def passage(found: Passage) -> PassageRow:
    """A passage as `pageside passages --json` prints it."""
    return PassageRow(
        path=found.path,
        heading=found.heading,
        heading_path=list(found.heading_path),
        anchor=found.anchor,
        url=found.url,
        text=found.text,
        start=found.start,
        end=found.end,
        labels=dict(found.labels),
    )


def result(found: Found) -> ResultRow:
    """A search result as `pageside search --json` prints it."""
    place = found.passage
    return ResultRow(
        path=place.path,
        heading=place.heading,
        heading_path=list(place.heading_path),
        anchor=place.anchor,
        url=place.url,
        text=place.text,
        relevance=round(found.relevance, 4),
    )


def answer(made: Answer, *, digest: Digest = proof.unknown) -> AnswerRow:
    """An answer as `pageside ask --json` prints it.

    Args:
        digest: The digest of the page at a path; empty where there is none.
    """
    return AnswerRow(
        answer=made.text,
        citations=[_citation(citation) for citation in made.citations],
        outcome=made.outcome,
        confidence=round(made.confidence, 4),
        record=Proof(**proof.fields(made, digest=digest)).model_dump(mode="json"),
    )


def _citation(citation: Citation) -> CitationRow:
    return CitationRow(
        marker=citation.marker,
        path=citation.passage.path,
        heading=citation.passage.heading,
        url=citation.url,
        quote=citation.quote,
        relevance=round(citation.relevance, 4),
    )


class ReportRow(TypedDict):
    documents: int
    passages: int
    words_in: int
    words_indexed: int
    added: int
    changed: int
    removed: int
    unchanged: int
    seconds: float
    warnings: list[str]


def report(made: Report) -> ReportRow:
    """What `pageside index --json` prints."""
    return ReportRow(
        documents=made.documents,
        passages=made.passages,
        words_in=made.words_in,
        words_indexed=made.words_indexed,
        added=made.added,
        changed=made.changed,
        removed=made.removed,
        unchanged=made.unchanged,
        seconds=round(made.seconds, 3),
        warnings=list(made.warnings),
    )
