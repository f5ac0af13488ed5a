"""What a server carries, with students who come as they do: `python -m benchmarks.load --scenario lecture`.

- `lecture`: all open the page within a minute, and a fifth of them ask.
- `exam`: every twenty seconds a third of all ask within three, and in between they ask as always.
- `steady`: everybody asks again and again, and thinks in between.
- `soak`: as `steady`, for `--minutes`; then what grew, an hour, with its interval, after the first third.
- `turn`: as `steady`, with few; then what one turn costs.

It starts the database, a scripted model at the pace of a real one, the server on a processor of its own, and locust
without its pages on the other one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from benchmarks.load.figures import errors, growth, lags, spread
from benchmarks.load.stand import EVERY_S, OTHER_CORE, Sample, Stand, standing

WARM_UP = 1 / 3
QUIET_S = 8.0


def students(stand: Stand, chosen: argparse.Namespace, *, scenario: str, seconds: float) -> list[dict[str, Any]]:
    """Runs the students to the end of the scenario, and gives what they saw."""
    out = stand.folder / "records.jsonl"
    command = [
        sys.executable, "-m", "benchmarks.load.students", "--host", stand.address, "--scenario", scenario,
        "--students", str(chosen.students), "--seconds", str(seconds), "--share", str(chosen.share),
        "--think", str(chosen.think), "--out", str(out),
    ]  # fmt: skip
    with (stand.folder / "students.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        stand.processes["students"] = psutil.Process(process.pid)
        try:
            if process.wait(timeout=seconds + 300) != 0:
                raise SystemExit((stand.folder / "students.log").read_text(encoding="utf-8"))
        finally:
            process.kill()
            process.wait()
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def shares(samples: list[Sample]) -> dict[str, tuple[float, float]]:
    """Of one processor, by process: over all the time, and the most over ten seconds."""
    steps = max(1, round(10 / EVERY_S))
    found = {}
    for name in samples[-1].cpu:
        told = [(each.at, each.cpu[name]) for each in samples if each.cpu.get(name)]
        if len(told) < 2:
            continue
        whole = (told[-1][1] - told[0][1]) / (told[-1][0] - told[0][0])
        pairs = zip(told, told[steps:], strict=False)
        most = max(((late[1] - early[1]) / (late[0] - early[0]) for early, late in pairs), default=whole)
        found[name] = (whole, max(most, whole))
    return found


def table(stand: Stand, records: list[dict[str, Any]], samples: list[Sample], seconds: float) -> str:
    """The whole outcome of a load, as Markdown."""
    asked = [each for each in records if each["name"] == "ask"]
    pages = [each for each in records if each["name"] == "page"]
    good = [each for each in asked if each["status"] == 200 and each["first"] and not each["error"]]
    failed = errors(records)
    late = lags(good, stand.told()["ends"])
    lines = [
        "| | |", "|---|---|",
        f"| requests, a second | {len(records)}, {len(records) / seconds:.1f} |",
        f"| questions | {len(asked)} |",
        f"| failed | {sum(failed.values())} = {sum(failed.values()) / max(1, len(records)):.2%} |",
        f"| a file of the page, p50 / p95 / p99 ms | {spread([e['ended'] - e['began'] for e in pages])} |",
        f"| first event, p50 / p95 / p99 ms | {spread([e['first'] - e['began'] for e in good])} |",
        f"| first words | {spread([e['words'] - e['began'] for e in good if e['words']])} |",
        f"| end | {spread([e['ended'] - e['began'] for e in good])} |",
        f"| lag of a sentence, {len(late)} of them | {spread(late)} |",
        f"| memory of the server, first / highest / last MB | {memory(samples)} |",
        f"| answers at once, most | {most_at_once(asked)} |",
        f"| load of the machine before, and its processors | {os.getloadavg()[0]:.1f}, {os.cpu_count()} |",
    ]  # fmt: skip
    for name, (whole, most) in shares(samples).items():
        lines.append(f"| processor of the {name}, all the time / busiest 10 s | {whole:.0%} / {most:.0%} |")
    lines += [f"| error: {what[:150].strip()} | {times} |" for what, times in failed.items()]
    lines += [f"| logged: {what} | {times} |" for what, times in stand.warnings().items()]
    return "\n".join(lines)


def memory(samples: list[Sample]) -> str:
    """First, highest and last."""
    seen = [each.rss / 1e6 for each in samples]
    return f"{seen[0]:.0f} / {max(seen):.0f} / {seen[-1]:.0f}"


def most_at_once(asked: list[dict[str, Any]]) -> int:
    """How many answers were under way together."""
    moves = sorted([(each["began"], 1) for each in asked] + [(each["ended"] or each["began"], -1) for each in asked])
    here = most = 0
    for _, step in moves:
        here += step
        most = max(most, here)
    return most


def grown(stand: Stand, samples: list[Sample], turns: int) -> str:
    """What grew an hour, after the warm-up."""
    began, ended = samples[0].at, samples[-1].at
    kept = [each for each in samples if each.at > began + (ended - began) * WARM_UP]
    inside = [each for each in stand.seen_inside() if kept[0].at <= each["at"] <= kept[-1].at]
    times = [each.at for each in kept]
    rows = [
        ("memory, MB", times, [each.rss / 1e6 for each in kept]),
        ("open files", times, [float(each.files) for each in kept]),
        ("threads", times, [float(each.threads) for each in kept]),
        ("connections", times, [float(each.connections) for each in kept]),
        ("tasks", [each["at"] for each in inside], [float(each["tasks"]) for each in inside]),
        ("database, MB", times, [each.database_bytes / 1e6 for each in kept]),
    ]
    lines = [
        f"{(ended - began) / 60:.0f} minutes, {turns} turns; growth an hour after the first third:\n",
        "| | first | last | an hour | 95 % interval |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for name, at, values in rows:
        line = growth(at, values)
        interval = f"{line.low:+.2f} to {line.high:+.2f}"
        lines.append(f"| {name} | {values[0]:.1f} | {values[-1]:.1f} | {line.an_hour:+.2f} | {interval} |")
    return "\n".join(lines)


def costs(stand: Stand, chosen: argparse.Namespace) -> str:
    """What one turn costs, beside what the server does while nobody asks."""
    time.sleep(QUIET_S)
    idle = _meter(stand)
    time.sleep(QUIET_S)
    before = _meter(stand)
    records = students(stand, chosen, scenario="steady", seconds=chosen.seconds)
    after = _meter(stand)
    turns = sum(each["name"] == "ask" and not each["error"] for each in records)
    span = (after["at"] - before["at"]) / (before["at"] - idle["at"])
    each = {name: (after[name] - before[name] - (before[name] - idle[name]) * span) / turns for name in before}
    wire = sum(record["bytes"] for record in records if record["name"] == "ask") / turns
    lines = [
        f"{turns} turns, {len(records) - turns} files of pages and questions that failed: {errors(records)}\n",
        "| one turn | |", "|---|---|",
        f"| processor of the server | {each['server'] * 1000:.1f} ms |",
        f"| processor of the database | {each.get('database', 0) * 1000:.1f} ms |",
        f"| statements of SQL | {each['statements']:.1f} |",
        f"| log of the database | {each['written'] / 1000:.1f} kB |",
        f"| growth of the database | {each['size'] / 1000:.1f} kB |",
        f"| sent to the reader | {wire / 1000:.1f} kB |",
        f"| requests to the model | {each['requests']:.2f} |",
        f"| tokens to the model | {each['input_tokens']:.0f} |",
        f"| tokens from it | {each['output_tokens']:.0f} |",
        *(f"| logged: {what} | {times} |" for what, times in stand.warnings().items()),
    ]  # fmt: skip
    return "\n".join(lines)


def _meter(stand: Stand) -> dict[str, float]:
    told = stand.told()
    inside = stand.seen_inside()[-1]
    counts = {name: float(told[name]) for name in ("requests", "input_tokens", "output_tokens")}
    processors = {name: spent for name, spent in stand.cpu().items() if name in {"server", "database"}}
    kept = {"written": stand.database.written(), "size": stand.database.size()}
    return {"at": time.monotonic(), "statements": inside["statements"], **processors, **counts, **kept}


def main() -> None:
    """Prints what came of one scenario."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--scenario", choices=["lecture", "exam", "steady", "soak", "turn"], default="lecture")
    arguments.add_argument("--students", type=int, default=300)
    arguments.add_argument("--share", type=float, default=0.2, help="of the students of a lecture who ask")
    arguments.add_argument("--think", type=float, default=30.0, help="seconds between two questions, on average")
    arguments.add_argument("--seconds", type=float, default=90.0)
    arguments.add_argument("--minutes", type=float, default=0.0, help="in place of --seconds")
    arguments.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    arguments.add_argument("--data", type=Path, help="folder of the index, to be found again by the next load")
    arguments.add_argument("--embedded", action="store_true", help="the embedded default answers, without a model")
    arguments.add_argument("--first", type=float, default=0.5, help="seconds before the model's first token")
    arguments.add_argument("--pace", type=float, default=50.0, help="tokens of the model a second")
    arguments.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the server")
    chosen = arguments.parse_args()
    chosen.seconds = chosen.minutes * 60 or chosen.seconds
    environment = dict(each.split("=", 1) for each in chosen.set)
    with (
        tempfile.TemporaryDirectory(prefix="load-") as folder,
        standing(
            Path(folder), data=chosen.data or Path(folder) / "data", database=chosen.database,
            embedded=chosen.embedded, first_s=chosen.first, pace=chosen.pace, environment=environment,
        ) as stand,
    ):  # fmt: skip
        print(f"{' '.join(sys.argv[1:])}; all but the server on processor {OTHER_CORE}\n", flush=True)
        if chosen.scenario == "turn":
            print(costs(stand, chosen))
            return
        scenario = "steady" if chosen.scenario == "soak" else chosen.scenario
        with stand.sampled() as samples:
            records = students(stand, chosen, scenario=scenario, seconds=chosen.seconds)
        print(table(stand, records, samples, chosen.seconds))
        if chosen.scenario == "soak":
            print("\n" + grown(stand, samples, sum(each["name"] == "ask" for each in records)))


if __name__ == "__main__":
    main()
