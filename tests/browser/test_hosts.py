"""The unmodified `@openai/chatkit-react`, in development and in production, before our element and server."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests import served, small_book
from tests.browser.bare import STYLE
from tests.browser.conftest import by
from tests.browser.hosting import Site
from tests.browser.panel import Panel
from tests.repository import ROOT
from tests.scripted_openai import ScriptedOpenAI

BUILD = ROOT / "widget" / "tests" / "hosts" / "build.mjs"
NODE = shutil.which("node")
HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/host.css"></head><body><div id="root"></div>"""
LATE = """setTimeout(() => import("/chatkit.js"), 800);"""
ORDERS = {
    "before": '<script src="/chatkit.js"></script><script src="/react-{mode}.js"></script>',
    "after": '<script src="/react-{mode}.js"></script><script src="/chatkit.js"></script>',
    "late": '<script src="/react-{mode}.js"></script><script src="/late.js"></script>',
}
pytestmark = pytest.mark.skipif(
    not os.environ.get("CI") and (NODE is None or not (ROOT / "widget" / "node_modules" / "react").is_dir()),
    reason="no Node, or `make widget` was not run",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A site of React pages: each build with the element's script in each order."""
    folder = tmp_path_factory.mktemp("hosts")
    subprocess.run([str(NODE), str(BUILD), str(folder)], check=True, cwd=ROOT / "widget")
    (folder / "host.css").write_text(STYLE, encoding="utf-8")
    (folder / "late.js").write_text(LATE, encoding="utf-8")
    pages = {
        f"{mode}-{order}": HEAD + scripts.replace("{mode}", mode)
        for mode in ("development", "production")
        for order, scripts in ORDERS.items()
    }
    with Site(pages=pages, files={one.name: one for one in folder.iterdir()}) as made:
        yield made


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory, site) -> Iterator[tuple[str, ScriptedOpenAI]]:
    folder = tmp_path_factory.mktemp("elsewhere")
    with (
        ScriptedOpenAI() as openai,
        served.server(
            small_book.write(folder / "book"), folder / "data", **by(openai), CORS_ORIGINS=site.address
        ) as address,
    ):
        yield address, openai


def react(page, path, site):
    """A React page, opened."""
    page.goto(f"{site.address}/{path}")
    panel = Panel(page, site.address)
    expect(panel.chat).to_be_visible()
    return panel


def heard(page, name):
    return [detail for event, detail in page.evaluate("heard") if event == name]


@pytest.mark.parametrize("mode", ["development", "production"])
@pytest.mark.parametrize("order", list(ORDERS))
def test_react_mounts_the_element(page, watch, site, mode, order):
    """Whenever the script comes: the host hears `ready` once, a prompt is answered, new options are followed."""
    if order != "before":
        watch.allow("chatkit|ChatKit")  # the package warns while there is no element yet
    watch.allow_origin(site.address)
    panel = react(page, f"{mode}-{order}", site)
    expect(panel.chat.get_by_text("Good day")).to_be_visible()
    page.get_by_role("button", name="Change").click()
    expect(panel.chat.get_by_text("Good evening")).to_be_visible()
    page.wait_for_function("() => heard.some(([name]) => name === 'ready')")
    panel.button("Begin").click()
    expect(panel.answers).to_contain_text("You said: Hello")
    page.wait_for_function("() => heard.some(([name]) => name === 'response.end')")

    assert heard(page, "ready") == [None]
    assert heard(page, "thread.change")[-1]["threadId"]


@pytest.mark.parametrize("mode", ["development", "production"])
def test_react_calls_the_methods(page, watch, site, mode):
    """Each method of the hook reaches the element; a thread is opened first, and told."""
    watch.allow_origin(site.address)
    panel = react(page, f"{mode}-before", site)
    page.wait_for_function("() => heard.some(([name]) => name === 'ready')")
    page.evaluate("chat.sendUserMessage({ text: 'Hello', reply: 'A sentence.' })")
    expect(panel.answers).to_contain_text("You said: Hello")
    page.wait_for_function("() => heard.some(([name]) => name === 'response.end')")
    thread = heard(page, "thread.change")[-1]["threadId"]
    page.evaluate("chat.setComposerValue({ text: 'A draft' })")
    expect(panel.composer).to_have_value("A draft")
    page.evaluate("chat.showHistory()")
    expect(panel.chat.locator(".row").first).to_be_visible()
    page.evaluate("chat.hideHistory()")
    page.evaluate("chat.setThreadId(null)")
    expect(panel.answers).to_have_count(0)
    page.evaluate("chat.sendCustomAction({ type: 'own', payload: {} })")
    page.evaluate("chat.fetchUpdates()")
    page.evaluate("chat.focusComposer()")
    expect(panel.composer).to_be_focused()
    panel = react(page, f"{mode}-before?thread={thread}", site)

    expect(panel.answers).to_contain_text("You said: Hello")
    page.wait_for_function("() => heard.some(([name]) => name === 'thread.load.end')")
    assert heard(page, "thread.load.start") == heard(page, "thread.load.end") == [{"threadId": thread}]


@pytest.mark.parametrize("mode", ["development", "production"])
def test_react_speaks_with_a_server_elsewhere(page, watch, site, elsewhere, mode):
    """A page of another origin, whose own fetch says who asks."""
    address, openai = elsewhere
    openai.forget()
    openai.say("[[conversation]]\nHello from elsewhere.")
    for one in (site.address, address):
        watch.allow_origin(one)
    site.connects = f"'self' {address}"
    panel = react(page, f"{mode}-before?server={address}", site)
    page.wait_for_function("() => heard.some(([name]) => name === 'ready')")
    expect(panel.ask("Hello")).to_contain_text("Hello from elsewhere.")
    page.wait_for_function("() => heard.some(([name]) => name === 'response.end')")

    assert heard(page, "error") == []


@pytest.mark.parametrize("mode", ["development", "production"])
def test_react_begins_a_session_and_renews_it(page, watch, site, elsewhere, mode):
    """With `getClientSecret` alone: a session of our server, and another one when it was revoked."""
    watch.allow("401")
    address, openai = elsewhere
    openai.forget()
    for text in ("Happy to help in a session.", "Happy to help in another."):
        openai.say(f"[[conversation]]\n{text}")
    for one in (site.address, address):
        watch.allow_origin(one)
    site.connects, site.scripts = f"'self' {address}", f"'self' {address}"
    site.pages["hosted"] = (
        HEAD + f'<script src="{address}/chatkit.js"></script><script src="/react-{mode}.js"></script>'
    )
    panel = react(page, f"hosted?api=hosted&server={address}", site)
    page.wait_for_function("() => heard.some(([name]) => name === 'ready')")
    with page.expect_request(lambda request: request.url == f"{address}/chatkit") as first:
        expect(panel.ask("Hello")).to_contain_text("Happy to help in a session.")
    secret = first.value.headers["authorization"]
    page.request.delete(f"{address}/api/chatkit/session", headers={"Authorization": secret})
    panel.button("New conversation").click()

    expect(panel.ask("Once more")).to_contain_text("Happy to help in another.")
    assert page.evaluate("secrets") == [None, secret.removeprefix("Bearer ")]
