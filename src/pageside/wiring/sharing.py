"""Settings to what processes share of their answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from pageside.conversation.capacity import Capacity
from pageside.conversation.elsewhere import Elsewhere
from pageside.conversation.runs import Runs
from pageside.settings import Settings
from pageside.storage import redis_address
from pageside.storage.redis_server import RedisServer


@asynccontextmanager
async def open_runs(settings: Settings) -> AsyncIterator[tuple[RedisServer | None, Runs]]:
    """The runs of this process, known to others where there is a Redis; one that is away leaves them at work."""
    capacity = Capacity(
        answers=settings.max_answers,
        waiting=settings.max_waiting_questions,
        patience=timedelta(seconds=settings.question_wait_s),
    )
    if settings.redis_url is None:
        yield None, Runs(capacity=capacity)
        return
    server = RedisServer(redis_address.parse(settings.redis_url.get_secret_value()))
    elsewhere = Elsewhere(server)
    try:
        async with elsewhere.open():
            yield server, Runs(elsewhere=elsewhere, capacity=capacity)
    finally:
        await server.aclose()
