"""What `pageside token` makes: a token for somebody who develops, as a provider would give it to a reader."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import click
import jwt

from pageside.errors import SettingsError
from pageside.identity.claims import LONGEST_NAME, nameable
from pageside.identity.jwts import SHARED, padded
from pageside.settings import Settings
from pageside.settings.access import words

_TTL: Final = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LONGEST: Final = timedelta(days=365)


def lifetime(told: str) -> timedelta:
    """`told`, such as `30m`, `8h` or `7d`, as a time of a year at most."""
    read = _TTL.fullmatch(told.strip())
    given = timedelta(**{_UNITS[read[2]]: int(read[1])}) if read else None
    if given is None or given > _LONGEST:
        raise click.UsageError(f"--ttl {told!r}: write seconds, minutes, hours or days, such as 30m, 8h or 7d.")
    return given


def made(settings: Settings, subject: str, *, organisation: str, roles: Sequence[str], ttl: timedelta) -> str:
    """A token that says what the settings look for, signed with `JWT_SECRET`.

    Raises:
        SettingsError: This is a server in production, or nothing signs.
    """
    if settings.environment == "production":
        raise SettingsError("PAGESIDE_ENVIRONMENT: in production tokens come from the identity provider alone.")
    if settings.jwt_secret is None:
        raise SettingsError("JWT_SECRET: set one to sign with, and AUTH_MODE=jwt; `openssl rand -base64 48` makes one.")
    algorithm = next((name for name in settings.jwt_algorithms if name in SHARED), "")
    if not algorithm:
        raise SettingsError("JWT_ALGORITHM: name HS256 too, for JWT_SECRET signs nothing else.")
    for name in (subject, organisation):
        if not nameable(name) or not subject:
            raise click.UsageError(f"{name!r} can be nobody's name: write at most {LONGEST_NAME} visible characters.")
    now = int(time.time())
    claims: dict[str, Any] = {"sub": subject, "iat": now, "exp": now + int(ttl.total_seconds())}
    for claim, values in (("iss", words(settings.jwt_issuer)), ("aud", words(settings.jwt_audience))):
        if values:
            claims[claim] = values[0]
    if organisation:
        _place(claims, words(settings.jwt_organisation_claim), organisation)
    if roles:
        _place(claims, words(settings.jwt_roles_claim), list(roles))
    return jwt.encode(claims, padded(settings.jwt_secret), algorithm=algorithm)


def _place(claims: dict[str, Any], places: Sequence[str], value: object) -> None:
    """Puts `value` at the first of the places, within the objects that its path names."""
    if not places:
        return
    path = [places[0]] if "://" in places[0] else places[0].split(".")
    for name in path[:-1]:
        claims = claims.setdefault(name, {})
    claims[path[-1]] = value
