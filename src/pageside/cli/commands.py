"""The commands a person types: what each takes, and what it does with the parts it is handed.

Imports inside commands keep the light ones light: the model stack takes a second to load, which `search` need not pay.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import ParamSpec

import click

from pageside import __version__, telemetry
from pageside.answer.question import Page, Question
from pageside.cli import queries, rows, shelving, show
from pageside.cli.running import command, emit, loaded
from pageside.knowledge import starter
from pageside.wiring import knowing

P = ParamSpec("P")

_DATA_DIR = click.option(
    "--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Where Pageside keeps its files."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
_FOLDER = click.argument("book", type=click.Path(path_type=Path), required=False)
_BOOKS = click.option(
    "--books", type=click.Path(dir_okay=False, path_type=Path), help="A TOML file of several books, in place of BOOK."
)
_NAME = click.option("--book", "name", default="", metavar="NAME", help="Which of several books.")
_ASKED = (
    click.argument("question", required=False, default=""),
    click.option("--filter", "filters", multiple=True, metavar="LABEL=VALUE", help="Only passages with this label."),
    click.option(
        "--queries",
        "queries_file",
        type=click.Path(dir_okay=False, exists=True, path_type=Path),
        help="A JSON Lines file of questions: id, question, selected_text?, page?.",
    ),
    click.option("--selected-text", default="", help="Text the reader selected on the page."),
    click.option("--page", default="", help="Path or URL of the page the reader is on."),
)


def _questioned(asking: Callable[P, None]) -> Callable[P, None]:
    """A command that takes a question, or a file of them, and what the reader points at."""
    for option in reversed(_ASKED):
        asking = option(asking)
    return asking


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pageside")
def main() -> None:
    """The teaching assistant that sits beside a textbook."""


@main.command()
@_FOLDER
@_BOOKS
@_DATA_DIR
@click.option("--wait", "wait_s", type=float, default=0, help="Seconds to wait while another process is indexing.")
@_JSON
@command
async def index(book: Path | None, books: Path | None, data_dir: Path | None, wait_s: float, as_json: bool) -> None:
    """Bring the index up to date with a folder of Markdown."""
    chosen = loaded(data_dir=data_dir, books=books)
    listed = shelving.meant(chosen, book)
    if book is None:
        await shelving.index(listed, wait_s=wait_s, as_json=as_json)
        return
    with show.progress() as progress:
        report = await knowing.index_book(chosen, book, progress=progress, wait_s=wait_s)
    shelving.warn(report)
    if as_json:
        emit(rows.report(report))
    else:
        click.echo(show.report(report))


@main.command()
@_NAME
@_DATA_DIR
@_JSON
@command
async def passages(name: str, data_dir: Path | None, as_json: bool) -> None:
    """Print every passage of the index, one row each."""
    chosen, indexed = shelving.one(loaded(data_dir=data_dir), name)
    async with knowing.open_index(chosen, book=indexed) as opened:
        for passage in await opened.passages():
            if as_json:
                emit(rows.passage(passage))
            else:
                click.echo(f"{passage.url}  {' > '.join(passage.heading_path)}")


@main.command()
@click.option("-k", "limit", type=click.IntRange(1, 100), default=5, show_default=True, help="How many passages.")
@_questioned
@_NAME
@_DATA_DIR
@_JSON
@command
async def search(
    question: str,
    limit: int,
    filters: tuple[str, ...],
    queries_file: Path | None,
    selected_text: str,
    page: str,
    name: str,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Find the passages nearest to a question, best first."""
    wanted = _labels(filters)
    asked = _asked(question, queries_file, selected_text, page)
    chosen, indexed = shelving.one(loaded(data_dir=data_dir), name)
    async with knowing.open_search(chosen, book=indexed) as finder:
        for query in asked:
            findings = await finder.find(
                query.question,
                limit=limit,
                filters=wanted,
                selected_text=query.selected_text or "",
                page=query.page or "",
            )
            results = [rows.result(found) for found in findings.passages]
            if queries_file:
                emit({"id": query.id, "results": results})
            elif as_json:
                emit(results)
            else:
                click.echo(show.results(findings))


@main.command()
@_questioned
@_NAME
@_DATA_DIR
@_JSON
@command
async def ask(
    question: str,
    filters: tuple[str, ...],
    queries_file: Path | None,
    selected_text: str,
    page: str,
    name: str,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Answer a question from the book, with its sources."""
    wanted = _labels(filters)
    asked = _asked(question, queries_file, selected_text, page)
    from pageside.wiring.answering import open_tutor  # noqa: PLC0415

    chosen, indexed = shelving.one(loaded(data_dir=data_dir), name)
    digest = await shelving.digest(chosen, indexed)
    async with open_tutor(chosen, book=indexed) as tutor:
        for query in asked:
            full = Question(
                text=query.question,
                selected_text=query.selected_text or "",
                page=Page(path=query.page) if query.page else None,
                filters=wanted,
            )
            if queries_file:
                emit({"id": query.id, **rows.answer(await tutor.complete(full), digest=digest)})
            elif as_json:
                emit(rows.answer(await tutor.complete(full), digest=digest))
            else:
                await show.stream(tutor.answer(full))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option(
    "--book", "place", default="", metavar="PLACE", help="The book's folder, or which of several; else what is indexed."
)
@_DATA_DIR
@_JSON
@command
async def verify(file: Path, place: str, data_dir: Path | None, as_json: bool) -> int:
    """Hold the answers of a saved conversation against the book again; fail where one does not hold."""
    from pageside.cli import verifying  # noqa: PLC0415

    chosen = loaded(data_dir=data_dir)
    told = verifying.read(file)
    verified, book = await verifying.verified(told, place, chosen)
    if as_json:
        emit(verifying.row(verified, book))
    else:
        verifying.show(verified, book)
    return 0 if all(each.checked.holds for each in verified) else 1


def _asked(question: str, file: Path | None, selected_text: str, page: str) -> list[queries.Query]:
    if file is not None:
        if question or selected_text or page:
            raise click.UsageError("--queries brings each question with its selected text and page; give it alone.")
        return list(queries.read(file))
    if not question.strip():
        raise click.UsageError("give a question, or a file of them with --queries.")
    return [queries.Query(id="", question=question, selected_text=selected_text, page=page)]


def _labels(filters: tuple[str, ...]) -> dict[str, str]:
    labels = {}
    for given in filters:
        name, equals, value = given.partition("=")
        if not (name and equals and value):
            raise click.UsageError(f"--filter {given!r}: write LABEL=VALUE, such as module=1.")
        labels[name.strip()] = value.strip()
    return labels


@main.command()
@_FOLDER
@_BOOKS
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 picks one.  [default: 8000]")
@click.option("--base-url", help="Where readers see the book, such as https://example.org.")
@click.option(
    "--site", type=click.Path(path_type=Path), help="Folder of the book's built site; `none` for plain pages."
)
@_DATA_DIR
@command
async def serve(
    book: Path | None,
    books: Path | None,
    host: str | None,
    port: int | None,
    base_url: str | None,
    site: Path | None,
    data_dir: Path | None,
) -> None:
    """Index a book and serve it with its assistant."""
    from pageside.web import server  # noqa: PLC0415

    chosen = loaded(quiet=False, host=host, port=port, base_url=base_url, site=site, data_dir=data_dir, books=books)
    listed = shelving.meant(chosen, book)
    if book is None:
        await shelving.serve(chosen, listed)
        return
    with show.progress() as progress:
        report = await knowing.freshen(chosen, book, progress=progress)
    if report:
        shelving.warn(report)
        click.echo(show.report(report), err=True)
    sample = starter.question(await shelving.indexed(chosen))
    async with nullcontext() if report else knowing.catching_up(partial(knowing.freshen, chosen, book)):
        await server.run(chosen, book, listening=lambda url: click.echo(show.welcome(url, sample)))


@main.command()
@_DATA_DIR
@command
async def migrate(data_dir: Path | None) -> None:
    """Bring the database up to date."""
    from pageside.wiring import serving  # noqa: PLC0415

    revision = await serving.migrate(loaded(data_dir=data_dir))
    click.echo(f"The database is at revision {revision}.")


@main.command()
@click.option("--older-than", metavar="AGE", help="Of conversations, in days or weeks, such as 90d.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and take nothing away.")
@_DATA_DIR
@_JSON
@command
async def prune(older_than: str | None, dry_run: bool, data_dir: Path | None, as_json: bool) -> None:
    """Delete old conversations, and what nobody needs any more."""
    from pageside.cli import pruning  # noqa: PLC0415
    from pageside.wiring import keeping  # noqa: PLC0415

    age = pruning.age(older_than)
    chosen = loaded(data_dir=data_dir)
    if dry_run:
        pruned = await keeping.prunable(chosen, older_than=age)
    else:
        pruned = await keeping.prune(chosen, older_than=age)
    if as_json:
        emit(pruning.row(pruned, dry_run=dry_run))
    else:
        click.echo(pruning.foretold(pruned) if dry_run else pruning.told(pruned))


@main.command()
@click.argument("user")
@click.option("--org", "organisation", default="", help="The organisation they belong to.")
@click.option("--role", "roles", multiple=True, help="A role they have; may be given several times.")
@click.option("--ttl", default="1h", metavar="TIME", show_default=True, help="How long it is good, such as 30m or 7d.")
@command
async def token(user: str, organisation: str, roles: tuple[str, ...], ttl: str) -> None:
    """Print a token to develop with, as the reader USER."""
    from pageside.cli import tokens  # noqa: PLC0415

    chosen = loaded()
    lifetime = tokens.lifetime(ttl)
    made = tokens.made(chosen, user, organisation=organisation, roles=roles, ttl=lifetime)
    if chosen.auth_mode != "jwt":
        click.echo(f"AUTH_MODE is {chosen.auth_mode}: a server takes this token once it is jwt.", err=True)
    click.echo(f"A token for {user}, good for {ttl}:", err=True)
    click.echo(made)


@main.command(name="doctor")
@click.option(
    "--token", "questioned", metavar="TOKEN", help="Say who this token is of, or why it is denied; - reads it."
)
@_DATA_DIR
@_JSON
@command
async def examine(data_dir: Path | None, as_json: bool, questioned: str | None) -> int:
    """Say what is on, what is missing and how to turn it on; fail when something is broken."""
    from pageside import doctor  # noqa: PLC0415
    from pageside.cli import checkup  # noqa: PLC0415

    telemetry.configure(level="CRITICAL")  # what is amiss is in the findings
    if questioned is None:
        findings = await doctor.examine(data_dir=data_dir)
    else:
        findings = await doctor.explain(sys.stdin.read() if questioned == "-" else questioned, data_dir=data_dir)
    if as_json:
        emit([finding.row() for finding in findings])
    else:
        click.echo(checkup.shown(findings))
    return 1 if any(finding.state == "broken" for finding in findings) else 0
