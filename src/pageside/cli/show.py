"""What the commands print for people: answers and results on standard output, progress on standard error."""

from __future__ import annotations

import textwrap
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from pageside.answer.events import Answer, Completed, Gathered, Searching, TextDelta, TutorEvent
from pageside.knowledge.ingest import Progress as Step
from pageside.knowledge.ingest import Report
from pageside.knowledge.passage import Findings

_WIDTH = 96


def bars() -> Progress:
    """Bars on standard error, gone when they end; they draw nothing where that is no terminal."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description:>10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


@contextmanager
def progress() -> Iterator[Callable[[Step], None]]:
    """A bar for each stage of indexing."""
    with bars() as drawn:
        tasks: dict[str, TaskID] = {}

        def step(at: Step) -> None:
            if at.stage not in tasks:
                tasks[at.stage] = drawn.add_task(at.stage, total=at.total)
            drawn.update(tasks[at.stage], completed=at.done, total=at.total)

        yield step


def report(made: Report) -> str:
    """What an indexing run did, in one line."""
    return (
        f"{made.documents} pages, {made.passages} passages, {made.words_indexed:,} of {made.words_in:,} words "
        f"(added {made.added}, changed {made.changed}, removed {made.removed}, unchanged {made.unchanged}) "
        f"in {made.seconds:.1f} s"
    )


def welcome(url: str, sample: str) -> str:
    """Where to look, and one question to try."""
    return (
        f"\n  The book and its assistant:  {url}\n  A question to try:           {sample}\n\n  Ctrl+C stops the server."
    )


def welcome_to_several(url: str, names: Iterable[str]) -> str:
    """Where to look for each book."""
    places = "".join(f"  {url}/{name}/\n" for name in names)
    return f"\n  The books and their assistants:  {url}\n{places}\n  Ctrl+C stops the server."


def results(findings: Findings) -> str:
    """Search results for reading, best first."""
    if not findings.passages:
        return "Nothing found."
    shown = []
    for number, found in enumerate(findings.passages, start=1):
        place = found.passage
        preview = textwrap.shorten(place.text, width=240, placeholder=" …")
        shown.append(
            f"{number}. {' > '.join(place.heading_path)}  ({found.relevance:.0%})\n"
            f"   {place.url}\n{textwrap.indent(textwrap.fill(preview, _WIDTH), '   ')}"
        )
    return "\n\n".join(shown)


async def stream(events: AsyncGenerator[TutorEvent, None]) -> None:
    """Prints an answer as it is made, then its numbered sources."""
    try:
        async for event in events:
            match event:
                case Searching(query):
                    click.echo(f"Searching the book for: {query}", err=True)
                case Gathered(evidence):
                    click.echo(f"Read {len(evidence)} passages.\n", err=True)
                case TextDelta(text):
                    click.echo(text, nl=False)
                case Completed(answer):
                    click.echo(_sources(answer))
                case _:
                    pass
    finally:
        await events.aclose()


def _sources(answer: Answer) -> str:
    if not answer.citations:
        return ""
    lines = ["", "", "Sources"]
    for citation in answer.citations:
        quote = textwrap.shorten(citation.quote, width=200, placeholder=" …")
        lines.append(f"[{citation.marker}] {' > '.join(citation.passage.heading_path)}")
        lines.append(textwrap.indent(textwrap.fill(f"“{quote}”", _WIDTH - 4), "    "))
        lines.append(f"    {citation.url}")
    return "\n".join(lines)
