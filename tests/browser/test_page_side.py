"""Where page and chat meet: what was open goes on, what failed is tried again, the keyboard stays with the reader."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

PAGE = "/docs/module-2-harvest/week-3-honey"
ASK = """() => customElements.whenDefined("pageside-assistant")
  .then(() => document.querySelector("pageside-assistant").ask("And wax?"))"""


@pytest.fixture
def asked(scripted, told):
    """A panel with one conversation in it, closed again."""
    told.say("The answer about bees.")
    scripted.open().ask("Tell me of bees")
    scripted.composer.press("Escape")
    expect(scripted.dialog).to_be_hidden()
    return scripted


def test_a_selection_is_asked_about_where_a_conversation_goes_on(asked):
    """The selected text stands in the composer, under the conversation of the page before."""
    asked.visit(PAGE).select("water content")
    asked.ask_selection.click()

    expect(asked.questions).to_have_text("Tell me of bees")
    expect(asked.quote).to_contain_text("water content")


def test_a_page_that_asks_asks_in_the_conversation_that_goes_on(asked, told):
    """A question by `ask()` right after the page came stands under the one before, and is answered there."""
    told.say("The answer about wax.")
    asked.visit(PAGE).launcher.hover()
    asked.page.evaluate(ASK)

    expect(asked.questions).to_have_text(["Tell me of bees", "And wax?"])
    expect(asked.answers.last).to_contain_text("The answer about wax.")


def test_a_script_that_did_not_come_is_fetched_again(scripted, watch):
    """The first press finds no network; the next one opens the panel."""
    watch.allow(r"Failed to load resource|net::ERR_FAILED")
    scripted.page.route("**/chatkit.js", lambda route: route.abort(), times=1)
    with scripted.page.expect_event("requestfailed"):
        scripted.launcher.click()
    scripted.page.wait_for_timeout(100)  # the loader hears of it a moment later

    scripted.open()


def test_impatience_opens_the_panel_once(scripted):
    """Two presses while the script is on its way open the panel; they do not open and close it."""
    scripted.page.route("**/chatkit.js", lambda route: (scripted.page.wait_for_timeout(300), route.continue_()))
    scripted.launcher.dblclick()

    expect(scripted.composer).to_be_visible()


def test_deleting_leads_the_keyboard_on(asked, told):
    """After a conversation was deleted the focus is in the history, and Escape still closes the panel."""
    asked.open().button("Earlier conversations").click()
    asked.chat.get_by_role("button", name="Delete").first.click()
    asked.button("Delete").click()
    expect(asked.chat.get_by_role("searchbox")).to_be_focused()
    asked.page.keyboard.press("Escape")

    expect(asked.dialog).to_be_hidden()


def test_no_suggestion_is_closed_without_the_panel(scripted):
    """Escape closes the list that found nothing, then the panel."""
    scripted.open().composer.press_sequentially("@zzzz")
    expect(scripted.chat.get_by_text("No place is called so.")).to_be_visible()
    scripted.composer.press("Escape")
    expect(scripted.composer).to_be_visible()
    expect(scripted.chat.get_by_text("No place is called so.")).to_have_count(0)
    scripted.composer.press("Escape")

    expect(scripted.dialog).to_be_hidden()


def test_a_selection_that_reaches_beyond_the_book_is_cut_to_it(scripted):
    """A triple click on the last paragraph ends in what follows the book; the button is there all the same."""
    scripted.page.evaluate(
        """() => {
          const main = document.querySelector("main");
          const after = document.createElement("footer");
          after.textContent = "Beyond";
          main.after(after);
          const last = [...main.querySelectorAll("p")].at(-1);
          getSelection().setBaseAndExtent(last, 0, after, 0);
        }"""
    )

    expect(scripted.ask_selection).to_be_visible()
