"""Bytes kept under keys: received piece by piece, then there whole or not at all; here in a local folder."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import structlog
from anyio.to_thread import run_sync

from pageside.errors import NotFound, Unavailable
from pageside.storage import files_drafts as drafts
from pageside.storage.files_drafts import PIECE, Draft, storing

log = structlog.get_logger(__name__)

LEAST_FREE_BYTES: Final = 100_000_000

_DRAFTS: Final = ".drafts"
_KEY: Final = re.compile(r"[a-z0-9_~]{1,200}(?:/[a-z0-9_~]{1,200})*")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept under a key, without its bytes."""

    key: str
    changed_at: datetime


def mark(key: str) -> str:
    """The random end of a key, by which the log names a file: the rest of a key may say whose it is."""
    return key.rpartition("~")[2] if "~" in key else ""


class Files(Protocol):
    """Where bytes are kept. A key is made of lower-case letters, digits, `_` and `~`, in parts between `/`."""

    @property
    def where(self) -> str:
        """What an operator calls the place: a folder, or the address of a bucket."""
        ...

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
        """Everything that is kept, in parts.

        Raises:
            Unavailable: It cannot be looked through.
        """
        ...

    async def tidy(self, *, before: datetime) -> None:
        """Removes the drafts of processes that ended in the middle, where they are older than `before`.

        Raises:
            Unavailable: They cannot be removed.
        """
        ...

    async def check(self) -> None:
        """Returns if files can be kept at the moment.

        Raises:
            Unavailable: They cannot; the message tells an operator why.
        """
        ...


async def content(files: Files, key: str) -> bytes:
    """All that is kept under `key`.

    Raises:
        NotFound: Nothing is.
        Unavailable: It cannot be read.
    """
    return b"".join([piece async for piece in files.pieces(key)])


def require_key(key: str) -> str:
    """`key`, which can be one.

    Raises:
        ValueError: It cannot.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key")
    return key


def gone() -> NotFound:
    """What to raise where nothing is kept under a key."""
    return NotFound("This file is not here any more.")


class LocalFiles:
    """Files in a folder of this machine, which only the server's own user can read; made when it is first used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def where(self) -> str:
        return str(self._folder)

    def received(self, pieces: AsyncIterator[bytes], *, limit_bytes: int) -> AbstractAsyncContextManager[Draft]:
        return drafts.received(self._folder / _DRAFTS, pieces, limit_bytes=limit_bytes)

    async def keep(self, draft: Draft, key: str) -> None:
        with storing():
            await run_sync(_moved, draft.path, self._path(key))

    async def reserve(self, key: str) -> None:
        with storing():
            await run_sync(_begun_and_closed, self._path(key))

    async def pieces(self, key: str) -> AsyncGenerator[bytes, None]:
        with _reading(key):
            file = await run_sync(self._path(key).open, "rb")
        try:
            while True:
                with _reading(key):
                    piece = await run_sync(file.read, PIECE)
                if not piece:
                    return
                yield piece
        finally:
            file.close()

    async def delete(self, key: str) -> None:
        path = self._path(key)
        with storing():
            await run_sync(drafts.removed, path)
        with suppress(OSError):  # it is not the last one in its folder
            await run_sync(path.parent.rmdir)

    async def listed(self) -> AsyncIterator[Sequence[Kept]]:
        folders = [self._folder]
        while folders:
            with storing():
                found, below = await run_sync(_entries, self._folder, folders.pop())
            folders += below
            if found:
                yield found

    async def tidy(self, *, before: datetime) -> None:
        await drafts.tidy(self._folder / _DRAFTS, before=before)

    async def check(self) -> None:
        await run_sync(_require_room, self._folder)

    def _path(self, key: str) -> Path:
        return self._folder / require_key(key)


def _require_room(folder: Path) -> None:
    whole = folder.absolute()
    nearest = next(each for each in (whole, *whole.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            free = shutil.disk_usage(nearest).free
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written ({error.strerror}).") from error
    if free < LEAST_FREE_BYTES:
        raise Unavailable(f"The disk of {folder} has {free // 1_000_000} MB left.")


def _begun_and_closed(path: Path) -> None:
    # The folder may go between its making and its use: somebody else's last file in it was deleted.
    with suppress(FileNotFoundError):
        drafts.begun(path).close()
        return
    drafts.begun(path).close()


def _moved(source: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        drafts.made(target.parent)
        source.replace(target)
        return
    drafts.made(target.parent)
    source.replace(target)


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


@contextmanager
def _reading(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise gone() from None
    except OSError as error:
        log.error("files_unavailable", reason=error.strerror, file=mark(key))  # noqa: TRY400  # the reason is enough
        raise Unavailable("This file cannot be read at the moment. Please try again later.") from error
