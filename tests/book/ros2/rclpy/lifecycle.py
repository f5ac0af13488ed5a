"""Managed nodes: unconfigured, inactive, active, finalized."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from rclpy.node import Node as _PlainNode
from rclpy.qos import QoSProfile, profile
from rclpy.topics import Publisher


class TransitionCallbackReturn(Enum):
    SUCCESS = 97
    FAILURE = 98
    ERROR = 99


@dataclass(frozen=True)
class State:
    label: str
    state_id: int


UNCONFIGURED, INACTIVE = State("unconfigured", 1), State("inactive", 2)
ACTIVE, FINALIZED = State("active", 3), State("finalized", 4)


class LifecyclePublisher(Publisher):
    enabled = False

    def publish(self, message: Any) -> None:
        if self.enabled:
            super().publish(message)


class LifecycleNode(_PlainNode):
    def __init__(self, node_name: str, **options: Any) -> None:
        super().__init__(node_name, **options)
        self.state = UNCONFIGURED
        self._managed: list[LifecyclePublisher] = []

    def create_lifecycle_publisher(self, msg_type: type, topic: str, qos_profile: QoSProfile | int) -> Any:
        made = LifecyclePublisher(self, msg_type, self.resolve(topic), profile(qos_profile))
        self._managed.append(made)
        return made

    def on_configure(self, state: State) -> TransitionCallbackReturn:
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state: State) -> TransitionCallbackReturn:
        for publisher in self._managed:
            publisher.enabled = True
        return TransitionCallbackReturn.SUCCESS

    def on_deactivate(self, state: State) -> TransitionCallbackReturn:
        for publisher in self._managed:
            publisher.enabled = False
        return TransitionCallbackReturn.SUCCESS

    def on_cleanup(self, state: State) -> TransitionCallbackReturn:
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: State) -> TransitionCallbackReturn:
        return TransitionCallbackReturn.SUCCESS

    def trigger_configure(self) -> TransitionCallbackReturn:
        return self._pass("configure", UNCONFIGURED, INACTIVE)

    def trigger_activate(self) -> TransitionCallbackReturn:
        return self._pass("activate", INACTIVE, ACTIVE)

    def trigger_deactivate(self) -> TransitionCallbackReturn:
        return self._pass("deactivate", ACTIVE, INACTIVE)

    def trigger_cleanup(self) -> TransitionCallbackReturn:
        return self._pass("cleanup", INACTIVE, UNCONFIGURED)

    def trigger_shutdown(self) -> TransitionCallbackReturn:
        return self._pass("shutdown", self.state, FINALIZED)

    def _pass(self, transition: str, source: State, target: State) -> TransitionCallbackReturn:
        if self.state is not source:
            raise RuntimeError(f"no transition {transition!r} from state {self.state.label!r}")
        verdict = getattr(self, f"on_{transition}")(self.state)
        if verdict is TransitionCallbackReturn.SUCCESS:
            self.state = target
        return verdict


Node = LifecycleNode
