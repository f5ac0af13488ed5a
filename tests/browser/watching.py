"""What a page must never do while a test looks at it: complain, break its policy, reach elsewhere, open a dialog."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, WebError

# Told by the browser wherever it happens, frames included; the page's own scripts cannot see the listener.
_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violated: ${event.effectiveDirective} by ${event.blockedURI} ${event.sample}`));
"""
_OWN = {"data", "blob", "about"}


@dataclass
class Watch:
    """Everything amiss in the pages of one context.

    Attributes:
        complaints: Console errors and warnings, uncaught errors, violations, dialogs, in their order.
        elsewhere: Addresses of requests to any other origin than the allowed ones.
        requests: Every request, in order.
    """

    origins: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    _allowed: list[re.Pattern[str]] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Looks at every page of `context` from now on."""
        context.add_init_script(_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("dialog", self._dialog)
        context.on("page", self._page)

    def allow(self, pattern: str) -> None:
        """Expects complaints in which `pattern` is found: those that the test itself provokes."""
        self._allowed.append(re.compile(pattern))

    def allow_origin(self, address: str) -> None:
        """Lets pages send requests to the origin of `address`."""
        self.origins.add(_origin(address))

    @property
    def amiss(self) -> list[str]:
        """What nobody expected; empty for a good page."""
        unexpected = [one for one in self.complaints if not any(each.search(one) for each in self._allowed)]
        return [*unexpected, *(f"request elsewhere: {address}" for address in self.elsewhere)]

    def forgive(self) -> None:
        """Forgets what was amiss, for tests of the watch itself."""
        self.complaints.clear()
        self.elsewhere.clear()

    def _page(self, page: Page) -> None:
        page.on("crash", lambda _: self.complaints.append("the page crashed"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _error(self, error: WebError) -> None:
        self.complaints.append(f"uncaught: {error.error}")

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.type} {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        self.requests.append(request)
        if urlsplit(request.url).scheme not in _OWN and _origin(request.url) not in self.origins:
            self.elsewhere.append(request.url)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
