"""Processes of the `pageside` command, forked from one that has read the program already.

Reading the libraries takes seconds of a processor, a fork takes milliseconds, and the tests start some hundred
processes. Each is a process of its own all the same, with its own environment, folder, files and end: it can be
killed, stopped and waited for. What the command does before it is read, a few tests see, which start it by its file.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn, Self

from pageside import cli

PRELOADED = (
    "agents",
    "onnxruntime",
    "uvicorn.protocols.http.auto",
    "pageside.cli.commands",
    "pageside.doctor",
    "pageside.web.server",
    "pageside.wiring.keeping",
    "pageside.wiring.shelving",
    "pageside.wiring.serving",
)
PIPE = subprocess.PIPE
_LARGEST_MESSAGE = 1 << 18
_POLL_S = 0.005


class Process:
    """A running command, in the shape of `subprocess.Popen`.

    Attributes:
        stdout: What it prints, where that was asked for.
        returncode: As of `Popen`; None while it runs, or nobody has looked.
    """

    def __init__(self, pid: int, ending: int, stdout: IO[str] | None) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._ending = ending

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.stdout:
            self.stdout.close()
        self.wait()

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        if self.returncode is None:
            try:
                told = os.read(self._ending, 100)
            except BlockingIOError:
                return None
            os.close(self._ending)
            self.returncode = int(told or -signal.SIGKILL)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, once it has.

        Raises:
            subprocess.TimeoutExpired: It runs for longer than `timeout` seconds.
        """
        ends = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if ends is not None and time.monotonic() > ends:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(_POLL_S)
        return code

    def send_signal(self, number: int) -> None:
        """Sends a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """As a power cut."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """As an operator does."""
        self.send_signal(signal.SIGTERM)


class Zygote:
    """The process that has read the program, as whoever has others forked from it sees it."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._turn = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.zygote", str(theirs.fileno())],
                cwd=Path(__file__).parents[1],
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # an interrupt at the terminal is for the tests
            )
        atexit.register(self.close)

    def start(
        self,
        arguments: Sequence[object],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdout: int | IO[str],
        stderr: int | IO[str],
        own_session: bool,
    ) -> Process:
        """Forks a `pageside` with these arguments."""
        told, telling = os.pipe()
        listening, printing = os.pipe() if stdout == subprocess.PIPE else (None, None)
        try:
            asked = {"arguments": [str(each) for each in arguments], "cwd": str(cwd), "env": dict(env)}
            message = json.dumps({**asked, "own_session": own_session}).encode()
            assert len(message) < _LARGEST_MESSAGE
            passed = [telling, printing if printing is not None else _descriptor(stdout), _descriptor(stderr)]
            with self._turn:
                socket.send_fds(self._ours, [message], passed)
        finally:
            os.close(telling)
            if printing is not None:
                os.close(printing)
        pid = b""
        while not pid.endswith(b"\n"):
            part = os.read(told, 1)
            assert part, "the zygote has ended"
            pid += part
        os.set_blocking(told, False)
        return Process(int(pid), told, None if listening is None else os.fdopen(listening, encoding="utf-8"))

    def close(self) -> None:
        """Ends it."""
        self._ours.close()
        self._process.wait()


_first = threading.Lock()


@cache
def _zygote() -> Zygote:
    """One for all tests of this process."""
    return Zygote()


def start(
    arguments: Sequence[object],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdout: int | IO[str] = subprocess.DEVNULL,
    stderr: int | IO[str] = subprocess.DEVNULL,
    own_session: bool = False,
) -> Process:
    """Starts `pageside` with these arguments.

    Args:
        env: Beside or instead of what this process has.
        own_session: Whether it leads a process group of its own, by its id.
    """
    whole = {**os.environ, **(env or {})}
    with _first:
        zygote = _zygote()
    return zygote.start(arguments, cwd=cwd, env=whole, stdout=stdout, stderr=stderr, own_session=own_session)


def run(
    arguments: Sequence[object], *, cwd: Path, env: Mapping[str, str] | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Runs `pageside` to its end, and gives what it printed.

    Raises:
        subprocess.TimeoutExpired: It took longer than `timeout` seconds, and was killed.
    """
    with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as complained:
        process = start(arguments, cwd=cwd, env=env, stdout=printed, stderr=complained)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        printed.seek(0)
        complained.seek(0)
        return subprocess.CompletedProcess(list(arguments), code, printed.read(), complained.read())


def _descriptor(file: int | IO[str]) -> int:
    if isinstance(file, int):
        assert file == subprocess.DEVNULL
        return _nothing()
    return file.fileno()


@cache
def _nothing() -> int:
    return os.open(os.devnull, os.O_RDWR)


# In the zygote


def _serve(asking: socket.socket) -> None:
    """Forks whatever is asked for until nobody can ask any more."""
    running: dict[int, int] = {}
    woken, waking = os.pipe()
    for end in (woken, waking):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waking)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    selector = selectors.DefaultSelector()
    selector.register(asking, selectors.EVENT_READ)
    selector.register(woken, selectors.EVENT_READ)
    while True:
        ready = {key.fileobj for key, _ in selector.select()}
        if woken in ready:
            os.read(woken, 1000)
        while running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            telling = running.pop(pid)
            _tell(telling, str(os.waitstatus_to_exitcode(status)))
            os.close(telling)
        if asking in ready:
            message, passed, _, _ = socket.recv_fds(asking, _LARGEST_MESSAGE, 3)
            if not message:
                break
            telling, printing, complaining = passed
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                # as in a terminal: whoever runs the tests in the background has it ignored
                signal.signal(signal.SIGINT, signal.default_int_handler)
                selector.close()
                asking.close()
                for mine in (woken, waking, telling, *running.values()):
                    os.close(mine)
                _become(json.loads(message), printing, complaining)
            running[pid] = telling
            _tell(telling, f"{pid}\n")
            os.close(printing)
            os.close(complaining)
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _tell(telling: int, word: str) -> None:
    with suppress(BrokenPipeError):  # nobody waits any more
        os.write(telling, word.encode())


def _become(asked: Mapping[str, Any], printing: int, complaining: int) -> NoReturn:
    """Runs the command in this process, which ends with it."""
    if asked["own_session"]:
        os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (printing, 1), (complaining, 2)):
        os.dup2(source, target)
        os.close(source)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    sys.argv = ["pageside", *asked["arguments"]]
    sys.modules["__main__"].__package__ = None  # which the command would take for its own name
    code = 1
    try:
        cli.main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # the libraries' own ends wait for threads that no fork takes along


if __name__ == "__main__":
    for name in PRELOADED:
        importlib.import_module(name)
    with socket.socket(fileno=int(sys.argv[1])) as asking:
        _serve(asking)
