"""Points in time, in whole nanoseconds."""

from __future__ import annotations

from functools import total_ordering
from typing import Any

from builtin_interfaces.msg import Time as TimeMsg

from rclpy.duration import Duration


@total_ordering
class Time:
    def __init__(self, *, seconds: float = 0, nanoseconds: int = 0, clock_type: Any = None) -> None:
        self.nanoseconds = int(seconds * 1_000_000_000) + int(nanoseconds)
        self.clock_type = clock_type

    @classmethod
    def from_msg(cls, msg: Any) -> Time:
        return cls(nanoseconds=msg.sec * 1_000_000_000 + msg.nanosec)

    def to_msg(self) -> Any:
        sec, nanosec = divmod(self.nanoseconds, 1_000_000_000)
        return TimeMsg(sec=sec, nanosec=nanosec)

    def seconds_nanoseconds(self) -> tuple[int, int]:
        return divmod(self.nanoseconds, 1_000_000_000)

    def __add__(self, other: Duration) -> Time:
        return Time(nanoseconds=self.nanoseconds + other.nanoseconds)

    def __sub__(self, other: Any) -> Any:
        kind = Duration if isinstance(other, Time) else Time
        return kind(nanoseconds=self.nanoseconds - other.nanoseconds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and self.nanoseconds == other.nanoseconds

    def __lt__(self, other: Time) -> bool:
        return self.nanoseconds < other.nanoseconds

    def __hash__(self) -> int:
        return hash(self.nanoseconds)
