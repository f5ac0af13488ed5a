"""Which request a reader's key stood for: a row written with the first thing the request changed, kept for a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.conversation.alongside import Claim
from pageside.conversation.busy import RequestUnderWay
from pageside.conversation.turn import Turn
from pageside.identity import roll
from pageside.identity.ownership import mine, owner
from pageside.phrases import refusals
from pageside.storage.tables import requests

KEPT_FOR = timedelta(hours=24)
FORGOTTEN = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A request that was carried out.

    Attributes:
        item_id: The first item it stored; None where it stored none, or another thing first.
        result: What a JSON operation answered; None for a stream and until it is known, empty when it is forgotten.
    """

    digest: str
    thread_id: str | None
    item_id: str | None
    result: str | None
    created_at: datetime


async def find(connection: AsyncConnection, claim: Claim, turn: Turn) -> Remembered | None:
    """The request that the reader's key stands for, if it was carried out within a day."""
    found = await connection.execute(
        select(requests).where(
            mine(requests, turn), requests.c.key == claim.key, requests.c.created_at > ids.now() - KEPT_FOR
        )
    )
    row: Row[tuple[object, ...]] | None = found.one_or_none()
    return None if row is None else Remembered(row.digest, row.thread_id, row.item_id, row.result, row.created_at)


async def write(connection: AsyncConnection, claim: Claim, turn: Turn, *, item_id: str | None = None) -> None:
    """Stores the claim, and what it answered where that is known; takes the reader's old rows away.

    Raises:
        RequestUnderWay: Another request under the same key came first.
    """
    # PostgreSQL lets two requests with one key wait for each other here, so that the second sees what the first did.
    await connection.execute(delete(requests).where(mine(requests, turn), requests.c.created_at < ids.now() - KEPT_FOR))
    insert: Callable[..., sqlite.Insert | postgresql.Insert] = (
        sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    )
    told = insert(requests).values(
        **owner(turn),
        key=claim.key,
        claimant=claim.id,
        digest=claim.digest,
        thread_id=claim.thread_id,
        item_id=item_id,
        result=claim.result,
        created_at=ids.now(),
    )
    done = await connection.execute(
        told.on_conflict_do_update(
            index_elements=list(requests.primary_key),
            set_={"result": told.excluded.result},
            where=and_(mine(requests, turn), requests.c.claimant == claim.id),
        ).returning(requests.c.key)
    )
    if done.one_or_none() is None:
        raise under_way()
    await roll.enrol(connection, turn)


async def blot(connection: AsyncConnection, thread_ids: Sequence[str], turn: Turn) -> None:
    """Forgets what requests about the threads answered; that they were carried out is still known."""
    await connection.execute(
        update(requests).where(mine(requests, turn), requests.c.thread_id.in_(thread_ids)).values(result=FORGOTTEN)
    )


def under_way(retry_after_s: int = 1) -> RequestUnderWay:
    """What to raise where the same request is being carried out elsewhere."""
    return RequestUnderWay(refusals.UNDER_WAY, retry_after_s=retry_after_s)
