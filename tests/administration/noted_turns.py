"""Turns as they are noted, written past everything that notes them: for reports over many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert

from pageside import ids
from pageside.conversation.noting import SERVER
from pageside.identity.ownership import owner
from pageside.storage.engine import Database
from pageside.storage.tables import turns

FIRST = date(2026, 11, 1)


def turn(day: int = 0, *, minute: int = 0, **told: Any) -> dict[str, Any]:
    """A turn of the organisation `tu`, so many days after `FIRST`."""
    at = datetime.combine(FIRST, time(9), tzinfo=UTC) + timedelta(days=day, minutes=minute)
    plain: dict[str, Any] = {
        "id": ids.new("trn"),
        "at": at,
        "day": at.date().isoformat(),
        "home": "tu",
        "book": "",
        "reader_hash": "aaa",
        "thread_id": "t1",
        "asked_id": "q",
        "item_id": "a",
        "outcome": "answered",
        "confidence": 0.9,
        "page": "sea.md",
        "anchor": "depth",
        "title": "The sea › Depth",
        "url": "/sea#depth",
        "others": None,
        "model": "m",
        "first_ms": 100,
        "whole_ms": 200,
        **dict.fromkeys(
            ("input_tokens", "output_tokens", "beside_tokens", "millionths", "cached", "dropped", "asked_again"), 0
        ),
        "positive": 0,
        "negative": 0,
    }
    assert told.keys() <= plain.keys(), told.keys() - plain.keys()
    return {**plain, **told}


async def write(database: Database, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes them all."""
    async with database.transaction(SERVER.reader) as connection:
        for at in range(0, len(rows), 500):
            part = rows[at : at + 500]
            await connection.execute(insert(turns).values([{**owner(SERVER), **row} for row in part]))
