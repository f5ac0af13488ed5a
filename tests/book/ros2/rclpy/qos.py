"""Quality of service: what a publisher offers, what a subscription asks for, and whether the two match."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any


class ReliabilityPolicy(Enum):
    RELIABLE = 1
    BEST_EFFORT = 2


class DurabilityPolicy(Enum):
    TRANSIENT_LOCAL = 1
    VOLATILE = 2


class HistoryPolicy(Enum):
    KEEP_LAST = 1
    KEEP_ALL = 2


QoSReliabilityPolicy = ReliabilityPolicy
QoSDurabilityPolicy = DurabilityPolicy
QoSHistoryPolicy = HistoryPolicy


@dataclass(kw_only=True)
class QoSProfile:
    depth: int = 10
    history: HistoryPolicy = HistoryPolicy.KEEP_LAST
    reliability: ReliabilityPolicy = ReliabilityPolicy.RELIABLE
    durability: DurabilityPolicy = DurabilityPolicy.VOLATILE
    deadline: Any = None
    lifespan: Any = None
    liveliness: Any = None


qos_profile_sensor_data = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)
qos_profile_system_default = QoSProfile(depth=10)
qos_profile_services_default = QoSProfile(depth=10)


def profile(qos: QoSProfile | int) -> QoSProfile:
    """A bare number means: keep that many, reliable, volatile."""
    return QoSProfile(depth=qos) if isinstance(qos, int) else qos


def mismatch(offered: QoSProfile, requested: QoSProfile) -> str:
    """The policy in which the offer is weaker than the request; empty where the two match."""
    best_effort, volatile = ReliabilityPolicy.BEST_EFFORT, DurabilityPolicy.VOLATILE
    if offered.reliability is best_effort and requested.reliability is not best_effort:
        return "RELIABILITY"
    if offered.durability is volatile and requested.durability is not volatile:
        return "DURABILITY"
    return ""
