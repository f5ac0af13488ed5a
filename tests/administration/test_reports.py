"""Reports over turns, in both databases: held against the same sums done by hand, and within what a looker may see."""

from __future__ import annotations

import math
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from pydantic import SecretStr
from tests.administration.noted_turns import FIRST, turn, write

from pageside.administration.reindexing import Reindexing
from pageside.administration.reports import Reports
from pageside.administration.sums import rounded
from pageside.administration.values import OUTCOMES, SORTS, Period, Scope
from pageside.errors import BadRequest
from pageside.identity.looker import Looker, Roles, looker
from pageside.identity.pseudonyms import Pseudonyms
from pageside.identity.reader import Reader
from pageside.storage.engine import Database

TESS = Looker("tess", "tu")
OLGA = Looker("olga", None)
ALL = Scope(None, None)
MONTH = Period(FIRST, FIRST + timedelta(days=29))


@pytest.fixture
async def database(store_url):
    opened = await Database.open(store_url)
    yield opened
    await opened.aclose()


@pytest.fixture
def reports(database):
    return Reports(database, Pseudonyms(SecretStr("s" * 40)), reindexing=Reindexing(database))


def mixed(n=300):
    """Turns of everything there is, always the same."""
    chance = random.Random(7)
    made = []
    for _ in range(n):
        outcome = chance.choice(OUTCOMES)
        told = outcome not in {"failed", "stopped"}
        reader = chance.choice(["aaa", "bbb", "ccc", None])
        liked = chance.choice([(0, 0), (0, 0), (1, 0), (0, 1)])
        made.append(
            turn(
                chance.randrange(40),
                minute=chance.randrange(600),
                home=chance.choice(["tu", "tu", "other"]),
                book=chance.choice(["bees", "ships"]),
                reader_hash=reader,
                thread_id=f"t{chance.randrange(25)}{reader}" if reader else None,
                outcome=outcome,
                first_ms=chance.randrange(5000) if told else None,
                whole_ms=chance.randrange(9000) if told else None,
                item_id="a" if told else None,
                input_tokens=chance.randrange(100),
                millionths=chance.randrange(1000),
                cached=chance.randrange(2),
                positive=liked[0],
                negative=liked[1],
            )
        )
    return made


def rank(values, p):
    """The percentile by nearest rank."""
    told = sorted(value for value in values if value is not None)
    return told[math.ceil(len(told) * p / 100) - 1] if told else 0


def added_up(rows):
    """What a report says of `rows`, done by hand."""
    return {
        "turns": len(rows),
        "readers": len({row["reader_hash"] for row in rows} - {None}),
        "threads": len({row["thread_id"] for row in rows} - {None}),
        "outcomes": {each: sum(row["outcome"] == each for row in rows) for each in OUTCOMES},
        **{
            f"{name}_p{p}": rounded(rank([row[name] for row in rows], p))
            for name in ("first_ms", "whole_ms")
            for p in (50, 95)
        },
        **{
            name: sum(row[name] for row in rows)
            for name in (
                "cached", "input_tokens", "output_tokens", "beside_tokens", "millionths", "positive", "negative",
            )
        },
    }  # fmt: skip


def said(counts):
    return {name: getattr(counts, name) for name in added_up([])}


async def test_sums_are_those_done_by_hand(database, reports):
    """Over all, by day and by book: the organisation's own turns, within the period, and no others."""
    rows = mixed()
    await write(database, rows)
    mine = [row for row in rows if row["home"] == "tu" and MONTH.first.isoformat() <= row["day"] <= "2026-11-30"]
    whole = await reports.overview(TESS, ALL, MONTH)
    days = await reports.by_day(TESS, ALL, MONTH)
    books = await reports.by_book(TESS, ALL, MONTH)
    bees = await reports.overview(TESS, Scope(None, "bees"), MONTH)

    assert said(whole) == added_up(mine)
    assert {each.day: said(each.counts) for each in days} == {
        MONTH.first + timedelta(days=n): added_up(
            [row for row in mine if row["day"] == (MONTH.first + timedelta(days=n)).isoformat()]
        )
        for n in range(30)
    }
    assert {each.book: said(each.counts) for each in books} == {
        book: added_up([row for row in mine if row["book"] == book]) for book in ("bees", "ships")
    }
    assert said(bees) == added_up([row for row in mine if row["book"] == "bees"])


async def test_nobody_sees_more_than_their_own(database, reports):
    """Whatever scope is asked for, an administrator is told of their organisation; an operator chooses."""
    await write(database, [turn(home="tu"), turn(home="other", negative=1, outcome="not_in_book"), turn(home="")])
    scopes = [ALL, Scope("other"), Scope(""), Scope("tu")]
    tess = [(await reports.overview(TESS, scope, MONTH)).turns for scope in scopes]
    olga = [(await reports.overview(OLGA, scope, MONTH)).turns for scope in scopes]
    lists = [
        *(await reports.feedback(TESS, Scope("other"), MONTH)),
        *(await reports.unanswered(TESS, Scope("other"), MONTH)),
    ]
    listed = await reports.threads(TESS, Scope("other"), MONTH)

    assert tess == [1, 1, 1, 1]
    assert olga == [3, 1, 1, 1]
    assert lists == []
    assert [line.organisation for line in listed.lines] == ["tu"]
    assert sum(line.questions for line in await reports.passages(TESS, Scope("other"), MONTH)) == 1


async def test_pages_of_conversations_hold_each_once(database, reports):
    """However they are sorted, and however long a page is: in order, none twice, none lost."""
    rows = mixed()
    await write(database, rows)
    inside = [row for row in rows if row["day"] <= "2026-11-30" and row["thread_id"]]
    expected = Counter(row["thread_id"] for row in inside)
    for sort in SORTS:
        whole = (await reports.threads(OLGA, ALL, MONTH, sort=sort, limit=1000)).lines
        seen = await paged(reports, sort)
        keys = [getattr(line, "first_ms_most" if sort == "first_ms" else sort) for line in seen]

        assert seen == list(whole)
        assert keys == sorted(keys, reverse=True)
    assert {line.id: line.turns for line in seen} == dict(expected)
    assert {line.id: line.first_ms_p50 for line in seen} == {
        name: rank([row["first_ms"] for row in inside if row["thread_id"] == name], 50) for name in expected
    }
    assert {line.id: line.messages for line in seen} == {
        name: sum(1 + (row["item_id"] is not None) for row in inside if row["thread_id"] == name) for name in expected
    }


async def paged(reports, sort):
    """All conversations, seven at a time."""
    page = await reports.threads(OLGA, ALL, MONTH, sort=sort, limit=7)
    seen = [*page.lines]
    while page.cursor is not None:
        page = await reports.threads(OLGA, ALL, MONTH, sort=sort, limit=7, cursor=page.cursor)
        seen += page.lines
    return seen


async def test_a_cursor_of_nowhere_is_refused(reports):
    """It comes from an address, which anybody can write."""
    for cursor in ("", "x", "[]", "[[[", '["last", 1, "t"]', '["turns", 1, "t"]', '["last", "2026-11-01", "t"]'):
        with pytest.raises(BadRequest):
            await reports.threads(TESS, ALL, MONTH, cursor=cursor)


async def test_what_confuses_many_comes_before_what_confuses_one(database, reports):
    """A reader who asks the same thirty times is one reader; what went wrong is said in words."""
    loud = [turn(reader_hash="loud", page="loud.md", anchor="", outcome="not_in_book", thread_id="l")] * 30
    wrong = [turn(reader_hash=f"r{n}", page="wrong.md", outcome="closest", thread_id=f"w{n}") for n in range(6)]
    fine = [turn(reader_hash=f"r{n}", page="fine.md", positive=1, thread_id=f"f{n}") for n in range(9)]
    await write(database, [{**row, "id": f"trn{n}"} for n, row in enumerate([*loud, *wrong, *fine])])
    lines = await reports.passages(TESS, ALL, MONTH)

    assert [(line.section.page, line.questions, line.readers) for line in lines] == [
        ("wrong.md", 6, 6),
        ("loud.md", 30, 1),
        ("fine.md", 9, 9),
    ]
    assert lines[0].why == ("It is only near to 6 of 6 questions, and answers none of them.",)
    assert lines[2].why == ()
    assert lines[2].confusion == 0


async def test_readers_are_listed_by_how_much_they_ask(database, reports):
    """Under their pseudonyms; who left is not among them."""
    rows = [turn(reader_hash="bbb"), turn(reader_hash="aaa", input_tokens=3, millionths=4), turn(reader_hash="bbb")]
    await write(database, [*rows, turn(reader_hash=None, thread_id=None)])
    found = await reports.by_reader(TESS, ALL, MONTH)

    assert [(each.reader_hash, each.turns, each.tokens, each.millionths) for each in found] == [
        ("bbb", 2, 0, 0),
        ("aaa", 1, 3, 4),
    ]


def test_a_period_does_not_end_before_it_begins():
    """A mistake of whoever asks, found at once."""
    with pytest.raises(ValueError, match="cannot begin"):
        Period(date(2026, 11, 2), date(2026, 11, 1))


def test_roles_say_what_is_seen():
    """An administrator sees their organisation, an operator all; words only with the role for them beside."""
    roles = Roles()

    def seen(*given):
        return looker(Reader("tess", "tu", roles=frozenset(given)).of_book("bees"), roles)

    assert seen() is None
    assert seen("admin:text") is None
    assert seen("admin") == Looker("tess", "tu")
    assert seen("admin", "admin:text") == Looker("tess", "tu", reads_text=True)
    assert seen("operator", "admin") == Looker("tess", None)
