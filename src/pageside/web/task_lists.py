"""Whether a reader's tasks have changed, for pages that show them and want to stay true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from pageside.identity.reader import Reader
from pageside.tasks.board import TaskBoard
from pageside.web.chatkit import asking

_HEADERS: Final = {"Cache-Control": "no-store"}


class Revision(BaseModel):
    """How often the reader's tasks were changed."""

    model_config = ConfigDict(extra="forbid")

    revision: Annotated[int, Field(ge=0)]


def router(board: TaskBoard, *, reader: Callable[..., Reader] = asking) -> APIRouter:
    """What tells of the tasks on `board`.

    Args:
        reader: Dependency that says who is asking.
    """
    routes = APIRouter(tags=["chatkit"])
    recognised = Depends(reader)

    @routes.get("/chatkit/tasks", summary="Whether tasks have changed")
    async def revision(response: Response, who: Reader = recognised) -> Revision:
        """A number that grows with every change to the reader's tasks, whoever makes it and wherever.

        A page that shows them asks now and then, and reads its conversation anew when the number is another.
        """
        response.headers.update(_HEADERS)
        async with board.reading(who) as reading:
            return Revision(revision=await reading.revision())

    return routes
