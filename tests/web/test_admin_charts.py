"""Charts, figures in words, files and what addresses choose: what the pages of administration are made of."""

from __future__ import annotations

import csv
import io
import math
import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.administration.values import Period, Scope
from pageside.identity.looker import Looker
from pageside.web import admin_charts, admin_choosing, admin_tables
from pageside.web import admin_words as words
from pageside.web.admin_charts import Chart, Series

TODAY = date(2026, 3, 31)
FIGURES = st.one_of(st.none(), st.integers(0, 10**9), st.floats(0, 1e9))
HOSTILE = "</title><script>alert(1)</script>\"'&"


def chart(rows, labels, form="columns", name="Questions"):
    series = tuple(Series(f"{name} {at}", tuple(row), at) for at, row in enumerate(rows))
    return Chart("c", "A title", "What is seen.", "Day", tuple(labels), series, words.about, form)


def read(markup):
    return ET.fromstring(re.sub(r"\bsvg\b(?= class)", 'svg xmlns="http://www.w3.org/2000/svg"', str(markup), count=1))


def shares(element, *names):
    return [float(element.get(name).rstrip("%")) for name in names]


@st.composite
def drawn(draw):
    width = draw(st.integers(1, 40))
    rows = draw(st.lists(st.lists(FIGURES, min_size=width, max_size=width), min_size=1, max_size=6))
    return chart(rows, [f"d{at}" for at in range(width)], draw(st.sampled_from(["columns", "lines"])))


@given(drawn())
def test_nothing_is_drawn_outside_the_chart(made):
    """Every column stands on those below it, and none reaches over the top or the sides."""
    picture = read(made.picture)

    for each in picture.iter("{http://www.w3.org/2000/svg}rect"):
        if each.get("class") == "room":
            continue
        x, y, width, height = shares(each, "x", "y", "width", "height")
        assert x >= -0.01
        assert x + width <= 100.01
        assert y >= -0.01
        assert y + height <= 100.01
    for each in picture.iter("{http://www.w3.org/2000/svg}circle"):
        assert all(-0.01 <= at <= 100.01 for at in shares(each, "cx", "cy"))


@given(drawn())
def test_the_table_has_every_figure_of_the_chart(made):
    """The table beside a chart is the same figures: a cell for each series and label, empty where there is none."""
    assert [label for label, _ in made.rows] == list(made.labels)
    for at, (_, told) in enumerate(made.rows):
        assert [value == "" for value in told] == [each.values[at] is None for each in made.series]


@given(st.floats(0, 1e15), st.sampled_from([0, 1]))
def test_a_scale_is_short_round_and_high_enough(highest, least):
    """From nought, in even steps of 1, 2 or 5 times a power of ten, to what is not below the highest."""
    ticks = admin_charts.scale(highest, least=least)
    step = ticks[1]
    leading = step / 10 ** math.floor(math.log10(step) + 1e-9)

    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 6
    assert ticks[-1] >= highest * (1 - 1e-9)
    assert step >= least
    assert min(abs(leading - each) for each in (1, 2, 5)) < 1e-6
    assert all(math.isclose(tick, at * step, abs_tol=1e-12) for at, tick in enumerate(ticks))


def test_a_column_is_as_high_as_its_figure():
    """Two series stand on one another, in proportion to the scale."""
    picture = read(chart([[30], [10]], ["Mon"]).picture)
    columns = [
        each
        for each in picture.iter("{http://www.w3.org/2000/svg}rect")
        if (each.get("class") or "").startswith("look")
    ]

    assert [shares(each, "y", "height") for each in columns] == [[25, 75], [0, 25]]


def test_a_chart_says_what_it_shows():
    """Title and description name it for those who do not see it, with its highest figures; names are only text."""
    picture = read(chart([[3, 7]], ["Mon", HOSTILE], name=HOSTILE).picture)
    title, about = picture[0], picture[1]

    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"
    assert title.text == "A title"
    assert "at most 7" in about.text
    assert HOSTILE in about.text
    assert not list(picture.iter("{http://www.w3.org/2000/svg}script"))


def test_a_line_breaks_where_there_is_nothing_to_say():
    """A day without an answer is no day of answers in no time."""
    picture = read(chart([[1, None, 2]], ["a", "b", "c"], "lines").picture)
    path = next(picture.iter("{http://www.w3.org/2000/svg}path"))

    assert path.get("d").count("M") == 2
    assert "L" not in path.get("d")


def test_a_chart_of_nothing_says_so():
    """Noughts and gaps are nothing to draw; one figure is something."""
    assert chart([[0, None]], ["a", "b"]).is_empty
    assert not chart([[0, 1]], ["a", "b"]).is_empty


def test_series_that_do_not_fit_are_refused():
    """A chart cannot be made with a figure too few, or a look that the style sheet has not."""
    with pytest.raises(ValueError, match="1 values for 2 labels"):
        chart([[1]], ["a", "b"])
    with pytest.raises(ValueError, match="look"):
        Series("a", (1,), 6)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (words.number(1234567), "1,234,567"),
        (words.about(9999), "9,999"),
        (words.about(1234567), "1.23 M"),
        (words.wait(412), "412 ms"),
        (words.wait(1740), "1.74 s"),
        (words.wait(120_000), "2 min"),
        (words.wait(125_000), "2 min 5 s"),
        (words.money(0), "0.00"),
        (words.money(812), "0.000812"),
        (words.money(9_100), "0.0091"),
        (words.money(50_000), "0.05"),
        (words.money(1_234_500_000), "1,234.50"),
        (words.percent(1, 3), "33 %"),
        (words.percent(0, 0), "–"),
        (words.change(120, 100), "20 % more"),
        (words.change(80, 100), "20 % less"),
        (words.change(400, 100), "4 times as many"),
        (words.change(5, 0), ""),
        (words.change(100, 100), "as before"),
        (words.many(1, "question"), "1 question"),
        (words.many(2, "question"), "2 questions"),
        (words.day(date(2026, 3, 5)), "5 Mar"),
        (words.moment(datetime(2026, 3, 5, 9, 7, tzinfo=UTC)), "5 Mar 2026, 09:07"),
    ],
)
def test_figures_are_written_as_people_do(told, said):
    """Thousands with commas, times and money as short as they can be said."""
    assert told.replace("\N{NO-BREAK SPACE}", " ") == said


@given(st.lists(st.one_of(st.text(), st.integers(), st.none(), st.dates()), min_size=1, max_size=5))
def test_a_file_is_read_back_and_calculates_nothing(row):
    """RFC 4180: every cell comes back; none is a formula, not behind spaces either."""
    text = admin_tables.written((("a",) * len(row), [row]))
    assert text.startswith("\ufeff")
    (read_back,) = list(csv.reader(io.StringIO(text[1:], newline="")))[1:] or [[]]

    for told, given_cell in zip(read_back, row, strict=False):
        if isinstance(given_cell, str):
            assert told in {given_cell, f"'{given_cell}"}
            assert not told.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        else:
            assert told == ("" if given_cell is None else str(given_cell))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_formulas_are_text(cell):
    """What a spreadsheet would calculate has an apostrophe in front."""
    assert admin_tables.safe(cell) == f"'{cell}"


def test_figures_of_a_file_stay_figures():
    """A number is no formula, below nought either."""
    assert admin_tables.safe(-1) == -1


@given(
    st.dictionaries(
        st.sampled_from(["days", "from", "to", "book", "organisation", "sort", "cursor"]), st.text(max_size=20)
    )
)
def test_any_address_chooses_something(told):
    """Whatever stands in an address, days of at most 400 up to today are shown, and what is amiss is said."""
    chosen = admin_choosing.read(told, today=TODAY, books=["a"])

    assert chosen.period.first <= chosen.period.last <= TODAY
    assert chosen.period.last - chosen.period.first < admin_choosing.LONGEST
    assert chosen.book in {None, "a"}
    assert admin_choosing.sort_of(chosen) == "last"


@given(st.sampled_from([{"days": "7"}, {"days": "90"}, {}, {"from": "2026-01-05", "to": "2026-02-01"}]), st.booleans())
def test_an_address_that_is_written_is_read_again(told, with_book):
    """Links keep what was chosen."""
    told = {**told, "book": "a"} if with_book else told
    chosen = admin_choosing.read(told, today=TODAY, books=["a"], kept=["sort"])
    written = dict(part.split("=") for part in chosen.query().split("&") if part)

    assert admin_choosing.read(written, today=TODAY, books=["a"]) == chosen


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        ({}, date(2026, 3, 2), TODAY),
        ({"days": "7"}, date(2026, 3, 25), TODAY),
        ({"from": "2026-02-01", "to": "2026-02-28"}, date(2026, 2, 1), date(2026, 2, 28)),
        ({"from": "2026-03-01"}, date(2026, 3, 1), TODAY),
        ({"to": "2026-02-28"}, date(2026, 1, 30), date(2026, 2, 28)),
        ({"from": "2026-03-01", "to": "2027-01-01"}, date(2026, 3, 1), TODAY),
        ({"from": "2001-01-01", "to": "2026-03-31"}, TODAY - timedelta(days=399), TODAY),
    ],
)
def test_days_are_chosen(told, first, last):
    """So many up to today, or from one to another; none to come, and no more than are kept."""
    chosen = admin_choosing.read(told, today=TODAY, books=[])

    assert chosen.period == Period(first, last)
    assert not chosen.amiss


@pytest.mark.parametrize(
    "told", [{"days": "8"}, {"days": "x"}, {"from": "31.3.2026"}, {"from": "2026-03-02", "to": "2026-03-01"}]
)
def test_days_that_cannot_be_shown_are_said(told):
    """The usual days are shown instead."""
    chosen = admin_choosing.read(told, today=TODAY, books=[])

    assert chosen.period == admin_choosing.last_days(30, TODAY)
    assert chosen.amiss


def test_as_many_days_before_end_where_the_period_begins():
    """Two periods of one length, side by side."""
    chosen = admin_choosing.read({"from": "2026-02-01", "to": "2026-02-28"}, today=TODAY, books=[])

    assert chosen.before == Period(date(2026, 1, 4), date(2026, 1, 31))


@pytest.mark.parametrize(("own", "scope"), [("here", "here"), ("", ""), (None, "there")])
def test_an_address_leads_into_no_other_organisation(own, scope):
    """Only who sees all organisations may choose one."""
    chosen = admin_choosing.read({"organisation": "there"}, today=TODAY, books=[])

    assert chosen.scope(Looker("ada", own)) == Scope(scope)
