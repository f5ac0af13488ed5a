"""`<openai-chatkit>` alone on a page, as a host handles it."""

from __future__ import annotations

from typing import Any, Self

from playwright.sync_api import Locator, Page, expect
from tests.browser.hosting import Site
from tests.browser.panel import Panel

EVENTS = [
    "ready", "error", "effect", "deeplink", "response.start", "response.end", "history.open", "history.close",
    "thread.change", "thread.load.start", "thread.load.end", "tool.change", "log",
]  # fmt: skip
PAGE = """<!doctype html><html lang="en"><head><title>Host</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/host.css"></head>
<body><main><h1>Host</h1><openai-chatkit></openai-chatkit></main>
<script src="/chatkit.js"></script></body></html>"""
STYLE = "openai-chatkit { display: block; width: 420px; height: 640px; }"
# Functions cannot travel into the page, so an option written as {"$": "source"} is made there.
_SET = """([options, events]) => {
  const revive = (value) => {
    if (Array.isArray(value)) return value.map(revive);
    if (!value || typeof value !== "object") return value;
    if (value.$) return window.calling(value.$);
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, revive(one)]));
  };
  window.calls ??= [];
  window.heard ??= [];
  window.calling = ({ name, gives, fetches }) => fetches
    ? (...args) => { window.calls.push([name, String(args[0])]); return fetch(...args); }
    : (...args) => {
        window.calls.push([name, JSON.parse(JSON.stringify(args))]);
        return Promise.resolve(revive(gives));
      };
  const element = document.querySelector("openai-chatkit");
  if (!element.listens) {
    element.listens = true;
    for (const name of events) element.addEventListener(`chatkit.${name}`, (event) => window.heard.push(
      [name, event.detail?.error ? { error: event.detail.error.message } : (event.detail ?? null)]));
  }
  element.setOptions(revive(options));
}"""


def function(name: str, gives: Any = None, *, fetches: bool = False) -> dict[str, Any]:
    """A function option that notes that it was called, and gives what is said."""
    return {"$": {"name": name, "gives": gives, "fetches": fetches}}


class Bare(Panel):
    """The element, with what was called and heard noted."""

    def __init__(self, page: Page, site: Site) -> None:
        super().__init__(page, site.address)
        self.site = site

    def mount(self, **options: Any) -> Self:
        """Opens the page and sets options; `api` is the site's own where none is given."""
        self.page.goto(f"{self.address}/element")
        self.page.wait_for_function("() => !!customElements.get('openai-chatkit')")
        self.set(**options)
        expect(self.chat).to_be_visible()
        return self

    def set(self, **options: Any) -> Self:
        """Sets options, whole."""
        self.page.evaluate(_SET, [{"api": {"url": f"{self.address}/chatkit", "domainKey": "local"}, **options}, EVENTS])
        return self

    def call(self, method: str, *args: Any) -> Any:
        """Calls a method of the element and waits for it."""
        return self.page.evaluate(
            "([method, args]) => document.querySelector('openai-chatkit')[method](...args)", [method, list(args)]
        )

    def calls(self, name: str) -> list[Any]:
        """What the function option called `name` was called with, in order."""
        return [args for called, args in self.page.evaluate("window.calls") if called == name]

    def heard(self, name: str) -> list[Any]:
        """Details of the events of a name, in order."""
        return [detail for event, detail in self.page.evaluate("window.heard") if event == name]

    def wait_heard(self, name: str, times: int = 1) -> list[Any]:
        """As `heard`, once there are so many."""
        self.page.wait_for_function(
            "([name, times]) => window.heard.filter(([one]) => one === name).length >= times", arg=[name, times]
        )
        return self.heard(name)

    def wait_called(self, name: str) -> list[Any]:
        """As `calls`, once there is one."""
        self.page.wait_for_function("(name) => window.calls.some(([one]) => one === name)", arg=name)
        return self.calls(name)

    def style(self, locator: Locator, name: str) -> str:
        """A computed style."""
        return str(locator.evaluate("(one, name) => getComputedStyle(one).getPropertyValue(name)", name))
