"""`pageside serve` as a process of its own that can be killed, stopped and started again at the same address."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import httpx2
from tests import served, small_book, zygote

PAGESIDE = str(Path(sys.executable).with_name("pageside"))


class Machine:
    """One server over the small book; a context manager that kills what still runs.

    Attributes:
        folder: Its working folder, with the log (`server.log`).
        address: Where it answers, the same after every start.
    """

    def __init__(self, folder: Path, *, within: Sequence[str] = (), data_dir: Path | None = None, **environment: str):
        """A server that is not started yet.

        Args:
            within: A command that runs the server's command, such as `unshare`.
            data_dir: For the index and the conversations; a folder below `folder` when None.
        """
        self.folder = folder
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._within = within
        self._data_dir = data_dir or folder / "data"
        self._environment = environment
        self._process: subprocess.Popen[str] | zygote.Process | None = None
        small_book.write(folder / "book")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Returns once it answers."""
        command = ["serve", str(self.folder / "book"), "--data-dir", str(self._data_dir), "--port", str(self.port)]
        environment = {"PAGESIDE_LOG_FORMAT": "json", **served.UNLIMITED, **self._environment}
        log = self.folder / "server.log"
        with log.open("a", encoding="utf-8") as told:
            if self._within:
                self._process = subprocess.Popen(
                    [*self._within, PAGESIDE, *command],
                    cwd=self.folder,
                    env={**os.environ, **environment},
                    stdout=subprocess.PIPE,
                    stderr=told,
                    text=True,
                    start_new_session=True,
                )
            else:
                self._process = zygote.start(
                    command, cwd=self.folder, env=environment, stdout=zygote.PIPE, stderr=told, own_session=True
                )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if re.search(r"http://\S+", line):
                return
        raise AssertionError(f"the server ended with {self._process.wait()}: {log.read_text(encoding='utf-8')}")

    def kill(self) -> None:
        """As a power cut: nothing is tidied up."""
        self._end(signal.SIGKILL)

    def terminate(self) -> None:
        """As an operator does."""
        self._end(signal.SIGTERM)

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._process is not None
        return self._process.pid

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What it has logged since the first start."""
        log = (self.folder / "server.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in log.splitlines() if line.startswith("{")]

    def reader(self, *, cookies: httpx2.Cookies | None = None) -> httpx2.AsyncClient:
        """A client of the server; with `cookies`, the guest they belong to."""
        return httpx2.AsyncClient(base_url=self.address, cookies=cookies, timeout=60)

    def _end(self, by: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            os.killpg(self._process.pid, by)
        self._process.wait(timeout=60)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
