"""Messages that are looked at before they are taken: by an endpoint, or by whoever mounts the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import structlog
from chatkit.types import (
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    UserMessageInput,
)

from pageside.conversation.request import Request
from pageside.errors import InvalidInput, PagesideError, Unavailable
from pageside.phrases import refusals

log = structlog.get_logger(__name__)

Moderator = Callable[[str], Awaitable[bool]]
Outage = Literal["allow", "refuse"]


class MessageRefused(InvalidInput):
    """What the reader wrote is not taken here."""

    code = "message_refused"


class ModerationUnavailable(Unavailable):
    """What the reader wrote cannot be looked at, and is not taken unseen."""

    code = "moderation_unavailable"


class Moderation:
    """Asks a moderator for every message.

    Attributes:
        moderator: Tells whether a text is to be refused, and raises where it cannot tell; a host may set its own.
        outage: What becomes of messages then.
        failing: Whether it could not tell when it was last asked.
    """

    def __init__(self, moderator: Moderator | None = None, *, outage: Outage = "allow") -> None:
        self.moderator = moderator
        self.outage = outage
        self.failing = False

    async def require(self, asked: Request) -> None:
        """Returns if what the reader wrote may be taken.

        Raises:
            MessageRefused: It may not.
            ModerationUnavailable: Nobody can tell, and the server takes nothing unseen.
        """
        told = _written(asked)
        if self.moderator is None or not told.strip():
            return
        try:
            refused = await self.moderator(told)
        except Exception as error:  # a host's own function may fail in any way
            self.failing = True
            self._fail(error)
            return
        self.failing = False
        if refused:
            log.info("message_refused")
            raise MessageRefused(refusals.HURTFUL)

    def _fail(self, error: Exception) -> None:
        # The cause may quote the message or a key: its kind alone is told.
        kind = error.code if isinstance(error, PagesideError) else type(error).__name__
        log.warning("moderation_failed", kind=kind, outage=self.outage)
        if self.outage == "refuse":
            raise ModerationUnavailable(refusals.UNCHECKED) from None


def _written(asked: Request) -> str:
    match asked:
        case ThreadsCreateReq() | ThreadsAddUserMessageReq():
            return _message(asked.params.input)
        case ThreadsAddStructuredInputReq():
            return asked.params.input.model_dump_json()
        case _:
            return ""


def _message(told: UserMessageInput) -> str:
    parts = [part.text for part in told.content if part.text]
    return "\n".join([*parts, told.quoted_text] if told.quoted_text else parts)
