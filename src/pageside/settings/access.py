"""Who may ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from pageside.identity.claims import LONGEST_NAME, nameable
from pageside.identity.jwts import PUBLIC, SHARED
from pageside.identity.proxies import Proxies
from pageside.settings.checks import http_url

PROFILE = ("name", "email", "role", "softwareBackground", "hardwareTier")
AuthMode = Literal["guest", "jwt", "header"]


class Access(BaseSettings):
    """How readers are known."""

    auth_mode: AuthMode = Field(
        "guest",
        validation_alias="AUTH_MODE",
        description="How readers are known. `guest`: a signed random name per browser; `jwt`: a Bearer token; "
        "`header`: `X-User-ID` from a trusted proxy.",
    )
    trusted_proxies: str = Field(
        "",
        validation_alias="TRUSTED_PROXIES",
        description="Addresses and networks, such as `10.0.0.0/8, ::1`, whose `X-Forwarded-For` and `X-User-ID` are "
        "believed.",
    )
    jwt_secret: SecretStr | None = Field(
        None,
        validation_alias="JWT_SECRET",
        description="Checks tokens signed with HS256, HS384 or HS512; in production at least 32 characters.",
    )
    jwt_algorithm: str = Field(
        "HS256",
        validation_alias="JWT_ALGORITHM",
        description="How tokens may be signed: one name or several, such as `RS256, EdDSA`.",
    )
    jwt_jwks_url: str = Field(
        "",
        validation_alias="JWT_JWKS_URL",
        description="Where the provider publishes the keys of RS, PS, ES and EdDSA signatures.",
    )
    jwt_issuer: str = Field(
        "", validation_alias="JWT_ISSUER", description="Who makes the tokens (`iss`). Unset: not looked at."
    )
    jwt_audience: str = Field(
        "",
        validation_alias="JWT_AUDIENCE",
        description="Whom they are meant for (`aud`), one or several. Unset: not looked at.",
    )
    jwt_authorized_parties: str = Field(
        "",
        validation_alias="JWT_AUTHORIZED_PARTIES",
        description="Sites that tokens may be made for, where they say for which (`azp`), such as "
        "`https://book.example`. Unset: not looked at.",
    )
    jwt_leeway_s: int = Field(
        30, ge=0, le=600, validation_alias="JWT_LEEWAY_S", description="Seconds that clocks may be apart."
    )
    jwt_organisation_claim: str = Field(
        "org_id",
        validation_alias="JWT_ORGANISATION_CLAIM",
        description="Claim with the organisation, which keeps readers apart; a path, such as `o.id`, or several.",
    )
    jwt_roles_claim: str = Field(
        "roles",
        validation_alias="JWT_ROLES_CLAIM",
        description="Claim with the roles; a path, such as `app_metadata.roles`, or several.",
    )
    jwt_profile_claims: str = Field(
        "name=name, email=email",
        validation_alias="JWT_PROFILE_CLAIMS",
        description="Claims with what is known of a reader (`name`, `email`, `role`, `softwareBackground`, "
        "`hardwareTier`).",
    )
    session_ttl_s: int = Field(
        3600,
        ge=60,
        le=86_400,
        validation_alias="CHATKIT_SESSION_TTL",
        description="Seconds that a session's secret is good for.",
    )
    session_grace_s: int = Field(
        86_400,
        ge=0,
        le=31_536_000,
        validation_alias="CHATKIT_SESSION_GRACE",
        description="Seconds after that in which it can still be exchanged for a new one.",
    )
    workflow_id: str = Field(
        "",
        validation_alias="CHATKIT_WORKFLOW_ID",
        description="Begins sessions of a workflow that OpenAI hosts instead of our own; needs `OPENAI_API_KEY`.",
    )
    workflow_requests_per_minute: int = Field(
        10,
        ge=1,
        le=10_000,
        validation_alias="CHATKIT_WORKFLOW_REQUESTS_PER_MINUTE",
        description="Requests that such a session takes in a minute.",
    )

    mcp_reader: str = Field(
        "local",
        min_length=1,
        max_length=LONGEST_NAME,
        validation_alias="PAGESIDE_MCP_READER",
        description="Whose tasks `pageside mcp` shows; who calls `/mcp` is known as everywhere.",
    )

    @property
    def jwt_algorithms(self) -> tuple[str, ...]:
        """Their names, one by one."""
        return words(self.jwt_algorithm)

    @property
    def profile_claims(self) -> Mapping[str, tuple[str, ...]]:
        """The claims of each key of a profile."""
        pairs = [pair.partition("=") for pair in words(self.jwt_profile_claims)]
        return {
            key: tuple(place for name, _, place in pairs if name == key) for key in dict.fromkeys(p[0] for p in pairs)
        }

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, told: str) -> str:
        Proxies.parse(told)
        return told

    @field_validator("mcp_reader")
    @classmethod
    def _nameable(cls, told: str) -> str:
        if not nameable(told):
            raise ValueError("is no name: leave out what cannot be seen, and spaces at its ends")
        return told

    @field_validator("jwt_secret")
    @classmethod
    def _is_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and secret.get_secret_value().lstrip().startswith("-----BEGIN"):
            raise ValueError("is for a shared secret; a public key is taken from JWT_JWKS_URL")
        return secret

    @field_validator("jwt_algorithm")
    @classmethod
    def _known_algorithms(cls, told: str) -> str:
        unknown = [name for name in words(told) if name not in (*SHARED, *PUBLIC)]
        if unknown or not words(told):
            raise ValueError(f"takes {', '.join((*SHARED, *PUBLIC))}, and not {', '.join(unknown) or 'nothing'}")
        return told

    @field_validator("jwt_jwks_url")
    @classmethod
    def _keys_url(cls, url: str) -> str:
        return http_url(url)

    @field_validator("jwt_profile_claims")
    @classmethod
    def _profile_places(cls, told: str) -> str:
        for pair in words(told):
            key, _, place = pair.partition("=")
            if key not in PROFILE or not place:
                raise ValueError(f"{pair!r}: write KEY=CLAIM, with a key out of {', '.join(PROFILE)}")
        return told


def words(told: str) -> tuple[str, ...]:
    """What stands in a list that is parted by commas or spaces."""
    return tuple(told.replace(",", " ").split())
