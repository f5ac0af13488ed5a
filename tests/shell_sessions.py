"""Shell blocks run as a person would: in a folder with a book, and with `pageside` on the path.

Each block is a `bash` of its own, which stops at the first command that fails. `pageside` in it is the command itself,
forked from one that has read the program. `pageside serve` goes on until the block ends, as in another terminal.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx2
from tests import zygote

# What `pageside` is in a block: it hands its arguments and where it prints to whoever runs the block.
COMMAND = f"""#!{sys.executable} -SE
import json, os, socket, sys
asked = {{"arguments": sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ)}}
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as there:
    there.connect(os.environ["_DOOR"])
    socket.send_fds(there, [json.dumps(asked).encode()], [1, 2])
    sys.exit(int(there.recv(20)))
"""
# Where these lead, no test goes: a block that needs one of them is marked.
AWAY = "apt apt-get brew certbot docker helm kubectl npm npx pip pipx podman ssh sudo systemctl uv uvx"
# `curl` fails where a server denies; `make install` was made by whoever runs the tests.
BEFORE = f"""set -eo pipefail
curl() {{ command curl --silent --show-error --fail-with-body "$@"; }}
make() {{ [ "$*" = install ]; }}
for each in {AWAY}; do
  eval "$each() {{ echo \\"$each is not run here: mark the block\\"; touch '$_AWAY'; return 1; }}"
done
"""
AFTER = '\nwait\nenv -0 > "$_ENVIRONMENT"\n'
LARGEST = 1 << 18
ENDED = (0, -signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a block.

    Attributes:
        environment: What it has exported, with everything it was given.
    """

    code: int
    printed: str
    environment: Mapping[str, str]


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def run(script: str, folder: Path, port: int, given: Mapping[str, str]) -> Ran:
    """Runs `script` in `folder`, with the variables `given` beside those of a person who set none of ours.

    Args:
        port: Where `pageside serve` listens in it.
    """
    told, away = folder / ".environment", folder / ".away"
    for left in (told, away):
        left.unlink(missing_ok=True)
    own = {name: os.environ[name] for name in ("HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    path = f"{folder / '.venv' / 'bin'}:{os.environ['PATH']}"
    # Into a file: a server that goes on would keep a pipe open.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed, _door(port) as door:
        beside = {"_DOOR": door, "_ENVIRONMENT": str(told), "_AWAY": str(away), "PATH": path, "EMBEDDING_MODEL": "none"}
        done = subprocess.run(
            ["bash", "-c", BEFORE + script + AFTER],
            cwd=folder,
            env={**own, **beside, **given},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        printed.seek(0)
        heard = printed.read()
    lines = told.read_text(encoding="utf-8").split("\0") if told.exists() else []
    exported = dict(line.split("=", 1) for line in lines if "=" in line)
    code = done.returncode or int(away.exists())
    return Ran(code, heard, {name: value for name, value in exported.items() if name not in own})


@contextmanager
def _door(port: int) -> Iterator[str]:
    """Where the commands of a block are carried out; its servers end with it."""
    servers: list[zygote.Process] = []
    closed = threading.Event()
    with (
        tempfile.TemporaryDirectory(prefix="pageside-door-", dir="/tmp") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening,
    ):
        name = f"{folder}/door"
        listening.bind(name)
        listening.listen()
        listening.settimeout(0.05)
        serving = threading.Thread(target=_serve, args=(listening, closed, port, servers), daemon=True)
        serving.start()
        try:
            yield name
        finally:
            closed.set()
            serving.join()
            for server in servers:
                server.terminate()
                with server:
                    assert server.stdout is not None
                    server.stdout.read()
                    assert server.wait(60) in ENDED


def _serve(listening: socket.socket, closed: threading.Event, port: int, servers: list[zygote.Process]) -> None:
    while not closed.is_set():
        try:
            asking, _ = listening.accept()
        except TimeoutError:
            continue
        asking.setblocking(True)
        threading.Thread(target=_carry_out, args=(asking, port, servers), daemon=True).start()


def _carry_out(asking: socket.socket, port: int, servers: list[zygote.Process]) -> None:
    with asking:
        message, passed, _, _ = socket.recv_fds(asking, LARGEST, 2)
        asked = json.loads(message)
        with os.fdopen(passed[0], "w") as printed, os.fdopen(passed[1], "w") as complained:
            told: dict[str, Any] = {"cwd": Path(asked["cwd"]), "env": asked["env"], "stderr": complained}
            if "serve" in asked["arguments"]:
                arguments = [*_without_port(asked["arguments"]), "--port", str(port)]
                server = zygote.start(arguments, stdout=zygote.PIPE, **told)
                servers.append(server)
                code = _begun(server, printed)
            else:
                code = zygote.start(asked["arguments"], stdout=printed, **told).wait(110)
        asking.send(str(code).encode())


def _begun(server: zygote.Process, printed: IO[str]) -> int:
    """Waits until the server says where it is, and asks it; nothing is wrong with 0."""
    assert server.stdout is not None
    for line in server.stdout:
        printed.write(line)
        if found := re.search(r"http://[^/\s]+", line):
            return int(httpx2.get(f"{found[0]}/health", timeout=60).status_code != 200)
    return server.wait(60) or 1


def _without_port(arguments: Sequence[str]) -> list[str]:
    kept = list(arguments)
    if "--port" in kept:
        at = kept.index("--port")
        del kept[at : at + 2]
    return kept
