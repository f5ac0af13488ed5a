"""Which tasks are meant."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer.planner import resolving
from pageside.answer.planner.intents import Act, Sought, Target
from pageside.answer.planner.memory import Memory
from pageside.answer.planner.resolving import Resolved
from pageside.tasks.task import Details, Task

MONDAY = date(2026, 11, 23)
THEN = datetime(2026, 11, 1, tzinfo=UTC)


def task(number, title, **more):
    return Task(number, title, THEN, THEN, **more)


BOARD = (
    task(1, "Read chapter 2", due=date(2026, 11, 27)),
    task(2, "Install ROS 2", status="completed"),
    task(3, "Buy milk"),
    task(4, "Hand in the lab report", due=date(2026, 11, 20), tags=("physics",), priority="high"),
    task(6, "Call mum"),
    task(7, "Milk the cow"),
    task(8, "Read chapter 3"),
)


def resolve(intent, target, *, memory=Memory(), tasks=BOARD, status=None):  # noqa: B008  # a value
    return resolving.resolve(Act(intent, target=target, status=status), tasks, memory, today=MONDAY)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("lab report", (4,)), ("LAB reports", (4,)), ("lab reprot", (4,)), ("physics", (4,)), ("chapter 2", (1,)),
        ("ch 2", (1,)), ("call mum", (6,)), ("mum and the lab report", (6, 4)), ("Buy milk", (3,)),
    ],
)  # fmt: skip
def test_a_title_is_found_by_its_words(words, numbers):
    """Folded, shortened, mistyped by a letter, by its tag, or two at once."""
    assert resolve("delete", Target(words=words)) == Resolved(numbers)


def test_two_that_fit_are_offered():
    """Nothing is guessed."""
    assert resolve("delete", Target(words="milk")) == Resolved(candidates=(3, 7))


def test_what_does_not_fit_is_offered_as_nothing_found():
    """With what is nearest, or what there is."""
    near = resolve("delete", Target(words="chapter 9"))
    none = resolve("delete", Target(words="piano"))

    assert (near.numbers, near.found, set(near.candidates)) == ((), False, {1, 8})
    assert (none.numbers, none.found) == ((), False)


def test_most_of_a_title_is_enough_to_complete_and_too_little_to_delete():
    """What destroys asks."""
    target = Target(words="big lab report")

    assert resolve("complete", target).numbers == (4,)
    assert resolve("delete", target).numbers == ()


def test_a_number_decides_what_a_chapter_is():
    """Numbers are never mistyped."""
    assert resolve("complete", Target(words="chapter 3")).numbers == (8,)


@pytest.mark.parametrize(
    ("target", "numbers"),
    [
        (Target(every="all"), (1, 3, 4, 6, 7, 8)),
        (Target(every="overdue"), (4,)),
        (Target(every="all", words="chapter"), (1, 8)),
        (Target(every="all", among=Sought(tag="physics")), (4,)),
        (Target(every="all", but=Target(words="chapter", every="all")), (3, 4, 6, 7)),
        (Target(among=Sought(due_from=date(2026, 11, 27), due_to=date(2026, 11, 27))), (1,)),
    ],
)
def test_all_of_a_kind(target, numbers):
    """What is done is not completed again."""
    assert resolve("complete", target) == Resolved(numbers)


def test_an_exception_that_is_doubtful_is_asked_about():
    """Else what should stay would go."""
    found = resolve("delete", Target(every="all", but=Target(words="milk")))

    assert (found.numbers, found.candidates) == ((), (3, 7))


def test_it_is_what_was_spoken_of():
    """One for "it"; of several, which one is asked; all for "them"."""
    memory = Memory(listed=(1, 3), touched=(1, 3))

    assert resolve("delete", Target(last=True), memory=Memory(touched=(3,))) == Resolved((3,))
    assert resolve("delete", Target(last=True), memory=memory) == Resolved(candidates=(1, 3))
    assert resolve("delete", Target(last=True, every="all"), memory=memory) == Resolved((1, 3))


def test_a_place_is_one_of_the_list_that_was_shown():
    """Past its end, or with none shown, it is asked."""
    memory = Memory(listed=(8, 3, 1))

    assert resolve("delete", Target(places=(2,)), memory=memory) == Resolved((3,))
    assert resolve("delete", Target(places=(-1,)), memory=memory) == Resolved((1,))
    assert resolve("delete", Target(places=(4,)), memory=memory).numbers == ()
    assert resolve("delete", Target(places=(1,))).numbers == ()


def test_what_was_listed_and_is_gone_is_not_another():
    """A place does not move to the next task."""
    assert resolve("delete", Target(places=(1,)), memory=Memory(listed=(99, 3))).numbers == ()


def test_new_tags_stand_beside_those_there_are():
    """For each task its own."""
    act = Act("update", Details(tags=("exam",)), Target(numbers=(3, 4)))

    told = [(each.details.tags, numbers) for each, numbers in resolving.tagged(act, (3, 4), BOARD)]

    assert told == [(("exam",), (3,)), (("physics", "exam"), (4,))]


def test_a_list_is_sorted_by_day():
    """What is done comes last."""
    assert [each.number for each in resolving.sought(Sought(), BOARD, today=MONDAY)] == [4, 1, 3, 6, 7, 8, 2]


@given(st.text(alphabet="abmilk 23#ß🎉", max_size=30), st.sampled_from(["delete", "complete", "update", "undo"]))
def test_only_tasks_that_there_are_come_of_words(words, intent):
    """Whatever is said."""
    found = resolve(intent, Target(words=words))

    assert {*found.numbers, *found.candidates} <= {each.number for each in BOARD}
    assert not (found.numbers and found.candidates)


@given(st.text(max_size=12), st.text(max_size=12))
def test_likeness_is_mutual(one, other):
    """And every word is like itself."""
    assert resolving.alike(one, one)
    assert resolving.alike(one, other) == resolving.alike(other, one)


@pytest.mark.parametrize(
    ("said", "known", "like"),
    [
        ("reprot", "report", True), ("repot", "report", True), ("reportt", "report", True), ("rexort", "report", True),
        ("reptor", "report", False), ("ch2a", "ch3a", False), ("cat", "car", False), ("retorp", "report", False),
    ],
)  # fmt: skip
def test_one_letter_may_be_wrong(said, known, like):
    """In a word of four letters or more."""
    assert resolving.alike(said, known) is like
