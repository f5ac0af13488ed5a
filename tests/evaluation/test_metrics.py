"""The published figures, against examples worked out by hand and against what must hold of each."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.evaluation import intervals, metrics

RANKS = st.lists(st.integers(0, 12), min_size=1, max_size=4)
PAIRS = st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.0, 1.0])), min_size=1, max_size=60).map(np.array)


@pytest.mark.parametrize(
    ("ranks", "k", "hit", "every"),
    [((1,), 1, 1, 1), ((2,), 1, 0, 0), ((0,), 5, 0, 0), ((5, 0), 5, 1, 0), ((5, 6), 5, 1, 0), ((3, 5), 5, 1, 1)],
)
def test_hits_by_hand(ranks, k, hit, every):
    """A place counts where its rank is no greater than k, and never where it was not found."""
    assert (metrics.hit(ranks, k=k), metrics.every(ranks, k=k)) == (hit, every)


def test_mean_reciprocal_rank_by_hand():
    """Three questions whose first right result is third, second and first: (1/3 + 1/2 + 1) / 3 = 0.611."""
    asked = [(3,), (2, 0), (1, 4)]

    assert sum(metrics.reciprocal_rank(ranks, k=10) for ranks in asked) / 3 == pytest.approx(0.6111, abs=1e-4)
    assert metrics.reciprocal_rank((11,), k=10) == 0


def test_ndcg_by_hand():
    """Places at ranks 1 and 3 of an ideal 1 and 2: (1 + 1/2) / (1 + 0.63093) = 0.9197."""
    assert metrics.ndcg((1, 3), k=10) == pytest.approx(1.5 / (1 + 1 / math.log2(3)))
    assert metrics.ndcg((2,), k=10) == pytest.approx(0.63093, abs=1e-5)
    assert metrics.ndcg((0, 0), k=10) == 0


@given(RANKS)
def test_figures_of_ranks_stay_in_bounds_and_agree(ranks):
    """All lie within 0 and 1; all places found means one is; the first place found is worth its reciprocal rank."""
    told = [metrics.hit(ranks, k=5), metrics.every(ranks, k=5), metrics.ndcg(ranks, k=10)]

    assert all(0 <= each <= 1 for each in told)
    assert told[1] <= told[0]
    assert (metrics.reciprocal_rank(ranks, k=10) == 1) == (1 in ranks)


def test_calibration_error_by_hand():
    """Ten answers of .9, eight right, and ten of .3, three right: bins off by .1 and 0, so .05."""
    pairs = np.array([[0.9, i < 8] for i in range(10)] + [[0.3, i < 3] for i in range(10)], dtype=float)

    assert metrics.ece(pairs, bins=2) == pytest.approx(0.05)
    assert [each.count for each in metrics.reliability(pairs, bins=2)] == [10, 10]


def test_a_bin_of_one_answer_is_none():
    """Seven answers are one group: a share of fewer than five says nothing."""
    assert [each.count for each in metrics.reliability(np.array([[0.1 * at, 1] for at in range(7)]))] == [7]


def test_brier_by_hand():
    """(.9 - 1)^2, (.6 - 0)^2, (.5 - 1)^2: (.01 + .36 + .25) / 3."""
    assert metrics.brier(np.array([[0.9, 1], [0.6, 0], [0.5, 1]])) == pytest.approx(0.62 / 3)


def test_auc_by_hand():
    """Right .8 and .4, wrong .5 and .4: of four pairs two are won, one is tied: 2.5 / 4."""
    assert metrics.auc(np.array([[0.8, 1], [0.4, 1], [0.5, 0], [0.4, 0]])) == pytest.approx(0.625)
    assert math.isnan(metrics.auc(np.array([[0.8, 1]])))


def test_risk_and_coverage_by_hand():
    """Surest first right, wrong, right of five asked: after each, 1/5, 2/5, 3/5 covered; 0, 1/2, 1/3 wrong."""
    pairs = np.array([[0.9, 1], [0.7, 0], [0.5, 1]])
    curve = metrics.risk_coverage(pairs, asked=5)

    assert [(each.threshold, each.coverage) for each in curve] == [(0.9, 0.2), (0.7, 0.4), (0.5, 0.6)]
    assert [each.risk for each in curve] == pytest.approx([0, 1 / 2, 1 / 3])
    assert metrics.aurc(pairs) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_answers_that_are_equally_sure_are_one_point():
    """No order within them is better than another."""
    assert len(metrics.risk_coverage(np.array([[0.5, 1], [0.5, 0], [0.5, 1]]))) == 1


@given(PAIRS, st.integers())
def test_the_order_of_the_questions_does_not_matter(pairs, seed):
    """Figures of calibration are of a set of answers."""
    mixed = np.array(random.Random(seed).sample(pairs.tolist(), len(pairs)))

    for figure in (metrics.brier, metrics.auc, metrics.aurc):
        assert figure(mixed) == pytest.approx(figure(pairs), nan_ok=True)


@given(PAIRS)
def test_figures_of_confidence_stay_in_bounds(pairs):
    """Each lies within 0 and 1, and the curve ends where everything is shown."""
    assert all(0 <= figure(pairs) <= 1 for figure in (metrics.ece, metrics.brier, metrics.aurc))
    assert metrics.risk_coverage(pairs)[-1].coverage == 1
    assert metrics.risk_coverage(pairs)[-1].risk == pytest.approx(1 - pairs[:, 1].mean())


def test_an_interval_holds_what_is_known_of_a_mean():
    """Of a hundred shares of .3, the normal interval is .3 ± .09; the bootstrap's comes near."""
    made = intervals.estimate(np.array([[float(i < 30)] for i in range(100)]))

    assert (made.value, made.count) == (pytest.approx(0.3), 100)
    assert made.low == pytest.approx(0.21, abs=0.02)
    assert made.high == pytest.approx(0.39, abs=0.02)


def test_a_share_without_a_miss_is_not_certain():
    """Ten of ten: the interval of Clopper and Pearson begins at .025^(1/10) = .6915."""
    made = intervals.estimate(np.ones((10, 1)))

    assert (made.value, made.high) == (1, 1)
    assert made.low == pytest.approx(0.6915, abs=1e-4)


def test_a_difference_is_taken_question_by_question():
    """Where every question gains the same, the interval of the difference has no width, however they differ."""
    before = np.arange(20, dtype=float).reshape(-1, 1)
    made = intervals.difference(before, before + 1)

    assert (made.value, made.low, made.high) == (1, 1, 1)


@given(PAIRS)
def test_an_interval_is_the_same_each_time(pairs):
    """The seed is fixed, so a report made twice of the same answers says the same."""
    assert intervals.estimate(pairs, metrics.brier) == intervals.estimate(pairs, metrics.brier)
