"""Knows the front door of the stand-in: starting, spinning, stopping."""

from __future__ import annotations

from typing import Any

from rclpy.executors import SingleThreadedExecutor
from rclpy.graph import GRAPH
from rclpy.node import Node
from rclpy.task import Future


def init(*, args: Any = None, **_unused: Any) -> None:
    if GRAPH.running:
        raise RuntimeError("Context.init() must only be called once")
    GRAPH.reset()
    GRAPH.running = True


def ok() -> bool:
    return GRAPH.running


def shutdown() -> None:
    if not GRAPH.running:
        raise RuntimeError("rcl_shutdown already called")
    try_shutdown()


def try_shutdown() -> None:
    GRAPH.running = False
    for node in list(GRAPH.nodes):
        node.destroy_node()


def create_node(node_name: str, **options: Any) -> Node:
    return Node(node_name, **options)


def _executor_for(node: Node, executor: Any) -> Any:
    chosen = executor or node.executor or SingleThreadedExecutor()
    if node not in chosen.nodes:
        chosen.add_node(node)
    return chosen


def spin(node: Node, executor: Any = None) -> None:
    _executor_for(node, executor).spin()


def spin_once(node: Node, *, executor: Any = None, timeout_sec: float | None = None) -> None:
    _executor_for(node, executor).spin_once(timeout_sec)


def spin_until_future_complete(
    node: Node, future: Future, executor: Any = None, timeout_sec: float | None = None
) -> None:
    _executor_for(node, executor).spin_until_future_complete(future, timeout_sec)
