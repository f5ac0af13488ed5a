"""Reports as CSV that spreadsheets open and do not calculate."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from pageside.administration.values import (
    OUTCOMES,
    BookSum,
    Counts,
    DaySum,
    FeedbackLine,
    LookedAt,
    PassageLine,
    QuestionGroup,
    ReaderSum,
    Section,
    ThreadLine,
)

Cell = str | int | float | date | None
Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
                    "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
_COUNTS: Final = (
    "questions", "readers", "threads", *OUTCOMES, "cached", "first_ms_p50", "first_ms_p95", "whole_ms_p50",
    "whole_ms_p95", "input_tokens", "output_tokens", "beside_tokens", "cost", "positive", "negative",
)  # fmt: skip
_PLACE: Final = ("book", "section", "page", "address")


def written(table: Table) -> str:
    """The table as a file.

    Source: RFC 4180; OWASP, CSV Injection. The mark in front tells spreadsheets that it is UTF-8.
    """
    header, rows = table
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + file.getvalue()


def safe(cell: Cell) -> str | int | float:
    """The cell, with an apostrophe in front of text that a spreadsheet would take for a formula."""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULAS) else cell
    return "" if cell is None else cell


def days(told: Iterable[DaySum]) -> Table:
    """A row for each day."""
    return ("day", *_COUNTS), ([each.day, *_counts(each.counts)] for each in told)


def books(told: Iterable[BookSum]) -> Table:
    """A row for each book."""
    return ("book", *_COUNTS), ([each.book, *_counts(each.counts)] for each in told)


def readers(told: Iterable[ReaderSum]) -> Table:
    """A row for each reader, under the name made for reports."""
    return ("reader", "questions", "threads", "tokens", "cost", "last"), (
        [each.reader_hash, each.turns, each.threads, each.tokens, _cost(each.millionths), each.last] for each in told
    )


def threads(told: Iterable[ThreadLine]) -> Table:
    """A row for each conversation."""
    header = (
        "thread", "reader", "organisation", "book", "started", "last", "messages", "questions", *OUTCOMES,
        "positive", "negative", "tokens", "cost", "first_ms_p50",
    )  # fmt: skip
    return header, (
        [
            each.id, each.reader_hash, each.organisation, each.book, each.started, each.last, each.messages, each.turns,
            *(each.outcomes.get(name, 0) for name in OUTCOMES),
            each.positive, each.negative, each.tokens, _cost(each.millionths), each.first_ms_p50,
        ]
        for each in told
    )  # fmt: skip


def feedback(told: Iterable[FeedbackLine]) -> Table:
    """A row for each opinion."""
    return ("at", "opinion", "book", "outcome", "confidence", "reader", "thread", "answer", "sections"), (
        [
            each.at, each.kind, each.book, each.outcome, round(each.confidence, 3), each.reader_hash, each.thread_id,
            each.item_id, " ".join(section.url for section in each.sections),
        ]
        for each in told
    )  # fmt: skip


def unanswered(told: Iterable[QuestionGroup]) -> Table:
    """A row for each group of questions; never the questions themselves."""
    return ("words", "questions", "readers", "last", *OUTCOMES, *_PLACE), (
        [
            " ".join(each.words), each.turns, each.readers, each.last,
            *(each.outcomes.get(name, 0) for name in OUTCOMES), *_place(each.nearest),
        ]
        for each in told
    )  # fmt: skip


def passages(told: Iterable[PassageLine]) -> Table:
    """A row for each section."""
    header = (
        *_PLACE, "questions", "readers", "closest", "declined", "negative", "positive", "asked_again", "unsure",
        "confusion", "why",
    )  # fmt: skip
    return header, (
        [
            *_place(each.section), each.questions, each.readers, each.closest, each.declined, each.negative,
            each.positive, each.asked_again, each.unsure, round(each.confusion, 3), " ".join(each.why),
        ]
        for each in told
    )  # fmt: skip


def audit(told: Iterable[LookedAt]) -> Table:
    """A row for each look."""
    return ("at", "who", "what", "thread", "reader", "reason"), (
        [each.at, each.who, each.what, each.thread_id, each.reader_hash, each.reason] for each in told
    )


def _counts(told: Counts) -> list[Cell]:
    return [
        told.turns, told.readers, told.threads, *(told.outcomes.get(name, 0) for name in OUTCOMES), told.cached,
        told.first_ms_p50, told.first_ms_p95, told.whole_ms_p50, told.whole_ms_p95, told.input_tokens,
        told.output_tokens, told.beside_tokens, _cost(told.millionths), told.positive, told.negative,
    ]  # fmt: skip


def _cost(millionths: int) -> float:
    return millionths / 1_000_000


def _place(section: Section | None) -> list[Cell]:
    return [None] * len(_PLACE) if section is None else [section.book, section.title, section.page, section.url]
