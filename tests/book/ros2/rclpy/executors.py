"""Executors: who calls the callbacks, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rclpy.graph import GRAPH, Stuck
from rclpy.task import Future, Task

CTRL_C_AFTER_NS = 3_000_000_000


class ExternalShutdownException(Exception):
    """Raised by ROS 2 when something else shut the context down."""


class Executor:
    concurrent = False

    def __init__(self, num_threads: int | None = None, *, context: Any = None) -> None:
        self.nodes: list[Any] = []
        self.tasks: list[Task] = []
        self._queue: list[tuple[Any, Callable[[], Any]]] = []

    def add_node(self, node: Any) -> bool:
        node.executor = self
        self.nodes.append(node)
        return True

    def remove_node(self, node: Any) -> None:
        self.nodes = [other for other in self.nodes if other is not node]

    def get_nodes(self) -> list[Any]:
        return list(self.nodes)

    def shutdown(self, timeout_sec: float | None = None) -> bool:
        self.nodes.clear()
        return True

    def create_task(self, callback: Callable[..., Any], *args: Any) -> Task:
        task = Task(lambda: callback(*args), lambda: None)
        self.tasks.append(task)
        return task

    def spin(self) -> None:
        """Works until the simulated Ctrl-C."""
        self.run_until(GRAPH.now_ns + CTRL_C_AFTER_NS)
        raise KeyboardInterrupt

    def spin_once(self, timeout_sec: float | None = None) -> None:
        limit_ns = None if timeout_sec is None else GRAPH.now_ns + int(timeout_sec * 1e9)
        while not self._step():
            if not self._advance(limit_ns):
                if limit_ns is None:
                    raise Stuck("spin_once waits without a time limit and nothing is coming")
                return

    def spin_until_future_complete(self, future: Future, timeout_sec: float | None = None) -> None:
        limit_ns = None if timeout_sec is None else GRAPH.now_ns + int(timeout_sec * 1e9)
        while not future.done():
            if not self._step() and not self._advance(limit_ns):
                if limit_ns is None:
                    raise Stuck("nothing that still runs can complete this future")
                return

    def run_until(self, until_ns: int) -> None:
        """Runs everything that becomes ready up to a point in simulated time."""
        while GRAPH.running and GRAPH.now_ns <= until_ns and (self._step() or self._advance(until_ns)):
            pass

    def _advance(self, limit_ns: int | None) -> bool:
        """Moves the clock to the next timer, if one falls due within the limit."""
        due = [timer.next_ns for node in self.nodes for timer in node.live_timers() if timer.group.free]
        upcoming = min(due, default=None)
        if upcoming is None or (limit_ns is not None and upcoming > limit_ns):
            if limit_ns is not None:
                GRAPH.now_ns = max(GRAPH.now_ns, limit_ns)
            return False
        GRAPH.now_ns = max(GRAPH.now_ns, upcoming)
        return True

    def _step(self) -> bool:
        """Does one piece of work; False when nothing is ready."""
        waiting = next((task for task in self.tasks if task.ready), None)
        if waiting is not None:
            self._run(waiting)
            return True
        group_and_call = next(self._ready(), None)
        if group_and_call is None:
            return False
        group, call = group_and_call
        group.busy += 1
        task = Task(call, lambda: setattr(group, "busy", group.busy - 1))
        self.tasks.append(task)
        self._run(task)
        return True

    def _run(self, task: Task) -> None:
        GRAPH.executors.append(self)
        try:
            task.step()
        except BaseException:
            self.tasks.remove(task)
            raise
        finally:
            GRAPH.executors.pop()
        if task.done():
            self.tasks.remove(task)

    def _ready(self) -> Iterator[tuple[Any, Callable[[], Any]]]:
        """The next piece of work whose callback group is free: timers first, then messages, then requests."""
        for node in list(self.nodes):
            for timer in node.live_timers():
                if timer.next_ns <= GRAPH.now_ns and timer.group.free:
                    yield timer.group, timer.take()
        for node in list(self.nodes):
            for subscription in node.subscriptions_:
                if subscription.queue and subscription.group.free:
                    yield subscription.group, subscription.take()
        for node in list(self.nodes):
            for work in node.inbox:
                if work[0].free:
                    node.inbox.remove(work)
                    yield work


class SingleThreadedExecutor(Executor):
    pass


class MultiThreadedExecutor(Executor):
    concurrent = True
