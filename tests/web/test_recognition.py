"""Who is let in, and as whom, through the front door: each way to be known, and each way to pretend."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from pydantic import SecretStr
from tests.admitted import ELSEWHERE, LIST, SECRET, SITE, Key, Provider, by, door

from pageside.identity.jwts import padded
from pageside.identity.tokens import Guests
from pageside.web.recognition import GUEST_COOKIE

KEY, ANOTHER = Key("k1"), Key("k2")
ISSUER, AUDIENCE = "https://login.example/", "https://book.test/api"
RULES = {"jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}
SHARED = {"auth_mode": "jwt", "jwt_secret": SECRET, **RULES}
API = "/api/chatkit"


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    told = {"sub": "ada", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600, **more}
    return {name: value for name, value in told.items() if value is not None}


def shared(secret: str = SECRET, algorithm: str = "HS256", **more: Any) -> str:
    return jwt.encode(claims(**more), padded(SecretStr(secret)), algorithm=algorithm)


def part(told: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


def assembled(header: object, payload: object, key: bytes | None = None) -> str:
    """A token that no library would make."""
    signed = f"{part(header)}.{part(payload)}"
    signature = hmac.new(key, signed.encode(), hashlib.sha256).digest() if key else b""
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def pem() -> bytes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

    return KEY.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@pytest.fixture(scope="module")
def provider():
    with Provider(KEY) as served:
        yield served


# Each attack: the settings it is tried on, and the headers it comes with.
PUBLIC: dict[str, Any] = {
    "auth_mode": "jwt",
    "jwt_algorithm": "RS256, EdDSA",
    "jwt_jwks_url": "the provider's",
    **RULES,
}
MIXED = {**PUBLIC, "jwt_algorithm": "RS256, HS256", "jwt_secret": SECRET}
PROXIED = {"auth_mode": "header", "trusted_proxies": "10.0.0.0/8"}
TOKENS: dict[str, tuple[dict[str, Any], Callable[[], str]]] = {
    "no signature": (SHARED, lambda: assembled({"alg": "none"}, claims())),
    "no signature, in capitals": (SHARED, lambda: assembled({"alg": "NoNe"}, claims())),
    "no signature, of the right kind": (SHARED, lambda: assembled({"alg": "HS256"}, claims())),
    "no algorithm": (SHARED, lambda: assembled({"typ": "JWT"}, claims(), SECRET.encode())),
    "an algorithm that is a list": (SHARED, lambda: assembled({"alg": ["HS256"]}, claims(), SECRET.encode())),
    "an algorithm that is not allowed": (SHARED, lambda: shared(algorithm="HS512")),
    "another secret": (SHARED, lambda: shared("another secret of the right length")),
    "an empty secret": (SHARED, lambda: assembled({"alg": "HS256"}, claims(), b"\0")),
    "a changed claim": (SHARED, lambda: shared().replace(shared().split(".")[1], part(claims(sub="eve")))),
    "expired": (SHARED, lambda: shared(exp=int(time.time()) - 60)),
    "never expires": (SHARED, lambda: shared(exp=None)),
    "expires in no number": (SHARED, lambda: shared(exp="tomorrow")),
    "expires at infinity": (SHARED, lambda: assembled({"alg": "HS256"}, claims(exp=float("inf")), SECRET.encode())),
    "not valid yet": (SHARED, lambda: shared(nbf=int(time.time()) + 600)),
    "made in the future": (SHARED, lambda: shared(iat=int(time.time()) + 600)),
    "wrong audience": (SHARED, lambda: shared(aud="https://shop.example")),
    "no audience": (SHARED, lambda: shared(aud=None)),
    "wrong issuer": (SHARED, lambda: shared(iss="https://login.example")),
    "no issuer": (SHARED, lambda: shared(iss=None)),
    "another site": ({**SHARED, "jwt_authorized_parties": ELSEWHERE}, lambda: shared(azp="https://shop.example")),
    "a site that is no text": ({**SHARED, "jwt_authorized_parties": ELSEWHERE}, lambda: shared(azp=[ELSEWHERE])),
    "no subject": (SHARED, lambda: shared(sub=None)),
    "a subject with a line of its own": (SHARED, lambda: shared(sub="ada\r\nX-User-ID: eve")),
    "key confusion": (PUBLIC, lambda: assembled({"alg": "HS256", "kid": "k1"}, claims(), pem())),
    "key confusion, where both are allowed": (MIXED, lambda: assembled({"alg": "HS256", "kid": "k1"}, claims(), pem())),
    "another's key under a known name": (PUBLIC, lambda: jwt.encode(claims(), ANOTHER.private, "RS256", {"kid": "k1"})),
    "an unknown key": (PUBLIC, lambda: ANOTHER.sign(claims())),
    "a kid that is a file": (PUBLIC, lambda: ANOTHER.sign(claims(), kid="../../../../dev/null")),
    "a kid that is an address": (PUBLIC, lambda: ANOTHER.sign(claims(), kid="https://evil.example/jwks.json")),
    "a kid that is SQL": (PUBLIC, lambda: ANOTHER.sign(claims(), kid="k1' or '1'='1")),
    "a kid that is no text": (PUBLIC, lambda: assembled({"alg": "RS256", "kid": {"k": 1}}, claims(), b"x")),
    "keys elsewhere": (PUBLIC, lambda: ANOTHER.sign(claims(), kid="k1", jku="https://evil.example/jwks.json")),
    "a key of its own": (PUBLIC, lambda: ANOTHER.sign(claims(), kid="k1", jwk=ANOTHER.published)),
    "an unknown demand": (PUBLIC, lambda: KEY.sign(claims(), crit=["exp2"], exp2=1)),
    "the wrong kind of key": (PUBLIC, lambda: Key("k1", "EdDSA").sign(claims())),
    "100 kB": (SHARED, lambda: shared(more="x" * 100_000)),
    "nested to the bottom": (SHARED, lambda: f"{base64.urlsafe_b64encode(b'[' * 9000).decode().rstrip('=')}.e30.x"),
    "nested claims": (SHARED, lambda: f"{part({'alg': 'HS256'})}.{base64.urlsafe_b64encode(b'[' * 6000).decode()}.x"),
    "two dots": (SHARED, lambda: ".."),
    "no token at all": (SHARED, lambda: "x"),
    "a guest's token": (SHARED, lambda: Guests(SecretStr("of-these-tests-alone-9xQw3Zr7Lk2Vb8Nm")).mint()[1]),
    "a session nobody began": (SHARED, lambda: "pgs_" + shared()),
    "somebody's token, to guests": ({}, shared),
}


@pytest.mark.parametrize("attack", TOKENS)
async def test_a_token_that_proves_nothing_is_nobodys(tmp_path, provider, capfd, attack):
    """401 with the reason in words, on every route that needs a reader; nothing of the token is told or logged."""
    chosen, token = TOKENS[attack]
    if "jwt_jwks_url" in chosen:
        chosen = {**chosen, "jwt_jwks_url": provider.url}
    made = token()
    async with door(tmp_path, **chosen) as house, house.client() as client:
        answers = [
            await client.post("/chatkit", json=LIST, headers=by(made)),
            await client.get(f"{API}/me/export", headers=by(made)),
            await client.post(f"{API}/session", json={}, headers=by(made)),
            await client.delete(f"{API}/session", headers=by(made)),
        ]
        page = await client.get("/health", headers=by(made))
    told = "".join(answer.text + str(answer.headers) for answer in answers) + "".join(capfd.readouterr())

    assert [answer.status_code for answer in answers] == [401] * 4
    assert page.status_code == 200
    for answer in answers[:3]:
        assert answer.headers["www-authenticate"].startswith('Bearer realm="pageside", error="invalid_token", error_d')
        assert answer.json()["code"] == "invalid_token"
        assert answer.json()["detail"].endswith(".")
        assert "set-cookie" not in answer.headers
    assert all(piece not in told for piece in (made, *made.split(".")) if len(piece) > 20)


@pytest.mark.parametrize(
    ("chosen", "peer", "headers"),
    [
        pytest.param(PROXIED, "203.0.113.9", {"x-user-id": "ada"}, id="from outside the proxies"),
        pytest.param(PROXIED, "127.0.0.1", {"x-user-id": "ada"}, id="from this machine, which is not named"),
        pytest.param(
            PROXIED, "203.0.113.9", {"x-user-id": "ada", "x-forwarded-for": "10.0.0.1"}, id="forwarded by itself"
        ),
        pytest.param(PROXIED, "203.0.113.9", {}, id="no name, from outside"),
        pytest.param(PROXIED, "10.0.0.1", {}, id="no name, from a proxy"),
        pytest.param(PROXIED, "10.0.0.1", {"x-user-id": ""}, id="an empty name"),
        pytest.param(PROXIED, "10.0.0.1", {"x-user-id": "a" * 256}, id="too long a name"),
        pytest.param(PROXIED, "10.0.0.1", {"x-user-id": "ada\x00"}, id="a name with NUL"),
        pytest.param(PROXIED, "10.0.0.1", {"x-user-id": "ada\r\nx-user-id: eve"}, id="a name with a line of its own"),
        pytest.param(PROXIED, "10.0.0.1", [("x-user-id", "ada"), ("x-user-id", "eve")], id="two names"),
        pytest.param(PROXIED, "10.0.0.1", {"x-user-id": b"\xff\xfe"}, id="a name that is no text"),
        pytest.param({"auth_mode": "header"}, "203.0.113.9", {"x-user-id": "ada"}, id="no proxy, from elsewhere"),
        pytest.param({"auth_mode": "header"}, "203.0.113.9", {}, id="no proxy and no name, from elsewhere"),
        pytest.param(SHARED, "127.0.0.1", {"x-user-id": "ada"}, id="a name where tokens are needed"),
        pytest.param(SHARED, "127.0.0.1", {"authorization": "Basic YWRhOmFkYQ=="}, id="a password"),
        pytest.param(SHARED, "127.0.0.1", {"authorization": "Bearer"}, id="no token after all"),
        pytest.param(SHARED, "127.0.0.1", {"authorization": "Bearer a b"}, id="a token in two parts"),
        pytest.param(SHARED, "127.0.0.1", {"authorization": "Bearer é".encode()}, id="a token that is no token"),
        pytest.param(
            SHARED, "127.0.0.1", [("authorization", "Bearer a"), ("authorization", "Bearer b")], id="two tokens"
        ),
    ],
)
async def test_a_header_that_proves_nothing_is_nobodys(tmp_path, chosen, peer, headers):
    """401, with a `WWW-Authenticate`, whatever else comes along."""
    async with door(tmp_path, **chosen) as house, house.client(peer) as client:
        answer = await client.post("/chatkit", json=LIST, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="pageside"')


@pytest.mark.parametrize(
    ("chosen", "token"),
    [(SHARED, shared), (PUBLIC, lambda: KEY.sign(claims())), (MIXED, shared), (MIXED, lambda: KEY.sign(claims()))],
)
async def test_a_good_token_is_its_reader(tmp_path, provider, chosen, token):
    """Of either kind; the scheme in any case, the claims as they stand."""
    if "jwt_jwks_url" in chosen:
        chosen = {**chosen, "jwt_jwks_url": provider.url}
    async with door(tmp_path, **chosen) as house, house.client() as client:
        answers = [
            await client.post("/chatkit", json=LIST, headers={"authorization": f"{scheme} {token()}"})
            for scheme in ("Bearer", "bearer", "BEARER ")
        ]
        about = await client.get(f"{API}/me/export", headers=by(token()))
        twice = await client.post("/chatkit", json=LIST, headers=[*by(token()).items(), *by("x").items()])

    assert [answer.status_code for answer in (*answers, about, twice)] == [200, 200, 200, 200, 401]
    assert all("set-cookie" not in answer.headers for answer in answers)


async def test_organisations_keep_readers_of_one_name_apart(tmp_path):
    """The same subject in two organisations is two readers."""
    async with door(tmp_path, **SHARED) as house, house.client() as client:
        ask = {"type": "threads.create", "params": {"input": _message("Hello")}}
        await client.post("/chatkit", json=ask, headers=by(shared(org_id="school")))
        seen = [
            len((await client.post("/chatkit", json=LIST, headers=by(shared(org_id=each)))).json()["data"])
            for each in ("school", "college", None)
        ]

    assert seen == [1, 0, 0]


def _message(text: str) -> dict[str, Any]:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


async def test_the_pages_of_the_book_are_everybodys(tmp_path):
    """In every mode, also for whoever is refused; what is the reader's needs one."""
    for chosen in ({}, SHARED, PROXIED):
        async with (
            door(tmp_path / chosen.get("auth_mode", "guest"), **chosen) as house,
            house.client("203.0.113.9") as client,
        ):
            public = [await client.get(path) for path in ("/health", "/-/openapi.json")]
            lost = await client.get("/nowhere", headers=by("x"))
            own = await client.post("/chatkit", json=LIST)

        assert [answer.status_code for answer in public] == [200, 200]
        assert lost.status_code in {404, 503}
        assert own.status_code == (200 if not chosen else 401)


# What anybody may ask, and where bytes go to an address that is sealed.
OPEN = {("GET", f"{API}/health"), ("GET", "/chatkit/config"), ("PUT", "/chatkit/attachments/{attachment_id}")}


async def test_every_route_of_the_assistant_needs_a_reader(tmp_path):
    """Also one that is added later: what is below `/chatkit` and `/api/chatkit` tells strangers nothing."""
    body = {"existing_session_id": "ses_1"}
    async with door(tmp_path, **SHARED) as house, house.client() as client:
        paths = house.app.openapi()["paths"]
        routes = [
            (method.upper(), path)
            for path, methods in paths.items()
            for method in methods
            if path.startswith(("/chatkit", "/api/"))
        ]
        told = {
            (method, path): (await client.request(method, re.sub(r"{\w+}", "x_1", path), json=body)).status_code
            for method, path in routes
            if (method, path) not in OPEN
        }

    assert len(told) > 15
    assert {route: status for route, status in told.items() if status != 401} == {}


async def test_a_proxy_says_who_asks(tmp_path):
    """In UTF-8, and to its own reader each."""
    async with door(tmp_path, **PROXIED) as house, house.client("10.1.2.3") as client:
        ask = {"type": "threads.create", "params": {"input": _message("Hello")}}
        await client.post("/chatkit", json=ask, headers={"x-user-id": "zoë@school.example".encode()})
        seen = [
            len((await client.post("/chatkit", json=LIST, headers={"x-user-id": each.encode()})).json()["data"])
            for each in ("zoë@school.example", "ada")
        ]

    assert seen == [1, 0]


@pytest.mark.parametrize(("environment", "status"), [("development", 200), ("production", 401)])
async def test_on_this_machine_whoever_is_not_named_is_the_test_reader(tmp_path, environment, status):
    """Outside production, and where no proxy is named."""
    named = {"trusted_proxies": "10.0.0.1"} if environment == "production" else {}
    async with door(tmp_path, auth_mode="header", environment=environment, **named) as house, house.client() as client:
        silent = await client.post("/chatkit", json=LIST)
        asked = await client.post("/chatkit", json=LIST, headers={"x-user-id": "test-user"})

    assert (silent.status_code, asked.status_code) == (status, status)


async def test_a_guest_is_their_cookie(tmp_path):
    """A forged or foreign one makes somebody new, and nobody can choose a name."""
    _, foreign = Guests(SecretStr("of another server, and long enough")).mint()
    async with door(tmp_path) as house, house.client() as client:
        first = await client.post("/chatkit", json={"type": "threads.create", "params": {"input": _message("Hello")}})
        mine = await client.post("/chatkit", json=LIST)
        cookie = first.headers["set-cookie"]
        client.cookies.clear()
        forged = await client.post("/chatkit", json=LIST, headers={"cookie": f"{GUEST_COOKIE}={foreign}"})
        chosen = await client.post(
            "/chatkit", json=LIST, headers={"cookie": f"{GUEST_COOKIE}=gst_1", "x-user-id": "ada"}
        )

    assert [part.partition("=")[0] for part in cookie.split("; ")[1:]] == ["Path", "Max-Age", "HttpOnly", "SameSite"]
    assert len(mine.json()["data"]) == 1
    assert "set-cookie" not in mine.headers
    for answer in (forged, chosen):
        assert answer.json()["data"] == []
        assert answer.headers["set-cookie"].startswith(GUEST_COOKIE)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": SITE}, 200),
        ({"origin": SITE.upper().replace("HTTP", "http")}, 200),
        ({"origin": SITE, "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "https://proxied.example", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "https://book.public.example"}, 200),
        ({"origin": "https://listed.example", "sec-fetch-site": "same-site"}, 200),
        ({"origin": ELSEWHERE}, 403),
        ({"origin": ELSEWHERE, "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": f"{SITE}.evil.example"}, 403),
        ({"origin": "http://book.test:8080"}, 403),
    ],
)
async def test_a_guests_cookie_is_good_on_our_own_pages_alone(tmp_path, headers, status):
    """And on those that are listed; without one, a page of another site is told to begin a session."""
    chosen = {"public_url": "https://book.public.example", "cors_origins": "https://listed.example"}
    async with door(tmp_path, **chosen) as house, house.client() as client:
        await client.post("/chatkit", json=LIST)
        answer = await client.post("/chatkit", json=LIST, headers=headers)
        client.cookies.clear()
        without = await client.post("/chatkit", json=LIST, headers=headers)

    assert answer.status_code == status
    assert "set-cookie" not in answer.headers
    away = status == 403 or "listed" in headers.get("origin", "")
    assert without.status_code == (401 if away else 200)
    assert ("set-cookie" in without.headers) is not away


async def test_the_address_is_told_by_believed_proxies_alone(tmp_path):
    """And so is the scheme, which the addresses of files are made of; this machine may say that much."""
    seen = []
    async with door(tmp_path, trusted_proxies="10.0.0.0/8") as house:

        @house.app.middleware("http")
        async def look(request, call_next):
            seen.append((request.state.address, request.url.scheme))
            return await call_next(request)

        # Stands inside: what was added last is outermost, and ours were added before.
        house.app.user_middleware.append(house.app.user_middleware.pop(0))
        for peer in ("10.0.0.1", "203.0.113.9", "127.0.0.1"):
            async with house.client(peer) as client:
                headers = {"x-forwarded-for": "1.2.3.4, 198.51.100.1", "x-forwarded-proto": "http, https"}
                await client.get("/health", headers=headers)

    assert seen == [("198.51.100.1", "https"), ("203.0.113.9", "http"), ("127.0.0.1", "https")]


async def test_what_the_provider_cannot_tell_is_not_the_readers_fault(tmp_path):
    """503 and a time to come back; the pages are there all the same."""
    with Provider() as empty:
        async with door(tmp_path, **{**PUBLIC, "jwt_jwks_url": empty.url}) as house, house.client() as client:
            answer = await client.post("/chatkit", json=LIST, headers=by(KEY.sign(claims())))
            page = await client.get("/health", headers=by(KEY.sign(claims())))

    assert (answer.status_code, answer.json()["code"], page.status_code) == (503, "keys_unavailable", 200)
    assert int(answer.headers["retry-after"]) > 0


STRANGE = [
    b"", b" ", b"\xff\xfe", b"\xc3\xa9", b"null", b"http://[::1", b"http://", b"://", b"//book.test", b"http://book.test:99999",
    b"javascript:alert(1)", b"a" * 9000, b"=", b";;;", b"pageside_guest", b'pageside_guest="', b"pageside_guest=a.b.c",
    b"Bearer", b"Bearer  ", b"Bearer =", b"Bearer pgs_", b"Bearer pgs_.", b"Bearer pgs_W10.x", b"Bearer ..",
    b"Bearer a.b", b"[", b"[::1", b"1.2.3.4:x", b",,,", b"fe80::1%eth0", b"\x00", b"\t", b"0" * 400,
]  # fmt: skip


@pytest.mark.parametrize(
    "chosen", [{}, SHARED, PROXIED, {"auth_mode": "header"}], ids=["guest", "jwt", "proxy", "machine"]
)
async def test_whatever_stands_in_a_header_there_is_a_reader_or_a_denial(tmp_path, chosen):
    """Never a fault of the server: each header that says who asks, with each thing that is none of it."""
    names = [
        "authorization",
        "cookie",
        "origin",
        "sec-fetch-site",
        "host",
        "x-user-id",
        "x-forwarded-for",
        "x-forwarded-proto",
    ]
    async with door(tmp_path, **chosen) as house, house.client("10.0.0.1") as client:
        told = [
            (await client.post("/chatkit", json=LIST, headers=[(name.encode(), value), *more])).status_code
            for name in names
            for value in STRANGE
            for more in ([], [(b"cookie", b"a=b")], [(b"origin", b"https://evil.example")])
        ]

    assert set(told) <= {200, 400, 401, 403}
