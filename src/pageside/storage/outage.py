"""What it means when a database does not do its work: for a reader, for the log, and whether it is ours to mend."""

from __future__ import annotations

import socket
import sqlite3
import ssl
from collections.abc import Iterator

import asyncpg
from asyncpg.exceptions import TargetServerAttributeNotMatched
from sqlalchemy import exc

from pageside.errors import StoreUnavailable
from pageside.phrases import refusals
from pageside.storage.address import Address

# Classes and codes of SQLSTATE: the server, its configuration or its load stands in the way, not our statement.
_OUTAGES = (
    *("08", "28", "3D", "3F", "40", "53", "57", "58", "XX"),
    *("25006", "25P03", "25P04", "42P01", "55P03", "0A000"),
)
_DENIED = "42501"
_WORDS = {
    "28P01": "{place} does not accept the password of role {role}",
    "28000": "{place} does not let role {role} in",
    "3D000": "there is no database {database} at {place}",
    "3F000": "database {database} at {place} has no schema chatkit that role {role} may use",
    "42P01": "database {database} at {place} lacks a table",
    "42P07": "schema chatkit of database {database} at {place} holds what is not Pageside's: {said}",
    "42501": "role {role} lacks a right: {said}",
    "53300": "{place} has no connection left for role {role}",
    "55P03": "another transaction kept its lock for too long",
    "57014": "a statement took too long and was cancelled",
    "57P03": "{place} is starting up or shutting down",
}


_MIGRATE = "Run `pageside migrate`, as the role that owns the schema."
_REMEDIES = {
    "28P01": "Correct the role or its password in DATABASE_URL.",
    "28000": "Let the role in by pg_hba.conf, or correct it in DATABASE_URL.",
    "3D000": "Create the database, or correct its name in DATABASE_URL.",
    "3F000": _MIGRATE,
    "42P01": _MIGRATE,
    "42P07": "Use another database, or rename the schema.",
    "42501": "Grant the role its rights, as in the guide to PostgreSQL.",
    "53300": "Allow the role more connections, or lower PAGESIDE_DATABASE_POOL_SIZE.",
}


class Outage(Exception):
    """Why the database does not do its work, for the log and for the person who runs it; it holds no password.

    Attributes:
        remedy: What to do about it, where that is known.
        lacks_tables: Whether all it needs is to be migrated.
    """

    def __init__(self, reason: str, *, remedy: str = "") -> None:
        super().__init__(reason)
        self.remedy = remedy
        self.lacks_tables = remedy == _MIGRATE


def gone() -> StoreUnavailable:
    """What a reader is told."""
    return StoreUnavailable(refusals.STORE_AWAY)


def is_sqlite_outage(error: BaseException) -> bool:
    """Whether SQLite's file, not our statement, is the cause."""
    if isinstance(error, exc.IntegrityError | exc.ProgrammingError | exc.DataError | exc.NotSupportedError):
        return False
    return isinstance(error, exc.DatabaseError | exc.InterfaceError | exc.TimeoutError | sqlite3.Error)


def is_postgres_outage(error: BaseException) -> bool:
    """Whether the server or the way to it, not our statement, is the cause."""
    if isinstance(error, OSError | TimeoutError | exc.TimeoutError | exc.InterfaceError | asyncpg.InterfaceError):
        return True
    if is_confused(error):
        return True
    state = sqlstate(error)
    if state == _DENIED:
        # Row-level security speaks under the same code; a row that it refuses is a mistake of ours.
        return any(getattr(cause, "server_source_function", "") == "aclcheck_error" for cause in _causes(error))
    return state.startswith(_OUTAGES)


def is_confused(error: BaseException) -> bool:
    """Whether the driver has lost its place: a server that shuts down speaks between two statements, unasked."""
    return any(isinstance(cause, asyncpg.InternalClientError) for cause in _causes(error))


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code for the error, or nothing."""
    return next((cause.sqlstate for cause in _causes(error) if isinstance(cause, asyncpg.PostgresError)), "") or ""


def outage(error: BaseException, address: Address) -> Outage:
    """The error, explained."""
    return Outage(explained(error, address), remedy=_REMEDIES.get(sqlstate(error), ""))


def explained(error: BaseException, address: Address) -> str:
    """What is wrong and with what, in a sentence without its full stop."""
    if special := next(filter(None, (_of_the_way(cause, address.place) for cause in _causes(error))), ""):
        return special
    said = str(list(_causes(error))[-1]).partition("\n")[0]
    words = _WORDS.get(sqlstate(error), "{place}: {said}")
    return words.format(
        place=address.place,
        role=repr(address.role) if address.role else "of this process",
        database=repr(address.database or address.role),
        said=said,
    )


def _of_the_way(cause: BaseException, place: str) -> str:
    """What is wrong with the way to the server, if that is what the cause says."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate of {place} is not trusted: {cause.verify_message}"
    if isinstance(cause, socket.gaierror):
        return f"the host of {place} is not known"
    if isinstance(cause, ConnectionRefusedError) or "Connect call failed" in str(cause):
        return f"nothing answers at {place}"
    if isinstance(cause, TargetServerAttributeNotMatched):
        return f"no server at {place} is of the kind that target_session_attrs asks for"
    if isinstance(cause, asyncpg.InternalClientError):
        return f"{place} closed a connection that was in use"
    if isinstance(cause, FileNotFoundError):
        return f"no server has its socket at {place}"
    if isinstance(cause, TimeoutError):
        return f"{place} did not answer in time"
    if "rejected SSL upgrade" in str(cause):
        return f"{place} does not speak TLS, which the URL asks for"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__
