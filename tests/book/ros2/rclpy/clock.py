"""The simulated clock that every node shares."""

from __future__ import annotations

from typing import Any

from rclpy.duration import Duration
from rclpy.graph import GRAPH
from rclpy.time import Time


class Clock:
    def now(self) -> Time:
        return Time(nanoseconds=GRAPH.now_ns)

    def sleep_for(self, duration: Duration, context: Any = None) -> bool:
        """Blocks the calling callback; other callbacks go on only under a multi-threaded executor."""
        until_ns = GRAPH.now_ns + duration.nanoseconds
        spinning = GRAPH.executors[-1] if GRAPH.executors else None
        if spinning is not None and spinning.concurrent:
            spinning.run_until(until_ns)
        GRAPH.now_ns = max(GRAPH.now_ns, until_ns)
        return True
