"""A real browser before a real server, and a watch over everything that happens in it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests import served, small_book
from tests.browser.panel import Panel
from tests.browser.watching import Watch
from tests.repository import ROOT
from tests.scripted_openai import ScriptedOpenAI

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ELEMENT = ROOT / "src" / "pageside" / "web" / "static" / "chatkit.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
DESKTOP = {"width": 1280, "height": 900}
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items):
    """Without a browser or the built element these tests skip, saying so; in CI they fail."""
    here = Path(__file__).parent
    absent = "" if CHROMIUM else "no Chromium on this machine; install it to run these"
    absent = absent or ("" if ELEMENT.is_file() else "the element is not built; run `make widget`")
    for item in items:
        if here not in item.path.parents:
            continue
        item.add_marker(pytest.mark.browser)
        if absent and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason=absent))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module. It ends with it: no loop of its own may run beside those of other tests."""
    assert CHROMIUM, "CI needs Chromium"
    assert ELEMENT.is_file(), "CI needs the built element"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test where a page did what no page may."""
    watching = Watch()
    yield watching
    assert watching.amiss == []


@pytest.fixture
def new_context(chromium, watch, request) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a fresh profile of a reader, watched; all are closed in the end."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = chromium.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **options})
        context.set_default_timeout(PATIENCE_MS)
        watch.over(context)
        made.append(context)
        return context

    yield make
    for context in made:
        _picture(context, request.node.name)
        context.close()


def _picture(context: BrowserContext, name: str) -> None:
    """Keeps how each test ended as a picture, for whoever names a folder for them in `TEST_PICTURES`."""
    if not (folder := os.environ.get("TEST_PICTURES")):
        return
    for number, page in enumerate(context.pages):
        page.screenshot(path=Path(folder) / f"{re.sub(r'[^a-z0-9_]+', '-', name.lower())}-{number}.png")


@pytest.fixture
def context(new_context) -> BrowserContext:
    """The profile of one reader."""
    return new_context()


@pytest.fixture
def page(context) -> Page:
    """An empty tab."""
    return context.new_page()


@pytest.fixture
def book(address, watch, page) -> Panel:
    """The small book, answered by the embedded model, with the panel closed."""
    watch.allow_origin(address)
    return Panel(page, address).visit("/")


@dataclass(frozen=True, slots=True)
class Told:
    """A server whose model says what a test tells it to."""

    address: str
    openai: ScriptedOpenAI

    def say(self, *pieces: str, **more: Any) -> None:
        """Queues an answer in these pieces that rests on nothing, so that every word of it is shown."""
        self.openai.say("[[conversation]]\n", *pieces, **more)


@pytest.fixture(scope="session")
def _told(tmp_path_factory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("told")
    with (
        ScriptedOpenAI() as openai,
        served.server(
            small_book.write(folder / "book"), folder / "data", **by(openai), CHATKIT_MAX_THREADS_PER_USER="0"
        ) as address,
    ):
        yield Told(address, openai)


def by(openai: ScriptedOpenAI) -> dict[str, str]:
    """Settings of a server that asks `openai`, and finds by words alone."""
    return {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": openai.base_url, "EMBEDDING_MODEL": "none"}


@pytest.fixture
def told(_told) -> Told:
    """The server with the scripted model, and no word of an earlier script."""
    _told.openai.forget()
    return _told


@pytest.fixture
def scripted(told, watch, page) -> Panel:
    """The small book, answered as the test says, with the panel closed."""
    watch.allow_origin(told.address)
    return Panel(page, told.address).visit("/")
