"""What came of one question, as it is kept in the journal and told in the report."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from pageside.answer.events import Outcome


class Source(BaseModel):
    """A citation of an answer.

    Attributes:
        passage: Id of the passage it cites.
        exact: Whether the quote stands in that passage of the index letter by letter.
    """

    model_config = ConfigDict(frozen=True)

    marker: int
    passage: str
    path: str
    heading: str
    url: str
    quote: str
    exact: bool


class Result(BaseModel):
    """What came of one question.

    Attributes:
        key: Of the question, the configuration and the index it was asked with; see `journal.key`.
        error: Why there is no answer; empty where there is one.
        query: What the book was searched for.
        ranking: Ids of the ten best passages for it, best first.
        given: Ids of the passages the answer was made from.
        statements: Sentences of the answer that state something.
        supported: Those of them that have a citation.
        citation_recall: Share of the statements that their citations together support; None without a statement.
        citation_precision: Share of the citations that do their part; None without a citation.
        first_event_s: Seconds to the first sign of work.
        first_sentence_s: Seconds to the first checked sentence; None where there is none.
        whole_s: Seconds to the end.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    key: str
    error: str = ""
    query: str = ""
    ranking: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    outcome: Outcome = "not_in_book"
    confidence: float = 0.0
    text: str = ""
    sources: tuple[Source, ...] = ()
    statements: int = 0
    supported: int = 0
    repaired: int = 0
    dropped: int = 0
    marked: int = 0
    citation_recall: float | None = None
    citation_precision: float | None = None
    first_event_s: float = 0.0
    first_sentence_s: float | None = None
    whole_s: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    searches: int = 0
    docs: int = 0
