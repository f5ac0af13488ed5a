"""Bytes kept under keys: received piece by piece, then there whole or not at all, in a local folder."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import structlog
from anyio import CancelScope
from anyio.to_thread import run_sync

from pageside.errors import NotFound, TooLarge, Unavailable

log = structlog.get_logger(__name__)

_PIECE: Final = 256 * 1024
_DRAFTS: Final = ".drafts"
_KEY: Final = re.compile(r"[a-z0-9_~]{1,200}(?:/[a-z0-9_~]{1,200})*")


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


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept under a key, without its bytes."""

    key: str
    changed_at: datetime


class Files(Protocol):
    """Where bytes are kept. A key is made of lower-case letters, digits, `_` and `~`, in parts between `/`."""

    def received(self, pieces: AsyncIterator[bytes], *, limit_bytes: int) -> AbstractAsyncContextManager[Draft]:
        """All of `pieces` as a draft that lasts as long as the block, unless it is kept.

        Raises:
            TooLarge: More than `limit_bytes` came; nothing of them is left.
            Unavailable: They cannot be stored.
        """
        ...

    async def keep(self, draft: Draft, key: str) -> None:
        """Keeps a draft under `key`; who reads the key meets all of it or none.

        Raises:
            Unavailable: It cannot be stored.
        """
        ...

    async def reserve(self, key: str) -> None:
        """Keeps no bytes under `key`, which is listed from now on.

        Raises:
            Unavailable: Nothing can be stored.
        """
        ...

    def pieces(self, key: str) -> AsyncGenerator[bytes, None]:
        """What is kept under `key`, piece by piece.

        Raises:
            NotFound: Nothing is.
            Unavailable: It cannot be read.
        """
        ...

    async def delete(self, key: str) -> None:
        """Deletes what is kept under `key`, if anything is.

        Raises:
            Unavailable: It cannot be deleted.
        """
        ...

    def listed(self) -> AsyncIterator[Sequence[Kept]]:
        """Everything that is kept, a folder at a time.

        Raises:
            Unavailable: It cannot be looked through.
        """
        ...

    async def tidy(self, *, before: datetime) -> None:
        """Removes the drafts of processes that ended in the middle, where they are older than `before`."""
        ...


async def content(files: Files, key: str) -> bytes:
    """All that is kept under `key`.

    Raises:
        NotFound: Nothing is.
        Unavailable: It cannot be read.
    """
    return b"".join([piece async for piece in files.pieces(key)])


class LocalFiles:
    """Files in a folder of this machine, which only the server's own user can read; made when it is first used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def received(self, pieces: AsyncIterator[bytes], *, limit_bytes: int) -> AsyncIterator[Draft]:
        path = self._folder / _DRAFTS / secrets.token_hex(16)
        try:
            yield await _written(path, pieces, limit_bytes)
        finally:
            with CancelScope(shield=True), suppress(OSError):
                await run_sync(_removed, path)

    async def keep(self, draft: Draft, key: str) -> None:
        with _storing():
            await run_sync(_moved, draft.path, self._path(key))

    async def reserve(self, key: str) -> None:
        with _storing():
            await run_sync(_begun_and_closed, self._path(key))

    async def pieces(self, key: str) -> AsyncGenerator[bytes, None]:
        with _reading(key):
            file = await run_sync(self._path(key).open, "rb")
        try:
            while True:
                with _reading(key):
                    piece = await run_sync(file.read, _PIECE)
                if not piece:
                    return
                yield piece
        finally:
            file.close()

    async def delete(self, key: str) -> None:
        path = self._path(key)
        with _storing():
            await run_sync(_removed, path)
        with suppress(OSError):  # it is not the last one in its folder
            await run_sync(path.parent.rmdir)

    async def listed(self) -> AsyncIterator[Sequence[Kept]]:
        folders = [self._folder]
        while folders:
            with _storing():
                found, below = await run_sync(_entries, self._folder, folders.pop())
            folders += below
            if found:
                yield found

    async def tidy(self, *, before: datetime) -> None:
        with _storing():
            await run_sync(_tidied, self._folder / _DRAFTS, before.timestamp())

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key")
        return self._folder / key


async def _written(path: Path, pieces: AsyncIterator[bytes], limit_bytes: int) -> Draft:
    with _storing():
        file = await run_sync(_begun, path)
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
            if len(waiting) >= _PIECE:
                with _storing():
                    await run_sync(add, bytes(waiting))
                waiting.clear()
        with _storing():
            await run_sync(add, bytes(waiting))
            await run_sync(settle)
    finally:
        with CancelScope(shield=True), suppress(OSError):  # a full disk is told of by the write, not by the close
            await run_sync(file.close)
    return Draft(path, size, digest.hexdigest())


def _begun(path: Path) -> BinaryIO:
    _made(path.parent)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def _begun_and_closed(path: Path) -> None:
    # The folder may go between its making and its use: somebody else's last file in it was deleted.
    with suppress(FileNotFoundError):
        _begun(path).close()
        return
    _begun(path).close()


def _moved(source: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        _made(target.parent)
        source.replace(target)
        return
    _made(target.parent)
    source.replace(target)


def _made(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _removed(path: Path) -> None:
    path.unlink(missing_ok=True)


def _entries(root: Path, folder: Path) -> tuple[list[Kept], list[Path]]:
    found, below = [], []
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return [], []
    for entry in entries:
        path = Path(entry.path)
        key = path.relative_to(root).as_posix()
        if not _KEY.fullmatch(key):
            continue
        if entry.is_dir(follow_symlinks=False):
            below.append(path)
        else:
            with suppress(FileNotFoundError):  # deleted meanwhile
                changed = entry.stat(follow_symlinks=False).st_mtime
                found.append(Kept(key, datetime.fromtimestamp(changed, UTC)))
    return found, below


def _tidied(drafts: Path, before: float) -> None:
    with suppress(FileNotFoundError):
        for entry in list(os.scandir(drafts)):
            with suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_mtime < before:
                    _removed(Path(entry.path))


@contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.error("files_unavailable", reason=error.strerror)  # noqa: TRY400  # the reason is enough
        raise Unavailable("Files cannot be stored at the moment. Please try again later.") from error


@contextmanager
def _reading(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound("This file is not here any more.") from None
    except OSError as error:
        log.error("files_unavailable", reason=error.strerror, key=key)  # noqa: TRY400  # the reason is enough
        raise Unavailable("This file cannot be read at the moment. Please try again later.") from error
