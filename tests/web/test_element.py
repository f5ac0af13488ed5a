"""The built element as browsers get it: its addresses, what they may keep, and that nothing else is given out."""

from __future__ import annotations

import gzip

import httpx2
import pytest
from fastapi import FastAPI

from pageside.web import element, problems
from pageside.web.hygiene import SecurityHeaders

SCRIPT = "console.log('element');\n" * 100


@pytest.fixture
def root(tmp_path):
    """What a build leaves, and a secret beside it."""
    built = tmp_path / "static"
    (built / "lazy").mkdir(parents=True)
    for path in ("chatkit.js", "loader.js", "lazy/math.js", "lazy/shared-ABCD2345.js"):
        (built / path).write_text(SCRIPT, encoding="utf-8")
        (built / f"{path}.br").write_bytes(b"brotli of " + path.encode())
        (built / f"{path}.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (built / "diagram.html").write_text("<!doctype html><script src='lazy/diagram.js'></script>", encoding="utf-8")
    (tmp_path / "secret.js").write_text("secret", encoding="utf-8")
    (built / ".hidden.js").write_text("secret", encoding="utf-8")
    (built / "out.js").symlink_to(tmp_path / "secret.js")
    return built


def client(root):
    app = FastAPI()
    problems.install(app)
    app.include_router(element.router(root))
    transport = httpx2.ASGITransport(SecurityHeaders(app))
    return httpx2.AsyncClient(transport=transport, base_url="http://chat.test", headers={"Accept-Encoding": "identity"})


@pytest.fixture
async def browser(root):
    async with client(root) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/chatkit.js", "/loader.js", "/-/widget/lazy/math.js"])
async def test_any_site_may_load_it(browser, path):
    """Scripts by their type, modules by the rules of CORS; other sites' policies let it in."""
    told = await browser.get(path, headers={"Origin": "https://book.example"})

    assert told.text == SCRIPT
    assert told.headers["content-type"] == "text/javascript; charset=utf-8"
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["cross-origin-resource-policy"] == "cross-origin"
    assert told.headers["x-content-type-options"] == "nosniff"
    assert told.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("BR", "br"),
        ("identity", None),
        ("deflate", None),
        ("gzip;q=0.000", None),
    ],
)
async def test_it_is_sent_in_the_best_form_that_is_taken(browser, accepted, encoding):
    """The forms that the build has made; each has a tag of its own."""
    async with browser.stream("GET", "/chatkit.js", headers={"Accept-Encoding": accepted}) as told:
        sent = b"".join([piece async for piece in told.aiter_raw()])
    plain = {"br": lambda _: SCRIPT.encode(), "gzip": gzip.decompress, None: bytes}[encoding](sent)

    assert told.headers.get("content-encoding") == encoding
    assert plain == SCRIPT.encode()
    assert (sent == b"brotli of chatkit.js") == (encoding == "br")
    assert told.headers["content-length"] == str(len(sent))


async def test_what_a_browser_has_is_not_sent_again(browser, root):
    """By its tag, also behind a proxy that weakens it; after a new build there is another."""
    first = await browser.get("/chatkit.js")
    for told in (first.headers["etag"], f"W/{first.headers['etag']}", f'"other", {first.headers["etag"]}', "*"):
        again = await browser.get("/chatkit.js", headers={"If-None-Match": told})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
    (root / "chatkit.js").write_text("another", encoding="utf-8")
    built_anew = await browser.get("/chatkit.js", headers={"If-None-Match": first.headers["etag"]})

    assert built_anew.text == "another"
    assert built_anew.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/chatkit.js", "public, max-age=300, must-revalidate"),
        ("/-/widget/lazy/math.js", "public, no-cache"),
        ("/-/widget/lazy/shared-ABCD2345.js", "public, max-age=31536000, immutable"),
    ],
)
async def test_how_long_it_is_kept(browser, path, kept):
    """What has its digest in its name for ever; what others name by a fixed name is asked for again."""
    assert (await browser.get(path)).headers["cache-control"] == kept


async def test_diagrams_are_drawn_where_nothing_can_be_reached(browser):
    """Their page has a policy of its own, and any site may frame it."""
    told = await browser.get("/-/widget/diagram.html")

    assert told.headers["content-type"] == "text/html; charset=utf-8"
    assert told.headers["content-security-policy"].startswith("default-src 'none'; script-src 'nonce-diagram';")
    assert "sandbox allow-scripts" in told.headers["content-security-policy"]
    assert "x-frame-options" not in told.headers


@pytest.mark.parametrize(
    "path", ["../secret.js", "%2e%2e/secret.js", "..%2fsecret.js", "lazy/..%5c..%5csecret.js", ".hidden.js", "out.js"]
)
async def test_no_other_file_is_given_out(browser, path):
    """Not what lies beside the folder, nor hidden files, nor links that lead out."""
    told = await browser.get(f"/-/widget/{path}")

    assert told.status_code == 404
    assert "secret" not in told.text.replace("secret.js", "")


@pytest.mark.parametrize("path", ["a" * 300 + ".js", "lazy/" + "a" * 5000, "chatkit.js/more.js", "loop/a.js"])
async def test_a_path_that_no_disk_can_hold_is_not_found(browser, root, path):
    """As any other at which nothing stands."""
    (root / "loop").symlink_to(root / "loop")

    assert (await browser.get(f"/-/widget/{path}")).status_code == 404


async def test_a_monitor_may_ask_for_the_head_alone(browser):
    """As `GET`, without the bytes."""
    told = await browser.head("/chatkit.js")

    assert (told.status_code, told.content) == (200, b"")
    assert told.headers["content-length"] == str(len(SCRIPT))


async def test_a_checkout_without_a_build_says_how_to_build(tmp_path):
    """In the answer, not as a fault of the server's."""
    async with client(tmp_path) as browser:
        told = await browser.get("/loader.js")

    assert told.status_code == 404
    assert "make widget" in told.json()["detail"]
