"""Actions of a developer's own: the guide's example, word by word, and what the register refuses."""

from __future__ import annotations

import re

import pytest
from chatkit.actions import Action
from pydantic import BaseModel
from tests.chatkit_house import house
from tests.indexed_book import shelved
from tests.repository import ROOT

from pageside.conversation.actions import Actions, Taken
from pageside.errors import InvalidInput

GUIDE = ROOT / "docs" / "guides" / "add-an-action.md"


class Nothing(BaseModel):
    """A payload of no fields."""


async def streaming(taken: Taken[Nothing]):
    """Says nothing."""
    return
    yield


async def answering(taken: Taken[Nothing]):
    """Changes nothing."""


def guide():
    """Everything that the guide's Python defines."""
    told = {}
    for block in re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        exec(compile(block, str(GUIDE), "exec"), told)
    return told


@pytest.fixture
async def home(tmp_path, store_url):
    async with (
        shelved(tmp_path) as shelf,
        house(tmp_path, shelf.tutor, contents=shelf.contents, store_url=store_url) as opened,
    ):
        told = guide()
        told["register"](opened.server)
        told["offer"](opened.server)
        yield opened


@pytest.fixture
async def ada(home):
    async with home.client("ada") as client:
        yield client


async def summed_up(client):
    """What the guide's first action tells, in a new thread."""
    thread_id = (await client.ask("Hello")).thread_id
    action = {"type": "chapter.sum_up", "payload": {"title": "the queen excluder"}}
    return thread_id, await client.tell("threads.custom_action", thread_id=thread_id, action=action)


async def test_the_guides_action_asks_and_adds_its_widget(ada):
    """As if the reader had asked, and then a card that is the same after a reload."""
    thread_id, told = await summed_up(ada)
    card = told.done("widget")[-1]

    assert told.errors == []
    assert told.done("user_message")[0]["content"][0]["text"] == "What are the main points of the queen excluder?"
    assert told.answer["content"][0]["annotations"]
    assert (await ada.items(thread_id))[-1] == card


async def test_the_guides_vote_changes_its_widget(ada):
    """At once, and for good."""
    thread_id, told = await summed_up(ada)
    card = told.done("widget")[-1]
    vote = {"type": "poll.vote", "payload": {"clear": False}}
    done = await ada.call("threads.sync_custom_action", thread_id=thread_id, item_id=card["id"], action=vote)

    assert done["updated_item"]["widget"]["children"][0]["value"].startswith("Ask about what was not")
    assert (await ada.items(thread_id))[-1] == done["updated_item"]


async def test_the_guides_page_may_tell_the_score(home):
    """Where it says so."""
    offered = home.server.client_tools.offered({"clientTools": ["quiz_score"]})

    assert [tool.name for tool in offered] == ["quiz_score"]


async def test_a_widget_that_was_deleted_meanwhile_does_not_come_back(home, ada):
    """An action that is answered at once finds its widget gone: 404, and the thread stays as it is."""
    thread_id, told = await summed_up(ada)
    card = told.done("widget")[-1]
    first = (await ada.items(thread_id))[0]

    class Late(BaseModel):
        """A payload of no fields."""

    async def late(taken: Taken[Late]):
        await home.server.store.delete_after(thread_id, first["id"], taken.turn)
        return taken.sender

    home.server.actions.answer("test.late", late, payload=Late)
    action = {"type": "test.late"}
    done = await ada.send("threads.sync_custom_action", thread_id=thread_id, item_id=card["id"], action=action)

    assert done.status_code == 404
    assert await ada.items(thread_id) == [first]


async def test_an_action_that_changes_nothing_says_so(home, ada):
    """An empty answer."""
    thread_id = (await ada.ask("Hello")).thread_id
    home.server.actions.answer("test.nothing", answering, payload=Nothing)

    assert await ada.call("threads.sync_custom_action", thread_id=thread_id, action={"type": "test.nothing"}) == {}


async def test_a_handler_that_breaks_is_told_without_its_secrets(home, ada):
    """An error event in words; the thread takes the next message."""
    thread_id = (await ada.ask("Hello")).thread_id

    async def broken(taken: Taken[Nothing]):
        raise RuntimeError("the secret of the house")
        yield

    home.server.actions.stream("test.broken", broken, payload=Nothing)
    told = await ada.tell("threads.custom_action", thread_id=thread_id, action={"type": "test.broken"})
    again = await ada.ask("What is the brood box?", thread=thread_id)

    assert [error["code"] for error in told.errors] == ["custom"]
    assert "secret" not in str(told.events)
    assert again.answer


@pytest.mark.parametrize("kind", ["book.explain", "book.fold", "chapter.sum_up"])
async def test_a_type_is_taken_once(home, kind):
    """Nobody replaces another's action, nor the book's own."""
    with pytest.raises(ValueError, match="already"):
        home.server.actions.stream(kind, streaming, payload=Nothing)


def test_an_action_is_asked_for_in_its_own_way():
    """One that streams is not answered at once, nor the other way round."""
    actions = Actions()
    actions.stream("a", streaming, payload=Nothing)
    actions.answer("b", answering, payload=Nothing)

    with pytest.raises(InvalidInput, match="use threads"):
        actions.streaming(Action(type="b"), None)
    with pytest.raises(InvalidInput, match="use threads"):
        actions.answering(Action(type="a"), None)
