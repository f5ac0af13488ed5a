"""How long to wait before something is tried again; never the same for two who failed together."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

_LARGEST_POWER: Final = 30

Dice = Callable[[], float]


def pause_s(failures: int, *, first_s: float, longest_s: float, dice: Dice = random.random) -> float:
    """Seconds to wait after so many failures in a row: doubled each time up to the longest, then spread.

    Args:
        failures: From 1.
        first_s: After the first failure, before it is spread.
        longest_s: Before it is spread.
        dice: A number from 0 up to 1, another one each time.

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: "equal jitter", about its
        middle.
    """
    return spread(min(longest_s, first_s * 2 ** min(failures - 1, _LARGEST_POWER)), dice=dice)


def spread(about_s: float, *, dice: Dice = random.random) -> float:
    """Anything from half of `about_s` to one and a half of it, all as likely, so that a crowd does not come at once."""
    return about_s * (0.5 + dice())
