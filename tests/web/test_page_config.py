"""What the assistant beside a page is told before anybody asks."""

from __future__ import annotations

import httpx2
import pytest
from tests import served, small_book

from pageside import settings
from pageside.errors import SettingsError

SITE = "https://book.example"
STARTERS = '["When is honey ripe?", {"label": "Smoke", "prompt": "Why does smoke calm bees?", "icon": "bolt"}]'


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("config")
    with served.server(small_book.write(folder / "book"), folder / "data", CORS_ORIGINS=SITE) as address:
        yield address


@pytest.fixture(scope="module")
def configured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("configured")
    chosen = {
        "CHATKIT_STARTERS": STARTERS,
        "CHATKIT_GREETING": "Ask the beekeeper.",
        "CHATKIT_DISCLAIMER": "none",
        "CHATKIT_ATTACHMENTS": "false",
        "AUTH_MODE": "jwt",
        "JWT_SECRET": "a secret for tests that is long enough",
    }
    with served.server(small_book.write(folder / "book"), folder / "data", **chosen) as address:
        yield address


def test_nobody_needs_to_say_who_they_are(url, configured):
    """No cookie is given; whoever keeps it may give it to others for a minute."""
    for address in (url, configured):
        told = httpx2.get(f"{address}/chatkit/config")

        assert told.status_code == 200
        assert told.headers["cache-control"] == "public, max-age=60"
        assert "set-cookie" not in told.headers


def test_the_book_says_what_can_be_asked(url):
    """Out of the box, from its own sections; and the server, what may be sent."""
    told = httpx2.get(f"{url}/chatkit/config").json()

    assert told["title"]
    assert told["language"] == "en"
    assert 1 <= len(told["prompts"]) <= 4
    assert told["composer"]["max_chars"] == 8000
    assert told["composer"]["attachments"]["accept"]["image/jpeg"] == [".jpg", ".jpeg"]
    assert ".py" in told["composer"]["attachments"]["accept"]["text/plain"]
    assert told["composer"]["attachments"]["max_count"] == 10
    assert (told["auth"], told["modes"], told["history"]) == ("guest", True, True)
    assert not told["composer"]["dictation"]
    assert (told["greeting"], told["disclaimer"]) == (None, None)


def test_settings_win(configured):
    """Over what the book says, and over the defaults."""
    told = httpx2.get(f"{configured}/chatkit/config").json()

    assert told["prompts"] == [
        {"label": "When is honey ripe?", "prompt": "When is honey ripe?", "icon": None},
        {"label": "Smoke", "prompt": "Why does smoke calm bees?", "icon": "bolt"},
    ]
    assert told["greeting"] == "Ask the beekeeper."
    assert told["disclaimer"] == ""
    assert told["composer"]["attachments"] is None
    assert told["auth"] == "jwt"


def test_listed_sites_may_read_it(url):
    """As they may everything else."""
    told = httpx2.get(f"{url}/chatkit/config", headers={"Origin": SITE})

    assert told.headers["access-control-allow-origin"] == SITE


@pytest.mark.parametrize(("told", "labels"), [("A? | B?", ["A?", "B?"]), ("none", []), ("", None), ('["A?"]', ["A?"])])
def test_starters_are_read(told, labels):
    """As words or as JSON; `none` means none, nothing means those of the book."""
    offered = settings.load({}, starters=told).offered

    assert (None if offered is None else [each.label for each in offered]) == labels


@pytest.mark.parametrize("told", ["[", '[{"label": "A"}]', '[{"label": "", "prompt": "p"}]', "[1]"])
def test_starters_that_cannot_be_read_stop_the_start(told):
    """With words about what they have to be."""
    with pytest.raises(SettingsError, match="CHATKIT_STARTERS: must be questions parted by"):
        settings.load({}, starters=told)
