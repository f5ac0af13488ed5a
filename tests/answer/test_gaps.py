"""A text of which sentences are left out can still be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer.gaps import Gaps
from pageside.answer.units import Units

LIE = "LIE"


def left(text):
    """`text` without its units that hold a lie."""
    units, gaps, told = Units(), Gaps(), ""
    for unit in [*units.feed(text), *units.close()]:
        if LIE in unit.text:
            gaps.leave_out(unit)
        elif unit.kind == "heading" or unit.text.endswith(":"):
            gaps.hold(unit)
        else:
            fitted = gaps.fitted(unit)
            told = joined(told, *gaps.show(unit), fitted)
    return joined(told, *gaps.close())


def joined(told, *units):
    for unit in units:
        told += (unit.lead if told else "") + unit.text
    return told


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("One is so. LIE is so. Two is so.", "One is so. Two is so."),
        ("LIE is so. Two is so.", "Two is so."),
        ("One is so.\n\nLIE is so. Two is so.", "One is so.\n\nTwo is so."),
        ("First, LIE is so. Second, two is so.", "Two is so."),
        ("One is so. LIE is so. However, two is so.", "One is so. Two is so."),
        ("- One is so.\n- LIE is so.\n- Two is so.", "- One is so.\n- Two is so."),
        ("- LIE is so. One is so.\n- Two is so.", "- One is so.\n- Two is so."),
        ("1. One is so.\n2. LIE is so.\n3. Two is so.", "1. One is so.\n2. Two is so."),
        ("1. LIE is so.\n2. LIE is it.\n3. Two is so.\n4. Three is so.", "1. Two is so.\n2. Three is so."),
        ("1. LIE is so. One is so.\n2. Two is so.", "1. One is so.\n2. Two is so."),
        ("# Motors\n\nLIE is so.\n\n# Gears\n\nTwo is so.", "# Gears\n\nTwo is so."),
        ("# Motors\n\n## Small\n\nOne is so.", "# Motors\n\n## Small\n\nOne is so."),
        ("One is so.\n\nThe parts are:\n\n- LIE is so.\n- LIE is it.\n\nTwo is so.", "One is so.\n\nTwo is so."),
        ("The parts are:\n\n- LIE is so.\n- Two is so.", "The parts are:\n\n- Two is so."),
        ("One is so.\n\n# Gears\n\nLIE is so.", "One is so."),
        ("LIE is so.", ""),
    ],
)
def test_what_is_left_reads_as_if_nothing_had_been_there(text, readable):
    """White space, list signs, numbers, bridges, headings and introductions close over the gap."""
    assert left(text) == readable


PIECES = st.lists(st.sampled_from(["One is so. ", "- Two is so.\n", "1. Three is so.\n", "# Gears\n\n", "Four.\n\n"]))


@given(PIECES)
def test_what_has_no_gap_stays_as_it_is(pieces):
    """Where nothing is left out, nothing changes, but that a heading without a body goes."""
    text = "".join([*pieces, "End is so."])

    assert left(text).split() == [word for word in text.split() if word] or "# Gears\n\n# Gears" in text


@given(PIECES, st.lists(st.sampled_from(["LIE is so. ", "- LIE is so.\n", "2. LIE is so.\n"]), max_size=3))
def test_no_lie_is_left(pieces, lies):
    """Wherever it stood."""
    text = "".join(piece for pair in zip(pieces, [*lies, *[""] * len(pieces)], strict=False) for piece in pair)

    assert LIE not in left(text)
