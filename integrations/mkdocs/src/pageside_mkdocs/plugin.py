"""Puts the assistant's script on every page, with what the configuration says of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from importlib import util
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

log = logging.getLogger("mkdocs.plugins.pageside")

FOLDER = "assets/pageside"
BRIDGE = f"{FOLDER}/bridge.js"
LOST = "404.html"
SCRIPTS = ("loader.js", "chatkit.js")
_COMPRESSED = (".gz", ".br")
_TEXTS = ("title", "label", "greeting", "disclaimer", "locale", "selector", "book")


class Address(c.OptionallyRequired[str]):
    """The address of a server, or nothing for the site's own origin."""

    def run_validation(self, value: object) -> str:
        parts = urlsplit(value) if isinstance(value, str) else None
        if value == "":
            return ""
        if parts is None or parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
            raise base.ValidationError("must be an address such as https://chat.example.org, or empty")
        return str(value).rstrip("/")


class PagesideConfig(base.Config):
    """What a site may say of its assistant."""

    server = Address(default="")
    assets = c.Choice(("server", "copy"), default="server")
    position = c.Optional(c.Choice(("right", "left", "none")))
    theme = c.Optional(c.Choice(("light", "dark")))
    title = c.Optional(c.Type(str))
    label = c.Optional(c.Type(str))
    greeting = c.Optional(c.Type(str))
    disclaimer = c.Optional(c.Type(str))
    locale = c.Optional(c.Type(str))
    book = c.Optional(c.Type(str))
    selector = c.Type(str, default=".md-content__inner")
    starters = c.ListOfItems(c.Type(str), default=[])
    open = c.Type(bool, default=False)


class PagesidePlugin(BasePlugin[PagesideConfig]):
    """`plugins: [pageside]`."""

    _serving = False

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Notes whether the site is only shown while it is written."""
        self._serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Refuses what cannot work, before anything is built."""
        if self.config.assets == "copy" and not self.config.server:
            raise PluginError("pageside: assets: copy needs server: the copied files have to know where to ask.")
        if self._serving and not self.config.server:
            log.warning("while `mkdocs serve` runs, the assistant needs `server`, such as http://127.0.0.1:8001")
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Adds what the pages load from the site itself."""
        added = {BRIDGE: Path(__file__).with_name("bridge.js")}
        if self.config.assets == "copy":
            added |= {f"{FOLDER}/{path}": place for path, place in _copied(_built())}
        for path, place in added.items():
            # As files, and not as their content: mkdocs-static-i18n asks each where it stands.
            files.append(File.generated(config, path, abs_src_path=str(place)))
        return files

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Adds the scripts at the end of the page, where instant navigation leaves them alone."""
        return self._with_scripts(output, partial(get_relative_url, other=page.url))

    def on_post_template(self, output_content: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Adds them to the page for what is not found, too, which is shown at any address."""
        top = urlsplit(config.site_url or "").path.rstrip("/")
        return self._with_scripts(output_content, f"{top}/{{}}".format) if template_name == LOST else output_content

    def _with_scripts(self, output: str, addressed: Callable[[str], str]) -> str:
        loader = f"{FOLDER}/loader.js"
        src = addressed(loader) if self.config.assets == "copy" else f"{self.config.server}/loader.js"
        told = "".join(f' data-{name}="{escape(value)}"' for name, value in self._attributes())
        bridge = f'<script src="{escape(addressed(BRIDGE))}" defer></script>'
        at, found, rest = output.rpartition("</body>")
        return f'{at}{bridge}<script src="{escape(src)}" defer{told}></script>\n{found}{rest}' if found else output

    def _attributes(self) -> Iterator[tuple[str, str]]:
        if self.config.server:
            yield "server", self.config.server
        for name in (*_TEXTS, "position", "theme"):
            if value := self.config[name]:
                yield name, value
        if self.config.starters:
            yield "starters", "\n".join(self.config.starters)
        if self.config.open:
            yield "open", ""


def _built() -> Path:
    """The folder of the built element, out of the installed server.

    Raises:
        PluginError: The server is not installed, or was installed without the element.
    """
    found = util.find_spec("pageside")
    for place in found.submodule_search_locations or () if found else ():
        built = Path(place) / "web" / "static"
        if (built / "chatkit.js").is_file():
            return built
    raise PluginError("pageside: assets: copy needs the server installed with its element: pip install pageside")


def _copied(built: Path) -> Iterator[tuple[str, Path]]:
    """Each file of the element, with its place: two scripts, and what they load, as the server has it."""
    for place in sorted(built.rglob("*")):
        path = place.relative_to(built).as_posix()
        if place.is_file() and place.suffix not in _COMPRESSED:
            yield (path if path in SCRIPTS else f"-/widget/{path}"), place
