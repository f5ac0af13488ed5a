"""What is said to PostgreSQL to begin and to end a unit of work: one message each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, cast

import anyio
import asyncpg
import structlog
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.storage.owner import Owner

log = structlog.get_logger(__name__)

_IDLE_TIMEOUT = timedelta(seconds=15)  # of a transaction between two statements
_ENDING_TIMEOUT_S = 2.0
DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections there are, and how long things may take.

    Attributes:
        size: Connections kept open, by each process.
        overflow: Further ones opened while all are in use.
        wait: For a free connection, for a server that does not answer, and for another transaction's lock.
        statement: The longest time of one statement.
    """

    size: int
    overflow: int
    wait: timedelta
    statement: timedelta


class _Driver(Protocol):
    """What is used of a connection of asyncpg, which says nothing of its types."""

    def is_closed(self) -> bool: ...
    async def execute(self, query: str, *, timeout: float) -> str: ...  # noqa: ASYNC109  # the driver's own word


def begin_reading(owner: Owner | None, limits: Limits) -> str:
    """Begins a unit of work in which all statements see one state, of the owner's rows or of nobody's."""
    return f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {_configuration(owner, limits)}"


def begin_writing(owner: Owner, limits: Limits) -> str:
    """Begins a unit of work that writes the owner's rows, once every other that does has ended."""
    turnstile = f"SELECT pg_advisory_xact_lock({_turnstile(owner)})"
    return f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {_configuration(owner, limits)}; {turnstile}"


async def become(connection: AsyncConnection, owner: Owner, limits: Limits) -> None:
    """Lets the unit of work go on with another owner's rows, once every other that writes those has ended."""
    message = f"{_configuration(owner, limits)}; SELECT pg_advisory_xact_lock({_turnstile(owner)})"
    await _tell(connection, message, timeout_s=limits.wait.total_seconds() + _ENDING_TIMEOUT_S)


async def begin(connection: AsyncConnection, message: str, limits: Limits) -> None:
    """Says `message`, and waits a little longer for its answer than the server waits for a lock."""
    await _tell(connection, message, timeout_s=limits.wait.total_seconds() + _ENDING_TIMEOUT_S)


async def commit(connection: AsyncConnection, limits: Limits) -> None:
    """Stores the unit of work.

    Raises:
        InvalidRequestError: One of its statements failed and the failure was passed over, so that nothing is stored.
    """
    ended = await _tell(connection, "COMMIT", timeout_s=limits.wait.total_seconds() + _ENDING_TIMEOUT_S)
    if ended != "COMMIT":
        raise exc.InvalidRequestError("a statement of this unit of work failed, so that nothing of it was stored")


async def take_back(connection: AsyncConnection) -> None:
    """Takes everything back, whatever happens meanwhile, and keeps the connection only if that worked."""
    with anyio.CancelScope(shield=True):
        taken_back = False
        try:
            await _tell(connection, "ROLLBACK", timeout_s=_ENDING_TIMEOUT_S)
            taken_back = True
        except (OSError, exc.SQLAlchemyError, *DRIVER_ERRORS):
            log.debug("connection_given_up")
        finally:
            if not taken_back:
                await connection.invalidate()
            await connection.close()


async def is_closed(connection: AsyncConnection) -> bool:
    """Whether the way to the server is known to be broken."""
    return (await _driver(connection)).is_closed()


async def _driver(connection: AsyncConnection) -> _Driver:
    return cast("_Driver", (await connection.get_raw_connection()).driver_connection)


async def _tell(connection: AsyncConnection, message: str, *, timeout_s: float) -> str:
    # Without parameters the driver sends the text as one message, however many statements there are.
    return await (await _driver(connection)).execute(message, timeout=timeout_s)


def _configuration(owner: Owner | None, limits: Limits) -> str:
    settings = {
        "statement_timeout": _milliseconds(limits.statement),
        "lock_timeout": _milliseconds(limits.wait),
        "idle_in_transaction_session_timeout": _milliseconds(_IDLE_TIMEOUT),
    }
    if owner is not None:
        settings |= {"pageside.organisation": owner.organisation, "pageside.subject": owner.subject}
    return "SELECT " + ", ".join(f"set_config('{name}', {_literal(value)}, true)" for name, value in settings.items())


def _literal(value: str) -> str:
    # In hexadecimal no value can end the literal it stands in, whatever the server takes for a quotation mark.
    return f"convert_from(decode('{value.encode().hex()}', 'hex'), 'UTF8')"


def _milliseconds(span: timedelta) -> str:
    return str(round(span.total_seconds() * 1000))


def _turnstile(owner: Owner) -> int:
    name = f"{owner.organisation}\0{owner.subject}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)
