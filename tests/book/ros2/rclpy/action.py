"""Actions: a goal, feedback on the way, a result, and the right to cancel."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from enum import Enum
from types import SimpleNamespace
from typing import Any

from action_msgs.msg import GoalStatus

from rclpy.graph import GRAPH, Stuck
from rclpy.task import Future


class GoalResponse(Enum):
    REJECT = 1
    ACCEPT = 2


class CancelResponse(Enum):
    REJECT = 1
    ACCEPT = 2


class ServerGoalHandle:
    def __init__(
        self, server: ActionServer, request: Any, client: ActionClient, on_feedback: Callable[[Any], Any] | None
    ) -> None:
        self._server, self.request, self._client, self._on_feedback = server, request, client, on_feedback
        self.status = GoalStatus.STATUS_ACCEPTED
        self.is_cancel_requested = False
        self.outcome = Future()

    @property
    def is_active(self) -> bool:
        return self.status in (GoalStatus.STATUS_ACCEPTED, GoalStatus.STATUS_EXECUTING, GoalStatus.STATUS_CANCELING)

    def publish_feedback(self, feedback: Any) -> None:
        if self._on_feedback is not None:
            message = SimpleNamespace(feedback=copy.deepcopy(feedback))
            callback = self._on_feedback
            self._client.node.post(lambda: callback(message), self._client.group)

    def succeed(self) -> None:
        self.status = GoalStatus.STATUS_SUCCEEDED

    def abort(self) -> None:
        self.status = GoalStatus.STATUS_ABORTED

    def canceled(self) -> None:
        if not self.is_cancel_requested:
            raise RuntimeError("goal cannot be canceled: nobody asked for it")
        self.status = GoalStatus.STATUS_CANCELED

    def execute(self) -> None:
        self._server.node.post(lambda: self._server.run(self), self._server.group)


class ActionServer:
    def __init__(
        self,
        node: Any,
        action_type: type,
        action_name: str,
        execute_callback: Callable[[Any], Any],
        *,
        callback_group: Any = None,
        goal_callback: Callable[[Any], Any] = lambda _: GoalResponse.ACCEPT,
        handle_accepted_callback: Callable[[Any], Any] = lambda goal: goal.execute(),
        cancel_callback: Callable[[Any], Any] = lambda _: CancelResponse.REJECT,
    ) -> None:
        self.node, self.action_type, self.execute_callback = node, action_type, execute_callback
        self.group = callback_group or node.default_callback_group
        self.goal_callback, self.accepted_callback = goal_callback, handle_accepted_callback
        self.cancel_callback = cancel_callback
        GRAPH.actions[node.resolve(action_name)] = self

    async def run(self, goal: ServerGoalHandle) -> None:
        goal.status = GoalStatus.STATUS_EXECUTING
        result = self.execute_callback(goal)
        if inspect.isawaitable(result):
            result = await result
        if goal.is_active:
            self.node.get_logger().warning("Goal state not set, assuming aborted.")
            goal.abort()
        if not isinstance(result, self.action_type.Result):
            raise TypeError(f"execute_callback must return a {self.action_type.__name__}.Result")
        goal.outcome.set_result(SimpleNamespace(status=goal.status, result=result))

    def take_goal(self, request: Any, client: ActionClient, on_feedback: Any, future: Future) -> None:
        goal = ServerGoalHandle(self, request, client, on_feedback)
        accepted = self.goal_callback(request) is GoalResponse.ACCEPT
        handle = ClientGoalHandle(goal, client, accepted=accepted)
        client.node.post(lambda: future.set_result(handle), client.group)
        if accepted:
            self.accepted_callback(goal)

    def take_cancel(self, goal: ServerGoalHandle, client: ActionClient, future: Future) -> None:
        granted = goal.is_active and self.cancel_callback(goal) is CancelResponse.ACCEPT
        if granted:
            goal.is_cancel_requested, goal.status = True, GoalStatus.STATUS_CANCELING
        answer = SimpleNamespace(goals_canceling=[goal] if granted else [])
        client.node.post(lambda: future.set_result(answer), client.group)


class ClientGoalHandle:
    def __init__(self, goal: ServerGoalHandle, client: ActionClient, *, accepted: bool) -> None:
        self._goal, self._client, self.accepted = goal, client, accepted

    @property
    def status(self) -> int:
        return self._goal.status

    def get_result_async(self) -> Future:
        future, client = Future(), self._client
        self._goal.outcome.add_done_callback(
            lambda outcome: client.node.post(lambda: future.set_result(outcome.result()), client.group)
        )
        return future

    def cancel_goal_async(self) -> Future:
        future, server = Future(), self._goal._server
        server.node.post(lambda: server.take_cancel(self._goal, self._client, future), server.group)
        return future


class ActionClient:
    def __init__(self, node: Any, action_type: type, action_name: str, *, callback_group: Any = None) -> None:
        self.node, self.action_type, self.name = node, action_type, node.resolve(action_name)
        self.group = callback_group or node.default_callback_group

    def server_is_ready(self) -> bool:
        return self.name in GRAPH.actions

    def wait_for_server(self, timeout_sec: float | None = None) -> bool:
        if not self.server_is_ready():
            if timeout_sec is None:
                raise Stuck(f"no node will ever offer the action {self.name!r}")
            GRAPH.now_ns += int(timeout_sec * 1e9)
        return self.server_is_ready()

    def send_goal_async(self, goal: Any, feedback_callback: Callable[[Any], Any] | None = None) -> Future:
        if not isinstance(goal, self.action_type.Goal):
            raise TypeError(f"expected a {self.action_type.__name__}.Goal")
        future = Future()
        if self.server_is_ready():
            server, request = GRAPH.actions[self.name], copy.deepcopy(goal)
            server.node.post(lambda: server.take_goal(request, self, feedback_callback, future), server.group)
        return future
