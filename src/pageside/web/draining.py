"""How an answer reaches a client that is still sending: the rest of its body is let in and dropped; pure ASGI."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import anyio
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

DRAINED_BYTES: Final = 64_000_000
DRAINING_TIME: Final = timedelta(seconds=30)


def lingering(scope: Scope, receive: Receive, send: Send) -> tuple[Receive, Send]:
    """`receive` and `send` for an application that may answer before the whole body has come.

    Such an answer goes out at once and says that the connection will be closed. It is closed when the rest of the body
    has come, after `DRAINED_BYTES` of it, or after `DRAINING_TIME`: to close it on a client that is still sending would
    reset it, and most clients that are reset never see an answer that they have already been given.

    Source: RFC 9112, section 9.6.
    """
    whole = False

    async def received() -> Message:
        nonlocal whole
        message = await receive()
        whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def sent(message: Message) -> None:
        if whole:
            await send(message)
        elif message["type"] == "http.response.start":
            if scope.get("http_version", "").startswith("1"):  # later versions forbid the header and need none
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)
        elif message.get("more_body", False):
            await send(message)
        else:
            await send({**message, "more_body": True})
            await _drain(received)
            await send({"type": "http.response.body", "body": b""})

    return received, sent


async def _drain(receive: Receive) -> None:
    dropped, more = 0, True
    with anyio.move_on_after(DRAINING_TIME.total_seconds()):
        while more and dropped < DRAINED_BYTES:
            message = await receive()
            more = message["type"] == "http.request" and message.get("more_body", False)
            dropped += len(message.get("body", b""))
