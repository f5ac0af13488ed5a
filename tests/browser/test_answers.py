"""What stands in answers: code, formulas, diagrams, and what a reader does with an answer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

PUFFS = "```python\ndef puffs(colonies: int) -> int:\n    return 3 * colonies\n```\n"
LONG = [f"Sentence number {n} says something of its own.\n\n" for n in range(1, 61)]


@pytest.fixture
def clipboard(context, told):
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=told.address)


def copied(page):
    return page.evaluate("navigator.clipboard.readText()")


def test_code_is_highlighted_and_copied(clipboard, scripted, told):
    """The words of the language have their colours once its file is there; the button copies the code as it is."""
    told.say("Here it is:\n\n", PUFFS)
    answer = scripted.open().ask("Show me the code")
    block = answer.locator("pre")
    expect(block.locator("[class*=hljs], [class*=keyword], span[class]").first).to_be_visible()
    answer.get_by_role("button", name="Copy", exact=True).click()

    expect(block).to_contain_text("def puffs(colonies: int) -> int:")
    assert copied(scripted.page).strip() == PUFFS.removeprefix("```python\n").removesuffix("```\n").strip()


def test_an_answer_is_copied_with_its_sources(clipboard, scripted, told):
    """Copying gives the words, and the button says that it did."""
    told.say("A plain answer.")
    scripted.open().ask("Say something")
    scripted.button("Copy answer").click()
    expect(scripted.button("Copy answer")).to_have_attribute("title", "Copied")

    assert "A plain answer." in copied(scripted.page)


def test_formulas_are_mathml(scripted, told):
    """Formulas are read by screen readers: they are MathML, and nobody's font or style is fetched for them."""
    told.say(
        "Here is one more good example to learn from: $\\frac{a}{b}$ and\n\n", "$$\\int_0^1 x\\,dx = \\tfrac12$$\n\n"
    )
    answer = scripted.open().ask("A formula")
    expect(answer.locator("math")).to_have_count(2)

    expect(answer.locator("math mfrac").first).to_be_visible()
    expect(answer.locator("math[display=block]")).to_have_count(1)


def test_diagrams_are_drawn(scripted, told):
    """A diagram is drawn in a frame that can reach nothing; its source can be read beside it."""
    told.say("```mermaid\ngraph TD\n  Hive --> Frames\n```\n")
    answer = scripted.open().ask("A diagram")
    picture = answer.locator("img, iframe").first
    expect(picture).to_be_visible()

    assert picture.bounding_box()["height"] > 40


def test_feedback_is_pressed_and_changed(scripted, told):
    """The pressed thumb says so, pressing the other changes it, and the server is told both."""
    told.say("Rate me.")
    scripted.open().ask("Anything")
    sent = scripted.sent()
    good, bad = scripted.button("Good answer"), scripted.button("Bad answer")
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    bad.click()
    expect(bad).to_have_attribute("aria-pressed", "true")

    expect(good).to_have_attribute("aria-pressed", "false")
    assert [body["params"]["kind"] for body in sent if body["type"] == "items.feedback"] == ["positive", "negative"]


def test_a_long_answer_is_followed_by_those_at_its_end(scripted, told):
    """The end stays in sight while the answer grows."""
    told.say(*LONG, pause_s=0.02)
    answer = scripted.open().ask("Say a lot")

    expect(answer.get_by_text("Sentence number 60")).to_be_in_viewport()
    expect(scripted.button("Jump to latest")).to_have_count(0)


def test_a_reader_who_scrolled_up_is_left_there(scripted, told):
    """What is being read does not move; a button leads to the end."""
    told.say(*LONG, pause_s=0.05)
    scripted.open().send("Say a lot")
    expect(scripted.answers.last).to_contain_text("Sentence number 30 ")
    scripted.thread.hover()
    scripted.page.mouse.wheel(0, -5000)
    expect(scripted.button("Jump to latest")).to_be_visible()
    scripted.wait()
    assert scripted.thread.evaluate("(view) => view.scrollTop") < 100
    scripted.button("Jump to latest").click()

    expect(scripted.answers.last.get_by_text("Sentence number 60")).to_be_in_viewport()
    expect(scripted.button("Jump to latest")).to_have_count(0)


def test_the_work_is_shown_while_it_is_done(scripted, told):
    """What was searched for can be opened and read above the answer."""
    told.say("Done.")
    scripted.open().ask("queen excluder")
    work = scripted.chat.get_by_text(re.compile("Search", re.IGNORECASE)).first

    expect(work).to_be_visible()
