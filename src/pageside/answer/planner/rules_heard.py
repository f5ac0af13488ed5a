"""One clause of a message, and what it wants done to which tasks; rules, pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from pageside.answer.planner import rules_targets
from pageside.answer.planner.intents import Act, Intent, Target
from pageside.answer.planner.rules_titles import Masked
from pageside.phrases.phrase import Phrase
from pageside.tasks.task import Details, Status

SURE: Final = 0.95


LIKELY: Final = 0.8


DOUBTFUL: Final = 0.5  # below `LEAST_CONFIDENCE`


@dataclass(frozen=True, slots=True)
class Heard:
    """What one clause wants.

    Attributes:
        told: It says more of a task that was named before, rather than what to do: "it's urgent".
    """

    acts: tuple[Act, ...]
    confidence: float = SURE
    question: str | Phrase = ""
    told: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a message that says one thing, the message its quotes are from, and the day it is."""

    text: str
    whole: Masked
    today: date

    def target(self, text: str) -> Target:
        """The tasks that a part of it names."""
        return rules_targets.read(text, self.whole, self.today)


def any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE | re.DOTALL)


def group(match: re.Match[str], name: str) -> str:
    """The group `name`, or one of its numbered forms in another alternative."""
    return next((text for key, text in match.groupdict().items() if key.rstrip("0123456789") == name and text), "")


IDENTIFIED: Final = re.compile(r"\b(?:tasks?|todos?|to-dos?|list|one|ones|item|items|reminders?)\b|#\d", re.IGNORECASE)


_OF_THE_ANSWER: Final = re.compile(
    r"^(?:(?:the|that|this|your|my|last|following)\s+)*(?:explanation|answer|summary|example|sentence|paragraph|code"
    r"|definition|equation|language|tone|subject)\b(?!\s+(?:task|one|reminder)\b)",
    re.IGNORECASE,
)


def _confidence(clause: Clause, target: Target) -> float:
    """How sure it is that a task is meant, by how it is named."""
    if target.is_empty:
        return DOUBTFUL
    if target.words and not target.every and not IDENTIFIED.search(clause.text):
        return LIKELY
    return SURE


def acting(
    clause: Clause, intent: Intent, phrase: str, *, details: Details | None = None, status: Status | None = None
) -> Heard | None:
    if re.match(r"an?\s+(?!task|todo|to-do|item|reminder)", phrase, re.IGNORECASE) or _OF_THE_ANSWER.search(phrase):
        return None
    targets = _targets(clause, phrase)
    acts = tuple(Act(intent, details or Details(), target, status) for target in targets)
    return Heard(acts, min(_confidence(clause, target) for target in targets))


def _targets(clause: Clause, phrase: str) -> list[Target]:
    """The tasks that `phrase` names; several where it names them in several ways: "1 and the milk one"."""
    whole = clause.target(phrase)
    parts = [part for part in re.split(r"\s*(?:,\s*and|,|\band\b|&)\s*", phrase, flags=re.IGNORECASE) if part.strip()]
    if not whole.words or whole.every or len(parts) < 2:
        return [whole]
    named = [clause.target(part) for part in parts]
    certain = [bool(target.numbers or target.places or target.last) for target in named]
    sayable = all(
        ok or re.match(r"(?:the|my)\s+.*\b(?:one|task)$", part.strip(), re.IGNORECASE)
        for ok, part in zip(certain, parts, strict=True)
    )
    return named if any(certain) and sayable else [whole]
