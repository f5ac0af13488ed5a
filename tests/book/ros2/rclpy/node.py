"""The node: what a ROS 2 program is made of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from rcl_interfaces.msg import SetParametersResult

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.graph import GRAPH
from rclpy.logging import Logger
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, profile
from rclpy.services import Client, Service
from rclpy.topics import Publisher, Subscription, Timer


class Node:
    def __init__(
        self, node_name: str, *, namespace: str = "", parameter_overrides: list[Parameter] | None = None, **_unused: Any
    ) -> None:
        if not GRAPH.running:
            raise RuntimeError("rclpy.init() has not been called")
        self._name, self._namespace = node_name, "/" + namespace.strip("/") if namespace else ""
        self.default_callback_group = MutuallyExclusiveCallbackGroup()
        self.executor: Any = None
        self.timers_: list[Timer] = []
        self.subscriptions_: list[Subscription] = []
        self.inbox: deque[tuple[Any, Callable[[], Any]]] = deque()
        self._overrides = {p.name: p for p in parameter_overrides or []}
        self._parameters: dict[str, Parameter] = {}
        self._on_set: list[Callable[[list[Parameter]], Any]] = []
        self._clock = Clock()
        GRAPH.nodes.append(self)

    def get_name(self) -> str:
        return self._name

    def get_namespace(self) -> str:
        return self._namespace or "/"

    def get_fully_qualified_name(self) -> str:
        return f"{self._namespace}/{self._name}"

    def get_logger(self) -> Logger:
        return Logger(self._name)

    def get_clock(self) -> Clock:
        return self._clock

    def resolve(self, name: str) -> str:
        """The full name of a topic or service: `~` is the node, a leading slash is the root."""
        if name.startswith("~"):
            return f"{self.get_fully_qualified_name()}{name[1:]}"
        return name if name.startswith("/") else f"{self._namespace}/{name}"

    def create_publisher(self, msg_type: type, topic: str, qos_profile: QoSProfile | int) -> Publisher:
        return Publisher(self, msg_type, self.resolve(topic), profile(qos_profile))

    def create_subscription(
        self,
        msg_type: type,
        topic: str,
        callback: Callable[[Any], Any],
        qos_profile: QoSProfile | int,
        *,
        callback_group: Any = None,
    ) -> Subscription:
        group = callback_group or self.default_callback_group
        made = Subscription(self, msg_type, self.resolve(topic), callback, profile(qos_profile), group)
        self.subscriptions_.append(made)
        return made

    def create_timer(self, timer_period_sec: float, callback: Callable[[], Any], callback_group: Any = None) -> Timer:
        made = Timer(timer_period_sec, callback, callback_group or self.default_callback_group)
        self.timers_.append(made)
        return made

    def create_service(
        self, srv_type: type, srv_name: str, callback: Callable[[Any, Any], Any], *, callback_group: Any = None
    ) -> Service:
        group = callback_group or self.default_callback_group
        return Service(self, srv_type, self.resolve(srv_name), callback, group)

    def create_client(self, srv_type: type, srv_name: str, *, callback_group: Any = None) -> Client:
        return Client(self, srv_type, self.resolve(srv_name), callback_group or self.default_callback_group)

    def live_timers(self) -> list[Timer]:
        return [timer for timer in self.timers_ if not timer.canceled]

    def post(self, call: Callable[[], Any], group: Any) -> None:
        """Puts a piece of work in the node's inbox; it is done when an executor spins the node."""
        self.inbox.append((group, call))

    def destroy_timer(self, timer: Timer) -> None:
        timer.cancel()

    def destroy_subscription(self, subscription: Subscription) -> None:
        self.subscriptions_.remove(subscription)
        GRAPH.subscriptions.remove(subscription)

    def destroy_publisher(self, publisher: Publisher) -> None:
        GRAPH.publishers.remove(publisher)

    def destroy_node(self) -> None:
        if self.executor is not None:
            self.executor.remove_node(self)
        GRAPH.forget(self)

    def declare_parameter(self, name: str, value: Any = None, descriptor: Any = None) -> Parameter:
        if name in self._parameters:
            raise ValueError(f"parameter {name!r} is declared already")
        override = self._overrides.get(name)
        self._parameters[name] = override if override is not None else Parameter(name, value=value)
        return self._parameters[name]

    def declare_parameters(self, namespace: str, parameters: list[tuple[str, Any]]) -> list[Parameter]:
        prefix = f"{namespace}." if namespace else ""
        return [self.declare_parameter(prefix + name, value) for name, value in parameters]

    def has_parameter(self, name: str) -> bool:
        return name in self._parameters

    def get_parameter(self, name: str) -> Parameter:
        return self._parameters[name]

    def add_on_set_parameters_callback(self, callback: Callable[[list[Parameter]], Any]) -> None:
        self._on_set.insert(0, callback)

    def set_parameters(self, parameters: list[Parameter]) -> list[Any]:
        return [self._set(parameter) for parameter in parameters]

    def _set(self, parameter: Parameter) -> Any:
        declared = self._parameters[parameter.name]
        if parameter.type_ is not declared.type_:
            reason = f"Wrong parameter type, expected '{declared.type_}' got '{parameter.type_}'"
            return SetParametersResult(successful=False, reason=reason)
        for callback in self._on_set:
            verdict = callback([parameter])
            if not verdict.successful:
                return verdict
        self._parameters[parameter.name] = parameter
        return SetParametersResult(successful=True)
