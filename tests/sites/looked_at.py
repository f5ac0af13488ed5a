"""A folder of built pages behind a real server, and a real browser that looks at it."""

from __future__ import annotations

import functools
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium on this machine; install it to run these"
)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Tests say what went wrong."""


@contextmanager
def shown(folder: Path) -> Iterator[str]:
    """The address at which the files of `folder` stand."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@contextmanager
def browsed(address: str) -> Iterator[Page]:
    """A page of a browser that has opened `address`; in the end nothing was complained of or asked of other hosts."""
    assert CHROMIUM, "CI needs Chromium"
    home = "/".join(address.split("/")[:3])
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        complaints: list[str] = []
        page.on(
            "console",
            lambda told: (
                complaints.append(f"{told.text} {told.location}") if told.type in {"error", "warning"} else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith((home, "data:", "blob:")) else complaints.append(asked.url),
        )
        page.goto(address)
        yield page
        chromium.close()
    assert not complaints, complaints


# Stands where the assistant would, and goes where it is told as the assistant does.
STUB = """
window.heard = [];
document.addEventListener("pageside:navigated", (event) => window.heard.push(event.detail.url));
window.go = (url) => {
  const detail = { url: new URL(url, location).href };
  const event = new CustomEvent("pageside:navigate", { detail, cancelable: true });
  if (document.dispatchEvent(event)) location.assign(event.detail.url);
};
window.loads = (window.loads || 0) + 1;
"""
