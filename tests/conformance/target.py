"""Which server is examined, as whom, and what it can be made to do: the house's own, or the one the environment names.

CONFORMANCE_URL                   address of the ChatKit endpoint, such as http://127.0.0.1:8000/chatkit
CONFORMANCE_READER_HEADERS        JSON object: headers by which it knows one reader
CONFORMANCE_OTHER_READER_HEADERS  the same for another reader
CONFORMANCE_QUESTIONS             JSON object: questions that make it do what `OWN_QUESTIONS` names
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.chatkit_client import ChatKit

URL = "CONFORMANCE_URL"
READER = "CONFORMANCE_READER_HEADERS"
OTHER_READER = "CONFORMANCE_OTHER_READER_HEADERS"
QUESTIONS = "CONFORMANCE_QUESTIONS"

# cited    is answered with a citation
# echo     begins a question whose answer is `heard`: every message of the thread so far, the reader's and the server's
# slow     is taken, and then nothing is said
# endless  is answered in small pieces without an end
# flood    is answered with eight megabytes, and then as `endless`
# fail     is answered with a few words and then a fault whose own text has the word "secret" in it
# tool     is answered with a call of the client's tool `get_selection`
# form     is answered with a form that has a choice
# widget   is answered with a widget with buttons
OWN_QUESTIONS = {
    "cited": "hi",
    "echo": "echo",
    "slow": "slow",
    "endless": "endless",
    "flood": "flood",
    "fail": "please fail",
    "tool": "Can you explain this?",
    "form": "Can you explain this?",
    "widget": "Who painted the honey jar in the Louvre?",
}


def heard(*messages: str) -> str:
    """What the answer to an `echo` is."""
    return "heard: " + " | ".join(messages)


class Questions:
    """Questions by what they make the server do; a test that needs another one skips."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, wanted: str) -> str:
        if wanted not in self._texts:
            pytest.skip(f"{QUESTIONS} names no question for {wanted!r}")
        return self._texts[wanted]


@dataclass(frozen=True, slots=True)
class Target:
    """The server that is examined.

    Attributes:
        origin: Scheme, host and port; empty for the house's own server, which is started where it is needed.
        headers: By which it knows one reader, and by which another.
    """

    origin: str
    path: str
    headers: tuple[Mapping[str, str], Mapping[str, str]]
    questions: Questions

    @property
    def elsewhere(self) -> bool:
        """Whether it is another than the house's own."""
        return bool(self.origin)

    @asynccontextmanager
    async def reader(self, origin: str, headers: Mapping[str, str]) -> AsyncIterator[ChatKit]:
        """A client at `origin` for whom `headers` speak; where nothing speaks, only the cookies it is given."""
        async with httpx2.AsyncClient(base_url=origin, headers=dict(headers), timeout=40) as http:
            yield ChatKit(http, self.path)


def chosen(environment: Mapping[str, str]) -> Target:
    """The server that `environment` names; else the house's own, which believes a header."""
    if not environment.get(URL):
        mine = ({"x-reader": "reader-a"}, {"x-reader": "reader-b"})
        return Target("", "/chatkit", mine, Questions(OWN_QUESTIONS))
    url = urlsplit(environment[URL])
    reader, other, questions = (json.loads(environment.get(name) or "{}") for name in (READER, OTHER_READER, QUESTIONS))
    return Target(f"{url.scheme}://{url.netloc}", url.path or "/", (reader, other), Questions(questions))
