"""The store against a plain model: whatever is done in whatever order, both agree."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from chatkit.store import NotFoundError
from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadMetadata
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Opening, Turn
from pageside.identity.reader import Reader
from pageside.storage import migrate
from pageside.storage.engine import Database

TURNS = {name: Turn(reader=Reader(name)) for name in ("ada", "eve")}
READERS = st.sampled_from(sorted(TURNS))
THREADS = st.sampled_from(["t1", "t2", "t3"])
ITEMS = st.sampled_from(["i1", "i2", "i3", "i4"])
NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001  # as the SDK stamps


def item(thread_id, item_id, text):
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(id=item_id, thread_id=thread_id, created_at=NOON, content=content)


class StoreAndModel(RuleBasedStateMachine):
    """The model: by thread id, its owner and its items in order."""

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{Path(self.folder.name) / 'chat.db'}"
        self.runner.run(migrate.upgrade(url))
        self.database = self.runner.run(Database.open(url))
        self.store = SqlStore(self.database)
        self.model: dict[str, tuple[str, dict[str, str]]] = {}

    def teardown(self):
        self.runner.run(self.database.aclose())
        self.runner.close()
        self.folder.cleanup()

    def attempt(self, work):
        try:
            self.runner.run(work)
        except NotFoundError:
            return False
        return True

    def items_of(self, reader, thread_id):
        owner, items = self.model.get(thread_id, ("", {}))
        return items if owner == reader else None

    @rule(reader=READERS, thread_id=THREADS, item_id=ITEMS, text=st.text(st.characters(codec="utf-8"), max_size=5))
    def begin(self, reader, thread_id, item_id, text):
        if thread_id in self.model:
            return
        turn = replace(TURNS[reader], opening=Opening(thread_id))
        self.runner.run(self.store.save_thread(ThreadMetadata(id=thread_id, created_at=NOON), turn))
        assert self.attempt(self.store.add_thread_item(thread_id, item(thread_id, item_id, text), turn))
        self.model[thread_id] = (reader, {item_id: text})

    @rule(reader=READERS, thread_id=THREADS, item_id=ITEMS, text=st.text(st.characters(codec="utf-8"), max_size=5))
    def add(self, reader, thread_id, item_id, text):
        items = self.items_of(reader, thread_id)
        done = self.attempt(self.store.add_thread_item(thread_id, item(thread_id, item_id, text), TURNS[reader]))

        assert done is (items is not None)
        if items is not None:
            items[item_id] = text

    @rule(reader=READERS, thread_id=THREADS, item_id=ITEMS)
    def remove(self, reader, thread_id, item_id):
        self.runner.run(self.store.delete_thread_item(thread_id, item_id, TURNS[reader]))
        (self.items_of(reader, thread_id) or {}).pop(item_id, None)

    @rule(reader=READERS, thread_id=THREADS, item_id=ITEMS)
    def remove_after(self, reader, thread_id, item_id):
        items = self.items_of(reader, thread_id) or {}
        done = self.attempt(self.store.delete_after(thread_id, item_id, TURNS[reader]))

        assert done is (item_id in items)
        if item_id in items:
            for later in list(items)[list(items).index(item_id) + 1 :]:
                del items[later]

    @rule(reader=READERS, thread_id=THREADS)
    def remove_thread(self, reader, thread_id):
        owned = self.items_of(reader, thread_id) is not None

        assert self.attempt(self.store.delete_thread(thread_id, TURNS[reader])) is owned
        if owned:
            del self.model[thread_id]

    @rule(reader=READERS, thread_id=THREADS, item_id=ITEMS, kind=st.sampled_from(["positive", "negative"]))
    def rate(self, reader, thread_id, item_id, kind):
        known = item_id in (self.items_of(reader, thread_id) or {})

        assert self.attempt(self.store.put_feedback(thread_id, [item_id], kind, TURNS[reader])) is known

    @invariant()
    def agree(self):
        for reader, turn in TURNS.items():
            page = self.runner.run(self.store.load_threads(10, None, "desc", turn))
            assert {thread.id for thread in page.data} == {t for t, (owner, _) in self.model.items() if owner == reader}
            for thread in page.data:
                assert self.walked(thread.id, turn) == self.model[thread.id][1]

    def walked(self, thread_id, turn):
        found, after, more = [], None, True
        while more:
            page = self.runner.run(self.store.load_thread_items(thread_id, after, 2, "asc", turn))
            found += [(entry.id, entry.content[0].text) for entry in page.data]
            after, more = page.after, page.has_more
        assert list(dict(found)) == [item_id for item_id, _ in found] == list(self.model[thread_id][1])
        return dict(found)


TestStoreAndModel = StoreAndModel.TestCase
TestStoreAndModel.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
