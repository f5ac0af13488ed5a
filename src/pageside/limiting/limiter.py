"""Who may ask how often, and what they are told when it was too often."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import structlog
from limits import RateLimitItem, parse_many
from limits.aio.strategies import MovingWindowRateLimiter

from pageside.errors import TooManyRequests
from pageside.limiting.windows import Clock, LocalWindows, SharedWindows
from pageside.phrases import refusals, times
from pageside.phrases.phrase import Phrase
from pageside.storage.redis_server import RedisServer, RedisUnavailable
from pageside.telemetry import metrics

log = structlog.get_logger(__name__)

Kind = Literal["chat", "sessions", "uploads", "other"]
Whose = Literal["reader", "session", "address"]

_DOING: Final[Mapping[Kind, Phrase]] = {
    "chat": refusals.QUESTIONS,
    "sessions": refusals.SESSION_REQUESTS,
    "uploads": refusals.UPLOADS,
    "other": refusals.REQUESTS,
}
_FROM: Final[Mapping[Whose, Phrase]] = {
    "reader": refusals.FROM_YOU,
    "session": refusals.FROM_THIS_PAGE,
    "address": refusals.FROM_YOUR_NETWORK,
}
_IPV6_NETWORK: Final = 64  # bits that one household or school is given; it may use any address within them


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to a limit.

    Attributes:
        limit: Requests in a window.
        window_s: Length of the window.
        remaining: Requests that are left.
        reset_s: Seconds until the next is let through, where none is left; else until one more is left.
    """

    limit: int
    window_s: int
    remaining: int
    reset_s: int


class LimitReached(TooManyRequests):
    """Somebody asked as often as they may.

    Attributes:
        standing: The limit they reached.
    """

    def __init__(self, message: Phrase, *, standing: Standing) -> None:
        super().__init__(message, retry_after_s=standing.reset_s)
        self.standing = standing


class Rules:
    """How often each may do what, in the notation of the `limits` library."""

    def __init__(self, told: Mapping[tuple[Kind, Whose], str]) -> None:
        """Rules such as `{("chat", "reader"): "20/minute, 400/day"}`; `0` or nothing is no limit.

        Raises:
            ValueError: A rule cannot be read.
        """
        self._items = {
            (kind, whose): tuple(sorted(_parsed(text), key=lambda item: item.get_expiry()))
            for (kind, whose), text in told.items()
        }

    def of(self, kind: Kind, whose: Whose) -> Sequence[RateLimitItem]:
        """The limits of one kind of request, the shortest window first."""
        return self._items.get((kind, whose), ())


class Limiter:
    """Counts requests, together with other processes where there is a Redis.

    While Redis is away each process counts for itself, from what it has let through before.

    Attributes:
        alone: How many times this process decided alone because Redis was away.
    """

    def __init__(self, rules: Rules, *, redis: RedisServer | None = None, clock: Clock = time.monotonic) -> None:
        """A limiter that has seen nobody.

        Args:
            redis: Where processes share what they count; it should be asked with little patience.
        """
        self.alone = 0
        self._rules = rules
        self._clock = clock
        self._local_windows = LocalWindows(clock=clock)
        self._local = MovingWindowRateLimiter(self._local_windows)
        self._shared = None if redis is None else MovingWindowRateLimiter(SharedWindows(redis, clock=clock))
        self._is_alone = False

    async def require(self, kind: Kind, whose: Whose, name: str) -> None:
        """Returns if one more request is within every limit, and counts it.

        Args:
            name: Of the reader, the session or the address; without one there is no limit.

        Raises:
            LimitReached: It is not.
        """
        if not name:
            return
        key = _key(kind, whose, name)
        for item in self._rules.of(kind, whose):
            if not await self._hit(item, key):
                metrics.LIMITED.labels(kind, whose).inc()
                raise _reached(await self._standing(item, key), kind, whose)

    async def nearest(self, kind: Kind, whose: Whose, name: str) -> Standing | None:
        """How somebody stands to the limit that they will reach first; None where there is none."""
        key = _key(kind, whose, name)
        standings = await asyncio.gather(*(self._standing(item, key) for item in self._rules.of(kind, whose)))
        return min(standings, key=lambda standing: standing.remaining, default=None)

    async def _hit(self, item: RateLimitItem, key: str) -> bool:
        if self._shared is not None:
            try:
                allowed = await self._shared.hit(item, key)
            except RedisUnavailable:
                self._go_alone()
            else:
                self._come_back()
                if allowed:
                    self._local_windows.note(item.key_for(key), item.amount, item.get_expiry())
                return allowed
        return await self._local.hit(item, key)

    async def _standing(self, item: RateLimitItem, key: str) -> Standing:
        try:
            windows = self._local if self._shared is None or self._is_alone else self._shared
            stats = await windows.get_window_stats(item, key)
        except RedisUnavailable:
            stats = await self._local.get_window_stats(item, key)
        return Standing(
            limit=item.amount,
            window_s=item.get_expiry(),
            remaining=max(0, stats.remaining),
            reset_s=max(1, math.ceil(stats.reset_time - self._clock())),
        )

    def _go_alone(self) -> None:
        self.alone += 1
        if not self._is_alone:
            self._is_alone = True
            log.warning("limits_counted_alone", times=self.alone)

    def _come_back(self) -> None:
        if self._is_alone:
            self._is_alone = False
            log.info("limits_shared_again", alone=self.alone)


def network(address: str) -> str:
    """What an address is counted as: itself, or of IPv6 the network of one household or school."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, _IPV6_NETWORK), strict=False))


def _parsed(text: str) -> list[RateLimitItem]:
    return [] if text.strip() in {"", "0"} else parse_many(text)


def _key(kind: Kind, whose: Whose, name: str) -> str:
    # Neither Redis nor whoever looks into it has to know who the readers are.
    digest = hashlib.blake2b((network(name) if whose == "address" else name).encode(errors="replace"), digest_size=15)
    return f"{kind}:{whose}:{digest.hexdigest()}"


def _reached(standing: Standing, kind: Kind, whose: Whose) -> LimitReached:
    return LimitReached(
        refusals.TOO_MANY.of(
            what=_DOING[kind],
            whence=_FROM[whose],
            limit=standing.limit,
            within=_within(standing.window_s),
            wait=waiting(standing.reset_s),
        ),
        standing=standing,
    )


def _within(window_s: int) -> Phrase:
    lengths = (
        (86_400, times.WITHIN_DAYS),
        (3_600, times.WITHIN_HOURS),
        (60, times.WITHIN_MINUTES),
        (1, times.WITHIN_SECONDS),
    )
    length_s, within = next(each for each in lengths if window_s % each[0] == 0)
    return within.of(n=window_s // length_s)


def waiting(seconds: int) -> Phrase:
    """A time to wait, in words: seconds below two minutes, then whole minutes, then whole hours."""
    for length_s, name in ((3_600, times.HOURS), (60, times.MINUTES)):
        if seconds > 2 * length_s - 1:
            return name.of(n=math.ceil(seconds / length_s))
    return times.SECONDS.of(n=seconds)
