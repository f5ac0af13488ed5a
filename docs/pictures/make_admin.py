"""Makes the pictures of the administration from the running product: `python docs/pictures/make_admin.py`.

Serves the example book with the embedded model, asks it as a class does, and looks at it as its teacher. What was asked
within a minute is moved back over a month in the database of this run, so that a month can be seen.
"""

from __future__ import annotations

import io
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE: Final = Path(__file__).parent
BOOK: Final = HERE.parents[1] / "examples" / "physical-ai" / "docs"
PROGRAM: Final = Path(sys.executable).with_name("pageside")
MOST_BYTES: Final = 90_000
READERS: Final = 14
ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu")
EVERY_ANSWER: Final = {  # is made anew, and nobody has to wait to ask
    "PAGESIDE_ANSWER_CACHE_S": "0", "PAGESIDE_LIMIT_CHAT_ADDRESS": "0", "PAGESIDE_LIMIT_OTHER_ADDRESS": "0",
}  # fmt: skip
DESKTOP: Final[dict[str, Any]] = {
    "viewport": {"width": 1180, "height": 860}, "device_scale_factor": 1.25, "reduced_motion": "reduce",
    "color_scheme": "light",
}  # fmt: skip
PHONE: Final = {
    **DESKTOP,
    "viewport": {"width": 390, "height": 780},
    "device_scale_factor": 1.5,
    "color_scheme": "dark",
}
ASKED: Final = (
    "What is the reality gap?",
    "How heavy is a fall?",
    "What does a Kalman filter weigh?",
    "When does a publisher need quality of service?",
    "How is the reality gap closed?",
    "What is domain randomisation?",
    "When is the exam for this course?",
    "What date is the exam?",
    "How do I install the simulator on Windows?",
    "Which laptop do I need for the simulator?",
    "Hello!",
    "What is a node?",
    "How do two nodes speak?",
    "What does an encoder measure?",
)
SHOWN: Final = {
    "admin-overview": ("", DESKTOP),
    "admin-passages": ("passages", DESKTOP),
    "admin-phone": ("", PHONE),
}


def asked(address: str) -> None:
    """Lets a class ask, each a few questions of their own, and say what they think of some answers."""
    chance = random.Random(7)
    for _ in range(READERS):
        with httpx2.Client(base_url=address, timeout=60) as reader:
            reader.get("/")
            for question in chance.sample(ASKED, chance.randint(3, 8)):
                told = reader.post("/api/chatkit/chat", json={"message": question}).raise_for_status().json()
                if chance.random() < 0.5:
                    opined(
                        reader,
                        told["thread_id"],
                        "positive" if told["sources"] and chance.random() < 0.75 else "negative",
                    )


def opined(reader: httpx2.Client, thread: str, kind: str) -> None:
    """Says what a reader thinks of the answer."""
    listed = {"type": "items.list", "params": {"thread_id": thread, "limit": 10}}
    items = reader.post("/chatkit", json=listed).raise_for_status().json()["data"]
    answers = [item["id"] for item in items if item["type"] == "assistant_message"]
    rated = {"thread_id": thread, "item_ids": answers[:1], "kind": kind}
    reader.post("/chatkit", json={"type": "items.feedback", "params": rated}).raise_for_status()


def moved_back(database: Path) -> None:
    """Moves each turn to some day of the last month, more to the days before an exam."""
    chance = random.Random(11)
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        for (name,) in connection.execute("select id from turns").fetchall():
            at = datetime.now(UTC) - timedelta(days=int(chance.triangular(0, 29, 4)), minutes=chance.randint(0, 600))
            connection.execute(
                "update turns set at = ?, day = ? where id = ?",
                (at.strftime("%Y-%m-%d %H:%M:%S.%f"), at.date().isoformat(), name),
            )


def taken(browser: Browser, address: str, data: Path, name: str) -> None:
    """Makes one picture, in a profile of its own."""
    path, options = SHOWN[name]
    page: Page = browser.new_context(**options).new_page()
    words = [PROGRAM, "admin", "--name", "Grace", "--url", address, "--data-dir", data]
    page.goto(subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{address}/admin/{path}")
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.context.close()
    for quality in (90, 85, 80, 70, 60):
        packed = io.BytesIO()
        picture.save(packed, "WEBP", quality=quality, method=6)
        if packed.tell() <= MOST_BYTES:
            break
    (HERE / f"{name}.webp").write_bytes(packed.getvalue())
    print(f"{name}.webp  {picture.width} x {picture.height}  {packed.tell():,} bytes")


def main() -> None:
    """Makes the pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder:
        words = [PROGRAM, "serve", BOOK, "--port", "0", "--data-dir", folder]
        with subprocess.Popen(words, cwd=folder, env=EVERY_ANSWER, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout
                address = next(found[0] for line in process.stdout if (found := re.search(r"http://[^\s/]+", line)))
                asked(address)
                moved_back(Path(folder) / "pageside.db")
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(
                        executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
                    )
                    for name in SHOWN:
                        taken(browser, address, Path(folder), name)
                    browser.close()
            finally:
                process.terminate()


if __name__ == "__main__":
    main()
