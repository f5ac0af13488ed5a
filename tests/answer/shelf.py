"""A shelf of hand-cut passages, and a search over it that knows words and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pageside.errors import IndexMissing
from pageside.knowledge import interaction, keywords
from pageside.knowledge.passage import NO_LABELS, Findings, Found, Passage, Selection

SERVO = (
    "A servo motor holds an angle that is commanded to it. It compares a potentiometer with the command and corrects "
    "the difference. How far can it turn? Most hobby servos turn through 180 degrees.\n\n"
    "A servo has three wires:\n\n- Power at 5 V\n- Ground\n- Signal, one pulse every 20 ms\n\n"
    "```python\nservo = Servo(pin=18)\nservo.angle(90)\n```"
)
STEPPER = (
    "A stepper motor moves in fixed steps of 1.8 degrees. It needs no feedback. "
    "Steppers lose steps when they are overloaded, and do not notice."
)
PID = (
    "A PID controller reacts to the error, to its sum and to its rate of change. "
    "Its limits show when the plant is strongly nonlinear. The gain is written $K_p$.\n\n"
    "| Gain | Effect |\n|---|---|\n| $K_p$ | faster rise |\n| $K_i$ | no lasting error |"
)
QUIZ = "Which motor needs feedback? A stepper motor needs feedback. A servo motor needs feedback."


def passage(number: int, path: str, headings: tuple[str, ...], text: str, **labels: str) -> Passage:
    """A passage whose id, anchor and address follow from what it is."""
    anchor = headings[-1].lower().replace(" ", "-")
    return Passage(
        id=f"p{number}",
        path=path,
        heading=headings[-1],
        heading_path=headings,
        anchor=anchor,
        url=f"/{path.removesuffix('.md')}#{anchor}",
        text=text,
        start=0,
        end=len(text),
        labels=labels,
        position=number,
    )


PASSAGES = (
    passage(1, "motors.md", ("Motors", "Servo motors"), SERVO),
    passage(2, "motors.md", ("Motors", "Stepper motors"), STEPPER),
    passage(3, "control.md", ("Control", "PID"), PID),
    passage(4, "motors.md", ("Motors", "Quiz"), QUIZ, section_type="quiz"),
)


@dataclass(slots=True)
class Shelf:
    """Finds passages by the share of the question's words they hold; alike is what has words in common.

    Attributes:
        asked: Every question, in order.
    """

    passages: Sequence[Passage] = PASSAGES
    missing: bool = False
    asked: list[str] = field(default_factory=list)

    async def find(
        self,
        question: str,
        *,
        limit: int = 5,
        filters: Mapping[str, str] | None = None,
        selected_text: str = "",
        surroundings: str = "",
        page: str = "",
        favours: Mapping[str, str] = NO_LABELS,
    ) -> Findings:
        if self.missing:
            raise IndexMissing("Nothing has been indexed yet. Run `pageside index`.")
        self.asked.append(question)
        holding = tuple(each for each in self.passages if selected_text and selected_text in each.text)
        shares = {each.id: self._share(f"{question} {selected_text}", each) for each in self.passages}
        ranked = sorted(self.passages, key=lambda each: (each not in holding, -shares[each.id]))
        found = tuple(Found(each, min(0.98, shares[each.id])) for each in ranked[:limit])
        selection = Selection(selected_text, holding) if selected_text else None
        return Findings(found, found[0].relevance if found else 0.0, selection)

    async def similarity(self, texts_a: Sequence[str], texts_b: Sequence[str]) -> NDArray[np.float32]:
        rows = [[_alike(one, other) for other in texts_b] for one in texts_a]
        return np.array(rows, dtype=np.float32).reshape(len(texts_a), len(texts_b))

    async def matches(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        return interaction.by_words(question, texts)

    async def rarity(self, text: str) -> dict[str, float]:
        words = keywords.query(text, languages=["en"])
        held = [
            {*keywords.terms(f"{' '.join(each.heading_path)} {each.text}", language="en")} for each in self.passages
        ]
        return {word: 1 - sum(word in there for there in held) / max(1, len(held)) for word in words}

    def _share(self, question: str, each: Passage) -> float:
        wanted = set(keywords.query(question, languages=["en"]))
        held = set(keywords.terms(f"{' '.join(each.heading_path)} {each.text}", language="en"))
        return len(wanted & held) / len(wanted) if wanted else 0.0


def _alike(one: str, other: str) -> float:
    words = [set(keywords.query(text, languages=["en"])) for text in (one, other)]
    return len(words[0] & words[1]) / math.sqrt(len(words[0]) * len(words[1])) if all(words) else 0.0
