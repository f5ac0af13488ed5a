"""What is said of what was done with tasks: short Markdown, one mark in front, titles as they were written; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from pageside import ids
from pageside.answer.events import ShownTasks
from pageside.answer.planner.intents import Act, Sought
from pageside.answer.planner.managing import Change, Done
from pageside.answer.planner.validating import RESTORE
from pageside.tasks.task import Priority, Task

DONE: Final = "✅"
FAILED: Final = "❌"
ASKED: Final = "🤔"
LISTED: Final = "📋"
LIMIT_LINES: Final = 50  # tasks of a list that are written out
HELP: Final = f"""{LISTED} I answer questions from the book, and keep your study tasks. You can say, for example:

- "Add read chapter 3 for Friday", or "remind me to reread this" with something selected
- "What's on my list?", "What is due this week?"
- "Mark task 2 as done", "I finished the second one"
- "Rename task 2 to Buy oat milk", "Move task 2 to Monday"
- "Delete task 2", and "undo" to bring it back"""
UNSURE: Final = (
    f"{ASKED} I am not sure what you want done with your tasks. Say it in other words, with the number of the task, "
    'such as "complete task 2", or ask "what can you do with tasks?".'
)
_ONE_BY_ONE: Final = (
    "I am not sure which tasks you mean, so nothing was changed. Say it one by one, with their numbers, such as "
    '"complete #2".'
)

_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~$#]|:(?=//)|&(?=[#\w]+;)|(?<=\bwww)\.")


def literal(title: str) -> str:
    """Markdown that shows `title` as it is, whatever it holds."""
    return _MARKUP.sub(r"\\\g<0>", title)


def told(text: str) -> str:
    """Something of ours that is said and asks for nothing."""
    return f"{DONE} {text}"


def done(acts: Sequence[Done]) -> str:
    """What became of each of `acts`, a line each; lists aside."""
    lines = [line for each in acts if each.call.act.intent != "list" for line in _lines(each)]
    more = len(lines) - LIMIT_LINES
    shown = [*lines[:LIMIT_LINES], *([f"and {more} more."] if more > 0 else [])]
    deleted = sum(each.call.act.intent == "delete" for each in acts)
    if deleted == 1 == len(lines):
        return f'{shown[0]}. Say "undo" to bring it back.'
    if deleted:
        shown.append('Say "undo" to bring back what was before.')
    return "\n\n".join(shown)


def failed(message: str, *, several: bool) -> str:
    """That something could not be done, and why; and that nothing else of the message was done either."""
    return f"{FAILED} {literal_message(message)}" + (" Nothing was changed." if several else "")


def literal_message(message: str) -> str:
    """A message of ours that may quote what a reader wrote, as Markdown; numbers of tasks stay as they are."""
    return re.sub(r"[\\`*_\[\]<>|~$]|#(?!\d)", r"\\\g<0>", message)


def listed(heading: str, tasks: Sequence[Task], *, today: date) -> str:
    """A list of `tasks` under its heading."""
    lines = [row(task, today=today) for task in tasks[:LIMIT_LINES]]
    more = len(tasks) - len(lines)
    rest = [f"\nand {more} more."] if more else []
    return "\n".join([f"{LISTED} {literal(heading)}", *lines, *rest])


def heading(sought: Sought, tasks: Sequence[Task]) -> str:
    """What a list of `tasks` shows, such as "3 open tasks"."""
    kind = {"pending": "open ", "completed": "completed ", "all": ""}[sought.status]
    count = len(tasks) if tasks else "No"
    noun = "task" if len(tasks) == 1 else "tasks"
    return f"{count} {kind}{noun}" + _narrowing(sought)


def row(task: Task, *, today: date) -> str:
    """A task as a line of a list."""
    box = "x" if task.status == "completed" else " "
    overdue = task.status == "pending" and task.due is not None and task.due < today
    return f"- [{box}] #{task.number} **{literal(task.title)}**{_said(task, overdue=overdue)}"


def options(tasks: Iterable[Task]) -> tuple[str, ...]:
    """What a reader can choose from, for a form."""
    return tuple(f"#{task.number} {task.title}" for task in tasks)


def asked(question: str, tasks: Sequence[Task] = ()) -> str:
    """A question back as text, with numbered tasks to choose from."""
    lines = [f"{at}. #{task.number} **{literal(task.title)}**" for at, task in enumerate(tasks, start=1)]
    return "\n".join([question, *lines])


def offered(question: str, labels: Sequence[str]) -> str:
    """As `asked`, from what a form offered; a question of yes or no is asked by its words alone."""
    lines = [f"{at}. {_label(label)}" for at, label in enumerate(labels, start=1) if label.startswith("#")]
    return "\n".join([question, *lines])


def which(act: Act, *, found: bool = True) -> str:
    """The question which task is meant."""
    lead = "" if found else "I found no task like that. "
    match act.intent:
        case "complete":
            return f"{ASKED} {lead}Which task have you finished?"
        case "delete":
            return f"{ASKED} {lead}Which task shall I delete?"
        case "undo":
            return f"{ASKED} {lead}Which task shall I bring back?"
        case _:
            return f"{ASKED} {lead}Which task do you mean?"


def none_there(act: Act) -> str:
    """That there is no task that an act could be done to."""
    what = "Nothing was deleted in the last 30 days" if act.intent == "undo" else "You have no such task"
    return f"{ASKED} {what}. What shall I do instead?"


def one_by_one() -> str:
    """That too much is doubtful to be asked about at once."""
    return f"{ASKED} {_ONE_BY_ONE}"


def whether(acts: Sequence[tuple[Act, Sequence[Task]]]) -> str:
    """The question whether `acts`, each with its tasks, are what the reader wants done."""
    wishes = " and ".join(_wish(act, tasks) for act, tasks in acts)
    return f"{ASKED} Shall I {wishes}? Say yes or no."


def again(acts: Sequence[tuple[Act, Sequence[Task]]]) -> str:
    """The question whether what may have been done before is to be done once more."""
    wishes = " and ".join(_wish(act, tasks) for act, tasks in acts)
    return f"{ASKED} You asked for this before. Shall I {wishes} once more? Say yes or no."


def day(day: date) -> str:
    """A day as readers see it, such as Fri 27 Nov."""
    return f"{day:%a} {day.day} {day:%b}"


def touched(acts: Sequence[Done]) -> ShownTasks | None:
    """The tasks that were changed, as they are now; those deleted as they were, to be brought back."""
    last: dict[int, Task] = {}
    for change in (change for each in acts for change in each.changes):
        if (task := change.after or change.before) is not None:
            last[task.number] = task if change.after else replace(task, deleted_at=ids.now())
    if not last:
        return None
    return ShownTasks(f"{len(last)} task{'' if len(last) == 1 else 's'}", tuple(last.values()))


def _label(label: str) -> str:
    number, _, title = label.partition(" ")
    return f"{number} **{literal(title)}**"


def _wish(act: Act, tasks: Sequence[Task]) -> str:
    named = ", ".join(f"#{task.number} **{literal(task.title)}**" for task in tasks[:8])
    named += f" and {len(tasks) - 8} more" if len(tasks) > 8 else ""
    match act.intent:
        case "add":
            return f"add **{literal(' '.join((act.details.title or '').split())[:200])}** to your tasks"
        case "complete":
            return f"mark {named or 'it'} as done"
        case "delete":
            return f"delete {named or 'it'}"
        case "undo":
            return f"bring back {named}" if named else "undo what was done last"
        case _:
            return f"change {named or 'it'}"


def _lines(done: Done) -> list[str]:
    match done.call.act.intent:
        case "undo":
            return [_back(change, brought=done.call.tool == RESTORE) for change in done.changes] or [
                f"{DONE} Undone: nothing had changed."
            ]
        case "add":
            return [_line(change.after, "created", details=True) for change in done.changes if change.after]
        case "complete":
            return [_completed(change) for change in done.changes]
        case "delete":
            return [_line(change.before, "deleted") for change in done.changes if change.before]
        case _:
            return [_changed(change) for change in done.changes]


def _line(task: Task, what: str, *, details: bool = False) -> str:
    return f"{DONE} Task #{task.number} {what}: **{literal(task.title)}**" + (_said(task) if details else "")


def _completed(change: Change) -> str:
    assert change.after is not None  # noqa: S101  # completing leaves a task there
    same = change.before is not None and change.before.status == change.after.status
    return _line(change.after, "was completed already" if same else "completed")


def _changed(change: Change) -> str:
    before, after = change.before, change.after
    assert before is not None  # noqa: S101  # an update is of what is there
    assert after is not None  # noqa: S101
    if before.title != after.title:
        return f"{DONE} Task #{after.number} renamed: {_to(before, after)}"
    if before.status != after.status:
        return _line(after, "reopened" if after.status == "pending" else "completed")
    return _line(after, "changed", details=True)


def _back(change: Change, *, brought: bool) -> str:
    before, after = change.before, change.after
    if after is None:
        return _line(before, "taken off your list again") if before else f"{DONE} Undone."
    if before is None:
        return _line(after, "is back" if not brought else "brought back")
    if before.title != after.title:
        return f"{DONE} Task #{after.number} has its title back: {_to(before, after)}"
    if before.status != after.status:
        return _line(after, "is open again" if after.status == "pending" else "is completed again")
    return _line(after, "is as it was before", details=True)


def _to(before: Task, after: Task) -> str:
    return f"**{literal(before.title)}** → **{literal(after.title)}**"


def _said(task: Task, *, overdue: bool = False) -> str:
    """What else is known of a task, in brackets."""
    priority: dict[Priority, str] = {"high": "high priority", "low": "low priority", "normal": ""}
    parts = [
        f"{'overdue since' if overdue else 'due'} {day(task.due)}" if task.due else "",
        priority[task.priority],
        *(f"tag {literal(tag)}" for tag in task.tags),
    ]
    said = ", ".join(part for part in parts if part)
    return f" ({said})" if said else ""


def _narrowing(sought: Sought) -> str:
    parts = [
        f" with {sought.priority} priority" if sought.priority else "",
        f" tagged {sought.tag}" if sought.tag else "",
        f' about "{sought.words}"' if sought.words else "",
        _between(sought.due_from, sought.due_to),
    ]
    return "".join(parts)


def _between(start: date | None, end: date | None) -> str:
    if start is not None and start == end:
        return f" due {day(start)}"
    if start is not None and end is not None:
        return f" due {day(start)} to {day(end)}"
    if start is not None:
        return f" due from {day(start)}"
    return f" due by {day(end)}" if end is not None else ""
