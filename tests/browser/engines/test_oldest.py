"""What browsers of the last years lack, and what phones do otherwise, shown in Chromium by taking it away."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.panel import Panel

RIPE = "When is honey ripe?"
# What came after the oldest browsers of widget/build.mjs, in any of the three.
_TAKE_AWAY = """
const younger = [
  [globalThis, "Highlight requestIdleCallback"], [CSS, "highlights"], [Intl, "Segmenter"], [URL, "canParse parse"],
  [HTMLElement.prototype, "popover showPopover hidePopover togglePopover"], [AbortSignal, "any"],
  [Promise, "withResolvers try"], [Object, "groupBy"], [Map, "groupBy"], [Array, "fromAsync"], [RegExp, "escape"],
  [Set.prototype, "union intersection difference symmetricDifference isSubsetOf isSupersetOf isDisjointFrom"],
  [Iterator.prototype, "map filter take drop flatMap reduce toArray forEach some every find"],
  [Element.prototype, "checkVisibility setHTMLUnsafe moveBefore"], [Document.prototype, "startViewTransition"],
  [Uint8Array, "fromBase64 fromHex"], [ReadableStream.prototype, "values"],
];
for (const [owner, names] of younger) for (const name of names.split(" ")) delete owner[name];
delete ReadableStream.prototype[Symbol.asyncIterator];
"""
# As a keyboard on the screen does it: less is seen, the window is as large as before.
_KEYBOARD = """(height) => {
  Object.defineProperty(visualViewport, "height", { configurable: true, get: () => height });
  visualViewport.dispatchEvent(new Event("resize"));
}"""
_BACK = """dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))"""


def test_the_oldest_browsers_have_all_that_is_needed(new_context, address, watch):
    """Without what is younger: an answer, its card, and the sentence on the page, which is selected then."""
    watch.allow_origin(address)
    context = new_context()
    context.add_init_script(_TAKE_AWAY)
    panel = Panel(context.new_page(), address).visit("/").open()
    panel.ask(RIPE)
    panel.markers.first.hover()
    expect(panel.chat.get_by_role("tooltip")).to_contain_text("When honey is ripe")
    panel.markers.first.click()
    panel.page.wait_for_url(re.compile("week-3-honey"))

    expect(panel.answers).to_contain_text("18 percent")
    panel.page.wait_for_function("() => `${getSelection()}`.startsWith('Honey is ripe when')")


def test_a_touch_opens_a_source_at_once(new_context, address, watch):
    """The first touch follows a marker; it does not only show the card that a pointer is shown."""
    watch.allow_origin(address)
    context = new_context(has_touch=True, viewport={"width": 820, "height": 1180})
    panel = Panel(context.new_page(), address).visit("/").open()
    panel.ask(RIPE)
    panel.markers.first.dispatch_event("pointerenter", {"pointerType": "touch"})
    panel.page.wait_for_timeout(300)  # a pointer that rests is shown the card after 120 ms
    expect(panel.chat.get_by_role("tooltip")).to_have_count(0)
    panel.markers.first.tap()

    panel.page.wait_for_url(re.compile("week-3-honey"))


def test_the_composer_stands_above_the_keyboard_of_a_phone(new_context, address, watch):
    """What is written in is in sight while a keyboard covers the lower half, and the panel is whole again after it."""
    watch.allow_origin(address)
    context = new_context(has_touch=True, viewport={"width": 375, "height": 667})
    panel = Panel(context.new_page(), address).visit("/").open()
    panel.page.evaluate(_KEYBOARD, 320)
    expect(panel.composer).to_be_in_viewport()
    box = panel.composer.bounding_box()
    assert box["y"] + box["height"] < 320
    panel.page.evaluate(_KEYBOARD, 667)

    assert panel.dialog.bounding_box()["height"] == pytest.approx(667)


def test_a_page_that_comes_back_shows_what_this_tab_has_open(scripted, told):
    """Browsers keep pages as they were left: what was opened and closed on another page since is followed."""
    told.say("The answer about bees.")
    scripted.open().ask("Tell me of bees")
    open_then = scripted.page.evaluate("({ ...sessionStorage })")
    told.say("The answer about wax.")
    scripted.button("New conversation").click()
    scripted.ask("Tell me of wax")
    scripted.page.evaluate("(kept) => Object.assign(sessionStorage, kept)", open_then)
    scripted.page.evaluate(_BACK)
    expect(scripted.questions).to_have_text("Tell me of bees")
    scripted.page.evaluate("sessionStorage.removeItem('pageside:open')")
    scripted.page.evaluate(_BACK)

    expect(scripted.dialog).to_be_hidden()
