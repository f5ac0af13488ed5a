"""Redis URLs: what is understood of them, and that what is refused says nothing of a password."""

from __future__ import annotations

import pytest

from pageside import settings
from pageside.errors import SettingsError
from pageside.storage import redis_address


def test_a_url_says_where_who_and_which_database():
    """With what is percent-encoded as it was meant."""
    found = redis_address.parse("redis://book:p%40ss%2Fword@redis.internal:6380/3")

    assert (found.place, found.host, found.port, found.database) == ("redis.internal:6380", "redis.internal", 6380, 3)
    assert (found.role, found.password) == ("book", "p@ss/word")
    assert found.tls is None


@pytest.mark.parametrize(
    ("url", "place", "database"),
    [
        ("redis://h", "h:6379", 0),
        ("redis://h/?db=2", "h:6379", 2),
        ("redis://[::1]:7000", "[::1]:7000", 0),
        ("unix:///run/redis.sock?db=4", "/run/redis.sock", 4),
        ("unix://:pw@/run/redis.sock", "/run/redis.sock", 0),
    ],
)
def test_what_is_not_said_is_usual(url, place, database):
    """Port 6379, database 0."""
    found = redis_address.parse(url)

    assert (found.place, found.database) == (place, database)


def test_rediss_encrypts_and_asks_for_a_certificate(tmp_path):
    """Whom to trust may be named."""
    authorities = tmp_path / "ca.pem"
    authorities.write_text("", encoding="utf-8")
    found = redis_address.parse(f"rediss://h?ssl_ca_certs={authorities}")

    assert found.tls == {"ssl_ca_certs": str(authorities)}
    assert redis_address.parse("rediss://h").tls == {}


@pytest.mark.parametrize(
    "url",
    [
        "hunter2",
        "http://:hunter2@h",
        "redis:hunter2",
        "redis://",
        "redis://:hunter2@",
        "redis://:hun/ter2@h:6379/0",
        "redis://:hun?ter2@h:6379/0",
        "redis://:hun#ter2@h:6379/0",
        "redis://h:hunter2",
        "redis://h/hunter2",
        "redis://h?hunter2=1",
        "rediss://:hunter2@h?ssl_cert_reqs=never",
        "rediss://:hunter2@h?ssl_ca_certs=/nowhere",
        "unix://",
    ],
)
def test_a_bad_url_is_refused_without_its_password(url):
    """Named as the setting it is."""
    with pytest.raises(SettingsError) as refused:
        settings.load({}, redis_url=url)

    told = str(refused.value)
    assert told.startswith("REDIS_URL: ")
    assert not any(part in told for part in ("hunter2", "hun", "ter2"))


def test_the_setting_shows_no_password():
    """Neither as text nor in its representation."""
    chosen = settings.load({}, redis_url="redis://:hunter2@h")

    assert "hunter2" not in f"{chosen!r}{chosen.redis_url}"
