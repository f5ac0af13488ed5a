"""Every option, method and event of `<openai-chatkit>`, each in the scenarios that name it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.bare import PAGE, STYLE, Bare, function
from tests.browser.hosting import Site
from tests.repository import ROOT

COVERED: set[str] = set()
PLACES = [
    {"id": "ch7", "title": "Chapter seven", "group": "Chapters", "icon": "book-open", "interactive": True, "data": {}}
]
CARD = {"type": "Card", "children": [{"type": "Text", "value": "A preview of seven"}]}
NOTES = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Bees."}


def covers(*names: str) -> Callable[..., Any]:
    """Notes which options, methods and events a test asserts."""
    COVERED.update(names)
    return lambda test: test


@pytest.fixture(scope="module")
def _site(tmp_path_factory) -> Iterator[Site]:
    style = tmp_path_factory.mktemp("host") / "host.css"
    style.write_text(STYLE, encoding="utf-8")
    with Site(pages={"element": PAGE}, files={"host.css": style}) as site:
        yield site


@pytest.fixture
def bare(_site, page, watch) -> Bare:
    """The element on a page of its own."""
    _site.bodies.clear()
    _site.headers.clear()
    _site.refusals = 0
    watch.allow_origin(_site.address)
    return Bare(page, _site)


@covers("api", "api.url", "api.domainKey", "api.fetch", "setOptions", "chatkit.ready", "chatkit.thread.change")
def test_custom_api(bare):
    """Every request goes to the address, by the page's own fetch; the element says when it is ready, and where."""
    fetches = function("fetch", fetches=True)
    bare.mount(api={"url": f"{bare.address}/chatkit", "domainKey": "local", "fetch": fetches})
    bare.wait_heard("ready")
    expect(bare.ask("Hello")).to_contain_text("You said: Hello")

    asked = [address for address in bare.calls("fetch") if address.endswith("/chatkit")]
    assert len(asked) == len(bare.site.bodies) > 0
    assert bare.heard("ready") == [None]
    assert bare.heard("thread.change")[-1]["threadId"]


@covers("api.getClientSecret")
def test_hosted_api(bare):
    """The secret goes with every request, and is asked for again, with the old one, when the server refuses it."""
    bare.mount(api={"getClientSecret": function("secret", "sk-1")})
    bare.ask("Hello")
    assert bare.calls("secret")[0] == [None]
    assert bare.site.headers[-1]["authorization"] == "Bearer sk-1"


@covers("api.getClientSecret")
def test_a_refused_secret_is_renewed(bare, watch):
    """The reader notices nothing."""
    watch.allow("401")
    bare.mount(api={"getClientSecret": function("secret", "sk-2")})
    bare.site.refusals = 1
    expect(bare.ask("Hello")).to_contain_text("You said: Hello")

    assert bare.calls("secret") == [[None], ["sk-2"]]


@covers(
    "api.uploadStrategy", "api.uploadStrategy.type", "api.uploadStrategy.uploadUrl", "composer.attachments",
    "composer.attachments.enabled", "composer.attachments.accept", "composer.attachments.maxSize",
    "composer.attachments.maxCount",
)  # fmt: skip
@pytest.mark.parametrize("strategy", ["direct", "two_phase"])
def test_attachments(bare, strategy):
    """Files go up either way; kinds, sizes and numbers that are not allowed are refused in words."""
    target = {"type": strategy, **({"uploadUrl": f"{bare.address}/upload"} if strategy == "direct" else {})}
    rules = {"enabled": True, "accept": {"text/plain": [".txt"]}, "maxSize": 10, "maxCount": 2}
    bare.mount(
        api={"url": f"{bare.address}/chatkit", "domainKey": "local", "uploadStrategy": target},
        composer={"attachments": rules},
    )
    field = bare.chat.locator("input[type=file]")
    field.set_input_files([NOTES])
    expect(bare.chat.locator(".pick")).to_have_count(1)
    expect(bare.chat.locator("progress")).to_have_count(0)
    field.set_input_files([{"name": "a.exe", "mimeType": "application/x", "buffer": b"x"}])
    expect(bare.chat.get_by_text("a.exe cannot be attached")).to_be_visible()
    bare.button("Remove a.exe").click()
    field.set_input_files([{**NOTES, "name": "big.txt", "buffer": b"x" * 11}])
    expect(bare.chat.get_by_text("big.txt is larger than")).to_be_visible()
    bare.button("Remove big.txt").click()
    field.set_input_files([{**NOTES, "name": "2.txt"}, {**NOTES, "name": "3.txt"}])
    expect(bare.chat.get_by_text("At most 2 files fit one message.")).to_be_visible()
    bare.button("Remove 3.txt").click()
    bare.button("Remove 2.txt").click()
    bare.ask("With a file")

    assert bare.site.told("threads.create")[-1]["input"]["attachments"] == ["atc_1"]
    assert len(bare.site.told("attachments.create")) == (0 if strategy == "direct" else 2)
    bare.set(composer={"attachments": {"enabled": False}})
    expect(field).to_have_count(0)


@covers("locale")
@pytest.mark.parametrize(("locale", "right_to_left"), [("es", False), ("ur", True), ("zh", False), ("ja", False)])
def test_locale(bare, locale, right_to_left):
    """The words of the interface and its direction are those of the language."""
    bare.mount(locale="en")
    english = bare.composer.get_attribute("placeholder")
    bare.set(locale=locale)
    expect(bare.chat).to_have_attribute("lang", locale)

    expect(bare.chat).to_have_attribute("dir", "rtl" if right_to_left else "ltr")
    expect(bare.composer).not_to_have_attribute("placeholder", english)


@covers(
    "theme", "theme.colorScheme", "theme.typography", "theme.typography.baseSize", "theme.typography.fontFamily",
    "theme.typography.fontFamilyMono", "theme.radius", "theme.density", "theme.color", "theme.color.accent",
    "theme.color.accent.primary", "theme.color.accent.level", "theme.color.surface", "theme.color.surface.background",
    "theme.color.surface.foreground",
)  # fmt: skip
def test_theme(bare):
    """Colours, sizes, fonts, corners and distances are what was asked for, as the browser computes them."""
    bare.mount(theme="light")
    light = bare.style(bare.chat, "background-color")
    gap = bare.style(bare.chat.locator(".header"), "padding-inline-start"), bare.chat.locator(".header").bounding_box()
    bare.set(theme="dark")
    assert bare.style(bare.chat, "background-color") != light
    bare.set(
        theme={
            "colorScheme": "light",
            "radius": "sharp",
            "density": "spacious",
            "typography": {"baseSize": 18, "fontFamily": "Georgia, serif", "fontFamilyMono": "Courier"},
            "color": {
                "accent": {"primary": "#b00020", "level": 0},
                "surface": {"background": "#fff8e1", "foreground": "#221100"},
            },
        }
    )
    bare.write("x")

    assert bare.style(bare.chat, "background-color") == "rgb(255, 248, 225)"
    assert bare.style(bare.chat, "color") == "rgb(34, 17, 0)"
    assert bare.style(bare.chat, "font-size") == "18px"
    assert "Georgia" in bare.style(bare.chat, "font-family")
    assert bare.style(bare.chat.locator(".composer-box"), "border-top-left-radius") == "0px"
    assert bare.style(bare.button("Send"), "background-color") in ("rgb(176, 0, 32)", "color(srgb 0.690196 0 0.12549)")
    assert (bare.style(bare.chat.locator(".header"), "padding-inline-start"),
            bare.chat.locator(".header").bounding_box()) != gap  # fmt: skip
    assert "Courier" in bare.page.evaluate(
        "getComputedStyle(document.querySelector('openai-chatkit')).getPropertyValue('--theme-mono')"
    )


@covers(
    "theme.color.grayscale", "theme.color.grayscale.hue", "theme.color.grayscale.tint", "theme.color.grayscale.shade"
)
def test_grayscale(bare):
    """Grays take a hue, as much of it as is asked, and get darker with the shade."""

    def surface(**gray):
        bare.set(theme={"colorScheme": "light", "color": {"grayscale": gray}})
        return bare.style(bare.chat, "background-color")

    bare.mount()
    warm, cool = surface(hue=20, tint=9, shade=0), surface(hue=220, tint=9, shade=0)

    assert len({warm, cool, surface(hue=20, tint=0, shade=0), surface(hue=20, tint=9, shade=4)}) == 4


@covers(
    "theme.typography.fontSources", "theme.typography.fontSources[].family", "theme.typography.fontSources[].src",
    "theme.typography.fontSources[].weight", "theme.typography.fontSources[].style",
    "theme.typography.fontSources[].display", "theme.typography.fontSources[].unicodeRange",
)  # fmt: skip
def test_fonts(bare, watch):
    """Fonts are fetched from where the page says, and made known with every property."""
    watch.allow("decode|OTS|font|Failed")
    source = {
        "family": "Bee", "src": f"{bare.address}/bee.woff2", "weight": 700, "style": "italic", "display": "swap",
        "unicodeRange": "U+41",
    }  # fmt: skip
    bare.mount()
    with bare.page.expect_request("**/bee.woff2"):
        bare.set(theme={"colorScheme": "light", "typography": {"fontFamily": "Bee", "fontSources": [source]}})


@covers("frameTitle")
def test_frame_title(bare):
    """Names the region."""
    bare.mount(frameTitle="The tutor")

    expect(bare.page.get_by_role("region", name="The tutor")).to_be_visible()


@covers(
    "initialThread", "setThreadId", "fetchUpdates", "chatkit.thread.load.start", "chatkit.thread.load.end",
    "chatkit.thread.change",
)  # fmt: skip
def test_threads(bare):
    """A thread is opened first, left, opened by name and read anew; each is told."""
    bare.mount()
    bare.ask("Hello")
    thread = bare.heard("thread.change")[-1]["threadId"]
    bare.mount(initialThread=thread)
    expect(bare.answers).to_contain_text("You said: Hello")
    assert bare.wait_heard("thread.load.end") == bare.heard("thread.load.start") == [{"threadId": thread}]
    bare.call("setThreadId", None)
    expect(bare.answers).to_have_count(0)
    bare.call("setThreadId", thread)
    expect(bare.answers).to_have_count(1)
    assert [one["threadId"] for one in bare.heard("thread.change")][-2:] == [None, thread]
    before = len(bare.site.told("threads.get_by_id"))
    bare.call("fetchUpdates")

    assert len(bare.site.told("threads.get_by_id")) > before


@covers("onClientTool")
def test_client_tools(bare):
    """The page is asked, and the server gets its answer in the same turn."""
    bare.mount(onClientTool=function("tool", {"at": "the hive"}))
    bare.send("tool")
    bare.wait_called("tool")
    bare.page.wait_for_timeout(300)

    assert bare.calls("tool") == [[{"name": "whereabouts", "params": {"unit": "m"}}]]
    assert bare.site.told("threads.add_client_tool_output")[-1]["result"] == {"at": "the hive"}


@covers(
    "header", "header.enabled", "header.title", "header.title.enabled", "header.title.text", "header.leftAction",
    "header.leftAction.icon", "header.leftAction.onClick", "header.rightAction", "header.rightAction.icon",
    "header.rightAction.onClick",
)  # fmt: skip
def test_header(bare):
    """Its title, its actions on either side, and none of it."""
    bare.mount(
        header={
            "title": {"text": "My tutor"},
            "leftAction": {"icon": "menu", "onClick": function("left")},
            "rightAction": {"icon": "settings-cog", "onClick": function("right")},
        }
    )
    heading = bare.chat.get_by_role("heading", name="My tutor")
    expect(heading).to_be_visible()
    left, right = bare.chat.get_by_role("button", name="menu"), bare.chat.get_by_role("button", name="settings cog")
    left.click()
    right.click()
    assert len(bare.calls("left")) == len(bare.calls("right")) == 1
    assert left.bounding_box()["x"] < heading.bounding_box()["x"] < right.bounding_box()["x"]
    expect(left.locator("svg")).to_be_visible()
    bare.set(header={"title": {"enabled": False, "text": "My tutor"}})
    expect(heading).to_have_count(0)
    bare.set(header={"enabled": False})

    expect(bare.chat.locator("header")).to_have_count(0)


@covers(
    "history", "history.enabled", "history.showDelete", "history.showRename", "showHistory", "hideHistory",
    "chatkit.history.open", "chatkit.history.close",
)  # fmt: skip
def test_history(bare):
    """Opened and closed by the page as by the reader; its buttons can be left out, and all of it."""
    bare.mount()
    bare.ask("Hello")
    bare.call("showHistory")
    row = bare.chat.locator(".row").first
    expect(row.get_by_role("button", name="Rename")).to_be_visible()
    bare.set(history={"enabled": True, "showDelete": False, "showRename": False})
    expect(row.get_by_role("button")).to_have_count(1)
    bare.call("hideHistory")
    expect(bare.composer).to_be_visible()
    assert len(bare.heard("history.open")) == len(bare.heard("history.close")) == 1
    bare.set(history={"enabled": False})

    expect(bare.button("Earlier conversations")).to_have_count(0)


@covers(
    "startScreen", "startScreen.greeting", "startScreen.prompts", "startScreen.prompts[].label",
    "startScreen.prompts[].prompt", "startScreen.prompts[].icon",
)  # fmt: skip
def test_start_screen(bare):
    """A greeting, and prompts of words or of parts that are sent when they are pressed."""
    parts = [{"type": "input_text", "text": "In parts"}]
    bare.mount(
        startScreen={
            "greeting": "Good day",
            "prompts": [{"label": "One", "prompt": "In words", "icon": "bolt"}, {"label": "Two", "prompt": parts}],
        }
    )
    expect(bare.chat.get_by_text("Good day")).to_be_visible()
    expect(bare.button("One").locator("svg")).to_be_visible()
    bare.button("Two").click()
    expect(bare.answers).to_contain_text("You said: In parts")
    bare.wait().button("New conversation").click()
    bare.button("One").click()

    expect(bare.answers).to_contain_text("You said: In words")


@covers("threadItemActions", "threadItemActions.feedback", "threadItemActions.retry")
def test_actions_of_answers(bare):
    """Feedback and retry, where they are wanted."""
    bare.mount()
    bare.ask("Hello")
    expect(bare.button("Good answer")).to_have_count(0)
    expect(bare.button("Answer again")).to_have_count(0)
    bare.set(threadItemActions={"feedback": True, "retry": True})
    bare.button("Bad answer").click()
    expect(bare.button("Bad answer")).to_have_attribute("aria-pressed", "true")
    bare.button("Answer again").click()
    bare.wait()

    assert bare.site.told("items.feedback")[-1]["kind"] == "negative"
    assert len(bare.site.told("threads.retry_after_item")) == 1


@covers(
    "composer", "composer.placeholder", "composer.tools", "composer.tools[].id", "composer.tools[].label",
    "composer.tools[].icon", "composer.tools[].shortLabel", "composer.tools[].placeholderOverride",
    "composer.tools[].pinned", "composer.tools[].persistent", "chatkit.tool.change",
)  # fmt: skip
def test_tools(bare):
    """Pinned tools are buttons, others stand in a menu; the chosen one goes along, once or for good."""
    tools = [
        {"id": "deep", "label": "Deep search", "shortLabel": "Deep", "icon": "search", "pinned": True,
         "placeholderOverride": "Search for"},
        {"id": "quiz", "label": "Quiz me", "icon": "lightbulb", "persistent": True},
    ]  # fmt: skip
    bare.mount(composer={"placeholder": "Say something", "tools": tools})
    expect(bare.composer).to_have_attribute("placeholder", "Say something")
    deep = bare.button("Deep")
    deep.click()
    expect(deep).to_have_attribute("aria-pressed", "true")
    expect(deep.locator("svg")).to_be_visible()
    expect(bare.composer).to_have_attribute("placeholder", "Search for")
    bare.ask("One")
    expect(deep).to_have_attribute("aria-pressed", "false")
    bare.button("Tools").click()
    bare.chat.get_by_role("menuitemradio", name="Quiz me").click()
    bare.ask("Two")
    bare.ask("Three")
    sent = bare.site.told("threads.create") + bare.site.told("threads.add_user_message")

    assert [one["input"]["inference_options"].get("tool_choice") for one in sent] == [
        {"id": "deep"}, {"id": "quiz"}, {"id": "quiz"},
    ]  # fmt: skip
    assert [one["toolId"] for one in bare.heard("tool.change")] == ["deep", None, "quiz"]


@covers(
    "composer.models", "composer.models[].id", "composer.models[].label", "composer.models[].description",
    "composer.models[].disabled", "composer.models[].default",
)  # fmt: skip
def test_models(bare):
    """The default is chosen at first; one that is switched off cannot be; the chosen one goes along."""
    models = [
        {"id": "small", "label": "Small", "description": "Quick"},
        {"id": "large", "label": "Large", "default": True},
        {"id": "huge", "label": "Huge", "disabled": True},
    ]
    bare.mount(composer={"models": models})
    menu = bare.chat.get_by_role("button", name="Model")
    expect(menu).to_contain_text("Large")
    menu.click()
    expect(bare.chat.get_by_role("menuitemradio", name="Huge")).to_be_disabled()
    expect(bare.chat.get_by_text("Quick")).to_be_visible()
    bare.chat.get_by_role("menuitemradio", name="Small").click()
    bare.ask("Hello")

    assert bare.site.told("threads.create")[-1]["input"]["inference_options"]["model"] == "small"


@covers("composer.dictation", "composer.dictation.enabled")
def test_dictation(bare):
    """A button records, and what was said stands in the composer."""
    bare.mount()
    expect(bare.button("Dictate")).to_have_count(0)
    bare.set(composer={"dictation": {"enabled": True}})
    bare.button("Dictate").click()
    expect(bare.button("Stop dictating")).to_be_visible()
    bare.page.wait_for_timeout(600)
    bare.button("Stop dictating").click()

    expect(bare.composer).to_have_value("What was dictated")


@covers("disclaimer", "disclaimer.text", "disclaimer.highContrast")
def test_disclaimer(bare):
    """Stands below the composer, as Markdown, in stronger contrast where that is wanted."""
    bare.mount(disclaimer={"text": "Check **what** matters."})
    line = bare.chat.locator(".disclaimer")
    expect(line.locator("strong")).to_have_text("what")
    calm = bare.style(line, "color")
    bare.set(disclaimer={"text": "Check what matters.", "highContrast": True})

    assert bare.style(line, "color") != calm


@covers(
    "entities", "entities.onTagSearch", "entities.showComposerMenu", "entities.onClick", "entities.onRequestPreview"
)
def test_entities(bare):
    """Places are found by what is written, previewed, sent, and clicked in messages and in sources."""
    bare.mount(
        entities={
            "onTagSearch": function("search", PLACES),
            "onClick": function("click"),
            "onRequestPreview": function("preview", {"preview": CARD}),
            "showComposerMenu": True,
        }
    )
    bare.button("Mention a place").click()
    bare.composer.press_sequentially("sev")
    expect(bare.chat.get_by_role("option", name="Chapter seven")).to_be_visible()
    expect(bare.chat.get_by_text("A preview of seven")).to_be_visible()
    assert ["sev"] in bare.wait_called("search")
    assert bare.calls("preview")[0][0]["id"] == "ch7"
    bare.composer.press("Enter")
    bare.composer.press("Enter")
    bare.questions.locator("button.tag").click()
    assert bare.wait_called("click")[0][0]["id"] == "ch7"
    bare.wait().ask("link")
    bare.markers.first.hover()
    expect(bare.chat.get_by_role("tooltip")).to_contain_text("A preview of seven")
    bare.markers.first.click()

    bare.page.wait_for_function("() => window.calls.filter(([name]) => name === 'click').length === 2")


@covers("commands", "commands.enabled", "commands.onSearch", "commands.onSelect")
def test_commands(bare):
    """`/` lists the page's commands beside the element's own; choosing one asks the page what comes of it."""
    command = {"id": "cite", "label": "Cite a chapter", "description": "From the book"}
    chosen = {"type": "entity", "entity": PLACES[0]}
    bare.mount(commands={"enabled": True, "onSearch": function("search", [command]),
                         "onSelect": function("select", chosen)})  # fmt: skip
    bare.composer.press_sequentially("/cite")
    bare.chat.get_by_role("option", name="Cite a chapter").click()
    expect(bare.composer).to_have_value("@Chapter seven ")

    assert ["cite"] in bare.calls("search")
    assert bare.calls("select")[0][0]["id"] == "cite"


@covers("widgets", "widgets.onAction", "sendCustomAction")
def test_widgets(bare):
    """Actions go to the page or to the server, as each says; the page sends others itself."""
    bare.mount(widgets={"onAction": function("action")})
    bare.send("widget")
    bare.chat.get_by_role("button", name="On the page").click()
    action, item = bare.wait_called("action")[0]
    assert action == {"type": "here", "payload": {"n": 1}}
    assert item["id"] == "wid_1"
    assert item["widget"]["type"] == "Card"
    bare.wait().chat.get_by_role("button", name="On the server").click()
    expect(bare.answers.last).to_contain_text('Action there {"n": 2}')
    bare.wait().chat.get_by_role("button", name="At once").click()
    expect(bare.chat.get_by_text("Pressed", exact=True)).to_be_visible()
    bare.call("sendCustomAction", {"type": "own", "payload": {"n": 4}})
    expect(bare.answers.last).to_contain_text('Action own {"n": 4}')

    assert bare.site.told("threads.custom_action")[0]["item_id"] == "wid_1"


@covers("thread", "thread.autoScroll")
@pytest.mark.parametrize("follows", [True, False])
def test_auto_scroll(bare, follows):
    """The end of a growing answer is followed, or its beginning is left in sight."""
    bare.mount(thread={"autoScroll": follows})
    bare.send("long")
    expect(bare.answers.last).to_contain_text("Line 40.")
    bare.page.wait_for_function("() => window.heard.some(([name]) => name === 'response.end')")
    below = bare.thread.evaluate("(view) => view.scrollHeight - view.scrollTop - view.clientHeight")

    assert (below < 60) is follows
    expect(bare.button("Jump to latest")).to_have_count(0 if follows else 1)


@covers("focusComposer", "sendUserMessage", "chatkit.response.start", "chatkit.response.end")
def test_messages(bare):
    """Sent with everything the types allow; the response's beginning and end are told."""
    bare.mount()
    bare.call("focusComposer")
    expect(bare.composer).to_be_focused()
    file = {"type": "file", "id": "atc_1", "name": "notes.txt", "mime_type": "text/plain"}
    bare.call(
        "sendUserMessage",
        {"text": "Hello", "reply": "A sentence.", "attachments": [file], "toolChoice": {"id": "deep"}, "model": "m"},
    )
    expect(bare.answers).to_contain_text("You said: Hello")
    bare.wait_heard("response.end")
    told = bare.site.told("threads.create")[-1]["input"]
    assert told["quoted_text"] == "A sentence."
    assert told["attachments"] == ["atc_1"]
    assert told["inference_options"] == {"tool_choice": {"id": "deep"}, "model": "m"}
    bare.call("sendUserMessage", {"content": [{"type": "input_text", "text": "Anew"}], "newThread": True})
    bare.wait_heard("response.end", 2)

    assert len(bare.site.told("threads.create")) == 2
    assert len(bare.heard("response.start")) == 2


@covers("setComposerValue")
def test_composer_value(bare):
    """Text, quote, tool, model and files stand in the composer as if the reader had put them there."""
    tools = [{"id": "deep", "label": "Deep", "icon": "search", "pinned": True}]
    models = [{"id": "small", "label": "Small"}, {"id": "large", "label": "Large", "default": True}]
    bare.mount(composer={"tools": tools, "models": models, "attachments": {"enabled": True}})
    bare.page.evaluate(
        "document.querySelector('openai-chatkit').setComposerValue({text: 'A draft', reply: 'A sentence.',"
        " files: [new File(['Bees.'], 'notes.txt', {type: 'text/plain'})], selectedToolId: 'deep',"
        " selectedModelId: 'small'})"
    )
    expect(bare.composer).to_have_value("A draft")
    expect(bare.quote).to_have_text("A sentence.")
    expect(bare.chat.locator(".pick")).to_contain_text("notes.txt")
    expect(bare.button("Deep")).to_have_attribute("aria-pressed", "true")
    expect(bare.chat.get_by_role("button", name="Model")).to_contain_text("Small")
    bare.call("setComposerValue", {"content": [{"type": "input_text", "text": "In parts"}], "selectedToolId": None})

    expect(bare.composer).to_have_value("In parts")
    expect(bare.button("Deep")).to_have_attribute("aria-pressed", "false")


@covers("chatkit.effect", "chatkit.deeplink", "chatkit.log", "chatkit.error")
def test_events(bare, watch):
    """Effects, deep links, a log of what is unusual, and errors reach the page."""
    bare.mount()
    bare.ask("effect")
    assert bare.heard("effect") == [{"name": "highlight", "data": {"anchor": "servo"}}]
    bare.ask("link")
    bare.answers.last.get_by_text("the page").click()
    assert bare.wait_heard("deeplink") == [{"name": "open", "data": {"page": "7"}}]
    stream = 'data: {broken\n\ndata: {"type": "error", "code": "custom"}\n\n'
    bare.page.route("**/chatkit", lambda route: route.fulfill(content_type="text/event-stream", body=stream))
    bare.send("anything")

    assert bare.wait_heard("log")[-1]["name"]
    assert bare.wait_heard("error")[-1]["error"]


@covers("setOptions")
def test_options_are_whole(bare):
    """What the next options leave out has its default again; options that cannot be used are refused in words."""
    bare.mount(frameTitle="The tutor", disclaimer={"text": "Check."})
    bare.set()
    expect(bare.chat.locator(".disclaimer")).to_have_count(0)
    refused = bare.page.evaluate(
        "() => { try { document.querySelector('openai-chatkit').setOptions({}) } catch (error) { return `${error}` } }"
    )

    assert refused.startswith("TypeError: setOptions: `api` is missing")


def test_one_of_everything(bare):
    """Thoughts, workflows, tasks, a picture, widgets and notices of the SDK are all shown."""
    bare.mount()
    bare.send("everything")
    bare.wait_heard("response.end")

    for text in ("Heads up", "Prepared", "After", "A servo holds.", "On"):
        expect(bare.thread.get_by_text(text).first).to_be_visible()
    expect(bare.thread.get_by_text("Gone")).to_have_count(0)
    expect(bare.thread.get_by_text("Picture", exact=True)).to_be_visible()  # its bytes are none


def test_a_locked_thread_takes_nothing(bare):
    """The reader is told why, and cannot write."""
    bare.mount()
    bare.ask("locked")

    expect(bare.thread.get_by_text("The lesson is over.")).to_be_visible()
    expect(bare.composer).to_be_disabled()


@pytest.mark.skipif(
    shutil.which("node") is None and not os.environ.get("CI"), reason="no Node on this machine to read the types with"
)
def test_every_path_has_a_scenario():
    """An option, method or event that the types gain fails here until a scenario asserts it."""
    listed = json.loads(
        subprocess.run(
            ["node", "reference.mjs", "--names"], cwd=ROOT / "widget", capture_output=True, check=True
        ).stdout
    )
    names = {one["name"] for group in listed.values() for one in group}

    assert names - COVERED == set()
    assert COVERED - names == set()
