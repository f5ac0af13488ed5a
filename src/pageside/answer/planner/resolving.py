"""Which tasks are meant: what was said of them, against the board and the conversation; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

from pageside.answer.planner.intents import Act, Sought, Target
from pageside.answer.planner.memory import Memory
from pageside.knowledge import keywords
from pageside.tasks.task import Task

OFFERED: Final = 8  # tasks that are offered at most to choose from

_EMPTY_WORDS: Final = frozenset(
    re.findall(
        r"\S+",
        "a an the my this that these those of to for in on at with and or from about is it its task tasks todo todos"
        " item one thing some",
    )
)
_SHORT: Final = {
    "ch": "chapter", "chap": "chapter", "chp": "chapter", "hw": "homework", "ex": "exercise", "assgn": "assignment",
    "prof": "professor", "lec": "lecture", "uni": "university", "proj": "project", "pres": "presentation",
    "sec": "section", "mom": "mum",
}  # fmt: skip
_ENOUGH: Final = 0.6  # share of what was said that a title must hold to be meant, where nothing is destroyed


@dataclass(frozen=True, slots=True)
class Resolved:
    """Which tasks are meant.

    Attributes:
        numbers: Those that are surely meant, in the order in which they were said.
        candidates: Those the reader is to choose from, where it is not sure.
        found: False where nothing fits what was said, so that the candidates are only what there is.
    """

    numbers: tuple[int, ...] = ()
    candidates: tuple[int, ...] = ()
    found: bool = True


def resolve(act: Act, tasks: Sequence[Task], memory: Memory, *, today: date) -> Resolved:
    """The tasks that `act` is to be done to.

    Args:
        tasks: All that could be meant: those on the board, or those that can be brought back for an undo.
    """
    found = _found(act, tasks, memory, today)
    if act.target.but is None or not found.numbers:
        return found
    without = resolve(_aimed(act, act.target.but), tasks, memory, today=today)
    if not without.numbers:
        return Resolved(candidates=without.candidates or found.numbers[:OFFERED], found=without.found)
    left = tuple(each for each in found.numbers if each not in without.numbers)
    return Resolved(left) if left else Resolved(found=False)


def sought(wanted: Sought, tasks: Iterable[Task], *, today: date) -> tuple[Task, ...]:
    """Those of `tasks` that a list is to show: by day, then by number."""
    kept = [task for task in tasks if _fits(task, wanted)]
    return tuple(sorted(kept, key=lambda task: (task.status == "completed", task.due or date.max, task.number)))


def tagged(act: Act, numbers: tuple[int, ...], tasks: Sequence[Task]) -> list[tuple[Act, tuple[int, ...]]]:
    """`act` with the tags of each task beside those that it adds, as what is told of tags takes the place of all.

    One act for each of `numbers` then, else `act` as it is; no tags at all still take all away.
    """
    if act.intent != "update" or not act.details.tags:
        return [(act, numbers)]
    held = {task.number: task.tags for task in tasks}
    new = act.details.tags
    return [
        (
            replace(act, details=replace(act.details, tags=tuple(dict.fromkeys((*held.get(number, ()), *new))))),
            (number,),
        )
        for number in numbers
    ]


def _aimed(act: Act, target: Target) -> Act:
    return replace(act, target=target)


def _found(act: Act, tasks: Sequence[Task], memory: Memory, today: date) -> Resolved:
    target = act.target
    if target.numbers:
        return Resolved(target.numbers)  # whether they exist is for the validator to say
    if target.places:
        return _placed(target.places, tasks, memory)
    if target.last:
        return _spoken(act, tasks, memory)
    pool = _pool(act, tasks, today)
    if target.among is not None:
        pool = [task for task in pool if _fits(task, target.among)]
    if target.words:
        return _named(act, target.words, pool, tasks)
    if target.every:
        return _several(pool) if pool else Resolved(found=False)
    if target.among is not None:
        return _one(pool, tasks)
    return _nothing(tasks, act)


def _pool(act: Act, tasks: Sequence[Task], today: date) -> list[Task]:
    """Those that "everything" can mean here: what is done is not completed again, what is open not reopened."""
    every = act.target.every
    if every == "overdue":
        return [task for task in tasks if task.status == "pending" and task.due is not None and task.due < today]
    if every in {"pending", "completed"}:
        return [task for task in tasks if task.status == every]
    wanted = _wanted(act)
    if every and wanted:
        return [task for task in tasks if task.status == wanted]
    return list(tasks)


def _wanted(act: Act) -> str:
    """The status that a task has before `act`, where that tells which is meant."""
    if act.intent == "complete":
        return "pending"
    return "completed" if act.status == "pending" else ""


def _placed(places: Sequence[int], tasks: Sequence[Task], memory: Memory) -> Resolved:
    """By place in the list that was shown last; "the last one" where none was is what was last spoken of."""
    known = {task.number for task in tasks}
    shown = memory.listed or (memory.touched if places == (-1,) else ())
    if not shown:
        return Resolved(candidates=_offer(tasks), found=False)
    picked = [shown[place - 1 if place > 0 else place] for place in places if -len(shown) <= place <= len(shown)]
    if len(picked) < len(places) or not all(each in known for each in picked):
        return Resolved(candidates=_offer([task for task in tasks if task.number in shown] or tasks), found=False)
    return Resolved(tuple(dict.fromkeys(picked)))


def _spoken(act: Act, tasks: Sequence[Task], memory: Memory) -> Resolved:
    """What was last spoken of: one for "it", all of them for "them"."""
    known = {task.number for task in tasks}
    spoken = tuple(each for each in memory.touched if each in known)
    if act.target.every:
        spoken = spoken or tuple(each for each in memory.listed if each in known)
        return Resolved(spoken) if spoken else Resolved(candidates=_offer(tasks), found=False)
    if len(spoken) == 1:
        return Resolved(spoken)
    if not memory.touched and len(tasks) == 1:
        return Resolved((tasks[0].number,)) if act.intent == "complete" else Resolved(candidates=_offer(tasks))
    return Resolved(candidates=spoken[:OFFERED] or _offer(tasks), found=bool(spoken))


def _several(pool: Sequence[Task]) -> Resolved:
    return Resolved(tuple(task.number for task in pool))


def _one(pool: Sequence[Task], tasks: Sequence[Task]) -> Resolved:
    if len(pool) == 1:
        return Resolved((pool[0].number,))
    return Resolved(candidates=_offer(pool or tasks), found=bool(pool))


def _nothing(tasks: Sequence[Task], act: Act) -> Resolved:
    wanted = _wanted(act)
    return Resolved(candidates=_offer([task for task in tasks if task.status == wanted] or tasks), found=False)


def _offer(tasks: Iterable[Task]) -> tuple[int, ...]:
    """Open ones first: they are what readers mostly mean."""
    return tuple(task.number for task in sorted(tasks, key=lambda task: task.status != "pending"))[:OFFERED]


def _fits(task: Task, wanted: Sought) -> bool:
    if wanted.numbers and task.number not in wanted.numbers:
        return False
    if wanted.status != "all" and task.status != wanted.status:
        return False
    if wanted.priority and task.priority != wanted.priority:
        return False
    if wanted.tag and not _tagged(task, wanted.tag):
        return False
    if (wanted.due_from or wanted.due_to) and task.due is None:
        return False
    if wanted.due_from and task.due and task.due < wanted.due_from:
        return False
    if wanted.due_to and task.due and task.due > wanted.due_to:
        return False
    said = folded(wanted.words)
    return not said or shares(said, _words(task)) == 1.0


def _tagged(task: Task, tag: str) -> bool:
    return bool(folded(tag)) and any(folded(tag) == folded(each) for each in task.tags)


# -- by title ----------------------------------------------------------------------------------------------------------


def _named(act: Act, words: str, pool: Sequence[Task], tasks: Sequence[Task]) -> Resolved:
    """By what its title says."""
    found = _titled(act, words, pool)
    if found.numbers or not found.found:
        parts = _parts(words)
        if not found.numbers and len(parts) > 1:
            each = [_titled(act, part, pool) for part in parts]
            if all(part.numbers for part in each):
                return Resolved(tuple(dict.fromkeys(number for part in each for number in part.numbers)))
    if found.found:
        return found
    return Resolved(candidates=_offer(_near(words, pool)) or _nothing(tasks, act).candidates, found=False)


def _titled(act: Act, words: str, pool: Sequence[Task]) -> Resolved:
    same = [task for task in pool if _plain(task.title) == _plain(words)]
    said = folded(words)
    if not said and not same:
        return Resolved(found=False)
    held = {task.number: shares(said, _words(task)) for task in pool}
    whole = same or [task for task in pool if held[task.number] == 1.0]
    if act.target.every and whole:
        return _several(whole)
    if not whole:
        if act.intent == "complete":
            whole = [task for task in pool if held[task.number] >= _ENOUGH]
        if len(whole) != 1:
            return Resolved(candidates=_offer(whole), found=bool(whole))
    return _narrowed(act, whole, said)


def _narrowed(act: Act, whole: Sequence[Task], said: frozenset[str]) -> Resolved:
    """One of several that all fit: the one whose title says nothing else, or the only one that the act can change."""
    if len(whole) == 1:
        return Resolved((whole[0].number,))
    exact = [task for task in whole if folded(task.title) == said]
    wanted = _wanted(act)
    fitting = [task for task in exact or whole if not wanted or task.status == wanted]
    if len(fitting) == 1 and (exact or wanted):
        return Resolved((fitting[0].number,))
    return Resolved(candidates=_offer(fitting or whole))


def _near(words: str, pool: Iterable[Task]) -> list[Task]:
    """Those that share a word with what was said."""
    said = folded(words)
    near = [(shares(said, _words(task)), task) for task in pool]
    return [task for share, task in sorted(near, key=lambda each: -each[0]) if share > 0]


def _parts(words: str) -> list[str]:
    parts = re.split(r"\s*(?:,|\band\b|&|\+)\s*", words, flags=re.IGNORECASE)
    return [part for part in parts if folded(part)]


def _words(task: Task) -> frozenset[str]:
    return folded(" ".join((task.title, *task.tags)))


@lru_cache(maxsize=4096)
def folded(text: str) -> frozenset[str]:
    """The words of `text` by which a task is known: without endings, articles and the like."""
    low = text.casefold()
    kept = [_SHORT.get(word, word) for word in re.findall(r"[^\W_]+", low) if word not in _EMPTY_WORDS]
    stems = {stem for word in kept for stem in keywords.terms(word, language="en")}
    return frozenset(stems) or frozenset(re.findall(r"[^\s\w]+", low) if not re.search(r"\w", low) else ())


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"\w+", letters)) or letters.strip()


def shares(said: frozenset[str], held: frozenset[str]) -> float:
    """The share of the words `said` that `held` has, a letter mistyped allowed."""
    if not said:
        return 0.0
    return sum(any(alike(word, other) for other in held) for word in said) / len(said)


def alike(said: str, known: str) -> bool:
    """Whether `said` is `known`, or `known` with one letter mistyped, missing, added or two in the wrong order.

    Words of up to three letters and numbers must be the same.
    """
    if said == known:
        return True
    if min(len(said), len(known)) < 4 or abs(len(said) - len(known)) > 1 or not (said + known).isalpha():
        return False
    at = next((at for at, (one, other) in enumerate(zip(said, known, strict=False)) if one != other), -1)
    if at < 0:
        return True  # one letter more at the end
    swapped = said[at + 1 : at + 2] + said[at : at + 1]
    return (
        said[at + 1 :] == known[at + 1 :]
        or said[at + 1 :] == known[at:]
        or said[at:] == known[at + 1 :]
        or (swapped + said[at + 2 :] == known[at:] and len(said) == len(known))
    )
