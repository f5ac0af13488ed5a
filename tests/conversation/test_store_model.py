"""The store against a plain model: whatever is done in whatever order, by whomever, both agree."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from chatkit.store import NotFoundError
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    HiddenContextItem,
    InferenceOptions,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Opening, Turn
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.tables import feedback

READERS = [("ada", "school"), ("eve", "school"), ("ada", "college"), ("ada", "")]
OWNER = None
MOSTLY_OWNER = st.sampled_from([*[OWNER] * 6, *READERS])
OFTEN_ONE = st.sampled_from([READERS[0]] * 4 + READERS)
THREADS = st.sampled_from(["t1", "t2", "t3"])
ITEMS = st.sampled_from(["i1", "i2", "i3", "i4"])
KINDS = st.sampled_from(["user_message", "assistant_message", "hidden_context_item"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5)
LINES = st.lists(st.tuples(KINDS, ITEMS, TEXTS), min_size=1, max_size=4)
ORDERS = st.sampled_from(["asc", "desc"])
NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001  # as the SDK stamps

Whose = tuple[str, str]


TICKS = count()


def item(kind, thread_id, item_id, text):
    """Stamped by a clock that goes backwards."""
    where: dict[str, Any] = {"id": item_id, "thread_id": thread_id, "created_at": NOON - timedelta(seconds=next(TICKS))}
    match kind:
        case "user_message":
            content = [UserMessageTextContent(text=text)]
            return UserMessageItem(**where, content=content, inference_options=InferenceOptions())
        case "assistant_message":
            return AssistantMessageItem(**where, content=[AssistantMessageContent(text=text)])
        case _:
            return HiddenContextItem(**where, content=text)


def said(entry):
    return entry.content if isinstance(entry.content, str) else entry.content[0].text


@dataclass
class Line:
    kind: str
    text: str
    place: int
    opinion: str | None = None


@dataclass
class Kept:
    whose: Whose
    title: str | None
    activity: int
    places: count = field(default_factory=lambda: count(1))
    lines: dict[str, Line] = field(default_factory=dict)


@dataclass
class Walk:
    """Pages of items under way; `place` is where the last one ended."""

    whose: Whose
    thread_id: str
    began: Kept
    order: str
    limit: int
    sees_hidden: bool
    after: str | None = None
    place: int | None = None


@dataclass
class Listing:
    """Pages of threads under way."""

    whose: Whose
    order: str
    after: str | None = None
    place: tuple[int, str] | None = None


class StoreAndModel(RuleBasedStateMachine):
    """The model: by thread id, whose it is and its lines in order. Every example has readers of its own."""

    walks = Bundle("walks")
    listings = Bundle("listings")

    def __init__(self, runner, store, database, example):
        super().__init__()
        self.runner, self.store, self.database, self.example = runner, store, database, example
        self.model: dict[str, Kept] = {}

    def turn(self, whose, **fields):
        subject, organisation = whose
        return Turn(reader=Reader(f"{self.example}-{subject}", organisation), **fields)

    def named(self, thread_id):
        return f"{self.example}-{thread_id}"

    def attempt(self, work):
        try:
            return self.runner.run(work) or True
        except NotFoundError:
            return False

    def mine(self, whose, thread_id):
        kept = self.model.get(thread_id)
        return kept if kept is not None and kept.whose == whose else None

    def meant(self, whose, thread_id):
        """Whoever the thread belongs to where the owner is meant."""
        if whose is not OWNER:
            return whose
        return self.model[thread_id].whose if thread_id in self.model else READERS[0]

    def own(self, whose):
        return {thread_id: kept for thread_id, kept in self.model.items() if kept.whose == whose}

    def next_activity(self, whose):
        return 1 + max((kept.activity for kept in self.own(whose).values()), default=0)

    @rule(whose=OFTEN_ONE, thread_id=THREADS, item_id=ITEMS, text=TEXTS, title=st.none() | TEXTS, lines=LINES)
    def begin(self, whose, thread_id, item_id, text, title, lines):
        if thread_id in self.model:
            return
        turn = self.turn(whose, opening=Opening(self.named(thread_id)))
        thread = ThreadMetadata(id=self.named(thread_id), created_at=NOON, title=title)
        self.runner.run(self.store.save_thread(thread, turn))
        first = item("user_message", self.named(thread_id), item_id, text)
        assert self.attempt(self.store.add_thread_item(self.named(thread_id), first, turn))
        kept = Kept(whose, title, self.next_activity(whose))
        kept.lines[item_id] = Line("user_message", text, next(kept.places))
        self.model[thread_id] = kept
        self.put(whose, thread_id, lines, self.store.add_thread_item)

    @rule(whose=MOSTLY_OWNER, thread_id=THREADS, lines=LINES, adds=st.booleans())
    def write(self, whose, thread_id, lines, adds):
        write = self.store.add_thread_item if adds else self.store.save_item
        self.put(self.meant(whose, thread_id), thread_id, lines, write)

    def put(self, whose, thread_id, lines, write):
        kept = self.mine(whose, thread_id)
        for kind, item_id, text in lines:
            entry = item(kind, self.named(thread_id), item_id, text)
            assert self.attempt(write(self.named(thread_id), entry, self.turn(whose))) is (kept is not None)
            if kept is not None:
                place, old = next(kept.places), kept.lines.get(item_id)
                kept.lines[item_id] = replace(old, kind=kind, text=text) if old else Line(kind, text, place)
                kept.activity = self.next_activity(whose) if kind == "user_message" else kept.activity

    @rule(whose=MOSTLY_OWNER, thread_id=THREADS, item_id=ITEMS)
    def remove(self, whose, thread_id, item_id):
        whose = self.meant(whose, thread_id)
        self.runner.run(self.store.delete_thread_item(self.named(thread_id), item_id, self.turn(whose)))
        if kept := self.mine(whose, thread_id):
            kept.lines.pop(item_id, None)

    @rule(whose=MOSTLY_OWNER, thread_id=THREADS, item_id=ITEMS)
    def remove_after(self, whose, thread_id, item_id):
        whose = self.meant(whose, thread_id)
        kept = self.mine(whose, thread_id)
        known = kept is not None and item_id in kept.lines

        assert self.attempt(self.store.delete_after(self.named(thread_id), item_id, self.turn(whose))) is known
        if known:
            last = kept.lines[item_id].place
            kept.lines = {name: line for name, line in kept.lines.items() if line.place <= last}

    @rule(whose=MOSTLY_OWNER, thread_id=THREADS)
    def remove_thread(self, whose, thread_id):
        whose = self.meant(whose, thread_id)
        owned = self.mine(whose, thread_id) is not None

        assert self.attempt(self.store.delete_thread(self.named(thread_id), self.turn(whose))) is owned
        if owned:
            del self.model[thread_id]

    @rule(whose=MOSTLY_OWNER, thread_id=THREADS, title=TEXTS, renames=st.booleans())
    def name(self, whose, thread_id, title, renames):
        whose = self.meant(whose, thread_id)
        kept = self.mine(whose, thread_id)
        thread = ThreadMetadata(id=self.named(thread_id), created_at=NOON, title=title)

        assert self.attempt(self.store.save_thread(thread, self.turn(whose, renames=renames))) is (kept is not None)
        if kept and (renames or kept.title is None):
            kept.title = title

    @rule(
        whose=MOSTLY_OWNER,
        thread_id=THREADS,
        about=st.lists(ITEMS, min_size=1, max_size=3),
        kind=st.sampled_from(["positive", "negative"]),
    )
    def rate(self, whose, thread_id, about, kind):
        whose = self.meant(whose, thread_id)
        kept = self.mine(whose, thread_id)
        shown = {} if kept is None else {n: line for n, line in kept.lines.items() if line.kind[0] != "h"}
        known = all(name in shown for name in about)

        assert self.attempt(self.store.put_feedback(self.named(thread_id), about, kind, self.turn(whose))) is known
        for name in about if known else ():
            kept.lines[name].opinion = kind

    @rule(whose=MOSTLY_OWNER, thread_id=THREADS, item_id=ITEMS, limit=st.integers(1, 3))
    def look_back(self, whose, thread_id, item_id, limit):
        whose = self.meant(whose, thread_id)
        kept = self.mine(whose, thread_id)
        work = self.store.messages_before(self.named(thread_id), item_id, limit=limit, context=self.turn(whose))
        if kept is None or item_id not in kept.lines:
            assert not self.attempt(work)
            return
        before = [n for n, line in kept.lines.items() if line.place < kept.lines[item_id].place]  # hidden ones, too
        assert [entry.id for entry in self.runner.run(work)] == before[-limit:]

    @rule(
        target=walks,
        whose=MOSTLY_OWNER,
        thread_id=THREADS,
        order=ORDERS,
        limit=st.integers(1, 3),
        sees_hidden=st.booleans(),
    )
    def open_pages(self, whose, thread_id, order, limit, sees_hidden):
        whose = self.meant(whose, thread_id)
        kept = self.mine(whose, thread_id)
        if kept is None:
            load = self.store.load_thread_items(self.named(thread_id), None, limit, order, self.turn(whose))
            assert not self.attempt(load)
            return Walk(whose, thread_id, Kept(whose, None, 0), order, limit, sees_hidden)
        return self.turned(Walk(whose, thread_id, kept, order, limit, sees_hidden))

    @rule(target=walks, walk=consumes(walks))
    def turn_page(self, walk):
        return self.turned(walk)

    @rule(target=walks, walk=consumes(walks))
    def turn_page_and_lose_where_it_ended(self, walk):
        walk = self.turned(walk)
        kept = self.mine(walk.whose, walk.thread_id)
        for item_id in [n for n, line in kept.lines.items() if line.place == walk.place] if kept else ():
            self.remove(walk.whose, walk.thread_id, item_id)
        return walk

    def turned(self, walk):
        kept = self.mine(walk.whose, walk.thread_id)
        turn = self.turn(walk.whose, sees_hidden=walk.sees_hidden)
        load = self.store.load_thread_items(self.named(walk.thread_id), walk.after, walk.limit, walk.order, turn)
        if kept is None:
            assert not self.attempt(load)
            return walk
        if kept is not walk.began:  # another thread under the same id, as no server ever makes
            walk = replace(walk, began=kept, after=None, place=None)
            load.close()
            load = self.store.load_thread_items(self.named(walk.thread_id), None, walk.limit, walk.order, turn)
        page = self.runner.run(load)
        ahead = self.ahead(walk, kept)

        assert [(entry.id, said(entry)) for entry in page.data] == [(n, line.text) for n, line in ahead[: walk.limit]]
        assert page.has_more is (len(ahead) > walk.limit) is (page.after is not None)
        place = ahead[walk.limit - 1][1].place if page.has_more else None
        return replace(walk, after=page.after, place=place)

    def ahead(self, walk, kept):
        lines = [(n, line) for n, line in kept.lines.items() if walk.sees_hidden or line.kind[0] != "h"]
        if walk.order == "desc":
            lines.reverse()
        if walk.place is None:
            return lines
        return [(n, x) for n, x in lines if (x.place > walk.place if walk.order == "asc" else x.place < walk.place)]

    @rule(target=listings, whose=OFTEN_ONE, order=ORDERS)
    def open_list(self, whose, order):
        return Listing(whose, order)

    @rule(target=listings, listing=consumes(listings), limit=st.integers(1, 2))
    def turn_list(self, listing, limit):
        turn = self.turn(listing.whose)
        page = self.runner.run(self.store.load_threads(limit, listing.after, listing.order, turn))
        places = sorted((kept.activity, self.named(thread_id)) for thread_id, kept in self.own(listing.whose).items())
        if listing.order == "desc":
            places.reverse()
        last = listing.place
        ahead = [at for at in places if last is None or (at > last if listing.order == "asc" else at < last)]

        assert [thread.id for thread in page.data] == [name for _, name in ahead[:limit]]
        assert page.has_more is (len(ahead) > limit)
        return replace(listing, after=page.after, place=ahead[limit - 1] if page.has_more else None)

    @invariant()
    def agree(self):
        for whose in {kept.whose for kept in self.model.values()}:
            turn = self.turn(whose)
            page = self.runner.run(self.store.load_threads(10, None, "desc", turn))
            latest_first = sorted(self.own(whose).items(), key=lambda pair: pair[1].activity, reverse=True)

            assert [(t.id, t.title) for t in page.data] == [(self.named(n), kept.title) for n, kept in latest_first]
            for n, kept in latest_first:
                page = self.runner.run(self.store.load_thread_items(self.named(n), None, 9, "asc", turn))
                assert [(entry.id, said(entry)) for entry in page.data] == [(n, x.text) for n, x in kept.lines.items()]
            assert self.runner.run(self.opinions(turn)) == {
                (self.named(n), name): line.opinion
                for n, kept in latest_first
                for name, line in kept.lines.items()
                if line.opinion
            }

    async def opinions(self, turn):
        """What the table holds of the reader's, past the store."""
        query = select(feedback.c.thread_id, feedback.c.item_id, feedback.c.kind).where(
            feedback.c.subject == turn.reader.subject, feedback.c.organisation == turn.reader.organisation
        )
        async with self.database.reading(turn.reader) as connection:
            return {(row.thread_id, row.item_id): row.kind for row in await connection.execute(query)}


def test_the_store_does_what_the_model_does(store_url):
    """Threads, items, names, opinions and pages under way, of four readers in three organisations."""
    examples = count()
    with asyncio.Runner() as runner:
        database = runner.run(Database.open(store_url))
        try:
            run_state_machine_as_test(
                lambda: StoreAndModel(runner, SqlStore(database), database, f"e{next(examples)}"),
                settings=settings(max_examples=30, stateful_step_count=30, deadline=None),
            )
        finally:
            runner.run(database.aclose())
