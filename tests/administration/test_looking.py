"""Words of readers, for those who may read them: whose they are is found, and who looked can never be taken back."""

from __future__ import annotations

from datetime import timedelta

import anyio
import pytest
from pydantic import SecretStr
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from tests import admitted
from tests.administration.noted_turns import turn, write
from tests.chatkit_client import ChatKit

from pageside import ids
from pageside.administration.entering import Doorway, LinkUsed
from pageside.administration.looking import Looks
from pageside.administration.values import Period, Scope
from pageside.conversation.noting import SERVER
from pageside.errors import BadRequest, Forbidden, NotFound
from pageside.identity.invitations import LINK_LIFETIME, Invitations
from pageside.identity.looker import Looker
from pageside.identity.ownership import mine
from pageside.identity.pseudonyms import Pseudonyms
from pageside.identity.reader import Reader
from pageside.knowledge.ingest import silent
from pageside.storage.tables import looks
from pageside.wiring import knowing

HEADER = {"auth_mode": "header", "trusted_proxies": "127.0.0.1"}
OLGA = Looker("olga", None, reads_text=True)
ALL = Scope(None, None)


@pytest.fixture
async def door(tmp_path, store_url):
    async with admitted.door(tmp_path, store_url=store_url, **HEADER) as opened:
        await knowing.index_book(opened.services.settings, tmp_path / "book", progress=silent)
        yield opened


@pytest.fixture
def reports(door):
    return door.services.administration.reports


def today():
    return Period(ids.now().date() - timedelta(days=1), ids.now().date())


async def ask(door, subject, text, *, thread=""):
    """What the reader of this name is told."""
    async with door.client(X_User_ID=subject) as http:
        return await ChatKit(http).ask(text, thread=thread)


async def test_words_are_shown_in_their_order_and_the_look_is_kept(door, reports):
    """Among many readers the right one is found; without the role, without a reason and elsewhere nothing is read."""
    for n in range(3):
        await ask(door, f"reader{n}", f"Question {n} of nobody in particular?")
    told = await ask(door, "ada", "What is a queen excluder?")
    await ask(door, "ada", "How wide are its slots?", thread=told.thread_id)
    shown = await reports.thread_text(OLGA, told.thread_id, reason=" The reader asked me to. ")
    refused = {}
    for name, by, thread_id, reason in (
        ("role", Looker("tess", ""), told.thread_id, "why"),
        ("reason", OLGA, told.thread_id, "  "),
        ("organisation", Looker("eve", "other", reads_text=True), told.thread_id, "why"),
        ("none", OLGA, "thr_none", "why"),
    ):
        with pytest.raises((Forbidden, BadRequest, NotFound)) as refusal:
            await reports.thread_text(by, thread_id, reason=reason)
        refused[name] = refusal.value.status
    kept = await reports.audit(OLGA, today())

    assert [each.by for each in shown.said] == ["reader", "book", "reader", "book"]
    assert [each.text for each in shown.said if each.by == "reader"] == [
        "What is a queen excluder?",
        "How wide are its slots?",
    ]
    assert "4.2 mm" in shown.said[3].text
    assert shown.reader_hash == door.services.admission.pseudonyms.of(Reader("ada"))
    assert refused == {"role": 403, "reason": 400, "organisation": 404, "none": 404}
    assert [(each.who, each.what, each.thread_id, each.reason) for each in kept] == [
        ("olga", "thread", told.thread_id, "The reader asked me to.")
    ]


async def test_nobody_takes_a_look_back(door, reports):
    """The database itself refuses: nothing is changed, and nothing goes that is not 400 days old."""
    told = await ask(door, "ada", "What is a queen excluder?")
    await reports.thread_text(OLGA, told.thread_id, reason="first")
    gone = []
    for statement in (
        update(looks).where(mine(looks, SERVER)).values(who="nobody"),
        delete(looks).where(mine(looks, SERVER)),
    ):
        try:
            async with door.services.database.transaction(SERVER.reader) as connection:
                gone.append((await connection.execute(statement)).rowcount)
        except IntegrityError:  # SQLite says no, PostgreSQL shows none that could be changed
            gone.append(0)
    kept = await reports.audit(OLGA, today())

    assert gone == [0, 0]
    assert [(each.who, each.reason) for each in kept] == [("olga", "first")]


async def test_looks_of_long_ago_end(door):
    """A year and a month and a little later; younger ones stay."""
    database = door.services.database
    roll = None

    def at(days):
        return Looks(database, roll, now=lambda: ids.now() - timedelta(days=days))  # type: ignore[arg-type]

    for days in (402, 399, 0):
        await at(days).keep(OLGA, "sign_in", organisation=None, reason=f"{days} days ago")
    kept = await at(0).audit(OLGA, Period(today().first - timedelta(days=500), today().last))

    assert [each.reason for each in kept] == ["0 days ago", "399 days ago"]


async def test_what_is_not_answered_is_told_in_words_that_two_wrote(door, reports):
    """Nobody's own words are; the questions only for a reason; a conversation that is gone is counted all the same."""
    await ask(door, "ada", "Which bank lends money for a tractor, says Ada Lovelace?")
    gone = await ask(door, "bob", "Which bank lends money for a tractor?")
    await ask(door, "cleo", "Which bank lends money for a tractor, please?")
    async with door.client(X_User_ID="bob") as http:
        await ChatKit(http).call("threads.delete", thread_id=gone.thread_id)
    closed = await reports.unanswered(OLGA, ALL, today())
    opened = await reports.unanswered(OLGA, ALL, today(), reason="to write the chapter")
    with pytest.raises(Forbidden):
        await reports.unanswered(Looker("tess", ""), ALL, today(), reason="to write the chapter")

    assert [(each.turns, each.readers, each.words, each.questions) for each in closed] == [
        (2, 2, ("bank", "lends", "money", "tractor"), ()),
        (1, 0, (), ()),
    ]
    assert opened[0].questions == (
        "Which bank lends money for a tractor, please?",
        "Which bank lends money for a tractor, says Ada Lovelace?",
    )
    assert [each.what for each in await reports.audit(OLGA, today())] == ["questions"]


async def test_what_a_guest_asked_is_the_accounts_that_takes_it_over(door, reports):
    """Under its pseudonym, so that one person is not counted as two."""
    guest, account = Reader("guest"), Reader("ada")
    await ask(door, "guest", "What is a queen excluder?")
    await reports.overview(OLGA, ALL, today())
    await door.services.keeping.take_over(guest, account)
    (line,) = (await reports.threads(OLGA, ALL, today())).lines
    shown = await reports.thread_text(OLGA, line.id, reason="why")

    assert line.reader_hash == door.services.admission.pseudonyms.of(account)
    assert shown.said[0].text == "What is a queen excluder?"


async def test_a_conversation_of_another_book_is_found_there(door, reports):
    """The same thread id leads nowhere where its reader has no rows any more."""
    await write(door.services.database, [turn(home="", thread_id="thr_left", reader_hash="0" * 12)])
    with pytest.raises(NotFound):
        await reports.thread_text(OLGA, "thr_left", reason="why")


async def test_a_link_is_good_once(door):
    """In whichever of several processes it comes first; a second one of the same looker is another."""
    invitations = Invitations(SecretStr("x" * 40))
    doors = [Doorway(door.services.database, invitations) for _ in range(4)]
    token, came_in, denied = invitations.link(OLGA), [], []

    async def enter(doorway):
        try:
            came_in.append(await doorway.enter(token))
        except LinkUsed as error:
            denied.append(error.status)

    async with anyio.create_task_group() as group:
        for each in doors:
            group.start_soon(enter, each)

    assert came_in == [OLGA]
    assert denied == [401] * 3
    assert await doors[0].enter(invitations.link(OLGA)) == OLGA


async def test_what_is_no_link_opens_nothing(door, monkeypatch):
    """A cookie, another server's link, one that was touched, one that is too old, and none at all."""
    mine_, theirs = Invitations(SecretStr("x" * 40)), Invitations(SecretStr("y" * 40))
    doorway = Doorway(door.services.database, mine_)
    old = mine_.link(OLGA)
    monkeypatch.setattr(
        "itsdangerous.timed.time.time", lambda: ids.now().timestamp() + LINK_LIFETIME.total_seconds() + 1
    )
    with pytest.raises(LinkUsed):
        await doorway.enter(old)
    monkeypatch.undo()
    for token in (mine_.stay(OLGA), theirs.link(OLGA), old[:-1], "", "." * 10_000):
        with pytest.raises(LinkUsed):
            await doorway.enter(token)

    assert mine_.read_stay(mine_.stay(OLGA)).looker == OLGA  # type: ignore[union-attr]
    assert mine_.read_stay(mine_.link(OLGA)) is None


def test_pseudonyms_are_those_of_a_person_and_of_a_server():
    """The same in every book, another in every organisation and under every secret; of one length."""
    one, other = Pseudonyms(SecretStr("x" * 40)), Pseudonyms(SecretStr("y" * 40))
    ada = Reader("ada", "tu")
    names = {one.of(ada), one.of(Reader("ada")), one.of(Reader("bob", "tu")), other.of(ada)}

    assert one.of(ada) == one.of(ada.of_book("bees"))
    assert len(names) == 4
    assert {len(name) for name in names} == {12}
