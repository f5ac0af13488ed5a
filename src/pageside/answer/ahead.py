"""Reading a stream while what has come of it is still worked on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

Piece = TypeVar("Piece")


@dataclass(frozen=True, slots=True)
class _End:
    """How a stream ended."""

    error: Exception | None = None


@asynccontextmanager
async def reading(source: AsyncGenerator[Piece, None], *, limit: int) -> AsyncIterator[AsyncGenerator[Piece, None]]:
    """`source`, read in a task of its own; leaving closes it, wherever it is.

    Pieces and an error come in their order.

    Args:
        limit: Pieces that are read before the first of them is taken; the source then waits.
    """
    read: asyncio.Queue[Piece | _End] = asyncio.Queue(limit)
    task = asyncio.create_task(_read(source, read))
    try:
        async with aclosing(_taken(read)) as pieces:
            yield pieces
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _read(source: AsyncGenerator[Piece, None], read: asyncio.Queue[Piece | _End]) -> None:
    end = _End()
    try:
        async with aclosing(source) as pieces:
            async for piece in pieces:
                await read.put(piece)
    except Exception as error:  # it is raised where the pieces are taken, behind those before it
        end = _End(error)
    await read.put(end)


async def _taken(read: asyncio.Queue[Piece | _End]) -> AsyncGenerator[Piece, None]:
    while True:
        piece = await read.get()
        if not isinstance(piece, _End):
            yield piece
        elif piece.error is None:
            return
        else:
            raise piece.error
