"""Where a PostgreSQL database is: libpq's URLs, as hosts of databases hand them out, in the words of our driver."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

from pageside.errors import SettingsError

CONNECT_TIMEOUT_S = 5.0
_SCHEMES = frozenset({"postgres", "postgresql"})
_TLS_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_KINDS_OF_SERVER = ("any", "primary", "standby", "prefer-standby", "read-write", "read-only")
_TLS_FILES = ("sslcert", "sslkey", "sslrootcert", "sslcrl")
_TLS_OPTIONS = (*_TLS_FILES, "sslpassword", "sslnegotiation", "ssl_min_protocol_version", "ssl_max_protocol_version")
_PASSED_ON = {
    "user": "user",
    "password": "password",
    "dbname": "database",
    "passfile": "passfile",
    "target_session_attrs": "target_session_attrs",
    "krbsrvname": "krbsrvname",
    "gsslib": "gsslib",
}
_UNDERSTOOD = {
    *("host", "port", "sslmode", "ssl", "channel_binding", "connect_timeout"),
    *("application_name", "fallback_application_name", "options"),
}
# How the operating system keeps a connection, or what a driver other than ours needs to be told.
_WITHOUT_EFFECT = {
    *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
    *("gssencmode", "sslcompression", "sslsni", "pgbouncer", "supa"),
}


@dataclass(frozen=True, slots=True)
class Address:
    """A database and the way to it.

    Attributes:
        arguments: What `asyncpg.connect` takes; holds the password and is never shown.
        place: Host and port, or the socket's folder, for people.
        database: Its name; empty where the role's name or the environment decides.
        role: Whom we connect as; empty where the environment decides.
    """

    arguments: Mapping[str, object] = field(repr=False)
    place: str
    database: str
    role: str


def is_postgres(url: str) -> bool:
    """Whether `url` is of PostgreSQL, whatever driver it names."""
    return url.partition(":")[0].partition("+")[0] in _SCHEMES


def parse(url: str) -> Address:
    """The address that a libpq URL names, such as `postgresql://role:password@host/name?sslmode=require`.

    A driver in the scheme (`postgresql+asyncpg`) is ignored. `sslmode` means what it means to libpq, except that
    `verify-ca` and `verify-full` trust the system's authorities where no `sslrootcert` is named. Our driver has no
    channel binding: where the URL requires it, the server must prove itself by its certificate instead.

    Raises:
        SettingsError: The URL cannot be read, or asks for what cannot be given; a password is never repeated.
    """
    parts = _split(url)
    given = _parameters(parts.query)
    credentials, at, hosts = parts.netloc.rpartition("@")
    role, colon, password = credentials.partition(":")
    arguments: dict[str, object] = {"timeout": _seconds(given)}
    if at:
        arguments["user"] = unquote(role)
    if colon and password:
        arguments["password"] = unquote(password)
    if name := unquote(parts.path.removeprefix("/")):
        arguments["database"] = name
    if (given.get("target_session_attrs") or "any") not in _KINDS_OF_SERVER:
        raise SettingsError(f"target_session_attrs in the database URL must be one of {', '.join(_KINDS_OF_SERVER)}.")
    arguments |= {ours: given[theirs] for theirs, ours in _PASSED_ON.items() if given.get(theirs)}
    arguments |= _places(hosts, given) | _tls(given) | {"server_settings": _settings(given)}
    return Address(
        arguments=MappingProxyType(arguments),
        place=_shown(arguments),
        database=str(arguments.get("database", "")),
        role=str(arguments.get("user", "")),
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _unreadable("its host") from None
    if parts.scheme.partition("+")[0] not in _SCHEMES:
        raise SettingsError("The database URL must begin with postgresql://.")
    if parts.fragment or "#" in url:
        raise _unreadable("a # in it")
    if "%00" in url:
        raise _unreadable("a %00 in it")
    if "@" in parts.query and "@" not in parts.netloc:
        raise _unreadable("a ? in it")
    return parts


def _unreadable(what: str) -> SettingsError:
    return SettingsError(
        f"The database URL cannot be read because of {what}; write it as in "
        "postgresql://role:password@host:5432/name, with special characters of the password percent-encoded."
    )


def _parameters(query: str) -> dict[str, str]:
    given = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        given[unquote(name)] = unquote(value)  # libpq takes a plus for a plus
    known = _UNDERSTOOD | _WITHOUT_EFFECT | {*_TLS_OPTIONS, *_PASSED_ON}
    if unknown := sorted(set(given) - known):
        # What is no name is the rest of a password with a question mark in it.
        shown = f" {unknown[0][:40]!r}" if unknown[0].replace("_", "").isalpha() else ""
        raise SettingsError(
            f"The database URL has a parameter{shown} that cannot be used here. Special characters of the password, "
            "such as ? and &, must be percent-encoded."
        )
    return given


def _seconds(given: Mapping[str, str]) -> float:
    value = given.get("connect_timeout", "")
    if not value:
        return CONNECT_TIMEOUT_S
    if not value.isdecimal():
        raise SettingsError("connect_timeout in the database URL must be a whole number of seconds.")
    return float(value) or CONNECT_TIMEOUT_S


def _places(hosts: str, given: Mapping[str, str]) -> dict[str, object]:
    named = given.get("host") or hosts
    if not named:
        return {"port": _port(given["port"])} if given.get("port") else {}
    split = [_host_and_port(host) for host in named.split(",")]
    found: dict[str, object] = {"host": [host for host, _ in split]}
    ports = given["port"].split(",") if given.get("port") else [port for _, port in split]
    if not any(ports) and hosts:
        # Hosts that are named among the parameters take the place of the others, not of their ports.
        ports = [_host_and_port(host)[1] for host in hosts.split(",")]
    if len(ports) == 1:
        ports *= len(split)
    if len(ports) != len(split):
        raise SettingsError("The database URL names more ports than hosts, or fewer.")
    if any(ports):
        found["port"] = [_port(port or "5432") for port in ports]
    return found


def _host_and_port(host: str) -> tuple[str, str]:
    if host.startswith("/"):
        return host, ""
    if host.startswith("["):
        address, bracket, port = host[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            raise _unreadable("its host")
        return unquote(address), port[1:]
    name, _, port = host.partition(":")
    if not name:
        raise _unreadable("its host")
    return unquote(name), port


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65_536:
        raise _unreadable("its port")  # which may be the rest of a password
    return int(value)


def _tls(given: Mapping[str, str]) -> dict[str, object]:
    mode = given.get("sslmode") or given.get("ssl") or ""
    mode = {"true": "require", "false": "disable"}.get(mode, mode)
    if mode and mode not in _TLS_MODES:
        raise SettingsError(f"sslmode in the database URL must be one of {', '.join(_TLS_MODES)}.")
    if given.get("channel_binding", "prefer") not in {"disable", "prefer", "require"}:
        raise SettingsError("channel_binding in the database URL must be disable, prefer or require.")
    if given.get("channel_binding") == "require":
        mode = "verify-full"
    options = {name: given[name] for name in _TLS_OPTIONS if given.get(name)}
    if options.get("sslrootcert") == "system" or (mode.startswith("verify") and "sslrootcert" not in options):
        options["sslrootcert"] = _authorities()
    for name in _TLS_FILES:
        if name in options and not Path(options[name]).is_file():
            raise SettingsError(f"{name} in the database URL names no file: {options[name]!r}.")
    if mode:
        options["sslmode"] = mode
    return {"dsn": f"postgresql://?{urlencode(options)}"} if options else {}


def _authorities() -> str:
    """Whom the system trusts, unless this person keeps authorities for PostgreSQL alone."""
    own = Path("~/.postgresql/root.crt").expanduser()
    found = str(own) if own.is_file() else ssl.get_default_verify_paths().cafile
    if found is None:
        raise SettingsError("The database URL asks for a certificate; name whom to trust in sslrootcert.")
    return found


def _settings(given: Mapping[str, str]) -> dict[str, str]:
    name = given.get("application_name") or given.get("fallback_application_name") or "pageside"
    return {"application_name": name} | ({"options": given["options"]} if given.get("options") else {})


def _shown(arguments: Mapping[str, object]) -> str:
    hosts, ports = arguments.get("host"), arguments.get("port")
    if not isinstance(hosts, list):
        return "the local socket"
    if not isinstance(ports, list):
        ports = [5432] * len(hosts)
    pairs = zip(hosts, ports, strict=True)
    return ", ".join(host if host.startswith("/") else f"{host}:{port}" for host, port in pairs)
