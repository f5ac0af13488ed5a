"""Scores become probabilities that go the right way."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.small_index import ROBOTS

from pageside.knowledge import calibration
from pageside.knowledge.index import Hit

SHARES = st.floats(0, 1)


@st.composite
def searches(draw) -> list[Hit]:
    """Hits of one search: all of them have a cosine, or none."""
    with_vectors = draw(st.booleans())
    return [
        Hit(
            passage=ROBOTS[0],
            score=1.0 - at / 10,
            keyword=draw(st.floats(0, 40)),
            cosine=draw(st.floats(-1, 1)) if with_vectors else float("nan"),
            coverage=draw(SHARES),
        )
        for at in range(draw(st.integers(1, 8)))
    ]


@given(searches())
def test_every_search_has_probabilities(hits):
    """Strictly between 0 and 1, with vectors and without."""

    assert all(0 < relevance < 1 for relevance in calibration.relevances(hits))
    assert 0 < calibration.confidence(hits) < 1


@given(searches(), st.floats(0.01, 1))
def test_more_of_the_question_in_the_passages_is_never_believed_less(hits, more):
    """Coverage counts for, never against."""
    better = [replace(hit, coverage=min(1.0, hit.coverage + more)) for hit in hits]

    assert calibration.confidence(better) >= calibration.confidence(hits)
    assert all(
        after >= before
        for after, before in zip(calibration.relevances(better), calibration.relevances(hits), strict=True)
    )


def test_nothing_found_is_no_confidence():
    """An empty search answers nothing."""

    assert calibration.confidence([]) == 0
    assert calibration.relevances([]) == ()


def test_a_foreign_question_is_believed_less_than_a_tenth():
    """Cosine and coverage as questions of another book have them, and as those of the book have."""
    foreign = [Hit(ROBOTS[0], 1.0, 5.0, 0.2, 0.2), Hit(ROBOTS[1], 0.9, 4.0, 0.15, 0.2)]
    own = [Hit(ROBOTS[0], 1.0, 20.0, 0.65, 0.9), Hit(ROBOTS[1], 0.9, 12.0, 0.5, 0.5)]

    assert calibration.confidence(foreign) < 0.1
    assert calibration.confidence(own) > 0.7
