"""Knows every node, publisher, subscription and server of the stand-in, and what time it is."""

from __future__ import annotations

from typing import Any

START_NS = 0


class Graph:
    """The one graph of the process; `reset` gives the next page a clean one."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.running = False
        self.now_ns = START_NS
        self.nodes: list[Any] = []
        self.publishers: list[Any] = []
        self.subscriptions: list[Any] = []
        self.services: dict[str, Any] = {}
        self.actions: dict[str, Any] = {}
        self.executors: list[Any] = []

    def forget(self, node: Any) -> None:
        """Takes a destroyed node and all it owns out of the graph."""
        self.nodes = [other for other in self.nodes if other is not node]
        self.publishers = [p for p in self.publishers if p.node is not node]
        self.subscriptions = [s for s in self.subscriptions if s.node is not node]
        self.services = {name: s for name, s in self.services.items() if s.node is not node}
        self.actions = {name: a for name, a in self.actions.items() if a.node is not node}


GRAPH = Graph()


class Stuck(RuntimeError):
    """The program waits for something that cannot happen any more; with ROS 2 it would hang."""
