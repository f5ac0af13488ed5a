"""A book as it was at a revision of git, written into a folder; the repository is only read."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import anyio
import anyio.to_thread

from pageside.errors import BookError, InvalidInput

_LARGEST: Final = 50_000_000  # bytes of a file that is taken along
_FILE: Final = "100"  # begins the mode of a regular file; links and submodules are left out


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a revision: its name from the top of the repository, and what it holds by its id."""

    path: PurePosixPath
    id: str


async def write(book: Path, revision: str, folder: Path) -> tuple[Path, str]:
    """Writes the book as it was at `revision` into `folder`: where it is now, and the commit that was meant.

    Beside the book's own files, those directly in the folders above it are written, for they say what kind of site it
    is. Files of a size that no page has are left out.

    Raises:
        BookError: The book is in no git repository, or git is not installed.
        InvalidInput: There is no such revision, or the book was not in it.
    """
    top = Path((await _git(book, "rev-parse", "--show-toplevel")).decode().strip())
    within = PurePosixPath((await _git(book, "rev-parse", "--show-prefix")).decode().strip().rstrip("/"))
    try:
        named = await _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except BookError:
        raise InvalidInput(
            f"{revision!r} is no revision of {top}. In a shallow clone fetch it first: `fetch-depth: 0` in a workflow."
        ) from None
    commit = named.decode().strip()
    listed = await _git(top, "ls-tree", "-r", "-z", "--long", "--full-tree", commit)
    blobs = [blob for blob in _blobs(listed) if _wanted(blob.path, within)]
    if not any(blob.path.is_relative_to(within) for blob in blobs):
        raise InvalidInput(f"The book {str(within)!r} was not there at {revision!r}.")
    await _write(top, blobs, folder)
    return folder / within, commit


def _blobs(listed: bytes) -> list[Blob]:
    """The regular files of `git ls-tree -z --long`, but for those that are too large to be pages."""
    blobs = []
    for entry in listed.split(b"\0"):
        about, tab, name = entry.partition(b"\t")
        if tab and about.startswith(_FILE.encode()):
            _mode, _type, id_, size = about.decode().split()
            if int(size) <= _LARGEST:
                blobs.append(Blob(PurePosixPath(name.decode("utf-8", "surrogateescape")), id_))
    return blobs


def _wanted(path: PurePosixPath, within: PurePosixPath) -> bool:
    return path.is_relative_to(within) or within.is_relative_to(path.parent)


async def _write(top: Path, blobs: list[Blob], folder: Path) -> None:
    """Writes `blobs` as one `git cat-file --batch` gives them."""
    ids = "".join(f"{blob.id}\n" for blob in blobs).encode()
    given = memoryview(await _git(top, "cat-file", "--batch", fed=ids))

    def save() -> None:
        at = 0
        for blob in blobs:
            end = bytes(given[at : at + 200]).index(b"\n") + at
            size = int(bytes(given[at:end]).split()[2])
            file = folder / blob.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(given[end + 1 : end + 1 + size])
            at = end + 1 + size + 1

    await anyio.to_thread.run_sync(save)


async def _git(folder: Path, *words: str, fed: bytes | None = None) -> bytes:
    """What git says.

    Raises:
        BookError: It fails, or is not installed.
    """
    try:
        done = await anyio.run_process(["git", "-C", str(folder), *words], input=fed)
    except FileNotFoundError:
        raise BookError("git is not installed, or not on the PATH; --against needs it.") from None
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode(errors="replace").strip()
        raise BookError(f"{folder}: git cannot read it ({told or 'no reason given'}).") from None
    return done.stdout
