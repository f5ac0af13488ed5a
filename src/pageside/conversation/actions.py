"""What buttons of widgets do: handlers by the type of action, for those that stream and those that answer at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from chatkit.actions import Action
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageContent, WidgetItem
from chatkit.widgets import DynamicWidgetRoot
from pydantic import BaseModel, ValidationError

from pageside import ids
from pageside.conversation import clock
from pageside.conversation.turn import Turn
from pageside.errors import InvalidInput

Payload = TypeVar("Payload", bound=BaseModel)
Given = TypeVar("Given", bound=BaseModel, covariant=True)
Taken_ = TypeVar("Taken_", bound=BaseModel, contravariant=True)

Ask = Callable[[Sequence[UserMessageContent]], AsyncIterator[ThreadStreamEvent]]

_SHOWN_TYPE_CHARS = 80


@dataclass(frozen=True, slots=True)
class Taken(Generic[Given]):
    """An action as a reader took it.

    Attributes:
        payload: What the client sent with it: of the right shape, and otherwise not to be believed.
        sender: The widget whose button it was; None where the page itself took the action.
        turn: Who took it and from where.
        ask: Answers a message in the thread as if the reader had written it, and keeps both.
    """

    payload: Given
    sender: WidgetItem | None
    thread: ThreadMetadata
    turn: Turn
    ask: Ask

    def widget(self, root: DynamicWidgetRoot, *, copy_text: str | None = None) -> WidgetItem:
        """`root` as a new item of the thread; stored once an event says that it is done."""
        return WidgetItem(
            id=ids.new("msg"),
            thread_id=self.thread.id,
            created_at=clock.local(ids.now()),
            widget=root,
            copy_text=copy_text,
        )


class Streaming(Protocol[Taken_]):
    """What answers an action of `threads.custom_action`."""

    def __call__(self, taken: Taken[Taken_]) -> AsyncIterator[ThreadStreamEvent]:
        """The events that the reader is shown; what they say is done is stored."""
        ...


class Answering(Protocol[Taken_]):
    """What answers an action of `threads.sync_custom_action`."""

    async def __call__(self, taken: Taken[Taken_]) -> WidgetItem | None:
        """The sender as it is from now on, to be stored and shown; None where nothing changes."""
        ...


@dataclass(frozen=True, slots=True)
class _Kind:
    payload: type[BaseModel]
    of_widget: bool
    stream: Streaming[Any] | None = None
    answer: Answering[Any] | None = None


class Actions:
    """Handlers by type of action; a type that streams is not one that answers at once."""

    def __init__(self) -> None:
        self._kinds: dict[str, _Kind] = {}

    def stream(
        self, kind: str, handler: Streaming[Payload], *, payload: type[Payload], of_widget: bool = False
    ) -> None:
        """Lets `handler` answer actions of the type `kind` with events.

        Args:
            payload: The shape of what comes with the action; anything else is refused with 422 before the stream.
            of_widget: Whether the action must come from a widget of the thread.

        Raises:
            ValueError: The type is taken.
        """
        self._add(kind, _Kind(payload, of_widget, stream=handler))

    def answer(
        self, kind: str, handler: Answering[Payload], *, payload: type[Payload], of_widget: bool = False
    ) -> None:
        """Lets `handler` answer actions of the type `kind` at once; they may come while the thread is answering.

        Args:
            payload: As for `stream`.
            of_widget: As for `stream`.

        Raises:
            ValueError: The type is taken.
        """
        self._add(kind, _Kind(payload, of_widget, answer=handler))

    def streaming(self, action: Action[str, Any], sender: WidgetItem | None) -> tuple[Streaming[BaseModel], BaseModel]:
        """The handler of an action that streams, and its payload.

        Raises:
            InvalidInput: There is none, the payload is not of its shape, or it must come from a widget.
        """
        found = self._found(action)
        if found.stream is None:
            raise InvalidInput(f"params.action.type: {action.type!r} does not stream; use threads.sync_custom_action.")
        return found.stream, _payload(found, action, sender)

    def answering(self, action: Action[str, Any], sender: WidgetItem | None) -> tuple[Answering[BaseModel], BaseModel]:
        """As `streaming`, for an action that is answered at once."""
        found = self._found(action)
        if found.answer is None:
            raise InvalidInput(f"params.action.type: {action.type!r} streams; use threads.custom_action.")
        return found.answer, _payload(found, action, sender)

    def _add(self, kind: str, added: _Kind) -> None:
        if kind in self._kinds:
            raise ValueError(f"There is an action {kind!r} already.")
        self._kinds[kind] = added

    def _found(self, action: Action[str, Any]) -> _Kind:
        found = self._kinds.get(action.type)
        if found is None:
            raise InvalidInput(f"params.action.type: there is no action {action.type[:_SHOWN_TYPE_CHARS]!r} here.")
        return found


def _payload(kind: _Kind, action: Action[str, Any], sender: WidgetItem | None) -> BaseModel:
    if kind.of_widget and sender is None:
        raise InvalidInput(f"params.item_id: {action.type!r} must come from a widget of this conversation.")
    try:
        return kind.payload.model_validate({} if action.payload is None else action.payload)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(["params.action.payload", *map(str, problem["loc"])])
        raise InvalidInput(f"{place}: {problem['msg']}.") from None
