"""The scenarios a reader's chat was specified by, item by item."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect
from tests.browser.panel import messages

RIPE = "When is honey ripe?"
SMOKE = "/docs/module-1-hive/week-2-smoke"
FIRST_MESSAGE_S = 10  # 2 s on a machine of its own; tests share theirs


def test_session_creation__chat_initializes_on_page_load(book):
    """1: the launcher is there, named, and opens a chat that can be written to."""
    expect(book.launcher).to_have_attribute("aria-label", "Ask the book")
    book.open()

    expect(book.composer).to_be_focused()


def test_session_creation__session_created_successfully(book, context):
    """1: the reader is known from the first message on, by a cookie that scripts cannot read."""
    book.open().ask(RIPE)
    cookies = [cookie for cookie in context.cookies() if cookie["httpOnly"]]

    assert cookies
    assert book.page.evaluate("document.cookie") == ""


def test_session_creation__no_console_errors(book, watch):
    """1: nothing is complained of from the first page to the first answer."""
    book.open().ask(RIPE)

    assert watch.amiss == []


def test_message_sending__user_can_type_and_send_messages(book):
    """2: by the button as well as by Enter."""
    book.open().write(RIPE).button("Send").click()

    expect(book.questions).to_have_text(RIPE)
    expect(book.composer).to_have_value("")


def test_message_sending__messages_appear_in_chat_history(book):
    """2: the conversation is listed under its title, today."""
    book.open().ask(RIPE)
    book.button("Earlier conversations").click()

    expect(book.chat.get_by_role("region", name="Today").locator(".row")).to_have_count(1)


def test_message_sending__streaming_responses_display_correctly(scripted, told):
    """2: a growing answer never shows half a mark-up, and is whole in the end."""
    told.say("Some **bold ", "words** here. ", "And `code", "` there. ", "The end.", pause_s=0.3)
    scripted.open().send("Show me")
    expect(scripted.answers.last).to_contain_text("Some bold")
    assert "**" not in scripted.answers.last.inner_text()
    scripted.wait()

    expect(scripted.answers.last.locator("strong")).to_have_text("bold words")
    expect(scripted.answers.last.locator("code")).to_have_text("code")


def test_text_selection__highlight_text_in_documentation(book):
    """3: selecting stays selecting: the text is still selected once the button has appeared."""
    book.visit(SMOKE).select("Smoke masks the alarm scent")
    expect(book.ask_selection).to_be_visible()

    assert "Smoke masks" in book.page.evaluate("String(getSelection())")


def test_text_selection__ask_about_selection_button_appears(book):
    """3: named, beside the selection."""
    book.visit(SMOKE).select("Smoke masks the alarm scent")

    expect(book.ask_selection).to_have_text("Ask about selection")


def test_text_selection__query_mode_toggle_works(book):
    """3: between the selection and the whole book, by keyboard too."""
    book.visit(SMOKE).select("Smoke masks the alarm scent")
    book.ask_selection.click()
    selection, whole = (book.chat.get_by_role("radio", name=name) for name in ("Selection", "Whole book"))
    expect(selection).to_be_checked()
    selection.focus()
    book.page.keyboard.press("ArrowRight")

    expect(whole).to_be_checked()


def test_text_selection__selected_text_included_in_query_metadata(book):
    """3: with what stands around it on the page."""
    book.visit(SMOKE).select("Smoke masks the alarm scent")
    book.ask_selection.click()
    sent = book.sent()
    book.ask("What does this mean?")
    (message,) = messages(sent)

    assert "Smoke masks" in message["params"]["input"]["quoted_text"]
    assert set(message["metadata"]["selectionContext"]) == {"before", "after"}


def test_tool_execution__search_textbook_called_automatically(book):
    """4: the search is shown above the answer."""
    book.open().ask(RIPE)

    expect(book.thread.get_by_text(re.compile("Searched", re.IGNORECASE)).first).to_be_visible()


def test_tool_execution__citations_displayed_with_responses(book):
    """4: in the text and below it."""
    book.open().ask(RIPE)

    expect(book.markers.first).to_be_visible()
    expect(book.sources.get_by_role("listitem").first).to_be_visible()


def test_tool_execution__chapter_references_clickable(book):
    """4: a source in the list leads to its chapter."""
    book.open().ask(RIPE)
    expect(book.sources.locator(".sure")).to_be_visible()  # the list moves when it comes
    book.sources.get_by_role("link").first.click()

    book.page.wait_for_url("**/week-3-honey**")
    expect(book.page.get_by_role("heading", name="Harvesting honey").first).to_be_attached()


def test_tool_execution__confidence_scores_shown(book):
    """4: in words."""
    book.open().ask(RIPE)

    expect(book.sources.locator(".sure")).to_have_text(re.compile("The book says"))


def test_error_handling__network_errors_display_user_friendly_message(book, watch):
    """5: no code and no English of programs: what happened, and that nothing is lost."""
    watch.allow("Failed to load resource")
    book.open().page.route("**/chatkit", lambda route: route.abort())
    book.send(RIPE)

    expect(book.chat.get_by_text("The server cannot be reached. Your message is still here.").first).to_be_visible()


def test_error_handling__session_refresh_works_after_expiry(book, context):
    """5: a reader whose cookie is gone goes on as somebody new, without an error."""
    book.open().ask(RIPE)
    context.clear_cookies()
    book.button("New conversation").click()

    expect(book.ask("How many frames does the brood box hold?")).to_contain_text("eleven frames")


@pytest.mark.parametrize("query", ["?", "asdf qwer zxcv", "<script>alert(1)</script>", "🐝" * 400])
def test_error_handling__invalid_queries_handled_gracefully(book, query):
    """5: whatever is asked, an answer or a question comes back in words."""
    book.open().send(query)
    expect(book.questions).to_have_text(query)
    book.wait()

    expect(book.thread.locator("article").nth(1)).not_to_be_empty()
    expect(book.chat.locator(".problem")).to_have_count(0)


@pytest.mark.parametrize(
    ("width", "height"), [(1920, 1080), (768, 1024), (375, 667)], ids=["desktop", "tablet", "mobile"]
)
def test_responsive_design__chat_works(book, width, height):
    """6: asked, answered and cited without anything cut off at the side, from the phone to the desktop."""
    book.page.set_viewport_size({"width": width, "height": height})
    book.open().ask(RIPE)
    expect(book.answers).to_contain_text("18 percent")
    box = book.dialog.bounding_box()

    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert book.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert book.thread.evaluate("(view) => view.scrollWidth <= view.clientWidth")


def test_performance_acceptable__first_message(book):
    """Acceptance: the first words of the first answer are there soon after they were asked for."""
    book.open()
    begun = time.monotonic()
    book.send(RIPE)
    expect(book.answers).to_contain_text("18 percent")

    assert time.monotonic() - begun < FIRST_MESSAGE_S
