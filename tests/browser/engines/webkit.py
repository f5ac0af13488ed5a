"""WebKit as GNOME's browsers have it, driven over HTTP, on a screen that nobody sees."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.browser.engines.reader import PageGone, Reader, eventually
from tests.shell_sessions import free_port

DRIVER = shutil.which("WebKitWebDriver")
SCREEN = shutil.which("Xvfb")
BROWSERS = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
ROUTES = {
    "DeleteAllCookies": ("DELETE", "/cookie"), "Navigate": ("POST", "/url"), "Refresh": ("POST", "/refresh"),
    "Back": ("POST", "/back"), "ExecuteScript": ("POST", "/execute/sync"), "TakeScreenshot": ("GET", "/screenshot"),
    "ExecuteAsyncScript": ("POST", "/execute/async"), "PerformActions": ("POST", "/actions"),
    "ElementSendKeys": ("POST", "/element/{id}/value"), "SetWindowRect": ("POST", "/window/rect"),
    "NewSession": ("POST", "/session"),
}  # fmt: skip
NARROWEST = 447  # with its buttons
GONE = {"javascript error", "no such frame", "script timeout", "stale element reference"}
# The driver tells nothing of the console, so the page is listened to as soon as it is there.
_EARS = """
if (!globalThis.heard && origin !== "null") {
  globalThis.heard = (...what) =>
    sessionStorage.setItem("heard", `${sessionStorage.getItem("heard") ?? ""}${what.join(" ")}\\n`);
  for (const kind of ["error", "warn"]) console[kind] = (...what) => heard(kind, ...what);
  addEventListener("error", (event) => heard("uncaught", event.message));
  addEventListener("unhandledrejection", (event) => heard("rejected", event.reason));
  document.addEventListener("securitypolicyviolation", (event) =>
    heard("policy violated", event.effectiveDirective, event.blockedURI));
}
"""


class WebKit(Reader):
    """A window of WebKit."""

    name = "WebKit"

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._driver: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._session = ""

    def open(self) -> None:
        """Starts a driver, and opens the window."""
        self._port = free_port()
        command = [str(DRIVER), f"--port={self._port}"]
        self._driver = subprocess.Popen(
            command, env=self._environment, stderr=subprocess.DEVNULL, start_new_session=True
        )
        eventually(self._begin)

    def _begin(self) -> None:
        self._session = ""
        options = {"binary": str(BROWSERS[-1]), "args": ["--automation"]}
        wanted = {"webkitgtk:browserOptions": options, "timeouts": {"script": 30_000}}
        begun = self.order("NewSession", capabilities={"alwaysMatch": wanted})
        self._session = f"/session/{begun['sessionId']}"

    def order(self, command: str, **values: Any) -> Any:
        method, path = ROUTES[command]
        body = json.dumps(values) if method == "POST" else None
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=60)) as driver:
            driver.request(method, self._session + path.format_map(values), body)
            value = json.loads(driver.getresponse().read())["value"]
        if not isinstance(value, dict) or "stacktrace" not in value:
            return value
        if value["error"] in GONE:
            raise PageGone(value["message"])
        raise AssertionError(f"{command}: {value['error']}: {value['message']}")

    def resize(self, width: int, height: int) -> None:
        outer = self.order("SetWindowRect", width=width, height=height)
        inner = self.evaluate("() => [innerWidth, innerHeight]")
        self.order("SetWindowRect", width=width + outer["width"] - inner[0], height=height + outer["height"] - inner[1])
        self.until("(...size) => `${size}` === `${[innerWidth, innerHeight]}`", max(width, NARROWEST), height)

    def begin_anew(self) -> None:
        """In another browser: a window that was made narrow has lost the keyboard, and nobody here gives it back."""
        self.close()
        self.open()
        super().begin_anew()

    def close(self) -> None:
        """Kills the driver and its browser, whatever they are at."""
        if self._driver is not None:
            os.killpg(self._driver.pid, signal.SIGKILL)
            self._driver.wait()
            self._driver = None

    def evaluate(self, source: str, *values: Any) -> Any:
        return super().evaluate(f"(...values) => {{ {_EARS} return ({source})(...values); }}", *values)

    def complaints(self) -> list[str]:
        heard: str | None = self.evaluate("() => origin === 'null' ? null : sessionStorage.getItem('heard')")
        return heard.splitlines() if heard else []


@contextmanager
def running() -> Iterator[WebKit]:
    """A profile of its own with one window."""
    with ExitStack() as ends:
        folder = ends.enter_context(TemporaryDirectory())
        home = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), folder)
        screen = {"DISPLAY": ends.enter_context(_screen()), "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1"}
        reader = WebKit({**os.environ, **home, **screen})
        ends.callback(reader.close)
        reader.open()
        yield reader


@contextmanager
def _screen() -> Iterator[str]:
    """A screen in memory; gives its name."""
    reads, writes = os.pipe()
    command = [str(SCREEN), "-displayfd", str(writes), "-screen", "0", "1400x1100x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL)
    os.close(writes)
    try:
        with os.fdopen(reads) as said:
            yield f":{said.readline().strip()}"
    finally:
        screen.terminate()
        screen.wait()
