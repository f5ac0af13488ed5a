"""`docs/concepts/failure.md` as data, and a walk through what it says of a part: the document is what tests expect."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

import httpx2
from tests.chatkit_client import ChatKit, Told, message, told

DOCUMENT = Path(__file__).parents[2] / "docs" / "concepts" / "failure.md"
MOMENTS = ("down at start", "slow", "goes down", "comes back")
QUESTION = "What does the queen excluder do?"
PATIENCE_S = 60

_SECTION = re.compile(r"^### (?P<part>.+)\n+Test: `(?P<test>\S+)`", re.MULTILINE)
_HEALTH = re.compile(r"`(?P<whole>ok|degraded)`(?:, `(?P<part>\w+)` `(?P<state>\w+)`)?")
_CHAT = re.compile(r"(?P<status>\d{3}) `(?P<word>\w+)`")


@dataclass(frozen=True, slots=True)
class Cell:
    """What the document says of a part at one moment.

    Attributes:
        reader: What the reader sees.
        health: Of `/health`: the whole, and the part with its state where one is named.
        chat: Of `/api/chatkit/health`: status and word.
        again: What is tried again.
    """

    reader: str
    health: tuple[str, str, str]
    chat: tuple[int, str]
    again: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part, the test that walks through its moments (`file::test`), and what is said of each of them."""

    name: str
    test: str
    moments: dict[str, Cell]


def parts() -> dict[str, Part]:
    """Every part of the document, by its name."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = {}
    for section in _SECTION.finditer(text):
        rest = text[section.end() :]
        table = rest[: rest.find("\n#")] if "\n#" in rest else rest
        rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines() if "|" in line]
        cells = {row[0]: _cell(row) for row in rows if row[0] in MOMENTS}
        found[section["part"]] = Part(section["part"], section["test"], cells)
    return found


def _cell(row: list[str]) -> Cell:
    _, reader, health, chat, again = row
    whole, state = _HEALTH.fullmatch(health), _CHAT.fullmatch(chat)
    assert whole, health
    assert state, chat
    return Cell(
        reader,
        (whole["whole"], whole["part"] or "", whole["state"] or ""),
        (int(state["status"]), state["word"]),
        again,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a question: the response, and the answer where it was one."""

    response: httpx2.Response
    answer: Told | None

    @property
    def text(self) -> str:
        """The answer, of which nothing went wrong."""
        assert self.answer is not None, self.response.text
        assert not self.answer.errors, self.answer.errors
        return self.answer.text

    @property
    def refused(self) -> bool:
        """Whether it was refused before anything was said, with a time to come again."""
        return self.response.status_code == 503 and int(self.response.headers["retry-after"]) > 0

    @property
    def broken(self) -> bool:
        """Whether the reader was told in the stream that there is no answer, with a way to retry."""
        return self.answer is not None and [error["allow_retry"] for error in self.answer.errors] == [True]


async def asked(http: httpx2.AsyncClient, text: str = QUESTION) -> Asked:
    """A question in a new conversation."""
    response = await ChatKit(http).send("threads.create", input=message(text))
    return Asked(response, told(response) if response.status_code == 200 else None)


class Walk:
    """One part taken through its moments; what the server says of itself at each is what the document says.

    Args:
        part: As the document calls it.
        http: A client of the server.
    """

    def __init__(self, part: str, http: httpx2.AsyncClient) -> None:
        self._part = parts()[part]
        self._http = http

    async def at(self, moment: str) -> None:
        """Returns when the server says what the document says of the moment; fails if it does not before long."""
        cell = self._part.moments[moment]
        part = cell.health[1]
        seen = await self._seen(part)
        try:
            async with asyncio.timeout(PATIENCE_S):
                while seen != (cell.health, cell.chat):
                    seen = await self._seen(part)
        except TimeoutError:
            raise AssertionError(f"{self._part.name}, {moment}: the document says {cell}, the server {seen}") from None
        for probe in ("live", "ready"):
            assert (await self._http.get(f"/health/{probe}")).status_code == 200
        without_index = part == "index" and cell.health[2] != "ok"
        assert (await self._http.get("/")).status_code == (503 if without_index else 200)

    async def _seen(self, part: str) -> tuple[tuple[str, str, str], tuple[int, str]]:
        health = (await self._http.get("/health")).json()
        chat = await self._http.get("/api/chatkit/health")
        state = health["parts"][part]["status"] if part else ""
        return (health["status"], part, state), (chat.status_code, chat.json()["status"])
