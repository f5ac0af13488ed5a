"""What the assistant costs a reader's browser: `python -m benchmarks.widget [--runs 20]`.

Sizes of the built files, the time from a click to a composer that can be written in, the work of a frame while a long
answer streams beside a control that makes all of it anew, the load of a page with and without the button, and what 200
messages leave in memory. A real Chromium, over a server that says the same to everything (`benchmarks.widget_server`);
what is compared takes turns within the run, so that whatever else the machine does meets all of it.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.widget_server import MARKED
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from pageside.web import element

CHARACTERS = 13_000
FRAME_MS = 16.7
PIECES, EVERY_MS = 24, 8  # characters of a delta, and how often one comes: 3,000 characters a second
WARMING = "900 characters, 900 at once, every 0 ms"  # after it, everything that answers need is there
SLOW_LINK = {"latency": 40, "downloadThroughput": 10_000_000 / 8, "uploadThroughput": 5_000_000 / 8}  # 10 Mbit/s
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--js-flags=--expose-gc", "--enable-precise-memory-info"]

CLICK = """async () => {
  const host = document.querySelector("pageside-assistant");
  const began = performance.now();
  host.shadowRoot.querySelector(".launcher").click();
  while (performance.now() - began < 30_000) {
    const chat = host.shadowRoot.querySelector("pageside-chat");
    if (chat?.shadowRoot?.activeElement?.matches("textarea")) return performance.now() - began;
    await new Promise(requestAnimationFrame);
  }
  throw new Error("The composer never came.");
}"""
LOADED = """() => new Promise((done) => {
  const loaded = () => performance.getEntriesByType("navigation")[0].loadEventEnd;
  const seen = (list) => done([loaded(), list.getEntries().at(-1).startTime]);
  new PerformanceObserver(seen).observe({type: "largest-contentful-paint", buffered: true});
})"""
# A frame's work: from its first callback to the first task after it was laid out and painted.
FRAMES = """() => {
  globalThis.frames_ = [];
  const { port1, port2 } = new MessageChannel();
  let began = 0;
  port1.onmessage = () => frames_.push(performance.now() - began);
  const tick = () => { began = performance.now(); port2.postMessage(0); requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""
ELEMENT = """async () => {
  await customElements.whenDefined("openai-chatkit");
  const chat = document.createElement("openai-chatkit");
  chat.setOptions({ api: { url: "/chatkit", domainKey: "local" }, history: { enabled: false } });
  document.querySelector("#host").append(chat);
  globalThis.asked = (text) => new Promise(async (done) => {
    chat.addEventListener("chatkit.response.end", () => done(), { once: true });
    await chat.sendUserMessage({ text });
  });
}"""


def rotated(forms: dict[str, list[Any]], turn: int) -> list[tuple[str, list[Any]]]:
    """The forms, another one first in each turn."""
    listed = list(forms.items())
    return listed[turn % len(listed) :] + listed[: turn % len(listed)]


def spread(values: list[float], unit: str = "ms") -> str:
    """Median and 95 % mark."""
    ordered = sorted(values)
    mark = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{statistics.median(ordered):.0f} / {mark:.0f} {unit}"


@contextmanager
def served() -> Iterator[str]:
    """The server in a process of its own; gives its address."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.widget_server"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


def sizes() -> None:
    """What goes over the wire, file by file."""
    print("\n| file | bytes | gzip -9 | br |\n|---|---|---|---|")
    folder = element.BUILT
    lazy = sorted((folder / "lazy").glob("*.js"), key=lambda path: path.stat().st_size)
    many = {kind: [path for path in lazy if path.name.startswith(kind)] for kind in ("language-", "lucide-")}
    single = sorted(set(lazy).difference(*many.values()))
    for path in [folder / "loader.js", folder / "chatkit.js", *single]:
        _size(str(path.relative_to(folder)), path)
    for kind, paths in many.items():
        _size(f"lazy/{kind}*.js, the middle one of {len(paths)}", paths[len(paths) // 2])
        _size(f"lazy/{kind}*.js, the largest", paths[-1])


def _size(name: str, path: Path) -> None:
    content = path.read_bytes()
    packed, brotli = len(gzip.compress(content, 9)), path.with_name(f"{path.name}.br").stat().st_size
    print(f"| {name} | {len(content):,} | {packed:,} | {brotli:,} |")


def opening(browser: Browser, address: str, runs: int) -> None:
    """From a click on the button to a composer with the focus: nothing fetched before, or everything in the cache."""
    took: dict[str, list[float]] = {"cold": [], "cold, 10 Mbit/s and 40 ms": [], "cached": []}
    for turn in range(runs):
        for form, times in rotated(took, turn):
            with fresh(browser) as page:
                if form == "cached":
                    clicked(page, address)
                    page.evaluate("sessionStorage.clear()")  # or the panel would open by itself
                if "Mbit" in form:
                    page.goto(f"{address}/with")
                    session(page).send("Network.emulateNetworkConditions", {"offline": False, **SLOW_LINK})
                times.append(clicked(page, address))
    print("\n| click to composer | median / p95 |\n|---|---|")
    for form, times in took.items():
        print(f"| {form} | {spread(times)} |")


def clicked(page: Page, address: str) -> float:
    page.goto(f"{address}/with", wait_until="load")
    page.wait_for_function("document.querySelector('pageside-assistant')")
    return float(page.evaluate(CLICK))


def loading(browser: Browser, address: str, runs: int) -> None:
    """A page with and without the button, each in a new profile; the forms take turns."""
    took: dict[str, list[list[float]]] = {"without": [], "with": []}
    for turn in range(runs):
        for form, times in rotated(took, turn):
            with fresh(browser) as page:
                page.goto(f"{address}/{form}", wait_until="load")
                times.append(page.evaluate(LOADED))
    print("\n| page | load event, median / p95 | largest paint, median / p95 |\n|---|---|---|")
    for form, times in took.items():
        loads, paints = ([one[at] for one in times] for at in (0, 1))
        print(f"| {form} | {spread(loads)} | {spread(paints)} |")


def streaming(browser: Browser, address: str, runs: int) -> None:
    """A long answer as it grows, in the element and made anew for every frame."""
    question = f"{CHARACTERS} characters, {PIECES} at once, every {EVERY_MS} ms"
    forms: dict[str, Callable[[Page], None]] = {"element": _element, "control": _control}
    if not MARKED.is_file():
        forms.pop("control")
    frames: dict[str, list[float]] = {form: [] for form in forms}
    ends: dict[str, list[float]] = {form: [] for form in forms}
    busy: dict[str, list[float]] = {form: [] for form in forms}
    script: dict[str, list[float]] = {form: [] for form in forms}
    for _ in range(runs):
        for form, prepare in forms.items():
            with fresh(browser) as page:
                page.goto(f"{address}/{form}", wait_until="load")
                prepare(page)
                page.evaluate(
                    "(text) => asked(text)", "900 characters, 900 at once, every 0 ms"
                )  # fetches what it needs
                page.wait_for_timeout(500)
                counted = session(page)
                before = metrics(counted)
                page.evaluate(FRAMES)
                page.evaluate("(text) => asked(text)", question)
                after = metrics(counted)
                works = page.evaluate("frames_.slice(1)")
                frames[form] += works
                ends[form] += works[len(works) * 3 // 4 :]
                script[form].append(1000 * (after["ScriptDuration"] - before["ScriptDuration"]) / len(works))
                spent = after["TaskDuration"] - before["TaskDuration"]
                busy[form].append(100 * spent / (after["Timestamp"] - before["Timestamp"]))
    print("\n| streaming | a frame's work, median / p95 / max | in the last quarter, median | scripts | late | busy |")
    print("|---|---|---|---|---|---|")
    for form, works in frames.items():
        late = 100 * sum(work > FRAME_MS for work in works) / len(works)
        mark = statistics.quantiles(works, n=20)[-1]
        print(
            f"| {form} | {statistics.median(works):.1f} / {mark:.1f} / {max(works):.0f} ms "
            f"| {statistics.median(ends[form]):.1f} ms | {statistics.median(script[form]):.1f} ms "
            f"| {late:.1f} % | {statistics.median(busy[form]):.0f} % |"
        )
    print("\nScripts: their share of a frame; the rest is layout and painting, without a graphics card.")
    print(f"Late: frames whose work took longer than {FRAME_MS} ms. Busy: share of the time that the thread worked.")


def _element(page: Page) -> None:
    page.evaluate(ELEMENT)


def _control(page: Page) -> None:
    page.wait_for_function("globalThis.controlReady")
    page.evaluate("() => { globalThis.asked = controlAsk; }")


def remembering(browser: Browser, address: str) -> None:
    """The heap after garbage collection as a conversation grows to 200 messages, and after it is taken off the page."""
    print("\n| messages | JavaScript heap | nodes | listeners |\n|---|---|---|---|")
    with fresh(browser) as page:
        page.goto(f"{address}/element", wait_until="load")
        counted = session(page)
        _row("the page alone", counted)
        page.evaluate(ELEMENT)
        page.evaluate("(text) => asked(text)", WARMING)
        page.wait_for_timeout(500)
        _row("2", counted)
        for turn in range(2, 101):
            page.evaluate("(text) => asked(text)", "900 characters, 45 at once, every 0 ms")
            if turn in {10, 50, 100}:
                _row(f"{2 * turn}", counted)
        page.evaluate("() => { document.querySelector('openai-chatkit').remove(); delete globalThis.asked; }")
        page.wait_for_timeout(1000)
        _row("200, and the element removed", counted)


def _row(name: str, counted: CDPSession) -> None:
    for _ in range(3):
        counted.send("HeapProfiler.collectGarbage")
    now = metrics(counted)
    listeners = int(now["JSEventListeners"])
    print(f"| {name} | {now['JSHeapUsedSize'] / 1e6:.1f} MB | {int(now['Nodes']):,} | {listeners} |", flush=True)


def session(page: Page) -> CDPSession:
    """A line to the browser's own counters."""
    made = page.context.new_cdp_session(page)
    made.send("Performance.enable")
    made.send("HeapProfiler.enable")
    made.send("Network.enable")
    return made


def metrics(counted: CDPSession) -> dict[str, float]:
    """Those counters as they stand."""
    told: dict[str, Any] = counted.send("Performance.getMetrics")
    return {one["name"]: one["value"] for one in told["metrics"]}


@contextmanager
def fresh(browser: Browser) -> Iterator[Page]:
    """A tab of a new profile."""
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        yield context.new_page()
    finally:
        context.close()


def main() -> None:
    """Measures and prints tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--runs", type=int, default=20, help="how often pages are opened; answers stream a fifth as often"
    )
    parser.add_argument("--only", choices=["sizes", "opening", "loading", "streaming", "memory"])
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium or not element.is_built():
        raise SystemExit("This needs Chromium on the machine, and the built element: `make widget`.")
    wanted = lambda name: given.only in {None, name}  # noqa: E731
    print(f"Load of the machine at the start: {os.getloadavg()[0]:.1f}")
    if wanted("sizes"):
        sizes()
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        print(f"\nChromium {browser.version}")
        if wanted("opening"):
            opening(browser, address, given.runs)
        if wanted("loading"):
            loading(browser, address, given.runs)
        if wanted("streaming"):
            streaming(browser, address, max(1, given.runs // 5))
        if wanted("memory"):
            remembering(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
