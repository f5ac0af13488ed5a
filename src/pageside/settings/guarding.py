"""Settings that fit their own description and must not be served with all the same."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from pageside.identity.jwts import PUBLIC, SHARED
from pageside.identity.proxies import Proxies
from pageside.settings.serving import SHORTEST_SECRET
from pageside.storage import address

if TYPE_CHECKING:
    from pageside.settings import Settings

ANOTHER: Final = "`openssl rand -base64 48` makes one."

_FEWEST_CHARACTERS: Final = 8
_PLACEHOLDERS: Final = (
    "changeme", "yoursecret", "yourjwtsecret", "yoursupersecret", "your256bitsecret", "secretkeyhere", "replaceme",
    "atleast32char", "atleast256bits", "supersecretjwttoken", "betterauthsecret", "thisisasecret", "notasecret",
    "mysecretkey", "insecure", "defaultsecret", "developmentsecret", "devsecret", "topsecret", "0123456789abcdef",
    "12345678901234567890", "abcdefghijklmnopqrstuvwxyz",
)  # fmt: skip


def unfit(settings: Settings) -> Iterator[str]:
    """A sentence for each setting that would let in whom it should not, or nobody."""
    if settings.auth_mode == "jwt":
        yield from _without_keys(settings)
    if settings.workflow_id and settings.openai_api_key is None:
        yield "CHATKIT_WORKFLOW_ID: sessions that OpenAI hosts need OPENAI_API_KEY; set it, or unset this."
    if settings.metrics == "token" and settings.metrics_token is None:
        yield f"PAGESIDE_METRICS: nobody can read them without a token; set PAGESIDE_METRICS_TOKEN. {ANOTHER}"
    if settings.metrics_token is not None and (wrong := weak(settings.metrics_token)):
        yield f"PAGESIDE_METRICS_TOKEN {wrong}; {ANOTHER}"
    if settings.environment == "production":
        yield from _unfit_in_production(settings)


def weak(secret: SecretStr) -> str:
    """What is wrong with a secret, in words that follow its name; empty where nothing is."""
    told = secret.get_secret_value()
    if len(told) < SHORTEST_SECRET:
        return f"has fewer than {SHORTEST_SECRET} characters"
    bare = "".join(character for character in told.lower() if character.isalnum())
    if any(known in bare for known in _PLACEHOLDERS) or len(set(told)) < _FEWEST_CHARACTERS:
        return "can be guessed: it is a placeholder or a pattern"
    return ""


def _without_keys(settings: Settings) -> Iterator[str]:
    allowed = settings.jwt_algorithms
    shared, public = [name for name in allowed if name in SHARED], [name for name in allowed if name in PUBLIC]
    if settings.jwt_jwks_url and not public:
        yield (
            f"JWT_ALGORITHM: JWT_JWKS_URL has no keys for {', '.join(allowed)}; name the algorithm that your provider "
            "signs with, such as RS256, ES256 or EdDSA."
        )
    elif not (settings.jwt_secret and shared) and not (settings.jwt_jwks_url and public):
        missing = "JWT_SECRET" if shared else "JWT_JWKS_URL"
        yield f"AUTH_MODE: tokens signed with {', '.join(allowed)} cannot be checked; set {missing}."


def _unfit_in_production(settings: Settings) -> Iterator[str]:
    for name, secret in (("PAGESIDE_SECRET", settings.secret), ("JWT_SECRET", settings.jwt_secret)):
        if secret is not None and (wrong := weak(secret)):
            yield f"{name} {wrong}, and the server is in production; {ANOTHER}"
    if settings.secret is None and (shared := _shared(settings)):
        yield (
            f"PAGESIDE_SECRET: in production with {shared}, every process must sign with the same secret, and each "
            f"data folder has its own; set one for all. {ANOTHER}"
        )
    if settings.auth_mode == "header":
        yield from _unguarded(settings)
    if settings.auth_mode == "jwt" and _in_the_clear(settings.jwt_jwks_url):
        yield "JWT_JWKS_URL: in production keys are fetched over https://, or anybody on the way could give theirs."


def _shared(settings: Settings) -> str:
    """What several processes on several machines would share; empty where one machine is all there can be."""
    if settings.redis_url is not None:
        return "REDIS_URL"
    return "PostgreSQL" if address.is_postgres(settings.store_url) else ""


def _unguarded(settings: Settings) -> Iterator[str]:
    proxies = Proxies.parse(settings.trusted_proxies)
    if not proxies.networks:
        yield (
            "TRUSTED_PROXIES: in production AUTH_MODE=header believes X-User-ID from named proxies alone; "
            "set their addresses, such as 10.0.0.5."
        )
    elif any(network.prefixlen == 0 for network in proxies.networks):
        yield "TRUSTED_PROXIES: a network of all addresses lets anybody be anybody; name your proxies."


def _in_the_clear(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and not _is_local(parts.hostname or "")


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
