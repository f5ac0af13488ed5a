"""Writing to the assistant: files, places, a form, a voice."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests import served, small_book
from tests.browser.conftest import by
from tests.browser.panel import ALONE, Panel, messages
from tests.scripted_openai import ScriptedOpenAI
from tests.spoken_openai import SpokenOpenAI, listening

NOTES = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"A hive has four supers in July."}
_DROP = """([target, name, type, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type }));
  for (const kind of ["dragover", "drop"])
    target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true, composed: true }));
}"""
_PASTE = """([target, name, type, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type }));
  target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def picture():
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(made, "PNG")
    return {"name": "hive.png", "mimeType": "image/png", "buffer": made.getvalue()}


def picks(panel):
    return panel.chat.get_by_role("list", name="Attached files").locator(".pick")


def test_files_go_with_a_message(scripted, told):
    """A picture and a file are uploaded, sent, and seen in the message, also after a reload."""
    told.say("I see a hive.")
    with scripted.open().page.expect_file_chooser() as chosen:
        scripted.button("Attach a file").click()
    chosen.value.set_files([picture(), NOTES])
    expect(picks(scripted)).to_have_count(2)
    expect(scripted.chat.locator("progress")).to_have_count(0)
    scripted.ask("What is in these?")
    scripted.page.reload()

    expect(scripted.questions.get_by_text("notes.txt")).to_be_visible()
    shown = scripted.questions.locator("img").first
    expect(shown).to_be_visible()
    assert shown.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 0


@pytest.mark.parametrize("how", [_DROP, _PASTE], ids=["drop", "paste"])
def test_files_are_dropped_and_pasted(scripted, how):
    """Both ways attach, and the button beside the file removes it."""
    scripted.open()
    target = scripted.composer.element_handle()
    scripted.page.evaluate(how, [target, "notes.txt", "text/plain", "Bees."])
    expect(picks(scripted)).to_have_count(1)
    scripted.button("Remove notes.txt").click()

    expect(picks(scripted)).to_have_count(0)
    expect(scripted.composer).to_be_focused()


def test_a_file_of_another_kind_is_refused_in_words(scripted):
    """The reader is told which file and why; nothing is sent."""
    scripted.open()
    scripted.page.evaluate(_DROP, [scripted.composer.element_handle(), "setup.exe", "application/x-msdownload", "MZ"])

    expect(scripted.chat.get_by_role("alert").filter(has_text="setup.exe cannot be attached")).to_be_visible()


def test_a_file_that_is_too_large_is_refused_in_words(scripted):
    """The limit is said."""
    scripted.open()
    scripted.page.evaluate(
        _DROP.replace("[text]", "[new Uint8Array(21e6)]"),
        [scripted.composer.element_handle(), "large.txt", "text/plain", ""],
    )

    expect(scripted.chat.get_by_role("alert").filter(has_text="large.txt is larger than")).to_be_visible()


def test_a_place_is_mentioned_by_the_keyboard(scripted, told):
    """`@` lists places of the book; arrows and Enter choose, and the place goes with the message."""
    told.say("About that page.")
    scripted.open().composer.press_sequentially("@hon")
    option = scripted.chat.get_by_role("option")
    expect(option.first).to_be_visible()
    scripted.composer.press("ArrowDown")
    scripted.composer.press("ArrowUp")
    expect(option.first).to_have_attribute("aria-selected", "true")
    scripted.composer.press("Enter")
    scripted.composer.press_sequentially("when is it ripe?")
    sent = scripted.sent()
    scripted.composer.press("Enter")
    expect(scripted.answers).to_have_count(1)
    scripted.wait()
    (message,) = messages(sent)

    assert "input_tag" in [part["type"] for part in message["params"]["input"]["content"]]
    expect(scripted.questions.locator(".tag")).to_contain_text("@")


def test_a_question_about_nothing_is_answered_by_a_form(told, page, watch):
    """Where nothing says what is meant, the reader chooses; the same turn goes on, and the choice is kept."""
    watch.allow_origin(told.address)
    panel = Panel(page, told.address).visit("/")
    page.evaluate(ALONE)
    told.say("The parts, then.")
    panel.send("Explain this")
    form = panel.chat.locator("article.form")
    form.get_by_role("radio").first.check()
    form.get_by_role("button", name="Send").click()
    expect(form.locator("dd").first).not_to_be_empty()
    panel.wait()

    expect(form.get_by_role("radio")).to_have_count(0)
    expect(panel.answers.last).not_to_be_empty()


class _Heard:
    """A transcription server on a thread of its own."""

    def __init__(self) -> None:
        self._listens = threading.Event()
        self._ends = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.spoken: SpokenOpenAI
        self._loop: asyncio.AbstractEventLoop

    def __enter__(self) -> SpokenOpenAI:
        self._thread.start()
        assert self._listens.wait(timeout=30)
        return self.spoken

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ends.set)
        self._thread.join(timeout=10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with listening() as self.spoken:
            self._listens.set()
            await self._ends.wait()


@pytest.fixture
def dictated(tmp_path, page, watch) -> Iterator[tuple[Panel, SpokenOpenAI]]:
    """A book whose server writes down what is said, before a microphone that is not real."""
    with _Heard() as spoken, ScriptedOpenAI() as openai:
        settings = {"PAGESIDE_TRANSCRIPTION_MODEL": "whisper-test", "PAGESIDE_TRANSCRIPTION_BASE_URL": spoken.base_url}
        book, key = small_book.write(tmp_path / "book"), {"PAGESIDE_TRANSCRIPTION_API_KEY": "sk-test"}
        with served.server(book, tmp_path / "data", **by(openai), **settings, **key) as address:
            watch.allow_origin(address)
            yield Panel(page, address).visit("/"), spoken


def test_a_question_is_dictated(dictated):
    """What was said stands in the composer, to be read before it is sent."""
    panel, spoken = dictated
    panel.open().button("Dictate").click()
    expect(panel.button("Stop dictating")).to_be_visible()
    panel.page.wait_for_timeout(800)
    panel.button("Stop dictating").click()

    expect(panel.composer).to_have_value("What is a queen excluder?")
    assert len(spoken.heard[0].audio) > 100


def test_a_long_message_is_counted(scripted):
    """Near the limit the characters that are left are said; over it nothing can be sent."""
    scripted.open().write("x" * 7000)
    expect(scripted.chat.get_by_text("Characters left: 1000")).to_be_visible()
    scripted.write("x" * 8001)

    expect(scripted.chat.get_by_text("Characters left: -1")).to_be_visible()
    expect(scripted.button("Send")).to_be_disabled()
