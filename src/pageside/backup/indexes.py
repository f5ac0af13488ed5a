"""The embedded indexes of a data folder as files: the current generation of each book, and back again."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from pageside.backup.archive import ArchiveUnusable
from pageside.storage.files_drafts import made

_TRIES: Final = 5
_FILE: Final = re.compile(
    r"(?P<book>\w[\w-]{0,199})/(?P<generation>gen_[a-z0-9]{1,60})/"
    r"(?P<file>passages\.sqlite|vectors\.npy|parts\.npy|parts-at\.npy)"
)


@contextmanager
def held(data_dir: Path) -> Iterator[Sequence[tuple[str, BinaryIO, int]]]:
    """The files of every current generation: `book/generation/file`, open, and how many bytes it has.

    They are opened together, and stay readable though a writer removes them meanwhile.
    """
    with ExitStack() as stack:
        yield [file for root in _books(data_dir) for file in _opened(root, stack)]


def books(data_dir: Path) -> list[str]:
    """The names of what is indexed there."""
    return [root.name for root in _books(data_dir)]


def require_path(told: str) -> tuple[str, str, str]:
    """Book, generation and file of `told`, if a file of an index can stand there.

    Raises:
        ArchiveUnusable: It cannot.
    """
    found = _FILE.fullmatch(told)
    if found is None:
        raise ArchiveUnusable(f"The archive holds {told!r} as a file of an index, which none has: it is no backup.")
    return found["book"], found["generation"], found["file"]


def cleared(data_dir: Path, book: str) -> None:
    """Removes what is left of a generation of `book` that was never read."""
    shutil.rmtree(data_dir / "index" / book, ignore_errors=True)


def put(data_dir: Path, told: str, pieces: Iterator[bytes]) -> None:
    """Writes one file of a generation, which nobody reads yet.

    Raises:
        OSError: It cannot be written.
    """
    book, generation, name = require_path(told)
    path = data_dir / "index" / book / "generations" / generation / name
    made(path.parent)
    with path.open("xb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def point(data_dir: Path, told: str) -> None:
    """Makes the generation of a file current: from here on it is read."""
    book, generation, _ = require_path(told)
    root = data_dir / "index" / book
    fresh = root / "current.new"
    fresh.write_text(f"{generation}\n", "utf-8")
    fresh.replace(root / "current")


def _books(data_dir: Path) -> list[Path]:
    return sorted(each.parent for each in (data_dir / "index").glob("*/current"))


def _opened(root: Path, stack: ExitStack) -> list[tuple[str, BinaryIO, int]]:
    for _ in range(_TRIES):
        name = (root / "current").read_text("utf-8").strip()
        with ExitStack() as opening:
            try:
                paths = sorted((root / "generations" / name).iterdir())
                files = [(path, opening.enter_context(path.open("rb"))) for path in paths]
            except FileNotFoundError:  # a writer was faster: what is current now is looked at again
                continue
            stack.enter_context(opening.pop_all())
            return [(f"{root.name}/{name}/{path.name}", file, os.fstat(file.fileno()).st_size) for path, file in files]
    return []
