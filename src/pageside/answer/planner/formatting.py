"""What is said of what was done with tasks: short Markdown, one mark in front, titles as they were written; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from pageside import ids
from pageside.answer.events import ShownTasks
from pageside.answer.planner.intents import Act, Sought
from pageside.answer.planner.managing import Change, Done
from pageside.answer.planner.validating import RESTORE
from pageside.errors import PagesideError
from pageside.phrases import phrase, task_lists, tasks
from pageside.phrases.phrase import Phrase
from pageside.tasks.task import Task

DONE: Final = "✅"
FAILED: Final = "❌"
ASKED: Final = "🤔"
LISTED: Final = "📋"
LIMIT_LINES: Final = 50  # tasks of a list that are written out
# Understood by the rules in whatever language they stand, and so said in theirs.
_EXAMPLES: Final = """
- "Add read chapter 3 for Friday", or "remind me to reread this" with something selected
- "What's on my list?", "What is due this week?"
- "Mark task 2 as done", "I finished the second one"
- "Rename task 2 to Buy oat milk", "Move task 2 to Monday"
- "Delete task 2", and "undo" to bring it back"""

PRIORITIES: Final[Mapping[str, Phrase]] = {
    "high": tasks.HIGH_PRIORITY,
    "normal": tasks.NORMAL_PRIORITY,
    "low": tasks.LOW_PRIORITY,
}
_KINDS: Final[Mapping[str, tuple[Phrase, Phrase]]] = {
    "pending": (task_lists.OPEN_TASKS, task_lists.NO_OPEN),
    "completed": (task_lists.COMPLETED_TASKS, task_lists.NO_COMPLETED),
    "all": (task_lists.TASKS, task_lists.NO_TASKS),
}
_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~$#]|:(?=//)|&(?=[#\w]+;)|(?<=\bwww)\.")


def literal(title: str) -> str:
    """Markdown that shows `title` as it is, whatever it holds."""
    return _MARKUP.sub(r"\\\g<0>", title)


def told(text: str) -> str:
    """Something of ours that is said and asks for nothing."""
    return f"{DONE} {text}"


def help_(language: str) -> str:
    """What can be said of tasks."""
    return f"{LISTED} {task_lists.HELP.said(language)}\n{_EXAMPLES}"


def unsure(language: str) -> str:
    """That it is not clear what is to be done."""
    return f"{ASKED} {task_lists.UNSURE.said(language)}"


def done(acts: Sequence[Done], language: str) -> str:
    """What became of each of `acts`, a line each; lists aside."""
    lines = [line for each in acts if each.call.act.intent != "list" for line in _lines(each, language)]
    more = len(lines) - LIMIT_LINES
    shown = [*lines[:LIMIT_LINES], *([tasks.AND_MORE.said(language, count=more)] if more > 0 else [])]
    deleted = sum(each.call.act.intent == "delete" for each in acts)
    if deleted == 1 == len(lines):
        return f"{shown[0]}. {tasks.UNDO_IT.said(language)}"
    if deleted:
        shown.append(tasks.UNDO_ALL.said(language))
    return "\n\n".join(shown)


def failed(error: PagesideError, language: str, *, several: bool) -> str:
    """That something could not be done, and why; and that nothing else of the message was done either."""
    said = f"{FAILED} {literal_message(error.said(language))}"
    return f"{said} {tasks.NOTHING_CHANGED.said(language)}" if several else said


def literal_message(message: str) -> str:
    """A message of ours that may quote what a reader wrote, as Markdown; numbers of tasks stay as they are."""
    return re.sub(r"[\\`*_\[\]<>|~$]|#(?!\d)", r"\\\g<0>", message)


def listed(heading: str, found: Sequence[Task], *, today: date, language: str) -> str:
    """A list of tasks under its heading."""
    lines = [row(task, today=today, language=language) for task in found[:LIMIT_LINES]]
    more = len(found) - len(lines)
    rest = [f"\n{tasks.AND_MORE.said(language, count=more)}"] if more else []
    return "\n".join([f"{LISTED} {literal(heading)}", *lines, *rest])


def heading(sought: Sought, found: Sequence[Task], language: str) -> str:
    """What a list of tasks shows, such as "3 open tasks"."""
    some, none = _KINDS[sought.status]
    said = (some if found else none).said(language, n=len(found))
    for by in _narrowing(sought, language):
        said = task_lists.NARROWED.said(language, tasks=said, by=by)
    return said


def row(task: Task, *, today: date, language: str) -> str:
    """A task as a line of a list."""
    box = "x" if task.status == "completed" else " "
    overdue = task.status == "pending" and task.due is not None and task.due < today
    return f"- [{box}] #{task.number} **{literal(task.title)}**{_said(task, language, overdue=overdue)}"


def options(found: Iterable[Task]) -> tuple[str, ...]:
    """What a reader can choose from, for a form."""
    return tuple(f"#{task.number} {task.title}" for task in found)


def asked(question: str, found: Sequence[Task] = ()) -> str:
    """A question back as text, with numbered tasks to choose from."""
    lines = [f"{at}. #{task.number} **{literal(task.title)}**" for at, task in enumerate(found, start=1)]
    return "\n".join([question, *lines])


def offered(question: str, labels: Sequence[str]) -> str:
    """As `asked`, from what a form offered; a question of yes or no is asked by its words alone."""
    lines = [f"{at}. {_label(label)}" for at, label in enumerate(labels, start=1) if label.startswith("#")]
    return "\n".join([question, *lines])


def which(act: Act, language: str, *, found: bool = True) -> str:
    """The question which task is meant."""
    lead = "" if found else f"{task_lists.NOT_FOUND.said(language)} "
    match act.intent:
        case "complete":
            question = task_lists.WHICH_FINISHED
        case "delete":
            question = task_lists.WHICH_TO_DELETE
        case "undo":
            question = task_lists.WHICH_TO_BRING_BACK
        case _:
            question = task_lists.WHICH
    return f"{ASKED} {lead}{question.said(language)}"


def none_there(act: Act, language: str) -> str:
    """That there is no task that an act could be done to."""
    what = task_lists.NOTHING_DELETED if act.intent == "undo" else task_lists.NO_SUCH
    return f"{ASKED} {what.said(language)}"


def one_by_one(language: str) -> str:
    """That too much is doubtful to be asked about at once."""
    return f"{ASKED} {task_lists.ONE_BY_ONE.said(language)}"


def whether(acts: Sequence[tuple[Act, Sequence[Task]]], language: str) -> str:
    """The question whether `acts`, each with its tasks, are what the reader wants done."""
    wishes = phrase.listed([_wish(act, found, language) for act, found in acts], language)
    return f"{ASKED} {task_lists.SHALL_I.said(language, wishes=wishes)}"


def again(acts: Sequence[tuple[Act, Sequence[Task]]], language: str) -> str:
    """The question whether what may have been done before is to be done once more."""
    wishes = phrase.listed([_wish(act, found, language) for act, found in acts], language)
    return f"{ASKED} {task_lists.ONCE_MORE.said(language, wishes=wishes)}"


def day(day: date, language: str) -> str:
    """A day as readers see it, such as Fri 27 Nov."""
    weekday = tasks.WEEKDAYS.said(language).split()[day.weekday()]
    month = tasks.MONTHS.said(language).split()[day.month - 1]
    return tasks.DAY.said(language, weekday=weekday, day=day.day, month=month)


def touched(acts: Sequence[Done], language: str) -> ShownTasks | None:
    """The tasks that were changed, as they are now; those deleted as they were, to be brought back."""
    last: dict[int, Task] = {}
    for change in (change for each in acts for change in each.changes):
        if (task := change.after or change.before) is not None:
            last[task.number] = task if change.after else replace(task, deleted_at=ids.now())
    if not last:
        return None
    return ShownTasks(task_lists.TASKS.said(language, n=len(last)), tuple(last.values()))


def _label(label: str) -> str:
    number, _, title = label.partition(" ")
    return f"{number} **{literal(title)}**"


def _wish(act: Act, found: Sequence[Task], language: str) -> str:
    named = ", ".join(f"#{task.number} **{literal(task.title)}**" for task in found[:8])
    if len(found) > 8:
        named = task_lists.OTHERS.said(language, tasks=named, count=len(found) - 8)
    what = named or task_lists.IT.said(language)
    match act.intent:
        case "add":
            title = f"**{literal(' '.join((act.details.title or '').split())[:200])}**"
            return task_lists.TO_ADD.said(language, title=title)
        case "complete":
            return task_lists.TO_COMPLETE.said(language, tasks=what)
        case "delete":
            return task_lists.TO_DELETE.said(language, tasks=what)
        case "undo":
            return task_lists.TO_BRING_BACK.said(language, tasks=what) if named else task_lists.TO_UNDO.said(language)
        case _:
            return task_lists.TO_CHANGE.said(language, tasks=what)


def _lines(done: Done, language: str) -> list[str]:
    match done.call.act.intent:
        case "undo":
            return [_back(change, language, brought=done.call.tool == RESTORE) for change in done.changes] or [
                f"{DONE} {tasks.UNDONE_NOTHING.said(language)}"
            ]
        case "add":
            return [act_line(each.after, tasks.CREATED, language, details=True) for each in done.changes if each.after]
        case "complete":
            return [_completed(change, language) for change in done.changes]
        case "delete":
            return [act_line(each.before, tasks.DELETED, language) for each in done.changes if each.before]
        case _:
            return [_changed(change, language) for change in done.changes]


def act_line(task: Task, what: Phrase, language: str, *, details: bool = False) -> str:
    """A line that says `what` was done with a task."""
    said = what.said(language, number=task.number, title=f"**{literal(task.title)}**")
    return f"{DONE} {said}" + (_said(task, language) if details else "")


def renamed_line(before: Task, after: Task, language: str, what: Phrase = tasks.RENAMED) -> str:
    """A line that says that a task got another title."""
    titles = {"before": f"**{literal(before.title)}**", "after": f"**{literal(after.title)}**"}
    return f"{DONE} {what.said(language, number=after.number, **titles)}"


def _completed(change: Change, language: str) -> str:
    assert change.after is not None  # noqa: S101  # completing leaves a task there
    same = change.before is not None and change.before.status == change.after.status
    return act_line(change.after, tasks.COMPLETED_BEFORE if same else tasks.COMPLETED, language)


def _changed(change: Change, language: str) -> str:
    before, after = change.before, change.after
    assert before is not None  # noqa: S101  # an update is of what is there
    assert after is not None  # noqa: S101
    if before.title != after.title:
        return renamed_line(before, after, language)
    if before.status != after.status:
        return act_line(after, tasks.REOPENED if after.status == "pending" else tasks.COMPLETED, language)
    return act_line(after, tasks.CHANGED, language, details=True)


def _back(change: Change, language: str, *, brought: bool) -> str:
    before, after = change.before, change.after
    if after is None:
        return act_line(before, tasks.TAKEN_OFF, language) if before else f"{DONE} {tasks.UNDONE.said(language)}"
    if before is None:
        return act_line(after, tasks.BROUGHT_BACK if brought else tasks.BACK, language)
    if before.title != after.title:
        return renamed_line(before, after, language, tasks.TITLE_BACK)
    if before.status != after.status:
        return act_line(after, tasks.OPEN_AGAIN if after.status == "pending" else tasks.COMPLETED_AGAIN, language)
    return act_line(after, tasks.AS_BEFORE, language, details=True)


def _said(task: Task, language: str, *, overdue: bool = False) -> str:
    """What else is known of a task, in brackets."""
    due = tasks.OVERDUE if overdue else tasks.DUE
    parts = [
        due.said(language, day=day(task.due, language)) if task.due else "",
        "" if task.priority == "normal" else PRIORITIES[task.priority].said(language),
        *(tasks.TAG.said(language, tag=literal(tag)) for tag in task.tags),
    ]
    said = ", ".join(part for part in parts if part)
    return f" ({said})" if said else ""


def _narrowing(sought: Sought, language: str) -> Iterator[str]:
    if sought.priority:
        yield task_lists.WITH.said(language, what=PRIORITIES[sought.priority])
    if sought.tag:
        yield task_lists.TAGGED.said(language, tag=sought.tag)
    if sought.words:
        yield task_lists.ABOUT.said(language, words=sought.words)
    yield from _between(sought.due_from, sought.due_to, language)


def _between(start: date | None, end: date | None, language: str) -> Iterator[str]:
    if start is not None and start == end:
        yield tasks.DUE.said(language, day=day(start, language))
    elif start is not None and end is not None:
        yield task_lists.DUE_BETWEEN.said(language, first=day(start, language), last=day(end, language))
    elif start is not None:
        yield task_lists.DUE_FROM.said(language, day=day(start, language))
    elif end is not None:
        yield task_lists.DUE_BY.said(language, day=day(end, language))
