"""The public keys of an identity provider: fetched, kept, and looked for anew when a token names one that is new."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import anyio
import httpx2
import structlog
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from pageside.errors import Unavailable
from pageside.identity.denial import TokenDenied

log = structlog.get_logger(__name__)

FRESH_FOR: Final = timedelta(minutes=5)
NOT_AGAIN_FOR: Final = timedelta(seconds=10)
NEVER_HAD_AGAIN_FOR: Final = timedelta(seconds=2)  # nobody can sign in meanwhile
TIMEOUT_S: Final = 5.0

_LARGEST: Final = 500_000
_MOST_KEYS: Final = 100
_KINDS: Final = {"RS": "RSA", "PS": "RSA", "Ed": "OKP"}
_FAILURES: Final = (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError, RecursionError)
_CURVES: Final = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


class KeysUnavailable(Unavailable):
    """The provider's keys were never had, so that no token can be checked."""

    code = "keys_unavailable"


@dataclass(frozen=True, slots=True)
class _Fetched:
    keys: Mapping[tuple[str, str], Sequence[PyJWK]]
    at: float


class KeySet:
    """The keys published at one address; what was fetched last is good for as long as nothing newer can be had.

    Attributes:
        failing: Whether they could not be had when they were last asked for.
    """

    def __init__(
        self,
        url: str,
        algorithms: Sequence[str],
        *,
        client: httpx2.AsyncClient | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is fetched yet.

        Args:
            url: Of a JSON Web Key Set.
            algorithms: Those that tokens may be signed with.
            clock: In seconds.
        """
        self._url = url
        self._algorithms = algorithms
        self._client = client or httpx2.AsyncClient(timeout=TIMEOUT_S, headers={"Accept": "application/json"})
        self._clock = clock
        self._fetching = anyio.Lock()
        self._fetched: _Fetched | None = None
        self._tried = float("-inf")
        self.failing = False

    async def find(self, kid: str, algorithm: str) -> PyJWK:
        """The key of that name and kind; without a name, the only one of its kind.

        Raises:
            TokenDenied: There is none.
            KeysUnavailable: None was ever had.
        """
        if self._fetched is None or self._clock() - self._fetched.at > FRESH_FOR.total_seconds():
            await self._fetch(wait=self._fetched is None)
        key = self._pick(kid, algorithm)
        if key is None and await self._fetch(wait=True):
            key = self._pick(kid, algorithm)
        if key is None:
            raise TokenDenied(
                "The token is signed with a key that its issuer does not publish. Sign in again.",
                reason="unknown_key",
                detail=f"no key of JWT_JWKS_URL has that kid and is for {algorithm}",
            )
        return key

    async def check(self) -> int:
        """How many keys can be had now, for the person who runs the server.

        Raises:
            KeysUnavailable: None; the message says why.
        """
        try:
            return len(usable(await self._document(), self._algorithms))
        except _FAILURES as error:
            raise KeysUnavailable(f"{type(error).__name__}: {error}") from error

    async def aclose(self) -> None:
        """Closes its connections."""
        await self._client.aclose()

    def _pick(self, kid: str, algorithm: str) -> PyJWK | None:
        if self._fetched is None:
            raise KeysUnavailable("Sign-ins cannot be checked at the moment. Please try again in a little while.")
        if kid:
            named = self._fetched.keys.get((kid, algorithm), ())
        else:
            named = [key for (_, kind), keys in self._fetched.keys.items() if kind == algorithm for key in keys]
        return named[0] if len(named) == 1 else None

    async def _fetch(self, *, wait: bool) -> bool:
        """Whether there is something newer; one at a time, and not again at once, whoever asks.

        Args:
            wait: For a fetch that is under way, instead of going on with what there is.
        """
        if not wait and self._fetching.locked():
            return False
        before = self._fetched
        async with self._fetching:
            if self._fetched is not before:
                return True
            pause = NEVER_HAD_AGAIN_FOR if before is None else NOT_AGAIN_FOR
            if self._clock() - self._tried < pause.total_seconds():
                return False
            self._tried = self._clock()
            try:
                keys = usable(await self._document(), self._algorithms)
            except _FAILURES as error:
                self.failing = True
                log.warning("keys_not_fetched", why=type(error).__name__, known=before is not None)
                return False
            self._fetched, self.failing = _Fetched(keys, self._clock()), False
            return True

    async def _document(self) -> object:
        body = b""
        with anyio.fail_after(2 * TIMEOUT_S):
            async with self._client.stream("GET", self._url) as response:
                if response.status_code != httpx2.codes.OK:
                    raise ValueError(f"status {response.status_code}")
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > _LARGEST:
                        raise ValueError("too large a key set")
        return json.loads(body)


def usable(document: object, algorithms: Sequence[str]) -> Mapping[tuple[str, str], Sequence[PyJWK]]:
    """The keys of a key set that check signatures of those kinds, by name and kind; a shared secret never does.

    Raises:
        ValueError: There are none.
    """
    listed = document.get("keys") if isinstance(document, dict) else None
    found: dict[tuple[str, str], list[PyJWK]] = {}
    for told in listed[:_MOST_KEYS] if isinstance(listed, list) else ():
        if not isinstance(told, dict) or told.get("use", "sig") != "sig":
            continue
        kid = told.get("kid", "")
        for algorithm in algorithms:
            if isinstance(kid, str) and _fits(told, algorithm):
                with suppress(PyJWTError, TypeError, ValueError):
                    key = PyJWK(told, algorithm)
                    found.setdefault((kid, algorithm), []).append(key)
    if not found:
        raise ValueError("no key of the set is of a kind that is allowed")
    return found


def _fits(told: Mapping[str, object], algorithm: str) -> bool:
    """Whether a key may be used so: its kind and curve say so, and what it says of itself does not forbid it."""
    if told.get("alg", algorithm) != algorithm:
        return False
    if algorithm in _CURVES:
        return (told.get("kty"), told.get("crv")) == ("EC", _CURVES[algorithm])
    return told.get("kty") == _KINDS.get(algorithm[:2])
