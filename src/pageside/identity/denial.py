"""Why a token is not believed: in words for whoever holds it, and with details for whoever runs the server."""

from __future__ import annotations

import re

from pageside.errors import Unauthorized
from pageside.phrases.phrase import Phrase

REALM = "pageside"
_UNSAID = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")


class TokenDenied(Unauthorized):
    """A token came along and proves nothing; nothing of it stands in the message.

    Attributes:
        reason: A stable name, for the log.
        detail: What the message leaves out, for the person who runs the server.
    """

    code = "invalid_token"

    def __init__(self, message: str | Phrase, *, reason: str, detail: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.detail = detail


def challenge(error: Unauthorized) -> str:
    """What `WWW-Authenticate` says beside a denial.

    Source: RFC 6750, section 3: without a token, no error is named; `error_description` has neither quotes nor
    backslashes.
    """
    if not isinstance(error, TokenDenied):
        return f'Bearer realm="{REALM}"'
    return f'Bearer realm="{REALM}", error="invalid_token", error_description="{_UNSAID.sub("", str(error))}"'
