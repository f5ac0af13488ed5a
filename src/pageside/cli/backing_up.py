"""`pageside backup` and `pageside restore`."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypedDict

import click
from anyio.to_thread import run_sync

from pageside.backup import archive
from pageside.backup.archive import Manifest
from pageside.cli.commands import main
from pageside.cli.running import command, emit, loaded
from pageside.storage.files_drafts import begun, made

MISSING = 3  # exit code of a backup that is whole but for files which were lost before

_STREAM = Path("-")
_DATA_DIR = click.option(
    "--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Where Pageside keeps its files."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
_WITHOUT_SECRET = click.option(
    "--without-secret", is_flag=True, help="Leave out the secret that signs guests' cookies."
)


class ManifestRow(TypedDict):
    created_at: str
    pageside: str
    revision: str
    rows: dict[str, int]
    files: int
    bytes: int
    indexes: list[str]
    secret: bool
    missing: list[str]


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--replace", is_flag=True, help="Let FILE go that is there, once the new one is whole.")
@_WITHOUT_SECRET
@_DATA_DIR
@_JSON
@command
async def backup(file: Path, replace: bool, without_secret: bool, data_dir: Path | None, as_json: bool) -> int:
    """Write everything that readers and the server keep into FILE; - is standard output."""
    from pageside.backup import backing_up  # noqa: PLC0415
    from pageside.wiring.backing_up import place  # noqa: PLC0415

    chosen = loaded(data_dir=data_dir)
    if file == _STREAM and (as_json or sys.stdout.isatty()):
        raise click.UsageError("standard output takes the archive: send it into a file or a program, without --json.")
    with _written(file, replace=replace) as out:
        made = await backing_up.back_up(place(chosen), out, with_secret=not without_secret, tell=_tell)
    _show(made, "Backed up", as_json=as_json)
    if made.facts.index == "qdrant":
        _tell("The index is in Qdrant: after a restore, `pageside index` builds it anew, or restore Qdrant's snapshot.")
    if made.facts.missing:
        _tell(f"{len(made.facts.missing)} files of readers were lost before; everything else is in the backup.")
        return MISSING
    return 0


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--check", is_flag=True, help="Read the archive to its end, and write nothing.")
@_WITHOUT_SECRET
@_DATA_DIR
@_JSON
@command
async def restore(file: Path, check: bool, without_secret: bool, data_dir: Path | None, as_json: bool) -> None:
    """Put a backup back into an empty place; - is standard input."""
    from pageside.backup import restoring  # noqa: PLC0415
    from pageside.wiring.backing_up import place  # noqa: PLC0415

    chosen = loaded(data_dir=data_dir)
    with _read(file, chosen.data_dir, twice=not check) as source:
        if check:
            found = await run_sync(archive.checked, source)
        else:
            found = await restoring.restore(place(chosen), source, with_secret=not without_secret, tell=_tell)
    _show(found, "Whole" if check else "Restored", as_json=as_json)


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)


def _show(manifest: Manifest, done: str, *, as_json: bool) -> None:
    row = ManifestRow(
        created_at=manifest.facts.created_at,
        pageside=manifest.pageside,
        revision=manifest.facts.revision,
        rows=dict(manifest.facts.tables),
        files=len(manifest.of("files")),
        bytes=manifest.size,
        indexes=sorted({member.what.partition("/")[0] for member in manifest.of("index")}),
        secret=bool(manifest.of("secret")),
        missing=list(manifest.facts.missing),
    )
    if as_json:
        emit(row)
        return
    _tell(
        f"{done}: {sum(row['rows'].values())} rows at revision {row['revision']}, {row['files']} files, "
        f"{len(row['indexes'])} indexes, {'with' if row['secret'] else 'without'} the secret; "
        f"{row['bytes'] / 1e6:.1f} MB before compression, of {row['created_at'][:19]} UTC."
    )


@contextmanager
def _written(file: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """Where the archive goes: under its own name once it is whole, for the user alone."""
    if file == _STREAM:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if file.exists() and not replace:
        raise click.UsageError(f"{file} is there already; --replace lets it go once the new one is whole.")
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.partial")
    try:
        with begun(draft) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _read(file: Path, data_dir: Path, *, twice: bool) -> Iterator[BinaryIO]:
    if file != _STREAM:
        with file.open("rb") as source:
            yield source
        return
    if not twice:
        yield sys.stdin.buffer
        return
    made(data_dir)
    with tempfile.TemporaryFile(dir=data_dir) as spooled:  # which has no name, and is gone with the process
        while piece := sys.stdin.buffer.read(archive.PIECE):
            spooled.write(piece)
        spooled.seek(0)
        yield spooled
