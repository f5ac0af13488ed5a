"""Fits every coefficient and bound to the development half: `python -m benchmarks.fit` writes `knowledge/fitted.json`.

In order, since each rests on what came before: how relevant a passage is, how sure a search is, whether what was found
answers, how sure an answer must be, and which statement is quoted. Nothing of the test half is looked at; it is for
`python -m benchmarks.calibrate`, `benchmarks.refusal` and `benchmarks.answers`.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from benchmarks import answers, calibrate, questions, trials
from benchmarks.search import WORKPLACE
from benchmarks.trials import Tried
from numpy.typing import NDArray

from pageside.answer import answerable, choosing
from pageside.knowledge import fitted

FILE = Path(fitted.__file__).with_name("fitted.json")
RELEVANCE = ("cosine", "coverage", "share_of_best", "reciprocal_rank")
CONFIDENCE = ("cosine", "coverage", "lead")
# of readers' questions that the book answers, the share that each setting answers
ANSWERED = {"strict": 0.75, "balanced": 0.95, "generous": 0.98}
DECLINED = 0.9  # of off-topic questions, the share that each declines outright
RIDGE = 3.0

Array = NDArray[np.float64]


def regression(features: Array, truth: Array, weights: Array, *, ridge: float) -> Array:
    """Coefficients of a logistic regression by Newton's method, the intercept first, which alone is free of `ridge`."""
    design = np.column_stack([np.ones(len(features)), features])
    penalty = np.diag([1e-6] + [ridge] * features.shape[1])
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (weights * (truth - p)) - penalty @ beta
        hessian = (design * (weights * p * (1 - p))[:, None]).T @ design + penalty
        beta += np.linalg.solve(hessian, gradient)
    return beta


def logistic(x: Array, y: Array, weights: Array, *, names: Sequence[str], ridge: float = RIDGE) -> dict[str, object]:
    """A logistic regression with ridge on standardised features, given back for features as they are."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    beta = regression((x - mean) / spread, y, weights, ridge=ridge)
    slopes = beta[1:] / spread
    intercept = beta[0] - float(slopes @ mean)
    return {
        "intercept": round(float(intercept), 4),
        "weights": {name: round(float(slope), 4) for name, slope in zip(names, slopes, strict=True)},
    }


def probabilities(fit: Mapping[str, object], x: Array) -> Array:
    """What a fit gives for each row of `x`."""
    weights: Mapping[str, float] = fit["weights"]  # type: ignore[assignment]
    return 1 / (1 + np.exp(-(float(fit["intercept"]) + x @ np.array(list(weights.values())))))  # type: ignore[arg-type]


async def searching() -> dict[str, object]:
    """Relevance and confidence of a search, with vectors and by words."""
    fits: dict[str, object] = {}
    for suffix, found, drop in await calibrate.both("dev"):
        for title, rows, names in (
            ("relevance", calibrate.passages(found), RELEVANCE),
            ("confidence", calibrate.whole(found), CONFIDENCE),
        ):
            x = np.array([row.features[drop:] for row in rows])
            y = np.array([float(row.true) for row in rows])
            w = calibrate.balanced([row.kind for row in rows])
            fits[title + suffix] = logistic(x, y, w, names=names[drop:], ridge=0.1)
    return fits


def answering(tried: Sequence[Tried]) -> dict[str, object]:
    """Whether what was found answers, the bounds of each setting, and the scores that a promise rests on.

    Bounds and scores come from probabilities of fits that have not seen the book in question, so that they hold for a
    book of somebody else.
    """
    x = np.array([each.signals for each in tried])
    y = np.array([float(each.answers) for each in tried])
    w = np.array([trials.WEIGHTS[each.trial.kind] for each in tried])
    books = np.array([each.trial.book for each in tried])
    kinds = np.array([each.trial.kind for each in tried])
    unseen = np.zeros(len(tried))
    for book in sorted(set(books)):
        other = books != book
        fit = logistic(x[other], y[other], w[other], names=answerable.SIGNALS)
        unseen[~other] = probabilities(fit, x[~other])
    sure, off = unseen[kinds == "reader"], unseen[kinds == "off topic"]
    declined = float(np.quantile(off, DECLINED))
    bounds = {}
    for name, share in ANSWERED.items():
        answered = float(np.quantile(sure, 1 - share))
        bounds[name] = {"answered": round(answered, 4), "closest": round(min(declined, answered / 2), 4)}
    of_books = np.isin(kinds, trials.OF_BOOKS)
    scores = sorted(
        (round(float(p), 4), bool(not right)) for p, right in zip(unseen[of_books], y[of_books], strict=True)
    )
    return {
        "answerable": logistic(x, y, w, names=answerable.SIGNALS),
        "bounds": bounds,
        "answers": scores,
    }


async def quoted(limit: int) -> dict[str, object]:
    """Which statement is quoted, scaled so that likeness counts 1."""
    contests = [
        each
        for name in (*questions.BOOKS, questions.SQUAD)
        for each in await answers.contests(name, "dev", limit=limit)
    ]
    weights = answers.fit_merits(contests)
    scaled = [round(float(weight / weights[0]), 3) for weight in weights]
    return {"merits": dict(zip(choosing.NAMES, scaled, strict=True))}


def write(found: Mapping[str, object]) -> None:
    """Keeps `found` with what is known, in the file and in this process."""
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    lines = json.dumps({**known, **found}, indent=1)
    FILE.write_text(_compact(lines) + "\n", "utf-8")
    importlib.reload(fitted)


def _compact(text: str) -> str:
    """Pairs of a score and whether it was wrong, each on one line."""
    rows = json.loads(text)
    pairs = rows.pop("answers", [])
    head = json.dumps(rows, indent=1)
    told = ",\n  ".join(", ".join(json.dumps(pair) for pair in pairs[at : at + 6]) for at in range(0, len(pairs), 6))
    return f'{head[:-2]},\n "answers": [\n  {told}\n ]\n}}'


async def main() -> None:
    """Fits, says what came out, and writes it."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--limit", type=int, default=150, help="questions of each kind and set for what is quoted")
    options.add_argument("--only", choices=["search", "answers", "quotes"], help="one of the three steps")
    given = options.parse_args()
    print(f"indexes are in {WORKPLACE}", flush=True)
    if given.only in (None, "search"):
        write(await searching())
    if given.only in (None, "answers"):
        tried = [each for each in await trials.tried("dev") if each.signals]
        write(answering(tried))
    if given.only in (None, "quotes"):
        write(await quoted(given.limit))
    known = json.loads(FILE.read_text("utf-8"))
    for name, value in known.items():
        if name != "answers":
            print(f"{name}: {json.dumps(value)}")
    assert all(math.isfinite(score) for score, _ in known["answers"])


if __name__ == "__main__":
    asyncio.run(main())
