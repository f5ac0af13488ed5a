"""The whole server as a process of its own over a real book, for tests that come in through the front door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import zygote
from tests.zygote import Process

from pageside.settings import Settings, variables

# Tests ask more in a minute than a person does, and the same question for another answer.
UNLIMITED = {variables(field)[0]: "0" for name, field in Settings.model_fields.items() if name.startswith("limit_")}
UNLIMITED["PAGESIDE_ANSWER_CACHE_S"] = "0"
# Answers that a test leaves under way end with its server.
UNLIMITED["PAGESIDE_SHUTDOWN_ANSWERS_S"] = "0"


@contextmanager
def server(book: Path, data_dir: Path, **environment: str) -> Iterator[str]:
    """Serves `book` with `pageside serve` on a free port; gives the address and stops the process in the end."""
    with running(book, data_dir, **environment) as (address, _):
        yield address


@contextmanager
def running(book: Path, data_dir: Path, *, port: int = 0, **environment: str) -> Iterator[tuple[str, Process]]:
    """As `server`, with the process, on any free port where none is named."""
    log = data_dir.parent / "server.log"
    command = ["serve", book, "--port", str(port), "--data-dir", data_dir]
    environment = {"PAGESIDE_LOG_FORMAT": "json", **UNLIMITED, **environment}
    with (
        log.open("w", encoding="utf-8") as told,
        zygote.start(command, cwd=data_dir.parent, env=environment, stdout=zygote.PIPE, stderr=told) as process,
    ):
        try:
            yield _address(process, log), process
        finally:
            process.terminate()
            process.wait(timeout=30)


def _address(process: Process, log: Path) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://[^\s]+", line):
            return found[0]
    raise AssertionError(f"the server ended with {process.wait()}: {log.read_text(encoding='utf-8')}")
