"""Settings to who may ask how often."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from pageside.limiting.limiter import Limiter, Rules
from pageside.settings import Settings
from pageside.storage import redis_address
from pageside.storage.redis_server import RedisServer

# What is counted is needed before anything else is done; without Redis it is counted here at once.
_PATIENCE: Final = timedelta(milliseconds=500)


@asynccontextmanager
async def open_limiter(settings: Settings) -> AsyncIterator[Limiter]:
    """The limiter of this process, which counts together with others where there is a Redis."""
    if settings.redis_url is None:
        yield Limiter(rules(settings))
        return
    server = RedisServer(redis_address.parse(settings.redis_url.get_secret_value()), timeout=_PATIENCE)
    try:
        yield Limiter(rules(settings), redis=server)
    finally:
        await server.aclose()


def rules(settings: Settings) -> Rules:
    """How often each may do what."""
    return Rules(
        {
            ("chat", "reader"): settings.limit_chat_reader,
            ("chat", "session"): settings.limit_chat_session,
            ("chat", "address"): settings.limit_chat_address,
            ("sessions", "reader"): settings.limit_sessions_reader,
            ("sessions", "session"): settings.limit_sessions_session,
            ("sessions", "address"): settings.limit_sessions_address,
            ("uploads", "reader"): settings.limit_uploads_reader,
            ("uploads", "session"): settings.limit_uploads_session,
            ("uploads", "address"): settings.limit_uploads_address,
            ("other", "reader"): settings.limit_other_reader,
            ("other", "session"): settings.limit_other_session,
            ("other", "address"): settings.limit_other_address,
        }
    )
