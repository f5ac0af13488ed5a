"""Addresses of attachments that prove by themselves what they allow: short-lived, signed, for one file and one use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import SecretStr, TypeAdapter, ValidationError

from pageside import ids
from pageside.conversation.turn import Turn
from pageside.errors import NotFound
from pageside.identity.reader import Reader

PATH: Final = "/chatkit/attachments"
UPLOAD_LIFETIME: Final = timedelta(minutes=10)
PREVIEW_LIFETIME: Final = timedelta(hours=1)

_NOWHERE: Final = "http://localhost"  # an address must be absolute, also where no request says of which host
_Use = Literal["upload", "preview"]
_USES: Final[tuple[_Use, ...]] = ("upload", "preview")
_Payload = tuple[str, str, str, int, int, str]
_PAYLOAD: TypeAdapter[_Payload] = TypeAdapter(_Payload)


@dataclass(frozen=True, slots=True)
class Permit:
    """What an address allows, to whom.

    Attributes:
        size: Of the upload it allows, in bytes.
        mime_type: Of the upload it allows.
    """

    attachment_id: str
    reader: Reader
    size: int = 0
    mime_type: str = ""


class Links:
    """Makes and reads the addresses; nobody can make one without the server's secret."""

    def __init__(
        self,
        secret: SecretStr,
        *,
        public_url: str = "",
        upload_lifetime: timedelta = UPLOAD_LIFETIME,
        preview_lifetime: timedelta = PREVIEW_LIFETIME,
        now: Callable[[], datetime] = ids.now,
    ) -> None:
        """Addresses signed with `secret`.

        Args:
            public_url: Where clients reach this server; empty for the address a request came to.
            preview_lifetime: At most; an address lives half of it at least.
        """
        self._signers = {use: URLSafeSerializer(secret.get_secret_value(), salt=f"pageside.{use}") for use in _USES}
        self._public_url = public_url
        self._upload_lifetime = upload_lifetime
        self._preview_lifetime = preview_lifetime
        self._now = now

    def upload(self, attachment_id: str, turn: Turn, *, size: int, mime_type: str) -> str:
        """Where the bytes of an attachment may be sent, once."""
        ends = int((self._now() + self._upload_lifetime).timestamp())
        token = self._signed("upload", Permit(attachment_id, turn.reader, size, mime_type), ends)
        return f"{self._root(turn)}/{attachment_id}?token={token}"

    def preview(self, attachment_id: str, turn: Turn) -> str:
        """Where a picture can be seen without a cookie; the same for a while, so that browsers fetch it once."""
        half = max(1, int(self._preview_lifetime.total_seconds()) // 2)
        ends = (int(self._now().timestamp()) // half + 2) * half
        token = self._signed("preview", Permit(attachment_id, turn.reader), ends)
        return f"{self._root(turn)}/{attachment_id}/preview?token={token}"

    def permit(self, use: _Use, attachment_id: str, token: str) -> Permit:
        """What `token` allows.

        Raises:
            NotFound: It is forged, of another attachment or use, or its time is over.
        """
        try:
            found, organisation, subject, size, ends, mime_type = _PAYLOAD.validate_python(
                tuple(self._signers[use].loads(token))
            )
        except (BadSignature, ValidationError, TypeError):
            raise _not_allowed() from None
        if found != attachment_id or ends <= self._now().timestamp():
            raise _not_allowed()
        return Permit(attachment_id, Reader(subject=subject, organisation=organisation), size, mime_type)

    def _signed(self, use: _Use, permit: Permit, ends: int) -> str:
        reader = permit.reader
        payload = (permit.attachment_id, reader.organisation, reader.subject, permit.size, ends, permit.mime_type)
        return self._signers[use].dumps(payload)

    def _root(self, turn: Turn) -> str:
        return f"{self._public_url or turn.origin or _NOWHERE}{PATH}"


def _not_allowed() -> NotFound:
    return NotFound("There is nothing at this address, or no longer; ask for a new one.")
