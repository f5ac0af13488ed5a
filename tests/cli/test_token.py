"""`pageside token` and what `pageside doctor` says of a token: real processes, as a person uses them."""

from __future__ import annotations

import json

import jwt
import pytest
from tests import zygote
from tests.admitted import LIST, SECRET, by, door

TAKEN = {"AUTH_MODE": "jwt", "JWT_SECRET": SECRET}


def pageside(*words, folder, **environment):
    return zygote.run(words, cwd=folder, env=environment)


def made(*words, folder, **environment):
    done = pageside("token", *words, folder=folder, **{**TAKEN, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def claims(token):
    return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_aud": False})


async def test_the_last_word_is_a_token_that_the_server_takes(tmp_path):
    """The only one on standard output."""
    token = made("ada", folder=tmp_path)
    async with door(tmp_path, auth_mode="jwt", jwt_secret=SECRET) as house, house.client() as client:
        answer = await client.post("/chatkit", json=LIST, headers=by(token))

    assert answer.status_code == 200
    assert claims(token)["exp"] - claims(token)["iat"] == 3600


def test_it_says_what_the_settings_look_for(tmp_path):
    """At the places that they name, so that the server reads it as it reads the provider's."""
    places = {
        "JWT_ISSUER": "https://login.example/", "JWT_AUDIENCE": "book, shop", "JWT_ORGANISATION_CLAIM": "o.id, org_id",
        "JWT_ROLES_CLAIM": "https://book.example/roles",
    }  # fmt: skip
    words = ("ada", "--org", "school", "--role", "admin", "--role", "teacher", "--ttl", "2d")
    told = claims(made(*words, folder=tmp_path, **places))
    lasts = told.pop("exp") - told.pop("iat")

    assert told == {
        "sub": "ada", "iss": "https://login.example/", "aud": "book", "o": {"id": "school"},
        "https://book.example/roles": ["admin", "teacher"],
    }  # fmt: skip
    assert lasts == 2 * 86_400


@pytest.mark.parametrize(
    ("words", "environment", "told"),
    [
        (("ada",), {**TAKEN, "PAGESIDE_ENVIRONMENT": "production"}, "identity provider alone"),
        (("ada",), {}, "JWT_SECRET"),
        (("ada",), {**TAKEN, "JWT_ALGORITHM": "RS256", "JWT_JWKS_URL": "https://login.example/keys"}, "JWT_ALGORITHM"),
        (("",), TAKEN, "nobody's name"),
        (("ada", "--ttl", "for ever"), TAKEN, "--ttl"),
        (("ada", "--ttl", "9999d"), TAKEN, "--ttl"),
    ],
)
def test_what_cannot_be_made_is_told_in_words(tmp_path, words, environment, told):
    """And no token is printed."""
    done = pageside("token", *words, folder=tmp_path, **environment)

    assert done.returncode == 2
    assert told in done.stderr
    assert done.stdout == ""


def examined(token, *, folder, **environment):
    done = pageside("doctor", "--json", "--token", token, folder=folder, **environment)
    return done.returncode, json.loads(done.stdout)


def test_a_good_token_is_explained(tmp_path):
    """Whose it is, and what they may."""
    token = made("ada", "--org", "school", "--role", "admin", folder=tmp_path)
    code, (finding,) = examined(f"Bearer {token}", folder=tmp_path, **TAKEN)

    assert (code, finding["state"]) == (0, "on")
    assert "'ada' of the organisation 'school', with the roles admin" in finding["told"]


@pytest.mark.parametrize(
    ("environment", "told", "remedy"),
    [
        ({**TAKEN, "JWT_AUDIENCE": "shop"}, "aud is 'book'; JWT_AUDIENCE is shop", "JWT_AUDIENCE"),
        ({**TAKEN, "JWT_ISSUER": "https://login.example"}, "JWT_ISSUER is https://login.example", "JWT_ISSUER"),
        ({**TAKEN, "JWT_SECRET": SECRET[::-1]}, "signature", "JWT_SECRET"),
        ({**TAKEN, "JWT_ALGORITHM": "HS512"}, "it says 'HS256'; JWT_ALGORITHM allows HS512", "JWT_ALGORITHM"),
        ({"AUTH_MODE": "guest"}, "takes no tokens", "AUTH_MODE=jwt"),
        ({"AUTH_MODE": "header"}, "takes no tokens", "AUTH_MODE=jwt"),
    ],
)
def test_a_denied_token_is_explained(tmp_path, environment, told, remedy):
    """Why, what to do, and nothing of the token."""
    token = made("ada", folder=tmp_path, JWT_AUDIENCE="book", JWT_ISSUER="https://login.example/")
    code, (finding,) = examined(token, folder=tmp_path, **environment)

    assert (code, finding["state"]) == (1, "broken")
    assert told in finding["told"]
    assert remedy in finding["remedy"]
    assert not any(part in json.dumps(finding) for part in token.split("."))


def test_an_expired_token_is_told_when_it_did(tmp_path):
    """To the second, to be compared with a clock."""
    token = jwt.encode({"sub": "ada", "exp": 1_700_000_000}, SECRET)
    _, (finding,) = examined(token, folder=tmp_path, **TAKEN)

    assert "exp is 2023-11-14 22:13:20 UTC" in finding["told"]


def test_a_token_is_read_from_standard_input_for_those_who_keep_a_history(tmp_path):
    """`-` reads it; a session's secret is explained as well."""
    done = pageside("doctor", "--token", "-", folder=tmp_path, **TAKEN)
    forged = pageside("doctor", "--token", "pgs_x", folder=tmp_path, **TAKEN)

    assert "no JSON Web Token" in done.stdout
    assert "forged" in forged.stdout or "No server" in forged.stdout


def test_the_doctor_says_how_readers_are_known(tmp_path):
    """In each mode, and what weakens it."""

    def parts(**environment):
        found = json.loads(pageside("doctor", "--json", folder=tmp_path, **environment).stdout)
        return {finding["part"]: (finding["state"], finding["told"]) for finding in found}

    weak = parts(AUTH_MODE="jwt", JWT_SECRET="secret")
    gone = parts(AUTH_MODE="jwt", JWT_ALGORITHM="RS256", JWT_JWKS_URL="http://127.0.0.1:9/keys", JWT_ISSUER="i")

    assert "guests" in parts()["readers"][1]
    assert "test-user" in parts(AUTH_MODE="header")["readers"][1]
    assert "10.0.0.5" in parts(AUTH_MODE="header", TRUSTED_PROXIES="10.0.0.5")["readers"][1]
    assert weak["JWT_SECRET"][0] == weak["token audience"][0] == weak["token issuer"][0] == "missing"
    assert gone["token keys"][0] == "broken"
    assert "token issuer" not in gone
