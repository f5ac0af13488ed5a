"""What a server asks over HTTP, in a process of its own that is killed, stopped and started again at the same address.

- `with endpoint() as outside:` starts it; `outside.url` is its address, `outside.openai` that of the OpenAI API in it.
- `stop()`, `start()`, `halt()` and `go_on()` are what they are called; `asked()` is what it was asked since its start.
- `publish(document)` is what it publishes at `/jwks.json`, also after it was started again.

Everything is answered well: what goes wrong here goes wrong with the process.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import tempfile
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from tests.child import Child

ROOT = Path(__file__).parents[2]
ANSWER = "A queen excluder keeps eggs out of the honey [1]."
HEARD = "What does the queen excluder do?"
DIMENSIONS = 64


class Outside(Child):
    """The process, as tests see it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.openai = f"{self.url}/v1"
        self._published = folder / "jwks.json"
        self.publish({})

    def start(self) -> None:
        """Starts the process where it does not run; returns when it takes connections."""
        if self._process is None:
            command = [sys.executable, "-m", "tests.faults.endpoint", str(self.port), str(self._published)]
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            assert self._process.stdout is not None
            assert self._process.stdout.readline() == "ready\n"

    def asked(self) -> list[str]:
        """The paths of what it was asked since it was started."""
        with urllib.request.urlopen(f"{self.url}/_asked", timeout=30) as answer:
            return list(json.loads(answer.read()))

    def publish(self, document: object) -> None:
        """What is at `/jwks.json` from now on."""
        self._published.write_text(json.dumps(document), encoding="utf-8")


@contextmanager
def endpoint(*, started: bool = True) -> Iterator[Outside]:
    """The process, which ends with the block."""
    with tempfile.TemporaryDirectory() as folder:
        outside = Outside(Path(folder))
        if started:
            outside.start()
        try:
            yield outside
        finally:
            outside.stop()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    published: ClassVar[Path]
    asked: ClassVar[list[str]] = []

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        if self.path == "/_asked":
            return self._answer(self.asked)
        self.asked.append(self.path)
        return self._answer(json.loads(self.published.read_text(encoding="utf-8")))

    def do_POST(self) -> None:
        self.asked.append(self.path)
        body = self.rfile.read(int(self.headers["content-length"]))
        match self.path:
            case "/v1/chat/completions":
                self._answer_bytes(b"".join(_chunks()), "text/event-stream")
            case "/v1/embeddings":
                self._answer(_embedded(json.loads(body)))
            case "/v1/moderations":
                self._answer({"id": "modr-1", "model": "m", "results": [{"flagged": False}]})
            case "/v1/audio/transcriptions":
                self._answer({"text": HEARD})
            case "/rerank":
                count = len(json.loads(body)["documents"])
                self._answer({"results": [{"index": at, "relevance_score": 1 / (1 + at)} for at in range(count)]})

    def _answer(self, told: object) -> None:
        self._answer_bytes(json.dumps(told).encode(), "application/json")

    def _answer_bytes(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _chunks() -> Iterator[bytes]:
    for delta, finish in (({"role": "assistant", "content": ANSWER}, None), ({}, "stop")):
        chunk = {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1_795_000_000,
            "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
        yield b"data: " + json.dumps(chunk).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def _embedded(asked: dict[str, Any]) -> dict[str, Any]:
    rows = [{"object": "embedding", "index": at, "embedding": _counts(text)} for at, text in enumerate(asked["input"])]
    return {"object": "list", "model": "m", "data": rows, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def _counts(text: str) -> list[float]:
    counts = [0.01] * DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        counts[zlib.crc32(word.encode()) % DIMENSIONS] += 1.0
    return counts


if __name__ == "__main__":
    _Handler.published = Path(sys.argv[2])
    ThreadingHTTPServer.daemon_threads = True
    serving = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Handler)
    print("ready", flush=True)
    serving.serve_forever()
