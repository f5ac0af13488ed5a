"""Settings to who is let in, and as whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import SecretStr

from pageside.conversation.sessions import RENEWABLE_FOR, Sessions, is_secret
from pageside.identity.claims import Claims
from pageside.identity.denial import TokenDenied
from pageside.identity.hosted import Hosted
from pageside.identity.jwts import PUBLIC, Rules, Verifier
from pageside.identity.keys import KeySet
from pageside.identity.proxies import Proxies
from pageside.identity.pseudonyms import Pseudonyms
from pageside.identity.reader import Reader
from pageside.identity.tokens import GUEST_LIFETIME, Guests, found_secret
from pageside.settings import Settings
from pageside.settings.access import AuthMode, words
from pageside.storage.engine import Database
from pageside.wiring import databases


@dataclass(frozen=True, slots=True)
class Admission:
    """All that says who a request comes from.

    Attributes:
        pseudonyms: What readers are called where it must not be known who they are.
        verifier: Of other people's tokens, where those are believed.
        hosted: Begins sessions at OpenAI, where those are wanted.
        origins: Sites whose pages may use the cookie of a guest, too.
        own_origin: Where clients reach this server, if that is known.
        secure: Whether cookies travel over HTTPS alone.
        trusts_loopback: Whether this machine may say who asks, and is a test reader where it says nothing.
    """

    mode: AuthMode
    guests: Guests
    sessions: Sessions
    proxies: Proxies
    pseudonyms: Pseudonyms
    verifier: Verifier | None = None
    hosted: Hosted | None = None
    origins: frozenset[str] = frozenset()
    own_origin: str = ""
    secure: bool = False
    trusts_loopback: bool = False


@asynccontextmanager
async def open_admission(settings: Settings, database: Database, secret: SecretStr) -> AsyncIterator[Admission]:
    """What the settings say of readers; `secret` signs cookies and sessions."""
    verify, hosts = verifier(settings), hosted(settings)
    guests = settings.auth_mode == "guest"
    try:
        yield Admission(
            mode=settings.auth_mode,
            guests=Guests(secret),
            sessions=Sessions(
                database,
                secret,
                lifetime=timedelta(seconds=settings.session_ttl_s),
                grace=timedelta(seconds=settings.session_grace_s),
                renewable_for=GUEST_LIFETIME if guests else RENEWABLE_FOR,
            ),
            proxies=Proxies.parse(settings.trusted_proxies),
            pseudonyms=Pseudonyms(secret),
            verifier=verify,
            hosted=hosts,
            origins=frozenset(settings.origins),
            own_origin=_origin(settings.public_url),
            secure=settings.environment == "production",
            trusts_loopback=settings.environment != "production" and not settings.trusted_proxies,
        )
    finally:
        if verify is not None:
            await verify.aclose()
        if hosts is not None:
            await hosts.aclose()


def _origin(url: str) -> str:
    """The origin of `url` as a browser names it; empty where there is none."""
    parts = urlsplit(url.lower())
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def verifier(settings: Settings) -> Verifier | None:
    """The verifier of tokens, where `AUTH_MODE` is `jwt`."""
    if settings.auth_mode != "jwt":
        return None
    rules = Rules(
        algorithms=settings.jwt_algorithms,
        issuers=words(settings.jwt_issuer),
        audiences=words(settings.jwt_audience),
        parties=words(settings.jwt_authorized_parties),
        leeway=timedelta(seconds=settings.jwt_leeway_s),
    )
    return Verifier(rules, claims(settings), secret=settings.jwt_secret, keys=keys(settings))


def keys(settings: Settings) -> KeySet | None:
    """The provider's public keys, where they are published."""
    public = tuple(name for name in settings.jwt_algorithms if name in PUBLIC)
    return KeySet(settings.jwt_jwks_url, public) if settings.jwt_jwks_url and public else None


async def holder(settings: Settings, token: str) -> Reader:
    """Whose `token` is, to a server with these settings.

    Raises:
        TokenDenied: It proves nobody.
        Unavailable: It cannot be checked now.
    """
    if is_secret(token):
        return await _of_session(settings, token)
    verify = verifier(settings)
    if verify is None:
        raise TokenDenied(f"AUTH_MODE is {settings.auth_mode}, which takes no tokens.", reason="guests_only")
    try:
        return await verify.reader(token)
    finally:
        await verify.aclose()


async def _of_session(settings: Settings, secret: str) -> Reader:
    signed = settings.secret or found_secret(settings.data_dir)
    if signed is None:
        raise TokenDenied("No server has written secrets with this data folder.", reason="forged")
    database = await databases.opened(settings)
    try:
        return (await Sessions(database, signed).recognise(secret, origin="")).reader
    finally:
        await database.aclose()


def claims(settings: Settings) -> Claims:
    """Where tokens say what of a reader."""
    return Claims(
        organisation=words(settings.jwt_organisation_claim),
        roles=words(settings.jwt_roles_claim),
        profile=settings.profile_claims,
    )


def hosted(settings: Settings) -> Hosted | None:
    """Sessions that OpenAI hosts, where a workflow is named."""
    if not settings.workflow_id or settings.openai_api_key is None:
        return None
    return Hosted(
        settings.workflow_id,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        lifetime=timedelta(seconds=settings.session_ttl_s),
        requests_per_minute=settings.workflow_requests_per_minute,
    )
