"""A SQLite connection in a thread of its own, sent on as few errands as will do.

It has the shape that SQLAlchemy's aiosqlite dialect asks of its driver. aiosqlite itself sends its thread off anew for
every cursor, statement, fetch and close, and to roll back what was committed: that costs more than the statements.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Self, TypeVar

Result = TypeVar("Result")
Parameters = Sequence[object]
_Value = str | float | bytes | None
_Errand = tuple[asyncio.Future[Any] | None, Callable[[], object]]


class Cursor:
    """A statement and its rows, which the errand that executes it brings along."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        """Nothing executed yet."""
        self.description: object = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._connection = connection
        self._rows: list[tuple[object, ...]] = []

    async def __aenter__(self) -> Self:
        """Takes nothing: a cursor is made with its statement."""
        return self

    async def execute(self, statement: str, parameters: Parameters = ()) -> None:
        """Executes one statement."""
        await self._connection.run(lambda connection: self._keep(connection.execute(statement, parameters)))

    async def executemany(self, statement: str, parameters: Iterable[Parameters]) -> None:
        """Executes one statement with each of the parameters."""
        await self._connection.run(lambda connection: self._keep(connection.executemany(statement, parameters)))

    async def fetchall(self) -> Sequence[tuple[object, ...]]:
        """Every row."""
        return self._rows

    async def close(self) -> None:
        """Gives nothing back: a cursor is closed with its last row."""

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self.description, self.lastrowid = cursor.description, cursor.lastrowid
        self._rows = cursor.fetchall() if cursor.description else []
        self.rowcount = cursor.rowcount
        cursor.close()


class Connection:
    """A connection and its thread, which takes one errand after the other.

    An errand is carried out even when nobody waits for it any more, and whatever is asked next comes after it.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """A connection that is opened, by `connect` and in the thread, when it is awaited."""
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._errands: SimpleQueue[_Errand | None] = SimpleQueue()
        self._may_be_in_transaction = False

    def __await__(self) -> Generator[object, None, Self]:
        """Opens it."""
        return self._opened().__await__()

    def __del__(self) -> None:
        """Ends the thread of a connection that nobody closed."""
        self.stop()

    def cursor(self) -> Cursor:
        """A cursor that has executed nothing."""
        return Cursor(self)

    async def run(self, errand: Callable[[sqlite3.Connection], Result]) -> Result:
        """What `errand` gives, which is carried out in the thread.

        Raises:
            sqlite3.Error: As `errand`, or because the connection is closed.
        """
        connection = self._connection
        if connection is None:
            raise sqlite3.OperationalError("connection closed")
        return await self._sent(lambda: errand(connection))

    async def begin(self, statement: str, *, unless: Callable[[], bool]) -> bool:
        """Begins a transaction, and gives whether it has begun.

        Args:
            statement: What begins it.
            unless: Asked in the thread, on the same errand.

        Raises:
            sqlite3.Error: It cannot begin.
        """

        def errand(connection: sqlite3.Connection) -> bool:
            if unless():
                return False
            if connection.in_transaction:
                connection.rollback()
            connection.execute(statement)
            return True

        self._may_be_in_transaction = True
        return await self.run(errand)

    async def commit(self) -> None:
        """Stores the transaction, if there is one; what cannot be stored is rolled back.

        Raises:
            sqlite3.Error: It cannot be stored.
        """
        if self._may_be_in_transaction:
            self._may_be_in_transaction = False
            await self.run(_commit)

    async def rollback(self) -> None:
        """Ends the transaction, if there is one, without waiting for its end, which nothing can stop."""
        if self._may_be_in_transaction and self._connection is not None:
            self._may_be_in_transaction = False
            self._errands.put((None, self._connection.rollback))

    async def create_function(
        self,
        name: str,
        arguments: int,
        function: Callable[..., _Value],
        *,
        deterministic: bool = False,
    ) -> None:
        """Adds a function that statements may call; in the thread, as everything."""
        await self.run(lambda opened: opened.create_function(name, arguments, function, deterministic=deterministic))

    async def close(self) -> None:
        """Closes it, after everything that was asked before."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._sent(connection.close)
            self._errands.put(None)

    def stop(self) -> None:
        """As `close`, for whoever cannot wait."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._errands.put((None, connection.close))
            self._errands.put(None)

    async def _opened(self) -> Self:
        threading.Thread(target=_carry_out, args=(self._errands,), name="pageside-sqlite", daemon=True).start()
        try:
            self._connection = await self._sent(self._connect)
        except BaseException:
            self._errands.put(None)
            raise
        return self

    async def _sent(self, errand: Callable[[], Result]) -> Result:
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._errands.put((answer, errand))
        return await answer


def _carry_out(errands: SimpleQueue[_Errand | None]) -> None:
    while (sent := errands.get()) is not None:
        answer, errand = sent
        outcome, failure = None, None
        try:
            outcome = errand()
        except BaseException as error:  # for whoever waits; the thread goes on
            failure = error
        if answer is not None:
            with suppress(RuntimeError):  # the loop is closed, and nobody waits any more
                answer.get_loop().call_soon_threadsafe(_settle, answer, outcome, failure)
        del sent, answer, errand, outcome, failure  # none of them is kept until the next errand


def _settle(answer: asyncio.Future[Any], outcome: object, failure: BaseException | None) -> None:
    if answer.done():  # whoever asked has left
        return
    if failure is None:
        answer.set_result(outcome)
    else:
        answer.set_exception(failure)


def _commit(connection: sqlite3.Connection) -> None:
    try:
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
