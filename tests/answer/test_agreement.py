"""Do a sentence and its quote agree in numbers, names, negation, quantifiers, direction and roles?"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer import agreement, grounding, quantities

LIES = [
    # numbers and units
    ("The arm reaches 20 m.", "The arm reaches 20 cm."),
    ("A frame takes 5 s.", "A frame takes 5 ms."),
    ("The run has 30 episodes and 12 steps.", "The run has 12 episodes and 30 steps."),
    ("It needs Python 3.1.", "It needs Python 3.11."),
    ("It costs $5.", "It costs €5."),
    ("The buffer holds 10 thousand samples.", "The buffer holds 1,000 samples."),
    ("The supply is 5 V to 16 V.", "The supply is 5-6 V."),
    ("The rate is 1e-4.", "The rate is 1e-3."),
    ("At least 10 workers run.", "At most 10 workers run."),
    ("It needs more than 4 GB.", "It needs 4 GB."),
    ("The second layer is frozen.", "The third layer is frozen."),
    ("There is one type of motor.", "There are two types of motor."),
    # names
    ("`main` calls the parser.", "`run` calls the parser."),
    ("Normally they run Windows.", "Normally they run Linux."),
    ("RViz simulates physics.", "Gazebo simulates physics. RViz shows data."),
    # negation
    ("Servos are not used here, so gears are needed.", "Servos are used here, so gears are not needed."),
    ("The node never waits.", "The node waits."),
    ("The result is unstable.", "The result is stable."),
    ("It is better even with blocking code.", "It is better unless there is blocking code."),
    # quantifiers
    ("All servos turn through 180 degrees.", "Most servos turn through 180 degrees."),
    ("Servos always overheat.", "Servos sometimes overheat."),
    ("Only Nav2 plans paths.", "Nav2 plans paths."),
    ("Some agents share weights.", "All agents share weights."),
    # direction and roles
    ("A stepper is faster than a servo.", "A servo is faster than a stepper."),
    ("The parser calls the lexer.", "The lexer calls the parser."),
    ("The lexer is called by the parser.", "The lexer calls the parser."),
    ("Data flows from the disk to the cache.", "Data flows from the cache to the disk."),
    ("The lock is taken after the read.", "The lock is taken before the read."),
    ("A higher gain makes it slower.", "A higher gain makes it faster."),
]
TRUTHS = [
    ("The arm reaches 0.2 m.", "The arm reaches 20 cm."),
    ("The track is 1000 m long.", "The track is 1 km long."),
    ("A frame takes 0.005 seconds.", "A frame takes 5 ms."),
    ("It holds one thousand samples.", "It holds 1,000 samples."),
    ("The supply is between 5 and 6 V.", "The supply is 5-6 V."),
    ("It needs Python 3.", "It needs Python 3.11."),
    ("The 3rd layer is frozen.", "The third layer is frozen."),
    ("The run has 30 steps and 12 episodes.", "The run has 12 episodes and 30 steps."),
    ("Servos turn through 180 degrees.", "Most servos turn through 180 degrees."),
    ("The valve is closed.", "The valve is not open."),
    ("The loop is not stable.", "The loop is unstable."),
    ("The parser is called by the lexer.", "The lexer calls the parser."),
    ("A stepper is slower than a servo.", "A servo is faster than a stepper."),
    ("The shelf is below the lamp.", "The lamp is above the shelf."),
    ("When the error grows, the controller reacts.", "The controller reacts when the error grows."),
    ("Gazebo and RViz run side by side.", "RViz and Gazebo run side by side."),
    ("Every agent shares its weights.", "Each agent shares its weights."),
    ("A node does not only read but also writes.", "A node reads and also writes."),
]


@pytest.mark.parametrize(("sentence", "quote"), LIES)
def test_what_differs_in_one_thing_that_matters_is_not_supported(sentence, quote):
    """However alike the rest is."""
    assert not grounding.judge(sentence, quote, similarity=0.95).supported


@pytest.mark.parametrize(("sentence", "quote"), TRUTHS)
def test_what_says_the_same_in_other_words_agrees(sentence, quote):
    """Conversion, order, passive voice, double negation: nothing stands between the two."""
    assert agreement.differs(sentence, quote) == ""


def test_a_heading_names_what_it_stands_for():
    """But it does not put a name in the place of another."""
    assert agreement.differs("Nav2 plans paths.", "It plans paths.", near="Nav2") == ""
    assert agreement.differs("Nav2 plans paths.", "MoveIt plans paths.", near="Nav2") == "name nav2"


def test_a_name_is_handed_on_to_the_next_sentence():
    """ "It" in the second statement is what the first speaks of."""
    quote = "Nav2 is a stack. It lets robots share a map."

    assert agreement.differs("Nav2 lets robots share a map.", quote) == ""


def test_the_beginning_of_a_statement_may_turn_it_round():
    """What stands in a statement word for word is not what it says."""
    assert not grounding.judge("Servos turn.", "Never let servos turn.").supported


UNITS = st.sampled_from([("cm", "m", 100), ("ms", "s", 1000), ("mV", "V", 1000), ("g", "kg", 1000), ("min", "h", 60)])


@given(st.integers(1, 10_000), UNITS)
def test_an_amount_is_the_same_in_every_unit(value, unit):
    """And no other amount is."""
    small, large, factor = unit
    (one,), (other,) = (quantities.read(f"It is {told}.") for told in (f"{value * factor} {small}", f"{value} {large}"))
    (more,) = quantities.read(f"It is {value + 1} {large}.")

    assert one.same(other)
    assert not more.same(one)


@given(st.integers(1, 99))
def test_numbers_are_read_as_they_are_spelled(value):
    """Twenty-five is 25."""
    ones = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()  # noqa: SIM905
    ones += ["sixteen", "seventeen", "eighteen", "nineteen"]
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
    spelled = ones[value] if value < 20 else tens[value // 10 - 2] + (f"-{ones[value % 10]}" if value % 10 else "")

    assert math.isclose(quantities.read(f"It has {spelled} gears.")[0].value, value)


@given(st.text(max_size=120), st.text(max_size=120))
def test_any_two_texts_can_be_compared(sentence, quote):
    """Whatever they hold, there is an answer, and no error."""
    assert isinstance(agreement.differs(sentence, quote), str)
