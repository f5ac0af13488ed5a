"""What was fitted to questions: the coefficients and bounds that `python -m benchmarks.fit` wrote to `fitted.json`."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final, Literal

Refusal = Literal["strict", "balanced", "generous"]


@dataclass(frozen=True, slots=True)
class Logistic:
    """A probability from features: `intercept` and one weight for each."""

    intercept: float
    weights: tuple[float, ...]

    def __call__(self, features: Sequence[float]) -> float:
        """The probability, strictly between 0 and 1."""
        z = self.intercept + sum(weight * value for weight, value in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


@dataclass(frozen=True, slots=True)
class Bounds:
    """How sure an answer must be.

    Attributes:
        answered: From which probability, 0 to 1, on a question is answered; infinity where none may be.
        closest: From which on the nearest passages are shown.
        least: Below which nothing counts as answered, whatever a language model says; 0 without a promise.
    """

    answered: float
    closest: float
    least: float = 0.0


def _read() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(resources.files("pageside.knowledge").joinpath("fitted.json").read_text("utf-8"))
    return kept


def _logistic(name: str) -> Logistic:
    kept = _KEPT[name]
    return Logistic(kept["intercept"], tuple(kept["weights"].values()))


_KEPT: Final = _read()
RELEVANCE: Final = _logistic("relevance")
RELEVANCE_BY_WORDS: Final = _logistic("relevance_by_words")
CONFIDENCE: Final = _logistic("confidence")
CONFIDENCE_BY_WORDS: Final = _logistic("confidence_by_words")
ANSWERABLE: Final = _logistic("answerable")
MERITS: Final[tuple[float, ...]] = tuple(_KEPT["merits"].values())
BOUNDS: Final[dict[Refusal, Bounds]] = {name: Bounds(**bounds) for name, bounds in _KEPT["bounds"].items()}
ANSWERS: Final[tuple[tuple[float, bool], ...]] = tuple((score, wrong) for score, wrong in _KEPT["answers"])
