"""A person before a browser, whichever it is: what they see, and what they do with pointer and keyboard.

Source: W3C, "WebDriver", Working Draft of 2025.
"""

from __future__ import annotations

import base64
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

PATIENCE_S = 60
STEP_S = 0.05
REST_S = 0.3
Begun = TypeVar("Begun")
DESK = (1280, 900)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # of the protocol: what an element is called in JSON
KEYS = {
    "Enter": "\ue007", "Tab": "\ue004", "Shift": "\ue008", "Control": "\ue009", "Escape": "\ue00c",
    "ArrowUp": "\ue013", "ArrowDown": "\ue015", "Home": "\ue011", "End": "\ue010", "Backspace": "\ue003",
}  # fmt: skip
_AWAITED = """const [values, done] = arguments;
Promise.resolve().then(() => (%s)(...values))
  .then((value) => done({ value }), (error) => done({ error: `${error}` }));"""
# Finds elements through shadow roots, gives what is seen of them, and where they can be pressed.
_EYES = """
const all = (selector, root = document) => [...root.querySelectorAll(selector),
  ...[...root.querySelectorAll("*")].flatMap((each) => each.shadowRoot ? all(selector, each.shadowRoot) : [])];
const seen = (each) => each.getClientRects().length > 0 && getComputedStyle(each).visibility === "visible";
const find = (selector, text = "") =>
  all(selector).filter((each) => seen(each) && each.textContent.includes(text)).at(-1) ?? null;
const focused = (root = document) => root.activeElement?.shadowRoot?.activeElement
  ? focused(root.activeElement.shadowRoot) : root.activeElement;
const marked = () => [...(CSS.highlights.get("pageside-cited") ?? [])].join("|");
"""
_TEXTS = "(selector) => all(selector).filter(seen).map((each) => each.innerText.trim())"
_PLACE = """(selector, text) => {
  const found = find(selector, text);
  if (!found) return null;
  const middle = () => { const { x, y, width, height } = found.getBoundingClientRect();
    return [x + width / 2, y + height / 2]; };
  const [x, y] = middle();
  if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) found.scrollIntoView({ block: "center" });
  let at = document.elementFromPoint(...middle());
  while (at?.shadowRoot?.elementFromPoint(...middle()) && at !== at.shadowRoot.elementFromPoint(...middle()))
    at = at.shadowRoot.elementFromPoint(...middle());
  return found === at || found.contains(at) || at?.contains(found) ? middle() : null;
}"""


class Reader(ABC):
    """What each browser is driven by.

    Attributes:
        name: Of the browser.
    """

    name: str

    @abstractmethod
    def order(self, command: str, **values: Any) -> Any:
        """Has the browser carry out a command of WebDriver; gives what it answers."""

    @abstractmethod
    def resize(self, width: int, height: int) -> None:
        """Makes the page this large, in CSS pixels."""

    @abstractmethod
    def complaints(self) -> list[str]:
        """Errors and broken policies that the browser has told of since `begin_anew`."""

    def begin_anew(self) -> None:
        """Becomes somebody who was never here, at a desk."""
        self.evaluate("() => { if (origin !== 'null') for (const one of [localStorage, sessionStorage]) one.clear(); }")
        self.order("DeleteAllCookies")
        self.visit("about:blank")
        self.resize(*DESK)
        self.point(1, 1)  # off whatever the last one rested on

    def visit(self, url: str) -> None:
        """Opens a page."""
        self.order("Navigate", url=url)

    def again(self) -> None:
        """Loads the page anew."""
        self.order("Refresh")

    def back(self) -> None:
        """Goes back to the page before."""
        self.order("Back")

    def evaluate(self, source: str, *values: Any) -> Any:
        """What the function `source` gives for `values` on the page, awaited."""
        done = self.order("ExecuteAsyncScript", script=_AWAITED % source, args=[list(values)])
        if done is None:  # Firefox, where the page was left before the script had called back
            raise PageGone("the page was left")
        if "error" in done:
            raise AssertionError(done["error"])
        return done.get("value")

    def press(self, keys: str) -> None:
        """Presses a key, or several at once: `Enter`, `Control+i`."""
        held = [KEYS.get(key, key) for key in keys.split("+")]
        downs = [{"type": "keyDown", "value": key} for key in held]
        self._act("key", downs + [{"type": "keyUp", "value": key} for key in reversed(held)])

    def write(self, text: str) -> None:
        """Types into what has the focus."""
        self._act("key", [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")])

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Presses the pointer at one point of the window and lets go at another."""
        way = [] if end == start else [_move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), _move(*end)]
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._act("pointer", [_move(*start), down, *way, up])

    def point(self, x: float, y: float) -> None:
        """Moves the pointer."""
        self._act("pointer", [_move(x, y)])

    def attach(self, selector: str, file: Path) -> None:
        """Chooses a file in the field that `selector` finds."""
        script = f"{_EYES} return all(arguments[0])[0];"
        field = self.order("ExecuteScript", script=script, args=[selector])[ELEMENT]
        self.order("ElementSendKeys", id=field, text=str(file))

    def picture(self, file: Path) -> None:
        """Keeps what is seen as a PNG."""
        file.write_bytes(base64.b64decode(self.order("TakeScreenshot")))

    def _act(self, kind: str, actions: list[dict[str, Any]]) -> None:
        self.order("PerformActions", actions=[{"type": kind, "id": kind, "actions": actions}])

    def look(self, source: str, *values: Any) -> Any:
        """As `evaluate`, with `find`, `all`, `seen`, `focused` and `marked` in reach."""
        return self.evaluate(f"(...values) => {{ {_EYES} return ({source})(...values); }}", *values)

    def until(self, source: str, *values: Any) -> Any:
        """Waits until `source` gives something true, and gives it back."""
        last: object = None
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            try:
                if found := self.look(source, *values):
                    return found
            except PageGone as gone:
                last = gone
            time.sleep(STEP_S)
        shown = self.look("() => document.body.innerText.slice(0, 400) + all('section.chat').map((e) => e.innerText)")
        raise AssertionError(f"never so in {self.name}: {source} {values} {last or ''}\n{shown}")

    def see(self, selector: str, text: str = "") -> Self:
        """Waits until something is there that can be seen and has `text`."""
        self.until("(selector, text) => !!find(selector, text)", selector, text)
        return self

    def miss(self, selector: str, text: str = "") -> Self:
        """Waits until nothing of it can be seen."""
        self.until("(selector, text) => !find(selector, text)", selector, text)
        return self

    def texts(self, selector: str) -> list[str]:
        """The texts of all that can be seen."""
        found: list[str] = self.look(_TEXTS, selector)
        return found

    def place(self, selector: str, text: str = "") -> tuple[float, float]:
        """The middle of the last of these, once it rests and nothing lies over it; scrolled to if need be."""
        at: tuple[float, float] | None = None
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            x, y = self.until(_PLACE, selector, text)
            if at == (x, y):
                break
            at = x, y
            time.sleep(REST_S)  # what grows above it moves it away from under the pointer
        return x, y

    def click(self, selector: str, text: str = "") -> Self:
        """Presses what is found, with the pointer."""
        at = self.place(selector, text)
        self.drag(at, at)
        return self

    def hover(self, selector: str, text: str = "") -> Self:
        """Moves the pointer onto what is found."""
        self.point(*self.place(selector, text))
        return self

    def holds(self) -> str:
        """What has the focus: its name for assistive technology, else its text."""
        return str(self.look("() => focused()?.ariaLabel || focused()?.innerText || ''"))


class PageGone(Exception):
    """The page was left while it was looked at."""


def _move(x: float, y: float) -> dict[str, Any]:
    return {"type": "pointerMove", "x": round(x), "y": round(y), "origin": "viewport", "duration": 0}


def eventually(begins: Callable[[], Begun]) -> Begun:
    """What `begins` gives as soon as a program that was just started takes connections."""
    ends = time.monotonic() + PATIENCE_S
    while True:
        try:
            return begins()
        except (OSError, ValueError):
            if time.monotonic() > ends:
                raise
            time.sleep(STEP_S)
