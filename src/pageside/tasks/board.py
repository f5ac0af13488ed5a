"""What a list of tasks gives, whoever keeps it: a host application may put tables of its own behind it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, timedelta
from typing import Final, Literal, Protocol

from pageside.identity.reader import Reader
from pageside.tasks.task import Details, Status, Task

KEPT: Final = timedelta(days=30)  # how long what was deleted can be brought back, and what was done be undone
MAX_TASKS: Final = 1_000  # of a reader, and as many deleted ones, of which the first then go for good
MAX_UNDONE: Final = 100  # units of work of a reader that can be undone, the last first

Wanted = Literal["all", "pending", "completed"]


class Board(Protocol):
    """The tasks of one reader within one unit of work: all that is done in it is kept, or none.

    Every method that names a task raises `NoSuchTask` where the reader has none of that number, or it was deleted.
    """

    async def tasks(
        self,
        status: Wanted = "all",
        *,
        words: str = "",
        tag: str = "",
        priority: str = "",
        due_from: date | None = None,
        due_to: date | None = None,
    ) -> Sequence[Task]:
        """Those that were not deleted and are all that is said, by number.

        Args:
            words: Each stands in the title, the description or a tag, whatever its case and accents; as part of a
                word, too.
            tag: One of its tags, as `Task.tags` has it or with `#`.
            due_from: The first day on which they may be due; those due on no day are left out, as by `due_to`.
            due_to: The last such day.
        """
        ...

    async def deleted(self) -> Sequence[Task]:
        """Those that can be brought back, the last deleted first."""
        ...

    async def get(self, number: int) -> Task:
        """One of them."""
        ...

    async def add(self, told: Details) -> Task:
        """A new one.

        Raises:
            BadTask: What is told cannot be kept, or the reader has `MAX_TASKS`.
        """
        ...

    async def update(self, number: int, told: Details, *, status: Status | None = None) -> tuple[Task, Task]:
        """Changes what is told of it; gives it as it was and as it is.

        Args:
            status: What it is to be; None leaves that.

        Raises:
            BadTask: What is told cannot be kept, or nothing is.
        """
        ...

    async def complete(self, number: int, *, done: bool = True) -> tuple[Task, Task]:
        """Marks it as completed, or as not; gives it as it was and as it is. Done again, nothing changes."""
        ...

    async def delete(self, number: int) -> Task:
        """Deletes it, for now; gives it as it was."""
        ...

    async def restore(self, number: int) -> Task:
        """Brings it back, which takes its deletion out of what `undo` would undo; one not deleted stays as it is.

        Raises:
            BadTask: The reader has `MAX_TASKS`.
        """
        ...

    async def undo(self) -> Sequence[tuple[Task, Task]]:
        """Undoes the last unit of work that changed anything; gives each task it was about, as it was and as it is.

        Called again it goes on to the unit before, at most `MAX_UNDONE` of them and for `KEPT`. What was added is
        deleted by it, and can be brought back. Within a unit that has changed something, that is what it undoes.

        Raises:
            NothingToUndo: There is none.
        """
        ...

    async def revision(self) -> int:
        """A number from 0 that grows with every unit of work that changes anything: equal where nothing changed."""
        ...


class TaskBoard(Protocol):
    """The tasks of all readers."""

    def work(self, reader: Reader) -> AbstractAsyncContextManager[Board]:
        """One unit of work on the tasks of `reader`: kept whole at the end of the block, dropped whole if it raises.

        Units of one reader follow each other.

        Raises:
            StoreUnavailable: The tasks cannot be reached.
        """
        ...

    def reading(self, reader: Reader) -> AbstractAsyncContextManager[Board]:
        """As `work`, for a block that changes nothing.

        Raises:
            StoreUnavailable: The tasks cannot be reached.
        """
        ...
