"""What a request begins: the turn it is carried out in, and the thread that an answer is told in."""

from __future__ import annotations

from dataclasses import replace

from chatkit.types import (
    ItemsListReq,
    ThreadsAddClientToolOutputReq,
    ThreadsCreateReq,
    ThreadsGetByIdReq,
    ThreadsRetryAfterItemReq,
    ThreadsUpdateReq,
    is_streaming_req,
)

from pageside import ids
from pageside.conversation import turn
from pageside.conversation.request import Request
from pageside.conversation.turn import Opening, Turn
from pageside.identity.reader import Reader


def turn_of(asked: Request, *, reader: Reader, origin: str) -> Turn:
    """The turn that `asked` begins, as far as the request itself tells of it.

    Args:
        origin: Scheme and host the request came to.
    """
    context = Turn(
        reader=reader,
        origin=origin,
        page=turn.page(asked.metadata),
        surroundings=turn.surroundings(asked.metadata),
        profile=turn.profile(asked.metadata, reader),
        filters=turn.filters(asked.metadata),
        library_docs=turn.library_docs(asked.metadata),
        timezone=turn.timezone(asked.metadata),
        forms=turn.forms(asked.metadata),
    )
    match asked:
        case ThreadsCreateReq():
            return replace(context, opening=Opening(ids.new("thr")))
        case ThreadsGetByIdReq() | ItemsListReq() | ThreadsAddClientToolOutputReq():
            return replace(context, sees_hidden=False)
        case ThreadsUpdateReq():
            return replace(context, renames=True)
        case ThreadsRetryAfterItemReq():
            context.alongside.anew = True
            return context
        case _:
            return context


def thread_of(asked: Request, context: Turn) -> str:
    """The id of the thread that the answer to `asked` is told in.

    Raises:
        TypeError: It has no such answer.
    """
    if context.opening is not None:
        return context.opening.id
    if not is_streaming_req(asked) or isinstance(asked, ThreadsCreateReq):
        raise TypeError(f"{asked.type} streams in no thread")
    return asked.params.thread_id
