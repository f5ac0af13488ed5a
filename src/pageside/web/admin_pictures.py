"""Which charts and figures at a glance are made of which reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pageside.administration.values import OUTCOMES, BookSum, Counts, DaySum, FeedbackLine, PassageLine, ReaderSum
from pageside.web import admin_words as words
from pageside.web.admin_charts import Chart, Series

_BINS: Final = 10
_MOST_BARS: Final = 12


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure at a glance; `about` says how it was before."""

    what: str
    value: str
    about: str = ""
    mood: Literal["", "better", "worse"] = ""


def tiles(now: Counts, before: Counts) -> list[Tile]:
    """What a period comes to, beside as many days before."""
    said, said_before = now.positive + now.negative, before.positive + before.negative
    return [
        Tile("Questions", words.number(now.turns), words.change(now.turns, before.turns)),
        Tile("Readers", words.number(now.readers), words.change(now.readers, before.readers)),
        _share("Answered", *answered(now), *answered(before)),
        # From the cache, half of all answers may come in less than a millisecond; no answer has no percentile either.
        Tile(
            "First text",
            words.wait(now.first_ms_p50) if now.first_ms_p95 else words.NOTHING,
            f"at the median; 1 in 20 waits {words.wait(now.first_ms_p95)} or more" if now.first_ms_p95 else "",
        ),
        Tile(
            "Cost",
            words.money(now.millionths),
            f"{words.money(now.millionths / now.turns)} a question" if now.turns else "",
        ),
        _share("Good opinions", now.positive, said, before.positive, said_before),
    ]


def answered(counts: Counts) -> tuple[int, int]:
    """How many turns were answered, of how many that asked the book for something: greetings did not, say."""
    told = counts.outcomes
    return told.get("answered", 0), counts.turns - told.get("conversation", 0) - told.get("stopped", 0)


def _share(what: str, part: int, whole: int, part_before: int, whole_before: int) -> Tile:
    value = words.percent(part, whole)
    if not whole or not whole_before:
        return Tile(what, value, f"of {words.number(whole)}" if whole else "none yet")
    points = round(100 * part / whole) - round(100 * part_before / whole_before)
    if not points:
        return Tile(what, value, "as before")
    moved = f"{'▲' if points > 0 else '▼'} {words.many(abs(points), 'point')} {'more' if points > 0 else 'less'}"
    return Tile(what, value, moved, "better" if points > 0 else "worse")


def of_overview(days: Sequence[DaySum]) -> list[Chart]:
    """Questions, times, cost and opinions, day by day."""
    return [outcomes(days), waits(days), whole_waits(days), opinions(days), spread(days)]


def outcomes(days: Sequence[DaySum]) -> Chart:
    """Questions of each day, by how they came out."""
    return Chart(
        id="outcomes",
        title="Questions a day",
        about="By how they came out.",
        across="Day",
        labels=_days(days),
        series=tuple(
            Series(words.OUTCOMES[name], tuple(each.counts.outcomes.get(name, 0) for each in days), look)
            for look, name in enumerate(OUTCOMES)
            if any(each.counts.outcomes.get(name) for each in days)
        ),
        said=words.about,
        least=1,
    )


def waits(days: Sequence[DaySum]) -> Chart:
    """How long readers waited for the first text."""
    return _lines(
        "first", "Until the first text", days, lambda each: (each.first_ms_p50, each.first_ms_p95), "a reader waits"
    )


def whole_waits(days: Sequence[DaySum]) -> Chart:
    """How long whole answers took."""
    return _lines(
        "whole", "Until the end", days, lambda each: (each.whole_ms_p50, each.whole_ms_p95), "a whole answer takes"
    )


def opinions(days: Sequence[DaySum]) -> Chart:
    """Good and bad opinions of each day."""
    return Chart(
        id="opinions",
        title="Opinions",
        about="What readers thought of answers.",
        across="Day",
        labels=_days(days),
        series=(
            Series("Good", tuple(each.counts.positive for each in days), 0),
            Series("Bad", tuple(each.counts.negative for each in days), 2),
        ),
        said=words.about,
        least=1,
    )


def spread(days: Sequence[DaySum]) -> Chart:
    """How busy days are: how many had how many questions."""
    turns = [each.counts.turns for each in days]
    width = max(1, -(-(max(turns, default=0) + 1) // _BINS))
    bins = range(max(turns, default=0) // width + 1)
    return Chart(
        id="spread",
        title="How busy days are",
        about="How many days had how many questions.",
        across="Questions",
        labels=tuple(str(at) if width == 1 else f"{at * width}-{(at + 1) * width - 1}" for at in bins),
        series=(Series("Days", tuple(sum(each // width == at for each in turns) for at in bins), 3),),
        said=words.about,
        least=1,
    )


def of_usage(
    days: Sequence[DaySum], books: Sequence[BookSum], readers: Sequence[ReaderSum], titles: Mapping[str, str]
) -> list[Chart]:
    """Cost and tokens by day, cost by book where there are several, and who asks how much."""
    charts = [
        Chart(
            id="cost",
            title="Cost a day",
            about="In the currency in which prices are set.",
            across="Day",
            labels=_days(days),
            series=(Series("Cost", tuple(each.counts.millionths for each in days), 0),),
            said=words.money,
        ),
        _tokens(days),
    ]
    if len(books) > 1:
        shown = sorted(books, key=lambda each: -each.counts.turns)[:_MOST_BARS]
        charts.append(
            Chart(
                id="books",
                title="Questions by book",
                about="Those most asked first.",
                across="Book",
                labels=tuple(titles.get(each.book) or each.book for each in shown),
                series=(Series("Questions", tuple(each.counts.turns for each in shown), 0),),
                said=words.about,
                least=1,
            )
        )
    charts.append(
        Chart(
            id="readers",
            title="Questions by reader",
            about=f"The {len(readers[:_MOST_BARS])} who asked most, under names made for reports.",
            across="Reader",
            labels=tuple(each.reader_hash[:6] for each in readers[:_MOST_BARS]),
            series=(Series("Questions", tuple(each.turns for each in readers[:_MOST_BARS]), 0),),
            said=words.about,
            least=1,
        )
    )
    return charts


def _tokens(days: Sequence[DaySum]) -> Chart:
    return Chart(
        id="tokens",
        title="Tokens a day",
        about="What models read, what they wrote, and what searching took beside them.",
        across="Day",
        labels=_days(days),
        series=(
            Series("Read", tuple(each.counts.input_tokens for each in days), 0),
            Series("Written", tuple(each.counts.output_tokens for each in days), 1),
            Series("Searching", tuple(each.counts.beside_tokens for each in days), 3),
        ),
        said=words.about,
        least=1,
    )


def of_feedback(lines: Sequence[FeedbackLine]) -> Chart:
    """Opinions by how the answer came out."""
    counted = Counter[tuple[str, str]]((each.kind, each.outcome) for each in lines)
    named = [name for name in OUTCOMES if any(each.outcome == name for each in lines)]
    return Chart(
        id="opinions",
        title="Opinions by kind of answer",
        about="What readers thought, by how the question came out.",
        across="Answer",
        labels=tuple(words.OUTCOMES[name] for name in named),
        series=tuple(
            Series(told, tuple(counted[kind, name] for name in named), look)
            for told, kind, look in (("Good", "positive", 0), ("Bad", "negative", 2))
        ),
        said=words.about,
        least=1,
    )


def of_passages(lines: Sequence[PassageLine]) -> Chart:
    """How many sections confuse how much."""
    counted = [0] * _BINS
    for each in lines:
        counted[min(_BINS - 1, int(each.confusion * _BINS))] += 1
    return Chart(
        id="confusion",
        title="How much sections confuse",
        about="How many sections have which confusion; the further right, the more to rewrite.",
        across="Confusion",
        labels=tuple(f"{10 * at}-{10 * at + 10}\N{NO-BREAK SPACE}%" for at in range(_BINS)),
        series=(Series("Sections", tuple(counted), 1),),
        said=words.about,
        least=1,
    )


def _lines(
    name: str, title: str, days: Sequence[DaySum], picked: Callable[[Counts], tuple[int, int]], told: str
) -> Chart:
    pairs = [picked(each.counts) for each in days]
    return Chart(
        id=name,
        title=title,
        about=f"How long {told}: half of them no longer than the median, 19 in 20 no longer than the 95th percentile.",
        across="Day",
        labels=_days(days),
        series=(
            Series("Median", tuple(low if high else None for low, high in pairs), 0),
            Series("95th percentile", tuple(high or None for _, high in pairs), 1),
        ),
        said=words.wait,
        form="lines",
    )


def _days(days: Sequence[DaySum]) -> tuple[str, ...]:
    return tuple(words.day(each.day) for each in days)
