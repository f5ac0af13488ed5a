"""Which site a folder is, and where that site shows its pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from pageside.knowledge.reading import sites
from pageside.knowledge.reading.sites import Root, Site
from pageside.knowledge.reading.sites.site import number_of, strip_number

PLAIN: dict[str, object] = {}


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def docusaurus(**given: object) -> Site:
    return Site(kind="docusaurus", base_url="/docs", language="en", roots=(Root("", "/docs", "en"),), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "front_matter", "url"),
    [
        ("intro.md", {}, "/docs/intro"),
        ("index.md", {}, "/docs/"),
        ("README.md", {}, "/docs/"),
        ("ros2/index.mdx", {}, "/docs/ros2/"),
        ("ros2/ROS2.md", {}, "/docs/ros2/"),
        ("ros2/nodes.md", {}, "/docs/ros2/nodes"),
        ("01-ros2/02-nodes.md", {}, "/docs/ros2/nodes"),
        ("01-ros2/02-nodes.md", {"parse_number_prefixes": False}, "/docs/01-ros2/02-nodes"),
        ("1. ros2/nodes.md", {}, "/docs/ros2/nodes"),
        ("2024-05-01-news.md", {}, "/docs/2024-05-01-news"),
        ("releases/1.2-notes.md", {}, "/docs/releases/1.2-notes"),
        ("ros2/nodes.md", {"id": "all-about-nodes"}, "/docs/ros2/all-about-nodes"),
        ("ros2/nodes.md", {"slug": "/start"}, "/docs/start"),
        ("ros2/nodes.md", {"slug": "topics"}, "/docs/ros2/topics"),
        ("01-ros2/nodes.md", {"slug": "../topics"}, "/docs/topics"),
        ("ros2/index.md", {"slug": "/"}, "/docs/"),
        ("ros2/index.md", {"slug": "overview"}, "/docs/ros2/overview"),
        ("ros2/index.md", {"id": "other"}, "/docs/ros2/"),
        ("a b/c#d?.md", {}, "/docs/a%20b/c%23d%3F"),
        ("سبق.md", {}, "/docs/%D8%B3%D8%A8%D9%82"),
    ],
)
def test_docusaurus_makes_addresses_of_slugs_ids_and_names(
    path: str, front_matter: dict[str, object], url: str
) -> None:
    assert docusaurus().url(path, front_matter) == url


def test_a_trailing_slash_is_as_the_configuration_wants_it() -> None:
    assert docusaurus(trailing_slash=True).url("ros2/nodes.md", PLAIN) == "/docs/ros2/nodes/"
    assert docusaurus(trailing_slash=False).url("ros2/index.md", PLAIN) == "/docs/ros2"
    assert docusaurus().url("ros2/index.md", PLAIN) == "/docs/ros2/"


@pytest.mark.parametrize(
    ("name", "stripped", "number"),
    [
        ("01-intro", "intro", 1.0),
        ("3_setup", "setup", 3.0),
        ("10 - wheels", "wheels", 10.0),
        ("2. arms", "arms", 2.0),
        ("2023.10.01-x", "2023.10.01-x", None),
        ("1.0-changes", "1.0-changes", None),
        ("01", "01", None),
        ("intro", "intro", None),
    ],
)
def test_only_a_number_that_orders_is_dropped(name: str, stripped: str, number: float | None) -> None:
    assert (strip_number(name), number_of(name)) == (stripped, number)


def test_a_configuration_above_the_folder_decides(tmp_path: Path) -> None:
    """Route, base URL and locale come from literals of the configuration, in TypeScript too."""
    config = """
    import type {Config} from '@docusaurus/types';
    const docs: Options = {routeBasePath: 'learn', path: 'docs'};
    const config: Config = {
      title: 'Robots',
      baseUrl: '/book/',
      trailingSlash: false,
      i18n: {defaultLocale: 'en', locales: ['en', 'ur']},
      presets: [['classic', {docs: docs, blog: false} satisfies Preset.Options]],
      plugins: [['@docusaurus/plugin-content-docs', {id: 'lab', path: 'lab', routeBasePath: 'labs'}]],
    };
    export default config;
    """
    translated = "i18n/ur/docusaurus-plugin-content-docs/current/a.md"
    write(tmp_path, **{"docusaurus.config.ts": config, "docs/ros/a.md": "x", "lab/b.md": "x", translated: "x"})

    site = sites.detect(tmp_path)
    assert (site.kind, site.base_url) == ("docusaurus", "/book/learn")
    assert site.url("docs/ros/a.md", PLAIN) == "/book/learn/ros/a"
    assert site.url("lab/b.md", PLAIN) == "/book/labs/b"
    assert site.url(translated, PLAIN) == "/book/ur/learn/a"
    assert sites.detect(tmp_path / "docs").url("ros/a.md", PLAIN) == "/book/learn/ros/a"
    assert sites.detect(tmp_path / "docs/ros").url("a.md", PLAIN) == "/book/learn/ros/a"


def test_a_configuration_of_another_folder_is_none_of_ours(tmp_path: Path) -> None:
    write(
        tmp_path, **{"docusaurus.config.js": "module.exports = {baseUrl: '/x/'}", "docs/a.md": "", "notes/b.md": "hi"}
    )

    assert sites.detect(tmp_path / "notes").kind == "plain"


def test_versions_have_addresses_of_their_own(tmp_path: Path) -> None:
    """The newest is shown at the route itself, the one in work at `next`."""
    write(
        tmp_path,
        **{
            "docusaurus.config.js": "module.exports = {baseUrl: '/'}",
            "versions.json": '["2.0", "1.0"]',
            "docs/a.md": "",
            "versioned_docs/version-2.0/a.md": "",
            "versioned_docs/version-1.0/a.md": "",
            "i18n/ja/docusaurus-plugin-content-docs/version-1.0/a.md": "",
        },
    )

    site = sites.detect(tmp_path)
    assert site.url("docs/a.md", PLAIN) == "/docs/next/a"
    assert site.url("versioned_docs/version-2.0/a.md", PLAIN) == "/docs/a"
    assert site.url("versioned_docs/version-1.0/a.md", PLAIN) == "/docs/1.0/a"
    assert site.url("i18n/ja/docusaurus-plugin-content-docs/version-1.0/a.md", PLAIN) == "/ja/docs/1.0/a"
    assert site.root("versioned_docs/version-1.0/a.md").version == "1.0"


def test_the_last_version_may_be_the_one_in_work(tmp_path: Path) -> None:
    config = (
        "module.exports = {presets: [['classic', {docs: {lastVersion: 'current', versions: {'1.0': {path: 'old'}}}}]]}"
    )
    write(tmp_path, **{"docusaurus.config.js": config, "docs/a.md": "", "versioned_docs/version-1.0/a.md": ""})

    site = sites.detect(tmp_path)
    assert site.url("docs/a.md", PLAIN) == "/docs/a"
    assert site.url("versioned_docs/version-1.0/a.md", PLAIN) == "/docs/old/a"


def test_a_base_url_that_is_given_wins(tmp_path: Path) -> None:
    """It is where the main tree is shown; locales branch off before the route."""
    translated = "i18n/ur/docusaurus-plugin-content-docs/current/a.mdx"
    write(tmp_path, **{"docs/a.mdx": ":::note\nx\n:::", translated: "x"})

    site = sites.detect(tmp_path, base_url="https://example.org/book/docs")
    assert site.url("docs/a.mdx", PLAIN) == "https://example.org/book/docs/a"
    assert site.url(translated, PLAIN) == "https://example.org/book/ur/docs/a"
    assert sites.detect(tmp_path / "docs", base_url="/read").url("a.mdx", PLAIN) == "/read/a"


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"a.md": ":::tip\nx\n:::\n"}, "docusaurus"),
        ({"a.md": "---\nsidebar_position: 2\n---\n"}, "docusaurus"),
        ({"a.mdx": "text"}, "docusaurus"),
        ({"a.md": "/// note\n\nx\n\n///\n"}, "mkdocs"),
        ({"a.md": '!!! note "x"\n    y\n'}, "mkdocs"),
        ({"src/SUMMARY.md": "- [A](a.md)\n", "src/a.md": "x"}, "mdbook"),
        ({"_toctree.yml": "- local: a\n  title: A\n", "a.mdx": "x"}, "plain"),
        ({"a.md": "# Text\n"}, "plain"),
    ],
)
def test_without_a_configuration_the_pages_tell(tmp_path: Path, files: dict[str, str], kind: str) -> None:
    assert sites.detect(write(tmp_path, **files)).kind == kind


def test_mkdocs_reads_address_order_and_ids_from_its_configuration(tmp_path: Path) -> None:
    """Tags it does not know do not stop it."""
    config = """
    site_url: https://example.org/book/
    theme: {name: material, language: ja}
    nav:
      - index.md
      - Guide:
        - Later: guide/z.md
        - guide/a.md
      - Elsewhere: https://example.org
    markdown_extensions:
      - toc:
          permalink: true
          slugify: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}
      - pymdownx.emoji:
          emoji_index: !!python/name:material.extensions.emoji.twemoji
    """.replace("\n    ", "\n")
    write(tmp_path, **{"mkdocs.yml": config, "docs/index.md": "", "docs/guide/a.md": "", "docs/guide/z.md": ""})

    site = sites.detect(tmp_path)
    assert (site.kind, site.base_url, site.language, site.slug_rule) == ("mkdocs", "/book", "ja", "pymdownx")
    assert site.url("docs/guide/a.md", PLAIN) == "/book/guide/a/"
    assert site.url("docs/index.md", PLAIN) == "/book/"
    pages = ["docs/guide/a.md", "docs/guide/z.md", "docs/index.md"]
    assert sorted(pages, key=lambda page: site.place(page, PLAIN)) == [pages[2], pages[1], pages[0]]


def test_books_of_several_languages_branch_off_below_the_english_one(tmp_path: Path) -> None:
    tip = "/// tip\n\nx\n\n///"
    material = write(tmp_path / "m", **{"docs/en/docs/a.md": tip, "docs/ja/docs/a.md": tip})
    course = write(tmp_path / "c", **{"units/en/_toctree.yml": "- local: a", "units/fr/_toctree.yml": "- local: a"})

    assert sites.detect(material).url("docs/en/docs/a.md", PLAIN) == "/a/"
    assert sites.detect(material).url("docs/ja/docs/a.md", PLAIN) == "/ja/a/"
    assert sites.detect(material / "docs/ja/docs").language == "ja"
    assert sites.detect(course).url("units/fr/a.mdx", PLAIN) == "/fr/a"
    assert sites.detect(course).root("units/fr/a.mdx").language == "fr"


def test_a_part_of_a_translated_or_versioned_tree_knows_where_it_is(tmp_path: Path) -> None:
    names = ("i18n/ur/docusaurus-plugin-content-docs/current/arms", "versioned_docs/version-1.0/arms")
    write(tmp_path, **{f"{name}/a.mdx": "x" for name in names}, **{"versioned_docs/version-2.0/a.mdx": "x"})

    assert sites.detect(tmp_path / names[0]).url("a.mdx", PLAIN) == "/ur/docs/next/arms/a"
    assert sites.detect(tmp_path / names[1]).url("a.mdx", PLAIN) == "/docs/1.0/arms/a"


@pytest.mark.parametrize(
    ("told", "address"), [("!ENV [DOCS_URL, 'https://bees.example/book/']", "/book/b/"), ("!ENV DOCS_URL", "/b/")]
)
def test_mkdocs_settings_out_of_the_environment_have_their_default(tmp_path: Path, told: str, address: str) -> None:
    """What the environment of the build says, nobody knows when the book is read."""
    write(tmp_path, **{"mkdocs.yml": f"site_url: {told}\n", "docs/b.md": ""})

    assert sites.detect(tmp_path / "docs").url("b.md", PLAIN) == address


def test_mkdocs_without_directory_addresses_shows_files(tmp_path: Path) -> None:
    write(tmp_path, **{"mkdocs.yml": "use_directory_urls: false\n", "docs/a/b.md": ""})

    assert sites.detect(tmp_path / "docs").url("a/b.md", PLAIN) == "/a/b.html"


def test_mdbook_reads_its_table_of_contents(tmp_path: Path) -> None:
    toml = '[book]\nsrc = "pages"\nlanguage = "de"\n[output.html]\nsite-url = "/buch/"\n'
    summary = "# Inhalt\n\n[Vorwort](vor.md)\n\n- [Zwei](zwei.md)\n  - [Eins](teil/eins.md)\n"
    write(tmp_path, **{"book.toml": toml, "pages/SUMMARY.md": summary, "pages/teil/eins.md": "x"})

    site = sites.detect(tmp_path)
    assert (site.kind, site.language, site.order) == ("mdbook", "de", ("vor", "zwei", "teil/eins"))
    assert site.url("pages/teil/eins.md", PLAIN) == "/buch/teil/eins.html"
    assert site.url("pages/teil/README.md", PLAIN) == "/buch/teil/"
    assert not site.shows("pages/SUMMARY.md")


def test_docusaurus_orders_by_position_then_number_then_name(tmp_path: Path) -> None:
    """A folder's own place is in its category file; its index comes first in it; week 10 follows week 9."""
    files = {
        "docs/b/_category_.json": '{"position": 1}',
        "docs/a/_category_.yml": "position: 2\n",
        "docs/a/index.mdx": "x",
        "docs/a/week-10.md": "x",
        "docs/a/week-9.md": "x",
        "docs/b/02-y.md": "x",
        "docs/b/01-z.md": "x",
        "docs/last.md": "x",
    }
    site = sites.detect(write(tmp_path, **files))
    pages = [name for name in files if name.endswith((".md", ".mdx"))]

    assert sorted(pages, key=lambda page: site.place(page, PLAIN)) == [
        "docs/b/01-z.md",
        "docs/b/02-y.md",
        "docs/a/index.mdx",
        "docs/a/week-9.md",
        "docs/a/week-10.md",
        "docs/last.md",
    ]
    assert site.place("docs/last.md", {"sidebar_position": 0}) < site.place("docs/b/01-z.md", PLAIN)


def test_a_static_sidebar_gives_the_order(tmp_path: Path) -> None:
    sidebars = """
    export default {main: ['welcome', {type: 'category', label: 'Rest', link: {type: 'doc', id: 'rest/start'},
      items: ['rest/b', {type: 'autogenerated', dirName: 'more'}, 'rest/a']}]};
    """
    files = {f"docs/{name}.mdx": "x" for name in ("welcome", "rest/a", "rest/b", "rest/01-start", "more/x", "zzz")}
    site = sites.detect(
        write(tmp_path, **{"docusaurus.config.js": "export default {}", "sidebars.js": sidebars, **files})
    )

    assert sorted(files, key=lambda page: site.place(page, PLAIN)) == [
        f"docs/{name}.mdx" for name in ("welcome", "rest/01-start", "rest/b", "more/x", "rest/a", "zzz")
    ]


def test_the_fingerprint_tells_addresses_apart_and_not_orders() -> None:
    assert docusaurus().fingerprint != docusaurus(trailing_slash=True).fingerprint
    assert docusaurus().fingerprint == docusaurus(order=("a", "b")).fingerprint


@pytest.mark.parametrize(
    "text", ["", "{{{", "module.exports = 3", "export default f()", "module.exports = {presets: 1}"]
)
def test_a_configuration_that_says_nothing_leaves_the_defaults(tmp_path: Path, text: str) -> None:
    write(tmp_path, **{"docusaurus.config.js": text, "docs/a.md": ""})

    assert sites.detect(tmp_path).url("docs/a.md", PLAIN) == "/docs/a"
