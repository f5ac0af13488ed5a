"""How many connections a pool has."""

from __future__ import annotations

from sqlalchemy.pool import Pool, QueuePool


def pooled(pool: Pool, *, most: int) -> tuple[int, int, int]:
    """How many connections of `pool` are in use, how many are open and idle, and how many there may be.

    Args:
        most: Pools do not say it.
    """
    return (pool.checkedout(), pool.checkedin(), most) if isinstance(pool, QueuePool) else (0, 0, most)
