"""What MkDocs is told of this repository: pages that stand beside `docs`, and links that lead out of it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
HOME = "README.md"
DECISIONS = "development/adr/"
CHANGES = "changelog.md"
TABS = ("Concepts", "Reference", "Development")  # the other parts are guides
# Files of the repository that are read where they stand, and are pages of the site as well.
PAGES = {
    "CHANGELOG.md": CHANGES,
    "CONTRIBUTING.md": "development/contributing.md",
    "LICENSE": "license.md",
    "SECURITY.md": "development/security.md",
    "evals/README.md": "reference/questions.md",
    "examples/physical-ai/README.md": "guides/example-book.md",
    "integrations/docusaurus/README.md": "guides/docusaurus.md",
    "integrations/mkdocs/README.md": "guides/mkdocs.md",
}
_FENCE = re.compile(r"^( *)(`{3,}|~{3,}).*?^\1\2 *$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(\]\()([^)\s]+)(\))")
_LANGUAGES = {
    ".conf": "nginx",
    ".json": "json",
    ".py": "python",
    ".service": "ini",
    ".sh": "bash",
    ".timer": "ini",
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Makes the navigation of what the front page lists: its headings are the parts, its lists their pages."""
    text = (Path(config.docs_dir) / HOME).read_text(encoding="utf-8")
    parts = {
        name: list(_listed(part)) for name, part in re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", text, re.MULTILINE)
    }
    guides = [{name: pages} for name, pages in parts.items() if name not in TABS]
    records = [f"{DECISIONS}{each.name}" for each in sorted((Path(config.docs_dir) / DECISIONS).glob("[0-9]*.md"))]
    development = [page for page in parts["Development"] if not {*page.values()} & {f"{DECISIONS}README.md", CHANGES}]
    config.nav = [
        {"Home": HOME},
        {"Concepts": parts["Concepts"]},
        {"Guides": guides},
        {"Reference": parts["Reference"]},
        {"Decisions": [f"{DECISIONS}README.md", *records]},
        {"Development": development},
        {"Changelog": CHANGES},
    ]
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Adds the pages that stand beside `docs`, and a page for each file of the repository that a page links to."""
    for name, uri in PAGES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        if not name.endswith(".md"):
            text = f"# {name.capitalize()}\n\n{text}"
        files.append(File.generated(config, uri, content=text))
    texts = {f"docs/{each.src_uri}": each.content_string for each in files.documentation_pages()}
    texts |= {name: files.get_file_from_path(uri).content_string for name, uri in PAGES.items()}
    for name in sorted({name for page, text in texts.items() for name in _linked(page, text)}):
        uri = _place(name)
        if files.get_file_from_path(uri) is None and uri.startswith("source/"):
            files.append(File.generated(config, uri, content=_shown(name), inclusion=InclusionLevel.NOT_IN_NAV))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Leads links out of `docs` to where the site shows the file."""
    at = page.file.src_uri
    stands = next((name for name, uri in PAGES.items() if uri == at), f"docs/{at}")
    if at == HOME:
        page.meta["template"] = "home.html"

    def led(match: re.Match[str]) -> str:
        name, fragment = _target(stands, match[2])
        if not name:
            return match[0]
        there = posixpath.relpath(_place(name), posixpath.dirname(at) or ".")
        return f"{match[1]}{there}{fragment}{match[3]}"

    parts, end = [], 0
    for fence in _FENCE.finditer(markdown):
        parts += [_LINK.sub(led, markdown[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, _LINK.sub(led, markdown[end:])])


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Gives the home page its shape: what stands before the first heading is its head, each part after it a card."""
    if page.file.src_uri != HOME:
        return html
    head, *parts = re.split(r"(?=<h2)", html)
    head = re.sub(r"(<h1[^>]*>.*?)beside the page", r"\1<mark>beside the page</mark>", head)
    head = re.sub(r"<p>(?=<img)", '<p class="picture">', head)
    head = re.sub(r"<p>(?=<a )", '<p class="ways">', head).replace("</a> · <a", "</a> <a")
    cards = "".join(f"<section>{part}</section>" for part in parts)
    return f'<div class="head">{head}</div><div class="cards">{cards}</div>'


def _listed(part: str) -> Iterator[dict[str, str]]:
    for title, link in re.findall(r"\[([^\]]+)\]\(([^)\s]+)\)", part):
        yield {title[:1].upper() + title[1:]: _place(_target(f"docs/{HOME}", link)[0])}


def _linked(page: str, text: str) -> Iterator[str]:
    for match in _LINK.finditer(_FENCE.sub("", text)):
        if name := _target(page, match[2])[0]:
            yield name


def _target(page: str, link: str) -> tuple[str, str]:
    """The file of the repository that `link` on `page` leads to, and the rest of the link; nothing for other links."""
    path, mark, fragment = link.partition("#")
    if not path or re.match(r"[a-z]+:|/", path):
        return "", ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)), mark + fragment


def _place(name: str) -> str:
    """Where the site has the file or folder `name` of the repository.

    Raises:
        PluginError: There is no such thing.
    """
    if name.startswith("docs/") or f"{name}/README.md" in PAGES:
        name = f"{name}/README.md" if (ROOT / name).is_dir() else name
    if name in PAGES:
        return PAGES[name]
    if name.startswith("docs/"):
        return name.removeprefix("docs/")
    if not (ROOT / name).exists():
        raise PluginError(f"a page links to {name}, which is not there")
    return f"source/{name}.md"


def _shown(name: str) -> str:
    """A page that shows the file `name`, or the files of that folder; it is no prose, so it is not searched."""
    place = ROOT / name
    files = sorted(each for each in place.rglob("*") if each.is_file() and "__pycache__" not in each.parts)
    body = "".join(f"## {each.relative_to(place)}\n\n{_fenced(each)}\n" for each in files) or _fenced(place)
    return f"---\nsearch: {{exclude: true}}\nhide: [toc]\n---\n\n# {name}\n\n{body}"


def _fenced(file: Path) -> str:
    text = file.read_text(encoding="utf-8").rstrip()
    fence = "`" * max(3, *(len(ticks) + 1 for ticks in re.findall(r"`+", text)), 3)
    return f"{fence}{_LANGUAGES.get(file.suffix, 'text')}\n{text}\n{fence}\n"
