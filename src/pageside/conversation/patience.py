"""Waits in a row, none of which may be too long, at the price of one timer for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta


class Patience:
    """Calls `over` when one wait lasts too long.

    A stream waits twice for each of thousands of events. A timer for each wait costs more than the waiting itself, so
    the one timer looks, when it comes due, whether there is a wait and how long it has lasted.
    """

    def __init__(self, longest: timedelta, over: Callable[[], None]) -> None:
        """No wait yet.

        Args:
            longest: How long a wait may last.
        """
        self._longest_s = longest.total_seconds()
        self._over = over
        self._loop = asyncio.get_running_loop()
        self._began: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """A wait begins."""
        self._began = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(self._longest_s, self._look)

    def end(self) -> None:
        """The wait has ended in time."""
        self._began = None

    def close(self) -> None:
        """There will be no more waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._began is None:
            return
        left_s = self._began + self._longest_s - self._loop.time()
        if left_s > 0:
            self._timer = self._loop.call_later(left_s, self._look)
        else:
            self._over()
