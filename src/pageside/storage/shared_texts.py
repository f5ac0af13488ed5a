"""Texts that processes share in Redis, each for a while; what cannot be had there is simply not there."""

from __future__ import annotations

from datetime import timedelta

from pageside.storage.redis_server import RedisServer, RedisUnavailable


class SharedTexts:
    """Texts under names."""

    def __init__(self, server: RedisServer, *, prefix: str) -> None:
        """Texts whose keys begin with `prefix`."""
        self._server = server
        self._prefix = prefix

    async def get(self, name: str) -> bytes | None:
        """What is kept under `name`; None where nothing is, or the server is away."""
        try:
            found = (await self._server.ask([("GET", self._prefix + name)]))[0]
        except RedisUnavailable:
            return None
        return found if isinstance(found, bytes) else None

    async def put(self, name: str, text: bytes, *, lasting: timedelta) -> None:
        """Keeps `text` under `name`, where the server is there."""
        try:
            await self._server.ask([("SET", self._prefix + name, text, "EX", int(lasting.total_seconds()))])
        except RedisUnavailable:
            return
