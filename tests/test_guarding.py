"""What no server is to be started with: told at the start, by name, with what to do."""

from __future__ import annotations

import secrets

import pytest
from tests import small_book, zygote

from pageside import settings
from pageside.errors import SettingsError

GOOD = "vQ7Lw2Xk9ZrT4mNb8Hc3Yd6Fs1Jg5PaE"
PRODUCTION = {"environment": "production"}


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch, tmp_path):
    """No `.env` file of the machine that runs the tests is read."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"jwt_secret": "short"}, "JWT_SECRET has fewer than 32"),
        ({"jwt_secret": "super-secret-jwt-token-with-at-least-32-characters-long"}, "JWT_SECRET can be guessed"),
        ({"jwt_secret": "a-string-secret-at-least-256-bits-long"}, "JWT_SECRET can be guessed"),
        ({"secret": "better-auth-secret-123456789012345"}, "PAGESIDE_SECRET can be guessed"),
        ({"secret": "change-me-change-me-change-me-change-me"}, "PAGESIDE_SECRET can be guessed"),
        ({"secret": "your-secret-key-here-your-secret-key-here"}, "PAGESIDE_SECRET can be guessed"),
        ({"secret": "abababababababababababababababababab"}, "PAGESIDE_SECRET can be guessed"),
        ({"redis_url": "redis://redis"}, "PAGESIDE_SECRET: in production with REDIS_URL"),
        ({"database_url": "postgresql://r:p@h/d"}, "PAGESIDE_SECRET: in production with PostgreSQL"),
        ({"auth_mode": "header"}, "TRUSTED_PROXIES"),
        ({"auth_mode": "header", "trusted_proxies": "10.0.0.1, 0.0.0.0/0"}, "lets anybody be anybody"),
        ({"auth_mode": "header", "trusted_proxies": "::/0"}, "lets anybody be anybody"),
        (
            {"auth_mode": "jwt", "jwt_algorithm": "RS256", "jwt_jwks_url": "http://login.example/keys"},
            "fetched over https",
        ),
    ],
)
def test_production_is_not_begun_unsafely(chosen, told):
    """What a developer may have, a server that strangers reach may not; the secret itself is not repeated."""
    with pytest.raises(SettingsError, match=told) as failure:
        settings.load({}, **PRODUCTION, **chosen)
    assert settings.load({}, **chosen)
    assert not any(str(value) in str(failure.value) for name, value in chosen.items() if "secret" in name)


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"secret": GOOD},
        {"secret": GOOD, "redis_url": "redis://redis", "database_url": "postgresql://r:p@h/d"},
        {"auth_mode": "jwt", "jwt_secret": GOOD},
        {"auth_mode": "jwt", "jwt_algorithm": "RS256", "jwt_jwks_url": "https://login.example/keys"},
        {"auth_mode": "jwt", "jwt_algorithm": "RS256", "jwt_jwks_url": "http://127.0.0.1:3000/keys"},
        {"auth_mode": "jwt", "jwt_algorithm": "RS256 HS256", "jwt_secret": GOOD},
        {"auth_mode": "header", "trusted_proxies": "10.0.0.1"},
    ],
)
def test_production_is_begun_safely(chosen):
    """One process over one data folder needs nothing set."""
    assert settings.load({}, **PRODUCTION, **chosen)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"auth_mode": "jwt"}, "set JWT_SECRET"),
        ({"auth_mode": "jwt", "jwt_algorithm": "RS256"}, "set JWT_JWKS_URL"),
        ({"auth_mode": "jwt", "jwt_algorithm": "RS256", "jwt_secret": GOOD}, "set JWT_JWKS_URL"),
        ({"auth_mode": "jwt", "jwt_jwks_url": "https://login.example/keys"}, "JWT_ALGORITHM"),
        ({"jwt_algorithm": "none"}, "JWT_ALGORITHM"),
        ({"jwt_algorithm": "HS256, none"}, "not none"),
        ({"jwt_algorithm": " "}, "JWT_ALGORITHM"),
        ({"jwt_secret": "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"}, "JWT_JWKS_URL"),
        ({"jwt_jwks_url": "file:///etc/passwd"}, "must begin with http"),
        ({"jwt_profile_claims": "shoeSize=size"}, "JWT_PROFILE_CLAIMS"),
        ({"jwt_profile_claims": "name"}, "JWT_PROFILE_CLAIMS"),
        ({"trusted_proxies": "nginx"}, "TRUSTED_PROXIES"),
        ({"workflow_id": "wf_1"}, "OPENAI_API_KEY"),
        ({"session_ttl_s": 5}, "CHATKIT_SESSION_TTL"),
    ],
)
def test_what_could_let_nobody_in_is_told_everywhere(chosen, told):
    """In development, too."""
    with pytest.raises(SettingsError, match=told):
        settings.load({}, **chosen)


@pytest.mark.parametrize("attempt", range(200))
def test_a_random_secret_is_never_taken_for_a_placeholder(attempt):
    """As the message says to make one."""
    assert settings.load({}, **PRODUCTION, secret=secrets.token_urlsafe(36), jwt_secret=secrets.token_hex(20))


def test_the_server_does_not_start(tmp_path):
    """The command ends at once, with all that is wrong."""
    small_book.write(tmp_path / "book")
    environment = {"PAGESIDE_ENVIRONMENT": "production", "AUTH_MODE": "header", "PAGESIDE_SECRET": "x" * 40}
    done = zygote.run(("serve", "book", "--port", "0"), cwd=tmp_path, env=environment)

    assert done.returncode == 2
    assert "TRUSTED_PROXIES" in done.stderr
    assert "PAGESIDE_SECRET can be guessed" in done.stderr
