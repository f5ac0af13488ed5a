"""The whole server as a real process over a real book, for tests that come in through the front door."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server(book: Path, data_dir: Path, **environment: str) -> Iterator[str]:
    """Serves `book` with `pageside serve` on a free port; gives the address and stops the process in the end."""
    log = data_dir.parent / "server.log"
    command = [str(Path(sys.executable).with_name("pageside")), "serve", str(book), "--port", "0"]
    with (
        log.open("w", encoding="utf-8") as told,
        subprocess.Popen(
            [*command, "--data-dir", str(data_dir)],
            cwd=data_dir.parent,
            env={**os.environ, "PAGESIDE_LOG_FORMAT": "json", **environment},
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
        ) as process,
    ):
        try:
            yield _address(process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://[^\s]+", line):
            return found[0]
    raise AssertionError(f"the server ended with {process.wait()}: {log.read_text(encoding='utf-8')}")
