"""Readers who speak of their tasks at the front doors of a whole server, known by their tokens."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import jwt
from markdown_it import MarkdownIt
from pydantic import SecretStr
from tests.admitted import SECRET, SITE, Door, by, door
from tests.chatkit_client import ChatKit, Told

from pageside.identity.jwts import padded
from pageside.identity.reader import Reader
from pageside.knowledge import ingest
from pageside.settings import Settings
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import Details, Task
from pageside.wiring import knowing

UNLIMITED = {name: "0" for name in Settings.model_fields if name.startswith("limit_")}
SIGNED = {
    "auth_mode": "jwt",
    "public_url": SITE,
    "jwt_secret": SECRET,
    "jwt_issuer": "https://login.example/",
    "jwt_audience": "book",
}
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def token(subject: str) -> str:
    """What `subject` shows at the door."""
    now = int(time.time())
    claims = {"sub": subject, "iss": SIGNED["jwt_issuer"], "aud": SIGNED["jwt_audience"], "iat": now, "exp": now + 600}
    return jwt.encode(claims, padded(SecretStr(SECRET)), algorithm="HS256")


@dataclass(slots=True)
class Student:
    """One reader at a door; what they say goes on in one conversation.

    Attributes:
        thread: The conversation; empty before the first message.
    """

    http: httpx2.AsyncClient
    house: Door
    name: str
    thread: str = ""

    @property
    def chatkit(self) -> ChatKit:
        return ChatKit(self.http)

    async def say(self, text: str) -> str:
        """What is said back over ChatKit, as text: of a form, its question and options."""
        told = await self.tell(text)
        assert told.errors == [], told.errors
        return spoken(told)

    async def tell(self, text: str, **more: Any) -> Told:
        """The whole answer over ChatKit; `more` comes along with the message."""
        told = await self.chatkit.ask(text, thread=self.thread, **more)
        self.thread = self.thread or told.thread_id
        return told

    async def rest(self, text: str) -> dict[str, Any]:
        """The document over REST."""
        body = {"message": text, **({"conversation_id": self.thread} if self.thread else {})}
        response = await self.http.post(f"/api/{self.name}/chat", json=body)
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        self.thread = told["conversation_id"]
        return told

    @property
    def reader(self) -> Reader:
        return Reader(self.name)

    @property
    def board(self) -> SqlTaskBoard:
        return SqlTaskBoard(self.house.services.database)

    async def put(self, *titles: str) -> None:
        """Puts tasks on the board, as by another door."""
        async with self.board.work(self.reader) as board:
            for title in titles:
                await board.add(Details(title=title))

    async def put_back(self, number: int) -> None:
        """Makes a task what it was when it was put on the board: there, and open."""
        async with self.board.work(self.reader) as board:
            await board.restore(number)
            await board.complete(number, done=False)

    async def tasks(self) -> list[Task]:
        """All of the reader's tasks as they are kept."""
        async with self.board.reading(self.reader) as board:
            return list(await board.tasks())

    async def numbered(self) -> dict[int, str]:
        """Their titles by number, those done marked."""
        return {task.number: ("[x] " if task.status == "completed" else "") + task.title for task in await self.tasks()}


def spoken(told: Told) -> str:
    """Messages and forms of an answer as text."""
    said = [part["text"] for item in told.done("assistant_message") for part in item["content"]]
    for form in told.done("structured_input"):
        for asked in form["inputs"]:
            said += [asked["question"], *(option["value"] for option in asked.get("options", ()))]
    return "\n".join(said)


@asynccontextmanager
async def class_room(folder: Path, store_url: str, **chosen: Any) -> AsyncIterator[Door]:
    """A whole server over the small book that knows students by their tokens."""
    async with door(folder, store_url=store_url, **SIGNED, **UNLIMITED, answer_cache_s=0, **chosen) as opened:
        await knowing.index_book(opened.services.settings, folder / "book", progress=ingest.silent)
        yield opened


@asynccontextmanager
async def student(house: Door, name: str = "ada", thread: str = "") -> AsyncIterator[Student]:
    """A window of `name`."""
    async with house.client(**by(token(name))) as http:
        yield Student(http, house, name, thread)


def shown(reply: str) -> tuple[list[str], set[str]]:
    """What a reader sees of `reply`: each text in bold, and the kinds of everything that Markdown makes of it."""
    kinds: set[str] = set()
    bold: list[str] = []
    for block in _MARKDOWN.parse(reply):
        kinds.add(block.type)
        depth = 0
        for piece in block.children or ():
            kinds.add(piece.type)
            if piece.type == "strong_open":
                depth += 1
                bold.append("")
            elif piece.type == "strong_close":
                depth -= 1
            elif depth:
                bold[-1] += piece.content
    return bold, kinds
