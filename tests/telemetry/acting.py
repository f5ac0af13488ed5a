"""Everything that a reader can write to a server, each with a canary of its own, rightly and wrongly."""

from __future__ import annotations

import base64
import sqlite3
from contextlib import suppress
from pathlib import Path

import httpx2
from tests.chatkit_client import ChatKit, message
from tests.scripted_openai import ScriptedOpenAI
from tests.telemetry.planting import Canaries

ANSWER = "A queen excluder is a grid whose slots are 4.2 mm wide [1]."


async def act(http: httpx2.AsyncClient, openai: ScriptedOpenAI, canaries: Canaries) -> list[httpx2.Response]:
    """Says all of it; what came back."""
    told = await _converse(http, openai, canaries)
    told += await _manage(http, openai, canaries)
    told += await _send_files(http, openai, canaries)
    told += await _use_rest(http, openai, canaries)
    told += await _use_mcp(http, canaries)
    told += await _write_headers(http, canaries)
    told += await _be_wrong(http, canaries)
    return told


async def _converse(http: httpx2.AsyncClient, openai: ScriptedOpenAI, canaries: Canaries) -> list[httpx2.Response]:
    plant, ada = canaries.plant, ChatKit(http)
    metadata = {
        "pageContext": {"url": f"/{plant('page url')}", "title": plant("page title"), "path": plant("page path")},
        "userProfile": {"name": plant("profile"), "softwareBackground": plant("profile"), plant("profile key"): "x"},
        "profile": {"name": plant("profile")},
        plant("metadata key"): plant("metadata"),
    }
    told = []
    question = {"quoted_text": plant("selection"), "inference_options": {"model": plant("model"), "tool_choice": None}}
    for fault in ("", "cut", "half_json", "error_event", "unfinished"):
        openai.forget()
        for _ in range(3):
            openai.say(ANSWER, f" {plant('what the model says')}.", fault=fault)
        text = f"What is a queen excluder, {plant('question')}?"
        told.append(await ada.send("threads.create", metadata, input=message(text, **question)))
    for status in (400, 401, 429):
        openai.forget()
        openai.fail(
            status, times=6, headers={"retry-after": "60"}, message=f"I refuse {plant('what the model refuses')}"
        )
        told.append(await ada.send("threads.create", metadata, input=message(f"Why {plant('question')}?")))
    openai.forget()
    openai.call("search_textbook", {"query": plant("query of the model")})
    openai.call(plant("tool of the model"), {"query": plant("arguments of the model")})
    openai.say(ANSWER)
    told.append(await ada.send("threads.create", metadata, input=message(f"Where is {plant('question')}?")))
    return told


async def _manage(http: httpx2.AsyncClient, openai: ScriptedOpenAI, canaries: Canaries) -> list[httpx2.Response]:
    plant, ada = canaries.plant, ChatKit(http)
    openai.forget()
    openai.say(ANSWER)
    begun = await ada.ask("What is a queen excluder?")
    thread, item = begun.thread_id, begun.answer["id"]
    told = [
        await ada.send("threads.update", thread_id=thread, title=plant("title")),
        await ada.send("items.feedback", thread_id=thread, item_ids=[item, plant("item id")], kind="negative"),
        await ada.send("items.feedback", thread_id=thread, item_ids=[item], kind="positive"),
        await ada.send("items.feedback", thread_id=thread, item_ids=[item], kind=plant("kind of feedback")),
        await ada.send("threads.get_by_id", thread_id=plant("thread id")),
        await ada.send("items.list", thread_id=thread, after=plant("cursor")),
        await ada.send("threads.list", after=plant("cursor"), limit=3),
        await ada.send("threads.retry_after_item", thread_id=thread, item_id=plant("item id")),
        await ada.send(
            "threads.custom_action",
            thread_id=thread,
            item_id=None,
            action={"type": plant("action"), "payload": {"x": plant("payload")}},
        ),
        await ada.send("threads.add_client_tool_output", thread_id=thread, result={"x": plant("output")}),
        await ada.send("input.transcribe", audio_base64=base64.b64encode(plant("audio").encode()).decode()),
        await ada.send(plant("operation")),
        await http.get(f"/chatkit/runs/{plant('run id')}/events", params={"after": plant("after")}),
        await http.get("/api/chatkit/search", params={"q": plant("words sought")}),
        await http.get(f"/api/chatkit/threads/{plant('thread id')}/export", params={"format": plant("format")}),
    ]
    openai.forget()
    for _ in range(6):
        openai.say(ANSWER)
    said = (f"add a task to read {plant('task')}", f"I finished {plant('task')}", f"delete {plant('task')}")
    told += [await ada.send("threads.create", input=message(text)) for text in said]
    return told


async def _send_files(http: httpx2.AsyncClient, openai: ScriptedOpenAI, canaries: Canaries) -> list[httpx2.Response]:
    plant, ada = canaries.plant, ChatKit(http)
    body = f"My notes: {plant('file')}".encode()
    announced = await ada.send(
        "attachments.create", name=f"{plant('file name')}.txt", size=len(body), mime_type="text/plain"
    )
    told = [announced]
    made = announced.json()
    link = made["upload_descriptor"]["url"]
    told.append(await http.put(link.partition("?")[0], params={"token": plant("upload token")}, content=body))
    told.append(await http.put(link, content=body))
    openai.forget()
    openai.say(ANSWER)
    told.append(
        await ada.send("threads.create", input=message(f"What of {plant('question')}?", attachments=[made["id"]]))
    )
    told.append(await ada.send("threads.create", input=message("And?", attachments=[plant("attachment id")])))
    files = {"file": (f"{plant('file name')}.exe", plant("file").encode(), "application/x-msdownload")}
    told.append(await http.post("/chatkit/attachments", files=files))
    return told


async def _use_rest(http: httpx2.AsyncClient, openai: ScriptedOpenAI, canaries: Canaries) -> list[httpx2.Response]:
    plant, rest = canaries.plant, "/api/chatkit"
    openai.forget()
    for _ in range(8):
        openai.say(ANSWER)
    asked = {"message": f"What is {plant('REST message')}?", "selected_text": plant("REST selection")}
    return [
        await http.post(f"{rest}/chat", json=asked),
        await http.post(f"{rest}/chat", json={**asked, "stream": True, "filters": {plant("filter"): plant("filter")}}),
        await http.post(f"{rest}/chat", json={**asked, "thread_id": plant("thread id")}),
        await http.post(f"{rest}/chat", json={"message": {plant("REST field"): 1}, plant("REST field"): 2}),
        await http.post(f"/api/{plant('user id')}/chat", json={"message": plant("REST message")}),
        await http.post(f"{rest}/session", json={"device": plant("REST field")}),
        await http.post(f"{rest}/refresh", json={"existing_session_id": plant("session id")}),
        await http.post(
            f"{rest}/tools/execute",
            json={"tool_name": plant("tool"), "arguments": {"query": plant("argument")}, "session_id": plant("id")},
        ),
    ]


async def _use_mcp(http: httpx2.AsyncClient, canaries: Canaries) -> list[httpx2.Response]:
    plant = canaries.plant
    calls = [
        ("add_task", {"title": plant("MCP argument"), "due": plant("MCP argument")}),
        ("add_task", {"title": plant("MCP argument")}),
        ("add_task", {"title": {"x": plant("MCP argument")}}),
        ("search_textbook", {"query": plant("MCP argument")}),
        ("find_section", {"name": [plant("MCP argument")]}),
        (plant("MCP tool"), {plant("MCP name"): 1}),
    ]
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
    told = [
        await http.post(
            "/mcp",
            headers=headers,
            json={
                "jsonrpc": "2.0",
                "id": plant("MCP id"),
                "method": "tools/call",
                "params": {"name": name, "arguments": given},
            },
        )
        for name, given in calls
    ]
    told.append(
        await http.post(
            "/mcp",
            headers=headers,
            json={
                "jsonrpc": "2.0",
                "id": 1,
                "method": "resources/read",
                "params": {"uri": f"book://{plant('MCP uri')}"},
            },
        )
    )
    told.append(
        await http.post("/mcp", headers=headers, json={"jsonrpc": "2.0", "id": 1, "method": plant("MCP method")})
    )
    return told


async def _write_headers(http: httpx2.AsyncClient, canaries: Canaries) -> list[httpx2.Response]:
    plant = canaries.plant
    headers = {
        "Authorization": f"Bearer {plant('token')}",
        "Cookie": f"pageside_guest={plant('cookie')}; other={plant('cookie')}",
        "X-Request-ID": f"not well formed {plant('request id')}",
        "Idempotency-Key": plant("key"),
        "Accept-Language": plant("language"),
        "User-Agent": plant("user agent"),
        "Referer": f"https://{plant('referer')}.example/",
        "traceparent": f"00-{plant('traceparent')}-1-01",
        "tracestate": f"x={plant('tracestate')}",
        "baggage": f"x={plant('baggage')}",
        "X-Forwarded-For": plant("forwarded"),
        "Last-Event-ID": plant("event id"),
        "X-Anything": plant("header"),
    }
    asked = {"type": "threads.list", "params": {"limit": 1}}
    return [
        *[await http.get("/health", headers={name: value}) for name, value in headers.items()],
        *[await http.post("/chatkit", json=asked, headers={name: value}) for name, value in headers.items()],
        await http.get("/metrics", headers=headers),
        await http.get("/health", headers={"Host": f"{plant('host')}.example"}),
        await http.get("/health", headers={"Origin": f"https://{plant('origin')}.example"}),
        await http.post(
            "/chatkit", json=asked, headers={"Origin": f"https://{plant('origin')}.example", "Cookie": "a=b"}
        ),
        await http.get("/mcp", headers={"Authorization": f"Basic {plant('password')}"}),
    ]


async def _be_wrong(http: httpx2.AsyncClient, canaries: Canaries) -> list[httpx2.Response]:
    plant = canaries.plant
    json_headers = {"content-type": "application/json"}
    return [
        await http.get(f"/{plant('path')}/{plant('path')}", params={plant("query"): plant("query")}),
        await http.get(f"/-/{plant('path')}"),
        await http.request(plant("method").upper(), "/"),
        await http.delete(f"/chatkit/{plant('path')}"),
        *[
            await http.post(path, content=f'{{"type": "{plant("broken body")}"'.encode(), headers=json_headers)
            for path in ("/chatkit", "/api/chatkit/chat", "/mcp", "/api/chatkit/session")
        ],
        await http.post("/chatkit", content=b"\xff\xfe" + plant("bytes").encode(), headers=json_headers),
        await http.post("/chatkit", json={"type": "threads.create", "params": {"input": plant("body")}}),
        await http.post("/chatkit", content=plant("long").encode() * 100_000, headers=json_headers),
    ]


def spoil(database: Path, canaries: Canaries) -> None:
    """Makes every stored item unreadable, in a way of which whoever reads it complains by quoting."""
    with sqlite3.connect(database, timeout=30) as connection:
        broken = f'{{"type": "assistant_message", "content": "{canaries.plant("spoilt row")}"}}'
        connection.execute("UPDATE items SET data = ?", (broken,))
        connection.execute("DROP TABLE tasks")
    connection.close()


async def act_on_spoilt(http: httpx2.AsyncClient, canaries: Canaries) -> list[httpx2.Response]:
    """Asks for what cannot be read any more."""
    ada, plant = ChatKit(http), canaries.plant
    threads = (await ada.send("threads.list", limit=20)).json()["data"]
    told = []
    for thread in threads[:3]:
        told.append(await ada.send("threads.get_by_id", thread_id=thread["id"]))
        told.append(await ada.send("items.list", thread_id=thread["id"]))
        with suppress(httpx2.TransportError):  # an answer that breaks off in the middle is one of the failures
            question = message(f"Why {plant('question')}?")
            told.append(await ada.send("threads.add_user_message", thread_id=thread["id"], input=question))
    told.append(await ada.send("threads.create", input=message(f"add a task to read {plant('task')}")))
    return told
