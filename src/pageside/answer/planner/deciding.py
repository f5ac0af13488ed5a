"""What is to be done: acts whose tasks are sure, or the question that must be asked before anything is; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pageside.answer.planner import formatting, resolving
from pageside.answer.planner.intents import CHANGING, LEAST_CONFIDENCE, Act, Parsed
from pageside.answer.planner.memory import Memory
from pageside.answer.planner.validating import Aimed
from pageside.phrases import heard
from pageside.phrases.phrase import ENGLISH, Phrase, say
from pageside.tasks.task import Task

_AGREES: Final = re.compile(
    r"\W*(?:y|yes|yep|yeah|yup|sure|ok|okay|please|please do|do it|go ahead|right|correct|of course)\b"
    r"(?:[\s,]*(?:please|do it|do that|sure|go ahead|thanks?|thank you))*\W*",
    re.IGNORECASE,
)
_DECLINES: Final = re.compile(
    r"\W*(?:n|no|nope|nah|cancel|never ?mind|stop|don'?t|forget it|leave it|nothing)\b"
    r"(?:[\s,]*(?:thanks?|thank you|don'?t|please|cancel|leave it|never ?mind))*\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ask:
    """The reader has to be asked first.

    Attributes:
        tasks: To choose from; none where they are asked for words.
        sure: Whether it is asked if what was understood is meant, so that yes or no answers it.
    """

    question: str
    tasks: tuple[Task, ...] = ()
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, in order."""

    aimed: tuple[Aimed, ...]


def decide(
    parsed: Parsed,
    *,
    tasks: Sequence[Task],
    deleted: Sequence[Task],
    memory: Memory,
    today: date,
    anew: bool = False,
    language: str = ENGLISH,
) -> Plan | Ask:
    """What becomes of `parsed`.

    Args:
        tasks: Those on the board.
        deleted: Those that can be brought back, the last deleted first.
        language: In which the reader is asked, ISO 639-1.
        anew: Whether the same message was carried out before, so that doing it again must be meant.
    """
    if not parsed.acts:
        return Ask(_asking(parsed.question, language) or formatting.unsure(language))
    aimed: list[Aimed] = []
    asks: list[Ask] = []
    by_number = {task.number: task for task in (*deleted, *tasks)}
    added = False
    for act in parsed.acts:
        if act.intent in {"add", "list", "help", "unknown"} or (act.intent == "undo" and _is_last(act)):
            aimed.append(Aimed(act))
            added = added or act.intent == "add"
            continue
        pool = deleted if act.intent == "undo" else tasks
        found = resolving.resolve(act, pool, memory, today=today)
        if added and act.target.last:  # what "it" is has no number yet
            asks.append(Ask(formatting.one_by_one(language)))
        elif found.numbers:
            aimed += [Aimed(own, numbers) for own, numbers in resolving.tagged(act, found.numbers, tasks)]
        else:
            asks.append(_which(act, found, by_number, language))
    if asks:
        return asks[0] if len(asks) == 1 else Ask(formatting.one_by_one(language))
    if parsed.confidence < LEAST_CONFIDENCE:
        return _whether(parsed, aimed, by_number, language)
    if anew and any(each.act.intent in CHANGING for each in aimed):
        return Ask(formatting.again(_named(aimed, by_number), language), sure=True)
    return Plan(tuple(aimed))


def agrees(reply: str) -> bool | None:
    """Whether `reply` says yes; None where it says neither yes nor no."""
    if _AGREES.fullmatch(reply):
        return True
    return False if _DECLINES.fullmatch(reply) else heard.agrees(reply)


def _is_last(act: Act) -> bool:
    """Whether an undo is of what was done last, rather than of a task that is named."""
    return act.target.is_empty or act.target.last


def _which(act: Act, found: resolving.Resolved, by_number: Mapping[int, Task], language: str) -> Ask:
    offered = tuple(by_number[number] for number in found.candidates if number in by_number)
    if not offered:
        return Ask(formatting.none_there(act, language))
    return Ask(formatting.which(act, language, found=found.found), offered)


def _whether(parsed: Parsed, aimed: Sequence[Aimed], by_number: Mapping[int, Task], language: str) -> Ask:
    if parsed.question:
        return Ask(_asking(parsed.question, language))
    if not all(each.act.intent in CHANGING for each in aimed):
        return Ask(formatting.unsure(language))
    return Ask(formatting.whether(_named(aimed, by_number), language), sure=True)


def _named(aimed: Sequence[Aimed], by_number: Mapping[int, Task]) -> list[tuple[Act, list[Task]]]:
    return [
        (each.act, [by_number[number] for number in each.numbers if isinstance(number, int) and number in by_number])
        for each in aimed
        if each.act.intent in CHANGING
    ]


def _asking(told: str | Phrase, language: str) -> str:
    question = say(told, language)
    return question if not question or question.startswith(formatting.ASKED) else f"{formatting.ASKED} {question}"
