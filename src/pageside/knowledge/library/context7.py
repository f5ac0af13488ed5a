"""Context7 over MCP: a library's name resolved, and its documentation asked for, with the SDK's own client.

Source: mcp 2.3, `mcp/client/client.py` and `mcp/client/streamable_http.py`; MCP 2025-11-25 and 2026-07-28.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any, Final, Literal

import anyio
import httpx2
import structlog
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import Implementation, TextContent
from pydantic import SecretStr

from pageside import __version__
from pageside.knowledge.library import texts, tools
from pageside.knowledge.library.tools import Call, Tools, UnfitTools

log = structlog.get_logger(__name__)

LIMIT_BYTES: Final = 1_000_000  # of one response
TOOLS_FOR: Final = timedelta(hours=1)
_PAGES: Final = 5  # of a list of tools

Reason = Literal[
    "timeout", "unreachable", "refused", "unfit", "too_large", "garbage",
    "key_refused", "too_many_requests", "server_failed", "resting",
]  # fmt: skip

_status: ContextVar[list[int]] = ContextVar("library_docs_status")


class LookupFailed(Exception):
    """Documentation could not be looked up; never the reader's business.

    Attributes:
        reason: A stable name of what went wrong.
        detail: The same for the person who runs the server; without question, key or anything a server wrote.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail


class TooLarge(httpx2.TransportError):
    """A response is larger than anybody would read."""


Transport = Callable[[], AbstractAsyncContextManager[Any]]


class Connection:
    """A server that is connected to, and its two tools."""

    def __init__(self, client: Client, chosen: Tools) -> None:
        self._client = client
        self._tools = chosen
        self.calls = 0

    @property
    def tools(self) -> str:
        """The names of its two tools, in a few words."""
        return f"{self._tools.resolve.tool} and {self._tools.docs.tool}"

    async def resolve(self, name: str, question: str) -> str:
        """What the server answers when asked for libraries called `name`."""
        return await self._text(self._tools.resolve, name, question)

    async def docs(self, library: str, question: str) -> str:
        """What the server answers when asked for the documentation of the library with that id."""
        return await self._text(self._tools.docs, library, question)

    async def _text(self, call: Call, subject: str, question: str) -> str:
        self.calls += 1
        result = await self._client.call_tool(call.tool, call.arguments(subject, question))
        parts = [part.text for part in result.content if isinstance(part, TextContent)]
        text = "\n\n".join(parts)[: texts.MAX_CHARS]
        if result.is_error:
            raise LookupFailed(texts.complaint(text) or "server_failed", f"the tool {call.tool!r} failed")
        return text


class Context7:
    """A server of documentation. Each connection is its own; the sockets below are shared, and closed in the end."""

    def __init__(
        self,
        url: str,
        *,
        api_key: SecretStr | None = None,
        timeout_s: float = 3.0,
        transport: Transport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is connected to before `connected`.

        Args:
            timeout_s: Seconds that connecting, and each wait for bytes, may take.
            transport: Another way to reach a server than `url`, such as a process of its own.
            clock: Seconds from any beginning, never set back.
        """
        headers = {"Accept-Encoding": "identity", "User-Agent": f"pageside/{__version__}"}
        if api_key is not None:
            headers["Authorization"] = f"Bearer {api_key.get_secret_value()}"
        self._http = httpx2.AsyncClient(headers=headers, timeout=timeout_s, event_hooks={"response": [_bounded]})
        self._transport = transport or (lambda: streamable_http_client(url, http_client=self._http))
        self._timeout_s = timeout_s
        self._clock = clock
        self._tools: tuple[Tools, float] | None = None

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        """A connection to the server, whose tools are known.

        Raises:
            LookupFailed: It cannot be reached, refuses, or has no tools that fit; also for what happens in the block.
        """
        statuses: list[int] = []
        token = _status.set(statuses)
        try:
            client = Client(
                self._transport(),
                read_timeout_seconds=self._timeout_s,
                client_info=Implementation(name="pageside", version=__version__),
                cache=None,
            )
            async with client:
                yield Connection(client, await self._chosen(client))
        except (Exception, BaseExceptionGroup) as error:
            failure = _failure(error, statuses)
            if failure is None:
                raise
            if failure.reason == "unfit":
                self._tools = None
            raise failure from None
        finally:
            _status.reset(token)

    async def aclose(self) -> None:
        """Closes every socket."""
        await self._http.aclose()

    async def _chosen(self, client: Client) -> Tools:
        if self._tools is not None and self._clock() < self._tools[1]:
            return self._tools[0]
        offered, cursor = [], None
        for _ in range(_PAGES):
            page = await client.list_tools(cursor=cursor)
            offered += page.tools
            cursor = page.next_cursor
            if not cursor:
                break
        chosen = tools.choose(offered)
        log.info("library_tools_found", resolve=chosen.resolve.tool, docs=chosen.docs.tool)
        self._tools = (chosen, self._clock() + TOOLS_FOR.total_seconds())
        return chosen

    def forget_tools(self) -> None:
        """The next connection asks again which tools there are."""
        self._tools = None


async def _bounded(response: httpx2.Response) -> None:
    """Lets nobody read more of `response` than `LIMIT_BYTES`: the SDK reads a JSON answer whole, however long it is."""
    if response.status_code >= 400:
        _status.get([]).append(response.status_code)
    if response.headers.get("content-encoding", "identity") != "identity":
        raise TooLarge("compressed, though that was not asked for")
    response.stream = _Limited(response.stream)


class _Limited(httpx2.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = LIMIT_BYTES
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise TooLarge(f"more than {LIMIT_BYTES} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


def _failure(error: BaseException, statuses: list[int]) -> LookupFailed | None:
    """What `error` means for a lookup; None for what is no failure of the server."""
    match error:
        case LookupFailed():
            return error
        case BaseExceptionGroup():
            found = [_failure(each, statuses) for each in error.exceptions]
            known = [each for each in found if each is not None]
            return known[0] if len(known) == len(found) else None
        case UnfitTools():
            return LookupFailed("unfit", str(error))
        case TooLarge():
            return LookupFailed("too_large", str(error))
        case MCPError() | httpx2.HTTPStatusError() if 401 in statuses or 403 in statuses:
            return LookupFailed("key_refused", f"status {statuses[-1]}")
        case MCPError() | httpx2.HTTPStatusError() if 429 in statuses:
            return LookupFailed("too_many_requests", "status 429")
        case TimeoutError() | httpx2.TimeoutException():
            return LookupFailed("timeout")
        case MCPError():
            return LookupFailed("refused", f"status {statuses[-1]}" if statuses else f"MCP error {error.error.code}")
        case httpx2.HTTPError() | OSError() | anyio.BrokenResourceError() | anyio.ClosedResourceError():
            return LookupFailed("unreachable", type(error).__name__)
        case anyio.EndOfStream() | ValueError() | RuntimeError() | TypeError() | KeyError():
            return LookupFailed("garbage", type(error).__name__)
        case _:
            return None
