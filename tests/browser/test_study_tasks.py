"""Study tasks beside the page: said, listed, acted on by button, and the same in every window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.panel import Panel
from tests.browser.test_access import violations

from pageside.phrases import task_lists as lists
from pageside.phrases import tasks as said

HOSTILE = "Buy <img src=x onerror=window.executed=1> **all** {{ key }}"
POLLED_MS = 20_000
ANNOUNCED = """() => {{ const found = [];
  const look = (root) => {{ for (const one of root.querySelectorAll("*")) {{
    if (one.getAttribute("aria-live") === "polite") found.push(one.textContent);
    if (one.shadowRoot) look(one.shadowRoot); }} }};
  look(document); return found.filter((text) => text.includes("{}")).length === 1 }}"""


@pytest.fixture
def tasks(book) -> Panel:
    """The panel of a reader with two tasks, listed."""
    return listed(book.open(), "read the chapter on bees", "buy milk")


def listed(panel: Panel, *titles: str) -> Panel:
    for title in titles:
        panel.ask(f"add task: {title}")
    panel.ask("show my tasks")
    expect(shown(panel)).to_be_visible()
    return panel


def shown(panel: Panel) -> Locator:
    """The list that was shown last."""
    return panel.chat.locator(".widget").last


def row(panel: Panel, title: str) -> Locator:
    return shown(panel).get_by_role("listitem").filter(has_text=title)


def box(panel: Panel, title: str) -> Locator:
    return shown(panel).get_by_role("checkbox", name=title)


def focused(panel: Panel) -> str:
    """What has the focus, in the element too: its name, else its text."""
    return panel.page.evaluate(
        """() => { let one = document.activeElement;
          while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
          return [...(one.labels ?? [])].map((label) => label.innerText).join("") || one.innerText || one.tagName }"""
    )


def test_a_task_is_completed_in_the_list(tasks):
    """The box is named by the title; the list says what was done, and says it once to those who do not see it."""
    box(tasks, "Buy milk").check()

    expect(shown(tasks).locator(".status")).to_contain_text("#2 completed · 1 open task, 1 completed")
    expect(row(tasks, "Buy milk")).to_contain_text("completed")
    tasks.page.wait_for_function(ANNOUNCED.format("#2 completed"))
    tasks.page.reload()
    expect(box(tasks, "Buy milk")).to_be_checked()


def test_several_boxes_are_checked_one_after_the_other(tasks):
    """Nobody has to wait for the first."""
    for title in ("Read the chapter on bees", "Buy milk"):
        box(tasks, title).click(no_wait_after=True)

    expect(shown(tasks).locator(".status")).to_contain_text("2 completed tasks")
    expect(box(tasks, "Read the chapter on bees")).to_be_checked()
    expect(box(tasks, "Buy milk")).to_be_checked()


def test_a_task_is_renamed_in_its_row_and_back(tasks):
    """The form opens where the title stood; what is wrong with a title is said, and nothing of it is lost."""
    row(tasks, "Buy milk").get_by_role("button", name="Rename").click()
    field = shown(tasks).get_by_role("textbox", name="Title of task #2")
    expect(field).to_be_focused()
    field.fill("x" * 201)
    field.press("Enter")
    expect(shown(tasks).locator(".status")).to_contain_text("201 characters")
    expect(field).to_have_value("x" * 201)

    field.fill(HOSTILE)
    field.press("Enter")

    expect(row(tasks, HOSTILE)).to_contain_text("It was “Buy milk”.")
    assert tasks.page.evaluate("window.executed") is None
    row(tasks, HOSTILE).get_by_role("button", name="Undo").click()
    expect(box(tasks, "Buy milk")).to_be_visible()


def test_a_task_is_deleted_and_brought_back_by_button(tasks):
    """Its row stays where it was."""
    row(tasks, "Buy milk").get_by_role("button", name="Delete").click()
    expect(row(tasks, "Buy milk")).to_contain_text("deleted")

    row(tasks, "Buy milk").get_by_role("button", name="Undo").click()

    expect(shown(tasks).locator(".status")).to_contain_text("#2 brought back · 2 open tasks")


def test_what_was_done_by_button_is_undone_by_word(tasks):
    """The conversation knows of it, and lists above are true at once."""
    row(tasks, "Buy milk").get_by_role("button", name="Delete").click()
    expect(row(tasks, "Buy milk")).to_contain_text("deleted")
    list_before = tasks.chat.locator(".widget").nth(2)

    answer = tasks.ask("undo")

    expect(answer).to_contain_text("Buy milk")
    expect(list_before.locator(".status")).to_contain_text("2 open tasks")
    expect(list_before.get_by_role("checkbox", name="Buy milk")).to_be_visible()


def test_another_tab_sees_it_at_once(tasks, address):
    """And what is being written there is left alone."""
    other = Panel(tasks.page.context.new_page(), address).visit("/").open()
    other.chat.locator(".header .icon-button").first.click()
    other.chat.locator(".row button").first.click()
    row(other, "Read the chapter").get_by_role("button", name="Rename").click()
    field = shown(other).get_by_role("textbox")
    field.fill("Half a tit")

    box(tasks, "Buy milk").check()
    expect(shown(tasks).locator(".status")).to_contain_text("1 completed")

    expect(field).to_have_value("Half a tit")
    expect(field).to_be_focused()
    shown(other).get_by_role("button", name="Cancel").click()
    expect(box(other, "Buy milk")).to_be_checked()
    box(tasks, "Buy milk").uncheck()
    expect(box(other, "Buy milk")).not_to_be_checked()


def test_another_browser_of_the_reader_sees_it_while_it_looks(tasks, address, new_context):
    """Where tabs cannot tell each other, the list asks now and then."""
    elsewhere = new_context(storage_state=tasks.page.context.storage_state())
    other = Panel(elsewhere.new_page(), address).visit("/").open()
    other.chat.locator(".header .icon-button").first.click()
    other.chat.locator(".row button").first.click()
    expect(box(other, "Buy milk")).not_to_be_checked()

    box(tasks, "Buy milk").check()

    expect(box(other, "Buy milk")).to_be_checked(timeout=POLLED_MS)


def test_a_list_is_used_by_keyboard_alone(tasks):
    """The focus stays in the row whatever its buttons become."""
    box(tasks, "Buy milk").focus()
    tasks.page.keyboard.press("Space")
    expect(shown(tasks).locator(".status")).to_contain_text("#2 completed")
    assert focused(tasks) == "Buy milk"

    tasks.page.keyboard.press("Tab")
    assert focused(tasks) == "Rename"
    tasks.page.keyboard.press("Tab")
    tasks.page.keyboard.press("Enter")
    expect(row(tasks, "Buy milk")).to_contain_text("deleted")
    expect(row(tasks, "Buy milk").get_by_role("button", name="Undo")).to_be_focused()

    tasks.page.keyboard.press("Enter")
    expect(box(tasks, "Buy milk")).to_be_focused()
    tasks.page.keyboard.press("Tab")
    tasks.page.keyboard.press("Enter")
    expect(shown(tasks).get_by_role("textbox")).to_be_focused()
    tasks.page.keyboard.type("Buy bread")
    tasks.page.keyboard.press("Enter")
    expect(box(tasks, "Buy bread")).to_be_focused()


def test_what_could_not_be_done_is_not_shown_as_done(tasks, watch):
    """The box is as the task is, and the conversation says what is wrong."""
    watch.allow("503")
    refusal = {"code": "store_unavailable", "detail": "The tasks cannot be reached now.", "retryable": True}
    tasks.page.route("**/chatkit", lambda route: route.fulfill(status=503, json=refusal))

    box(tasks, "Buy milk").click()

    expect(tasks.chat.get_by_text("The tasks cannot be reached now.")).to_be_visible()
    expect(box(tasks, "Buy milk")).not_to_be_checked()


def test_messages_and_buttons_tell_the_time_zone(new_context, address, watch):
    """So that "today" is the reader's."""
    watch.allow_origin(address)
    context = new_context(timezone_id="Pacific/Auckland")
    panel = Panel(context.new_page(), address).visit("/")
    bodies = panel.sent()
    listed(panel.open(), "buy milk")
    box(panel, "Buy milk").check()
    expect(box(panel, "Buy milk")).to_be_checked()

    told = {body["type"]: body["metadata"].get("timezone") for body in bodies}
    assert told["threads.create"] == told["threads.add_user_message"] == "Pacific/Auckland"
    assert told["threads.sync_custom_action"] == "Pacific/Auckland"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_in_a_list(new_context, address, watch, theme, language, width):
    """Done, late, deleted, being renamed: in two themes, both directions, narrow and wide; nothing leaves the panel."""
    watch.allow_origin(address)
    context = new_context(color_scheme=theme, viewport={"width": width, "height": 900})
    if language != "en":
        context.add_init_script(
            f"document.addEventListener('DOMContentLoaded', () => document.documentElement.lang = '{language}')"
        )
    panel = listed(Panel(context.new_page(), address).visit("/").open(), "one", "two", "three due 2020-01-05")
    box(panel, "One").check()
    expect(row(panel, "One")).to_contain_text(said.IS_COMPLETED.said(language))
    row(panel, "Two").get_by_role("button", name=lists.DELETE.said(language)).click()
    expect(row(panel, "Two")).to_contain_text(said.IS_DELETED.said(language))
    row(panel, "Three").get_by_role("button", name=lists.RENAME.said(language)).click()
    expect(shown(panel).get_by_role("textbox")).to_be_focused()

    assert violations(panel.page) == []
    assert panel.chat.evaluate("(chat) => chat.scrollWidth <= chat.clientWidth")
    assert lists.TITLE_OF.said(language, number=3) in shown(panel).inner_text()
