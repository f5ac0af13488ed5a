"""Signed proofs of who is asking: today the guest, known by nothing but a cookie only this server can make."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import SecretStr

from pageside import ids
from pageside.identity.reader import Reader

GUEST_LIFETIME = timedelta(days=365)


class Guests:
    """Mints and recognises guests; nobody can claim another's identity without the server's secret."""

    def __init__(self, secret: SecretStr) -> None:
        self._signer = URLSafeTimedSerializer(secret.get_secret_value(), salt="pageside.guest")

    def mint(self) -> tuple[Reader, str]:
        """A new random reader and the signed token that proves it."""
        reader = Reader(subject=ids.new("gst"))
        return reader, self._signer.dumps(reader.subject)

    def recognise(self, token: str) -> Reader | None:
        """The guest whom `token` proves; None where it is forged, damaged or older than a year."""
        try:
            subject = self._signer.loads(token, max_age=int(GUEST_LIFETIME.total_seconds()))
        except BadSignature:
            return None
        return Reader(subject=subject) if isinstance(subject, str) and subject.startswith("gst_") else None


def kept_secret(folder: Path) -> SecretStr:
    """The signing secret kept in `folder`: made on first use, readable by its owner alone, the same ever after.

    Raises:
        OSError: The folder cannot be written.
    """
    path = folder / "secret"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".secret-{secrets.token_hex(8)}"
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, path)  # fails where another process was first, which then holds for both
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return SecretStr(path.read_text(encoding="ascii").strip())


def found_secret(folder: Path) -> SecretStr | None:
    """The signing secret kept in `folder`; None where none was made yet."""
    try:
        return SecretStr((folder / "secret").read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
