"""A built site as its readers get it: at the addresses its generator means, with a policy for its own scripts."""

from __future__ import annotations

import base64
import hashlib
import re

import httpx2
import pytest
from tests import served, small_book

from pageside.errors import SettingsError
from pageside.web import site

INLINE = "document.documentElement.dataset.theme = 'dark';\nlet a = '</b>';"
PAGE = """<!doctype html><html lang="en"><head><meta name="generator" content="{generator}">
<link rel="canonical" href="https://bees.example{base}"><title>{title}</title>
<script>{inline}</script><script type=application/ld+json>{{"a": 1}}</script>
<script src="{base}assets/js/main.0123abcd.js" defer></script></head><body><h1>{title}</h1></body></html>"""

NAMES = {  # and whether the name holds a digest
    "hive-0123456789abcdef0123456789abcdef.gif": True,
    "hive.79ae519e.gif": True,
    "photo-20240115.gif": False,
    "photo-20240115b.gif": False,
    "photo-20240115103000.gif": False,
    "cafe-deadbeef.gif": False,
    "hive.gif": False,
}


def write(root, *, base="/", generator="Docusaurus v3.10.2"):
    """A site as Docusaurus or another generator leaves it."""
    pages = {
        "index.html": "Home",
        "404.html": "Lost",
        "docs/hive/index.html": "Hive",
        "docs/flat.html": "Flat",
        "ur/index.html": "چھتا",
    }
    for path, title in pages.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        told = PAGE.format(generator=generator, base=base, title=title, inline=INLINE)
        (root / path).write_text(told, encoding="utf-8")
    (root / "assets" / "js").mkdir(parents=True)
    (root / "assets" / "js" / "main.0123abcd.js").write_text("1;" * 1000, encoding="utf-8")
    for name in NAMES:
        (root / "assets" / "images").mkdir(exist_ok=True)
        (root / "assets" / "images" / name).write_bytes(b"GIF89a")
    (root / "guide.PDF").write_bytes(b"%PDF-1.7")
    (root / "film.mp4").write_bytes(b"0" * 100)
    (root / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    (root / "img.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    (root / ".secret").write_text("secret", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sites")


@pytest.fixture(scope="module")
def docusaurus(folder):
    root = write(folder / "assets" / "v-0123abcd.d" / "docusaurus")
    (root.parent / "secret.html").write_text("secret", encoding="utf-8")
    with served.server(small_book.write(folder / "book"), folder / "data", PAGESIDE_SITE=str(root)) as address:
        yield address


@pytest.fixture(scope="module")
def mkdocs(tmp_path_factory):
    """Below a base, and found beside the book."""
    folder = tmp_path_factory.mktemp("mkdocs")
    small_book.write(folder / "docs")
    (folder / "mkdocs.yml").write_text("site_name: Bees\nsite_url: https://bees.example/book/\n", encoding="utf-8")
    write(folder / "site", base="/book/", generator="mkdocs-1.6.1")
    with served.server(folder / "docs", folder / "data", CORS_ORIGINS="https://a.example") as address:
        yield address


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "Home"),
        ("/docs/hive", "Hive"),
        ("/docs/hive/", "Hive"),
        ("/docs/flat", "Flat"),
        ("/docs/flat.html", "Flat"),
        ("/ur/", "چھتا"),
        ("/index.html", "Home"),
    ],
)
def test_a_page_stands_where_docusaurus_links_to_it(docusaurus, path, title):
    """With and without a slash at the end, for its links name whole paths."""
    told = httpx2.get(docusaurus + path)

    assert told.status_code == 200
    assert f"<h1>{title}</h1>" in told.text
    assert told.headers["content-type"] == "text/html; charset=utf-8"


def test_relative_links_lead_on_from_a_slash(mkdocs):
    """So a page of another generator is sent there first, and everything stands below its base."""
    moved = httpx2.get(f"{mkdocs}/book/docs/hive?a=1")
    back = httpx2.get(f"{mkdocs}/book/docs/flat/")

    assert (moved.status_code, moved.headers["location"]) == (301, "/book/docs/hive/?a=1")
    assert (back.status_code, back.headers["location"]) == (301, "/book/docs/flat")
    assert httpx2.get(f"{mkdocs}/").headers["location"] == "/book/"
    assert httpx2.get(f"{mkdocs}/book").headers["location"] == "/book/"
    assert "<h1>Home</h1>" in httpx2.get(f"{mkdocs}/book/").text
    assert "<h1>Lost</h1>" in httpx2.get(f"{mkdocs}/docs/hive/").text


@pytest.mark.parametrize("path", ["/nowhere", "/docs/", "/docs/hive/more"])
def test_what_is_not_there_is_told_in_the_sites_own_words(docusaurus, path):
    """With the status that says so, however often it is asked for."""
    for headers in ({}, {"If-None-Match": "*"}):
        told = httpx2.get(docusaurus + path, headers=headers)

        assert told.status_code == 404
        assert "<h1>Lost</h1>" in told.text


@pytest.mark.parametrize(
    "path", ["/.secret", "/..%2fsecret.html", "/%2e%2e/secret.html", "/docs/..%2f..%2fsecret", "//secret.html"]
)
def test_no_other_file_is_given_out(docusaurus, path):
    """Nor are readers sent to another host."""
    told = httpx2.get(docusaurus + path)

    assert told.status_code == 404
    assert "secret" not in told.text


def test_only_the_scripts_that_stand_in_the_page_run(docusaurus):
    """Each by its digest; data needs none, and what the site has no need of is forbidden."""
    policy = httpx2.get(f"{docusaurus}/docs/hive").headers["content-security-policy"]
    digest = base64.b64encode(hashlib.sha256(INLINE.encode()).digest()).decode()

    assert re.findall(r"script-src ([^;]*)", policy) == [f"'self' 'sha256-{digest}'"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert policy.endswith("frame-ancestors 'self'")
    assert "default-src 'none'" in policy


def test_listed_sites_may_frame_it(mkdocs):
    """As they may our own pages."""
    assert httpx2.get(f"{mkdocs}/book/").headers["content-security-policy"].endswith("'self' https://a.example")


def test_it_is_kept_as_long_as_it_stays_the_same(docusaurus):
    """Pages are asked for again, what has its digest in its name is not; text is compressed."""
    page = httpx2.get(f"{docusaurus}/")
    script = httpx2.get(f"{docusaurus}/assets/js/main.0123abcd.js")
    picture = httpx2.get(f"{docusaurus}/img.png")

    assert page.headers["cache-control"] == "private, no-cache"
    assert "pageside_guest" in page.headers["set-cookie"]
    assert httpx2.get(f"{docusaurus}/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip"
    assert picture.headers["content-type"] == "image/png"
    assert httpx2.get(f"{docusaurus}/img.png", headers={"If-None-Match": picture.headers["etag"]}).status_code == 304
    assert httpx2.head(f"{docusaurus}/").status_code == 200


@pytest.mark.parametrize(("name", "ever"), NAMES.items())
def test_only_what_has_its_digest_in_its_name_is_kept_for_ever(docusaurus, name, ever):
    """A date is none, nor is a word; where the site lies on the disk says nothing."""
    told = httpx2.get(f"{docusaurus}/assets/images/{name}").headers["cache-control"]

    assert told == ("public, max-age=31536000, immutable" if ever else "public, max-age=300")
    assert httpx2.get(f"{docusaurus}/img.png").headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize("path", ["guide.PDF", "film.mp4", "img.png"])
def test_what_browsers_have_a_viewer_for_can_be_viewed(mkdocs, path):
    """A viewer is a page of the browser's own, which the policy of ours would break."""
    told = httpx2.get(f"{mkdocs}/book/{path}")

    assert told.status_code == 200
    assert told.headers["content-security-policy"] == "frame-ancestors 'self' https://a.example"
    assert "x-frame-options" not in told.headers


@pytest.mark.parametrize("path", ["drawing.svg", "assets/js/main.0123abcd.js"])
def test_other_files_have_the_policy_of_the_pages(mkdocs, path):
    """For a drawing opened by itself is a page with styles, and a worker's script has a policy, too."""
    policy = httpx2.get(f"{mkdocs}/book/{path}").headers["content-security-policy"]

    assert "script-src 'self'; style-src 'self' 'unsafe-inline'" in policy
    assert policy.endswith("frame-ancestors 'self' https://a.example")


@pytest.mark.parametrize("path", ["/" + "a" * 300, "/docs/" + "a" * 253, "/docs/" + "a" * 5000, "/" + "a/" * 3000])
def test_an_address_that_no_disk_can_hold_is_not_found(docusaurus, path):
    """As any other at which nothing stands."""
    told = httpx2.get(docusaurus + path)

    assert told.status_code == 404
    assert "<h1>Lost</h1>" in told.text


def test_the_rest_of_the_server_stands_before_it(docusaurus):
    """The API, its reference, health."""
    assert httpx2.get(f"{docusaurus}/health").json()["status"] == "ok"
    assert httpx2.get(f"{docusaurus}/chatkit/config").status_code == 200
    assert "HTTP" in httpx2.get(f"{docusaurus}/docs").text
    assert httpx2.get(f"{docusaurus}/-/book.css").status_code == 200


def test_a_site_is_found_beside_its_book_unless_another_is_named(tmp_path):
    """`none` wants the plain pages; a folder that is no site stops the start."""
    (tmp_path / "docusaurus.config.js").write_text("export default {}", encoding="utf-8")
    book = small_book.write(tmp_path / "docs")

    assert site.found(None, book) is None
    root = write(tmp_path / "build")
    assert site.found(None, book) == site.Site(root.resolve(), "/", bare=True)
    assert site.found(site.Path("none"), book) is None
    with pytest.raises(SettingsError, match=r"no index\.html"):
        site.found(tmp_path / "docs", book)


def test_a_site_above_that_does_not_show_the_book_is_not_its_site(tmp_path):
    """A repository may have a site of its documentation, and books that are no part of it."""
    (tmp_path / "mkdocs.yml").write_text("site_name: Bees\n", encoding="utf-8")
    write(tmp_path / "site", base="/", generator="mkdocs-1.6.1")
    for folder in ("docs/hive", "examples/bees"):
        (tmp_path / folder).mkdir(parents=True)

    assert site.found(None, tmp_path / "examples" / "bees") is None
    for shown in (".", "docs", "docs/hive"):
        found = site.found(None, tmp_path / shown)
        assert found is not None
        assert found.root == (tmp_path / "site").resolve()
