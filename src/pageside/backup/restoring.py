"""Puts a backup back where nothing is: read to its end before anything is written, and then whole or not at all.

The rows come last, in one transaction. Until they are there, nothing speaks of the bytes that came before them, so that
a process which ends in the middle leaves an empty place: the same command goes on from it, and a server sweeps it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from anyio import CancelScope
from anyio.to_thread import run_sync
from pydantic import TypeAdapter, ValidationError

from pageside.backup import archive, indexes
from pageside.backup.archive import ArchiveUnusable, Bytes, Manifest, Member
from pageside.backup.backing_up import Place, Telling
from pageside.errors import Unavailable
from pageside.identity.tokens import found_secret
from pageside.storage import refill
from pageside.storage.files import require_key
from pageside.storage.files_drafts import begun
from pageside.storage.refill import Chunk, PlaceTaken
from pageside.storage.snapshot import Row, require_known

_ROW: Final = TypeAdapter(dict[str, str | int | float | bool | None])
_SPARE_BYTES: Final = 50_000_000
_LONGEST_SECRET: Final = 4096
_SETTLED: Final = 3  # how much room a database takes, by its rows as text


@dataclass(slots=True)
class _Put:
    """What was written so far and is nobody's yet."""

    keys: list[str] = field(default_factory=list)
    books: set[str] = field(default_factory=set)
    secret: Path | None = None


async def restore(place: Place, source: BinaryIO, *, with_secret: bool, tell: Telling) -> Manifest:
    """Restores `source` into `place`, and gives what was in it; no server may run there meanwhile.

    Rows of an earlier revision are brought up to date. A book that is indexed there keeps its index. Files are kept
    under keys that nobody chose, so that those which are there already stay what they are.

    Args:
        source: An archive, which can be read twice.

    Raises:
        ArchiveUnusable: It is no whole backup; nothing was written.
        PlaceTaken: The database has rows, or the data folder a secret of its own; nothing was written.
        StoreUnavailable: The database cannot be changed, or the backup is of a newer version; nothing was written.
        Unavailable: The files cannot be stored, or the disk is full; what was written was taken back.
    """
    source.seek(0)
    manifest = await run_sync(archive.checked, source)
    _require_sound(manifest)
    require_known(manifest.facts.revision)
    tell(f"The archive is whole: {len(manifest.members)} members, {manifest.size / 1e6:.1f} MB.")
    await run_sync(refill.require_empty, place.database_url)
    await run_sync(_require_room, place, manifest)
    put = _Put()
    try:
        await _bytes(place, source, manifest, put, with_secret=with_secret)
        tell("Files and indexes are in place.")
        await run_sync(_rows, place, source, manifest)
    except BaseException:
        with CancelScope(shield=True):
            await _take_back(place, put)
        raise
    return manifest


def _require_sound(manifest: Manifest) -> None:
    """Returns if nothing in the archive would go where a backup's would not."""
    keys = [member.what for member in manifest.of("files")]
    try:
        for key in keys:
            require_key(key)
    except ValueError as error:
        raise ArchiveUnusable(f"The archive holds a file under {error}: it is no backup.") from None
    paths = [member.what for member in manifest.of("index")]
    generations = {indexes.require_path(path)[:2] for path in paths}
    if (
        len(set(keys)) != len(keys)
        or len(set(paths)) != len(paths)
        or len({book for book, _ in generations}) != len(generations)
        or len(manifest.of("secret")) > 1
        or any(member.size > _LONGEST_SECRET for member in manifest.of("secret"))
    ):
        raise ArchiveUnusable("The archive holds something twice, or what is too large: it is no backup.")


def _require_room(place: Place, manifest: Manifest) -> None:
    folder = place.data_dir.absolute()
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    rows = 0 if place.database_url.startswith("postgres") else sum(member.size for member in manifest.of("rows"))
    wanted = sum(member.size for member in manifest.of("index")) + _SETTLED * rows + _SPARE_BYTES
    free = shutil.disk_usage(nearest).free
    if free < wanted:
        raise Unavailable(f"{place.data_dir} needs {wanted // 1_000_000} MB and has {free // 1_000_000} MB left.")


async def _bytes(place: Place, source: BinaryIO, manifest: Manifest, put: _Put, *, with_secret: bool) -> None:
    by_name = {member.name: member for member in manifest.members}
    there = {kept.key async for page in place.files.listed() for kept in page} if manifest.of("files") else set()
    indexed = set(indexes.books(place.data_dir))
    source.seek(0)
    read = archive.members(source)
    while (found := await run_sync(next, read, None)) is not None:
        member = by_name.get(found[0])
        match member:
            case Member(kind="files"):
                await _keep(place, member, found[1])
                if member.what not in there:
                    put.keys.append(member.what)
            case Member(kind="index") if indexes.require_path(member.what)[0] not in indexed:
                await run_sync(_index, place, member, found[1], put)
            case Member(kind="secret") if with_secret:
                await run_sync(_secret, place, found[1], put)
            case _:
                pass
    for path in sorted({member.what for member in manifest.of("index")}):
        if indexes.require_path(path)[0] in put.books:
            await run_sync(indexes.point, place.data_dir, path)


async def _keep(place: Place, member: Member, content: Bytes) -> None:
    async with place.files.received(_pieces(content), limit_bytes=member.size) as draft:
        _require_same(member, draft.sha256)
        await place.files.keep(draft, member.what)


async def _pieces(content: Bytes) -> AsyncIterator[bytes]:
    while piece := await run_sync(content.read):
        yield piece


def _index(place: Place, member: Member, content: Bytes, put: _Put) -> None:
    book = indexes.require_path(member.what)[0]
    if book not in put.books:
        indexes.cleared(place.data_dir, book)
        put.books.add(book)
    indexes.put(place.data_dir, member.what, content.pieces())
    _require_same(member, content.digest.hexdigest())


def _secret(place: Place, content: Bytes, put: _Put) -> None:
    told = b"".join(content.pieces())
    there = found_secret(place.data_dir)
    if there is not None:
        if there.get_secret_value().encode() != told:
            raise PlaceTaken(
                f"{place.data_dir} has a secret of its own, which signs cookies there. Restore into another folder, or "
                "with --without-secret: then guests of the backup do not find their conversations again."
            )
        return
    path = place.data_dir / "secret"
    with begun(path) as file:
        file.write(told)
        file.flush()
        os.fsync(file.fileno())
    put.secret = path


def _rows(place: Place, source: BinaryIO, manifest: Manifest) -> None:
    by_name = {member.name: member for member in manifest.of("rows")}

    def chunks() -> Iterator[Chunk]:
        source.seek(0)
        for name, content in archive.members(source):
            if member := by_name.get(name):
                told = b"".join(content.pieces())
                _require_same(member, content.digest.hexdigest())
                yield member.what, _read(told, member)

    refill.refill(place.database_url, manifest.facts.revision, tuple(manifest.facts.tables), chunks)


def _read(told: bytes, member: Member) -> Sequence[Row]:
    try:
        return [_ROW.validate_python(json.loads(line), strict=True) for line in told.splitlines()]
    except (ValueError, RecursionError, ValidationError):
        raise ArchiveUnusable(f"The archive holds rows of {member.what} that cannot be read.") from None


def _require_same(member: Member, digest: str) -> None:
    if digest != member.sha256:
        raise ArchiveUnusable("The archive has changed since it was checked.")


async def _take_back(place: Place, put: _Put) -> None:
    async with AsyncExitStack() as left:
        for key in put.keys:
            left.push_async_callback(place.files.delete, key)
        for book in put.books:
            left.callback(partial(indexes.cleared, place.data_dir, book))
        if put.secret is not None:
            left.callback(partial(put.secret.unlink, missing_ok=True))
