"""A model at the pace of a real one: `python -m benchmarks.load.model --first .5 --pace 50`.

It speaks streamed Chat Completions and says sentences of the passages it is given, each with its number, so that what
it says can be checked and holds. `GET /told` gives when the end of each of its sentences was written, by question, and
how many requests and tokens there were. It prints its port on a line of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

SENTENCE = re.compile(r"(?<=[.!?])\s+")
SENTENCES = 6
_LONGEST = 30_000_000


@dataclass(slots=True)
class Told:
    """What was said: `ends` are seconds of the monotonic clock, by question."""

    ends: dict[str, list[float]] = field(default_factory=dict)
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


def answer(messages: Sequence[dict[str, Any]]) -> list[str]:
    """The tokens of an answer: sentences of the passages in the last result of a search, best passage first."""
    results = [row["content"] for row in messages if row["role"] == "tool"]
    passages = json.loads(results[-1]).get("passages", []) if results else []
    said = list(_cited(passages))[:SENTENCES] or ["The book does not say."]
    return [f"{word} " for sentence in said for word in sentence.split()]


def question(messages: Sequence[dict[str, Any]]) -> str:
    """The last message of the reader."""
    return next((str(row["content"]) for row in reversed(messages) if row["role"] == "user"), "")


def _cited(passages: Sequence[dict[str, Any]]) -> Iterator[str]:
    for passage in passages:
        for sentence in SENTENCE.split(str(passage["text"]).replace("\n", " ")):
            plain = sentence.strip()
            if 30 <= len(plain) <= 240 and plain[0].isupper() and plain.endswith(".") and "`" not in plain:
                yield f"{plain[:-1]} [{passage['number']}]."


class Model:
    """The server; one connection a request."""

    def __init__(self, *, first_s: float, pace: float) -> None:
        """Says its first token after `first_s` seconds, and `pace` tokens a second."""
        self._first_s = first_s
        self._pace = pace
        self.told = Told()

    async def serve(self) -> None:
        """Answers until it is stopped."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=1 << 20, backlog=4096)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(min(int(length[1]), _LONGEST)) if length else b""
                if head.startswith(b"GET "):
                    _write_whole(writer, self._counts())
                else:
                    await self._say(json.loads(body), writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _counts(self) -> dict[str, Any]:
        told = self.told
        counts = {"requests": told.requests, "input_tokens": told.input_tokens, "output_tokens": told.output_tokens}
        return {**counts, "ends": told.ends}

    async def _say(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        told, loop = self.told, asyncio.get_running_loop()
        told.requests += 1
        tokens = answer(asked["messages"])
        given = len(json.dumps(asked["messages"])) // 4
        told.input_tokens += given
        told.output_tokens += len(tokens)
        usage = {"prompt_tokens": given, "completion_tokens": len(tokens), "total_tokens": given + len(tokens)}
        if not asked.get("stream"):
            whole = {"role": "assistant", "content": "".join(tokens)}
            _write_whole(writer, _body([{"index": 0, "message": whole, "finish_reason": "stop"}], usage))
            return
        ends = told.ends.setdefault(question(asked["messages"]), [])
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head + _chunk({"role": "assistant", "content": ""}))
        due = loop.time() + self._first_s
        for token in tokens:
            await asyncio.sleep(due - loop.time())
            due += 1 / self._pace
            writer.write(_chunk({"content": token}))
            if token.endswith("]. "):
                ends.append(time.monotonic())
            await writer.drain()
        writer.write(_chunk({}, "stop", usage=usage) + _piece(b"data: [DONE]\n\n") + b"0\r\n\r\n")


def _body(choices: list[dict[str, Any]], usage: Any = None) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "created": 1_795_000_000, "model": "scripted", "choices": choices, "usage": usage}


def _chunk(delta: dict[str, str], finish: str | None = None, usage: Any = None) -> bytes:
    told = {**_body([{"index": 0, "delta": delta, "finish_reason": finish}], usage), "object": "chat.completion.chunk"}
    return _piece(b"data: " + json.dumps(told).encode() + b"\n\n")


def _piece(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


def _write_whole(writer: asyncio.StreamWriter, told: dict[str, Any]) -> None:
    content = json.dumps(told).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    writer.write(head.encode() + content)


def main() -> None:
    """Serves until it is stopped."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--first", type=float, default=0.5, help="seconds before the first token")
    arguments.add_argument("--pace", type=float, default=50.0, help="tokens a second")
    chosen = arguments.parse_args()
    asyncio.run(Model(first_s=chosen.first, pace=chosen.pace).serve())


if __name__ == "__main__":
    main()
