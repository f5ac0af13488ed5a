"""Drafts: bytes on their way in, written down piece by piece in a folder of this machine, limited as they arrive."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import structlog
from anyio import CancelScope
from anyio.to_thread import run_sync

from pageside.errors import TooLarge, Unavailable

log = structlog.get_logger(__name__)

PIECE: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Draft:
    """Bytes that have arrived whole and are kept under no key yet.

    Attributes:
        path: On this machine, for as long as nobody keeps it.
        sha256: Of the bytes, in hex.
    """

    path: Path
    size: int
    sha256: str


@asynccontextmanager
async def received(folder: Path, pieces: AsyncIterator[bytes], *, limit_bytes: int) -> AsyncIterator[Draft]:
    """All of `pieces` as a draft in `folder` that lasts as long as the block, unless it is moved away.

    Raises:
        TooLarge: More than `limit_bytes` came; nothing of them is left.
        Unavailable: They cannot be stored.
    """
    path = folder / secrets.token_hex(16)
    try:
        yield await _written(path, pieces, limit_bytes)
    finally:
        with CancelScope(shield=True), suppress(OSError):
            await run_sync(removed, path)


async def tidy(folder: Path, *, before: datetime) -> None:
    """Removes the drafts of processes that ended in the middle, where they are older than `before`.

    Raises:
        Unavailable: They cannot be removed.
    """
    with storing():
        await run_sync(_tidied, folder, before.timestamp())


def rewritten(draft: Draft, content: bytes) -> Draft:
    """`draft` with `content` in place of its bytes; writes, so not for the event loop.

    Raises:
        Unavailable: They cannot be stored.
    """
    with storing(), draft.path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Draft(draft.path, len(content), hashlib.sha256(content).hexdigest())


def begun(path: Path) -> BinaryIO:
    """A new file that only the server's own user can read, in a folder that is made where there is none."""
    made(path.parent)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def made(folder: Path) -> None:
    """Makes `folder` where there is none, for the server's own user alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def removed(path: Path) -> None:
    """Removes the file at `path`, if there is one."""
    path.unlink(missing_ok=True)


@contextmanager
def storing() -> Iterator[None]:
    """Tells what goes wrong with a disk in words fit for a reader.

    Raises:
        Unavailable: Something went wrong.
    """
    try:
        yield
    except OSError as error:
        log.error("files_unavailable", reason=error.strerror)  # noqa: TRY400  # the reason is enough
        raise Unavailable("Files cannot be stored at the moment. Please try again later.") from error


async def _written(path: Path, pieces: AsyncIterator[bytes], limit_bytes: int) -> Draft:
    with storing():
        file = await run_sync(begun, path)
    size, waiting, digest = 0, bytearray(), hashlib.sha256()

    def add(taken: bytes) -> None:
        digest.update(taken)
        file.write(taken)

    def settle() -> None:
        file.flush()
        os.fsync(file.fileno())  # before its row says that it is there

    try:
        async for piece in pieces:
            size += len(piece)
            if size > limit_bytes:
                raise TooLarge(f"The file is larger than {limit_bytes} bytes.")
            waiting += piece
            if len(waiting) >= PIECE:
                with storing():
                    await run_sync(add, bytes(waiting))
                waiting.clear()
        with storing():
            await run_sync(add, bytes(waiting))
            await run_sync(settle)
    finally:
        with CancelScope(shield=True), suppress(OSError):  # a full disk is told of by the write, not by the close
            await run_sync(file.close)
    return Draft(path, size, digest.hexdigest())


def _tidied(folder: Path, before: float) -> None:
    with suppress(FileNotFoundError):
        for entry in list(os.scandir(folder)):
            with suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_mtime < before:
                    removed(Path(entry.path))
