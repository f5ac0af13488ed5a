"""An OpenAI-compatible server that says what a test tells it to, over real HTTP on a loopback port.

It speaks `POST /v1/responses` and `POST /v1/chat/completions`, streamed and whole, and `GET /v1/models`. A test queues
one reply for each request it expects; a request without a reply gets a 500 that says so.

    with ScriptedOpenAI() as openai:
        openai.say("A servo holds ", "an angle [1].")
        openai.call("search_textbook", {"query": "servo"})
        openai.fail(429, headers={"retry-after": "1"})
        ...  # point the client at openai.base_url with any key
        assert openai.requests[0].body["model"] == "gpt-test"
        assert openai.requests[0].key == "sk-test"

Faults a reply may carry (`say(..., fault=...)`):

- `"unfinished"`: the stream ends politely after the deltas, without a finish reason or terminal event.
- `"cut"`: the connection is dropped after the deltas.
- `"half_json"`: after the deltas comes half of an event, then the end.
- `"hold"`: after the deltas the server waits until the client leaves; see `Request.left`.
- `"drip"`: the whole body is sent one byte at a time, `drip_s` apart.
- `"length"`: the token limit is reached (finish reason `length`, or `response.incomplete`).
- `"error_event"`: the stream carries an error event where the text should go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import uvicorn

Fault = Literal["", "unfinished", "cut", "half_json", "hold", "drip", "length", "error_event"]
Json = dict[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[Json], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers to one request.

    Attributes:
        calls: Tools the model asks for, as (name, arguments).
        status: Anything but 200 answers with an OpenAI error body at once.
        message: Of that error; empty says that it was scripted.
        item_id: Id of the message item on the Responses API; empty makes a fresh one.
        annotations: `url_citation` annotations to stream behind the first delta (Responses only).
        pause_s: Seconds before each delta.
    """

    deltas: tuple[str, ...] = ()
    calls: tuple[tuple[str, Json], ...] = ()
    usage: tuple[int, int] = (120, 30)
    status: int = 200
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault = ""
    item_id: str = ""
    annotations: tuple[Json, ...] = ()
    pause_s: float = 0.0
    drip_s: float = 1.0

    @property
    def text(self) -> str:
        return "".join(self.deltas)


@dataclass(slots=True)
class Request:
    """One request as it arrived, and what became of it.

    Attributes:
        sent: Text deltas the server wrote before the client left or the reply ended.
        left: Set when the client closed the connection before the reply's end.
        done: Set when the server has finished with the request, whichever way.
    """

    path: str
    headers: dict[str, str]
    body: Json
    sent: int = 0
    left: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def key(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    @property
    def instructions(self) -> str:
        """The system text of the request, for either API."""
        if "instructions" in self.body:
            return str(self.body["instructions"])
        return "\n".join(
            str(m["content"]) for m in self.body.get("messages", []) if m["role"] in ("system", "developer")
        )

    @property
    def items(self) -> list[Json]:
        """The conversation as it came: Responses input items, or chat messages."""
        return list(self.body.get("input") or self.body.get("messages") or [])

    @property
    def tools(self) -> list[str]:
        return [tool.get("name") or tool["function"]["name"] for tool in self.body.get("tools", [])]


class ScriptedOpenAI:
    """A server on a thread of its own; a context manager.

    Attributes:
        requests: What came for an answer, in its order.
        asked: Set when the first of them came.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.asked = threading.Event()
        self._replies: deque[Reply] = deque()
        self._numbers = itertools.count(1)
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(64)
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"
        config = uvicorn.Config(
            self._app, interface="asgi3", lifespan="off", ws="none", log_level="critical", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()

    # The script

    def forget(self) -> None:
        """Begins anew: no replies, no requests."""
        self._replies.clear()
        self.requests.clear()
        self.asked.clear()

    def reply(self, reply: Reply) -> None:
        """Queue any reply."""
        self._replies.append(reply)

    def say(self, *deltas: str, fault: Fault = "", **more: Any) -> None:
        """Queue text, streamed in exactly these deltas."""
        self.reply(Reply(deltas=deltas, fault=fault, **more))

    def call(self, name: str, arguments: Json, *, saying: Iterable[str] = ()) -> None:
        """Queue a tool call, with text before it when `saying` has any."""
        self.reply(Reply(deltas=tuple(saying), calls=((name, arguments),)))

    def fail(self, status: int, *, times: int = 1, headers: Mapping[str, str] | None = None, message: str = "") -> None:
        """Queue `times` refusals with an OpenAI error body."""
        for _ in range(times):
            self.reply(Reply(status=status, headers=headers or {}, message=message))

    @property
    def left_over(self) -> int:
        """Replies nobody asked for."""
        return len(self._replies)

    # The server

    async def _app(self, scope: Json, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        request = Request(
            path=scope["path"],
            headers={name.decode().lower(): value.decode() for name, value in scope["headers"]},
            body=json.loads(body) if body else {},
        )
        if scope["path"].endswith("/models"):
            await _whole(send, 200, {"object": "list", "data": [{"id": "gpt-test", "object": "model"}]}, {})
            return
        self.requests.append(request)
        self.asked.set()
        try:
            await self._answer(request, receive, send)
        finally:
            request.done.set()

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        if not self._replies:
            await _whole(send, 500, _error("the script has no reply for this request"), {})
            return
        reply, number = self._replies.popleft(), next(self._numbers)
        if reply.status != 200:
            await _whole(send, reply.status, _error(reply.message or f"scripted {reply.status}"), reply.headers)
            return
        responses = request.path.endswith("/responses")
        if not request.body.get("stream"):
            await _whole(send, 200, (_response if responses else _completion)(reply, number, request.body), {})
            return
        gone = asyncio.create_task(_until_gone(receive))
        writer = asyncio.create_task(
            _write(send, request, reply, (_response_events if responses else _chunks)(reply, number, request.body))
        )
        await asyncio.wait({gone, writer}, return_when=asyncio.FIRST_COMPLETED)
        if not writer.done():
            request.left.set()
        for task in (gone, writer):
            task.cancel()
        for outcome in await asyncio.gather(gone, writer, return_exceptions=True):
            if isinstance(outcome, _Cut):
                raise outcome  # uvicorn drops the connection


class _Cut(Exception):
    pass


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, request: Request, reply: Reply, frames: Iterable[tuple[str, bytes]]) -> None:
    headers = [(b"content-type", b"text/event-stream"), *((k.encode(), v.encode()) for k, v in reply.headers.items())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async for piece in _paced(reply, frames, request):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    if reply.fault == "hold":
        await asyncio.Event().wait()
    if reply.fault == "cut":
        raise _Cut
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _paced(reply: Reply, frames: Iterable[tuple[str, bytes]], request: Request) -> AsyncIterator[bytes]:
    for kind, frame in frames:
        if kind == "delta":
            await asyncio.sleep(reply.pause_s)
        if reply.fault == "drip":
            for index in range(len(frame)):
                yield frame[index : index + 1]
                await asyncio.sleep(reply.drip_s)
        else:
            yield frame
        request.sent += kind == "delta"


async def _whole(send: Send, status: int, body: Json, headers: Mapping[str, str]) -> None:
    listed = [(b"content-type", b"application/json"), *((k.encode(), v.encode()) for k, v in headers.items())]
    with contextlib.suppress(OSError):
        await send({"type": "http.response.start", "status": status, "headers": listed})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def _error(message: str) -> Json:
    return {"error": {"message": message, "type": "scripted", "param": None, "code": None}}


_BROKEN_AFTER_DELTAS: tuple[Fault, ...] = ("unfinished", "cut", "hold")


# Chat Completions


def _completion(reply: Reply, number: int, asked: Json) -> Json:
    calls = [
        {"id": f"call_{number}_{i}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for i, (name, arguments) in enumerate(reply.calls)
    ]
    message: Json = {"role": "assistant", "content": reply.text or None, "refusal": None}
    if calls:
        message["tool_calls"] = calls
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": asked.get("model", "gpt-test"),
        "choices": [
            {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop", "logprobs": None}
        ],
        "usage": _chat_usage(reply),
    }


def _chat_usage(reply: Reply) -> Json:
    asked, said = reply.usage
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _chunks(reply: Reply, number: int, asked: Json) -> Iterable[tuple[str, bytes]]:
    def chunk(delta: Json, finish: str | None = None, **more: Any) -> bytes:
        body = {
            "id": f"chatcmpl-{number}",
            "object": "chat.completion.chunk",
            "created": 1_795_000_000,
            "model": asked.get("model", "gpt-test"),
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}],
            **more,
        }
        return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"

    yield "start", chunk({"role": "assistant", "content": ""})
    for delta in reply.deltas:
        yield "delta", chunk({"content": delta})
    if reply.fault == "half_json":
        yield "broken", b'data: {"id": "chatcmpl-1", "choices": [{"ind\n\n'
        return
    if reply.fault == "error_event":
        yield "broken", b"data: " + json.dumps(_error("scripted failure inside the stream")).encode() + b"\n\n"
        return
    if reply.fault in _BROKEN_AFTER_DELTAS:
        return
    for i, (name, arguments) in enumerate(reply.calls):
        written = json.dumps(arguments)
        head = {"index": i, "id": f"call_{number}_{i}", "type": "function", "function": {"name": name, "arguments": ""}}
        yield "call", chunk({"tool_calls": [head]})
        for part in (written[: len(written) // 2], written[len(written) // 2 :]):
            yield "call", chunk({"tool_calls": [{"index": i, "function": {"arguments": part}}]})
    finish = "tool_calls" if reply.calls else "length" if reply.fault == "length" else "stop"
    yield "end", chunk({}, finish, usage=_chat_usage(reply))
    yield "end", b"data: [DONE]\n\n"


# Responses


def _message(reply: Reply, number: int, *, status: str = "completed") -> Json:
    content = [{"type": "output_text", "text": reply.text, "annotations": list(reply.annotations), "logprobs": []}]
    return {
        "id": reply.item_id or f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": content if status == "completed" else [],
    }


def _function_calls(reply: Reply, number: int) -> list[Json]:
    return [
        {
            "id": f"fc_{number}_{i}",
            "call_id": f"call_{number}_{i}",
            "type": "function_call",
            "name": name,
            "arguments": json.dumps(arguments),
            "status": "completed",
        }
        for i, (name, arguments) in enumerate(reply.calls)
    ]


def _response(reply: Reply, number: int, asked: Json, *, status: str = "completed") -> Json:
    taken, said = reply.usage
    output = [*([_message(reply, number)] if reply.deltas else []), *_function_calls(reply, number)]
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": 1_795_000_000,
        "status": status,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "instructions": asked.get("instructions"),
        "model": asked.get("model", "gpt-test"),
        "output": [] if status == "in_progress" else output,
        "parallel_tool_calls": True,
        "temperature": asked.get("temperature"),
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": None
        if status == "in_progress"
        else {
            "input_tokens": taken,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": said,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": taken + said,
        },
    }


def _response_events(reply: Reply, number: int, asked: Json) -> Iterable[tuple[str, bytes]]:
    sequence = itertools.count()

    def event(kind: str, **fields: Any) -> bytes:
        body = {"type": kind, "sequence_number": next(sequence), **fields}
        return f"event: {kind}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n".encode()

    yield "start", event("response.created", response=_response(reply, number, asked, status="in_progress"))
    if reply.deltas:
        yield from _message_events(reply, number, event)
    if reply.fault == "half_json":
        yield "broken", b'event: response.output_text.delta\ndata: {"type": "response.outp\n\n'
        return
    if reply.fault == "error_event":
        yield "broken", event("error", code="server_error", message="scripted failure inside the stream", param=None)
        return
    if reply.fault in _BROKEN_AFTER_DELTAS:
        return
    first = 1 if reply.deltas else 0
    for index, item in enumerate(_function_calls(reply, number), start=first):
        place = {"output_index": index, "item_id": item["id"]}
        yield "call", event("response.output_item.added", output_index=index, item={**item, "arguments": ""})
        yield "call", event("response.function_call_arguments.delta", delta=item["arguments"], **place)
        yield (
            "call",
            event("response.function_call_arguments.done", arguments=item["arguments"], name=item["name"], **place),
        )
        yield "call", event("response.output_item.done", output_index=index, item=item)
    status = "incomplete" if reply.fault == "length" else "completed"
    yield "end", event(f"response.{status}", response=_response(reply, number, asked, status=status))


def _message_events(reply: Reply, number: int, event: Callable[..., bytes]) -> Iterable[tuple[str, bytes]]:
    place: Json = {"item_id": reply.item_id or f"msg_{number}", "output_index": 0, "content_index": 0}
    empty: Json = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    yield (
        "start",
        event("response.output_item.added", output_index=0, item=_message(reply, number, status="in_progress")),
    )
    yield "start", event("response.content_part.added", part=empty, **place)
    for index, delta in enumerate(reply.deltas):
        yield "delta", event("response.output_text.delta", delta=delta, logprobs=[], **place)
        for at, annotation in enumerate(reply.annotations if index == 0 else ()):
            yield (
                "annotation",
                event("response.output_text.annotation.added", annotation=annotation, annotation_index=at, **place),
            )
    if reply.fault in (*_BROKEN_AFTER_DELTAS, "half_json", "error_event"):
        return
    part = {**empty, "text": reply.text, "annotations": list(reply.annotations)}
    yield "end", event("response.output_text.done", text=reply.text, logprobs=[], **place)
    yield "end", event("response.content_part.done", part=part, **place)
    yield "end", event("response.output_item.done", output_index=0, item=_message(reply, number))
