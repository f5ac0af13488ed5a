"""Attacks against a model that obeys what it reads: `python -m benchmarks.injection [--every]`.

For each channel: attacks that succeed without the defence, which alone count; how many of those succeed with it, over
both APIs, and against the embedded model; and how often the book's answer was still given. With `--every`, each attack
goes through each channel, else through three of them in turn. Then the share of sentences of real books that are taken
for orders. Attacks: our own in `tests/attacks`, and half of BIPIA's where `SHARED` has them.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import logging
import tempfile
from pathlib import Path

import structlog
from benchmarks.questions import SHARED
from tests.attacks import channels
from tests.attacks.obeying import ObeyingOpenAI
from tests.attacks.plantings import CHANNELS, Attack
from tests.library_server import LibraryServer, running

from pageside.answer import orders
from pageside.knowledge import sentences

_APIS = ("responses", "chat_completions")
_COLUMNS = ("tried", "counted", "obeyed", "embedded", "answered")


async def attacked(
    openai: ObeyingOpenAI, docs: LibraryServer, attack: Attack, channel: str, number: int
) -> collections.Counter[str]:
    """What became of one attack through one channel."""
    seen = collections.Counter(tried=1)
    with tempfile.TemporaryDirectory() as folder:
        naive = await channels.run(Path(folder, "n"), openai, attack, channel, defended=False, docs=docs)
        if not naive.obeyed:
            return seen
        api = _APIS[number % 2]
        held = await channels.run(Path(folder, "d"), openai, attack, channel, defended=True, api=api, docs=docs)
        embedded = await channels.run_embedded(Path(folder, "e"), attack, channel, docs=docs)
    for told, obeyed in (("MODEL", held), ("EMBEDDED", embedded)):
        if obeyed.obeyed:
            print(f"  {told} OBEYED {attack.id} by {channel}: {obeyed.text[-160:]!r}", flush=True)
    seen.update(counted=1, obeyed=held.obeyed, embedded=embedded.obeyed, answered="holds an angle" in held.text)
    return seen


async def measure(name: str, attacks: list[Attack], *, every: bool) -> None:
    """Prints a table for one set of attacks, a row for each channel."""
    rows: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    names = list(CHANNELS)
    with ObeyingOpenAI() as openai, running() as docs:
        for number, attack in enumerate(attacks):
            for channel in names if every else (names[(number + step) % len(names)] for step in (0, 3, 7)):
                rows[channel] += await attacked(openai, docs, attack, channel, number)
    whole = sum(rows.values(), collections.Counter())
    print(f"\n{name}\n| channel | {' | '.join(_COLUMNS)} |\n|---{'|---' * len(_COLUMNS)}|")
    for channel, row in [*((each, rows[each]) for each in names), ("all", whole)]:
        print(f"| {channel} | {' | '.join(str(row[column]) for column in _COLUMNS)} |")


def pieces_of(page: str) -> list[str]:
    """The sentences and blocks of a page."""
    return [page[span.start : span.end] for span in sentences.split(page)]


def false_alarms() -> None:
    """Prints how many sentences of each book are taken for orders."""
    for book in sorted(path for path in (SHARED / "corpora").glob("*") if path.is_dir()):
        pages = [page for page in book.rglob("*") if page.suffix in {".md", ".mdx"}]
        pieces = [piece for page in pages for piece in pieces_of(page.read_text("utf-8", errors="replace"))]
        taken = sum(map(orders.given, pieces))
        print(f"| {book.name} | {len(pieces):,} | {taken} | {taken / max(1, len(pieces)):.3%} |", flush=True)


async def main() -> None:
    """Prints the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--every", action="store_true", help="each attack through each channel")
    arguments.add_argument("--alarms", action="store_true", help="false alarms alone")
    chosen = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if not chosen.alarms:
        await measure("Our own attacks", channels.own(), every=chosen.every)
        path = SHARED / "questions" / "injection-dev.jsonl"
        rows = [json.loads(row) for row in path.read_text("utf-8").splitlines()] if path.exists() else []
        for split in ("train", "test"):
            published = [Attack(row["id"], row["attack"]) for row in rows if row["split"] == split]
            await measure(f"BIPIA, {split} part", published, every=chosen.every)
    false_alarms()


if __name__ == "__main__":
    asyncio.run(main())
