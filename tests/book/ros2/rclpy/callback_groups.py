"""Which callbacks may run while another one is running."""

from __future__ import annotations


class CallbackGroup:
    exclusive = False

    def __init__(self) -> None:
        self.busy = 0

    @property
    def free(self) -> bool:
        return not (self.exclusive and self.busy)


class ReentrantCallbackGroup(CallbackGroup):
    pass


class MutuallyExclusiveCallbackGroup(CallbackGroup):
    exclusive = True
