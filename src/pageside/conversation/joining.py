"""A transaction of a turn, with what has to be stored or lost together with the turn's own rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from chatkit.types import ThreadItem, UserMessageItem
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.conversation import leases, remembered
from pageside.conversation.alongside import Claim, Seat
from pageside.conversation.turn import Turn
from pageside.storage.engine import Database


@asynccontextmanager
async def transaction(
    database: Database, turn: Turn, *, item: ThreadItem | None = None
) -> AsyncIterator[AsyncConnection]:
    """One unit of work that writes the reader's rows: with the turn's first its key, with its message its claim.

    Args:
        item: The item that the block writes, if it writes one.

    Raises:
        RequestUnderWay: Another request under the same key came first.
        Busy: Another process is answering in the thread.
        StoreUnavailable: The database cannot be reached or written.
    """
    claim, seat = _due(turn, item), _promised(turn, item)
    async with AsyncExitStack() as stack:
        if seat is None:
            connection = await stack.enter_async_context(database.transaction(turn.reader))
        else:
            connection = await leases.transaction(stack, database, seat, turn)
        if claim is not None:
            await remembered.write(connection, claim, turn, item_id=None if item is None else item.id)
        yield connection
    if claim is not None:
        claim.written = True
    if seat is not None:
        seat.taken = True


def _due(turn: Turn, item: ThreadItem | None) -> Claim | None:
    claim = turn.alongside.claim
    if claim is None or claim.written or (claim.with_message and not isinstance(item, UserMessageItem)):
        return None
    return claim


def _promised(turn: Turn, item: ThreadItem | None) -> Seat | None:
    seat = turn.alongside.seat
    return seat if seat is not None and not seat.taken and isinstance(item, UserMessageItem) else None
