"""What a browser's guest has, taken over by the account that its reader signs in to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from pageside.conversation.keeping import Keeping
from pageside.errors import Forbidden
from pageside.identity.reader import Reader
from pageside.web.chatkit import REST, asking
from pageside.web.recognition import GUEST_COOKIE
from pageside.wiring.admitting import Admission

Account = Annotated[Reader, Depends(asking)]


class TakenOver(BaseModel):
    """How much was taken over."""

    model_config = ConfigDict(json_schema_extra={"example": {"conversations": 3}})

    conversations: int = Field(ge=0)


def router(admission: Admission, keeping: Keeping) -> APIRouter:
    """The one route."""
    routes = APIRouter(prefix=REST, tags=["sessions"])

    @routes.post(
        "/me/guest",
        summary="Take over what you have as a guest",
        responses={403: {"description": "Who asks is a guest, and has no account to take it to."}},
    )
    async def take_over(request: Request, response: Response, account: Account) -> TakenOver:
        """Makes every conversation of this browser's guest, known by its cookie, one of the account that asks.

        To be asked once, after signing in. Without the cookie, and asked again, there is nothing to take over.
        """
        if admission.mode == "guest":
            raise Forbidden("Readers of this server are guests; there is no account to take anything over to.")
        response.headers["Cache-Control"] = "no-store"
        guest = admission.guests.recognise(request.cookies.get(GUEST_COOKIE, ""))
        if guest is None:
            return TakenOver(conversations=0)
        moved = await keeping.take_over(guest, account)
        response.delete_cookie(GUEST_COOKIE, path="/", httponly=True, samesite="lax", secure=admission.secure)
        return TakenOver(conversations=moved)

    return routes
