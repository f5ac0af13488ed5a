"""A ChatKit body, read strictly where it matters and leniently where clients in the field differ."""

from __future__ import annotations

from functools import partial
from typing import get_args

import anyio.to_thread
from chatkit.types import (
    ChatKitReq,
    ItemsListReq,
    NonStreamingReq,
    StreamingReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsListReq,
    ThreadsSyncCustomActionReq,
    UserMessageInput,
)
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json

from pageside.conversation import mentions, transcript, turn
from pageside.errors import BadRequest, InvalidInput, TooLarge
from pageside.phrases import refusals

Request = StreamingReq | NonStreamingReq

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
MAX_PARTS = 50
MAX_ATTACHMENTS = 10
_SHOWN_PROBLEMS = 5
_WORTH_A_THREAD = 200_000  # bytes

_REQUEST: TypeAdapter[Request] = TypeAdapter(ChatKitReq)
_OPERATIONS = tuple(
    kind.model_fields["type"].default for union in (StreamingReq, NonStreamingReq) for kind in get_args(union)
)


def parse(body: bytes, *, max_chars: int) -> Request:
    """The request that `body` holds, with page sizes clamped and the selection moved into the message's quote.

    Args:
        max_chars: Longest text of a message, in characters.

    Raises:
        BadRequest: Not JSON, not an object, or without a known `type` and its `params`.
        InvalidInput: A field of `params` is not acceptable; the message names it.
        TooLarge: The message is longer than `max_chars`.
    """
    try:
        told = _without_nul(from_json(body, allow_inf_nan=False))
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None
    if not isinstance(told, dict):
        raise BadRequest('The body must be a JSON object, as in {"type": "threads.list", "params": {}}.')
    if told.get("type") not in _OPERATIONS:
        raise BadRequest(f"`type` must name an operation: one of {', '.join(_OPERATIONS)}.")
    if not isinstance(told.get("params"), dict):
        raise BadRequest("`params` is missing; it must be an object, and may be empty.")
    limit = told["params"].get("limit")
    if isinstance(limit, bool | str):  # which a lenient reader would take for a number
        raise InvalidInput("params.limit: Input should be a number.")
    if told.get("metadata") is None:
        told.pop("metadata", None)
    _complete_tags(told["params"].get("input"))
    try:
        asked = _REQUEST.validate_python(told)
    except ValidationError as error:
        raise InvalidInput(_complaint(error.errors(include_url=False, include_input=False))) from None
    return _within(asked, max_chars)


async def read(body: bytes, *, max_chars: int) -> Request:
    """As `parse`; a large body is parsed beside the event loop."""
    if len(body) < _WORTH_A_THREAD:
        return parse(body, max_chars=max_chars)
    return await anyio.to_thread.run_sync(partial(parse, body, max_chars=max_chars))


def _within(asked: Request, max_chars: int) -> Request:
    match asked:
        case ThreadsCreateReq() | ThreadsAddUserMessageReq():
            _accept(asked.params.input, max_chars)
            quote = asked.params.input.quoted_text or turn.selection(asked.metadata)
            asked.params.input.quoted_text = quote.strip()[: turn.MAX_SELECTION_CHARS] or None
        case ThreadsCustomActionReq() | ThreadsSyncCustomActionReq():
            if not isinstance(asked.params.action.type, str):  # left out, it is a class of the SDK's
                raise InvalidInput("params.action.type: Field required.")
        case ThreadsListReq() | ItemsListReq():
            wanted = DEFAULT_PAGE_SIZE if asked.params.limit is None else asked.params.limit
            asked.params.limit = max(1, min(MAX_PAGE_SIZE, wanted))
        case _:
            pass
    return asked


def _accept(message: UserMessageInput, max_chars: int) -> None:
    if len(message.content) > MAX_PARTS:
        raise InvalidInput(f"A message has at most {MAX_PARTS} parts; this one has {len(message.content)}.")
    if len(message.attachments) > MAX_ATTACHMENTS:
        raise InvalidInput(refusals.TOO_MANY_ATTACHMENTS.of(most=MAX_ATTACHMENTS))
    mentions.accept(message)
    length = sum(len(part.text) for part in message.content)
    if length > max_chars:
        raise TooLarge(refusals.MESSAGE_TOO_LONG.of(length=length, most=max_chars))
    if not transcript.question_text(message) and not message.attachments:
        raise InvalidInput(refusals.MESSAGE_EMPTY)


def _complete_tags(message: object) -> None:
    # The TypeScript client may leave out a tag's `data`; the Python types insist on it.
    parts = message.get("content") if isinstance(message, dict) else None
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and part.get("type") == "input_tag" and part.get("data") is None:
            part["data"] = {}


def _without_nul(told: object) -> object:
    match told:
        case str():
            return told.replace("\x00", "")
        case list():
            return [_without_nul(entry) for entry in told]
        case dict():
            return {str(_without_nul(name)): _without_nul(entry) for name, entry in told.items()}
        case _:
            return told


def _complaint(problems: list[ErrorDetails]) -> str:
    shown = [f"{_place(problem['loc'])}: {problem['msg']}" for problem in problems[:_SHOWN_PROBLEMS]]
    more = len(problems) - len(shown)
    return "; ".join(shown) + (f"; and {more} more." if more else ".")


def _place(location: tuple[int | str, ...]) -> str:
    # The first part names the member of the union, not a field of the request.
    return ".".join(str(part) for part in location[1:]) or "body"
