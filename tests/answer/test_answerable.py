"""Whether what was found answers: each signal goes the right way, and the settings follow from them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.answer.shelf import PASSAGES, Shelf

from pageside.answer import answerable, asking
from pageside.answer.answerable import SIGNALS, Place
from pageside.knowledge import fitted
from pageside.knowledge.calibration import Scores
from pageside.knowledge.passage import Found

BORROWING = Place("Ownership\nBorrowing", "The borrow checker was added in 2014. A reference never outlives it.", 0.6)


def told(query: str, *places: Place, rarity: dict[str, float]) -> dict[str, float]:
    return dict(zip(SIGNALS[3:6], answerable.words(query, places or (BORROWING,), rarity), strict=True))


def test_names_and_numbers_that_were_not_found_are_absent():
    """One is enough; those in a heading were found, and those in the reader's own file."""

    assert told("the year 2014", rarity={"year": 0.4})["names_absent"] == 0
    assert told("the year 2015", rarity={"year": 0.4})["names_absent"] == 1
    assert (
        told("the year 2015", BORROWING, Place("Mine", "It was 2015.", 0.2), rarity={"year": 0.4})["names_absent"] == 0
    )
    assert told("How does Borrowing work with LLVM?", rarity={"borrow": 0.5, "llvm": 1.0})["names_absent"] == 1


def test_words_that_stand_side_by_side_in_the_question_are_looked_for_together():
    """ "Reference checker" is none, though both words are there."""
    rarity = {"borrow": 0.5, "checker": 0.6, "refer": 0.4}

    assert told("borrow checker", rarity=rarity)["apart"] == 0
    assert told("reference checker", rarity=rarity)["apart"] == 1


def test_the_kind_of_thing_asked_for_is_looked_for_near_its_words():
    """A year is given with the borrow checker, and no price is."""
    rarity = {"borrow": 0.5, "checker": 0.5}

    assert told("When was the borrow checker added?", rarity=rarity)["kind_absent"] == 0
    assert told("What does the borrow checker cost?", rarity=rarity)["kind_absent"] == 1
    assert told("How does the borrow checker work?", rarity=rarity)["kind_absent"] == 0


@pytest.mark.parametrize(
    ("question", "kind", "gives", "lacks"),
    [
        ("What does a licence cost a year?", "price", "It is 300 euros.", "It took 300 hours."),
        ("How many legs has it?", "number", "It has four.", "It has some legs."),
        ("How heavy is it?", "number", "It weighs 9 kg.", "It is very heavy."),
        ("In which year was it made?", "time", "In 1969.", "In a large hall."),
        ("Who made it?", "person", "It was made by Ada Lovelace.", "It was made well."),
    ],
)
def test_a_question_word_asks_for_a_kind_of_thing(question, kind, gives, lacks):
    """And a statement that lacks it does not answer."""

    assert asking.kind(question) == kind
    assert asking.gives(kind, gives)
    assert asking.misses(question, lacks)


def test_most_questions_ask_for_no_kind_of_thing():
    """How and why can be answered in any words."""

    assert asking.kind("How does a servo hold its angle?") is None
    assert asking.kind("Why does it cost so much memory?") is None
    assert asking.kind("What does the cost function measure?") is None


WORDS = st.lists(st.sampled_from(["servo", "angle", "Who", "2014", "how", "many", "the", "?", "Über", "日本", "`x`"]))


@given(WORDS, st.lists(st.sampled_from(PASSAGES), max_size=6))
async def test_anything_can_be_judged(words, passages):
    """A probability, 0 where nothing was found."""
    places = [Place.of(Found(passage, 0.5)) for passage in passages]
    sure = await answerable.judged(Shelf(), " ".join(words), places)

    assert 0 <= sure <= 1
    assert (sure == 0) == (not passages)


def test_the_statement_that_holds_all_of_a_question_best_is_looked_at():
    """By the word it matches least: two statements that hold a half each hold no whole."""

    assert answerable.matched(np.array([[0.9, 0.1], [0.1, 0.9]])) == 0.1
    assert answerable.matched(np.array([[0.9, 0.1], [0.6, 0.5]])) == 0.5
    assert answerable.matched(np.empty((3, 0))) == 1.0


async def test_a_word_that_no_statement_holds_lowers_the_probability():
    """And no number of further words makes up for it."""
    found = [Place("Servo", "A servo holds its angle. The horn of a servo turns with it.", 0.9)]
    asked, stranger = "How does a servo hold its angle?", "How does a servo hold its buoyancy?"
    long = f"{stranger} {' '.join(f'w{n}' for n in range(400))}"

    assert await answerable.judged(Shelf(), stranger, found) < await answerable.judged(Shelf(), asked, found)
    assert await answerable.judged(Shelf(), long, found) < await answerable.judged(Shelf(), asked, found)


def test_each_word_is_left_out_in_turn():
    """But for those that questions are made of."""

    assert answerable.without_a_word("How does the servo hold?") == ["How does the hold?", "How does the servo"]
    assert answerable.without_a_word("servo") == []


def test_a_stricter_setting_answers_less():
    """Each shows the nearest passages before it answers."""
    strict, balanced, generous = (fitted.BOUNDS[name] for name in ("strict", "balanced", "generous"))

    assert strict.answered > balanced.answered > generous.answered
    assert all(0 < each.closest < each.answered < 1 for each in (strict, balanced, generous))


def test_a_promise_only_ever_raises_a_bound():
    """To never, where too few questions can promise the rate."""
    scores = Scores((0.9, 0.8, 0.7, 0.6, 0.5), (True, False, False, True, False))
    generous = fitted.BOUNDS["generous"]

    assert answerable.bounds("generous") == generous
    assert answerable.bounds("generous", rate=0.01, scores=scores).answered == math.inf
    assert answerable.bounds("generous", rate=0.2, scores=scores).answered == math.nextafter(0.9, 1)
    assert answerable.bounds("generous", rate=0.9, scores=scores).answered == generous.answered


def test_a_promise_without_a_file_rests_on_the_questions_of_the_package():
    """Enough of them for one in fifty."""
    least = [answerable.bounds("generous", rate=rate).least for rate in (0.02, 0.1, 0.3)]

    assert 1 > least[0] >= least[1] >= least[2]
