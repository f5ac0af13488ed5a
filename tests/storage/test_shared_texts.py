"""Texts that processes share in Redis."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta

from pageside.storage import redis_address
from pageside.storage.redis_server import RedisServer
from pageside.storage.shared_texts import SharedTexts

HOUR = timedelta(hours=1)


@asynccontextmanager
async def shared(url):
    server = RedisServer(redis_address.parse(url))
    try:
        yield SharedTexts(server, prefix="pageside:test:")
    finally:
        await server.aclose()


async def test_what_one_process_keeps_another_finds(valkey):
    """Byte for byte, for as long as it was to last."""
    async with shared(valkey.url) as one, shared(valkey.url) as other:
        await one.put("a", b"\x00text\xff", lasting=HOUR)

        assert await other.get("a") == b"\x00text\xff"
        assert await other.get("b") is None
    assert valkey.ask("TTL", "pageside:test:a").strip() in {":3600", ":3599", ":3598"}


async def test_without_the_server_nothing_is_there():
    """Which is no error: what is shared can be had anew."""
    async with shared("redis://127.0.0.1:1") as alone:
        await alone.put("a", b"text", lasting=HOUR)

        assert await alone.get("a") is None
