"""The assistant beside a page, as a reader handles it."""

from __future__ import annotations

import re
from typing import Any, Self

from playwright.sync_api import Locator, Page, expect

HIGHLIGHTED = """() => [...(CSS.highlights.get("pageside-cited") ?? [])].map((range) => range.toString()).join("|")"""
# A chat that stands on no page of the book, and so tells nothing of one.
ALONE = """async () => {
  await import("/chatkit.js");
  const made = document.createElement("openai-chatkit");
  document.querySelector("main").replaceChildren(made);
  made.setOptions({ api: { url: "/chatkit", domainKey: "local" } });
}"""


class Panel:
    """The launcher, the panel, and what stands in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.launcher = page.locator("button.launcher")
        self.dialog = page.locator("dialog.panel")
        self.chat = page.locator("section.chat")
        self.composer = self.chat.locator("textarea").last
        self.thread = self.chat.get_by_role("log")
        self.answers = self.chat.locator("article.assistant")
        self.questions = self.chat.locator("article.user")
        self.ask_selection = page.locator("button.ask-selection")
        self.markers = self.answers.locator(".cite")
        self.quote = self.chat.locator(".composer").get_by_role("blockquote")
        self.sources = self.chat.get_by_role("region", name="Sources")

    def visit(self, path: str) -> Self:
        """Opens a page of the book, with the assistant ready beside it."""
        self.page.goto(f"{self.address}{path}")
        expect(self.launcher).to_be_visible()
        return self

    def open(self) -> Self:
        """Opens the panel with the launcher."""
        self.launcher.click()
        expect(self.composer).to_be_visible()
        return self

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """A button in the panel, by its whole name."""
        return self.chat.get_by_role("button", name=name, exact=isinstance(name, str))

    def write(self, question: str) -> Self:
        """Writes into the composer, and sends nothing."""
        self.composer.fill(question)
        return self

    def send(self, question: str) -> Self:
        """Asks, and waits for nothing."""
        self.write(question).composer.press("Enter")
        return self

    def ask(self, question: str) -> Locator:
        """Asks, waits until the answer is whole, and gives it."""
        before = self.answers.count()
        self.send(question)
        expect(self.answers).to_have_count(before + 1)
        self.wait()
        return self.answers.last

    def wait(self) -> Self:
        """Waits until nothing is under way."""
        expect(self.thread).to_have_attribute("aria-busy", "false")
        expect(self.button("Stop")).to_have_count(0)
        return self

    def highlighted(self) -> str:
        """The text that is marked on the page."""
        return str(self.page.evaluate(HIGHLIGHTED))

    def select(self, text: str) -> Self:
        """Selects the whole paragraph or line on the page that holds `text`."""
        self.page.locator("main").get_by_text(text).first.select_text()
        return self

    def sent(self) -> list[dict[str, Any]]:
        """Bodies that were sent to `/chatkit`; keeps listening from the first call on."""
        bodies: list[dict[str, Any]] = []
        self.page.on(
            "request",
            lambda request: (
                bodies.append(request.post_data_json)
                if request.method == "POST" and request.url.endswith("/chatkit")
                else None
            ),
        )
        return bodies


def messages(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of what was sent, the messages of the reader."""
    return [body for body in bodies if body["type"] in {"threads.create", "threads.add_user_message"}]
