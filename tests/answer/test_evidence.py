"""Passages as numbered evidence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.answer.shelf import PASSAGES, passage

from pageside.answer import evidence
from pageside.knowledge.passage import Found

PASSAGE_LISTS = st.lists(
    st.builds(
        lambda number, words: Found(passage(number, "a.md", ("A",), "word " * words), 0.5),
        st.integers(0, 9),
        st.integers(1, 400),
    ),
    max_size=12,
)


@given(PASSAGE_LISTS, st.integers(1, 8), st.integers(10, 900))
def test_the_budget_holds_and_the_best_is_there(found, limit, budget):
    """Numbers run from 1, no passage comes twice, only the best may break the budget."""
    gathered = evidence.gather(found, limit_passages=limit, limit_tokens=budget)

    assert [each.number for each in gathered] == list(range(1, len(gathered) + 1))
    assert len({each.found.passage.id for each in gathered}) == len(gathered) <= limit
    assert not found or gathered[0].found == found[0]
    assert len(gathered) < 2 or sum(evidence.tokens(each.found.passage.text) for each in gathered[1:]) <= budget


def test_a_quiz_is_no_evidence():
    """Its wrong options would stand as statements."""
    gathered = evidence.gather([Found(each, 0.5) for each in PASSAGES])

    assert [each.found.passage.id for each in gathered] == ["p1", "p2", "p3"]


def test_more_is_numbered_on():
    """A second search adds only what is new."""
    first = evidence.gather([Found(PASSAGES[0], 0.5)])
    more = evidence.extend(first, [Found(each, 0.5) for each in PASSAGES[:2]], limit_passages=5, limit_tokens=999)

    assert [(each.number, each.found.passage.id) for each in more] == [(2, "p2")]
