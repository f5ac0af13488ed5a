"""Answers that are saved as files: their names, and their bytes as they are made."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final
from urllib.parse import quote

from fastapi.responses import Response, StreamingResponse

_LOCKED: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}


async def download(pieces: AsyncGenerator[bytes, None], name: str, *, media_type: str) -> Response:
    """`pieces`, to be saved under `name`. What cannot be begun is refused before the first byte.

    Raises:
        PagesideError: What the first piece raises; a later one breaks the connection, so that nobody has a part and
            takes it for the whole.
    """
    first = await anext(pieces, b"")
    headers = {**_LOCKED, "Content-Disposition": disposition(name)}
    return StreamingResponse(_chained(first, pieces), media_type=media_type, headers=headers)


def disposition(name: str) -> str:
    """Says that an answer is to be saved under `name`: in full for whoever reads `filename*`, in ASCII for the rest.

    Source: RFC 6266, 4.3, and RFC 8187.
    """
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _chained(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece
