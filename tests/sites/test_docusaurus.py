"""The Docusaurus plugin on real sites: the example book as it is served, and one with a base and two languages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx2
import pytest
from tests import served
from tests.repository import ROOT
from tests.sites import looked_at

EXAMPLE = ROOT / "examples" / "physical-ai"
INSTALLED = EXAMPLE / "node_modules"
# The Node that `make` brings where the machine has none.
PATH = os.pathsep.join((os.environ["PATH"], str(ROOT / ".node" / "bin")))
NODE = shutil.which("node", path=PATH)
SERVER = "https://chat.example.org"
CONFIG = """
export default {
  title: 'Bees', url: 'https://bees.example', baseUrl: '/book/', trailingSlash: TRAILING, onBrokenLinks: 'throw',
  i18n: { defaultLocale: 'en', locales: ['en', 'ur'] },
  future: { v4: { removeLegacyPostBuildHeadAttribute: true }, faster: true },
  plugins: [['PLUGIN', OPTIONS]],
  presets: [['classic', { docs: { routeBasePath: '/' }, blog: false }]],
};
"""

needs_site = pytest.mark.skipif(
    not (EXAMPLE / "build" / "index.html").is_file() and not os.environ.get("CI"),
    reason="the example book's site is not built; `make site` builds it",
)
needs_node = pytest.mark.skipif(
    (NODE is None or not INSTALLED.is_dir()) and not os.environ.get("CI"),
    reason="no Node with the packages of a site; `make site` installs them",
)


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The example book, served as `make serve` does."""
    folder = tmp_path_factory.mktemp("example")
    with served.server(EXAMPLE / "docs", folder / "data", EMBEDDING_MODEL="none") as address:
        yield address


@pytest.fixture
def build(tmp_path):
    """Builds a small site with the plugin and `options`, in a folder of its own with the packages of the example."""

    def built(options, *, trailing="undefined"):
        plugin = tmp_path / "plugin"
        shutil.copytree(ROOT / "integrations" / "docusaurus" / "src", plugin / "src")
        shutil.copy(ROOT / "integrations" / "docusaurus" / "package.json", plugin)
        (plugin / "element" / "lazy").mkdir(parents=True)
        for name in ("loader.js", "chatkit.js", "chatkit.js.br", "lazy/math.js"):
            (plugin / "element" / name).write_text("//", encoding="utf-8")
        home = tmp_path / "site"
        (home / "docs" / "hive").mkdir(parents=True)
        (home / "docs" / "index.md").write_text("# Bees\n\nSee [the hive](hive/parts.md).\n", encoding="utf-8")
        (home / "docs" / "hive" / "parts.md").write_text("# Parts\n\nEleven frames.\n", encoding="utf-8")
        (home / "package.json").write_text("{}", encoding="utf-8")
        (home / "node_modules").symlink_to(INSTALLED)
        config = CONFIG.replace("PLUGIN", f"{plugin}/src/index.js").replace("OPTIONS", options)
        (home / "docusaurus.config.mjs").write_text(config.replace("TRAILING", trailing), encoding="utf-8")
        done = subprocess.run(
            [NODE, INSTALLED / "@docusaurus" / "core" / "bin" / "docusaurus.mjs", "build"],
            cwd=home,
            env={**os.environ, "PATH": PATH},
            capture_output=True,
            text=True,
            check=False,
        )
        return home / "build" if done.returncode == 0 else done.stdout + done.stderr

    return built


def loader(page: Path) -> dict[str, str]:
    """The attributes of the loader's script on `page`."""
    found = re.search(r"<script ([^>]*loader\.js[^>]*)>", page.read_text(encoding="utf-8"))
    assert found
    return {name: value.strip('"') for name, value in re.findall(r'([\w-]+)=("[^"]*"|[^\s>]+)', found[1])}


@pytest.mark.browser
@needs_site
@looked_at.needs_chromium
def test_a_citation_opens_in_the_site_without_a_reload(example):
    """The router takes the way, and the assistant hears of it; what is no page of the site opens as links do."""
    with looked_at.browsed(f"{example}/intro") as page:
        book = page.locator(page.locator("script[data-selector]").get_attribute("data-selector")).first
        assert "Three promises" in book.inner_text()
        assert "Next" not in book.inner_text(), "ways to other pages are not the book"
        page.evaluate(looked_at.STUB)
        page.evaluate("window.kept = true")
        page.evaluate("go('/hardware#tiers')")
        page.get_by_role("heading", name="The three tiers").wait_for()
        page.wait_for_function("() => heard.at(-1) === '/hardware#tiers'")

        assert page.evaluate("window.kept")
        page.go_back()
        page.get_by_role("heading", name="Three promises").wait_for()
        assert page.evaluate("window.kept")
        page.evaluate("go('/-/docs')")
        page.wait_for_url("**/-/docs")
        assert not page.evaluate("window.kept === true")


@pytest.mark.browser
@needs_site
@looked_at.needs_chromium
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_example_book_shows_mathematics_diagrams_and_quizzes(example, theme):
    """Under the policy of the server, with nothing from elsewhere and nothing to complain of."""
    with looked_at.browsed(f"{example}/module-1-ros2/nodes-and-topics") as page:
        page.emulate_media(color_scheme=theme)
        page.reload()
        page.locator(".docusaurus-mermaid-container svg").first.wait_for()

        page.wait_for_function(f"() => document.documentElement.dataset.theme === '{theme}'")
        assert page.locator(".katex-html").count() > 0
        failed = "document.fonts.ready.then(() => [...document.fonts].filter(each => each.status === 'error').length)"
        assert page.evaluate(failed) == 0
        quiz = page.locator("section.quiz")
        quiz.get_by_role("radio").first.check()
        assert re.match("Right|Not quite", quiz.get_by_role("status").first.inner_text())


@needs_site
def test_addresses_of_the_index_are_pages_of_the_site(example):
    """So that a citation leads to one."""
    index = {f"/{path.parent.relative_to(EXAMPLE / 'build')}" for path in (EXAMPLE / "build").rglob("index.html")}
    pages = served_addresses(example)

    assert pages
    assert {address.rstrip("/") or "/" for address in pages} <= {each.removesuffix("/.") or "/" for each in index}


def served_addresses(address):
    """Where the index says that pages stand."""
    told = httpx2.get(f"{address}/chatkit/entities", params={"limit": 50}).json()["entities"]
    return {each["data"]["url"] for each in told if each["data"]["kind"] == "page"}


@needs_node
@pytest.mark.timeout(300)
@pytest.mark.parametrize("trailing", ["true", "false"])
def test_a_site_with_a_base_and_two_languages_carries_the_element(build, trailing):
    """Below the base of each language, beside what it loads; the server is asked."""
    site = build(f"{{ server: '{SERVER}/', assets: 'copy', starters: ['Why?', 'How?'] }}", trailing=trailing)
    assert isinstance(site, Path), site
    page = "hive/parts.html" if trailing == "false" else "hive/parts/index.html"
    english, urdu = loader(site / page), loader(site / "ur" / page)

    assert english["src"] == "/book/pageside/loader.js"
    assert urdu["src"] == "/book/ur/pageside/loader.js"
    assert english["data-server"] == SERVER
    for folder in (site / "pageside", site / "ur" / "pageside"):
        copied = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert copied == {"loader.js", "chatkit.js", "-/widget/lazy/math.js"}


@needs_node
@pytest.mark.timeout(300)
def test_an_option_that_cannot_be_used_stops_the_build(build):
    """And says which."""
    told = build("{ sever: '' }")

    assert isinstance(told, str)
    assert '"sever" is no option' in told
