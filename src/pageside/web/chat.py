"""The REST chat API: ask, look back and delete, on the same conversations as `POST /chatkit`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic_core import PydanticSerializationError, to_json
from starlette.convertors import Convertor, register_url_convertor

from pageside.conversation import listing, spoken
from pageside.conversation.listing import Message
from pageside.conversation.server import TextbookServer
from pageside.conversation.tape import KEEPALIVE_EVERY
from pageside.conversation.turn import Turn
from pageside.errors import InvalidInput, NotFound
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.web import chat_streams, problems
from pageside.web.chat_shapes import (
    MAX_ID_CHARS,
    ChatAnswer,
    ChatRequest,
    Deleted,
    LibraryDocs,
    MessageRow,
    MessageRows,
    ThreadRow,
    ThreadRows,
    metadata,
    proof,
    source,
)
from pageside.web.chatkit import KEY_PARAMETER, REST, asking, key_of, languages_of, session_of
from pageside.web.runs import HEADERS, EventStream

MAX_PAGE: Final = 100
MAX_OFFSET: Final = 1_000_000


class _ReaderName(Convertor[str]):
    """A reader's name in an address, which may have slashes, as the subjects of some tokens do."""

    regex = "(?:(?!/(?:messages|export)$).)+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("reader_name", _ReaderName())

# Two routes at one address, which has one name in OpenAPI.
_USER: Final = Path(alias="id", max_length=1000, description="Who asks; anybody else is not found.")
_THREAD: Final = Path(alias="id", max_length=MAX_ID_CHARS, description="The conversation.")


def router(
    server: TextbookServer,
    database: Database,
    *,
    reader: Callable[..., Reader] = asking,
    keepalive: timedelta = KEEPALIVE_EVERY,
) -> APIRouter:
    """The routes of `server`, whose conversations are in `database`.

    Args:
        reader: Dependency that says who is asking.
        keepalive: Longest silence of a stream.
    """
    routes = APIRouter(prefix=REST, tags=["chat"])
    recognised = Depends(reader)

    @routes.post(
        "/chat",
        summary="Ask, and be answered whole or as it is made",
        response_model=ChatAnswer,
        responses={200: chat_streams.EITHER, **problems.declared(400, 401, 404, 409, 413, 422, 429, 503)},
        openapi_extra={"parameters": [KEY_PARAMETER]},
    )
    async def chat(request: Request, response: Response, asked: ChatRequest, who: Reader = recognised) -> object:
        """One message of the reader and its answer from the book, in a new conversation or in one that goes on.

        A client that leaves stops the answer; what was said is kept.
        """
        require_own(asked.user_id, who)
        origin = f"{request.url.scheme}://{request.url.netloc}"
        run = await server.receive(
            as_chatkit(
                asked.message,
                thread_id=asked.thread_id,
                selected_text=asked.selected_text,
                metadata=metadata(asked),
            ),
            reader=who,
            origin=origin,
            languages=languages_of(request),
            key=key_of(request),
            session=session_of(request),
        )
        if isinstance(run, bytes):
            raise TypeError("a question is answered with a run")
        hearing = spoken.hear(run, spoken.stored(server.store, Turn(reader=who)), keepalive=keepalive)
        thread_id, docs = asked.thread_id or None, library_docs(asked)
        if asked.stream:
            told = chat_streams.told(hearing, thread_id=thread_id, user_id=who.subject, library_docs=docs)
            return EventStream(run, told)
        response.headers.update(HEADERS)
        return chat_streams.answered(await chat_streams.awaited(request, run, hearing, thread_id=thread_id), docs)

    _look_back(routes, server, database, recognised)

    _delete(routes, server, recognised)
    return routes


def _look_back(routes: APIRouter, server: TextbookServer, database: Database, recognised: Reader) -> None:
    @routes.get(
        "/threads/{id:reader_name}",
        summary="List your conversations",
        responses=problems.declared(401, 404, 422, 429, 503),
    )
    async def threads(
        response: Response,
        user_id: Annotated[str, _USER],
        who: Reader = recognised,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
        offset: Annotated[int, Query(ge=0, le=MAX_OFFSET, description="How many to pass over.")] = 0,
    ) -> ThreadRows:
        """Those last written in first. An offset counts anew each time: what moved up meanwhile comes again."""
        require_own(user_id, who)
        response.headers.update(HEADERS)
        found = await listing.conversations(database, Turn(reader=who), limit=limit, offset=offset)
        rows = [
            ThreadRow(
                id=row.id,
                title=row.title,
                created_at=row.created_at,
                updated_at=row.updated_at,
                message_count=row.message_count,
            )
            for row in found.rows
        ]
        return ThreadRows(threads=rows, total=found.total)

    @routes.get(
        "/threads/{id}/messages",
        summary="Read a conversation",
        responses=problems.declared(401, 404, 422, 429, 503),
    )
    async def messages(
        response: Response,
        thread_id: Annotated[str, _THREAD],
        who: Reader = recognised,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
        cursor: Annotated[
            str | None, Query(max_length=MAX_ID_CHARS, description="`next_cursor` of the page before.")
        ] = None,
    ) -> MessageRows:
        """What was said, oldest first, with the sources of each answer; what comes meanwhile stands at the end."""
        await server.settle(thread_id, who)
        response.headers.update(HEADERS)
        page = await listing.messages(
            database, thread_id, Turn(reader=who), limit=limit, cursor=cursor or None, today=server.sources
        )
        return MessageRows(messages=[_row(message) for message in page.rows], next_cursor=page.cursor)


def _delete(routes: APIRouter, server: TextbookServer, recognised: Reader) -> None:
    @routes.delete(
        "/threads/{id}",
        summary="Delete a conversation",
        responses=problems.declared(400, 401, 404, 422, 429, 503),
        openapi_extra={"parameters": [KEY_PARAMETER]},
    )
    async def delete(
        request: Request, response: Response, thread_id: Annotated[str, _THREAD], who: Reader = recognised
    ) -> Deleted:
        """It goes with all that is in it, and an answer under way is stopped; a second time, it is not found."""
        asked = to_json({"type": "threads.delete", "params": {"thread_id": thread_id}})
        await server.receive(asked, reader=who, key=key_of(request))
        response.headers.update(HEADERS)
        return Deleted()


def require_own(user_id: str | None, who: Reader) -> None:
    """Returns if a request that names its reader names the one who asks; one that names nobody means them.

    Raises:
        NotFound: It names somebody else, whether there is one of that name or not.
    """
    if user_id is not None and user_id != who.subject:
        raise NotFound(f"There is no reader {user_id[:80]!r} here; leave the name out to mean yourself.")


def library_docs(asked: ChatRequest) -> LibraryDocs:
    """What becomes of the wish for library documentation."""
    return "not_available" if asked.use_library_docs else "not_asked"


def as_chatkit(
    text: str, *, thread_id: str | None, selected_text: str | None = None, metadata: Mapping[str, object]
) -> bytes:
    """A message as the ChatKit protocol sends it.

    Args:
        thread_id: The conversation to go on with; a new one begins without it.

    Raises:
        InvalidInput: A text holds half a character.
    """
    message: dict[str, object] = {
        "content": [{"type": "input_text", "text": text}],
        "attachments": [],
        "quoted_text": selected_text,
        "inference_options": {},
    }
    where = {"thread_id": thread_id} if thread_id else {}
    operation = "threads.add_user_message" if where else "threads.create"
    told = {"type": operation, "params": {**where, "input": message}, "metadata": metadata}
    try:
        return to_json(told)
    except (PydanticSerializationError, UnicodeEncodeError):
        raise InvalidInput("A text holds half a character (a lone surrogate) and cannot be kept.") from None


def _row(message: Message) -> MessageRow:
    return MessageRow(
        id=message.id,
        role=message.role,
        content=message.text,
        sources=[source(each) for each in message.sources],
        created_at=message.created_at,
        selected_text=message.selected_text,
        attachments=list(message.files),
        record=proof(message.id, message.record, message.healed),
    )
