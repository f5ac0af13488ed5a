"""The MkDocs plugin on a real site: Material and the plain theme, copied files, refusals."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.sites import looked_at

SERVER = "https://chat.example.org"


@pytest.fixture
def build(tmp_path):
    """Builds a small site with `plugin` as its options; gives the folder, or what was said when it failed."""

    def built(plugin, *, theme="material", site_url="https://bees.example/book/", **others):
        docs = tmp_path / "docs"
        (docs / "hive").mkdir(parents=True, exist_ok=True)
        (docs / "index.md").write_text("# Bees\n\nSee [the hive](hive/parts.md).\n", encoding="utf-8")
        (docs / "hive" / "parts.md").write_text("# Parts\n\nThe brood box holds eleven frames.\n", encoding="utf-8")
        looks = {
            "material": {"font": False, "features": ["navigation.instant"]},
            "mkdocs": {"highlightjs": False},  # which would come from elsewhere
            "readthedocs": {"highlightjs": False},
        }
        config = {
            "site_name": "Bees",
            "site_url": site_url,
            "theme": {"name": theme, **looks[theme]},
            "plugins": ["search", {"pageside": plugin}],
            **others,
        }
        (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={"NO_MKDOCS_2_WARNING": "1", "PATH": ""},
        )
        return tmp_path / "site" if done.returncode == 0 else done.stdout + done.stderr

    return built


def scripts(page: Path) -> list[dict[str, str]]:
    """The attributes of every script at the end of `page` that the plugin has put there."""
    found = re.findall(r"<script ([^>]*(?:bridge|loader)\.js[^>]*)>", page.read_text(encoding="utf-8"))
    return [dict(re.findall(r'([\w-]+)="([^"]*)"', each)) for each in found]


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
def test_every_page_of_every_theme_has_the_assistant(build, theme):
    """Without a server named, it is asked where the site stands."""
    site = build({}, theme=theme)

    for page, top in (("index.html", ""), ("hive/parts/index.html", "../../"), ("404.html", "/book/")):
        bridge, loader = scripts(site / page)
        assert bridge["src"] == f"{top}assets/pageside/bridge.js"
        assert loader["src"] == "/loader.js"
        assert loader["data-selector"] == ".md-content__inner"  # `main` holds the navigation too
    assert (site / "assets" / "pageside" / "bridge.js").is_file()


def test_what_the_configuration_says_is_told(build):
    """As attributes of the script, whatever characters it holds."""
    options = {"server": f"{SERVER}/", "title": 'Ask "Bees" & more', "starters": ["Why?", "How?"], "open": True}
    _, loader = scripts(build(options) / "index.html")

    assert loader["src"] == f"{SERVER}/loader.js"
    assert loader["data-server"] == SERVER
    assert (
        loader["data-title"] == "Ask &#34;Bees&#34; &amp; more"
        or loader["data-title"] == "Ask &quot;Bees&quot; &amp; more"
    )
    assert loader["data-starters"] == "Why?\nHow?"
    assert loader["data-open"] == ""


def test_a_site_may_carry_the_element_itself(build, tmp_path):
    """Beside its pages, as the server has it; it still asks the server."""
    package = tmp_path / "pageside"
    built = package / "web" / "static" / "lazy"
    built.mkdir(parents=True)
    (package / "__init__.py").touch()
    for name in ("loader.js", "chatkit.js", "chatkit.js.gz", "lazy/math.js"):
        (built.parent / name).write_text("//", encoding="utf-8")
    # `python -m` looks in the folder it is started in before it looks at what is installed.
    site = build({"server": SERVER, "assets": "copy"})
    _, loader = scripts(site / "hive" / "parts" / "index.html")
    copied = {
        str(path.relative_to(site / "assets" / "pageside")) for path in (site / "assets" / "pageside").rglob("*.*")
    }

    assert loader["src"] == "../../assets/pageside/loader.js"
    assert loader["data-server"] == SERVER
    assert copied == {"bridge.js", "loader.js", "chatkit.js", "-/widget/lazy/math.js"}


def test_what_is_added_stands_on_the_disk(build, tmp_path):
    """Plugins for several languages ask of every file where that is, and end at one that is nowhere."""
    last = "from mkdocs.plugins import event_priority\n\n@event_priority(-100)\n"
    hook = f"{last}def on_files(files, config):\n    assert all(file.abs_src_path for file in files)\n"
    (tmp_path / "hook.py").write_text(hook, encoding="utf-8")

    assert isinstance(build({}, hooks=["hook.py"]), Path)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"server": "chat.example.org"}, "must be an address such as"),
        ({"assets": "copy"}, "assets: copy needs server"),
        ({"assets": "cdn"}, "server', 'copy"),
        ({"open": "yes"}, "open"),
        ({"sever": SERVER}, "sever"),
    ],
)
def test_what_cannot_be_used_stops_the_build(build, options, said):
    """With the name of the option."""
    told = build(options)

    assert isinstance(told, str)
    assert said in told


@pytest.mark.browser
@looked_at.needs_chromium
def test_instant_navigation_takes_the_assistant_along(build, tmp_path):
    """It hears of every page, goes to one without a reload, and is there once."""
    (tmp_path / "loader.js").write_text(looked_at.STUB, encoding="utf-8")
    (tmp_path / "book").symlink_to(tmp_path / "site")
    with looked_at.shown(tmp_path) as address:
        build({}, site_url=f"{address}/book/")
        look(address)


def look(address):
    with looked_at.browsed(f"{address}/book/") as page:
        page.wait_for_load_state("networkidle")  # the theme reads first which pages there are
        page.evaluate("window.kept = true")
        page.evaluate("go('hive/parts/')")
        page.get_by_role("heading", name="Parts").wait_for()
        page.wait_for_function("() => heard.at(-1) === '/book/hive/parts/'")

        assert page.evaluate("[window.kept, window.loads]") == [True, 1]
        page.evaluate("go('../../')")
        page.get_by_role("heading", name="Bees").wait_for()
        page.wait_for_function("() => heard.at(-1) === '/book/'")
        assert page.evaluate("[window.kept, window.loads]") == [True, 1]


@pytest.mark.browser
@looked_at.needs_chromium
def test_a_plain_theme_opens_pages_as_links_do(build, tmp_path):
    """Nothing takes the way from the assistant."""
    build({}, theme="mkdocs")
    (tmp_path / "loader.js").write_text(looked_at.STUB, encoding="utf-8")
    (tmp_path / "book").symlink_to(tmp_path / "site")
    with looked_at.shown(tmp_path) as address, looked_at.browsed(f"{address}/book/") as page:
        page.evaluate("go('hive/parts/')")
        page.get_by_role("heading", name="Parts").wait_for()

        assert page.url == f"{address}/book/hive/parts/"
