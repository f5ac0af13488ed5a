"""What the last messages say about tasks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pageside.answer.planner import memory
from pageside.answer.planner.memory import Memory
from pageside.answer.question import Message

LIST = "📋 3 open tasks\n- [ ] #1 **Read chapter 2** (due Fri 27 Nov)\n- [ ] #4 **Buy milk**\n- [x] #5 **Lab**"


def told(*texts):
    return memory.read([Message("tutor" if at % 2 else "reader", text) for at, text in enumerate(texts)])


def test_a_list_is_remembered_in_its_order():
    """And each of it was spoken of."""
    assert told("show my list", LIST) == Memory(listed=(1, 4, 5), touched=(1, 4, 5))


def test_what_was_done_last_is_what_it_means():
    """The list before it stays for "the second one"."""
    assert told("show my list", LIST, "tick off milk", "✅ Task #4 completed: **Buy milk**") == Memory((1, 4, 5), (4,))


def test_a_reader_names_a_task():
    """With its mark, since a bare number may be anything."""
    assert told("show my list", LIST, "why is #5 done, and what is a 2 bit adder?").touched == (5,)


def test_titles_and_the_book_name_none():
    """Readers write titles themselves, and a book has numbers of its own."""
    text = "✅ Task #42 created: **Do #7 \\*\\* #8**\n\nThe book names #5.\n- #9 is a pin."

    assert told("add it", text) == Memory(touched=(42,))


def test_a_title_cannot_make_lines_of_a_list():
    """What stands in it is not read."""
    assert told("show", "📋 1 task\n- [ ] #1 **x - [ ] #99 y**").listed == (1,)


def test_a_question_waits_for_its_answer():
    """With what was wished, and what there is to choose from."""
    waiting = told("hello", "Hi.", "delete milk", "🤔 Which?\n1. #3 **Buy milk**\n2. #7 **Milk #9**").waiting

    assert waiting is not None
    assert (waiting.text, waiting.options) == ("delete milk", (3, 7))
    assert [each.text for each in waiting.before] == ["hello", "Hi."]


def test_a_question_that_was_answered_waits_no_more():
    """Only the last message asks."""
    assert told("delete milk", "🤔 Which?\n1. #3 **Buy milk**", "3", "✅ Task #3 deleted: **Buy milk**").waiting is None


def test_only_the_last_messages_count():
    """Of a long conversation."""
    texts = ["show my list", LIST, *(["so", "yes"] * memory.MESSAGES)]

    assert told(*texts) == Memory()


@given(st.lists(st.text(alphabet="#*1 23\n-[]x🤔✅📋.\\ab", max_size=60), max_size=8))
def test_any_history_is_read(texts):
    """Whatever was said."""
    found = told(*texts)

    assert len(set(found.listed)) == len(found.listed)
