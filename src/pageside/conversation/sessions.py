"""Sessions of readers: begun, recognised, renewed and revoked, in every process at once because they are rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from pydantic import SecretStr
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.conversation.turn import Turn
from pageside.errors import NotFound
from pageside.identity import roll, secrets
from pageside.identity.denial import TokenDenied
from pageside.identity.ownership import mine, owner
from pageside.identity.reader import Reader
from pageside.identity.secrets import Session, SessionSecrets
from pageside.phrases import refusals
from pageside.storage.engine import Database
from pageside.storage.tables import sessions

LIFETIME: Final = timedelta(hours=1)
GRACE: Final = timedelta(days=1)
RENEWABLE_FOR: Final = timedelta(days=30)


class Sessions:
    """The sessions of all readers, in `database`."""

    def __init__(
        self,
        database: Database,
        secret: SecretStr,
        *,
        lifetime: timedelta = LIFETIME,
        grace: timedelta = GRACE,
        renewable_for: timedelta = RENEWABLE_FOR,
        now: Callable[[], datetime] = ids.now,
    ) -> None:
        """Sessions whose secrets are signed with `secret`.

        Args:
            lifetime: Of a secret.
            grace: How long after that it can still be exchanged for a new one.
            renewable_for: How long after its beginning a session can be renewed.
        """
        self._database = database
        self._secrets = SessionSecrets(secret)
        self._lifetime = lifetime
        self._grace = grace
        self._renewable_for = renewable_for
        self._now = now

    async def begin(self, reader: Reader, *, origin: str) -> tuple[Session, str]:
        """A new session of the reader's, and its secret.

        Their profile comes along, and their roles do not: a secret that lies in a page is for chatting.

        Args:
            origin: Of the page that will use it; empty for any.

        Raises:
            StoreUnavailable: The database cannot be written.
        """
        now = self._now()
        session = Session(ids.new("ses"), replace(reader, roles=frozenset()), origin, now + self._lifetime)
        turn = Turn(reader=reader)
        async with self._database.transaction(reader) as connection:
            await prune(connection, turn, now=now)
            await roll.enrol(connection, turn)
            await connection.execute(
                insert(sessions).values(
                    **owner(turn),
                    id=session.id,
                    profile=dict(reader.profile),
                    created_at=now,
                    expires_at=session.expires_at + self._grace,
                )
            )
        return session, self._secrets.write(session)

    async def recognise(self, secret: str, *, origin: str) -> Session:
        """The session that `secret` is of, which has neither expired nor been revoked.

        Args:
            origin: Of the page that sent it; empty where no browser said.

        Raises:
            TokenDenied: It proves nothing any more, or not here.
            StoreUnavailable: The database cannot be read.
        """
        session = self._read(secret, origin)
        if session.expires_at <= self._now():
            raise TokenDenied(refusals.SESSION_EXPIRED, reason="expired")
        turn = Turn(reader=session.reader)
        async with self._database.reading(session.reader) as connection:
            found = await connection.execute(
                select(sessions.c.profile).where(mine(sessions, turn), sessions.c.id == session.id)
            )
            row = found.one_or_none()
        return _with_profile(session, row)

    async def renew(self, secret: str, *, origin: str, named: str) -> tuple[Session, str]:
        """The same session for a while longer, and a new secret.

        Args:
            secret: Of the session, expired by less than the grace time.
            origin: As in `recognise`.
            named: The id of the session that is meant, or a secret of it.

        Raises:
            TokenDenied: The secret proves nothing any more, or not here.
            NotFound: Another session is meant.
            StoreUnavailable: The database cannot be written.
        """
        now, session = self._now(), self.renewable(secret, origin)
        if (self._secrets.read(named).id if secrets.is_one(named) else named) != session.id:
            raise NotFound("There is no such session.")
        longer = replace(session, expires_at=max(session.expires_at, now + self._lifetime))
        turn = Turn(reader=session.reader)
        async with self._database.transaction(session.reader) as connection:
            found = await connection.execute(
                update(sessions)
                .where(mine(sessions, turn), sessions.c.id == session.id)
                .where(sessions.c.created_at > now - self._renewable_for)
                .values(expires_at=longer.expires_at + self._grace)
                .returning(sessions.c.profile)
            )
            row = found.one_or_none()
        renewed = _with_profile(longer, row)
        return renewed, self._secrets.write(renewed)

    async def revoke(self, secret: str, *, origin: str) -> None:
        """Ends the session: none of its secrets is good any more, in any process.

        Raises:
            TokenDenied: The secret proves nothing any more, or not here.
            StoreUnavailable: The database cannot be written.
        """
        session = self.renewable(secret, origin)
        turn = Turn(reader=session.reader)
        async with self._database.transaction(session.reader) as connection:
            done = await connection.execute(
                delete(sessions).where(mine(sessions, turn), sessions.c.id == session.id).returning(sessions.c.id)
            )
            if done.one_or_none() is None:
                raise _ended()
            await roll.strike(connection, turn)

    def renewable(self, secret: str, origin: str) -> Session:
        """The session that `secret` is of, by what is signed alone: it may have been revoked.

        Raises:
            TokenDenied: It proves nothing any more, or not here.
        """
        session = self._read(secret, origin)
        if session.expires_at + self._grace <= self._now():
            raise TokenDenied("The session expired too long ago to be renewed. Begin a new one.", reason="expired")
        return session

    def _read(self, secret: str, origin: str) -> Session:
        session = self._secrets.read(secret)
        if origin and session.origin and origin != session.origin:
            raise TokenDenied(
                "The session was begun by a page of another site. Begin one from this site.",
                reason="origin",
                detail=f"begun at {session.origin}",
            )
        return session


async def prune(connection: AsyncConnection, turn: Turn, *, now: datetime) -> None:
    """Takes away the reader's sessions that can no longer be renewed."""
    await connection.execute(delete(sessions).where(mine(sessions, turn), sessions.c.expires_at <= now))


def is_secret(token: str) -> bool:
    """Whether `token` looks like the secret of a session."""
    return secrets.is_one(token)


def _with_profile(session: Session, row: Row[tuple[Mapping[str, str]]] | None) -> Session:
    if row is None:
        raise _ended()
    return replace(session, reader=replace(session.reader, profile=MappingProxyType(dict(row.profile))))


def _ended() -> TokenDenied:
    return TokenDenied(refusals.SESSION_ENDED, reason="ended")
