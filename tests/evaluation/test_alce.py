"""Citation recall and precision, by examples worked out from the definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.evaluation.alce import Statement, citation_scores, premises


def entails(premise: str, claim: str) -> bool:
    """A judge one can follow: every word of the claim stands in the premise."""
    return set(claim.split()) <= set(premise.split())


@pytest.mark.parametrize(
    ("cited", "recall", "precision"),
    [
        (("a b c",), 1, 1),  # alone and enough
        (("a c",), 0, 0),  # not enough: neither the statement nor its citation counts
        ((), 0, None),  # nothing is cited
        (("a", "b"), 1, 1),  # each is needed
        (("a b", "c d"), 1, 0.5),  # the second does nothing
        (("a b", "b a"), 1, 1),  # each would do alone
        (("a", "b", "x"), 1, 2 / 3),  # the third is irrelevant: alone too little, and not missed
        (("a", "a b"), 1, 0.5),  # the first alone is too little, and the second does without it
    ],
)
def test_one_statement_by_hand(cited, recall, precision):
    """Whether what is cited says "a" and "b"."""
    made = citation_scores([Statement("a b", cited)], entails)

    assert (made.recall, made.precision) == (recall, pytest.approx(precision) if precision is not None else None)


def test_an_answer_counts_statements_and_citations():
    """Two of three statements are supported; of four citations three do their part."""
    made = citation_scores([Statement("a", ("a", "x")), Statement("b c", ("b", "c")), Statement("d", ())], entails)

    assert (made.statements, made.citations) == (3, 4)
    assert made.recall == pytest.approx(2 / 3)
    assert made.precision == pytest.approx(3 / 4)


def test_an_answer_that_states_nothing_has_no_figures():
    """Nought would say that it cites badly."""
    made = citation_scores([], entails)

    assert (made.recall, made.precision) == (None, None)


WORDS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=3).map(" ".join)
STATEMENTS = st.lists(st.builds(Statement, WORDS, st.lists(WORDS, max_size=4).map(tuple)), max_size=4)


@given(STATEMENTS)
def test_the_judge_is_asked_of_the_premises_that_are_named(statements):
    """So that what a judge needs can be prepared; and the figures are shares."""
    named = {(premise, each.text) for each in statements for premise in premises(each)}
    asked = set()

    def noted(premise: str, claim: str) -> bool:
        asked.add((premise, claim))
        return entails(premise, claim)

    made = citation_scores(statements, noted)
    assert asked <= named
    assert all(share is None or 0 <= share <= 1 for share in (made.recall, made.precision))
