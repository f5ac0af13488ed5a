"""A breaker: after some failures in a row nobody asks for a while, and then one asks first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Literal

FAILURES: Final = 3
PAUSE_S: Final = 30.0

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Tells whether something outside is worth asking.

    Attributes:
        opened: How often it has opened.
    """

    def __init__(
        self, *, failures: int = FAILURES, pause_s: float = PAUSE_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Closed: everybody may ask.

        Args:
            failures: So many in a row open it.
            pause_s: Seconds it stays open before one may try.
            clock: Seconds from any beginning, never set back.
        """
        self._limit = failures
        self._pause_s = pause_s
        self._clock = clock
        self._failures = 0
        self._again_at = 0.0
        self._tried = False
        self.opened = 0

    @property
    def state(self) -> State:
        """`open` while nobody asks, `half_open` once one may try."""
        if self._failures < self._limit:
            return "closed"
        return "open" if self._clock() < self._again_at else "half_open"

    @property
    def failing(self) -> bool:
        """Whether the last that was asked failed."""
        return self._failures > 0

    def admits(self) -> bool:
        """Whether the caller may ask; whoever may must say how it went, or that they gave up."""
        match self.state:
            case "closed":
                return True
            case "open":
                return False
            case "half_open":
                admitted = not self._tried
                self._tried = True
                return admitted

    def succeeded(self) -> None:
        """What was asked answered."""
        self._failures, self._tried = 0, False

    def failed(self) -> None:
        """It did not."""
        was = self.state
        self._failures += 1
        self._tried = False
        if self.state != "closed":
            self._again_at = self._clock() + self._pause_s
            self.opened += was != "open"

    def gave_up(self) -> None:
        """Whoever asked left before there was an answer: nothing is known, and another may try."""
        self._tried = False
