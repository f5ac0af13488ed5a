"""The example book, read by a real tutor behind a real server, with the embedded model and with one of either API."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from pydantic import SecretStr
from tests import served, zygote
from tests.chatkit_client import ChatKit
from tests.chatkit_house import House, browser, house
from tests.chatkit_house import served as over_http
from tests.repository import ROOT
from tests.scripted_openai import ScriptedOpenAI

from pageside.answer.models import Models
from pageside.answer.tutor import Tutor
from pageside.knowledge.embed import MiniLM
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.search import Search

BOOK = ROOT / "examples" / "physical-ai"
READER = "test-user-123"

Open = Callable[[Models], AbstractAsyncContextManager["Visit"]]


@dataclass(frozen=True, slots=True)
class Visit:
    """A reader of the book, and the house they are in."""

    home: House
    reader: ChatKit


@pytest.fixture(scope="session")
def index_dir(tmp_path_factory) -> Path:
    """The example book, indexed once; to be copied, never written to."""
    # All processes of one run of the tests have their folders beside each other: the first of them indexes for all.
    run = tmp_path_factory.getbasetemp()
    shared = run.parent if os.environ.get("PYTEST_XDIST_WORKER") else run
    folder = shared / "example-book"
    with FileLock(shared / "example-book.lock"):
        if not folder.is_dir():
            made = tmp_path_factory.mktemp("indexed")
            zygote.run(["index", BOOK, "--data-dir", made], cwd=made).check_returncode()
            made.rename(folder)
    return folder


@pytest.fixture(scope="session")
def textbook(index_dir, tmp_path_factory) -> Iterator[str]:
    """Where a real server process serves the example book to all tests that leave it as it is."""
    with served.server(BOOK, copied(index_dir, tmp_path_factory.mktemp("textbook"))) as address:
        yield address


def copied(index_dir: Path, folder: Path) -> Path:
    """A data folder of a server's own that has the index."""
    return Path(shutil.copytree(index_dir, folder / "data"))


@pytest.fixture
async def guest(textbook) -> AsyncIterator[ChatKit]:
    """A reader nobody knows yet, at the real server process."""
    async with browser(textbook) as client:
        yield client


@pytest.fixture
def opened(index_dir, tmp_path) -> Open:
    """Opens a house whose tutor reads the example book with the models it is given, over real HTTP."""

    @asynccontextmanager
    async def visit(models: Models) -> AsyncIterator[Visit]:
        index = EmbeddedIndex(index_dir)
        tutor = Tutor(Search(index, MiniLM()), models)
        async with house(tmp_path, tutor) as home, over_http(home.app) as url, browser(url, READER) as reader:
            yield Visit(home, reader)
        await index.aclose()

    return visit


@pytest.fixture
async def visit(opened) -> AsyncIterator[Visit]:
    """A reader of the example book with the embedded model."""
    async with opened(Models()) as visiting:
        yield visiting


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedOpenAI]:
    with ScriptedOpenAI() as server:
        yield server


@pytest.fixture
def openai(running) -> ScriptedOpenAI:
    """A language model that says what it is told to, and keeps what it was sent."""
    running.forget()
    return running


@pytest.fixture(params=["responses", "chat_completions"])
async def modelled(request, opened, openai) -> AsyncIterator[Visit]:
    """A reader of the example book with that model, by either API."""
    models = Models(
        api_key=SecretStr("sk-test-0123456789"),
        base_url=openai.base_url,
        model="gpt-test",
        api=request.param,
        timeout_s=5,
    )
    async with opened(models) as visiting:
        yield visiting
    await models.aclose()
