"""The secret of a session: what only this server can write, and only the page it was given to may use."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from itsdangerous import BadData, URLSafeSerializer
from pydantic import SecretStr

from pageside.identity.denial import TokenDenied
from pageside.identity.reader import Reader

PREFIX: Final = "pgs_"
LONGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class Session:
    """What a reader may chat with, for a while.

    Attributes:
        origin: Of the pages that may use it, as a browser says it; empty where no browser began it.
        expires_at: When its secret stops being good.
    """

    id: str
    reader: Reader
    origin: str
    expires_at: datetime


class SessionSecrets:
    """Writes secrets of sessions and reads them; nobody else can write one."""

    def __init__(self, secret: SecretStr) -> None:
        self._signer = URLSafeSerializer(
            secret.get_secret_value(), salt="pageside.session", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def write(self, session: Session) -> str:
        """The secret of `session`: whose it is and how long it holds, signed; no profile stands in it."""
        who = session.reader
        told = [session.id, who.organisation, who.subject, session.origin, int(session.expires_at.timestamp())]
        return PREFIX + self._signer.dumps(told)

    def read(self, secret: str) -> Session:
        """The session that `secret` is of, expired or not.

        Raises:
            TokenDenied: This server did not write it.
        """
        if len(secret) > LONGEST:
            raise _forged()
        try:
            session_id, organisation, subject, origin, expires = self._signer.loads(secret.removeprefix(PREFIX))
        except (BadData, ValueError, TypeError, RecursionError):
            raise _forged() from None
        reader = Reader(subject=subject, organisation=organisation)
        return Session(session_id, reader, origin, datetime.fromtimestamp(expires, UTC))


def is_one(token: str) -> bool:
    """Whether `token` looks like the secret of a session, and not like somebody else's token."""
    return token.startswith(PREFIX)


def _forged() -> TokenDenied:
    return TokenDenied("The secret of the session is damaged or forged. Begin a session anew.", reason="forged")
