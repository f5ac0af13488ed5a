"""A real reranking endpoint in a process of its own, in the forms of Cohere, vLLM and Jina, that fails as told.

- `with running() as server:` starts it; `server.url("/v2/rerank")` is an address.
- `server.says(fault="500", key="secret")` says what goes wrong from now on; `server.asked()` is what it was sent.

It scores a text by how many words it shares with the question, so that the order it gives means something.
Faults: `500`, `401`, `429` as statuses; `slow` never ends; `drip` sends a space a second; `html`, `half` and `list` are
no answer; `others` names texts that were not sent, `twice` one of them twice; `nan` scores with what is no number.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

BROKEN = {"html": b"<html>gateway</html>", "half": b'{"results": [{"index": 0', "list": b"[1, 2]"}


def scored(asked: dict[str, Any], path: str) -> dict[str, Any]:
    """An answer as the service at `path` words it, best first."""
    wanted = set(re.findall(r"\w+", asked["query"].lower()))
    shares = [len(wanted & set(re.findall(r"\w+", text.lower()))) / 10 for text in asked["documents"]]
    order = sorted(range(len(shares)), key=lambda at: -shares[at])[: asked["top_n"]]
    results: list[dict[str, Any]] = [{"index": at, "relevance_score": shares[at]} for at in order]
    if path == "/v2/rerank":
        return {
            "results": results,
            "id": "07734bd2",
            "meta": {"api_version": {"version": "2"}, "tokens": {"input_tokens": 56}},
        }
    told = [{**result, "document": {"text": asked["documents"][result["index"]]}} for result in results]
    return {"id": "rerank-1", "model": asked["model"], "usage": {"total_tokens": 56}, "results": told}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    state: ClassVar[dict[str, Any]] = {"fault": "", "key": ""}
    asked: ClassVar[list[dict[str, Any]]] = []

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self._answer(200, json.dumps(self.asked).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/says":
            self.state.update(body)
            self.asked.clear()
            return self._answer(200, b"{}")
        self.asked.append({"path": self.path, "authorization": self.headers.get("authorization", ""), **body})
        return self._judged(body)

    def _judged(self, body: dict[str, Any]) -> None:
        fault, key = str(self.state["fault"]), str(self.state["key"])
        if key and self.headers.get("authorization") != f"Bearer {key}":
            return self._answer(401, b"{}")
        if fault.isdigit():
            return self._answer(int(fault), b'{"message": "no"}')
        if fault in BROKEN:
            return self._answer(200, BROKEN[fault])
        if fault in {"slow", "drip"}:
            return self._never(drip=fault == "drip")
        told = scored(body, self.path)
        if fault == "others":
            told["results"][0]["index"] = 99
        if fault == "twice":
            told["results"][1]["index"] = told["results"][0]["index"]
        if fault == "nan":
            told["results"][0]["relevance_score"] = float("nan")
        return self._answer(200, json.dumps(told).encode())

    def _never(self, *, drip: bool) -> None:
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        for _ in range(60):
            time.sleep(0.2)
            if drip:
                self.wfile.write(b" ")
                self.wfile.flush()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@dataclass(frozen=True, slots=True)
class Server:
    """A running one."""

    base: str

    def url(self, path: str) -> str:
        """The address of an endpoint."""
        return f"{self.base}{path}"

    def says(self, *, fault: str = "", key: str = "") -> None:
        """What happens from now on."""
        body = json.dumps({"fault": fault, "key": key}).encode()
        urllib.request.urlopen(urllib.request.Request(self.url("/says"), data=body), timeout=10).read()

    def asked(self) -> list[dict[str, Any]]:
        """Every request since the last `says`."""
        told: list[dict[str, Any]] = json.loads(urllib.request.urlopen(self.url("/"), timeout=10).read())
        return told


@contextmanager
def running() -> Iterator[Server]:
    """A server in another process, on a port that was free."""
    process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Server(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(serving.server_port, flush=True)
    serving.serve_forever()
