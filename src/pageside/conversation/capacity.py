"""How many answers a process makes at once, how many questions wait for one of them to end, and who is refused."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from pageside.backoff import spread
from pageside.errors import Unavailable
from pageside.phrases import refusals, times
from pageside.telemetry import metrics

ANSWERS: Final = 200
WAITING: Final = 200
PATIENCE: Final = timedelta(seconds=10)

_AGAIN_S: Final = 8.0


class Overloaded(Unavailable):
    """As many answers are under way, and questions waiting, as this process takes.

    Attributes:
        retry_after_s: When it is worth asking again, in seconds from now: not the same for all.
    """

    code = "overloaded"

    def __init__(self) -> None:
        self.retry_after_s = round(spread(_AGAIN_S))
        super().__init__(refusals.OVERLOADED.of(wait=times.SECONDS.of(n=self.retry_after_s)))


class Capacity:
    """Places for answers, given out in the order in which they are asked for.

    Attributes:
        under_way: Places that are taken.
        waiting: Questions that wait for one.
        refused: Questions that were given none, since the start.
    """

    def __init__(self, *, answers: int = ANSWERS, waiting: int = WAITING, patience: timedelta = PATIENCE) -> None:
        """All places free.

        Args:
            answers: Places, from 1.
            waiting: How many may wait; one more is refused at once.
            patience: How long one waits.
        """
        self.under_way = 0
        self.waiting = 0
        self.refused = 0
        self._places = asyncio.Semaphore(answers)
        self._most_waiting = waiting
        self._patience_s = patience.total_seconds()

    async def take(self) -> None:
        """Returns with a place, which has to be given back.

        Raises:
            Overloaded: Too many wait, or none became free in time.
        """
        if self._places.locked():
            await self._wait()
        else:
            await self._places.acquire()  # at once: nobody is before us
        self.under_way += 1
        metrics.UNDER_WAY.inc()

    def give_back(self) -> None:
        """One place is free again."""
        self.under_way -= 1
        metrics.UNDER_WAY.dec()
        self._places.release()

    async def _wait(self) -> None:
        if self.waiting >= self._most_waiting:
            self.refused += 1
            raise Overloaded
        self.waiting += 1
        metrics.WAITING.inc()
        try:
            async with asyncio.timeout(self._patience_s):
                await self._places.acquire()
        except TimeoutError:
            self.refused += 1
            raise Overloaded from None
        finally:
            self.waiting -= 1
            metrics.WAITING.dec()
