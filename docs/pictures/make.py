"""Makes the pictures of the documentation from the running product: `python docs/pictures/make.py [NAME ...]`.

Serves the example book with the embedded model, walks through it in Chromium as a reader does, and writes each picture
beside this file. Run it after `make site`, so that the pictures show the book's own site.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect, sync_playwright

HERE: Final = Path(__file__).parent
BOOK: Final = HERE.parents[1] / "examples" / "physical-ai" / "docs"
PROGRAM: Final = Path(sys.executable).with_name("pageside")
MOST_BYTES: Final = 150_000
DESKTOP: Final = {"width": 1280, "height": 800}
PHONE: Final = {"width": 390, "height": 780}
# Wide enough that the panel stands beside the text and not upon the sentence that is marked; 1920 x 1200 pixels.
BESIDE: Final[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}, "device_scale_factor": 4 / 3}
READING: Final[dict[str, Any]] = {
    "viewport": DESKTOP, "device_scale_factor": 1.5, "reduced_motion": "reduce", "color_scheme": "light",
}  # fmt: skip
CHAPTER: Final = "/module-2-simulation/reality-gap"
QUESTION: Final = "What is the reality gap?"
BLUR: Final = """() => {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  focused?.blur();
}"""


class Reader:
    """Somebody at a page of the book."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.launcher = page.locator("button.launcher")
        self.panel = page.locator("dialog.panel")
        self.chat = page.locator("section.chat")
        self.composer = self.chat.locator("textarea").last
        self.answers = self.chat.locator("article.assistant")

    def visit(self, path: str = CHAPTER) -> None:
        """Opens a page of the book."""
        self.page.goto(self.address + path)
        expect(self.launcher).to_be_visible()

    def open(self) -> None:
        self.launcher.click()
        expect(self.composer).to_be_visible()

    def ask(self, question: str) -> None:
        """Asks, and waits until the answer is whole."""
        before = self.chat.locator("article.user").count()
        self.composer.fill(question)
        self.composer.press("Enter")
        expect(self.chat.locator("article.user")).to_have_count(before + 1)
        expect(self.chat.get_by_role("log")).to_have_attribute("aria-busy", "false", timeout=60_000)
        self.settle()

    def anew(self) -> None:
        self.chat.get_by_role("button", name="New conversation").click()
        expect(self.answers).to_have_count(0)

    def settle(self) -> None:
        """Waits for what is fetched and for what moves."""
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(600)

    def blur(self) -> None:
        """Takes the ring of the focus and the pointer out of the picture."""
        self.page.evaluate(BLUR)
        self.page.mouse.move(2, 2)
        self.page.wait_for_timeout(300)


def beside_the_page(reader: Reader) -> FloatRect | None:
    reader.visit()
    reader.open()
    reader.ask(QUESTION)
    reader.answers.last.locator(".cite").first.click()
    reader.page.wait_for_function("CSS.highlights.has('pageside-cited')")
    reader.settle()
    reader.blur()
    return None


def dark(reader: Reader) -> FloatRect | None:
    return beside_the_page(reader)


def selection(reader: Reader) -> FloatRect | None:
    reader.visit("/module-3-perception-and-motion/state-estimation")
    # Browsers paint a selected formula so that it cannot be read.
    words = reader.page.locator("main p").filter(has_not=reader.page.locator(".katex"))
    paragraph = words.filter(has_text=re.compile("State estimation")).first
    paragraph.scroll_into_view_if_needed()
    paragraph.select_text()
    button = reader.page.locator("button.ask-selection")
    expect(button).to_be_visible()
    reader.settle()
    return around([paragraph, button], 40)


def source(reader: Reader) -> FloatRect | None:
    reader.visit()
    reader.open()
    reader.ask(QUESTION)
    reader.chat.get_by_role("log").evaluate("(log) => { log.scrollTop = 0; }")
    reader.page.wait_for_timeout(300)
    reader.answers.last.locator(".cite").first.hover()
    expect(reader.page.locator(".cite-card")).to_be_visible()
    reader.page.wait_for_timeout(500)
    return around([reader.panel, reader.page.locator(".cite-card")], 16)


def history(reader: Reader) -> FloatRect | None:
    reader.visit()
    reader.open()
    for question in (
        "How heavy is a fall?",
        "What does a Kalman filter weigh?",
        "When does a publisher need quality of service?",
        QUESTION,
    ):
        reader.ask(question)
        reader.anew()
    reader.chat.get_by_role("button", name="Earlier conversations").click()
    reader.settle()
    reader.blur()
    return around([reader.panel], 16)


def nearest(reader: Reader) -> FloatRect | None:
    reader.visit()
    reader.open()
    reader.ask("Who won the world cup?")
    reader.blur()
    return around([reader.panel], 16)


def urdu(reader: Reader) -> FloatRect | None:
    reader.visit()
    reader.page.locator("pageside-assistant").evaluate("(host) => host.setAttribute('locale', 'ur')")
    reader.open()
    reader.settle()
    reader.blur()
    return around([reader.panel], 16)


def phone(reader: Reader) -> FloatRect | None:
    reader.visit()
    reader.open()
    reader.ask(QUESTION)
    reader.blur()
    return None


PICTURES: Final[dict[str, tuple[Callable[[Reader], FloatRect | None], dict[str, Any]]]] = {
    "beside-the-page": (beside_the_page, BESIDE),
    "dark": (dark, {**BESIDE, "color_scheme": "dark"}),
    "selection": (selection, {}),
    "source": (source, {}),
    "history": (history, {}),
    "nearest": (nearest, {}),
    "urdu": (urdu, {}),
    "phone": (phone, {"viewport": PHONE, "has_touch": True}),
}


def around(shown: list[Locator], margin: float) -> FloatRect:
    """The part of the window that holds everything in `shown`."""
    boxes = [box for locator in shown if (box := locator.bounding_box())]
    left, top = (max(0, min(box[side] for box in boxes) - margin) for side in ("x", "y"))
    right = min(DESKTOP["width"], max(box["x"] + box["width"] for box in boxes) + margin)
    bottom = min(DESKTOP["height"], max(box["y"] + box["height"] for box in boxes) + margin)
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def taken(browser: Browser, address: str, name: str) -> None:
    """Makes one picture, in a profile of its own."""
    walk, options = PICTURES[name]
    context = browser.new_context(**{**READING, **options})
    reader = Reader(context.new_page(), address)
    part = walk(reader)
    shot = reader.page.screenshot(clip=part) if part else reader.page.screenshot()
    context.close()
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    for quality in (90, 85, 80, 70, 60):
        packed = io.BytesIO()
        picture.save(packed, "WEBP", quality=quality, method=6)
        if packed.tell() <= MOST_BYTES:
            break
    (HERE / f"{name}.webp").write_bytes(packed.getvalue())
    print(f"{name}.webp  {picture.width} x {picture.height}  {packed.tell():,} bytes")


@contextmanager
def served() -> Iterator[str]:
    """The example book on a free port; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [PROGRAM, "serve", BOOK, "--port", "0", "--data-dir", folder], cwd=folder, stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout
            yield next(found[0] for line in process.stdout if (found := re.search(r"http://[^\s/]+", line)))
        finally:
            process.terminate()
            process.wait()


def main() -> None:
    """Makes the pictures that are named, or all."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name in sys.argv[1:] or PICTURES:
            taken(browser, address, name)
        browser.close()


if __name__ == "__main__":
    main()
