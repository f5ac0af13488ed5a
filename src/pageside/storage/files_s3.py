"""Bytes kept under keys in a bucket of any store that speaks S3; they pass through this server in both directions.

A file is sent with one request, never in parts: it is there whole or not at all, and a process that ends in the middle
leaves nothing behind that would have to be found and paid for. The requests run in threads, because the library's own
tasks can bring the interpreter down when it ends right behind one.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

import obstore
import structlog
from anyio import CapacityLimiter, to_thread
from obstore import exceptions
from obstore.store import S3Store
from pydantic import SecretStr

from pageside.errors import Unavailable
from pageside.storage import files_drafts as drafts
from pageside.storage.files import Kept, gone, require_key
from pageside.storage.files_drafts import PIECE, Draft

if TYPE_CHECKING:
    from obstore.store import S3Config

log = structlog.get_logger(__name__)

TIMEOUT: Final = timedelta(seconds=20)

_AT_ONCE: Final = 16  # requests; while the store hangs, they hold no thread that others wait for
_CONNECT_TIMEOUT: Final = timedelta(seconds=5)
_RETRIES: Final = 2
_REMEMBERED_S: Final = 10.0
_PROBE: Final = "pageside_writes_here"
_LISTED_AT_ONCE: Final = 1_000
_REASONS: Final = (
    ("NoSuchBucket", "there is no such bucket"),
    ("InvalidAccessKeyId", "the access key is not known there"),
    ("SignatureDoesNotMatch", "the access key and its secret do not fit"),
    ("AccessDenied", "the access key may not do this"),
    ("403 Forbidden", "the access key may not do this"),
    ("error sending request", "it cannot be reached"),
    ("timed out", "it does not answer in time"),
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where in which store.

    Attributes:
        prefix: In front of every key, without slashes around it; empty for none.
        endpoint: Address of the store; empty for Amazon's own in `region`.
        path_style: Whether the bucket is named in the path of a request, and not in its host.
        key_id: Access key; empty for what the machine itself is allowed.
        session_token: Beside keys that last for a while; empty for others.
    """

    name: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    path_style: bool = True
    key_id: str = ""
    secret_key: SecretStr | None = None
    session_token: SecretStr | None = None


class S3Files:
    """Files in a bucket; drafts are in a folder of this machine."""

    def __init__(self, bucket: Bucket, drafts_folder: Path, *, timeout: timedelta = TIMEOUT) -> None:
        """Files in `bucket`, which must exist; no request is made yet.

        Args:
            timeout: How long one request may take; a failed one is made again, twice at most, within the same time.
        """
        self._where = f"s3://{bucket.name}/{bucket.prefix}".rstrip("/")
        self._drafts = drafts_folder
        self._store = _opened(bucket, timeout)
        self._limiter = CapacityLimiter(_AT_ONCE)
        self._worked_at = float("-inf")

    @property
    def where(self) -> str:
        return self._where

    def received(self, pieces: AsyncIterator[bytes], *, limit_bytes: int) -> AbstractAsyncContextManager[Draft]:
        return drafts.received(self._drafts, pieces, limit_bytes=limit_bytes)

    async def keep(self, draft: Draft, key: str) -> None:
        require_key(key)
        await self._asked(lambda: obstore.put(self._store, key, draft.path, use_multipart=False))

    async def reserve(self, key: str) -> None:
        require_key(key)
        await self._asked(lambda: obstore.put(self._store, key, b"", use_multipart=False))

    async def pieces(self, key: str) -> AsyncGenerator[bytes, None]:
        require_key(key)
        found = await self._asked(lambda: iter(obstore.get(self._store, key).stream(min_chunk_size=PIECE)), absent=True)
        while piece := await self._asked(lambda: bytes(next(found, b""))):
            yield piece

    async def delete(self, key: str) -> None:
        require_key(key)
        await self._asked(lambda: _deleted(self._store, key))

    async def listed(self) -> AsyncIterator[Sequence[Kept]]:
        found = await self._asked(lambda: iter(obstore.list(self._store, chunk_size=_LISTED_AT_ONCE)))
        while part := await self._asked(lambda: next(found, ())):
            yield [Kept(each["path"], each["last_modified"]) for each in part]

    async def tidy(self, *, before: datetime) -> None:
        await drafts.tidy(self._drafts, before=before)

    async def check(self) -> None:
        """See `Files.check`; that it worked is believed for ten seconds, for every try is paid for."""
        if time.monotonic() - self._worked_at < _REMEMBERED_S:
            return
        try:
            await self._run(lambda: obstore.put(self._store, _PROBE, b"", use_multipart=False))
        except (exceptions.BaseError, OSError) as error:
            raise Unavailable(f"{self._where} cannot be written: {_reason(error)}.") from None
        self._worked_at = time.monotonic()

    async def _asked(self, request: Callable[[], T], *, absent: bool = False) -> T:
        """What `request` gives.

        Args:
            absent: Whether what it asks for may be missing.
        """
        with self._telling(absent=absent):
            return await self._run(request)

    async def _run(self, request: Callable[[], T]) -> T:
        return await to_thread.run_sync(request, limiter=self._limiter)

    @contextmanager
    def _telling(self, *, absent: bool) -> Iterator[None]:
        try:
            yield
        except (exceptions.BaseError, OSError) as error:
            if absent and isinstance(error, FileNotFoundError) and "NoSuchBucket" not in str(error):
                raise gone() from None
            self._worked_at = float("-inf")
            # the error quotes addresses and the answers of the store: it goes no further
            log.error("files_unavailable", where=self._where, reason=_reason(error))  # noqa: TRY400
            raise Unavailable("Files cannot be reached at the moment. Please try again later.") from None


def _opened(bucket: Bucket, timeout: timedelta) -> S3Store:
    config: S3Config = {"bucket": bucket.name, "virtual_hosted_style_request": not bucket.path_style}
    if bucket.region or bucket.endpoint:
        config["region"] = bucket.region or "us-east-1"
    if bucket.endpoint:
        parts = urlsplit(bucket.endpoint)
        host = parts.netloc if bucket.path_style else f"{bucket.name}.{parts.netloc}"
        config["endpoint"] = parts._replace(netloc=host).geturl()
    if bucket.key_id and bucket.secret_key:
        config["access_key_id"] = bucket.key_id
        config["secret_access_key"] = bucket.secret_key.get_secret_value()
    if bucket.session_token:
        config["session_token"] = bucket.session_token.get_secret_value()
    return S3Store(
        prefix=bucket.prefix or None,
        config=config,
        client_options={
            "allow_http": bucket.endpoint.startswith("http://"),
            "timeout": timeout,
            "connect_timeout": min(_CONNECT_TIMEOUT, timeout),
        },
        retry_config={"max_retries": _RETRIES, "retry_timeout": timeout},
    )


def _deleted(store: S3Store, key: str) -> None:
    try:
        obstore.delete(store, key)
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise


def _reason(error: Exception) -> str:
    told = str(error)
    return next((words for mark, words in _REASONS if mark in told), f"{type(error).__name__}")
