"""A reader's own conversations that hold the words they look for, those they last wrote in first."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from unicodedata import normalize

from anyio.to_thread import run_sync
from sqlalchemy import Row, case, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.conversation import cursors
from pageside.conversation.turn import Turn
from pageside.errors import InvalidInput
from pageside.identity.ownership import mine
from pageside.phrases import refusals
from pageside.storage import words
from pageside.storage.engine import Database
from pageside.storage.tables import items, threads

MAX_QUERY_CHARS: Final = 200
MAX_WORDS: Final = 12
MAX_PAGE_SIZE: Final = 100

_WORD: Final = re.compile(r'"([^"]*)"|(\S+)')
_BEFORE: Final = 60  # characters of an extract
_AFTER: Final = 140


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an extract, and whether it is one of the words that were looked for."""

    text: str
    match: bool


@dataclass(frozen=True, slots=True)
class Extract:
    """Where in a conversation most of the words stand.

    Attributes:
        kind: Type of the item.
        parts: One line of it, to be joined.
    """

    item_id: str
    kind: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation; `extract` is None where its title alone holds the words, or none were looked for."""

    id: str
    title: str | None
    created_at: datetime
    updated_at: datetime
    extract: Extract | None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """`cursor` is what comes after; None at the end."""

    found: tuple[Found, ...]
    cursor: str | None


async def find(database: Database, query: str, turn: Turn, *, limit: int = 20, cursor: str | None = None) -> FoundPage:
    """Those of the reader's conversations in whose title and messages every word of `query` stands.

    Case, accents and compatibility forms do not count, a part of a word is enough, and words between double quotes
    must follow each other. Without words all conversations are found.

    Args:
        limit: Longest page, 1 to 100.
        cursor: Of the page before.

    Raises:
        InvalidInput: `query` is too long, or `cursor` is no cursor.
        StoreUnavailable: The database cannot be read.
    """
    looked_for = wanted(query)
    place = tuple_(threads.c.activity, threads.c.id)
    behind = [place < cursors.require(cursor)[::-1]] if cursor is not None else []
    listed = (
        select(threads)
        .where(
            mine(threads, turn),
            *behind,
            *(
                or_(
                    threads.c.title_words.contains(word, autoescape=True),
                    select(items.c.id)
                    .where(mine(items, turn), items.c.thread_id == threads.c.id)
                    .where(items.c.words.contains(word, autoescape=True))
                    .exists(),
                )
                for word in looked_for
            ),
        )
        .order_by(threads.c.activity.desc(), threads.c.id.desc())
        .limit(limit + 1)
    )
    async with database.reading(turn.reader) as connection:
        rows = (await connection.execute(listed)).all()
        shown = rows[:limit]
        best = await _best(connection, [row.id for row in shown], looked_for, turn)
    extracts = await run_sync(_extracts, best, looked_for)
    return FoundPage(
        tuple(Found(row.id, row.title, row.created_at, row.updated_at, extracts.get(row.id)) for row in shown),
        cursors.write(shown[-1].id, shown[-1].activity) if len(rows) > limit else None,
    )


def wanted(query: str) -> tuple[str, ...]:
    """The words and phrases of `query`, folded, each once; of very many, the longest.

    Raises:
        InvalidInput: It is longer than queries are.
    """
    if len(query) > MAX_QUERY_CHARS:
        raise InvalidInput(refusals.QUERY_TOO_LONG.of(most=MAX_QUERY_CHARS, length=len(query)))
    found = (" ".join((quoted or plain).split()) for quoted, plain in _WORD.findall(words.fold(query)))
    distinct = dict.fromkeys(word for word in found if word)
    return tuple(sorted(distinct, key=len, reverse=True)[:MAX_WORDS])


def extract(text: str, looked_for: Sequence[str]) -> tuple[Part, ...]:
    """One line of `text` around the first of the words that stands in it; nothing where none does."""
    text = " ".join(normalize("NFC", text).split())
    folded = words.fold(text)
    at = next((place for place in map(folded.find, looked_for) if place >= 0), -1)
    if at < 0:
        return ()
    ends = words.ends(text)
    here = bisect_right(ends, at)
    start, stop = _start(text, here), _stop(text, here)
    spans = _merged([span for word in looked_for for span in _places(folded, word, ends, start, stop)])
    parts = [Part("…", match=False)] if start else []
    last = start
    for begin, end in spans:
        parts += [Part(text[last:begin], match=False), Part(text[begin:end], match=True)]
        last = end
    parts += [Part(text[last:stop] + ("…" if stop < len(text) else ""), match=False)]
    return tuple(part for part in parts if part.text)


async def _best(
    connection: AsyncConnection, thread_ids: Sequence[str], looked_for: Sequence[str], turn: Turn
) -> Sequence[Row[tuple[object, ...]]]:
    """Of each thread the item in which most of the words stand, of several the last."""
    if not thread_ids or not looked_for:
        return ()
    holds = [items.c.words.contains(word, autoescape=True) for word in looked_for]
    number = sum((case((each, 1), else_=0) for each in holds[1:]), case((holds[0], 1), else_=0))
    order = [number.desc(), items.c.seq.desc()]
    ranked = (
        select(items, func.row_number().over(partition_by=items.c.thread_id, order_by=order).label("rank"))
        .where(mine(items, turn), items.c.thread_id.in_(thread_ids), or_(*holds))
        .subquery()
    )
    return (await connection.execute(select(ranked).where(ranked.c.rank == 1))).all()


def _extracts(rows: Sequence[Row[tuple[object, ...]]], looked_for: Sequence[str]) -> Mapping[str, Extract]:
    found = {}
    for row in rows:
        parts = next((cut for text in words.texts(row.type, row.data) if (cut := extract(text, looked_for))), ())
        found[str(row.thread_id)] = Extract(str(row.id), str(row.type), parts)
    return found


def _places(folded: str, word: str, ends: Sequence[int], start: int, stop: int) -> list[tuple[int, int]]:
    """Where in the text, between `start` and `stop`, the word stands."""
    found = []
    at = folded.find(word, ends[start - 1] if start else 0)
    while at >= 0 and (begin := bisect_right(ends, at)) < stop:
        found.append((begin, min(stop, bisect_right(ends, at + len(word) - 1) + 1)))
        at = folded.find(word, at + len(word))
    return found


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _start(text: str, here: int) -> int:
    """Where an extract begins: with a word, where one begins nearby."""
    earliest = max(0, here - _BEFORE)
    space = text.find(" ", earliest, here) if earliest else -1
    return space + 1 if space >= 0 else earliest


def _stop(text: str, here: int) -> int:
    latest = min(len(text), here + _AFTER)
    space = text.rfind(" ", here + _AFTER // 2, latest) if latest < len(text) else -1
    return space if space >= 0 else latest
