"""What a reader answers when they were asked which task they mean, or whether they mean it; rules, pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from pageside.answer.planner import rules_targets
from pageside.answer.planner.intents import Act, Parsed, Target
from pageside.answer.planner.memory import Waiting
from pageside.answer.planner.resolving import folded, shares
from pageside.answer.planner.rules_titles import masked
from pageside.phrases import heard, tasks

_ANY_DAY: Final = date(2000, 1, 1)  # a choice among tasks says no day

_LEAD: Final = re.compile(
    r"^(?:(?:i\s+(?:mean|meant|think|want|guess)|it(?:'s|\s+is|\s+was)?|that(?:'s|\s+is)?|the\s+answer\s+is|option"
    r"|number|no\.?|nr\.?|please|pls|oh|ah|sorry|um+|uh+|hmm+|just|only|ok(?:ay)?|delete|remove|complete|mark|take"
    r"|yes|yeah|yep|choose|pick|rename|move)[\s,.!:]+)+(?=\S)",
    re.IGNORECASE,
)
_VERBS: Final[dict[str, frozenset[str]]] = {
    "delete": frozenset({"delete"}),
    "remove": frozenset({"delete"}),
    "complete": frozenset({"complete"}),
    "finish": frozenset({"complete"}),
    "mark": frozenset({"complete", "update"}),
    "reopen": frozenset({"update"}),
    "rename": frozenset({"update"}),
    "move": frozenset({"update"}),
}
_VERB: Final = re.compile(
    rf"(?:(?:no|oh|ah|sorry|ok(?:ay)?|please|pls|just|yes|yeah)[\s,.!]+)*({'|'.join(_VERBS)})\b", re.IGNORECASE
)
_YES: Final = re.compile(
    r"(?:yes|yeah|yep|yup|y|ya|sure|of\s+course|ok(?:ay)?|right|correct|exactly|please\s+do|do\s+it|go\s+ahead"
    r"|that\s+one|that's\s+(?:it|right|the\s+one)|definitely|absolutely|indeed|please|add\s+it|yes\s+(?:please|do"
    r"|add\s+it|do\s+it|that\s+one|go\s+ahead)|👍|✅)[\s.!,]*(?:please|thanks|thank\s+you)?[\s.!]*",
    re.IGNORECASE,
)
_NO: Final = re.compile(
    r"(?:(?:no|nope|nah|n|cancel|stop|never\s*mind|nvm|nm|neither|none|nothing|leave\s+(?:it|them)|forget\s+(?:it"
    r"|about\s+it)|don't|dont|do\s+not|abort|skip|no\s+thanks|none\s+of\s+(?:them|these|those)|not\s+now|wait\s+no"
    r"|actually\s+no|no\s+wait|keep\s+(?:it|them|both)|please|thanks|thank\s+you|that|it|all\s+good|ok(?:ay)?"
    r"|cancel\s+(?:that|it)|changed\s+my\s+mind|i\s+changed\s+my\s+mind|leave\s+(?:it|everything)\s+as\s+it\s+is"
    r"|ignore\s+(?:it|that))[\s,.!]*)+",
    re.IGNORECASE,
)
_DENYING: Final = re.compile(
    r"\b(?:no|nope|nah|cancel|stop|never\s*mind|nvm|nm|neither|none|nothing|leave|forget|don't|dont|do\s+not|abort"
    r"|skip|not|keep|mind|ignore)\b|^n$",
    re.IGNORECASE,
)
_ALL: Final = re.compile(
    r"(?:both|all|every\s*one|each)(?:\s+(?:of\s+)?(?:them|these|those|it|two|three|four))?(?:\s+please)?",
    re.IGNORECASE,
)
_OPTION: Final = re.compile(r"#(\d{1,18})\b.*", re.DOTALL)
_BARE_NUMBER: Final = re.compile(r"(?:number\s+|no\.?\s*|option\s+)?(\d{1,18})[.)]?")


def reply(text: str, waiting: Waiting, before: Parsed) -> Parsed | None:
    """What is to be done now that the reader answered; None where `text` is no answer but a message of its own.

    Args:
        before: What the message wanted that was not carried out.
    """
    said = text.strip().replace("’", "'")
    if (_NO.fullmatch(said) and _DENYING.search(said)) or heard.agrees(said) is False:
        return Parsed(question=tasks.NOTHING_CHANGED)
    if not before.acts or _is_another(said, before):
        return None
    if _YES.fullmatch(said) or heard.agrees(said):
        if len(waiting.options) > 1:
            return replace(before, confidence=0.5, question="")  # "yes" says not which
        if waiting.options:
            return chosen(before, waiting.options)
        complete = all(act.details.title or act.intent != "add" for act in before.acts)
        return replace(before, confidence=1.0, question="") if complete else None
    picked = choice(said, waiting.options, waiting.titles)
    if picked is None:
        return None
    return chosen(before, picked) if picked else replace(before, confidence=0.5, question="")


def _is_another(said: str, before: Parsed) -> bool:
    """Whether an answer begins with the word for something else than what was wished: then it is a wish of its own."""
    match = _VERB.match(said)
    return match is not None and not _VERBS[match[1].lower()] & {act.intent for act in before.acts}


def clarified(replies: Sequence[str], before: Parsed, options: Sequence[int]) -> Parsed | None:
    """As `reply`, for what was chosen or written in a form: labels such as "#3 Buy milk", or words of the reader's."""
    waiting = Waiting("", "", tuple(options))
    labels = [match for each in replies if (match := _OPTION.fullmatch(each.strip()))]
    if labels and len(labels) == len(replies):
        return chosen(before, tuple(int(match[1]) for match in labels))
    return (
        reply(" ".join(replies), waiting, before)
        if any(each.strip() for each in replies)
        else Parsed(question=tasks.NOTHING_CHANGED)
    )


def chosen(before: Parsed, numbers: Sequence[int]) -> Parsed:
    """`before` done to the tasks `numbers`: the act that did not say by number which it means gets them."""
    doubtful = [
        at for at, act in enumerate(before.acts) if act.intent not in {"add", "list", "help"} and not act.target.numbers
    ]
    if not doubtful:
        doubtful = [at for at, act in enumerate(before.acts) if act.intent not in {"add", "list", "help"}][:1]
    acts = tuple(_at(act, numbers) if at in doubtful[:1] else act for at, act in enumerate(before.acts))
    return replace(before, acts=acts, confidence=1.0 if doubtful and _is_whole(acts) else 0.5, question="")


def _at(act: Act, numbers: Sequence[int]) -> Act:
    return replace(act, target=Target(numbers=tuple(numbers)))


def _is_whole(acts: Sequence[Act]) -> bool:
    """Whether each act says all it needs: an update what it changes."""
    return all(act.intent != "update" or act.status is not None or not act.details.is_empty for act in acts)


def choice(text: str, options: Sequence[int], titles: Sequence[tuple[int, str]] = ()) -> tuple[int, ...] | None:
    """The numbers of `options` that `text` picks; none where it is one of two; None where it picks none."""
    if not options:
        return None
    said = rules_targets.trimmed(text.strip())
    for phrase in dict.fromkeys((said, rules_targets.trimmed(_LEAD.sub("", said)))):
        picked = _picked(phrase, options, titles)
        if picked is not None:
            return picked
    return None


def _picked(said: str, options: Sequence[int], titles: Sequence[tuple[int, str]]) -> tuple[int, ...] | None:
    if _ALL.fullmatch(said):
        return tuple(options)
    if match := _BARE_NUMBER.fullmatch(said):
        return _numbered(int(match[1]), options)
    whole = masked(said)
    target = rules_targets.read(whole.text, whole, _ANY_DAY)
    if target.numbers:
        return target.numbers if all(each in options for each in target.numbers) else None
    if target.places and all(-len(options) <= place <= len(options) for place in target.places):
        return tuple(options[place - 1 if place > 0 else place] for place in target.places)
    if target.words and (words := folded(target.words)):
        fits = [number for number, title in titles if number in options and shares(words, folded(title)) == 1.0]
        exact = [number for number, title in titles if number in fits and folded(title) == words]
        if len(exact) == 1 or len(fits) == 1:
            return tuple(exact if len(exact) == 1 else fits)
        return () if fits else None
    return None


def _numbered(number: int, options: Sequence[int]) -> tuple[int, ...] | None:
    """A bare number is a task's, or a place in what was offered; where it is both, of two tasks, it is neither."""
    at = options[number - 1] if 1 <= number <= len(options) else None
    if number in options:
        return (number,) if at in {None, number} else ()
    return (at,) if at is not None else None
