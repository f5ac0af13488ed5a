"""Addresses of attachments that prove by themselves what they allow: short-lived, sealed, for one file and one use.

A token says to this server whose file it is, and to nobody else: it is encrypted, and of one length for most readers.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
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
_Payload = tuple[str, str, int, int, str]
_PAYLOAD: TypeAdapter[_Payload] = TypeAdapter(_Payload)
_KEY_BYTES: Final = 64
_STEP: Final = 128  # bytes; lengths are rounded up to it, lest they tell how long a reader's id is


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
        """Addresses sealed with `secret`.

        Args:
            public_url: Where clients reach this server; empty for the address a request came to.
            preview_lifetime: At most; an address lives half of it at least.
        """
        self._seals = {use: AESSIV(_key(secret, use)) for use in _USES}
        self._public_url = public_url
        self._upload_lifetime = upload_lifetime
        self._preview_lifetime = preview_lifetime
        self._now = now

    def upload(self, attachment_id: str, turn: Turn, *, size: int, mime_type: str) -> str:
        """Where the bytes of an attachment may be sent, once."""
        ends = int((self._now() + self._upload_lifetime).timestamp())
        token = self._sealed("upload", Permit(attachment_id, turn.reader, size, mime_type), ends)
        return f"{self._root(turn)}/{attachment_id}?token={token}"

    def preview(self, attachment_id: str, turn: Turn) -> str:
        """Where a picture can be seen without a cookie; the same for a while, so that browsers fetch it once."""
        half = max(1, int(self._preview_lifetime.total_seconds()) // 2)
        ends = (int(self._now().timestamp()) // half + 2) * half
        token = self._sealed("preview", Permit(attachment_id, turn.reader), ends)
        return f"{self._root(turn)}/{attachment_id}/preview?token={token}"

    def permit(self, use: _Use, attachment_id: str, token: str) -> Permit:
        """What `token` allows.

        Raises:
            NotFound: It is forged, of another attachment or use, or its time is over.
        """
        try:
            plain = self._seals[use].decrypt(
                base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), [_whole(attachment_id)]
            )
            organisation, subject, size, ends, mime_type = _PAYLOAD.validate_json(plain)
        except (InvalidTag, ValidationError, ValueError, binascii.Error):
            raise _not_allowed() from None
        if ends <= self._now().timestamp():
            raise _not_allowed()
        return Permit(attachment_id, Reader(subject=subject, organisation=organisation), size, mime_type)

    def _sealed(self, use: _Use, permit: Permit, ends: int) -> str:
        """The same for the same permit, so that a browser knows an address again.

        Source: RFC 5297, 1.3.3: without a nonce, the same text is sealed the same way, and nothing else is told.
        """
        reader = permit.reader
        payload = json.dumps([reader.organisation, reader.subject, permit.size, ends, permit.mime_type]).encode()
        padded = payload.ljust(-(-len(payload) // _STEP) * _STEP)
        sealed = self._seals[use].encrypt(padded, [_whole(permit.attachment_id)])
        return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")

    def _root(self, turn: Turn) -> str:
        return f"{self._public_url or turn.origin or _NOWHERE}{PATH}"


def _key(secret: SecretStr, use: _Use) -> bytes:
    """Source: RFC 5869; one key for each use, none of them the secret itself."""
    derived = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=f"pageside.{use}".encode())
    return derived.derive(secret.get_secret_value().encode())


def _whole(attachment_id: str) -> bytes:
    return attachment_id.encode("utf-8", "surrogatepass")


def _not_allowed() -> NotFound:
    return NotFound("There is nothing at this address, or no longer; ask for a new one.")
