"""`POST /api/chatkit/test`: one question and its answer, kept nowhere; for those who look after a server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from pageside.conversation import spoken
from pageside.conversation.server import TextbookServer
from pageside.conversation.tape import KEEPALIVE_EVERY
from pageside.errors import Forbidden
from pageside.identity.reader import Reader
from pageside.web import chat_streams, problems
from pageside.web.chat_shapes import ChatAnswer
from pageside.web.chatkit import REST, asking, session_of
from pageside.web.runs import HEADERS, EventStream

ADMIN: Final = "admin"


def router(
    server: TextbookServer,
    *,
    everybody: bool,
    reader: Callable[..., Reader] = asking,
    keepalive: timedelta = KEEPALIVE_EVERY,
) -> APIRouter:
    """The route over `server`.

    Args:
        everybody: Whether it is for any reader, as in development; else for those with the role `admin`.
        reader: Dependency that says who is asking.
        keepalive: Longest silence of a stream.
    """
    routes = APIRouter(prefix=REST, tags=["chat"])
    recognised = Depends(reader)

    @routes.post(
        "/test",
        summary="Try out a question",
        response_model=ChatAnswer,
        responses={200: chat_streams.EITHER, **problems.declared(401, 403, 413, 422, 429, 503)},
    )
    async def test(
        request: Request,
        response: Response,
        question: Annotated[str, Query(description="What is asked.", examples=["What is a node?"])],
        who: Reader = recognised,
        stream: Annotated[bool, Query(description="Sends the answer as it is made.")] = False,
    ) -> object:
        """The answer of the book alone: no conversation begins and nothing is kept; administrators only in production.

        `thread_id` is null, and a stream begins without `thread.created`.
        """
        if not everybody and ADMIN not in who.roles:
            raise Forbidden(f"This is for administrators: readers whose token has the role `{ADMIN}`.")
        origin = f"{request.url.scheme}://{request.url.netloc}"
        run, trial = await server.try_out(question, reader=who, origin=origin, session=session_of(request))
        hearing = spoken.hear(run, trial.record, keepalive=keepalive)
        if stream:
            told = chat_streams.told(hearing, thread_id=None, user_id=who.subject, library_docs="not_asked")
            return EventStream(run, told)
        response.headers.update(HEADERS)
        return chat_streams.answered(await chat_streams.awaited(request, run, hearing, thread_id=None), "not_asked")

    return routes
