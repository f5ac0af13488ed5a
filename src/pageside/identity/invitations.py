"""The way into the administration where no token has a role: a link good once, then a cookie for a while."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import SecretStr

from pageside.identity.looker import Looker

LINK_LIFETIME: Final = timedelta(minutes=10)
STAY_LIFETIME: Final = timedelta(hours=8)
LONGEST: Final = 4096

_Told = Literal["link", "stay"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link or a cookie says.

    Attributes:
        id: Unguessable; by it a link is known to have been used.
        at: When it was made.
    """

    id: str
    looker: Looker
    at: datetime


class Invitations:
    """Writes and reads links and cookies; nobody can write one without the server's secret."""

    def __init__(self, secret: SecretStr) -> None:
        self._signers = {
            told: URLSafeTimedSerializer(
                secret.get_secret_value(),
                salt=f"pageside.administration.{told}",
                signer_kwargs={"digest_method": hashlib.sha256},
            )
            for told in ("link", "stay")
        }

    def link(self, looker: Looker) -> str:
        """The token of a link that opens the administration once; for `LINK_LIFETIME`."""
        return self._written("link", looker)

    def stay(self, looker: Looker) -> str:
        """The value of the cookie of somebody who came in; for `STAY_LIFETIME`."""
        return self._written("stay", looker)

    def read_link(self, token: str) -> Invitation | None:
        """What the token of a link says; None where it is forged, damaged or too old. It may have been used."""
        return self._read("link", token, LINK_LIFETIME)

    def read_stay(self, value: str) -> Invitation | None:
        """What the cookie says; None where it is forged, damaged or too old."""
        return self._read("stay", value, STAY_LIFETIME)

    def _written(self, told: _Told, looker: Looker) -> str:
        return str(
            self._signers[told].dumps([secrets.token_hex(16), looker.who, looker.organisation, looker.reads_text])
        )

    def _read(self, told: _Told, token: str, lifetime: timedelta) -> Invitation | None:
        if len(token) > LONGEST:
            return None
        try:
            said, at = self._signers[told].loads(token, max_age=int(lifetime.total_seconds()), return_timestamp=True)
            name, who, organisation, reads_text = said
        except (BadSignature, ValueError, TypeError, RecursionError):
            return None
        return Invitation(name, Looker(who, organisation, bool(reads_text)), at.astimezone(UTC))
