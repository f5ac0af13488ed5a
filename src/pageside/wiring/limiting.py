"""Settings to who may ask, how often, at what cost and what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from pageside.answer.moderating import EndpointModerator
from pageside.conversation.allowance import Allowance
from pageside.conversation.budgets import Budget, Budgets, Prices
from pageside.conversation.moderation import Moderation
from pageside.conversation.usages import Usages
from pageside.errors import SettingsError
from pageside.limiting.limiter import Limiter, Rules
from pageside.settings import Settings
from pageside.storage import redis_address
from pageside.storage.engine import Database
from pageside.storage.redis_server import RedisServer

# What is counted is needed before anything else is done; without Redis it is counted here at once.
_PATIENCE: Final = timedelta(seconds=1)


@asynccontextmanager
async def open_limiter(settings: Settings) -> AsyncIterator[Limiter]:
    """The limiter of this process, which counts together with others where there is a Redis."""
    if settings.redis_url is None:
        yield Limiter(rules(settings))
        return
    server = RedisServer(
        redis_address.parse(settings.redis_url.get_secret_value()), timeout=_PATIENCE, name="limits_redis"
    )
    try:
        yield Limiter(rules(settings), redis=server)
    finally:
        await server.aclose()


@asynccontextmanager
async def open_allowance(settings: Settings, database: Database, limiter: Limiter) -> AsyncIterator[Allowance]:
    """Who may ask: within limits and budgets, and what a moderator lets through.

    Raises:
        SettingsError: A moderation model is named, but neither a key nor an endpoint.
    """
    moderator = _moderator(settings)
    try:
        yield Allowance(
            limiter=limiter,
            budgets=_budgets(settings, database),
            usages=Usages(database),
            prices=_prices(settings),
            moderation=Moderation(moderator, outage=settings.moderation_outage),
        )
    finally:
        if moderator is not None:
            await moderator.aclose()


def _budgets(settings: Settings, database: Database) -> Budgets | None:
    reader = Budget(tokens=settings.reader_tokens_a_day, cost=settings.reader_cost_a_day)
    server = Budget(tokens=settings.server_tokens_a_day, cost=settings.server_cost_a_day)
    costs = settings.openai_api_key is not None or bool(settings.openai_base_url)
    if not costs or Budget() == reader == server:
        return None
    return Budgets(database, reader=reader, server=server, prices=_prices(settings))


def _prices(settings: Settings) -> Prices:
    return Prices(input=settings.input_price, output=settings.output_price, beside=settings.beside_price)


def _moderator(settings: Settings) -> EndpointModerator | None:
    if not settings.moderation_model:
        return None
    key = settings.moderation_api_key or settings.openai_api_key
    base_url = settings.moderation_base_url or settings.openai_base_url
    if key is None and not base_url:
        raise SettingsError(
            "PAGESIDE_MODERATION_MODEL: set PAGESIDE_MODERATION_API_KEY or PAGESIDE_MODERATION_BASE_URL too, or "
            "OPENAI_API_KEY or OPENAI_BASE_URL, for there is nothing to send messages to."
        )
    return EndpointModerator(model=settings.moderation_model, api_key=key, base_url=base_url)


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
