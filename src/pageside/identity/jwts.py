"""Readers by the JSON Web Tokens of somebody else, who signed them: what makes one good, and why one is not.

Source: RFC 7519, section 4.1 (claims); RFC 8725, sections 2.1, 3.1 and 3.2 (algorithms are allowed by name, and a key
is good for its own kind alone).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
from jwt import PyJWK
from jwt.exceptions import PyJWTError
from pydantic import SecretStr

from pageside.identity.claims import Claims
from pageside.identity.denial import TokenDenied
from pageside.identity.keys import KeySet
from pageside.identity.reader import Reader

SHARED: Final = ("HS256", "HS384", "HS512")
PUBLIC: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
LONGEST_TOKEN: Final = 16_384

_LONGEST_KID: Final = 500
_BLOCK: Final = 64


@dataclass(frozen=True, slots=True)
class Rules:
    """What a token must be.

    Attributes:
        algorithms: It may be signed with, by name.
        issuers: One of which made it; whoever holds the key, where there are none.
        audiences: One of which it is meant for; not looked at, where there are none.
        parties: Sites for one of which it was made, where it says for which (`azp`).
        leeway: How far two clocks may be apart.
    """

    algorithms: tuple[str, ...]
    issuers: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    leeway: timedelta = timedelta(seconds=30)


class Verifier:
    """Believes tokens that keep to `rules` and bear the right signature."""

    def __init__(
        self, rules: Rules, claims: Claims, *, secret: SecretStr | None = None, keys: KeySet | None = None
    ) -> None:
        """A verifier of tokens of either kind.

        Args:
            secret: Checks `HS256` and its kin, and nothing else.
            keys: Check all others, and never those.
        """
        self._rules = rules
        self._claims = claims
        self._secret = secret
        self.keys = keys

    async def reader(self, token: str) -> Reader:
        """The reader whom `token` proves.

        Raises:
            TokenDenied: It proves nobody.
            KeysUnavailable: The keys to check it with were never had.
        """
        algorithm, kid = self._header(token)
        if algorithm in SHARED:
            claims = self._decoded(token, self._shared(), algorithm)
        elif self.keys is not None:
            claims = self._decoded(token, await self.keys.find(kid, algorithm), algorithm)
        else:
            raise _unallowed(algorithm, self._rules.algorithms)
        _require_party(claims.get("azp"), self._rules.parties)
        return self._claims.reader(claims)

    async def aclose(self) -> None:
        """Closes connections to the provider."""
        if self.keys is not None:
            await self.keys.aclose()

    def _header(self, token: str) -> tuple[str, str]:
        if len(token) > LONGEST_TOKEN:
            raise TokenDenied(
                f"The token is longer than {LONGEST_TOKEN} characters. Sign in again, with fewer claims in the token.",
                reason="too_long",
            )
        try:
            header: Mapping[str, object] = jwt.get_unverified_header(token)
        except (PyJWTError, ValueError, RecursionError):
            raise _malformed() from None
        algorithm, kid = header.get("alg"), header.get("kid", "")
        if not isinstance(algorithm, str) or not isinstance(kid, str) or len(kid) > _LONGEST_KID:
            raise _malformed()
        if algorithm not in self._rules.algorithms:
            raise _unallowed(algorithm, self._rules.algorithms)
        return algorithm, kid

    def _shared(self) -> bytes:
        if self._secret is None:
            raise _unallowed("HS256", [name for name in self._rules.algorithms if name not in SHARED])
        return padded(self._secret)

    def _decoded(self, token: str, key: bytes | PyJWK, algorithm: str) -> Mapping[str, Any]:
        rules = self._rules
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=rules.issuers or None,
                audience=rules.audiences or None,
                leeway=rules.leeway,
                options={
                    "require": ["exp"],
                    "verify_iss": bool(rules.issuers),
                    "verify_aud": bool(rules.audiences),
                    "verify_sub": False,
                    "verify_jti": False,
                    "enforce_minimum_key_length": True,
                },
            )
        except PyJWTError as error:
            raise _explained(error, token, rules) from None
        except (ArithmeticError, ValueError, TypeError, RecursionError):
            raise _malformed() from None


def padded(secret: SecretStr) -> bytes:
    """`secret` as a key, filled up as HMAC fills it up itself, so that a short one is no warning for each token.

    Whether it is too short is the settings' affair.

    Source: RFC 2104, section 2: a key is followed by zeros to the block length, 64 bytes at least.
    """
    return secret.get_secret_value().encode().ljust(_BLOCK, b"\0")


def _require_party(party: object, parties: Sequence[str]) -> None:
    """Returns if the token was made for one of `parties`, for whichever, or does not say for which."""
    if parties and party is not None and party not in parties:
        raise TokenDenied(
            "The token was made for another site. Sign in here.",
            reason="party",
            detail=f"azp is {repr(party)[:200]}; JWT_AUTHORIZED_PARTIES is {', '.join(parties)}",
        )


def _malformed() -> TokenDenied:
    return TokenDenied("The token is damaged, or is no JSON Web Token. Sign in again.", reason="malformed")


def _unallowed(algorithm: str, allowed: Sequence[str]) -> TokenDenied:
    return TokenDenied(
        "The token is signed in a way that is not allowed here. Sign in again.",
        reason="algorithm",
        detail=f"it says {algorithm[:20]!r}; JWT_ALGORITHM allows {', '.join(allowed) or 'none that has a key'}",
    )


def _explained(error: PyJWTError, token: str, rules: Rules) -> TokenDenied:
    """The denial for what PyJWT found."""
    match error:
        case jwt.ExpiredSignatureError():
            return TokenDenied("The token has expired. Sign in again.", reason="expired", detail=_when(token, "exp"))
        case jwt.ImmatureSignatureError():
            return TokenDenied(
                "The token is not valid yet. Sign in again; if that does not help, a clock is wrong.",
                reason="not_yet",
                detail=_when(token, "nbf") or _when(token, "iat"),
            )
        case jwt.InvalidAudienceError():
            return TokenDenied(
                "The token is meant for another service. Sign in here.",
                reason="audience",
                detail=f"aud is {_said(token, 'aud')}; JWT_AUDIENCE is {', '.join(rules.audiences)}",
            )
        case jwt.InvalidIssuerError():
            return TokenDenied(
                "The token comes from somebody whom this service does not believe. Sign in here.",
                reason="issuer",
                detail=f"iss is {_said(token, 'iss')}; JWT_ISSUER is {', '.join(rules.issuers)}",
            )
        case jwt.MissingRequiredClaimError():
            return _lacking(error.claim, rules)
        case jwt.InvalidSignatureError() | jwt.InvalidKeyError():
            return TokenDenied(
                "The signature of the token is wrong. Sign in again.",
                reason="signature",
                detail="it was made with another key than JWT_SECRET or JWT_JWKS_URL has",
            )
        case _:
            return _malformed()


def _lacking(claim: str, rules: Rules) -> TokenDenied:
    wanted = {"aud": f"; JWT_AUDIENCE is {', '.join(rules.audiences)}", "iss": f"; JWT_ISSUER is {rules.issuers}"}
    return TokenDenied(
        f"The token lacks the claim {claim}. Sign in again.",
        reason=f"no_{claim}",
        detail=f"every token needs {claim}{wanted.get(claim, '')}",
    )


def _said(token: str, claim: str) -> str:
    """A claim of a token that was refused, for the person who runs the server."""
    return repr(_unchecked(token).get(claim))[:200]


def _when(token: str, claim: str) -> str:
    told = _unchecked(token).get(claim)
    try:
        return f"{claim} is {datetime.fromtimestamp(float(str(told)), UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return ""


def _unchecked(token: str) -> Mapping[str, object]:
    return jwt.decode(token, options={"verify_signature": False, "verify_exp": False, "verify_nbf": False})
