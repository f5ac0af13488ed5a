"""Citation recall and precision, from worked examples of their definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scripted_tutor import PASSAGE

from pageside.answer.events import Answer, Citation, Claim, Usage
from pageside.evaluation import alce
from pageside.evaluation.alce import Quality, Statement

ANGLE, SUPPLY, CATS = "A servo holds an angle.", "A servo needs 5 V.", "Cats chase mice."
BOTH = "A servo holds an angle and needs 5 V."


def entails(premise, claim):
    """What each statement needs, word for word."""
    needs = {BOTH: (ANGLE, SUPPLY), ANGLE: (ANGLE,), SUPPLY: (SUPPLY,)}
    return all(part in premise for part in needs.get(claim, (claim,)))


@pytest.mark.parametrize(
    ("text", "cited", "supported", "relevant"),
    [
        (ANGLE, (ANGLE,), True, (True,)),
        (ANGLE, (CATS,), False, (False,)),
        (ANGLE, (), False, ()),
        (BOTH, (ANGLE, SUPPLY), True, (True, True)),
        (BOTH, (ANGLE,), False, (False,)),
        (ANGLE, (ANGLE, CATS), True, (True, False)),
        (BOTH, (ANGLE, SUPPLY, CATS), True, (True, True, False)),
        (ANGLE, (ANGLE, ANGLE), True, (True, True)),
    ],
    ids=[
        "one that supports",
        "one that does not",
        "none",
        "two that do so only together",
        "half of what is needed",
        "one beside that says nothing of it",
        "a third that two do not need",
        "two of which each suffices",
    ],
)
def test_a_citation_counts_as_the_paper_says(text, cited, supported, relevant):
    """Recall: all together entail. Precision: supported, and it suffices alone or is missed when taken away."""
    judged = alce.quality([Statement(text, cited)], entails)

    assert judged == Quality((supported,), relevant)


def test_shares_are_over_statements_and_over_citations():
    """Two of three statements are supported, three of five citations count."""
    told = [Statement(ANGLE, (ANGLE, CATS)), Statement(BOTH, (ANGLE, SUPPLY)), Statement(SUPPLY, (CATS,))]

    judged = alce.quality(told, entails)

    assert judged.recall == pytest.approx(2 / 3)
    assert judged.precision == pytest.approx(3 / 5)


def test_nothing_said_is_nothing_supported():
    """No division by nought."""
    judged = alce.quality([], entails)

    assert (judged.recall, judged.precision) == (0.0, 0.0)


CITED = st.lists(st.sampled_from([ANGLE, SUPPLY, CATS]), max_size=4).map(tuple)
TOLD = st.lists(st.builds(Statement, st.sampled_from([ANGLE, SUPPLY, BOTH]), CITED), max_size=5)


@given(TOLD, TOLD)
def test_answers_add_up(one, other):
    """Judged apart and added is judged together, and only citations of supported statements count."""
    whole = alce.quality([*one, *other], entails)

    assert whole == alce.quality(one, entails) + alce.quality(other, entails)
    assert len(whole.relevant) == sum(len(statement.cited) for statement in [*one, *other])
    assert any(whole.supported) or not any(whole.relevant)


def test_an_answer_is_read_by_its_claims(servo):
    """Each claim is a statement, without its markers, with the quotes they stand for."""
    assert alce.of_answer(servo) == (Statement(ANGLE, (ANGLE,)), Statement("Cats chase mice.", ()))


def test_the_known_truth_decides_where_there_is_one(servo):
    """With the gold support the figures are exact, whatever the checker thinks."""
    judged = alce.quality(alce.of_answer(servo), alce.by_gold({(ANGLE, ANGLE)}))

    assert (judged.recall, judged.precision) == (0.5, 1.0)


def test_the_checkers_own_rules_see_a_wrong_number():
    """Without another judge at hand, figures are of agreement with the checker."""
    assert alce.by_rules(SUPPLY, "The servo needs 5 V.")
    assert not alce.by_rules(SUPPLY, "The servo needs 6 V.")


@pytest.fixture
def servo():
    cited = Citation(1, PASSAGE, ANGLE, "/servo", 0.9)
    text = "A servo holds an angle [1]. Cats chase mice."
    claims = (Claim(0, 27, (1,), 1.0), Claim(28, 44, (), 0.0))
    return Answer(text, (cited,), "answered", 0.9, Usage("scripted"), claims)
