"""What `WWW-Authenticate` says: nothing without a token, and never a character that would end the phrase."""

from __future__ import annotations

from pageside.errors import Unauthorized
from pageside.identity.denial import TokenDenied, challenge


def test_without_a_token_no_error_is_named():
    """As RFC 6750 asks."""
    assert challenge(Unauthorized("Sign in.")) == 'Bearer realm="pageside"'


def test_a_reason_cannot_say_more_than_it_is():
    """Quotes, backslashes, lines and what is not ASCII are left out."""
    told = challenge(TokenDenied('a "b" \\c\r\nX-User-ID: eve é', reason="x"))

    assert told == 'Bearer realm="pageside", error="invalid_token", error_description="a b cX-User-ID: eve "'
