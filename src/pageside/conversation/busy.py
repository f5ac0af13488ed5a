"""Denials of what is under way already, which say when to try again."""

from __future__ import annotations

from pageside.errors import ThreadBusy
from pageside.phrases import times
from pageside.phrases.phrase import Phrase


class Busy(ThreadBusy):
    """The thread is answering.

    Attributes:
        retry_after_s: When the same request may succeed, in seconds from now.
    """

    def __init__(self, message: Phrase, *, retry_after_s: int) -> None:
        super().__init__(message.of(wait=times.SECONDS.of(n=retry_after_s)))
        self.retry_after_s = retry_after_s


class RequestUnderWay(Busy):
    """The same request is being carried out elsewhere."""

    code = "request_under_way"
