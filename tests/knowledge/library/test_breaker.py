"""The breaker: open after failures in a row, tried by one after a pause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge.library.breaker import Breaker


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def broken(clock):
    breaker = Breaker(failures=3, pause_s=30, clock=clock)
    for _ in range(3):
        assert breaker.admits()
        breaker.failed()
    return breaker


def test_it_opens_after_three_failures_in_a_row(broken):
    """And nobody asks then."""
    assert (broken.state, broken.admits(), broken.opened) == ("open", False, 1)


def test_a_success_between_failures_keeps_it_closed():
    """They must be in a row."""
    breaker = Breaker(failures=2)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()

    assert breaker.state == "closed"


def test_after_the_pause_one_may_try(broken, clock):
    """And only one."""
    clock.now += 30

    assert broken.state == "half_open"
    assert [broken.admits(), broken.admits()] == [True, False]


def test_a_trial_that_succeeds_closes_it(broken, clock):
    """For everybody."""
    clock.now += 30
    broken.admits()
    broken.succeeded()

    assert [broken.admits(), broken.admits()] == [True, True]


def test_a_trial_that_fails_opens_it_again(broken, clock):
    """For as long as before."""
    clock.now += 30
    broken.admits()
    broken.failed()
    clock.now += 29

    assert (broken.admits(), broken.opened) == (False, 2)


def test_a_trial_that_is_given_up_leaves_it_to_another(broken, clock):
    """A reader who leaves says nothing about the server."""
    clock.now += 30
    broken.admits()
    broken.gave_up()

    assert broken.admits()


@given(st.lists(st.sampled_from(["ask", "fail", "succeed", "wait"]), max_size=60))
def test_whatever_happens_it_can_close_again(events):
    """There is no state that it cannot leave: after a pause somebody may try, and a success closes it."""
    clock = Clock()
    breaker = Breaker(clock=clock)
    for event in events:
        match event:
            case "wait":
                clock.now += 30
            case _ if breaker.admits():
                breaker.succeeded() if event == "succeed" else breaker.failed()
    clock.now += 30

    assert breaker.admits()
    breaker.succeeded()
    assert breaker.state == "closed"
