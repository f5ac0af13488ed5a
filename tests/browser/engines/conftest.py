"""Browsers other than Chromium, each before the same servers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.browser.engines import firefox, webkit
from tests.browser.engines.reader import Reader

ABSENT = {
    "firefox": "" if firefox.PROGRAM else "no Firefox on this machine",
    "webkit": "" if webkit.DRIVER and webkit.SCREEN and webkit.BROWSERS else "no WebKitWebDriver, MiniBrowser and Xvfb",
}
RUNNING = {"firefox": firefox.running, "webkit": webkit.running}


@pytest.fixture(scope="module", params=list(RUNNING))
def engine(request) -> Iterator[Reader]:
    """One browser for a module."""
    if ABSENT[request.param] and not os.environ.get("CI"):
        pytest.skip(ABSENT[request.param])
    with RUNNING[request.param]() as reader:
        yield reader


@pytest.fixture
def reader(engine) -> Iterator[Reader]:
    """A reader nobody has seen before, at a desk; in the end the browser may have complained of nothing."""
    engine.begin_anew()
    yield engine
    assert engine.complaints() == []
