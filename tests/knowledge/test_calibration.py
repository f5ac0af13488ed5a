"""Scores become probabilities that go the right way."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
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


ANSWERS = st.lists(st.tuples(SHARES, st.booleans()), max_size=60)


@given(ANSWERS, SHARES)
def test_leaving_any_question_out_keeps_the_rate_on_average(answers, rate):
    """The law behind the promise: each question in turn is the next one, and the others set its threshold.

    Conformal risk control bounds the mean of these, taken over who is the next one, by `rate`.
    """
    shown_and_wrong = sum(
        is_wrong and score >= calibration.threshold(*_without(answers, at), rate)
        for at, (score, is_wrong) in enumerate(answers)
    )

    assert shown_and_wrong <= rate * len(answers) + 1e-6


def _without(answers, at):
    rest = answers[:at] + answers[at + 1 :]
    return [score for score, _ in rest], [is_wrong for _, is_wrong in rest]


@given(ANSWERS, SHARES, SHARES)
def test_a_lower_rate_never_shows_more(answers, one, other):
    """The threshold falls as the rate rises."""
    scores, wrong = [score for score, _ in answers], [is_wrong for _, is_wrong in answers]

    assert calibration.threshold(scores, wrong, min(one, other)) >= calibration.threshold(
        scores, wrong, max(one, other)
    )


def test_too_few_questions_promise_nothing():
    """With nineteen questions the lowest rate that can be kept is one in twenty, and then only by showing none."""
    scores, wrong = [0.5] * 19, [True] * 19

    assert calibration.threshold(scores, wrong, 0.049) == math.inf
    assert 0.5 < calibration.threshold(scores, wrong, 0.05) < 0.5001
    assert calibration.threshold(scores, [False] * 19, 0.05) == -math.inf


def test_the_next_question_keeps_the_rate():
    """Four thousand books of fifty questions each: wrong ones are shown in no more than the rate, and not far below."""
    random = np.random.default_rng(7)
    shown = []
    for _ in range(4000):
        wrong = random.random(51) < 0.4
        scores = np.where(wrong, random.beta(2, 3, 51), random.beta(3, 2, 51))
        least = calibration.threshold(scores[:50].tolist(), wrong[:50].tolist(), 0.1)
        shown.append(wrong[50] and scores[50] >= least)

    assert 0.07 < np.mean(shown) < 0.11


def test_scores_are_kept_in_a_file(tmp_path):
    """What was written is what is read, and what is no such file is named."""
    kept = calibration.Scores((0.25, 0.9), (True, False))
    kept.write(tmp_path / "scores.json")

    assert calibration.read(tmp_path / "scores.json") == kept


@pytest.mark.parametrize("text", ["[]", '{"format": 2, "answers": []}', '{"format": 1, "answers": [[2, true]]}'])
def test_another_file_is_no_file_of_scores(tmp_path, text):
    """The message names it."""
    (tmp_path / "bad.json").write_text(text)

    with pytest.raises(ValueError, match=r"bad\.json"):
        calibration.read(tmp_path / "bad.json")
