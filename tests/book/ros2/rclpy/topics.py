"""Publishers, subscriptions and timers."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable
from typing import Any

from rclpy.graph import GRAPH
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, mismatch


def _queue(qos: QoSProfile) -> deque[Any]:
    return deque(maxlen=None if qos.history is HistoryPolicy.KEEP_ALL else qos.depth)


class Publisher:
    def __init__(self, node: Any, kind: type, topic: str, qos: QoSProfile) -> None:
        self.node, self.msg_type, self.topic, self.qos_profile = node, kind, topic, qos
        self.kept = _queue(qos)
        GRAPH.publishers.append(self)
        for subscription in GRAPH.subscriptions:
            if subscription.topic == topic:
                subscription.meet(self)

    @property
    def topic_name(self) -> str:
        return self.topic

    def publish(self, message: Any) -> None:
        if type(message) is not self.msg_type:
            raise TypeError(f"Expected {self.msg_type}, got {type(message)}")
        message = copy.deepcopy(message)
        if self.qos_profile.durability is DurabilityPolicy.TRANSIENT_LOCAL:
            self.kept.append(message)
        for subscription in GRAPH.subscriptions:
            if subscription.hears(self):
                subscription.queue.append(copy.deepcopy(message))

    def get_subscription_count(self) -> int:
        return sum(subscription.hears(self) for subscription in GRAPH.subscriptions)


class Subscription:
    def __init__(
        self, node: Any, kind: type, topic: str, callback: Callable[[Any], Any], qos: QoSProfile, group: Any
    ) -> None:
        self.node, self.msg_type, self.topic, self.callback = node, kind, topic, callback
        self.qos_profile, self.group = qos, group
        self.queue = _queue(qos)
        GRAPH.subscriptions.append(self)
        for publisher in GRAPH.publishers:
            if publisher.topic == topic:
                self.meet(publisher)

    def hears(self, publisher: Publisher) -> bool:
        same = publisher.topic == self.topic and publisher.msg_type is self.msg_type
        return same and not mismatch(publisher.qos_profile, self.qos_profile)

    def meet(self, publisher: Publisher) -> None:
        """Both ends have just learned of each other: warn when they do not match, else hand over what was kept."""
        policy = mismatch(publisher.qos_profile, self.qos_profile)
        if policy:
            self.node.get_logger().warning(
                f"New publisher discovered on topic '{self.topic}', offering incompatible QoS. "
                f"No messages will be received from it. Last incompatible policy: {policy}"
            )
        elif self.qos_profile.durability is DurabilityPolicy.TRANSIENT_LOCAL:
            self.queue.extend(copy.deepcopy(message) for message in publisher.kept)

    def take(self) -> Callable[[], Any]:
        message = self.queue.popleft()
        return lambda: self.callback(message)


class Timer:
    def __init__(self, period_s: float, callback: Callable[[], Any], group: Any) -> None:
        self.period_ns, self.callback, self.group = round(period_s * 1e9), callback, group
        self.next_ns = GRAPH.now_ns + self.period_ns
        self.canceled = False

    def cancel(self) -> None:
        self.canceled = True

    def reset(self) -> None:
        self.canceled, self.next_ns = False, GRAPH.now_ns + self.period_ns

    def is_canceled(self) -> bool:
        return self.canceled

    def take(self) -> Callable[[], Any]:
        self.next_ns += self.period_ns
        if self.next_ns < GRAPH.now_ns and self.period_ns:
            missed = -(-(GRAPH.now_ns - self.next_ns) // self.period_ns)
            self.next_ns += missed * self.period_ns
        return self.callback
