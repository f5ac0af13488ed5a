"""Several books: which are meant, and what `index` and `serve` do with all of them."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import click

from pageside.answer.proof import Digest
from pageside.cli import rows, show
from pageside.errors import PagesideError, SettingsError
from pageside.knowledge.ingest import Report
from pageside.knowledge.passage import Passage
from pageside.settings import Settings, books
from pageside.settings.books import Listed
from pageside.wiring import knowing


def meant(chosen: Settings, folder: Path | None) -> tuple[Listed, ...]:
    """The books of `PAGESIDE_BOOKS`, where no folder is given; none where one is.

    Raises:
        SettingsError: Neither says what is meant, or the file of books cannot be used.
    """
    if folder is not None:
        return ()
    if chosen.books is None:
        raise SettingsError("Which book? Give the folder of its pages, or a file of several with --books.")
    return books.read(chosen.books, chosen)


def one(chosen: Settings, name: str) -> tuple[Settings, str]:
    """The settings and the index of the book `name`; of the one book there is, where the name is empty.

    Raises:
        SettingsError: There is no such book, or several and no name.
    """
    if chosen.books is None:
        if name:
            raise SettingsError(f"--book {name}: there is one book; PAGESIDE_BOOKS names a file that lists several.")
        return chosen, knowing.BOOK
    listed = {each.name: each for each in books.read(chosen.books, chosen)}
    if name not in listed:
        raise SettingsError(f"Which book? Give --book and one of {', '.join(listed)}.")
    return listed[name].settings, name


def placed(chosen: Settings, place: str) -> tuple[Settings, Path | None, str]:
    """The settings of the book that `--book` means, and its folder where that is what it names; else its index.

    Args:
        place: The book's folder, or which of several; empty for the one that is indexed.

    Raises:
        SettingsError: There is no such book, or several and no name.
    """
    if place and Path(place).is_dir():
        return chosen, Path(place), knowing.BOOK
    meant, name = one(chosen, place)
    return meant, None, name


async def digest(chosen: Settings, index: str) -> Digest:
    """The digests of the pages of an index, by path; empty for a page that it does not have.

    Raises:
        IndexMissing: Nothing has been indexed yet.
    """
    async with knowing.open_index(chosen, book=index) as opened:
        known = {row.path: row.digest for row in await opened.documents()}
    return lambda path: known.get(path, "")


async def index(listed: tuple[Listed, ...], *, wait_s: float, as_json: bool) -> None:
    """Brings the index of each book up to date."""
    from pageside.wiring import shelving  # noqa: PLC0415  # takes a second to load

    for each in listed:
        with show.progress() as progress:
            report = await shelving.index(each, progress=progress, wait_s=wait_s)
        warn(report)
        if as_json:
            click.echo(json.dumps({"book": each.name, **rows.report(report)}, ensure_ascii=False))
        else:
            click.echo(f"{each.name}: {show.report(report)}")


async def serve(chosen: Settings, listed: tuple[Listed, ...]) -> None:
    """Indexes each book and serves all of them."""
    from pageside.web import server  # noqa: PLC0415  # takes a second to load
    from pageside.wiring import shelving  # noqa: PLC0415

    names = [each.name for each in listed]
    async with AsyncExitStack() as stack:
        for each in listed:
            with show.progress() as progress:
                report = await shelving.freshen(each, progress=progress)
            if report:
                warn(report)
                click.echo(f"{each.name}: {show.report(report)}", err=True)
            else:
                await stack.enter_async_context(knowing.catching_up(partial(shelving.freshen, each)))
        await server.run_several(chosen, listed, listening=lambda url: click.echo(show.welcome_to_several(url, names)))


async def indexed(chosen: Settings) -> tuple[Passage, ...]:
    """The passages of the one book there is; none where they cannot be read now."""
    async with knowing.open_index(chosen) as opened:
        try:
            return await opened.passages()
        except PagesideError:  # the server says so, too, and to whom it matters
            return ()


def warn(report: Report) -> None:
    """Says on standard error what was wrong with pages."""
    for warning in report.warnings:
        click.echo(f"warning: {warning}", err=True)
