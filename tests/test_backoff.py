"""Pauses before something is tried again: they grow, they end somewhere, and a crowd does not keep step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pageside import backoff

SECONDS = st.floats(0.01, 100)
THROWN = st.floats(0, 1, exclude_max=True)


@given(failures=st.integers(1, 10_000), first_s=SECONDS, longest_s=SECONDS, thrown=THROWN)
def test_a_pause_is_never_longer_than_half_as_much_again_as_the_longest(failures, first_s, longest_s, thrown):
    """However often it failed; and never less than half of the shortest."""
    pause_s = backoff.pause_s(failures, first_s=first_s, longest_s=longest_s, dice=lambda: thrown)

    assert min(first_s, longest_s) / 2 <= pause_s <= longest_s * 1.5


@given(failures=st.integers(1, 10_000), first_s=SECONDS, longest_s=SECONDS, thrown=THROWN)
def test_the_next_pause_is_no_shorter(failures, first_s, longest_s, thrown):
    """For the same throw of the dice."""
    now, later = (
        backoff.pause_s(count, first_s=first_s, longest_s=longest_s, dice=lambda: thrown)
        for count in (failures, failures + 1)
    )

    assert now <= later


@given(about_s=SECONDS, one=THROWN, other=THROWN)
def test_who_throws_otherwise_comes_at_another_moment(about_s, one, other):
    """As far apart as the dice are."""
    apart_s = backoff.spread(about_s, dice=lambda: one) - backoff.spread(about_s, dice=lambda: other)

    assert abs(apart_s - about_s * (one - other)) < 1e-9 * (1 + about_s)


def test_a_hundred_processes_do_not_come_back_together():
    """Those that lost something at the same moment look for it in every tenth of the time there is."""
    pauses = [backoff.pause_s(5, first_s=0.5, longest_s=5) for _ in range(1000)]
    tenths = {int((pause_s - 2.5) / 0.5) for pause_s in pauses}

    assert tenths == set(range(10))
