"""`pageside mcp`: a book and its reader's tasks for programs on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from pageside.cli import shelving
from pageside.cli.commands import main
from pageside.cli.running import command, loaded
from pageside.settings import books


@main.command(name="mcp")
@click.argument("book", type=click.Path(path_type=Path), required=False)
@click.option("--book", "name", default="", metavar="NAME", help="Which of several books.")
@click.option("--reader", help="Whose tasks they are.  [default: local]")
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Where Pageside keeps its files.")
@command
async def mcp(book: Path | None, name: str, reader: str | None, data_dir: Path | None) -> None:
    """Give a book to a program over the Model Context Protocol, on standard input and output.

    Without BOOK, what has been indexed.
    """
    from pageside.cli import stdio  # noqa: PLC0415  # takes a second to load

    chosen = loaded(mcp_reader=reader, data_dir=data_dir)
    shelving.one(chosen, name)  # says which there are, where that is none of them
    several = books.read(chosen.books, chosen) if chosen.books else ()
    await stdio.serve(chosen, book, next((each for each in several if each.name == name), None))
