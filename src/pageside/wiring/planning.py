"""Settings to what is done with readers' tasks."""

from __future__ import annotations

from pageside import ids
from pageside.answer.models import Models
from pageside.answer.planner import rules
from pageside.answer.planner.orchestrating import Orchestrator
from pageside.answer.recalling import Answering
from pageside.conversation.earlier import Earlier
from pageside.conversation.progress import Progress, looking_at_tasks, searching
from pageside.settings import Settings
from pageside.storage.engine import Database
from pageside.tasks.board import TaskBoard
from pageside.tasks.board_sql import SqlTaskBoard


def board(settings: Settings, database: Database) -> TaskBoard | None:
    """The tasks of all readers; None where they are turned off."""
    return SqlTaskBoard(database) if settings.tasks else None


def orchestrator(tutor: Answering, chosen: Models, database: Database, tasks: TaskBoard | None) -> Answering:
    """Whoever answers: the tutor alone, or what does what is to be done with tasks in front of it."""
    if tasks is None:
        return tutor
    return Orchestrator(tutor, tasks, models=chosen, earlier=Earlier(database))


def progress(tasks: TaskBoard | None) -> Progress:
    """What readers are told first."""
    return searching if tasks is None else looking_at_tasks(_concerns)


def _concerns(text: str) -> bool:
    parsed = rules.parse(text, today=ids.now().date())
    return bool(parsed.acts) and not parsed.book
