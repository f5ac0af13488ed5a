"""Readers out of tokens as providers shape them: each by the claims that its own documents name."""

from __future__ import annotations

import time
from datetime import timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from tests.admitted import SECRET, Key, Provider

from pageside import settings
from pageside.identity.claims import LONGEST_NAME, Claims
from pageside.identity.denial import TokenDenied
from pageside.identity.jwts import Rules, Verifier, padded
from pageside.identity.reader import Reader
from pageside.storage.owner import require_keepable
from pageside.wiring import admitting

NOW = int(time.time())
TIMES = {"iat": NOW, "exp": NOW + 86_400}

# What each provider writes into a token, the settings that read it, and the reader that comes of it.
PROVIDERS = {
    # https://www.better-auth.com/docs/plugins/jwt: the user object, `sub`, and the base URL as issuer and audience;
    # signed with EdDSA unless told otherwise.
    "better-auth": (
        "EdDSA",
        {
            "id": "aB3dE5fG7hJ9kL1m", "name": "Ada Lovelace", "email": "ada@school.example", "emailVerified": True,
            "image": None, "createdAt": "2026-01-02T10:00:00.000Z", "role": "teacher", "sub": "aB3dE5fG7hJ9kL1m",
            "iss": "https://school.example", "aud": "https://school.example", **TIMES,
        },
        {"jwt_issuer": "https://school.example", "jwt_audience": "https://school.example", "jwt_roles_claim": "role"},
        ("aB3dE5fG7hJ9kL1m", "", {"teacher"}, {"name": "Ada Lovelace", "email": "ada@school.example"}),
    ),
    # https://auth0.com/docs/secure/tokens/access-tokens: `iss` with a slash, several audiences, claims of one's own
    # under a URL.
    "auth0": (
        "RS256",
        {
            "iss": "https://school.eu.auth0.com/", "sub": "auth0|65f0c1d2e3a4b5c6d7e8f901",
            "aud": ["https://book.example/api", "https://school.eu.auth0.com/userinfo"], "azp": "my_client_id",
            "scope": "openid profile email", "org_id": "org_9ybsU1dN2dKfDkBi", "permissions": ["ask:book"],
            "https://book.example/roles": ["admin", "teacher"], "https://book.example/name": "Ada", **TIMES,
        },
        {
            "jwt_issuer": "https://school.eu.auth0.com/", "jwt_audience": "https://book.example/api",
            "jwt_roles_claim": "https://book.example/roles",
            "jwt_profile_claims": "name=https://book.example/name",
        },
        ("auth0|65f0c1d2e3a4b5c6d7e8f901", "org_9ybsU1dN2dKfDkBi", {"admin", "teacher"}, {"name": "Ada"}),
    ),
    # https://clerk.com/docs/backend-requests/resources/session-tokens: version 2, with the organisation under `o` and
    # no audience.
    "clerk": (
        "RS256",
        {
            "azp": "https://book.example", "fva": [10, -1], "iss": "https://clerk.school.example", "jti": "a1b2",
            "nbf": NOW - 5, "sid": "sess_2GbDB4enHdCa5vS1zpC3Xzg9tK9", "sts": "active", "v": 2,
            "sub": "user_2GIpXOEpVyJw51rkZn9Kmnc6Sxr", "pla": "o:free",
            "o": {"id": "org_2GIpXOEpVyJw51rkZn9Kmnc6Sxr", "rol": "admin", "slg": "school"}, **TIMES,
        },
        {
            "jwt_issuer": "https://clerk.school.example", "jwt_organisation_claim": "o.id, org_id",
            "jwt_authorized_parties": "https://other.example, https://book.example",
            "jwt_roles_claim": "o.rol, org_role",
        },
        ("user_2GIpXOEpVyJw51rkZn9Kmnc6Sxr", "org_2GIpXOEpVyJw51rkZn9Kmnc6Sxr", {"admin"}, {}),
    ),
    # https://supabase.com/docs/guides/auth/jwt-fields: `role` is a role of the database, and one's own are in
    # `app_metadata`; what is in `user_metadata` the reader can write.
    "supabase": (
        "ES256",
        {
            "aal": "aal1", "aud": "authenticated", "email": "ada@school.example", "phone": "",
            "iss": "https://abcdefghijklmnopqrst.supabase.co/auth/v1", "role": "authenticated", "is_anonymous": False,
            "sub": "8ccaa7af-909f-44e7-84cb-67cdccb56be6", "session_id": "f4e3d2c1-b0a9-4897-8675-645342312010",
            "amr": [{"method": "password", "timestamp": NOW}],
            "app_metadata": {"provider": "email", "roles": ["admin"], "org": "school"},
            "user_metadata": {"full_name": "Ada Lovelace", "roles": ["owner"]}, **TIMES,
        },
        {
            "jwt_audience": "authenticated", "jwt_organisation_claim": "app_metadata.org",
            "jwt_roles_claim": "app_metadata.roles",
            "jwt_profile_claims": "name=user_metadata.full_name, email=email",
        },
        (
            "8ccaa7af-909f-44e7-84cb-67cdccb56be6", "school", {"admin"},
            {"name": "Ada Lovelace", "email": "ada@school.example"},
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_token_of_each_provider_is_a_reader(name):
    """By the published key, and with the settings that the guide gives for it."""
    algorithm, claims, chosen, (subject, organisation, roles, profile) = PROVIDERS[name]
    key = Key("k1", algorithm)
    with Provider(key) as provider:
        loaded = settings.load({}, auth_mode="jwt", jwt_algorithm=algorithm, jwt_jwks_url=provider.url, **chosen)
        verifier = admitting.verifier(loaded)
        try:
            reader = await verifier.reader(key.sign(claims))
        finally:
            await verifier.aclose()

    assert (reader.subject, reader.organisation, reader.roles) == (subject, organisation, frozenset(roles))
    assert dict(reader.profile) == profile


@pytest.mark.parametrize(
    ("claims", "subject"),
    [
        ({"sub": "ada"}, "ada"),
        ({"user_id": "ada"}, "ada"),
        ({"user_id": 42}, "42"),
        ({"sub": "ada", "user_id": "eve"}, "ada"),
        ({"sub": "", "user_id": "eve"}, "eve"),
    ],
)
def test_the_subject_is_sub_or_user_id(claims, subject):
    """In this order; a number is one, too."""
    assert Claims().reader(claims).subject == subject


def test_the_longest_name_can_be_kept():
    """In any script; one character more cannot."""
    reader = Claims().reader({"sub": "🐝" * LONGEST_NAME, "org_id": "🐝" * LONGEST_NAME})
    require_keepable(reader)

    with pytest.raises(TokenDenied):
        Claims().reader({"sub": "b" * (LONGEST_NAME + 1)})


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"sub": None},
        {"sub": ["ada"]},
        {"sub": {"id": "ada"}},
        {"sub": True},
        {"sub": "a\x00da"},
        {"sub": "a" * 256},
        {"sub": " ada"},
        {"sub": "a\ud800"},
        {"sub": "ada", "org_id": ["school"]},
        {"sub": "ada", "org_id": "x" * 300},
    ],
)
def test_a_name_that_cannot_be_kept_is_nobodys(claims):
    """An organisation that cannot be read is no reason to put the reader among those of none."""
    with pytest.raises(TokenDenied):
        Claims().reader(claims)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(["sub", "user_id", "org_id", "roles", "name", "a"]), JSON),
    st.sampled_from([("roles",), ("a.roles", "roles"), ("a.b.c",), ("",), (".",)]),
)
def test_whatever_a_token_says_there_is_a_reader_or_a_denial(claims, places):
    """Claims are somebody else's JSON."""
    try:
        reader = Claims(roles=places, profile={"name": ("name", "a.name")}).reader(claims)
    except TokenDenied:
        return
    assert isinstance(reader, Reader)
    assert reader.subject
    assert all(isinstance(role, str) for role in reader.roles)


@pytest.mark.parametrize(
    ("value", "roles"),
    [
        ("admin", {"admin"}),
        ("admin teacher", {"admin", "teacher"}),
        (["a", 1, None, "b"], {"a", "b"}),
        ({"a": 1}, set()),
    ],
)
def test_roles_come_as_a_list_or_in_words(value, roles):
    """What is neither gives none."""
    assert Claims().reader({"sub": "ada", "roles": value}).roles == roles


async def test_clocks_may_be_apart_by_the_leeway():
    """And no further."""
    verifier = Verifier(Rules(("HS256",), leeway=timedelta(hours=4)), Claims(), secret=SecretStr(SECRET))
    late = jwt.encode({"sub": "ada", "exp": NOW - 3600}, padded(SecretStr(SECRET)))
    gone = jwt.encode({"sub": "ada", "exp": NOW - 5 * 3600}, padded(SecretStr(SECRET)))

    assert (await verifier.reader(late)).subject == "ada"
    with pytest.raises(TokenDenied, match="expired"):
        await verifier.reader(gone)
