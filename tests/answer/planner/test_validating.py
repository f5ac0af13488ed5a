"""What the validator lets through: numbers that are numbers, tasks that exist, texts that can be kept."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer.planner.intents import Act
from pageside.answer.planner.validating import RESTORE, UNDO, Aimed, calls
from pageside.errors import InvalidInput, NotFound
from pageside.tasks.task import BadTask, Details, NoSuchTask

BOARD = {1, 2, 5}


@pytest.mark.parametrize("told", [5, "5", "#5", " 5 "])
def test_a_number_is_a_number_also_as_text(told):
    """And comes out as one."""
    (call,) = calls([Aimed(Act("complete"), (told,))], board=BOARD)

    assert (call.tool, dict(call.arguments)) == ("complete_task", {"task_id": 5})


@pytest.mark.parametrize("told", [True, False, 5.0, "five", "", None, -5, 0, 2**70, [5], "5; DROP TABLE tasks"])
def test_what_is_no_number_is_refused(told):
    """`True` too, which Python takes for 1."""
    with pytest.raises(BadTask):
        calls([Aimed(Act("delete"), (told,))], board=BOARD)


def test_a_task_that_is_not_there_is_named():
    """By its number; one deleted a moment ago in the same message is not there either."""
    with pytest.raises(NoSuchTask, match="#9"):
        calls([Aimed(Act("delete"), (1,)), Aimed(Act("complete"), (9,))], board=BOARD)
    with pytest.raises(NoSuchTask, match="#1"):
        calls([Aimed(Act("delete"), (1,)), Aimed(Act("complete"), (1,))], board=BOARD)


def test_a_title_must_be_there_and_fit():
    """One character too many is too many."""
    with pytest.raises(BadTask, match="needs a title"):
        calls([Aimed(Act("add"))], board=BOARD)
    with pytest.raises(BadTask, match="201"):
        calls([Aimed(Act("add", Details(title="x" * 201)))], board=BOARD)

    assert calls([Aimed(Act("add", Details(title="x" * 200)))], board=BOARD)[0].tool == "add_task"


def test_an_update_must_say_what_it_changes():
    """A status alone is enough."""
    with pytest.raises(BadTask, match="Nothing to change"):
        calls([Aimed(Act("update"), (1,))], board=BOARD)

    (call,) = calls([Aimed(Act("update", status="pending"), (1,))], board=BOARD)
    assert dict(call.arguments) == {"task_id": 1, "status": "pending"}


def test_taking_a_day_away_is_a_change():
    """It is told to the tool as an empty day."""
    (call,) = calls([Aimed(Act("update", Details(no_due=True)), (2,))], board=BOARD)

    assert dict(call.arguments) == {"task_id": 2, "due": ""}


def test_undo_is_of_what_was_last_or_of_what_is_named():
    """Only what was deleted can be brought back."""
    assert [call.tool for call in calls([Aimed(Act("undo"))], board=BOARD)] == [UNDO]
    assert [call.tool for call in calls([Aimed(Act("undo"), (7,))], board=BOARD, deleted={7})] == [RESTORE]
    with pytest.raises(NoSuchTask):
        calls([Aimed(Act("undo"), (1,))], board=BOARD, deleted={7})


@given(
    st.lists(
        st.builds(
            Aimed,
            st.builds(
                Act,
                st.sampled_from(["add", "list", "complete", "update", "delete", "undo", "help", "unknown"]),
                st.builds(
                    Details,
                    title=st.none() | st.text(max_size=250),
                    description=st.none() | st.text(max_size=50),
                    tags=st.none() | st.lists(st.text(max_size=60), max_size=12).map(tuple),
                ),
            ),
            st.lists(st.integers() | st.text() | st.booleans() | st.none(), max_size=3).map(tuple),
        ),
        max_size=5,
    )
)
def test_nothing_but_a_reason_is_ever_raised(aimed):
    """Whatever is asked for, it is calls of tools on tasks that exist, or an error for a reader."""
    made = ()
    with suppress(InvalidInput, NotFound):
        made = calls(aimed, board=BOARD, deleted={7})

    assert all(call.arguments.get("task_id", 1) in {*BOARD, 7} for call in made)
