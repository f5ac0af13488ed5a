"""Where Redis is: its URL read into what the driver takes, or refused in words that hold no password."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from pageside.errors import SettingsError

_SCHEMES = ("redis", "rediss", "unix")
_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_CHECKS = ("none", "optional", "required")
_ENCODE = "Special characters of the password, such as @, /, ?, # and :, must be percent-encoded."


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """A server of Redis or Valkey.

    Attributes:
        place: How it is called in the log; it holds no password.
        socket: The path of its socket; empty where it is reached by host and port.
        tls: Options of the driver where the way is encrypted; None where it is not.
    """

    place: str
    host: str
    port: int
    socket: str
    database: int
    role: str | None
    password: str | None
    tls: dict[str, str] | None


def parse(url: str) -> RedisAddress:
    """The server that `url` names: `redis://`, `rediss://` for TLS, or `unix://` and the path of a socket.

    Raises:
        SettingsError: `url` cannot be used; the message says what to do, and holds no part that may be a password.
    """
    scheme = url.partition(":")[0]
    if scheme not in _SCHEMES or not url.startswith(f"{scheme}://"):
        raise SettingsError(
            "must begin with redis:// or rediss:// and a host, or with unix:// and the path of a socket"
        )
    try:
        parts = urlsplit(url)
        port = parts.port or 6379
    except ValueError:
        raise SettingsError(f"its host and port cannot be read. {_ENCODE}") from None
    given = _options(parts.query, parts.fragment)
    socket = unquote(parts.path) if scheme == "unix" else ""
    if scheme == "unix" and not socket:
        raise SettingsError("unix:// must be followed by the path of a socket, as in unix:///run/redis/redis.sock")
    if scheme != "unix" and not parts.hostname:
        raise SettingsError(f"names no host. {_ENCODE}")
    host = "" if socket else unquote(parts.hostname or "")
    return RedisAddress(
        place=socket or f"{f'[{host}]' if ':' in host else host}:{port}",
        host=host,
        port=port,
        socket=socket,
        database=_database(given.pop("db", "") or ("" if socket else parts.path.strip("/"))),
        role=unquote(parts.username or "") or given.pop("username", None),
        password=unquote(parts.password or "") or given.pop("password", None),
        tls=_tls(given) if scheme == "rediss" else None,
    )


def _options(query: str, fragment: str) -> dict[str, str]:
    given = dict(parse_qsl(query, keep_blank_values=True))
    if fragment or set(given) - {"db", "username", "password", "ssl_cert_reqs", *_FILES}:
        # What is no known option may be the rest of a password, so it is not repeated.
        raise SettingsError(f"has an option that cannot be used here. {_ENCODE}")
    return given


def _database(told: str) -> int:
    if told and not (told.isascii() and told.isdecimal() and len(told) < 6):
        raise SettingsError(f"the database must be a number, as in redis://host:6379/0. {_ENCODE}")
    return int(told or 0)


def _tls(given: dict[str, str]) -> dict[str, str]:
    if given.get("ssl_cert_reqs", "required") not in _CHECKS:
        raise SettingsError(f"ssl_cert_reqs must be one of {', '.join(_CHECKS)}")
    for name in _FILES:
        if name in given and not Path(given[name]).is_file():
            raise SettingsError(f"{name} names no file: {given[name]!r}")
    return given
