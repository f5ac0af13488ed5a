"""What readers do, in Firefox and in WebKit: one walk through each part of the assistant."""

from __future__ import annotations

import pytest
from PIL import Image
from tests.browser.engines.gate import Gate, name_on_the_network
from tests.browser.engines.reader import Reader
from tests.browser.panel import ALONE

CHAT, LAUNCHER, PANEL = "section.chat", "button.launcher", "dialog.panel"
COMPOSER, ANSWER, QUESTION = "section.chat textarea", "article.assistant", "article.user"
MARKER, ROW = "article.assistant .cite", ".row"
RIPE, HONEY = "When is honey ripe?", "/docs/module-2-harvest/week-3-honey"
RIPE_SENTENCE = "Honey is ripe when its water content is below 18 percent."
MASKS = "Smoke masks the alarm scent that guard bees give off."
NOT_IN_IT = "Which bank offers the cheapest loan for a new tractor?"
SLOW = ("It begins. ", *["Please read on. "] * 40, "That is one good answer.")
RICH = (
    "Here is one more good example to learn from: $\\frac{a}{b}$\n\n"
    "```python\ndef puffs(colonies):\n    return 3 * colonies\n```\n\n```mermaid\ngraph TD\n  Hive --> Frames\n```\n"
)
_ENDED = """(count) => all("article.assistant").length > count && find("[role=log]")?.ariaBusy === "false"
  && !find("button.stop")"""
_ENDS_OF = """(words) => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + words.length);
    const boxes = [...range.getClientRects()];
    const middle = ({ top, bottom }) => (top + bottom) / 2;
    return [[boxes[0].left + 1, middle(boxes[0])], [boxes.at(-1).right - 1, middle(boxes.at(-1))]];
  }
}"""
_LAID_OUT = """() => {
  const panel = find("dialog.panel"), chat = find("section.chat"), field = find("section.chat textarea");
  const { x, y, width, height } = panel.getBoundingClientRect();
  const [light] = getComputedStyle(panel).backgroundColor.match(/[\\d.]+/g).map(Number);
  return {
    modal: panel.matches(":modal"),
    fills: `${[x, y, width, height].map(Math.round)}` === `${[0, 0, innerWidth, innerHeight]}`,
    wider: [document.documentElement, chat, ...all("section.chat > *")].filter(seen)
      .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.className),
    direction: getComputedStyle(chat).direction,
    dark: light < 128,
    letters: parseFloat(getComputedStyle(field).fontSize) >= 16,
  };
}"""


def button(name: str) -> str:
    """A button of the chat by its name."""
    return f'section.chat button[aria-label="{name}"]'


def opened(reader: Reader, url: str) -> Reader:
    """The page with the panel open."""
    reader.visit(url)
    return reader.click(LAUNCHER).see(COMPOSER)


def ask(reader: Reader, question: str) -> None:
    """Asks, and waits for the whole answer."""
    before = len(reader.texts(ANSWER))
    send(reader, question)
    reader.until(_ENDED, before)


def send(reader: Reader, question: str) -> None:
    """Asks, and waits for nothing."""
    reader.click(COMPOSER).write(question)
    reader.press("Enter")


def test_a_reader_is_led_to_the_sentence(reader, address):
    """By the keyboard into the panel, by a marker to the sentence, and back to where the question was asked."""
    reader.visit(f"{address}/")
    reader.see(LAUNCHER).press("Control+i")
    reader.see(COMPOSER).until("() => focused()?.matches('textarea')")
    reader.press("Escape")
    reader.miss(PANEL)
    assert reader.holds() == "Ask the book"
    assert (
        reader.look("() => focused().matches(':focus-visible') && getComputedStyle(focused()).outlineStyle") == "solid"
    )
    reader.press("Enter")
    reader.see(COMPOSER)
    ask(reader, RIPE)
    reader.see(ANSWER, RIPE_SENTENCE[:-1]).hover(MARKER).see(".cite-card", "When honey is ripe")
    reader.click(MARKER)
    reader.until("(path, sentence) => location.pathname.endsWith(path) && marked() === sentence", HONEY, RIPE_SENTENCE)
    reader.see(ANSWER, RIPE_SENTENCE[:-1])
    reader.until("() => { const { top, bottom } = [...CSS.highlights.get('pageside-cited')][0].getBoundingClientRect();"
                 " return top >= 0 && bottom <= innerHeight; }")  # fmt: skip
    reader.back()

    reader.until("() => location.pathname === '/'")
    reader.see(PANEL).see(ANSWER, RIPE_SENTENCE[:-1])


def test_selected_text_is_asked_about(reader, address):
    """The button beside a selection takes it along; it is seen with the question, also after a reload."""
    reader.visit(f"{address}/docs/module-1-hive/week-2-smoke")
    reader.see(LAUNCHER).drag(*reader.until(_ENDS_OF, MASKS))
    reader.click(".ask-selection").see(f"{CHAT} .composer blockquote", "alarm scent")
    reader.click(".scopes label", "Whole book")
    ask(reader, "What does this mean?")
    reader.again()

    reader.see(f"{QUESTION} blockquote", "alarm scent").see(ANSWER, "alarm scent")


def test_conversations_are_kept_named_and_deleted(reader, told):
    """Words are seen as they come and stop when they are stopped; the history knows the conversation after a reload."""
    told.say(*SLOW, pause_s=0.2)
    send(opened(reader, told.address), "Tell me of bees")
    reader.see(ANSWER, "Please read on.").click(button("Stop")).until(_ENDED, 0)
    assert "one good answer" not in reader.texts(ANSWER)[0]
    reader.again()
    reader.see(QUESTION, "Tell me of bees").see(ANSWER, "It begins.")
    reader.click(button("Earlier conversations")).click(f"{ROW} button[title=Rename]")
    reader.until("() => focused()?.matches('.row input')")
    reader.press("Control+a")
    reader.write("All about bees")
    reader.press("Enter")
    reader.see(ROW, "All about bees").click(f"{ROW} button[title=Delete]")
    reader.click("[role=group] button", "Delete")

    reader.miss(ROW)


def test_nothing_is_lost_with_the_connection(reader, told):
    """An answer goes on when the server can be reached again, and so does a question."""
    with Gate(told.address) as gate:
        told.say(*SLOW, pause_s=0.1)
        send(opened(reader, gate.address), "Tell me of bees")
        reader.see(ANSWER, "Please read on.")
        gate.shut()
        reader.see(CHAT, "The connection was lost.")
        gate.open()
        reader.until(_ENDED, 0)
        reader.see(ANSWER, "one good answer")
        gate.shut()
        send(reader, "And of wax?")
        reader.see("section.chat button", "Try again")
        gate.open()
        told.say("This is about wax.")
        reader.click("section.chat button", "Try again")
        reader.until(_ENDED, 1)

        assert [len(reader.texts(one)) for one in (QUESTION, ANSWER)] == [2, 2]
        assert reader.texts(ANSWER)[0].count("It begins.") == 1


def test_answers_are_drawn_and_copied_where_browsers_trust_little(reader, told):
    """Formula, code and diagram stand on a page without HTTPS, and what is copied there can be pasted."""
    with Gate(told.address, name_on_the_network()) as gate:
        told.say(RICH)
        ask(opened(reader, gate.address), "A formula and a diagram")
        assert reader.look("() => isSecureContext") is False
        reader.see(f"{ANSWER} math mfrac").see(f"{ANSWER} pre [class^=hl]")
        reader.until("() => find('article.assistant img')?.naturalHeight > 40")
        for _ in range(5):  # the diagram may still move what is aimed at
            reader.click(f"{ANSWER} .code:has([class^=hl]) button")
            if reader.look("() => new Promise((tell) => setTimeout(() => tell(!!find('button[title=Copied]')), 300))"):
                break
        reader.click(COMPOSER).until("() => focused()?.matches('textarea')")
        reader.press("Control+v")

        reader.until("() => find('section.chat textarea').value === 'def puffs(colonies):\\n    return 3 * colonies'")


def test_a_picture_goes_with_a_question(reader, told, tmp_path):
    """It is seen before it is sent, and in the message."""
    Image.new("RGB", (64, 48), "orange").save(tmp_path / "hive.png")
    told.say("I see a hive.")
    opened(reader, told.address).attach("section.chat input[type=file]", tmp_path / "hive.png")
    reader.see(".pick").miss(".pick progress")
    ask(reader, "What is in this?")
    reader.until("() => find('article.user img')?.naturalWidth > 0")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_phones_are_filled(reader, address, dark):
    """From right to left: the panel covers the page as a dialog, all fits, can be touched and is not enlarged."""
    reader.resize(375, 667)
    reader.visit(f"{address}/")
    reader.look("(dark) => { document.documentElement.lang = 'ur'; document.documentElement.dataset.theme = "
                "dark ? 'dark' : 'light'; }", dark)  # fmt: skip
    reader.click(LAUNCHER).see(COMPOSER)
    ask(reader, RIPE)
    assert reader.look(_LAID_OUT) == {
        "modal": True, "fills": True, "wider": [], "direction": "rtl", "dark": dark, "letters": True
    }  # fmt: skip
    reader.press("Escape")

    reader.miss(PANEL)


def test_a_list_is_pressed_and_a_form_is_filled_in(reader, told, address):
    """A button of a widget asks on; a form is answered with what was chosen in it."""
    ask(opened(reader, f"{address}/"), NOT_IN_IT)
    reader.click("section.chat .widget button", "Explain").until(_ENDED, 1)
    reader.visit(f"{told.address}/")
    reader.see(LAUNCHER).look(ALONE)
    told.say("The parts, then.")
    send(reader, "Explain this")
    reader.click("article.form label", "The parts of a hive").click("article.form button", "Send")
    reader.see("article.form dd").until(_ENDED, 0)

    reader.miss("article.form label")
