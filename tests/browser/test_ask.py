"""Asking, and coming from the answer to the sentence it rests on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.panel import messages

RIPE = "When is honey ripe?"
RIPE_SENTENCE = "Honey is ripe when its water content is below 18 percent."
HONEY = "/docs/module-2-harvest/week-3-honey"
FRAMES = "How many frames does the brood box hold?"


def test_a_question_is_answered_with_its_source(book):
    """The book's sentence appears, with a marker that leads to it and a list of sources."""
    answer = book.open().ask(RIPE)

    expect(answer).to_contain_text(RIPE_SENTENCE)
    expect(book.markers.first).to_have_attribute("href", re.compile("week-3-honey#when-honey-is-ripe"))
    expect(book.sources).to_contain_text("When honey is ripe")
    expect(book.questions).to_have_text(RIPE)


def test_words_appear_before_the_answer_ends(scripted, told):
    """Text is shown as it comes: the first words stand there while the rest is still unsaid."""
    told.say("The first words. ", *["More of them follow. "] * 12, "The last words.", pause_s=0.15)
    scripted.open().send("Tell me about bees")

    expect(scripted.answers.last).to_contain_text("The first words.")
    expect(scripted.answers.last).not_to_contain_text("The last words.")
    expect(scripted.thread).to_have_attribute("aria-busy", "true")
    expect(scripted.answers.last).to_contain_text("The last words.")


def test_a_marker_shows_its_source_under_the_pointer(book):
    """A card has the chapter and the sentence, and says in words how well it fits; Escape closes it alone."""
    book.open().ask(RIPE)
    book.markers.first.hover()
    card = book.chat.get_by_role("tooltip")
    expect(card).to_contain_text("When honey is ripe")
    expect(card).to_contain_text("Honey is ripe when its water content is below 18 percent")
    expect(card).to_contain_text(re.compile("(Strong|Fair|Weak) match"))
    book.page.keyboard.press("Escape")

    expect(card).to_have_count(0)
    expect(book.dialog).to_be_visible()


def test_a_marker_shows_its_source_under_the_keyboard(book):
    """Focus shows the same card, and the marker is described by it."""
    book.open().ask(RIPE)
    book.markers.first.focus()
    book.page.keyboard.press("Shift+Tab")
    book.page.keyboard.press("Tab")
    card = book.chat.get_by_role("tooltip")
    expect(card).to_contain_text("When honey is ripe")

    expect(book.markers.first).to_have_attribute("aria-describedby", card.get_attribute("id") or "none")


def test_sources_say_how_sure_the_book_is(book):
    """The list has the section, its sentence, and how well it fits, in words and not in colour alone."""
    book.open().ask(RIPE)

    expect(book.sources).to_contain_text(re.compile("The book says"))
    expect(book.sources).to_contain_text(re.compile("(Strong|Fair|Weak) match"))
    expect(book.sources).to_contain_text(RIPE_SENTENCE)


def test_a_marker_leads_to_the_sentence_on_another_page(book):
    """The page opens at the sentence, which is marked, with the panel and the conversation beside it."""
    book.open().ask(RIPE)
    book.markers.first.click()
    book.page.wait_for_url(f"**{HONEY}**")

    expect(book.page.get_by_text(RIPE_SENTENCE).first).to_be_in_viewport()
    expect(book.dialog).to_be_visible()
    expect(book.answers).to_contain_text(RIPE_SENTENCE)
    assert book.highlighted() == RIPE_SENTENCE


def test_a_marker_leads_to_the_sentence_on_the_same_page(book):
    """Nothing is loaded anew: the sentence comes into sight, marked."""
    book.page.set_viewport_size({"width": 1280, "height": 320})
    book.visit("/docs/module-1-hive/week-1-parts").open().ask("How wide are the slots of a queen excluder?")
    book.page.evaluate("window.stays = true")
    book.markers.first.click()
    sentence = book.page.get_by_text("A queen excluder is a grid").first
    expect(sentence).to_be_in_viewport()

    assert book.highlighted() == "A queen excluder is a grid whose slots are 4.2 mm wide."
    assert book.page.evaluate("window.stays")


def test_selected_text_is_asked_about(book):
    """A button appears beside the selection; the text goes with the question, and is seen with it after a reload."""
    book.visit("/docs/module-1-hive/week-2-smoke").select("Smoke masks the alarm scent")
    expect(book.ask_selection).to_be_visible()
    book.ask_selection.click()
    expect(book.quote).to_contain_text("Smoke masks the alarm scent")
    sent = book.sent()
    answer = book.ask("What does this mean?")
    (message,) = messages(sent)

    expect(answer).to_contain_text("alarm scent")
    assert "Smoke masks the alarm scent" in message["params"]["input"]["quoted_text"]
    book.page.reload()
    expect(book.questions.locator("blockquote")).to_contain_text("Smoke masks the alarm scent")


def test_selected_text_is_taken_by_the_keyboard(book):
    """Ctrl+I opens the panel with what is selected, and the focus in the composer; Escape leads back."""
    book.visit("/docs/module-1-hive/week-2-smoke").select("Smoke masks the alarm scent")
    expect(book.ask_selection).to_be_visible()
    book.page.keyboard.press("Control+i")
    expect(book.composer).to_be_focused()
    expect(book.quote).to_contain_text("Smoke masks")
    book.page.keyboard.press("Escape")

    expect(book.dialog).to_be_hidden()
    expect(book.launcher).to_be_focused()


def test_the_button_stands_beside_the_selection(book):
    """It is near the end of what is selected, in sight, and goes away with the selection."""
    book.visit("/docs/module-1-hive/week-2-smoke").select("Smoke masks the alarm scent")
    expect(book.ask_selection).to_be_visible()
    button = book.ask_selection.bounding_box()
    ends = book.page.evaluate(
        "(() => { const boxes = getSelection().getRangeAt(0).getClientRects(); const b = boxes[boxes.length - 1];"
        " return { x: b.right, y: b.bottom }; })()"
    )

    assert abs(button["x"] + button["width"] / 2 - ends["x"]) < 200
    assert abs(button["y"] - ends["y"]) < 60
    book.page.evaluate("getSelection().removeAllRanges()")
    expect(book.ask_selection).to_be_hidden()


@pytest.mark.parametrize(("scope", "searched"), [("Selection", "selected-text"), ("Whole book", "full-book")])
def test_the_reader_says_what_is_searched(book, scope, searched):
    """With text selected, the whole book can be asked all the same: the choice travels with the message."""
    book.visit("/docs/module-1-hive/week-2-smoke").select("Smoke masks the alarm scent")
    book.ask_selection.click()
    book.chat.get_by_role("radio", name=scope).check(force=True)
    sent = book.sent()
    book.ask(RIPE)
    (message,) = messages(sent)

    assert (message["params"]["input"]["inference_options"].get("tool_choice") or {}).get("id") == searched
    assert message["params"]["input"]["quoted_text"]


def test_every_message_says_which_page_is_open(book):
    """The tutor hears the page's address, title and headings, and what the page can be asked."""
    book.visit(HONEY).open()
    sent = book.sent()
    book.ask(RIPE)
    about = messages(sent)[0]["metadata"]["pageContext"]

    assert about["url"].endswith(HONEY)
    assert about["title"] == "Harvesting honey"
    assert "When honey is ripe" in about["headings"]


def test_what_the_book_does_not_answer_leads_to_its_sections(book):
    """The nearest sections are listed; a button explains one, in the same conversation."""
    book.open().ask("Which bank offers the cheapest loan for a new tractor?")
    widget = book.chat.locator("article.widget, .widget").first
    expect(book.answers.first).to_contain_text("The book does not answer this")
    expect(widget).to_be_visible()
    before = book.answers.count()
    widget.get_by_role("button").first.click()
    expect(book.answers).to_have_count(before + 1)
    book.wait()

    expect(book.answers.last).not_to_be_empty()
