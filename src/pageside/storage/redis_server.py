"""Redis, or Valkey: how it is asked, what its absence looks like, and when it is looked for again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from pageside import backoff
from pageside.errors import Unavailable
from pageside.phrases import refusals
from pageside.storage.redis_address import RedisAddress
from pageside.telemetry import metrics

log = structlog.get_logger(__name__)

TIMEOUT = timedelta(seconds=2)
CONNECTIONS = 8
_FIRST_PAUSE_S = 0.5
_SHORTEST_PAUSE_S = 0.05
_LOOKED_EVERY_S = 0.5
_LONGEST_PAUSE_S = 5.0

TOLD = refusals.OTHERS_AWAY

Command = tuple[str | bytes | int, ...]


class RedisUnavailable(Unavailable):
    """Redis does not answer; its cause says why, for the person who runs the server."""

    code = "redis_unavailable"


class RedisServer:
    """A server that may come and go: while it is away one question at a time looks for it, and all others fail at once.

    Attributes:
        place: How it is called in the log.
        outages: How often it has gone away.
    """

    def __init__(self, address: RedisAddress, *, timeout: timedelta = TIMEOUT, name: str = "redis") -> None:
        """A server that has not been asked anything.

        Args:
            timeout: How long it may take to answer, connecting included.
            name: How the log calls it, where one process asks it for several things.
        """
        self.place = address.place
        self.outages = 0
        self._name = name
        self._lost_event, self._back_event = f"{name}_lost", f"{name}_back"
        self._timeout_s = timeout.total_seconds()
        self._asking = self._client(address, connections=CONNECTIONS)
        self._listening = self._client(address, connections=2)
        # Whoever waits here looks again whether the server is there; in the pool nobody would.
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._on_return: list[Callable[[], None]] = []
        self._failures = 0
        self._again_at = 0.0
        self._found_at: float | None = None

    async def ask(self, commands: Sequence[Command], *, patience: timedelta = timedelta(0)) -> list[Any]:
        """What the server answers to each of the commands, as the driver reads it; several are done as one, or not.

        Args:
            patience: How long the server may wait with its answer, where it is asked to wait for news.

        Raises:
            RedisUnavailable: The server does not answer, or refuses what it is asked.
        """
        if patience:
            return await self._ask(self._listening, commands, patience)
        async with self._turns:
            return await self._ask(self._asking, commands, patience)

    def on_return(self, call: Callable[[], None]) -> None:
        """Calls `call` whenever the server is back, which may have forgotten everything."""
        self._on_return.append(call)

    @property
    def up_for(self) -> timedelta:
        """How long it has answered whenever it was asked; zero while it is away."""
        if self._found_at is None:
            return timedelta(0)
        return timedelta(seconds=asyncio.get_running_loop().time() - self._found_at)

    async def pause(self) -> None:
        """Waits for as long as it is not worth asking again; half a second at most, for somebody else may find it."""
        left_s = self._again_at - asyncio.get_running_loop().time()
        await asyncio.sleep(min(max(left_s, _SHORTEST_PAUSE_S), _LOOKED_EVERY_S))

    async def healthy(self) -> bool:
        """Whether it answers now."""
        try:
            await self.ask([("PING",)])
        except RedisUnavailable:
            return False
        return True

    async def aclose(self) -> None:
        """Closes every connection."""
        for client in (self._asking, self._listening):
            await client.aclose()
            await client.connection_pool.disconnect()

    async def _ask(self, client: Redis, commands: Sequence[Command], patience: timedelta) -> list[Any]:
        now = asyncio.get_running_loop().time()
        if self._failures:
            if now < self._again_at:
                raise RedisUnavailable(TOLD)
            self._again_at = now + self._timeout_s + _LONGEST_PAUSE_S  # until this one knows more
        try:
            async with asyncio.timeout(self._timeout_s + patience.total_seconds()):
                answers = await _answers(client, commands)
        except (RedisError, OSError) as error:  # `TimeoutError` is one, too
            self._lost(error)
            raise RedisUnavailable(TOLD) from error
        self._found()
        return answers

    def _client(self, address: RedisAddress, *, connections: int) -> Redis:
        kind: type[Connection | UnixDomainSocketConnection | SSLConnection] = Connection
        options: dict[str, Any] = {"host": address.host, "port": address.port}
        if address.socket:
            kind, options = UnixDomainSocketConnection, {"path": address.socket}
        elif address.tls is not None:
            kind, options = SSLConnection, {**options, **address.tls}
        pool = BlockingConnectionPool(
            max_connections=connections,
            timeout=self._timeout_s,
            connection_class=kind,
            db=address.database,
            username=address.role,
            password=address.password,
            protocol=2,
            client_name="pageside",
            socket_connect_timeout=self._timeout_s,
            socket_timeout=None,  # `ask` knows how long each question may take
            # A write that is sent twice would be written twice; whoever asks knows what to do instead.
            retry=Retry(NoBackoff(), 0),
            **options,
        )
        return Redis(connection_pool=pool)

    def _lost(self, error: Exception) -> None:
        if not self._failures:
            self.outages += 1
            metrics.REDIS_OUTAGES.labels(self._name).inc()
            metrics.REDIS_UP.labels(self._name).set(0)
            log.error(self._lost_event, place=self.place, reason=reason(error), outages=self.outages)
        self._failures += 1
        self._found_at = None
        pause_s = backoff.pause_s(self._failures, first_s=_FIRST_PAUSE_S, longest_s=_LONGEST_PAUSE_S)
        self._again_at = asyncio.get_running_loop().time() + pause_s

    def _found(self) -> None:
        if self._found_at is None:
            self._found_at = asyncio.get_running_loop().time()
            metrics.REDIS_UP.labels(self._name).set(1)
        if self._failures:
            self._failures = 0
            log.info(self._back_event, place=self.place)
            for call in self._on_return:
                call()


async def _answers(redis: Redis, commands: Sequence[Command]) -> list[Any]:
    async with redis.pipeline(transaction=len(commands) > 1) as pipeline:
        for command in commands:
            pipeline.execute_command(*command)
        return await pipeline.execute()


def reason(error: BaseException) -> str:
    """What is wrong, in words without a full stop and without a password."""
    if isinstance(error, AuthenticationError):
        return "it does not accept the password"
    if isinstance(error, NoPermissionError):
        return "the role may not do what is needed"
    return f"{type(error).__name__}: {error}".partition("\n")[0][:300]
