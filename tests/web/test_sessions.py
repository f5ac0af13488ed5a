"""Sessions through the front door: begun, used, renewed and revoked, on both databases and in several processes."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import httpx2
import jwt
import pytest
from pydantic import SecretStr
from tests.admitted import ELSEWHERE, LIST, SECRET, by, door, together
from tests.faults.machine import Machine

from pageside.conversation.pruning import Pruning
from pageside.conversation.sessions import RENEWABLE_FOR
from pageside.identity.jwts import padded
from pageside.identity.reader import Reader
from pageside.storage.files import LocalFiles

API = "/api/chatkit"
SESSION, REFRESH = f"{API}/session", f"{API}/refresh"
HEADER = {"auth_mode": "header"}
SAYS = {"content": [{"type": "input_text", "text": "Hello"}], "attachments": [], "inference_options": {}}
ASK = {"type": "threads.create", "params": {"input": SAYS}}


class Clock:
    """The time of sessions, which passes when a test says so."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at

    def go(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def house(tmp_path, store_url, clock):
    async with door(tmp_path, store_url=store_url, now=clock, **HEADER) as opened:
        yield opened


@pytest.fixture
async def client(house):
    async with house.client() as one:
        yield one


async def begun(client, reader="ada", **headers):
    answer = await client.post(SESSION, json={}, headers={"x-user-id": reader, **headers})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def listed(client, secret, **headers):
    return await client.post("/chatkit", json=LIST, headers=by(secret, **headers))


async def renewed(client, session, secret="", **headers):
    told = by(secret, **headers) if secret else headers
    return await client.post(REFRESH, json={"existing_session_id": session}, headers=told)


async def test_a_session_is_begun_with_nothing_and_answers_with_three_fields(client):
    """Whatever a client sends beside; never to be kept by anybody on the way."""
    answers = [
        await client.post(SESSION, json={}),
        await client.post(SESSION),
        await client.post(SESSION, json={"workflow": {"id": "wf_1"}, "user": "eve"}),
    ]

    for answer in answers:
        made = answer.json()
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert set(made) == {"client_secret", "session_id", "expires_at"}
        assert made["session_id"].startswith("ses_")
        assert 3590 < made["expires_at"] - time.time() < 3610
    assert len({answer.json()["client_secret"] for answer in answers}) == 3


async def test_a_secret_is_its_reader(client):
    """For everything that a reader may do; whoever is named by a body is not asked."""
    made = await begun(client)
    await client.post("/chatkit", json=ASK, headers=by(made["client_secret"]))
    mine = await listed(client, made["client_secret"])
    theirs = await listed(client, (await begun(client, "eve"))["client_secret"])
    named = await client.post("/chatkit", json=LIST, headers={"x-user-id": "ada"})

    assert [len(answer.json()["data"]) for answer in (mine, theirs, named)] == [1, 0, 1]


async def test_a_secret_expires(client, clock):
    """To the second; then it can be renewed for a while, and then no more."""
    made = await begun(client)
    clock.go(seconds=3599)
    in_time = await listed(client, made["client_secret"])
    clock.go(seconds=1)
    late = await listed(client, made["client_secret"])
    clock.go(days=1, seconds=-1)
    again = await renewed(client, made["session_id"], made["client_secret"])
    clock.go(seconds=1)
    too_late = await renewed(client, made["session_id"], made["client_secret"])

    assert [answer.status_code for answer in (in_time, late, again, too_late)] == [200, 401, 200, 401]
    assert "expired" in late.json()["detail"]
    assert 'error="invalid_token"' in late.headers["www-authenticate"]


async def test_renewing_gives_the_same_session_a_new_secret(client, clock):
    """With the secret as Bearer, or in the field where clients hand it back; conversations are still there."""
    made = await begun(client)
    await client.post("/chatkit", json=ASK, headers=by(made["client_secret"]))
    clock.go(minutes=59)
    first = (await renewed(client, made["session_id"], made["client_secret"])).json()
    clock.go(minutes=70)
    second = (await renewed(client, first["client_secret"])).json()
    third = (await renewed(client, second["client_secret"], second["client_secret"])).json()

    assert {each["session_id"] for each in (made, first, second, third)} == {made["session_id"]}
    assert made["expires_at"] < first["expires_at"] < second["expires_at"] == third["expires_at"]
    assert len((await listed(client, third["client_secret"])).json()["data"]) == 1


@pytest.mark.parametrize(
    ("field", "bearer", "status"),
    [
        ("mine", "", 401),
        ("theirs", "", 401),
        ("theirs", "mine", 404),
        ("their secret", "mine", 404),
        ("nobodys", "mine", 404),
        ("mine", "theirs", 404),
        ("forged", "", 401),
        ("forged", "mine", 401),
        ("mine", "forged", 401),
        ("mine", "token", 401),
        ("mine", "mine", 200),
    ],
)
async def test_nobody_renews_anothers_session(client, field, bearer, status):
    """An id alone proves nothing, and that of another is of nothing: the two are told in the same words."""
    mine, theirs = await begun(client), await begun(client, "eve")
    forged = mine["client_secret"][:-3] + "abc"
    named = {
        "mine": mine["session_id"], "theirs": theirs["session_id"], "nobodys": "ses_01jd0000000000000000000000",
        "their secret": theirs["client_secret"], "forged": forged,
    }  # fmt: skip
    secrets = {"mine": mine["client_secret"], "theirs": theirs["client_secret"], "forged": forged, "token": "a.b.c"}
    answer = await renewed(client, named[field], secrets.get(bearer, ""))

    assert answer.status_code == status
    if status == 404:
        assert answer.json()["detail"] == "There is no such session."


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"existing_session_id": ""}', b'{"existing_session_id": 7}', b"{"]
)
async def test_a_malformed_renewal_is_told_what_is_wrong(client, body):
    """422, also for a body that is no JSON."""
    answer = await client.post(REFRESH, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 422


async def test_a_revoked_session_is_dead_at_once(client):
    """With every secret it ever had; another session of the same reader goes on."""
    made, other = await begun(client), await begun(client)
    second = (await renewed(client, made["session_id"], made["client_secret"])).json()
    done = await client.delete(SESSION, headers=by(made["client_secret"]))
    again = await client.delete(SESSION, headers=by(made["client_secret"]))
    used = [await listed(client, each["client_secret"]) for each in (made, second)]
    brought_back = await renewed(client, made["session_id"], second["client_secret"])

    assert (done.status_code, done.content, again.status_code) == (204, b"", 401)
    assert [answer.status_code for answer in (*used, brought_back)] == [401] * 3
    assert "ended" in used[0].json()["detail"]
    assert (await listed(client, other["client_secret"])).status_code == 200


async def test_an_expired_secret_still_revokes(client, clock):
    """For as long as it could still be renewed by whoever stole it."""
    made = await begun(client)
    clock.go(hours=2)

    assert (await client.delete(SESSION, headers=by(made["client_secret"]))).status_code == 204
    assert (await renewed(client, made["session_id"], made["client_secret"])).status_code == 401


async def test_revoking_needs_the_secret(client):
    """Neither a cookie nor a name in a header ends anything."""
    await begun(client)

    assert (await client.delete(SESSION)).status_code == 401
    assert (await client.delete(SESSION, headers=by("a.b.c"))).status_code == 401


@pytest.mark.parametrize(
    ("began", "uses", "status"),
    [
        (ELSEWHERE, ELSEWHERE, 200),
        (ELSEWHERE, "", 200),
        ("", ELSEWHERE, 200),
        (ELSEWHERE, "https://evil.example", 401),
        (ELSEWHERE, "http://school.example", 401),
        (ELSEWHERE, "https://school.example:8443", 401),
        (ELSEWHERE, "null", 401),
        ("null", ELSEWHERE, 401),
    ],
)
async def test_a_session_is_bound_to_the_site_that_began_it(client, began, uses, status):
    """To be used, renewed and revoked; a client that is no browser says no origin, and begins one for any."""
    headers = {"origin": uses} if uses else {}
    made = await begun(client, **({"origin": began} if began else {}))
    used = await listed(client, made["client_secret"], **headers)
    again = await renewed(client, made["session_id"], made["client_secret"], **headers)
    ended = await client.delete(SESSION, headers=by(made["client_secret"], **headers))

    assert [used.status_code, again.status_code, ended.status_code] == [status, status, 204 if status == 200 else 401]


async def test_a_session_begins_no_other(client):
    """Or one that was stolen would outlive its revocation."""
    made = await begun(client)

    assert (await client.post(SESSION, json={}, headers=by(made["client_secret"]))).status_code == 403


async def test_a_session_of_another_than_the_proxy_names_is_refused(client):
    """Somebody else has signed in on the same browser."""
    made = await begun(client)
    for answer in (
        await listed(client, made["client_secret"], **{"x-user-id": "eve"}),
        await renewed(client, made["session_id"], made["client_secret"], **{"x-user-id": "eve"}),
        await client.delete(SESSION, headers=by(made["client_secret"], **{"x-user-id": "eve"})),
    ):
        assert answer.status_code == 401
        assert "another reader" in answer.json()["detail"]
    assert (await listed(client, made["client_secret"], **{"x-user-id": "ada"})).status_code == 200


async def test_sessions_are_not_renewed_for_ever(client, clock):
    """Whoever lost their account does not keep a session by renewing it."""
    made, ends = await begun(client), clock.at + RENEWABLE_FOR
    while clock.at < ends:
        answer = await renewed(client, made["session_id"], made["client_secret"])
        assert answer.status_code == 200
        made = answer.json()
        clock.go(days=1)

    assert (await renewed(client, made["session_id"], made["client_secret"])).status_code == 401


async def test_many_renewals_at_once_are_all_good(client):
    """Two pages of one browser do not throw each other out."""
    made = await begun(client)
    answers = await together(*(renewed(client, made["session_id"], made["client_secret"]) for _ in range(16)))
    used = await together(*(listed(client, answer.json()["client_secret"]) for answer in answers))

    assert {answer.status_code for answer in (*answers, *used)} == {200}


async def test_what_can_no_longer_be_renewed_is_pruned(house, client, clock, tmp_path):
    """And with it the last trace of a reader who has nothing else."""
    made = await begun(client)
    clock.go(days=1)
    await begun(client, "eve")
    pruning = Pruning(house.services.database, LocalFiles(tmp_path / "files"), now=clock)
    await pruning.run(older_than=None)
    before = await house.services.database.roll()
    clock.go(hours=1)
    await pruning.run(older_than=None)
    after = await house.services.database.roll()

    assert ([each[1] for each in before], [each[1] for each in after]) == (["ada", "eve"], ["eve"])
    assert (await listed(client, made["client_secret"])).status_code == 401


async def test_deleting_everything_ends_sessions_too(client):
    """The one it was asked under among them."""
    made = await begun(client)
    gone = await client.delete(f"{API}/me", headers=by(made["client_secret"]))

    assert gone.status_code == 204
    assert (await listed(client, made["client_secret"])).status_code == 401


async def test_a_guest_of_another_site_is_whoever_has_the_secret(tmp_path):
    """Anybody may begin one, each is somebody new, without a cookie; on our own pages it is the cookie's guest."""
    elsewhere = {"origin": ELSEWHERE, "sec-fetch-site": "cross-site"}
    async with door(tmp_path, cors_origins=ELSEWHERE) as house, house.client() as client:
        one, two = [await client.post(SESSION, json={}, headers=elsewhere) for _ in range(2)]
        secrets = [answer.json()["client_secret"] for answer in (one, two)]
        await client.post("/chatkit", json=ASK, headers=by(secrets[0], **elsewhere))
        seen = [len((await listed(client, secret, **elsewhere)).json()["data"]) for secret in secrets]
        without = await client.post("/chatkit", json=LIST, headers=elsewhere)
        await client.post("/chatkit", json=ASK)
        own = (await client.post(SESSION, json={})).json()["client_secret"]
        at_home = len((await listed(client, own)).json()["data"])

    assert (seen, without.status_code, at_home) == ([1, 0], 401, 1)
    assert not any("set-cookie" in answer.headers for answer in (one, two, without))
    assert one.headers["access-control-allow-origin"] == ELSEWHERE


async def test_a_session_keeps_the_profile_and_no_role(tmp_path):
    """A secret that lies in a page is for chatting."""
    told = {"sub": "ada", "roles": ["admin"], "name": "Ada", "org_id": "school", "exp": int(time.time()) + 60}
    token = jwt.encode(told, padded(SecretStr(SECRET)))
    async with door(tmp_path, auth_mode="jwt", jwt_secret=SECRET) as house, house.client() as client:
        made = (await client.post(SESSION, json={}, headers=by(token))).json()
        sessions = house.services.admission.sessions
        reader = (await sessions.recognise(made["client_secret"], origin="")).reader
        alone = await renewed(client, made["session_id"], token)
        beside = await renewed(client, made["client_secret"], token)
        eve = jwt.encode({**told, "sub": "eve"}, padded(SecretStr(SECRET)))
        foreign = await renewed(client, made["client_secret"], eve)

    assert (beside.status_code, foreign.status_code) == (200, 401)
    assert reader == Reader("ada", "school", profile={"name": "Ada"})
    assert alone.status_code == 401
    assert "Ada" not in made["client_secret"]


async def test_without_the_database_sessions_wait_and_the_book_does_not(tmp_path):
    """503 and a time to come back, not a denial."""
    async with door(tmp_path) as house, house.client() as client:
        made = (await client.post(SESSION, json={})).json()
        file = tmp_path / "data" / "pageside.db"
        for path in tmp_path.glob("data/pageside.db*"):
            path.rename(path.with_name(f"gone-{path.name}"))
        await house.services.database.aclose()
        answers = [
            await listed(client, made["client_secret"]),
            await client.post(SESSION, json={}),
            await renewed(client, made["session_id"], made["client_secret"]),
        ]
        page = await client.get("/health", headers=by(made["client_secret"]))

    assert not file.exists()
    assert [answer.status_code for answer in answers] == [503] * 3
    assert page.status_code == 200


def test_what_is_revoked_in_one_process_is_dead_in_another(tmp_path):
    """At once, and after a restart; a secret of one process is good in all."""
    shared = {"PAGESIDE_SECRET": "of-these-two-processes-9xQw3Zr7Lk2Vb8Nm", "AUTH_MODE": "header"}
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    with (
        Machine(first, data_dir=tmp_path / "data", **shared) as one,
        Machine(second, data_dir=tmp_path / "data", **shared) as two,
        httpx2.Client(timeout=60) as http,
    ):
        made = http.post(one.address + SESSION, json={}).json()
        used = http.post(f"{two.address}/chatkit", json=LIST, headers=by(made["client_secret"]))
        gone = http.delete(two.address + SESSION, headers=by(made["client_secret"]))
        after = http.post(f"{one.address}/chatkit", json=LIST, headers=by(made["client_secret"]))
        one.terminate()
        one.start()
        later = http.post(f"{one.address}/chatkit", json=LIST, headers=by(made["client_secret"]))

    assert [answer.status_code for answer in (used, gone, after, later)] == [200, 204, 401, 401]


async def test_no_secret_is_kept(tmp_path):
    """Whoever reads the database can use nothing of what stands there."""
    async with door(tmp_path, **HEADER) as house, house.client() as client:
        made = await begun(client)
        with closing(sqlite3.connect(tmp_path / "data" / "pageside.db")) as connection:
            kept = repr(connection.execute("select * from sessions").fetchall())

    assert made["session_id"] in kept
    assert all(piece not in kept for piece in made["client_secret"].split("."))
