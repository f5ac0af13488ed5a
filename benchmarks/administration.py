"""What reports cost over many turns: `python -m benchmarks.administration [--turns 1000000] [--postgres URL]`.

Turns are spread over a year, with readers, conversations, books and sections as they fall; then each report is asked
for three times in each period, and the middle one is told. With a URL of an empty database that is migrated here,
PostgreSQL; else SQLite in a folder of its own. What a turn pays for being noted is measured last, beside a
transaction of the same database that writes one small row.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import insert, text

from pageside import ids, telemetry
from pageside.administration.owning import Roll
from pageside.administration.reindexing import Reindexing
from pageside.administration.reports import Reports
from pageside.administration.values import OUTCOMES, Period, Scope
from pageside.answer.events import Answer, Usage
from pageside.conversation.noting import SERVER, Notes
from pageside.conversation.turn import Turn
from pageside.identity.looker import Looker
from pageside.identity.ownership import owner
from pageside.identity.pseudonyms import Pseudonyms
from pageside.identity.reader import Reader
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.storage.tables import readers, requests, turns

PSEUDONYMS = Pseudonyms(SecretStr("of this benchmark alone, and no secret at all"))
PERIODS = (7, 30, 90, 365)
READERS = 20_000
TIMES = 3
AT_ONCE = 5_000
TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Told:
    """An answer, as far as noting it needs one."""

    evidence = ()
    answer = Answer("", (), "answered", 0.9, Usage("m", input_tokens=2000, output_tokens=300))
    rests = False

    def __init__(self, thread_id: str) -> None:
        self.thread_id, self.answer_id = thread_id, "a"


def made(n: int) -> Iterator[dict[str, Any]]:
    """So many turns, always the same."""
    chance = random.Random(7)
    hashes = [PSEUDONYMS.of(Reader(f"reader{at}")) for at in range(READERS)]
    kinds = chance.choices(OUTCOMES, weights=(70, 10, 10, 6, 2, 2), k=n)
    for at in range(n):
        who = int(READERS * chance.random() ** 2)
        moment = TODAY - timedelta(seconds=365 * 86_400 * (n - at) / n)  # one after another, as they are asked
        section = int(2000 * chance.random() ** 2)
        told = kinds[at] not in {"failed", "stopped"}
        yield {
            **owner(SERVER),
            "id": f"trn{at:09}",
            "at": moment,
            "day": moment.date().isoformat(),
            "home": "",
            "book": f"book{section % 4}",
            "reader_hash": hashes[who],
            "thread_id": f"thr_{who}_{chance.randrange(8)}",
            "asked_id": f"msg{at:09}",
            "item_id": f"ans{at:09}" if told else None,
            "outcome": kinds[at],
            "confidence": chance.random(),
            "page": f"chapter-{section // 20}/section-{section}.md",
            "anchor": f"section-{section}",
            "title": f"Chapter {section // 20} › Section {section}",
            "url": f"/chapter-{section // 20}/section-{section}#section-{section}",
            "others": None,
            "model": "m",
            "input_tokens": 2000,
            "output_tokens": 300,
            "beside_tokens": 0,
            "millionths": chance.randrange(5000),
            "first_ms": int(200 + 1500 * chance.random()) if told else None,
            "whole_ms": int(1000 + 9000 * chance.random()) if told else None,
            "cached": 0,
            "dropped": 0,
            "asked_again": int(chance.random() < 0.05),
            "positive": int(chance.random() < 0.02),
            "negative": int(chance.random() < 0.02),
        }


async def fill(database: Database, n: int) -> None:
    """Writes the turns, and the roll of readers."""
    batch: list[dict[str, Any]] = []
    for row in made(n):
        batch.append(row)
        if len(batch) == AT_ONCE:
            async with database.transaction(SERVER.reader) as connection:
                await connection.execute(insert(turns), batch)
            batch = []
    for at in range(READERS):
        turn = Turn(reader=Reader(f"reader{at}"))
        async with database.transaction(turn.reader) as connection:
            await connection.execute(insert(readers).values(**owner(turn)))
    async with database.transaction(SERVER.reader) as connection:
        await connection.execute(text("ANALYZE"))


async def milliseconds(work: Callable[[], Awaitable[object]], times: int = TIMES) -> float:
    """The middle of several."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


async def measure(database: Database, n: int) -> None:
    """Prints a row for each report."""
    reports = Reports(database, PSEUDONYMS, reindexing=Reindexing(database))
    by, scope = Looker("benchmark", "", reads_text=True), Scope("")
    asked: Mapping[str, Callable[[Period], Awaitable[object]]] = {
        "overview": lambda period: reports.overview(by, scope, period),
        "by day": lambda period: reports.by_day(by, scope, period),
        "by book": lambda period: reports.by_book(by, scope, period),
        "by reader": lambda period: reports.by_reader(by, scope, period),
        "conversations, newest 50": lambda period: reports.threads(by, scope, period),
        "opinions, newest 100": lambda period: reports.feedback(by, scope, period),
        "what to rewrite": lambda period: reports.passages(by, scope, period),
        "overview, all organisations": lambda period: reports.overview(
            Looker("benchmark", None), Scope(None, None), period
        ),
    }
    print(f"\n| milliseconds, of {n:,} turns | " + " | ".join(f"{days} days" for days in PERIODS) + " |")
    print("|---|" + "---|" * len(PERIODS))
    for name, report in asked.items():
        took = []
        for days in PERIODS:
            period = Period((TODAY - timedelta(days=days - 1)).date(), TODAY.date())
            took.append(await milliseconds(lambda report=report, period=period: report(period)))  # type: ignore[misc]
        print(f"| {name} | " + " | ".join(f"{each:,.0f}" for each in took) + " |", flush=True)
    roll = Roll(database, PSEUDONYMS)
    found = await milliseconds(lambda: roll.find([PSEUDONYMS.of(Reader("reader9999"))], organisation="", book=""))
    print(f"\nA reader found by pseudonym among {READERS:,}, the last page but none: {found:,.0f} ms")
    await noting(database)


async def noting(database: Database) -> None:
    """Prints what a turn's note costs, one after another."""
    notes, turn = Notes(database, PSEUDONYMS), Turn(reader=Reader("reader1"))
    each = 300

    async def small() -> None:
        for _ in range(each):
            async with database.transaction(turn.reader) as connection:
                row = {"key": ids.new("k"), "claimant": "c", "digest": "d", "created_at": ids.now()}
                await connection.execute(insert(requests).values(**owner(turn), **row))

    async def noted() -> None:
        for at in range(each):
            with notes.noted(Told(f"thr_{at}"), "q", turn):
                pass
        await notes.settled()

    await noted()
    one, other = await milliseconds(small), await milliseconds(noted)
    print(f"A turn noted: {other / each:.2f} ms; a transaction of one small row: {one / each:.2f} ms")
    await notes.aclose()


async def main(n: int, postgres: str) -> None:
    """Fills a database, and measures."""
    telemetry.configure(level="WARNING")
    with tempfile.TemporaryDirectory() as folder:
        url = postgres or f"sqlite+aiosqlite:///{Path(folder) / 'turns.db'}"
        database = await Database.open(url, prepare=migrate.upgrade, statement_timeout=timedelta(minutes=5))
        began = time.perf_counter()
        await fill(database, n)
        print(f"filled in {time.perf_counter() - began:.0f} s")
        await measure(database, n)
        await database.aclose()
        if not postgres:
            print(f"the file: {(Path(folder) / 'turns.db').stat().st_size / n:.0f} bytes a turn")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--postgres", default="", help="an empty database, in place of SQLite")
    given = parser.parse_args()
    asyncio.run(main(given.turns, given.postgres))
