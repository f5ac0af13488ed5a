"""The documentation as a site, with its own assistant beside every page."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect
from tests import served
from tests.browser.panel import Panel
from tests.repository import ROOT
from tests.shell_sessions import free_port
from tests.sites import looked_at

from pageside.knowledge.passage import Document
from pageside.knowledge.reading import folder as reading
from pageside.knowledge.reading.sites.detect import detect
from pageside.web import element

RECORDS = ROOT / "docs" / "development" / "adr"


@pytest.fixture(scope="module")
def built(tmp_path_factory, port):
    """The site's folder, and what was said while it was built: with warnings it is there all the same."""
    folder = tmp_path_factory.mktemp("built")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder / "site"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "DOCS_URL": f"http://127.0.0.1:{port}/"},
    )
    return folder / "site", done


@pytest.fixture(scope="module")
def port():
    """Where it is served: the theme changes pages without a reload only at the address it was built for."""
    return free_port()


@pytest.fixture(scope="module")
def site(built):
    return built[0]


@pytest.fixture(scope="module")
def docs(site, port):
    """Its address: served as `make docs-serve` does."""
    chosen = {"PAGESIDE_SITE": str(site), "EMBEDDING_MODEL": "none"}
    with served.running(ROOT / "docs", site.parent / "data", port=port, **chosen) as (address, _):
        yield address


def test_the_site_is_built_without_a_warning(built):
    """Every link and anchor leads somewhere, and the front page lists every page."""
    _, done = built

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_page_has_the_assistant_and_asks_nobody_else(site):
    """Nothing in a page is loaded from elsewhere."""
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 80
    for page in pages:
        html = page.read_text(encoding="utf-8")
        loaded = re.findall(r'<(?:script|img|iframe|source)[^>]*\ssrc="?(https?:[^"> ]*)', html)
        loaded += re.findall(r'<link rel="?(?:stylesheet|icon|preconnect)"?[^>]*href="?(https?:[^"> ]*)', html)
        assert not loaded, page
        assert "loader.js" in html, page


def test_every_decision_is_listed_by_its_title():
    """In their order, each under its own name."""
    told = re.findall(
        r"^- \[(.+)\]\((\d{4}-[^)]+)\)$", (RECORDS / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    there = [
        (record.read_text(encoding="utf-8").splitlines()[0], record.name)
        for record in sorted(RECORDS.glob("[0-9]*.md"))
    ]

    assert told == [(re.sub(r"^# \d+\.", f"{name[:4]}.", title), name) for title, name in there]


def test_every_heading_of_the_index_is_one_of_the_site(site):
    """So that a citation leads to where its sentence stands."""
    folder = ROOT / "docs"
    told = [each for each in reading.read(folder, detect(folder)) if isinstance(each, Document)]
    assert len(told) > 70
    for document in told:
        html = (site / document.url.strip("/") / "index.html").read_text(encoding="utf-8")
        ids = set(re.findall(r"""\sid="?([^"\s>]+)""", html))
        assert {block.anchor for block in document.blocks if block.anchor} <= ids, document.path


@pytest.mark.browser
@looked_at.needs_chromium
def test_the_assistant_answers_from_the_documentation_and_leads_to_the_sentence(docs):
    """From the home page: a question, an answer that cites the guide, and a press that opens it there."""
    if not element.is_built():
        assert not os.environ.get("CI"), "CI builds the element"
        pytest.skip("the element is not built; `make widget` does it")
    with looked_at.browsed(docs) as page:
        panel = Panel(page, docs).open()
        answer = panel.ask("How do I use PostgreSQL?")
        marker = answer.locator(".cite").first
        expect(marker).to_be_visible()
        assert "md-content__inner" in page.evaluate("document.querySelector('pageside-assistant').scope.className")
        page.evaluate("window.kept = true")
        marker.click()
        page.wait_for_url("**/guides/use-postgresql/**")

        expect(page.get_by_role("heading", name="Use PostgreSQL", level=1)).to_be_visible()
        page.wait_for_function("() => CSS.highlights.get('pageside-cited')?.size > 0")
        assert "PostgreSQL" in panel.highlighted() or "SQLite" in panel.highlighted()
        assert page.evaluate("window.kept") is True


@pytest.mark.browser
@looked_at.needs_chromium
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(docs, site, width):
    """Tables, code and pictures give way or scroll by themselves."""
    pages = ["/", "/reference/settings/", "/benchmarks/", "/development/architecture/", "/development/requirements/"]
    with looked_at.browsed(docs) as page:
        page.set_viewport_size({"width": width, "height": 800})
        for path in pages:
            page.goto(docs + path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
