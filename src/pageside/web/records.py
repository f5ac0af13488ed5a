"""What is kept of answers beside their words, and has no place in the ChatKit protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict

from pageside.conversation import listing
from pageside.conversation.healed import Sources
from pageside.conversation.turn import Turn
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.web.chat_shapes import MAX_ID_CHARS
from pageside.web.chatkit import asking
from pageside.web.record_shapes import RecordRow

_HEADERS: Final = {"Cache-Control": "no-store"}


class Records(BaseModel):
    """The answers of a conversation that have a record, oldest first."""

    model_config = ConfigDict(extra="forbid")

    records: list[RecordRow]


def router(database: Database, sources: Sources | None = None, *, reader: Callable[..., Reader] = asking) -> APIRouter:
    """The records of the conversations in `database`.

    Args:
        sources: Tells what has become of what answers rest on.
        reader: Dependency that says who is asking.
    """
    routes = APIRouter(tags=["chatkit"])
    recognised = Depends(reader)
    today = sources or Sources()

    @routes.get(
        "/chatkit/threads/{thread_id}/records",
        summary="What answers rest on",
        response_model_exclude_none=True,
        responses={404: {"description": "No such conversation, or not this reader's."}},
    )
    async def records(
        response: Response, thread_id: Annotated[str, Path(max_length=MAX_ID_CHARS)], who: Reader = recognised
    ) -> Records:
        """Of each answer in the conversation: how it came out, how sure it is, what it rests on, and where that stands
        in the book today.

        An answer that was cut short has none.
        """
        response.headers.update(_HEADERS)
        found = await listing.records(database, thread_id, Turn(reader=who))
        healed = await today.healed([record for _, record in found])
        rows = [RecordRow.of(item_id, record, now) for (item_id, record), now in zip(found, healed, strict=True)]
        return Records(records=rows)

    return routes
