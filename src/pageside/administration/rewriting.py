"""Which sections of the book confuse their readers: what to rewrite first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import RowMapping, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.administration import confusion
from pageside.administration.scoping import within
from pageside.administration.values import PassageLine, Period, Scope, Section
from pageside.conversation.noting import SERVER
from pageside.identity.ownership import mine
from pageside.storage.tables import turns

_MOST: Final = 1000


async def passages(connection: AsyncConnection, scope: Scope, period: Period, *, limit: int) -> Sequence[PassageLine]:
    """The sections to which questions led, those that confuse most readers first.

    A question leads to the section that its answer cites first; one without an answer, to the nearest. It went wrong
    where the book had no answer or only a near one, where the answer was unsure or disliked, and where its reader soon
    asked again. Readers are counted, not questions, so that nobody outweighs others by asking much.
    """
    declined = turns.c.outcome == "not_in_book"
    closest = turns.c.outcome == "closest"
    again = turns.c.asked_again == 1
    disliked = turns.c.negative == 1
    unsure = and_(turns.c.outcome == "answered", turns.c.confidence < confusion.UNSURE)
    wrong = or_(declined, closest, again, disliked, unsure)
    found = await connection.execute(
        select(
            turns.c.book,
            turns.c.page,
            turns.c.anchor,
            func.max(turns.c.title).label("title"),
            func.max(turns.c.url).label("url"),
            func.count().label("questions"),
            func.count(turns.c.reader_hash.distinct()).label("readers"),
            func.count(case((wrong, turns.c.reader_hash)).distinct()).label("confused"),
            func.sum(case((declined, 1), else_=0)).label("declined"),
            func.sum(case((closest, 1), else_=0)).label("closest"),
            func.sum(case((unsure, 1), else_=0)).label("unsure"),
            func.sum(turns.c.asked_again).label("asked_again"),
            func.sum(turns.c.positive).label("positive"),
            func.sum(turns.c.negative).label("negative"),
        )
        .where(mine(turns, SERVER), within(turns, scope, period), turns.c.page.is_not(None))
        .group_by(turns.c.book, turns.c.page, turns.c.anchor)
    )
    lines = [_line(row) for row in found.mappings()]
    lines.sort(key=lambda line: (-line.confusion, -line.questions, line.section.page, line.section.anchor))
    return lines[: max(1, min(limit, _MOST))]


def _line(row: RowMapping) -> PassageLine:
    told = {name: int(row[name]) for name in ("questions", "closest", "declined", "negative", "asked_again", "unsure")}
    return PassageLine(
        section=Section(row["book"], row["page"], row["anchor"] or "", row["title"], row["url"]),
        readers=row["readers"],
        positive=int(row["positive"]),
        confusion=confusion.lower_bound(row["confused"], row["readers"]),
        why=confusion.reasons(**told),
        **told,
    )
