"""What goes into a figure, and what is left out of it."""

from __future__ import annotations

import pytest

from pageside.answer.question import Question
from pageside.evaluation import figures, findings
from pageside.evaluation.cases import Case, Gold
from pageside.evaluation.judging import Judged
from pageside.evaluation.placing import Placed
from pageside.evaluation.results import Result, Source


def judged(id_="a", kind="answerable", *, cited=True, ranking=("p",), outcome="answered", **told):
    answerable = kind in {"answerable", "two_sections"}
    case = Case(id_, Question("Why?"), kind, answerable, (Gold(path="a.md"),) if answerable else ())
    source = Source(marker=1, passage="p" if cited else "x", path="", heading="", url="", quote="Q", exact=True)
    result = Result(id=id_, key="k", outcome=outcome, sources=(source,), ranking=ranking, **told)
    return Judged(case, result, Placed((frozenset({"p"}),) if answerable else (), ()))


def value(name, rows, measures=figures.MEASURES):
    made = {each.measure.name: each.estimate for each in figures.measured(rows, measures)}
    return made[name].value if name in made else None


def test_both_kinds_of_error_are_counted_apart():
    """A near miss that is answered lowers one figure, a question of the book that is declined another."""
    rows = [
        judged("a"),
        judged("b", outcome="not_in_book"),
        judged("c", "near_miss"),
        judged("d", "near_miss", outcome="closest"),
        judged("e", "off_topic", outcome="not_in_book"),
    ]

    assert (value("answered", rows), value("answers_right", rows)) == (0.5, 0.5)
    assert (value("near_misses_held", rows), value("off_topic_held", rows)) == (0.5, 1)
    assert value("declined_clearly", rows) == pytest.approx(1 / 3)
    assert value("wrong_shown", rows) == 0.5


def test_calibration_is_over_what_was_answered():
    """A declined question has no confidence that anybody was shown."""
    rows = [judged("a", confidence=0.8), judged("b", cited=False, confidence=0.4), judged("c", outcome="not_in_book")]

    assert value("brier", rows) == pytest.approx((0.2**2 + 0.4**2) / 2)
    assert value("auc", rows) == 1


def test_a_question_that_failed_is_in_no_figure():
    """Neither as found nor as missed."""
    rows = [judged("a"), judged("b", ranking=(), error="The model is away.")]

    assert value("hit@5", rows) == 1
    assert findings.find(rows[1]).gravity == "failed"


def test_a_figure_nobody_can_measure_is_not_there():
    """Nought would be a lie."""
    assert value("near_misses_held", [judged()]) is None
    assert value("hit@5", []) is None


def test_a_thousand_questions_have_a_price():
    """A million tokens cost 2 to read and 8 to write: 1,000 and 500 a question are 6 for a thousand of them."""
    measures = figures.priced(input_price=2, output_price=8)

    assert value("cost", [judged(input_tokens=1000, output_tokens=500)], measures) == pytest.approx(6)
    assert value("cost", [judged()]) is None


def test_a_change_is_of_questions_that_both_runs_answered():
    """A question that failed in one of them tells nothing about the difference."""
    before = [judged("a"), judged("b"), judged("c", error="away")]
    after = [judged("c"), judged("b", ranking=()), judged("a")]
    made = {each.measure.name: each.estimate for each in figures.changes(before, after)}

    assert (made["hit@5"].value, made["hit@5"].count) == (-0.5, 2)


@pytest.mark.parametrize(
    ("row", "gravity", "told"),
    [
        (judged(), None, ""),
        (judged("n", "near_miss", outcome="not_in_book"), None, ""),
        (judged("n", "near_miss"), "wrong", "does not answer this, yet it was answered"),
        (judged(cited=False), "wrong", "the search found it, at rank 1"),
        (judged(outcome="closest"), "refused", "The search found it, at rank 1. The nearest passage was shown."),
        (judged(outcome="not_in_book", ranking=()), "refused", "The search did not find it among 10 passages."),
    ],
)
def test_a_finding_says_where_it_went_wrong(row, gravity, told):
    """In the search or behind it."""
    found = findings.find(row)

    assert (found.gravity if found else None) == gravity
    assert told in (found.told if found else "")
