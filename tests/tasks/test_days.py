"""Days as people say them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.tasks import days

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day", "left"),
    [
        ("buy milk tomorrow", "2026-11-23", "buy milk"),
        ("buy milk by tomorrow evening", "2026-11-23", "buy milk"),
        ("read chapter 3 for Friday", "2026-11-27", "read chapter 3"),
        ("read chapter 3 next friday", "2026-11-27", "read chapter 3"),
        ("revise, due on 30 November", "2026-11-30", "revise,"),
        ("revise by Nov 30th, 2027", "2027-11-30", "revise"),
        ("revise by the 3rd of January", "2027-01-03", "revise"),
        ("call mum today", "2026-11-22", "call mum"),
        ("hand it in the day after tomorrow", "2026-11-24", "hand it in"),
        ("hand it in in 3 days", "2026-11-25", "hand it in"),
        ("hand it in within two weeks", "2026-12-06", "hand it in"),
        ("pay rent next month", "2026-12-01", "pay rent"),
        ("pay rent by the end of the month", "2026-11-30", "pay rent"),
        ("submit due 2026-12-24", "2026-12-24", "submit"),
        ("submit essay due Fri 4 Dec", "2026-12-04", "submit essay"),
        ("pick up the parcel in a fortnight", "2026-12-06", "pick up the parcel"),
        ("call the bank in a couple of days", "2026-11-24", "call the bank"),
        ("revise in two weeks' time", "2026-12-06", "revise"),
        ("clean up until the weekend", "2026-11-22", "clean up"),
        ("clean up after the weekend", "2026-11-23", "clean up"),
        ("pay rent by the 30th", "2026-11-30", "pay rent"),
        ("pay rent on the 5th", "2026-12-05", "pay rent"),
        ("read it tmrw", "2026-11-23", "read it"),
        ("read it Tuesday next week", "2026-11-24", "read it"),
    ],
)
def test_a_day_is_found_and_taken_off(text, day, left):
    """With the words that lead to it."""
    said = days.find(text, SUNDAY)

    assert said is not None
    assert said.day.isoformat() == day
    assert (text[: said.start] + text[said.end :]).strip() == left


@pytest.mark.parametrize(
    "text",
    [
        "buy milk",
        "read chapter 3",
        "watch the sunset",
        "march on",
        "do 2026-13-45",
        "may I",
        "Friday's seminar",
        "the 3rd chapter",
    ],
)
def test_what_is_no_day_is_none(text):
    """Words that only look like one."""
    assert days.find(text, SUNDAY) is None


@given(st.text(max_size=80), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_any_text_is_read(text, today):
    """Nothing said breaks it, and what is found lies in the text."""
    said = days.find(text, today)
    if said is not None:
        assert 0 <= said.start < said.end <= len(text)
