"""The figures of a load: what grows is told from what does not, and a lag is of the same sentence at both ends."""

from __future__ import annotations

import math
import random

import pytest
from benchmarks.load.figures import errors, growth, lags, spread
from benchmarks.load.model import answer
from hypothesis import given
from hypothesis import strategies as st

HOUR = [float(second) for second in range(0, 3600, 10)]


@given(st.floats(-1000, 1000), st.floats(-1e6, 1e6))
def test_a_line_has_its_slope(an_hour, begin):
    """Whatever its height; in units an hour."""
    found = growth(HOUR, [begin + an_hour * second / 3600 for second in HOUR])

    assert math.isclose(found.an_hour, an_hour, abs_tol=1e-3)
    assert found.low <= found.an_hour <= found.high


def test_noise_is_no_growth_and_a_leak_below_it_is():
    """Ten megabytes an hour show in noise of twenty that lasts a while each time."""
    chance = random.Random(3)
    noise, last = [], 0.0
    for _ in HOUR:
        last = 0.7 * last + chance.gauss(0, 2)
        noise.append(last)
    leaking = [each + 10 * second / 3600 for each, second in zip(noise, HOUR, strict=True)]

    assert not growth(HOUR, noise).certain
    assert growth(HOUR, leaking).certain
    with pytest.raises(ValueError, match="ten"):
        growth(HOUR[:9], noise[:9])


def test_a_lag_needs_every_sentence_at_both_ends():
    """An answer of which one came otherwise is not counted."""
    records = [{"question": "a", "citations": [1.5, 2.5]}, {"question": "b", "citations": [9.0]}]

    assert lags(records, {"a": [1.0, 2.25], "b": [8.0, 9.0]}) == [0.5, 0.25]


def test_whatever_went_wrong_is_counted_by_its_name():
    """A status, an error within the stream, an answer that never ended."""
    good = {"status": 200, "error": "", "ended": 1.0}
    bad = [{**good, "status": 503}, {**good, "error": "cut"}, {**good, "error": "cut"}, {**good, "ended": 0.0}]

    assert errors([good, *bad]) == {"status 503": 1, "cut": 2, "not ended when the load was": 1}
    assert spread([]) == "–"
    assert spread([0.001, 0.001]) == "1 / 1 / 1"


def test_the_model_says_what_its_passages_say():
    """Whole sentences in their order, each with the number of its passage."""
    passages = '{"passages": [{"number": 1, "text": "Short. A servo holds an angle that it is told to hold."}]}'

    assert "".join(answer([{"role": "tool", "content": passages}])) == (
        "A servo holds an angle that it is told to hold [1]. "
    )
    assert "".join(answer([])) == "The book does not say. "
