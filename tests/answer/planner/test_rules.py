"""What the rules make of messages, without a model."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.repository import ROOT

from pageside.answer.planner import resolving, rules
from pageside.answer.planner.intents import LEAST_CONFIDENCE, Act, Sought, Target
from pageside.answer.planner.memory import Memory
from pageside.answer.question import Message, Page
from pageside.tasks.task import Details

MONDAY = date(2026, 11, 23)
ROWS = [json.loads(line) for line in (ROOT / "evals" / "tasks.jsonl").read_text(encoding="utf-8").splitlines()]
DEV = [row for row in ROWS if row["half"] == "dev"]
PIECES = (
    "add delete mark done rename move it 3 #4 the milk task and , ; ? to friday first both all but undo show my list"
)
SPOKEN = st.lists(st.sampled_from([*PIECES.split(), "“a b”", "\n"]), max_size=16).map(" ".join)


def parse(text, **given):
    return rules.parse(text, today=MONDAY, **given)


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("Add task to buy groceries", Details("Buy groceries")),
        ("add chapter 3 to my list for Friday", Details("Chapter 3", due=date(2026, 11, 27))),
        ("remind me tomorrow to call mum", Details("Call mum", due=date(2026, 11, 24))),
        ("remind me at 5pm to call mum", Details("Call mum at 5pm")),
        ("add urgent task: print slides", Details("Print slides", priority="high")),
        ("add buy pens #school, low prio", Details("Buy pens", priority="low", tags=("school",))),
        ('add "Ship it by Friday" please', Details("Ship it by Friday")),
        ("add prepare Friday's seminar", Details("Prepare Friday's seminar")),
        ("add gym every monday", Details("Gym every monday")),
        ("add pay rent by 30 Nov. It's urgent.", Details("Pay rent", priority="high", due=date(2026, 11, 30))),
    ],
)
def test_a_task_is_added_with_what_is_said_of_it(text, details):
    """Its day, priority and tags are taken out of its title, but for what stands between quotes."""
    parsed = parse(text)

    assert [act.details for act in parsed.acts] == [details]
    assert parsed.acts[0].intent == "add"
    assert parsed.confidence >= LEAST_CONFIDENCE


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("add buy milk, call mum and read chapter 3", ["Buy milk", "Call mum", "Read chapter 3"]),
        ("add tasks: lab report, quiz 2, essay", ["Lab report", "Quiz 2", "Essay"]),
        ("add these:\n- read chapter 4\n- solve quiz 2", ["Read chapter 4", "Solve quiz 2"]),
        ("add buy milk and eggs", ["Buy milk and eggs"]),
        ("remind me to read chapters 4, 5 and 6", ["Read chapters 4, 5 and 6"]),
    ],
)
def test_several_tasks_are_told_from_one(text, titles):
    """An "and" inside of one does not part it."""
    assert [act.details.title for act in parse(text).acts] == titles


@pytest.mark.parametrize(
    ("text", "intent", "target"),
    [
        ("mark 3, 4 and 6 done pls", "complete", Target(numbers=(3, 4, 6))),
        ("3 and 4 are done", "complete", Target(numbers=(3, 4))),
        ("delte taks no 5", "delete", Target(numbers=(5,))),
        ("delete tasks 3-5", "delete", Target(numbers=(3, 4, 5))),
        ("get rid of the milk task", "delete", Target(words="milk")),
        ("tick off the second one", "complete", Target(places=(2,))),
        ("cross the first two off", "complete", Target(places=(1, 2))),
        ("pls remove it from my list", "delete", Target(last=True)),
        ("both are done", "complete", Target(last=True, every="all")),
        ("delete everything done", "delete", Target(every="completed")),
        ("delete all but the milk one", "delete", Target(every="all", but=Target(words="milk"))),
        ("delete everything tagged exam", "delete", Target(every="all", among=Sought(tag="exam"))),
        ("undo", "undo", Target()),
        ("bring back the milk task", "undo", Target(words="milk")),
    ],
)
def test_it_is_said_in_many_ways_which_tasks_are_meant(text, intent, target):
    """By number, title, place, kind, or what was spoken of."""
    assert parse(text).acts == (Act(intent, target=target),)


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("rename 3 to Buy oat milk", Act("update", Details("Buy oat milk"), Target(numbers=(3,)))),
        ("rename it to read chapter 4", Act("update", Details("Read chapter 4"), Target(last=True))),
        ("change 3 to say hello", Act("update", Details("Hello"), Target(numbers=(3,)))),
        ("move it to Friday", Act("update", Details(due=date(2026, 11, 27)), Target(last=True))),
        ("remove the due date from 3", Act("update", Details(no_due=True), Target(numbers=(3,)))),
        ("4 is urgent", Act("update", Details(priority="high"), Target(numbers=(4,)))),
        ("tag 3 with exam", Act("update", Details(tags=("exam",)), Target(numbers=(3,)))),
        ("add a note to 3: bring a pen", Act("update", Details(description="bring a pen"), Target(numbers=(3,)))),
        ("task 2 isn't done yet", Act("update", target=Target(numbers=(2,)), status="pending")),
    ],
)
def test_a_task_is_changed(text, act):
    """Each thing that can be told of it."""
    assert parse(text).acts == (act,)


@pytest.mark.parametrize(
    ("text", "sought"),
    [
        ("show my tasks", Sought()),
        ("what's left", Sought(status="pending")),
        ("what have i finished so far?", Sought(status="completed")),
        ("anything about kinematics on my list?", Sought(words="kinematics")),
        ("list everything tagged exam", Sought(tag="exam")),
        ("anything overdue?", Sought(status="pending", due_to=date(2026, 11, 22))),
        ("what's due tomorrow", Sought(status="pending", due_from=date(2026, 11, 24), due_to=date(2026, 11, 24))),
        ("what is task 4?", Sought(numbers=(4,))),
    ],
)
def test_a_list_is_narrowed(text, sought):
    """By what was asked for."""
    assert parse(text).acts == (Act("list", sought=sought),)


@pytest.mark.parametrize(
    "text",
    [
        "How do I add a node?",
        "What tasks does the executor run?",
        "How do I add a task to the executor?",
        "list the layers of ROS 2",
        "what do I need to add to package.xml?",
        "what happens when a task is cancelled?",
        "remind me what a quaternion is",
        "please finish the sentence: a quaternion is",
        "change the explanation to be simpler",
        "can you add more detail to that explanation?",
        "thanks!",
    ],
)
def test_what_is_for_the_book_is_left_to_it(text):
    """Words of commands do not make it a command."""
    parsed = parse(text)

    assert parsed.acts == ()
    assert parsed.book == text


@pytest.mark.parametrize(
    "text", ["add", "delete", "rename it", "add a publisher to the node", "I have to finish the report by friday"]
)
def test_what_is_not_sure_is_not_done(text):
    """It stays below what is acted on."""
    parsed = parse(text)

    assert parsed.acts
    assert parsed.confidence < LEAST_CONFIDENCE


def test_both_the_book_and_the_tasks_are_served():
    """The task that points at what was asked is named after it."""
    parsed = parse("explain TF frames and remind me to reread it tomorrow")

    assert parsed.book == "explain TF frames"
    assert parsed.acts == (Act("add", Details("Reread TF frames", due=date(2026, 11, 24))),)


def test_a_selection_names_a_task_and_orders_nothing():
    """What stands on the page is never a wish."""
    parsed = parse("remind me to reread this", selected_text="delete all tasks", page=Page(title="TF frames | Book"))

    assert parsed.acts == (Act("add", Details("Reread TF frames")),)


def test_acts_are_in_the_order_they_were_said():
    """And "it" is what the act before was done to."""
    parsed = parse("mark 2 done, delete 3 and rename 6 to Call dad and make it urgent")

    assert [(act.intent, act.target.numbers) for act in parsed.acts] == [
        ("complete", (2,)), ("delete", (3,)), ("update", (6,)),
    ]  # fmt: skip
    assert parsed.acts[2].details == Details("Call dad", priority="high")


def test_half_of_an_enumeration_is_never_taken_for_the_whole():
    """A message is not cut where a number would be lost."""
    assert parse("mark 3, 4 and 6 done").acts == (Act("complete", target=Target(numbers=(3, 4, 6))),)


ASKED = (
    Message("reader", "delete the milk one"),
    Message("tutor", "🤔 Which?\n1. #3 **Buy milk**\n2. #7 **Milk the cow**"),
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("the second", (7,)), ("2", (7,)), ("3", (3,)), ("#7", (7,)), ("buy milk", (3,)), ("the cow one please", (7,)),
        ("both", (3, 7)), ("I mean the first one", (3,)),
    ],
)  # fmt: skip
def test_a_question_back_is_answered(text, numbers):
    """With a place, a number or a title; then what was wished is done."""
    assert parse(text, history=ASKED) == rules.Parsed((Act("delete", target=Target(numbers=numbers)),))


@pytest.mark.parametrize("text", ["no", "cancel", "never mind", "no, leave it"])
def test_a_wish_is_taken_back(text):
    """Nothing is done, and that is said."""
    parsed = parse(text, history=ASKED)

    assert (parsed.acts, parsed.book) == ((), "")
    assert parsed.question


def test_yes_does_not_choose():
    """Of two tasks, it says not which."""
    assert parse("yes", history=ASKED).confidence < LEAST_CONFIDENCE


def test_a_number_that_is_another_tasks_place_chooses_neither():
    """2 is task #2, and the second line is #5."""
    history = (ASKED[0], Message("tutor", "🤔 Which?\n1. #2 **Buy milk**\n2. #5 **Milk the cow**"))

    assert parse("2", history=history).confidence < LEAST_CONFIDENCE


def test_something_else_may_be_said_instead_of_an_answer():
    """A question to the book, or another wish."""
    assert parse("what is a quaternion?", history=ASKED).acts == ()
    assert parse("show my tasks", history=ASKED).acts == (Act("list"),)


def test_what_was_missing_is_said_in_a_second_message():
    """The wish and its rest are read as one."""
    history = (Message("reader", "move task 3"), Message("tutor", "🤔 To which day?"))

    assert parse("to friday", history=history).acts == (
        Act("update", Details(due=date(2026, 11, 27)), Target(numbers=(3,))),
    )


@given(st.one_of(st.text(max_size=200), SPOKEN), st.booleans())
def test_any_text_is_read(text, asked):
    """Nothing said breaks it, and what is done was suspected first."""
    history = ASKED if asked else ()
    parsed = parse(text, history=history)

    assert 0 <= parsed.confidence <= 1
    assert not parsed.acts or rules.suspects(text, history=history)


@given(SPOKEN)
def test_a_target_that_is_not_named_is_never_sure(text):
    """What changes tasks says which, or is asked."""
    parsed = parse(text)
    vague = [act for act in parsed.acts if act.intent in {"complete", "update", "delete"} and act.target.is_empty]

    assert not vague or parsed.confidence < LEAST_CONFIDENCE


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters='"“”'), min_size=1, max_size=80))
def test_a_title_between_quotes_is_kept_letter_by_letter(title):
    """Whatever it says, also of tasks."""
    wanted = title.strip()
    parsed = parse(f'add "{title}" to my list')

    assert not wanted or [act.details.title for act in parsed.acts] == [wanted]


@pytest.mark.parametrize(
    "text", ["add " + "a " * 5000, "mark " + "x " * 5000 + "done", "the " * 3000 + "is done", "add x\n" * 2000]
)
def test_a_long_message_is_read_too(text):
    """It is the validator that says a title is too long."""
    assert parse(text).acts


@pytest.mark.parametrize("row", DEV, ids=[row["id"] for row in DEV])
def test_what_the_rules_were_written_with_goes_as_it_should(row):
    """The intents, in their order; the benchmark carries them out."""
    history = tuple(Message(each["role"], each["text"]) for each in row.get("history", ()))
    page = Page(**row["page"]) if row.get("page") else None
    parsed = parse(row["message"], history=history, page=page, selected_text=row.get("selected_text", ""))
    told = [act.intent for act in parsed.acts]
    wanted = [act["intent"] for act in row["expect"]["acts"]]

    assert row["expect"]["ask"] or list(dict.fromkeys(told)) == list(dict.fromkeys(wanted))
    assert row["expect"]["ask"] or not wanted or bool(parsed.book) == row["expect"]["book"]


def test_a_message_for_the_book_costs_nothing():
    """A configured model is asked to parse only what is suspected."""
    assert not rules.suspects("What is a quaternion?")
    assert not rules.suspects("why does the robot wobble")


def test_a_guess_resolves_to_nothing():
    """A title that is not there is asked about."""
    act = parse("delete the old one").acts[0]

    assert resolving.resolve(act, (), Memory(), today=MONDAY).numbers == ()
