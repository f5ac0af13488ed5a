"""Firefox as it is installed, driven by the protocol it has built in.

Source: Firefox Source Docs, "Marionette Protocol", version 3: `<length>:[0, id, command, values]` over TCP.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.browser.engines.reader import PageGone, Reader, eventually

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
GONE = {"javascript error", "no such window", "script timeout", "stale element reference", "unknown error"}
PREFERENCES = {
    "marionette.port": 0, "devtools.console.stdout.content": True, "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False, "datareporting.healthreport.uploadEnabled": False,
    "app.normandy.enabled": False, "browser.aboutwelcome.enabled": False, "browser.safebrowsing.update.enabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,", "extensions.update.enabled": False, "toolkit.telemetry.server": "data:,",
}  # fmt: skip
# The window cannot be as narrow as a phone; what shows the page in it can.
_SIZE = """const { style } = gBrowser.selectedBrowser;
[style.minWidth, style.minHeight] = [style.maxWidth, style.maxHeight] = arguments;"""
_SAID = """return Services.console.getMessageArray().filter((one) => one instanceof Ci.nsIScriptError)
  .filter(({ category, flags }) => /^(content|CSP)/.test(category) && !(flags & Ci.nsIScriptError.warningFlag))
  .map((one) => `${one.category}: ${one.errorMessage} (${one.sourceName})`);"""
_FORGET = "Services.cookies.removeAll(); Services.console.reset();"  # WebDriver deletes those of one address only


class Firefox(Reader):
    """A tab of Firefox."""

    name = "Firefox"

    def __init__(self, profile: Path) -> None:
        port = int((profile / "MarionetteActivePort").read_text("ascii"))
        self._wire = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._said = self._wire.makefile("rb")
        self._message()
        self._orders = 0
        self._log = profile / "browser.log"
        self._heard = 0
        self.order("NewSession", timeouts={"script": 30_000})

    def close(self) -> None:
        """Leaves the browser to itself."""
        self._said.close()
        self._wire.close()

    def order(self, command: str, **values: Any) -> Any:
        prefix = "" if ":" in command else "WebDriver:"
        self._orders += 1
        told = json.dumps([0, self._orders, prefix + command, values]).encode()
        self._wire.sendall(b"%d:%b" % (len(told), told))
        _, _, error, result = self._message()
        if error and error["error"] in GONE:
            raise PageGone(error["message"])
        assert not error, f"{command}: {error}"
        return result["value"] if isinstance(result, dict) and list(result) == ["value"] else result

    def resize(self, width: int, height: int) -> None:
        self._inside(_SIZE, f"{width}px", f"{height}px")
        self.until("(...size) => `${size}` === `${[innerWidth, innerHeight]}`", width, height)

    def begin_anew(self) -> None:
        """In another tab: what this one keeps, it keeps for each address apart."""
        made = self.order("NewWindow", type="tab", focus=True)
        self.order("CloseWindow")
        self.order("SwitchToWindow", handle=made["handle"])
        super().begin_anew()
        self._inside(_FORGET)
        self._heard = len(self._printed())

    def complaints(self) -> list[str]:
        return [*self._inside(_SAID), *self._printed()[self._heard :]]

    def _printed(self) -> list[str]:
        """What pages wrote to the console by themselves."""
        lines = self._log.read_text("utf-8", "replace").splitlines()
        return [line for line in lines if line.startswith(('console.error: "', 'console.warn: "'))]

    def _inside(self, script: str, *values: Any) -> Any:
        """Runs `script` in the browser itself, and not on the page."""
        self.order("Marionette:SetContext", value="chrome")
        try:
            return self.order("ExecuteScript", script=script, args=list(values))
        finally:
            self.order("Marionette:SetContext", value="content")

    def _message(self) -> Any:
        length = b""
        while (one := self._said.read(1)) != b":":
            length += one
        return json.loads(self._said.read(int(length)))


@contextmanager
def running() -> Iterator[Firefox]:
    """A fresh profile with one tab."""
    with ExitStack() as ends:
        profile = Path(ends.enter_context(TemporaryDirectory()))
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [str(PROGRAM), "--headless", "--marionette", "--remote-allow-system-access", "--no-remote"]
        browser = subprocess.Popen(
            [*command, "--profile", str(profile)],
            env={**os.environ, "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
            stdout=ends.enter_context((profile / "browser.log").open("wb")),
            stderr=subprocess.DEVNULL,
        )
        ends.callback(browser.wait)
        ends.callback(browser.terminate)
        reader = eventually(lambda: Firefox(profile))
        ends.callback(reader.close)
        yield reader
