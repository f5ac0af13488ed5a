"""The assistant by keyboard, by assistive technology, enlarged, in forced colours and without motion."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.browser.panel import Panel
from tests.repository import ROOT

AXE = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE = """async (rules) => (await axe.run(document, { runOnly: rules, resultTypes: ["violations"] })).violations
  .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary}`))"""
RIPE = "When is honey ripe?"
NOT_IN_IT = "Which bank offers the cheapest loan for a new tractor?"
SIZES = {"desktop": (1920, 1080), "tablet": (768, 1024), "phone": (375, 667)}


def start(panel: Panel) -> None:
    """The start screen."""


def answer(panel: Panel) -> None:
    """An answer with sources."""
    panel.ask(RIPE)


def history(panel: Panel) -> None:
    """The list of conversations."""
    panel.ask(RIPE)
    panel.chat.locator(".header .icon-button").first.click()
    expect(panel.chat.locator(".row")).to_have_count(1)


def widget(panel: Panel) -> None:
    """A refusal with its list of sections."""
    panel.ask(NOT_IN_IT)
    expect(panel.chat.locator("article.widget, .widget").first).to_be_visible()


def failed(panel: Panel) -> None:
    """A message that could not be sent."""
    refusal = {"code": "message_refused", "detail": "This cannot be asked.", "retryable": False}
    panel.page.route("**/chatkit", lambda route: route.fulfill(status=422, json=refusal))
    panel.send(RIPE)
    expect(panel.chat.get_by_text("This cannot be asked.")).to_be_visible()


SCREENS: dict[str, Callable[[Panel], None]] = {one.__name__: one for one in (start, answer, history, widget, failed)}


def violations(page):
    if not AXE.is_file() and not os.environ.get("CI"):
        pytest.skip("axe-core is not installed; run `make widget`")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(_AXE, RULES)


@pytest.fixture
def visited(new_context, address, watch):
    """Opens the panel in a profile of its own: size, theme, language and whatever else is wanted."""
    watch.allow_origin(address)

    def visit(screen="start", size="desktop", *, language="en", path="/docs/module-1-hive/week-1-parts", **options):
        width, height = SIZES.get(size, size)
        context = new_context(viewport={"width": width, "height": height}, **options)
        if language != "en":
            context.add_init_script(
                f"document.addEventListener('DOMContentLoaded', () => document.documentElement.lang = '{language}')"
            )
        panel = Panel(context.new_page(), address).visit(path).open()
        SCREENS[screen](panel)
        return panel

    return visit


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "en"), ("light", "ur"), ("dark", "ur")])
@pytest.mark.parametrize("screen", ["start", "answer"])
def test_axe_finds_nothing(visited, size, theme, language, screen):
    """Three sizes, two themes, both directions."""
    panel = visited(screen, size, color_scheme=theme, language=language)

    assert violations(panel.page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", ["history", "widget", "failed"])
def test_axe_finds_nothing_in_other_screens(visited, watch, theme, screen):
    """History, a widget, an error."""
    watch.allow("422")
    panel = visited(screen, color_scheme=theme)

    assert violations(panel.page) == []


def test_axe_sees_into_the_element(visited):
    """Negative control: a nameless button in the shadow root is reported."""
    panel = visited()
    panel.chat.evaluate("(chat) => chat.append(document.createElement('button'))")

    assert any("button-name" in one for one in violations(panel.page))


def test_everything_is_done_by_keyboard(visited):
    """Open, ask, read a citation, look through the history, rename, close: no pointer, and focus never lost."""
    panel = visited()
    page, keys = panel.page, panel.page.keyboard
    keys.press("Escape")
    expect(panel.launcher).to_be_focused()
    keys.press("Enter")
    expect(panel.composer).to_be_focused()
    keys.type(RIPE)
    keys.press("Enter")
    expect(panel.answers).to_contain_text("18 percent")
    panel.wait()

    def to(locator, key="Shift+Tab"):
        for _ in range(30):
            if locator.evaluate("(one) => one === one.getRootNode().activeElement"):
                return
            keys.press(key)
        raise AssertionError(f"{locator} is not reached by {key}")

    to(panel.markers.first)
    card = panel.chat.get_by_role("tooltip")
    expect(card).to_contain_text("When honey is ripe")
    keys.press("Escape")
    expect(card).to_have_count(0)
    expect(panel.dialog).to_be_visible()
    to(panel.button("Earlier conversations"))
    keys.press("Enter")
    row = panel.chat.locator(".row")
    expect(panel.chat.get_by_role("searchbox")).to_be_focused()
    to(row.get_by_role("button", name="Rename"), "Tab")
    keys.press("Enter")
    expect(panel.chat.get_by_label("Rename", exact=True)).to_be_focused()
    keys.type("Ripe honey")
    keys.press("Enter")
    expect(row.locator(".row-title")).to_have_text("Ripe honey")
    expect(row.locator(".row-open")).to_be_focused()
    keys.press("Enter")
    expect(panel.answers).to_contain_text("18 percent")
    expect(panel.composer).to_be_focused()
    keys.press("Escape")

    expect(panel.dialog).to_be_hidden()
    expect(panel.launcher).to_be_focused()
    assert page.evaluate("document.activeElement.localName") == "pageside-assistant"


def test_answers_are_announced_once(visited):
    """One polite region says that an answer begins and ends, and not each word of it."""
    panel = visited()
    panel.page.evaluate(
        """() => {
          const root = document.querySelector("pageside-assistant").shadowRoot
            .querySelector("pageside-chat").shadowRoot;
          window.said = [];
          new MutationObserver(() => {
            for (const one of root.querySelectorAll("[aria-live=polite]"))
              if (one.textContent && window.said.at(-1) !== one.textContent) window.said.push(one.textContent);
          }).observe(root, { subtree: true, childList: true, characterData: true });
        }"""
    )
    panel.ask(RIPE)
    panel.page.wait_for_function("() => said.includes('The answer is complete.')")

    assert len(panel.page.evaluate("said")) <= 3


@pytest.mark.parametrize("screen", ["start", "answer"])
def test_forced_colours_leave_everything_visible(visited, screen):
    """Focus is drawn, and borders take the place of colours."""
    panel = visited(screen, forced_colors="active")
    panel.composer.focus()
    outline = panel.chat.locator(".composer-box").evaluate(
        "(box) => [box, box.querySelector('textarea')].map((one) => getComputedStyle(one)).some((style) =>"
        " style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)"
    )
    assert outline
    panel.page.keyboard.press("Tab")
    focused = panel.page.evaluate(
        """() => {
          let one = document.activeElement;
          while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
          const style = getComputedStyle(one); return [style.outlineStyle, parseFloat(style.outlineWidth)]; }"""
    )

    assert focused[0] != "none"
    assert focused[1] >= 2


def test_nothing_moves_for_those_who_asked(visited):
    """With reduced motion no animation runs: not while the panel opens, and not while an answer grows."""
    panel = visited(reduced_motion="reduce")
    running = "() => document.getAnimations().filter((one) => one.playState === 'running').length"
    panel.send(RIPE)
    seen = [panel.page.evaluate(running) for _ in range(10)]
    panel.wait()

    assert max(seen) == 0


@pytest.mark.parametrize("screen", ["start", "answer"])
def test_enlarged_four_times_it_is_used_all_the_same(visited, screen):
    """At 400 % nothing scrolls in two directions, and the composer is reached."""
    panel = visited(screen, (320, 256))
    expect(panel.composer).to_be_in_viewport()
    panel.write("Reached")

    assert panel.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (
        panel.chat.evaluate(
            """(chat) => [...chat.querySelectorAll("*")].filter((one) => one.scrollWidth > one.clientWidth + 1 &&
          /auto|scroll/.test(getComputedStyle(one).overflowX) && !one.matches("pre, table, .table, textarea"))
          .map((one) => one.className)"""
        )
        == []
    )
    thread = panel.thread if screen == "answer" else panel.chat.locator(".start")
    assert thread.bounding_box()["height"] >= 24


def test_text_may_be_spaced(visited):
    """With the distances of WCAG 1.4.12 nothing is cut off."""
    panel = visited("answer")
    panel.page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important;"
            + " word-spacing: 0.16em !important } p { margin-block-end: 2em !important }");
          const root = document.querySelector("pageside-assistant").shadowRoot
            .querySelector("pageside-chat").shadowRoot;
          root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
        }"""
    )
    cut = panel.chat.evaluate(
        """(chat) => [...chat.querySelectorAll("button, p, li, .bubble, .disclaimer")].filter((one) =>
          one.clientWidth > 0 && getComputedStyle(one).overflow === "hidden" &&
          (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1))
          .map((one) => one.className)"""
    )

    assert cut == []


@pytest.mark.parametrize("size", list(SIZES))
def test_targets_are_large_enough(visited, size):
    """24 pixels everywhere, 44 where it is touched; markers stand in a line of text."""
    touched = size == "phone"
    panel = visited("answer", size, has_touch=touched, is_mobile=touched)
    smallest = panel.chat.evaluate(
        """(chat) => [...chat.querySelectorAll("button, a:not(.cite), textarea, input:not([hidden]):not([type=radio])")]
        .map((one) => {
          const box = one.getBoundingClientRect();
          return [Math.round(Math.min(box.width, box.height)), one.getAttribute("aria-label") ?? one.textContent];
        }).filter(([least]) => least > 0)"""
    )

    assert smallest
    assert [one for one in smallest if one[0] < (44 if touched else 24)] == []
