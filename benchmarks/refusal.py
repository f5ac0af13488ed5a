"""How often the book is rightly said not to answer, on the half nobody tuned on: `python -m benchmarks.refusal`.

Asked are readers' questions that a book answers, near misses that it does not, and questions about other things. What
is judged is the probability by which the embedded model answers, and with which every answer is labelled. `--picture`
writes the risk-coverage curve; `--models` asks through models that answer everything, or decline at random.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
from agents import ModelSettings, TResponseInputItem
from benchmarks import trials
from benchmarks.questions import Half
from benchmarks.trials import Tried
from numpy.typing import NDArray

from pageside.answer import answerable, prompt
from pageside.answer.answerable import Scorer
from pageside.answer.models import Models, TurnModel
from pageside.answer.question import Question
from pageside.answer.quoting import QuotingModel
from pageside.answer.tutor import Tutor
from pageside.evaluation import metrics
from pageside.knowledge import fitted
from pageside.knowledge.fitted import Bounds

PICTURE = Path(__file__).parents[1] / "docs" / "risk-coverage.svg"
BINS = 10
INVENTS = 0.3  # share of a careless model's answers with a sentence that the book does not hold
RATES = (0.02, 0.05, 0.1, 0.15, 0.2)
COVERAGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)

Array = NDArray[np.float64]


def sure(tried: Sequence[Tried]) -> Array:
    """The probability that each is answered."""
    return np.array([fitted.ANSWERABLE(each.signals) if each.signals else 0.0 for each in tried])


def settings(tried: Sequence[Tried], p: Array) -> str:
    """What each setting does with each kind of question, as a Markdown table."""
    lines = [
        "| setting | from | readers answered | near misses held | off topic: held, declined | SQuAD: answered, held |",
        "|---|---|---|---|---|---|",
    ]
    for name, bounds in fitted.BOUNDS.items():
        of = {kind: p[[each.trial.kind == kind for each in tried]] for kind in trials.WEIGHTS}

        def share(kind: str, *, least: float, of: dict[str, Array] = of) -> str:
            return f"{int((of[kind] >= least).sum())} of {len(of[kind])}"

        def under(kind: str, *, least: float, of: dict[str, Array] = of) -> str:
            return f"{int((of[kind] < least).sum())} of {len(of[kind])}"

        lines.append(
            f"| {name} | {bounds.answered:.2f} | {share('reader', least=bounds.answered)} "
            f"| {under('near miss', least=bounds.answered)} "
            f"| {under('off topic', least=bounds.answered)}, {under('off topic', least=bounds.closest)} "
            f"| {share('SQuAD', least=bounds.answered)}, {under('SQuAD near miss', least=bounds.answered)} |"
        )
    return "\n".join(lines)


def signals(tried: Sequence[Tried]) -> str:
    """What each signal alone, and all of them, tell of readers' questions and near misses."""
    rows = [each for each in tried if each.signals and each.trial.kind in ("reader", "near miss")]
    right = np.array([float(each.trial.kind == "reader") for each in rows])
    lines = ["| signal | weight | AUC alone |", "|---|---|---|"]
    for at, name in enumerate(answerable.SIGNALS):
        weight = fitted.ANSWERABLE.weights[at]
        values = np.array([each.signals[at] for each in rows]) * np.sign(weight)
        lines.append(f"| `{name}` | {weight:.2f} | {metrics.auc(np.column_stack([values, right])):.3f} |")
    lines.append(f"| all | | {metrics.auc(np.column_stack([sure(rows), right])):.3f} |")
    return "\n".join(lines)


def reliability(pairs: Array) -> str:
    """How confidence compares with what came true, and its figures."""
    lines = ["| questions | mean confidence | answered by what was found |", "|---|---|---|"]
    lines += [
        f"| {each.count} | {each.sure:.2f} | {each.right:.2f} |" for each in metrics.reliability(pairs, bins=BINS)
    ]
    told = (
        f"Brier {metrics.brier(pairs):.3f}, ECE {metrics.ece(pairs, bins=BINS):.3f} ({BINS} bins of equal mass), "
        f"AUC {metrics.auc(pairs):.3f}, AURC {metrics.aurc(pairs):.3f}, {len(pairs)} questions"
    )
    return "\n".join([*lines, "", told])


def risks(pairs: Array) -> str:
    """The risk-coverage curve as a table: of the surest answers, the share that is wrong."""
    points = metrics.risk_coverage(pairs)
    lines = ["| answered, of all questions | from confidence | wrong among them |", "|---|---|---|"]
    for wanted in COVERAGES:
        point = next(each for each in points if each.coverage >= wanted - 1e-9)
        lines.append(f"| {wanted:.0%} | {point.threshold:.2f} | {point.risk:.3f} |")
    return "\n".join(lines)


def promises(pairs: Array) -> str:
    """How often a wrong answer is shown where a rate was set."""
    lines = ["| rate set | answered from | answered, of all | shown and wrong, of all |", "|---|---|---|---|"]
    for rate in RATES:
        least = max(fitted.BOUNDS["generous"].answered, answerable.bounds("generous", rate=rate).least)
        shown = pairs[:, 0] >= least
        wrong = shown & (pairs[:, 1] < 0.5)
        lines.append(f"| {rate:.2f} | {least:.2f} | {shown.mean():.2f} | {wrong.mean():.3f} |")
    return "\n".join(lines)


def picture(pairs: Array) -> str:
    """The risk-coverage curve as SVG, light or dark as the reader's screen is, with each setting on it."""
    points = metrics.risk_coverage(pairs)
    highest = max(0.1, *(point.risk for point in points))

    def place(coverage: float, risk: float) -> str:
        return f"{60 + 480 * coverage:.1f},{280 - 240 * risk / highest:.1f}"

    path = " ".join(place(point.coverage, point.risk) for point in points)
    marks = []
    for at, (name, bounds) in enumerate(fitted.BOUNDS.items()):
        shown = pairs[pairs[:, 0] >= bounds.answered]
        x, y = place(len(shown) / len(pairs), float(1 - shown[:, 1].mean())).split(",")
        marks.append(
            f'<circle cx="{x}" cy="{y}" r="5"/><text x="{x}" y="{float(y) - 12 - 4 * (at % 2):.1f}">{name}</text>'
        )
    across = "".join(
        f'<text x="{60 + 480 * share:.0f}" y="300">{share:.0%}</text>' for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    up = "".join(
        f'<text class="up" x="52" y="{284 - 240 * part:.0f}">{part * highest:.0%}</text>'
        f'<path class="grid" d="M60 {280 - 240 * part:.0f}H540"/>'
        for part in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 580 340" role="img" aria-labelledby="title">
<title id="title">Risk and coverage: the share of wrong answers rises as more questions are answered</title>
<style>
text{{font:13px system-ui,sans-serif;fill:#333;text-anchor:middle}}.up{{text-anchor:end}}
.grid{{stroke:#8884;fill:none}}.curve{{stroke:#2563eb;stroke-width:2.5;fill:none}}circle{{fill:#2563eb}}
@media (prefers-color-scheme:dark){{text{{fill:#ddd}}.curve{{stroke:#7aa7ff}}circle{{fill:#7aa7ff}}}}
</style>
{up}{across}
<polyline class="curve" points="{path}"/>
{"".join(marks)}
<text x="300" y="326">questions answered, of all asked</text>
<text x="60" y="22" style="text-anchor:start">wrong among those answered</text>
</svg>
"""


class Careless(QuotingModel):
    """A model that answers everything, some of it with a sentence of its own, and declines by chance.

    Args:
        declines: Share of the questions that it declines, whatever they are.
    """

    def __init__(self, scorer: Scorer, *, declines: float) -> None:
        super().__init__(scorer, Bounds(answered=0.0, closest=0.0))
        self._declines = declines

    async def pieces(self, items: str | list[TResponseInputItem]) -> AsyncIterator[str]:
        """What is said; the same to the same question."""
        chance = random.Random(prompt.read(items).question)  # a coin, no secret
        if chance.random() < self._declines:
            yield "[[not_in_book]]\n"
            return
        async for piece in super().pieces(items):
            yield piece
        if chance.random() < INVENTS:
            yield "\n\nExperts recommend 4711 of these for every household in Norway. [1]"


class Scripted(Models):
    """Gives every turn a `Careless` model."""

    def __init__(self, *, declines: float) -> None:
        super().__init__()
        self._chance = declines

    def for_turn(self, scorer: Scorer) -> TurnModel:
        """See `Models.for_turn`."""
        return TurnModel(Careless(scorer, declines=self._chance), ModelSettings())


async def scripted(half: Half) -> None:
    """Prints how well confidence holds for the answers of models that do not know what they cannot answer."""
    asked = [each for each in trials.trials() if each.half == half and each.kind in trials.OF_BOOKS]
    over = await trials.searches(sorted({each.book for each in asked}))
    print("| model | answered, of all | right among them | Brier | ECE | AUC | AURC |\n|---|---|---|---|---|---|---|")
    for declines in (0.0, 0.3):
        pairs = []
        for each in asked:
            answer = await Tutor(over[each.book], Scripted(declines=declines)).complete(Question(each.text))
            right = any(citation.passage.path in each.pages for citation in answer.citations)
            if answer.outcome != "not_in_book":
                pairs.append((answer.confidence, float(right)))
        told = np.array(pairs)
        print(
            f"| declines {declines:.0%} by chance | {len(told) / len(asked):.2f} | {told[:, 1].mean():.2f} "
            f"| {metrics.brier(told):.3f} | {metrics.ece(told, bins=BINS):.3f} | {metrics.auc(told):.3f} "
            f"| {metrics.aurc(told):.3f} |",
            flush=True,
        )


async def main() -> None:
    """Prints the figures of the test half, and writes the picture."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--half", choices=["dev", "test"], default="test")
    options.add_argument("--picture", action="store_true", help=f"write {PICTURE.name}")
    options.add_argument("--models", action="store_true", help="ask through scripted models, too")
    given = options.parse_args()
    tried = await trials.tried(given.half)
    p = sure(tried)
    of_books = [each.trial.kind in trials.OF_BOOKS for each in tried]
    pairs = np.column_stack([p, [float(each.answers) for each in tried]])[of_books]
    print(settings(tried, p), signals(tried), reliability(pairs), risks(pairs), promises(pairs), sep="\n\n", flush=True)
    if given.picture:
        PICTURE.write_text(picture(pairs), "utf-8")
    if given.models:
        await scripted(given.half)


if __name__ == "__main__":
    asyncio.run(main())
