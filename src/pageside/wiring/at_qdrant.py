"""Settings to an index in Qdrant; asks for the extra `qdrant`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from qdrant_client import QdrantClient

from pageside.knowledge import qdrant
from pageside.knowledge.index import Index
from pageside.knowledge.index_qdrant import QdrantIndex
from pageside.knowledge.sink import Sink
from pageside.knowledge.sink_qdrant import Layout, QdrantSink
from pageside.settings import Settings

_WRITE_TIMEOUT_S = 120


@asynccontextmanager
async def open_index(settings: Settings, *, book: str) -> AsyncIterator[Index]:
    """The index of `book`; neither it nor the server need be there yet."""
    async with _client(settings, timeout_s=settings.qdrant_timeout_s) as client:
        yield QdrantIndex(client, book=book, prefix=settings.qdrant_prefix)


@asynccontextmanager
async def open_sink(settings: Settings, *, book: str) -> AsyncIterator[Sink]:
    """Where updates of `book` go to."""
    layout = Layout(
        shards=settings.qdrant_shards,
        replicas=settings.qdrant_replicas,
        on_disk=settings.qdrant_on_disk,
        quantization=settings.qdrant_quantization,
    )
    async with _client(settings, timeout_s=_WRITE_TIMEOUT_S) as client:
        yield QdrantSink(client, data_dir=settings.data_dir, book=book, prefix=settings.qdrant_prefix, layout=layout)


@asynccontextmanager
async def _client(settings: Settings, *, timeout_s: int) -> AsyncIterator[QdrantClient]:
    key = settings.qdrant_api_key.get_secret_value() if settings.qdrant_api_key else ""
    client = await anyio.to_thread.run_sync(
        lambda: qdrant.connected(settings.qdrant_url, api_key=key, timeout_s=timeout_s)
    )
    try:
        yield client
    finally:
        await anyio.to_thread.run_sync(client.close)
