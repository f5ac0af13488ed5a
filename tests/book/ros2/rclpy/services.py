"""Services: one request, one response."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any

from rclpy.graph import GRAPH, Stuck
from rclpy.task import Future


class Service:
    def __init__(self, node: Any, kind: type, name: str, callback: Callable[[Any, Any], Any], group: Any) -> None:
        self.node, self.srv_type, self.srv_name, self.callback, self.group = node, kind, name, callback, group
        GRAPH.services[name] = self

    def accept(self, request: Any, client: Client, future: Future) -> None:
        async def answer() -> None:
            response = self.callback(request, self.srv_type.Response())
            if inspect.isawaitable(response):
                response = await response
            if not isinstance(response, self.srv_type.Response):
                raise TypeError(f"service {self.srv_name!r} must return a {self.srv_type.__name__}.Response")
            client.node.post(lambda: future.set_result(response), client.group)

        self.node.post(answer, self.group)


class Client:
    def __init__(self, node: Any, kind: type, name: str, group: Any) -> None:
        self.node, self.srv_type, self.srv_name, self.group = node, kind, name, group

    def service_is_ready(self) -> bool:
        return self.srv_name in GRAPH.services

    def wait_for_service(self, timeout_sec: float | None = None) -> bool:
        if not self.service_is_ready():
            if timeout_sec is None:
                raise Stuck(f"no node will ever offer the service {self.srv_name!r}")
            GRAPH.now_ns += int(timeout_sec * 1e9)
        return self.service_is_ready()

    def call_async(self, request: Any) -> Future:
        if not isinstance(request, self.srv_type.Request):
            raise TypeError(f"expected a {self.srv_type.__name__}.Request")
        future = Future()
        if self.service_is_ready():
            GRAPH.services[self.srv_name].accept(copy.deepcopy(request), self, future)
        return future

    def call(self, request: Any) -> Any:
        """The blocking call: with one thread nobody is left to take the response."""
        raise Stuck("call() blocks the only thread that could take the response; use call_async")
