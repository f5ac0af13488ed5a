"""The SDK's naive local times and the store's instants, turned into each other.

The SDK stamps items with `datetime.now()`: local, and without saying so. What comes from it is read that way, what goes
to it is given that way (it subtracts one from the other), and only instants are stored and sent.
"""

from __future__ import annotations

from datetime import UTC, datetime


def instant(stamp: datetime) -> datetime:
    """The moment that `stamp`, naive local or aware, stands for; aware, in UTC."""
    return stamp.astimezone(UTC)


def local(moment: datetime) -> datetime:
    """`moment` as the SDK would have stamped it: naive, local, with `fold` set where the hour happens twice."""
    return moment.astimezone().replace(tzinfo=None)
