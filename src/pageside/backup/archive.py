"""The form of a backup: one compressed tar of numbered members, and a manifest in the end that says what each is.

pageside-backup.json    which form this is; first, so that a newer one is told before anything is read
rows/000001             rows of one table as JSON Lines
files/000002            bytes that a reader sent
index/000003            a file of an index
secret/000004           the secret that signs cookies
manifest.json           what each member is, its size and SHA-256, how many rows; last, so that a torn archive has none

Names are numbers, and no member is anything but a plain file: nothing that stands in an archive can become a path.

Source: POSIX.1-1988 (ustar), without extensions; RFC 1952 (gzip).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pageside import __version__
from pageside.errors import PagesideError

FORMAT: Final = 1
HEAD: Final = "pageside-backup.json"
MANIFEST: Final = "manifest.json"
LARGEST_CHUNK: Final = 256 * 2**20  # bytes of rows that are read at once
PIECE: Final = 256 * 1024

_LARGEST_HEAD: Final = 4096
_LARGEST_MANIFEST: Final = 256 * 2**20
_LONGEST_NAME: Final = 1000
_BLOCK: Final = 512
_TORN: Final = "The archive is torn or damaged"

Kind = Literal["rows", "files", "index", "secret"]


class ArchiveUnusable(PagesideError):
    """A file is no whole backup of a form that this version reads."""

    status = 400
    code = "archive_unusable"


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


T = TypeVar("T", bound=_Told)


class Head(_Told):
    """Which form an archive has, and what wrote it."""

    format: int
    pageside: str


class Member(_Told):
    """What one member of an archive is.

    Attributes:
        what: The table, the key of the file, or the path in the index; empty for the secret.
        size: Bytes.
        sha256: Of the bytes, in hex.
        rows: How many; 0 of what is no rows.
    """

    name: str = Field(pattern=r"^(rows|files|index|secret)/[0-9]{6,9}$")
    kind: Kind
    what: str = Field(max_length=_LONGEST_NAME)
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    rows: int = Field(0, ge=0)


class Facts(_Told):
    """What a backup is of.

    Attributes:
        created_at: The moment of its rows, in ISO 8601 and UTC.
        revision: Of the schema.
        database: `sqlite` or `postgresql`.
        tables: Every table with its number of rows, each behind those that it refers to.
        index: `embedded`, where the index is among the members, or `qdrant`, where it is not.
        books: The name of the file that lists several books, which is not among the members; empty where there is none.
        missing: Keys of files of which there is a row and were no bytes.
    """

    created_at: str
    revision: str
    database: Literal["sqlite", "postgresql"]
    tables: dict[str, int]
    index: Literal["embedded", "qdrant"]
    books: str = ""
    missing: tuple[str, ...] = ()


class Manifest(_Told):
    """All that an archive says of itself."""

    format: int
    pageside: str
    facts: Facts
    members: tuple[Member, ...]

    def of(self, kind: Kind) -> list[Member]:
        """The members of one kind, in their order."""
        return [member for member in self.members if member.kind == kind]

    @property
    def size(self) -> int:
        """Bytes of all members together."""
        return sum(member.size for member in self.members)


class Writer:
    """Writes an archive from its head to its manifest; blocks."""

    def __init__(self, out: BinaryIO) -> None:
        self._compressed = gzip.GzipFile(filename="", fileobj=out, mode="wb", mtime=0)
        self._tar = tarfile.TarFile(fileobj=self._compressed, mode="w", format=tarfile.USTAR_FORMAT)
        self._members: list[Member] = []
        self._put(HEAD, _written(Head(format=FORMAT, pageside=__version__)))

    def add(self, kind: Kind, what: str, content: BinaryIO, *, size: int, rows: int = 0) -> Member:
        """Puts the next `size` bytes of `content` into the archive.

        Raises:
            OSError: They cannot be read or written, or there are fewer.
        """
        name = f"{kind}/{len(self._members) + 1:06}"
        read = _Hashed(content)
        self._tar.addfile(_header(name, size), read)
        member = Member(name=name, kind=kind, what=what, size=size, sha256=read.digest.hexdigest(), rows=rows)
        self._members.append(member)
        return member

    def finish(self, facts: Facts) -> Manifest:
        """Writes the manifest, and the end."""
        told = Manifest(format=FORMAT, pageside=__version__, facts=facts, members=tuple(self._members))
        self._put(MANIFEST, _written(told))
        self._tar.close()
        self._compressed.close()
        return told

    def _put(self, name: str, content: bytes) -> None:
        self._tar.addfile(_header(name, len(content)), io.BytesIO(content))


class Bytes(io.RawIOBase):
    """The bytes of one member, read in their order; whatever is left is skipped by whoever gave it."""

    def __init__(self, source: BinaryIO | gzip.GzipFile, size: int) -> None:
        super().__init__()
        self._source = source
        self.left = size
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most `PIECE` of them; empty in the end.

        Raises:
            ArchiveUnusable: The archive ends before the member does.
        """
        wanted = min(self.left, PIECE if size < 0 else min(size, PIECE))
        with _telling():
            found = self._source.read(wanted) if wanted else b""
        if wanted and not found:
            raise ArchiveUnusable(f"{_TORN}: it ends in the middle of a member.")
        self.left -= len(found)
        self.digest.update(found)
        return found

    def pieces(self) -> Iterator[bytes]:
        """All that is left."""
        while found := self.read():
            yield found


def members(source: BinaryIO) -> Iterator[tuple[str, Bytes]]:
    """The name and the bytes of each member in turn; the bytes are to be read before the next one is asked for.

    Raises:
        ArchiveUnusable: It is no archive of ours, or damaged, or one that no Pageside would write.
    """
    with _telling(), gzip.GzipFile(fileobj=source, mode="rb") as stream:
        while True:
            block = stream.read(_BLOCK)
            if len(block) < _BLOCK:
                raise ArchiveUnusable(f"{_TORN}: it has no end.")
            if not any(block):
                break
            header = tarfile.TarInfo.frombuf(block, "ascii", "strict")
            if header.type != tarfile.REGTYPE or not header.size >= 0:
                raise ArchiveUnusable(f"The archive holds {header.name!r}, which is no plain file: it is no backup.")
            found = Bytes(stream, header.size)
            yield header.name, found
            for _ in found.pieces():  # what nobody wanted
                pass
            stream.read(-header.size % _BLOCK)
        while rest := stream.read(PIECE):  # to its end, where gzip keeps its own sum
            if any(rest):
                raise ArchiveUnusable(f"{_TORN}: something stands behind its end.")


def checked(source: BinaryIO) -> Manifest:
    """What an archive says of itself, once every byte of it was read and found to be as it says.

    Raises:
        ArchiveUnusable: It is no archive of ours, of a newer form, torn, damaged, or says of itself what is not so.
    """
    seen: list[tuple[str, int, str, int]] = []
    told: Manifest | None = None
    for at, (name, content) in enumerate(members(source)):
        if told is not None:
            raise ArchiveUnusable(f"{_TORN}: {name!r} stands behind its manifest.")
        size = content.left
        if at == 0:
            _require_ours(name, content)
        elif name == MANIFEST:
            told = _read(Manifest, content, _LARGEST_MANIFEST)
        else:
            lines = sum(piece.count(b"\n") for piece in content.pieces())
            seen.append((name, size, content.digest.hexdigest(), lines if name.startswith("rows/") else 0))
    if told is None:
        raise ArchiveUnusable(f"{_TORN}: it ends before its manifest, as where a backup was interrupted.")
    _require_said(told, seen)
    return told


def _require_ours(name: str, content: Bytes) -> None:
    if name != HEAD:
        raise ArchiveUnusable("This is no backup of Pageside.")
    head = _read(Head, content, _LARGEST_HEAD)
    if head.format != FORMAT:
        raise ArchiveUnusable(
            f"The backup is of form {head.format}, written by Pageside {head.pageside}; this version reads form "
            f"{FORMAT}. Restore it with that version."
        )


def _require_said(told: Manifest, seen: list[tuple[str, int, str, int]]) -> None:
    said = [(member.name, member.size, member.sha256, member.rows) for member in told.members]
    for mine, theirs in zip(said, seen, strict=False):
        if mine != theirs:
            raise ArchiveUnusable(f"{_TORN}: {theirs[0]!r} is not as its manifest says.")
    if len(said) != len(seen):
        raise ArchiveUnusable(f"{_TORN}: its manifest speaks of {len(said)} members, and there are {len(seen)}.")
    if any(not member.name.startswith(f"{member.kind}/") for member in told.members):
        raise ArchiveUnusable("The manifest of the archive contradicts itself.")
    counted = dict.fromkeys(told.facts.tables, 0)
    for member in told.of("rows"):
        if member.what not in counted or member.size > LARGEST_CHUNK:
            raise ArchiveUnusable(f"The archive holds rows of {member.what!r} that no backup would.")
        counted[member.what] += member.rows
    if counted != told.facts.tables:
        raise ArchiveUnusable(f"{_TORN}: it has other numbers of rows than its manifest says.")


def _read(kind: type[T], content: Bytes, largest: int) -> T:
    if content.left > largest:
        raise ArchiveUnusable("The archive says more of itself than any backup would.")
    try:
        return kind.model_validate_json(b"".join(content.pieces()))
    except ValidationError as error:
        raise ArchiveUnusable(
            f"{_TORN}: what it says of itself cannot be read ({error.error_count()} faults)."
        ) from None


class _Hashed(io.RawIOBase):
    """Reads what another does, and keeps a digest of it."""

    def __init__(self, content: BinaryIO) -> None:
        super().__init__()
        self._content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        found = self._content.read(size)
        self.digest.update(found)
        return found


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    return header


def _written(told: _Told) -> bytes:
    return told.model_dump_json(indent=1).encode()


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except gzip.BadGzipFile as error:
        raise ArchiveUnusable(f"This is no backup of Pageside, or it is damaged ({error}).") from None
    except (EOFError, zlib.error, tarfile.TarError, UnicodeDecodeError) as error:
        raise ArchiveUnusable(f"{_TORN} ({error}).") from None
