"""Conversations: kept, found, named, deleted, in one tab and in several."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.panel import Panel

RIPE = "When is honey ripe?"


@pytest.fixture
def asked(scripted, told):
    """A panel with one conversation in it."""
    told.say("The answer about bees.")
    scripted.open().ask("Tell me of bees")
    return scripted


def another(panel, told, question):
    told.say(f"An answer to {question}.")
    panel.button("New conversation").click()
    panel.ask(question)


def history(panel):
    panel.button("Earlier conversations").click()
    expect(panel.chat.get_by_role("searchbox")).to_be_visible()
    return panel.chat.locator(".row")


def test_a_conversation_survives_a_reload(asked):
    """The panel is open again with what was asked and answered."""
    asked.page.reload()

    expect(asked.questions).to_have_text("Tell me of bees")
    expect(asked.answers).to_contain_text("The answer about bees.")


def test_a_new_conversation_is_begun(asked):
    """The start screen is there again, and the old conversation is in the history."""
    asked.button("New conversation").click()
    expect(asked.questions).to_have_count(0)
    expect(asked.chat.locator(".greeting")).to_be_visible()

    expect(history(asked)).to_have_count(1)


def test_the_history_is_there_after_a_refresh(asked, told):
    """Both conversations are listed after a reload, and each opens with its own words."""
    another(asked, told, "Something about wax")
    asked.page.reload()
    expect(asked.questions).to_have_text("Something about wax")
    rows = history(asked)
    expect(rows).to_have_count(2)
    rows.get_by_text("Tell me of bees").click()

    expect(asked.questions).to_have_text("Tell me of bees")
    expect(asked.answers).to_contain_text("The answer about bees.")


def test_the_history_is_searched(asked, told):
    """Words of a message find its conversation, and are marked in the line they stand in."""
    another(asked, told, "Something about wax")
    rows = history(asked)
    asked.chat.get_by_role("searchbox").fill("bees")
    expect(rows).to_have_count(1)
    expect(rows.locator("mark").first).to_have_text("bees", ignore_case=True)
    asked.chat.get_by_role("searchbox").fill("zebra")

    expect(asked.chat.get_by_text("Nothing found for “zebra”.")).to_be_visible()


def test_a_conversation_is_renamed(asked):
    """The new name is in the list and in the header, and after a reload."""
    rows = history(asked)
    rows.get_by_role("button", name="Rename").click()
    asked.chat.get_by_label("Rename").fill("All about bees")
    asked.chat.get_by_label("Rename").press("Enter")
    expect(rows.get_by_text("All about bees")).to_be_visible()
    asked.button("Back to the conversation").click()
    expect(asked.chat.get_by_role("heading", name="All about bees")).to_be_visible()
    asked.page.reload()

    expect(asked.chat.get_by_role("heading", name="All about bees")).to_be_visible()


def test_a_conversation_is_deleted_after_asking(asked):
    """Deleting asks first; cancelling keeps the conversation, confirming removes it for good."""
    rows = history(asked)
    rows.get_by_role("button", name="Delete").click()
    question = asked.chat.get_by_role("group", name="Delete this conversation?")
    expect(question).to_be_visible()
    question.get_by_role("button", name="Cancel").click()
    expect(rows.get_by_text("Tell me of bees")).to_be_visible()
    rows.get_by_role("button", name="Delete").click()
    question.get_by_role("button", name="Delete").click()
    expect(rows).to_have_count(0)
    asked.page.reload()

    expect(history(asked)).to_have_count(0)


def test_two_tabs_show_one_conversation(asked, told):
    """What is asked in one tab is seen in the other, while it is being answered."""
    asked.page.context.on("page", lambda _: None)
    other = Panel(asked.page.context.new_page(), told.address).visit("/").open()
    rows = history(other)
    rows.get_by_text("Tell me of bees").click()
    expect(other.answers).to_have_count(1)
    told.say("It begins. ", *["Please read on. "] * 20, "That is one good answer.", pause_s=0.2)
    asked.send("And what of wax?")

    expect(other.answers.last).to_contain_text("It begins.")
    expect(other.answers.last).not_to_contain_text("That is one good answer.")
    expect(other.answers.last).to_contain_text("That is one good answer.")
    expect(asked.answers.last).to_contain_text("That is one good answer.")
    expect(other.questions.last).to_have_text("And what of wax?")


def test_a_deleted_conversation_closes_in_the_other_tab(asked, told):
    """The other tab does not go on with a conversation that is gone."""
    other = Panel(asked.page.context.new_page(), told.address).visit("/").open()
    history(other).get_by_text("Tell me of bees").click()
    expect(other.answers).to_have_count(1)
    rows = history(asked)
    rows.get_by_role("button", name="Delete").click()
    asked.chat.get_by_role("group").get_by_role("button", name="Delete").click()

    expect(other.chat.locator(".greeting")).to_be_visible()


def test_a_draft_survives_a_reload(scripted):
    """What was written and not sent stands in the composer again."""
    scripted.open().write("Half a quest")
    scripted.page.wait_for_timeout(600)
    scripted.page.reload()

    expect(scripted.composer).to_have_value("Half a quest")


def test_each_conversation_has_its_own_draft(asked):
    """Going to another conversation leaves the draft behind, and coming back finds it."""
    asked.write("For the first")
    asked.button("New conversation").click()
    expect(asked.composer).to_have_value("")
    history(asked).get_by_text("Tell me of bees").click()

    expect(asked.composer).to_have_value("For the first")


def test_the_panel_is_open_on_the_next_page(asked):
    """Turning the page keeps the conversation beside it."""
    asked.page.locator("nav").get_by_role("link", name="Harvesting honey").first.click()
    asked.page.wait_for_url("**/week-3-honey")

    expect(asked.dialog).to_be_visible()
    expect(asked.answers).to_contain_text("The answer about bees.")
