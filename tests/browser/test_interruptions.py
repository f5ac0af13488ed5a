"""Answers that are stopped, break, or outlive the page, the connection and the server."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from tests import served, small_book
from tests.browser.conftest import by
from tests.browser.panel import Panel, messages
from tests.scripted_openai import ScriptedOpenAI

SLOW = ("It begins. ", *["Please read on. "] * 40, "That is one good answer.")


def test_a_stopped_answer_keeps_what_was_said(scripted, told):
    """The words until then stay, also after a reload, and the next question can be asked."""
    told.say(*SLOW, pause_s=0.2)
    scripted.open().send("Tell me something long")
    expect(scripted.answers.last).to_contain_text("Please read on.")
    scripted.button("Stop").click()
    scripted.wait()
    kept = scripted.answers.last.inner_text()
    assert "It begins." in kept
    assert "That is one good answer." not in kept
    scripted.page.reload()
    expect(scripted.answers.last).to_contain_text("It begins.")
    assert scripted.answers.last.inner_text() == kept
    told.say("Another answer.")

    expect(scripted.ask("Go on")).to_contain_text("Another answer.")


def test_an_answer_is_given_again(scripted, told):
    """Answering again replaces the last answer by a new one to the same question."""
    told.say("The first try.")
    scripted.open().ask("Tell me")
    told.say("The second try.")
    scripted.button("Answer again").click()
    expect(scripted.answers.last).to_contain_text("The second try.")
    scripted.wait()

    expect(scripted.chat.get_by_text("The first try.")).to_have_count(0)
    expect(scripted.questions).to_have_count(1)


def test_a_failed_answer_can_be_tried_again(scripted, told):
    """The error is said in words; trying again answers the same question."""
    told.openai.fail(500, times=3)
    scripted.open().send("Tell me")
    again = scripted.button("Try again")
    expect(again).to_be_visible()
    told.openai.forget()
    told.say("Here is your answer.")
    again.click()

    expect(scripted.answers.last).to_contain_text("Here is your answer.")
    expect(scripted.questions).to_have_count(1)
    expect(again).to_have_count(0)


def test_a_message_that_cannot_be_sent_is_not_lost(book, watch):
    """A server that cannot be reached: the words come back or stay, and are sent when it is tried again."""
    watch.allow("Failed to load resource")
    book.open().write("When is honey ripe?")
    book.page.route("**/chatkit", lambda route: route.abort())
    book.composer.press("Enter")
    again = book.button("Try again")
    expect(book.chat.get_by_text("The server cannot be reached.").first).to_be_visible()
    expect(again).to_be_visible(timeout=30_000)
    book.page.unroute("**/chatkit")
    again.click()

    expect(book.answers.last).to_contain_text("18 percent")
    expect(book.questions).to_have_count(1)


def test_a_reader_who_is_offline_is_told(book, context, watch):
    """A notice says so and goes by itself; what is written stays."""
    watch.allow("ERR_INTERNET_DISCONNECTED")
    book.open().write("When is honey ripe?")
    context.set_offline(True)
    notice = book.chat.get_by_text("You are offline.")
    expect(notice).to_be_visible()
    book.composer.press("Enter")
    expect(book.composer).to_have_value("When is honey ripe?")
    context.set_offline(False)
    expect(notice).to_have_count(0)
    book.composer.press("Enter")

    expect(book.answers.last).to_contain_text("18 percent")


def test_an_answer_goes_on_after_a_reload(scripted, told):
    """The page is loaded anew in the middle: the answer is there to its end, once."""
    told.say(*SLOW, pause_s=0.1)
    scripted.open().send("Tell me something long")
    expect(scripted.answers.last).to_contain_text("Please read on.")
    scripted.page.reload()
    expect(scripted.answers.last).to_contain_text("Please read on.")
    expect(scripted.answers.last).to_contain_text("That is one good answer.")

    expect(scripted.answers).to_have_count(1)
    assert scripted.answers.last.inner_text().count("It begins.") == 1


def test_an_answer_goes_on_over_a_lost_connection(scripted, told, context, watch):
    """The connection breaks in the middle; the answer is taken up where it was."""
    watch.allow("ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|Failed to load resource")
    told.say(*SLOW, pause_s=0.1)
    scripted.open().send("Tell me something long")
    expect(scripted.answers.last).to_contain_text("Please read on.")
    context.set_offline(True)
    scripted.page.wait_for_timeout(500)
    context.set_offline(False)

    expect(scripted.answers.last).to_contain_text("That is one good answer.", timeout=30_000)
    assert scripted.answers.last.inner_text().count("It begins.") == 1


def test_a_server_that_dies_in_an_answer_is_come_back_to(tmp_path, page, watch):
    """Killed outright and started again: the reader finds what was said, is told, and gets a whole answer."""
    watch.allow("Failed to load resource")
    with ScriptedOpenAI() as openai:
        book, data = small_book.write(tmp_path / "book"), tmp_path / "data"
        openai.say("[[conversation]]\n", *SLOW, pause_s=0.2)
        with served.running(book, data, **by(openai)) as (address, process):
            watch.allow_origin(address)
            panel = Panel(page, address).visit("/").open()
            panel.send("Tell me something long")
            expect(panel.answers.last).to_contain_text("Please read on.")
            page.wait_for_timeout(2500)  # the server stores what was said every second
            process.kill()
            process.wait(timeout=30)
            port = urlsplit(address).port
            openai.forget()
            openai.say("[[conversation]]\n", "All of it at last.")
            with served.running(book, data, port=port, **by(openai)):
                expect(panel.thread).to_have_attribute("aria-busy", "false", timeout=60_000)
                expect(panel.answers.last).to_contain_text("It begins.")
                page.wait_for_timeout(9000)  # as long as the dead server's claim on the thread lasts
                panel.button("Try again").or_(panel.button("Answer again")).last.click()
                expect(panel.answers.last).to_contain_text("All of it at last.", timeout=30_000)
                expect(panel.questions).to_have_count(1)


def test_a_message_is_sent_once(scripted, told):
    """The send button gives way to stop: a second Enter in a hurry sends nothing more."""
    told.say("One. ", "Two. ", pause_s=0.3)
    sent = scripted.sent()
    scripted.open().write("Quick")
    scripted.composer.press("Enter")
    scripted.composer.press("Enter")
    scripted.page.keyboard.press("Enter")
    expect(scripted.answers.last).to_contain_text("Two.")
    scripted.wait()

    assert len(messages(sent)) == 1
    expect(scripted.questions).to_have_count(1)


@pytest.mark.parametrize("keys", ["Shift+Enter"])
def test_a_line_is_broken_without_sending(scripted, keys):
    """Shift and Enter make a new line."""
    scripted.open().write("One")
    scripted.composer.press(keys)
    scripted.composer.press_sequentially("Two")

    expect(scripted.composer).to_have_value("One\nTwo")
