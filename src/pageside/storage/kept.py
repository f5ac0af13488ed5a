"""Small values under keys, for a time: in this process, or in the Redis that processes share."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol

from pageside.storage.redis_server import RedisServer, RedisUnavailable

MAX_BYTES: Final = 256_000  # of one value; a larger one is not kept


class Kept(Protocol):
    """Keeps values for as long as it was made to; one that is lost is only missed."""

    async def get(self, key: str) -> bytes | None:
        """The value under `key`; None where there is none any more."""
        ...

    async def put(self, key: str, value: bytes) -> None:
        """Keeps `value` under `key`."""
        ...


class KeptHere:
    """In this process, the least used forgotten first.

    Args:
        entries: How many values at most.
    """

    def __init__(self, *, lasts: timedelta, entries: int = 1000, now: Callable[[], float] = time.monotonic) -> None:
        self._lasts_s = lasts.total_seconds()
        self._entries = entries
        self._now = now
        self._values: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    async def get(self, key: str) -> bytes | None:
        until, value = self._values.get(key, (0.0, b""))
        if until <= self._now():
            self._values.pop(key, None)
            return None
        self._values.move_to_end(key)
        return value

    async def put(self, key: str, value: bytes) -> None:
        if len(value) > MAX_BYTES:
            return
        self._values[key] = (self._now() + self._lasts_s, value)
        self._values.move_to_end(key)
        while len(self._values) > self._entries:
            self._values.popitem(last=False)


class KeptThere:
    """In Redis; while that is away, nothing is kept and nothing found.

    Args:
        prefix: In front of every key.
    """

    def __init__(self, server: RedisServer, *, prefix: str, lasts: timedelta) -> None:
        self._server = server
        self._prefix = prefix
        self._lasts_ms = round(lasts.total_seconds() * 1000)

    async def get(self, key: str) -> bytes | None:
        try:
            (found,) = await self._server.ask([("GET", self._prefix + key)])
        except RedisUnavailable:
            return None
        return found if isinstance(found, bytes) else None

    async def put(self, key: str, value: bytes) -> None:
        if len(value) > MAX_BYTES:
            return
        try:
            await self._server.ask([("SET", self._prefix + key, value, "PX", self._lasts_ms)])
        except RedisUnavailable:
            return
