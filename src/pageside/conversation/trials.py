"""A question that is asked to see how the server answers: told as any other, and kept nowhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from chatkit.types import AssistantMessageItem, ThreadItemDoneEvent
from pydantic_core import to_json

from pageside import ids
from pageside.answer.events import TutorEvent
from pageside.conversation.frames import Frames, error_frame, frame
from pageside.conversation.record import AnsweredItem, AnswerRecord
from pageside.conversation.telling import Telling
from pageside.conversation.wording import in_words


class Trial:
    """One such question.

    Attributes:
        id: Stands for the thread that there is none of.
    """

    def __init__(self, answered: AsyncGenerator[TutorEvent, None], *, site: str, max_chars: int) -> None:
        """Not told yet.

        Args:
            answered: What happens while it is answered.
            site: Where the book's site-relative URLs are rooted.
            max_chars: Longest answer, in characters.
        """
        self.id = ids.new("try")
        self._answered = answered
        self._telling = Telling(self.id, new_id=lambda _: ids.new("msg"), site=site, max_chars=max_chars)
        self._record: AnswerRecord | None = None

    async def frames(self) -> Frames:
        """The answer as it is made; what goes wrong is its last frame."""
        try:
            async with aclosing(self._answered) as events:
                async for event in events:
                    for shown in self._telling.tell(event):
                        if isinstance(shown, ThreadItemDoneEvent) and isinstance(shown.item, AnsweredItem):
                            self._record = shown.item.record
                        yield frame(shown)
            self._telling.require_end()
        except Exception as error:
            for shown in self._telling.broken():
                yield frame(shown)
            words = in_words(error, self._telling.language)
            yield error_frame(words.message, allow_retry=words.allow_retry)

    async def record(self, _: AssistantMessageItem) -> AnswerRecord | None:
        """What is known of the answer beside its words, once it is whole."""
        return self._record


def body(text: str) -> bytes:
    """The request that would ask it in a conversation, to be read and refused as any other."""
    message = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
    return to_json({"type": "threads.create", "params": {"input": message}})
