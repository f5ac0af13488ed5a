"""URLs of PostgreSQL, as hosts of databases hand them out."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl, quote, urlsplit

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.errors import SettingsError
from pageside.storage import address

NEON = "postgresql://reader:npg_k3y@ep-cool-1-pooler.eu-central-1.aws.neon.tech/neondb?sslmode=require&channel_binding=require"
SUPABASE = "postgresql://postgres.abcdef:p%40ss%2Fword%25@aws-0-eu.pooler.supabase.com:6543/postgres?pgbouncer=true"
HEROKU = "postgres://uabc:p123@ec2-1-2-3-4.compute-1.amazonaws.com:5432/d45"


def tls(found):
    return dict(parse_qsl(urlsplit(str(found.arguments.get("dsn", ""))).query))


def place(url):
    found = address.parse(url)
    return found.role, found.arguments.get("password"), found.place, found.database


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (NEON, ("reader", "npg_k3y", "ep-cool-1-pooler.eu-central-1.aws.neon.tech:5432", "neondb")),
        (SUPABASE, ("postgres.abcdef", "p@ss/word%", "aws-0-eu.pooler.supabase.com:6543", "postgres")),
        (HEROKU, ("uabc", "p123", "ec2-1-2-3-4.compute-1.amazonaws.com:5432", "d45")),
        ("postgresql+asyncpg://r:p@h/d", ("r", "p", "h:5432", "d")),
        ("postgresql+psycopg2://r:p@h/d", ("r", "p", "h:5432", "d")),
        ("postgresql://r:p@one:1,two/d", ("r", "p", "one:1, two:5432", "d")),
        ("postgresql://r:p@[::1]:6000/d", ("r", "p", "::1:6000", "d")),
        ("postgresql://r:p@/d?host=/run/postgresql", ("r", "p", "/run/postgresql", "d")),
        ("postgresql://r:p@h:6000/d?host=other", ("r", "p", "other:6000", "d")),
        ("postgresql://r:p@h:6000/d?host=one,two", ("r", "p", "one:6000, two:6000", "d")),
        ("postgresql://r:p@a:1,b:2/d?host=one,two", ("r", "p", "one:1, two:2", "d")),
        ("postgresql://r:p@h:6000/d?host=other&port=7000", ("r", "p", "other:7000", "d")),
        ("postgresql://r:p@[::1]:6000/d?host=other", ("r", "p", "other:6000", "d")),
        ("postgresql://r:p@h/d?host=other", ("r", "p", "other:5432", "d")),
        ("postgresql://r@%2Frun%2Fpostgresql/d", ("r", None, "/run/postgresql", "d")),
        ("postgresql://?host=h&port=1&user=r&password=p+q&dbname=d", ("r", "p+q", "h:1", "d")),
        ("postgresql://h", ("", None, "h:5432", "")),
        ("postgresql:///d", ("", None, "the local socket", "d")),
    ],
)
def test_a_url_names_role_password_place_and_database(url, expected):
    """However it is written."""
    assert place(url) == expected


@given(password=st.text(min_size=1).filter(lambda text: "\x00" not in text and text.isprintable()))
def test_every_password_can_be_written(password):
    """Percent-encoded; and it is shown nowhere."""
    found = address.parse(f"postgresql://role:{quote(password, safe='')}@host/name")

    assert found.arguments["password"] == password
    assert found == address.parse(f"postgresql://host/name?user=role&password={quote(password, safe='')}")
    assert "password" not in repr(found)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {}),
        ("sslmode=disable", {"sslmode": "disable"}),
        ("sslmode=require", {"sslmode": "require"}),
        ("ssl=true", {"sslmode": "require"}),
        ("ssl=prefer", {"sslmode": "prefer"}),
        ("channel_binding=prefer&sslmode=require", {"sslmode": "require"}),
        (
            "sslmode=require&ssl_min_protocol_version=TLSv1.3",
            {"sslmode": "require", "ssl_min_protocol_version": "TLSv1.3"},
        ),
    ],
)
def test_tls_is_asked_for_as_the_url_says(query, expected):
    """In the driver's words, which are libpq's."""
    assert tls(address.parse(f"postgresql://h/d?{query}")) == expected


@pytest.mark.parametrize("query", ["sslmode=verify-full", "sslmode=require&channel_binding=require"])
def test_a_server_that_must_prove_itself_is_judged_by_the_systems_authorities(query):
    """A channel cannot be bound by our driver, so its certificate is demanded instead; nothing is passed over."""
    found = tls(address.parse(f"postgresql://h/d?{query}"))

    assert found["sslmode"] == "verify-full"
    assert found["sslrootcert"]


def test_an_authority_of_ones_own_is_kept(tmp_path):
    """As managed databases have."""
    authority = tmp_path / "root of all.crt"
    authority.touch()

    assert tls(address.parse(f"postgresql://h/d?sslmode=verify-ca&sslrootcert={quote(str(authority))}")) == {
        "sslmode": "verify-ca",
        "sslrootcert": str(authority),
    }


def test_what_the_server_is_to_be_told_is_passed_on():
    """And what concerns another driver or the operating system is passed over."""
    found = address.parse(
        "postgresql://h/d?application_name=my%20book&options=endpoint%3Dep-1&connect_timeout=7"
        "&target_session_attrs=read-write&keepalives=1&pgbouncer=true&gssencmode=disable"
    )

    assert found.arguments["server_settings"] == {"application_name": "my book", "options": "endpoint=ep-1"}
    assert found.arguments["timeout"] == 7
    assert found.arguments["target_session_attrs"] == "read-write"
    assert address.parse("postgresql://h/d").arguments["server_settings"] == {"application_name": "pageside"}
    assert address.parse("postgresql://h/d").arguments["timeout"] == address.CONNECT_TIMEOUT_S


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://r:hunter2@h/d?sslmode=on", "sslmode .* must be one of"),
        ("postgresql://r:hunter2@h/d?schema=public", "'schema'"),
        ("postgresql://r:hunter2@h/d?prepared_statement_cache_size=0", "'prepared_statement_cache_size'"),
        ("postgresql://r:hunter2@h/d?channel_binding=always", "channel_binding"),
        ("postgresql://r:hunter2@h/d?connect_timeout=soon", "connect_timeout"),
        ("postgresql://r:hunter2@h/d?target_session_attrs=writable", "target_session_attrs .* must be one of any, "),
        ("postgresql://r:hunter2@a:1,b:2/d?host=one", "more ports than hosts"),
        ("postgresql://r:hunter2%00@h/d", "percent-encoded"),
        ("postgresql://r:hunter2@h/d?sslrootcert=/nowhere/root.crt", "sslrootcert .* no file"),
        ("postgresql://r:hunter2#4@h/d", "percent-encoded"),
        ("postgresql://r:hunter2/4@h/d", "percent-encoded"),
        ("postgresql://r:hunter2?4@h/d", "percent-encoded"),
        ("postgresql://r:hunter2?4=1@h/d", "percent-encoded"),
        ("postgresql://r:hunter2[4@h/d", "percent-encoded"),
        ("postgresql://r:hunter2@h:0/d", "percent-encoded"),
        ("postgresql://r:hunter2@:5432/d", "percent-encoded"),
        ("postgresql://r:hunter2@one,two/d?port=1,2,3", "more ports than hosts"),
        ("mysql://r:hunter2@h/d", "postgresql://"),
    ],
)
def test_what_cannot_be_used_is_said_without_the_password(url, told):
    """Also where the URL is read amiss because of it."""
    with pytest.raises(SettingsError, match=told) as failure:
        address.parse(url)

    assert "hunter" not in str(failure.value)
    assert "4@h" not in str(failure.value)


async def test_asyncpg_takes_what_is_made_of_a_url():
    """Every argument by its name; here to a port at which nobody is."""
    for query in ("sslmode=require", "sslmode=verify-full&options=-c%20a.b%3D1", "target_session_attrs=primary"):
        found = address.parse(f"postgresql://r:p@127.0.0.1:1/d?{query}")
        with pytest.raises(OSError, match="Connect call failed"):
            async with asyncio.timeout(10):
                await asyncpg.connect(**found.arguments)
