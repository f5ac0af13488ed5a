"""Rankings are made one without losing or inventing anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge import rank

SCORES = st.dictionaries(st.integers(0, 30), st.floats(-100, 100), max_size=20)


@given(st.lists(SCORES, max_size=4))
def test_fusing_names_everything_once_best_first(lists):
    """What any list names is in the result, and nothing else."""
    fused = rank.fuse(lists)

    assert set(fused) == {key for scores in lists for key in scores}
    assert list(fused.values()) == sorted(fused.values(), reverse=True)


@given(SCORES)
def test_one_list_keeps_its_order(scores):
    """Scaling moves nothing past anything else, save where the difference drowns in rounding."""
    fused = rank.fuse([scores])

    assert all(scores[one] >= scores[other] - 1e-9 for one, other in zip(fused, [*fused][1:], strict=False))


@given(st.lists(st.dictionaries(st.integers(0, 30), st.integers(0, 50).map(float), max_size=20), max_size=3))
def test_the_scale_of_a_list_does_not_count(lists):
    """BM25 may be ten times as large in one book as in another."""
    fused = rank.fuse(lists)
    larger = rank.fuse([{key: 10 * score for key, score in scores.items()} for scores in lists])

    assert all(fused[key] == pytest.approx(larger[key], abs=1e-6) for key in fused)


def test_six_deviations_are_one():
    """Worked by hand: mean 2, variance 2/3."""
    step = 1 / (6 * (2 / 3) ** 0.5)

    assert rank.fuse([{"a": 1.0, "b": 2.0, "c": 3.0}]) == pytest.approx({"c": step, "b": 0, "a": -step})


def test_what_only_one_list_has_among_its_best_gets_what_it_has_in_the_other():
    """The third by words is second by vectors, and so before one that words do not know at all."""
    words, vectors = {"a": 9.0, "b": 6.0, "c": 5.0}, {"d": 0.8, "c": 0.7, "a": 0.2}

    assert list(rank.fuse([words, vectors], depth=2)) == ["c", "a", "d", "b"]


def test_the_one_passage_that_has_the_word_is_ahead():
    """A list of one has no spread, and yet says something."""

    assert next(iter(rank.fuse([{"b": 4.0}, {"a": 0.51, "b": 0.5, "c": 0.1}]))) == "b"


def test_a_list_may_count_for_more():
    """A weight multiplies what its list says."""
    words, vectors = {"a": 3.0, "b": 1.0}, {"b": 3.0, "a": 1.0}

    assert next(iter(rank.fuse([words, vectors], weights=[1, 2]))) == "b"
    assert next(iter(rank.fuse([words, vectors], weights=[2, 1]))) == "a"


def test_what_two_lists_name_comes_before_what_one_does():
    """Agreement counts."""

    assert next(iter(rank.fuse([{"a": 5.0, "b": 4.9}, {"b": 0.5, "c": 0.5}]))) == "b"


@given(st.lists(st.text(alphabet="ab ", max_size=12), max_size=12))
def test_folding_keeps_the_first_of_what_is_alike(texts):
    """Order stays, nothing is made up, the best stays, and folding again changes nothing."""
    once = rank.folded(texts, text=str)

    assert rank.folded(once, text=str) == once
    assert once[:1] == texts[:1]
    assert [text for text in dict.fromkeys(texts) if text in once] == once


def test_a_text_with_one_word_more_is_a_repeat():
    """The same page in two versions of a manual."""
    long = " ".join(f"word{number}" for number in range(60))

    assert rank.folded([long, f"{long} more", "something else entirely"], text=str) == [long, "something else entirely"]


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 4))
def test_spreading_keeps_everything_and_fronts_at_most_so_many(numbers, at_most):
    """No more than so many of one group until every other group had its turn."""
    spread = rank.spread(numbers, group=lambda number: number % 3, at_most=at_most)
    front = sum(min(at_most, sum(number % 3 == group for number in numbers)) for group in range(3))

    assert sorted(spread) == sorted(numbers)
    assert all(sum(number % 3 == group for number in spread[:front]) <= at_most for group in range(3))
