"""What a list of tasks gives, whoever keeps it: a host application may put tables of its own behind it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Final, Literal, Protocol

from pageside.identity.reader import Reader
from pageside.tasks.task import Details, Task

KEPT: Final = timedelta(days=30)  # how long what was deleted can be brought back
MAX_TASKS: Final = 1_000  # of a reader, deleted ones aside

Wanted = Literal["all", "pending", "completed"]


class Board(Protocol):
    """The tasks of one reader within one unit of work: all that is done in it is kept, or none.

    Every method that names a task raises `NoSuchTask` where the reader has none of that number, or it was deleted.
    """

    async def tasks(self, status: Wanted = "all") -> Sequence[Task]:
        """Those that were not deleted, by number."""
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

    async def update(self, number: int, told: Details) -> tuple[Task, Task]:
        """Changes what is told of it; gives it as it was and as it is.

        Raises:
            BadTask: What is told cannot be kept.
        """
        ...

    async def complete(self, number: int, *, done: bool = True) -> tuple[Task, Task]:
        """Marks it as completed, or as not; gives it as it was and as it is. Done again, nothing changes."""
        ...

    async def delete(self, number: int) -> Task:
        """Deletes it, for now."""
        ...

    async def restore(self, number: int) -> Task:
        """Brings it back; one that was not deleted stays as it is."""
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
