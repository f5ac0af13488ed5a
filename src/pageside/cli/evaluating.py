"""`pageside eval`: asks the questions of a file, and says how well the book was found, answered and declined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal, cast

import click
from anyio import to_thread
from rich.progress import TaskID

from pageside.cli import shelving, show
from pageside.cli.commands import main
from pageside.cli.running import command, emit, loaded


class _RunByDefault(click.Group):
    """A group whose first word, where it names no command, begins the arguments of `run`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in {"-h", "--help"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@main.group(name="eval", cls=_RunByDefault)
def evaluate() -> None:
    """Measure how well questions are answered: `pageside eval FILE.jsonl`.

    Without a command, `run` is meant: `pageside eval run --help` lists its options.
    """


@evaluate.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--book", "place", default="", metavar="PLACE", help="The book's folder, or which of several; else what is indexed."
)
@click.option("--compare", metavar="CONFIG", help="A second configuration: KEY=VALUE,... or a .env or .toml file.")
@click.option("--against", metavar="REVISION", default="", help="The book at this git revision as the second one.")
@click.option("--fail-under", "bars", multiple=True, metavar="FIGURE=VALUE", help="Exit with 1 below it.")
@click.option("--report", type=click.Path(file_okay=False, path_type=Path), help="Folder for the report.")
@click.option("--half", type=click.Choice(["dev", "test"]), help="Only the questions of this half.")
@click.option("--limit", type=click.IntRange(1), help="At most so many questions, spread over the file.")
@click.option("--at-once", type=click.IntRange(1, 64), help="Questions under way at a time.  [default: 1, or 4]")
@click.option("--resume", is_flag=True, help="Go on with the run whose journal stands in --report.")
@click.option(
    "--calibrate",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what PAGESIDE_CALIBRATION reads: how sure answers are, and which are wrong.",
)
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Where Pageside keeps its files.")
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
@command
async def run(
    file: Path,
    place: str,
    compare: str | None,
    against: str,
    bars: tuple[str, ...],
    report: Path | None,
    half: Literal["dev", "test"] | None,
    limit: int | None,
    at_once: int | None,
    resume: bool,
    calibrate: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> int:
    """Ask the questions of FILE and measure what comes of them."""
    from pageside.evaluation import bars as barred  # noqa: PLC0415
    from pageside.evaluation import calibrating, cases, configurations, reporting  # noqa: PLC0415
    from pageside.evaluation.evaluating import Plan, evaluate  # noqa: PLC0415
    from pageside.evaluation.journal import NAME, Journal  # noqa: PLC0415

    if resume and report is None:
        raise click.UsageError("--resume goes on with the journal of --report; name its folder.")
    if calibrate is not None and (compare is not None or against):
        raise click.UsageError("--calibrate is of one book and one configuration; leave --compare and --against out.")
    wanted = barred.read(bars)
    chosen = cases.chosen(cases.read(file), half=half, limit=limit)
    settings, folder, index = shelving.placed(loaded(data_dir=data_dir), place)
    plan = Plan(
        cases=chosen,
        settings=calibrating.opened(settings) if calibrate is not None else settings,
        folder=folder,
        index=index,
        compare=configurations.read(compare) if compare is not None else None,
        against=against,
        at_once=at_once or (4 if settings.openai_api_key or settings.openai_base_url else 1),
    )
    with (
        Journal(report / NAME, resume=resume) if report is not None else nullcontext() as journal,
        show.progress() as indexing,
        _asking(len(chosen)) as asked,
    ):
        made = await evaluate(plan, journal=journal, indexing=indexing, asked=asked)
    if calibrate is not None:
        kept = calibrating.scores(made.arm.judged)
        await to_thread.run_sync(kept.write, calibrate)
        click.echo(f"{len(kept.scores)} answers written to {calibrate}; name it in PAGESIDE_CALIBRATION.", err=True)
    missed = barred.missed(wanted, made.arm.figures)
    if report is not None:
        reporting.write(made, report, file=file, missed=missed, base_url=settings.base_url)
        click.echo(f"Report: {report / 'report.html'}", err=True)
    if as_json:
        emit(reporting.row(made, missed=missed))
    else:
        click.echo(reporting.shown(made))
    for each in missed:
        click.echo(f"pageside: {each}", err=True)
    return 1 if missed or len(made.arm.failed) == len(chosen) else 0


@contextmanager
def _asking(count: int) -> Iterator[Callable[[str, Any], None]]:
    """A bar on standard error for each run; what fails is told there as it happens."""
    with show.bars() as drawn:
        tasks: dict[str, TaskID] = {}

        def asked(arm: str, result: Any) -> None:
            if arm not in tasks:
                tasks[arm] = drawn.add_task(arm if len(arm) <= 40 else f"{arm[:39]}…", total=count)
            drawn.advance(tasks[arm])
            if result.error:
                drawn.console.print(f"{result.id}: {result.error}", markup=False, highlight=False)

        yield asked


@evaluate.command(name="import")
@click.argument("source", type=click.Choice(["squad2", "ragas"]))
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--pages", type=click.Path(file_okay=False, path_type=Path), help="Folder for SQuAD's paragraphs, as pages."
)
@command
async def import_(source: str, file: Path, out: Path, pages: Path | None) -> None:
    """Turn a SQuAD 2 file, or one that RAGAS reads or writes, into a question file."""
    from pageside.evaluation import importing  # noqa: PLC0415

    if pages is not None and source != "squad2":
        raise click.UsageError("--pages writes SQuAD's paragraphs; a RAGAS file has none.")
    rows = importing.rows(cast("importing.Source", source), file)
    if pages is not None:
        _save({pages / place: text for place, text in importing.pages(file).items()})
    _save({out: importing.written(rows)})
    click.echo(f"{len(rows)} questions written to {out}.")


def _save(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
