"""The name of a reader in logs and reports: the same everywhere, and nobody's who does not hold the server's secret."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from pydantic import SecretStr

from pageside.identity.reader import Reader

LENGTH: Final = 12  # hexadecimal digits: two of a million readers are alike once in five hundred servers


class Pseudonyms:
    """Gives readers names that cannot be guessed from a list of real ones."""

    def __init__(self, secret: SecretStr) -> None:
        self._key = hashlib.sha256(b"pageside.pseudonym\n" + secret.get_secret_value().encode()).digest()

    def of(self, reader: Reader) -> str:
        """The pseudonym of the person, whatever book they read: 12 hexadecimal digits."""
        person = reader.of_book("")
        told = f"{person.organisation}\n{person.subject}".encode(errors="replace")
        return hmac.digest(self._key, told, "sha256").hex()[:LENGTH]
