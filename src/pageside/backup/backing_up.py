"""Writes everything that readers and the server keep into one archive, while the server goes on.

First the rows, as they were at one moment. Then the bytes that these rows speak of: whoever deletes a file meanwhile
has its row deleted, too, so that of such a file neither is kept. The rows of files come behind their bytes, once it is
known which of them stay.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, Literal, Self, cast

from anyio.to_thread import run_sync
from sqlalchemy import select

from pageside import ids
from pageside.backup import indexes
from pageside.backup.archive import LARGEST_CHUNK, Facts, Manifest, Writer
from pageside.conversation.turn import Turn
from pageside.errors import NotFound, PagesideError
from pageside.identity.ownership import mine
from pageside.identity.reader import Reader
from pageside.identity.tokens import found_secret
from pageside.storage import snapshot
from pageside.storage.engine import Database
from pageside.storage.files import Files
from pageside.storage.snapshot import Row, Snapshot
from pageside.storage.tables import attachments

CHUNK: Final = 2**20  # bytes of rows that go into one member, by and large
_IN_MEMORY: Final = 2**20  # bytes of a file; larger ones pass over the disk
_ATTACHMENTS: Final = "attachments"

Telling = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything of an installation is.

    Attributes:
        index: Where passages are; those in Qdrant are not part of a backup.
        books: Name of the file that lists several books; empty for one.
    """

    database_url: str
    files: Files
    data_dir: Path
    index: Literal["embedded", "qdrant"] = "embedded"
    books: str = ""


@dataclass(frozen=True, slots=True)
class _Rows:
    """What was found in the database.

    Attributes:
        counts: Rows written, by table; those of files are not written yet.
    """

    revision: str
    kind: str
    counts: dict[str, int]


async def back_up(place: Place, out: BinaryIO, *, with_secret: bool, tell: Telling) -> Manifest:
    """Writes the backup of `place` to `out`, and gives what is in it.

    Args:
        with_secret: Whether the secret of the data folder is carried, without which guests' cookies are worth nothing.
        tell: Hears a sentence about each stage.

    Raises:
        StoreUnavailable: The database cannot be read.
        Unavailable: The files cannot be reached.
        OSError: The archive cannot be written.
    """
    created_at = ids.now()
    writer = await run_sync(Writer, out)
    with tempfile.TemporaryFile() as spoken_of, tempfile.TemporaryFile() as carried:
        dump = partial(_dump, writer=writer, spoken_of=spoken_of, tell=tell)
        found = await run_sync(snapshot.taken, place.database_url, dump)
        spoken_of.seek(0)
        missing = await _files(place, writer, spoken_of, carried, tell)
        carried.seek(0)
        if _ATTACHMENTS in found.counts:
            found.counts[_ATTACHMENTS] = await run_sync(_chunked, writer, _ATTACHMENTS, carried)
    await run_sync(_beside, place, writer, with_secret, tell)
    facts = Facts(
        created_at=created_at.isoformat(),
        revision=found.revision,
        database="sqlite" if found.kind == "sqlite" else "postgresql",
        tables=found.counts,
        index=place.index,
        books=place.books,
        missing=tuple(missing),
    )
    return await run_sync(writer.finish, facts)


def _dump(snap: Snapshot, *, writer: Writer, spoken_of: BinaryIO, tell: Telling) -> _Rows:
    counts = dict.fromkeys(snap.tables, 0)
    for table in snap.tables:
        if table == _ATTACHMENTS:
            spoken_of.writelines(_lines(snap.rows(table)))
        else:
            counts[table] = _chunked(writer, table, _lines(snap.rows(table)))
            tell(f"{table}: {counts[table]} rows")
    return _Rows(snap.revision, snap.kind, counts)


def _lines(pages: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    for rows in pages:
        for row in rows:
            yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _chunked(writer: Writer, table: str, lines: Iterable[bytes]) -> int:
    """How many rows of `table` were written."""
    rows, waiting, count = 0, bytearray(), 0

    def write() -> None:
        if len(waiting) > LARGEST_CHUNK:
            raise PagesideError(f"A row of {table} is too large for a backup.")
        writer.add("rows", table, io.BytesIO(waiting), size=len(waiting), rows=rows)

    for line in lines:
        waiting += line
        rows, count = rows + 1, count + 1
        if len(waiting) >= CHUNK:
            write()
            rows, waiting = 0, bytearray()
    if waiting:
        write()
    return count


async def _files(place: Place, writer: Writer, spoken_of: BinaryIO, carried: BinaryIO, tell: Telling) -> Sequence[str]:
    """Writes the bytes of all rows in `spoken_of`; gives the keys of those that ought to be there and are not."""
    missing, count = [], 0
    async with _Living(place.database_url) as living:
        for line in spoken_of:
            row = json.loads(line)
            if row["status"] != "created":
                try:
                    await _file(place.files, writer, row["file"])
                    count += 1
                except NotFound:
                    if not await living.has(row):
                        continue  # deleted since the snapshot: what a reader deletes is not to come back
                    missing.append(row["file"])
            carried.write(line)
    tell(f"files: {count}")
    return missing


async def _file(files: Files, writer: Writer, key: str) -> None:
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as whole:
        async with aclosing(files.pieces(key)) as pieces:
            async for piece in pieces:
                await run_sync(whole.write, piece)
        size = whole.tell()
        whole.seek(0)
        await run_sync(partial(writer.add, "files", key, cast("BinaryIO", whole), size=size))


class _Living:
    """Says whether rows are there still; the database is opened when that is asked for the first time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._database: Database | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._database is not None:
            await self._database.aclose()

    async def has(self, row: Mapping[str, str]) -> bool:
        if self._database is None:
            self._database = await Database.open(self._url, pool_size=1)
        turn = Turn(reader=Reader(row["subject"], row["organisation"]))
        query = select(attachments.c.id).where(
            mine(attachments, turn),
            attachments.c.id == row["id"],
            attachments.c.file == row["file"],
        )
        async with self._database.reading(turn.reader) as connection:
            return (await connection.execute(query)).first() is not None


def _beside(place: Place, writer: Writer, with_secret: bool, tell: Telling) -> None:
    """The embedded indexes, and the secret."""
    if place.index == "embedded":
        with indexes.held(place.data_dir) as files:
            for path, file, size in files:
                writer.add("index", path, file, size=size)
            tell(f"indexes: {len({path.partition('/')[0] for path, _, _ in files})}")
    secret = found_secret(place.data_dir) if with_secret else None
    if secret is not None:
        told = secret.get_secret_value().encode("ascii")
        writer.add("secret", "", io.BytesIO(told), size=len(told))
