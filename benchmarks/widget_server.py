"""What `benchmarks.widget` measures against: `python -m benchmarks.widget_server`, which prints its port.

One page in three forms (without the assistant, with its button, with the element alone), the built files as Pageside
gives them out, and a ChatKit endpoint that says the same to everything, at a pace that the question names.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import markdown_it
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse

from pageside.web import element

ROOT = Path(__file__).parents[1]
CHAPTER = ROOT / "examples" / "physical-ai" / "docs" / "module-1-ros2" / "quality-of-service.md"
MARKED = ROOT / "widget" / "node_modules" / "marked" / "lib" / "marked.umd.js"
CONTROL = Path(__file__).with_name("widget_control.js")
WHEN = "2026-01-01T12:00:00Z"
SECTION = """## Part {n}: how a wheel knows where it is

A *wheel encoder* counts marks on a disc, and the **count** times the length of a mark is the way [1].
It knows nothing of a wheel that slips, so that the error $e$ grows with the way $s$: $e \\approx k\\,s$.

1. Read the counter of each wheel, at least `50` times a second.
2. Take the difference to the last reading, which is a small way.
3. Turn both ways into a step forward and a turn.

```python
def step(left: float, right: float, base: float) -> tuple[float, float]:
    \"\"\"The way forward and the turn, from the ways of both wheels.\"\"\"
    return (left + right) / 2, (right - left) / base
```

| part | what it counts | how far it drifts |
|---|---|---|
| encoder | marks of a disc | a hundredth of the way |
| gyroscope | how fast the body turns | a degree in a minute |

> What two of them say together is better than what each of them says alone.

"""


def answer(length: int) -> str:
    """Markdown with a little of everything, of this many characters."""
    text = "".join(SECTION.format(n=n) for n in range(1, 2 + length // len(SECTION)))
    return text[:length]


def page(scripts: str, body: str = "") -> HTMLResponse:
    """A chapter of the example book, with `scripts` in its head."""
    if not body:
        chapter = CHAPTER.read_text(encoding="utf-8").split("---", 2)[-1]
        body = f"<main>{markdown_it.MarkdownIt().render(chapter)}</main>"
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>A chapter</title><link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width">{scripts}<body>{body}'
    )


def events(text: str, thread: str, ids: Iterator[int], pieces: int) -> Iterator[dict[str, Any]]:
    """A whole turn as ChatKit tells it."""
    item = {"id": f"msg_{next(ids)}", "thread_id": thread, "created_at": WHEN, "type": "assistant_message"}
    source = {"type": "url", "title": "Wheels", "url": "/without#wheels", "description": "An encoder counts marks."}
    update = {"type": "thread.item.updated", "item_id": item["id"]}
    part = {"content_index": 0}
    annotations = [{"type": "annotation", "source": source, "index": text.index("[1]") + 3}] if "[1]" in text else []
    whole = {"type": "output_text", "text": text, "annotations": annotations}
    yield {"type": "thread.item.added", "item": {**item, "content": []}}
    opened = {"type": "output_text", "text": "", "annotations": []}
    yield {**update, "update": {"type": "assistant_message.content_part.added", **part, "content": opened}}
    for begin in range(0, len(text), pieces):
        delta = {"type": "assistant_message.content_part.text_delta", **part, "delta": text[begin : begin + pieces]}
        yield {**update, "update": delta}
    yield {**update, "update": {"type": "assistant_message.content_part.done", **part, "content": whole}}
    yield {"type": "thread.item.done", "item": {**item, "content": [whole]}}


def app(built: Path) -> FastAPI:
    """The pages, the files below `built`, the endpoint."""
    routes = FastAPI()
    routes.include_router(element.router(built))
    ids = itertools.count(1)

    @routes.get("/without")
    async def without() -> Response:
        return page("")

    @routes.get("/with")
    async def with_() -> Response:
        return page('<script src="/loader.js" defer></script>')

    @routes.get("/element")
    async def alone() -> Response:
        return page('<script src="/chatkit.js" defer></script>', '<div id="host" style="height:90vh;display:grid">')

    @routes.get("/control")
    async def control() -> Response:
        return page('<script src="/marked.js" defer></script><script src="/control.js" defer></script>', "<main>")

    @routes.get("/marked.js")
    async def marked() -> Response:
        return Response(MARKED.read_bytes(), media_type="text/javascript")

    @routes.get("/control.js")
    async def control_script() -> Response:
        return Response(CONTROL.read_bytes(), media_type="text/javascript")

    @routes.get("/chatkit/config")
    async def config() -> Response:
        return JSONResponse({"title": "A book", "prompts": [], "composer": {"max_chars": 8000}})

    @routes.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        body = await request.json()
        if body["type"] not in {"threads.create", "threads.add_user_message"}:
            return JSONResponse({"data": [], "has_more": False})
        asked = body["params"]["input"]["content"][0]["text"]  # such as "600 characters, 24 at once, every 0 ms"
        length, pieces, pause_ms = (int(word) for word in asked.split() if word.isdigit())
        thread = body["params"].get("thread_id") or f"thr_{next(ids)}"
        return StreamingResponse(
            _told(body, thread, events(answer(length), thread, ids, pieces), pause_ms / 1000, ids),
            media_type="text/event-stream",
        )

    return routes


async def _told(
    body: dict[str, Any], thread: str, answered: Iterator[dict[str, Any]], pause_s: float, ids: Iterator[int]
) -> AsyncIterator[str]:
    message = {**body["params"]["input"], "id": f"msg_{next(ids)}", "thread_id": thread, "created_at": WHEN}
    begun = {"id": thread, "created_at": WHEN, "status": {"type": "active"}, "metadata": {}}
    if body["type"] == "threads.create":
        yield _frame({"type": "thread.created", "thread": {**begun, "items": {"data": [], "has_more": False}}})
    yield _frame({"type": "thread.item.done", "item": {**message, "type": "user_message"}})
    for event in answered:
        yield _frame(event)
        await asyncio.sleep(pause_s)


def _frame(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event)}\n\n"


async def main() -> None:
    """Serves on a free port until it is ended."""
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "static"  # a copy: a build meanwhile must not change what is measured
        shutil.copytree(element.BUILT, built)
        server = uvicorn.Server(uvicorn.Config(app(built), port=0, log_level="warning"))
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.01)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)
        await serving


if __name__ == "__main__":
    asyncio.run(main())
