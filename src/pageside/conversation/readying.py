"""What comes before an answer: the mentions of the question, the notices beside it, and how much room is left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass

from chatkit.types import NoticeEvent, UserMessageItem

from pageside.answer.clarifying import Places
from pageside.answer.events import Gathered, TutorEvent
from pageside.answer.question import Question
from pageside.conversation import mentions, notices
from pageside.conversation.limits import Room
from pageside.conversation.turn import Turn
from pageside.errors import PagesideError
from pageside.knowledge.contents import Entry


@dataclass(slots=True)
class Ready:
    """A question that can be answered, and what has been told of its search.

    Attributes:
        notices: What the reader is told before the answer begins.
        mentioned: The places of the book that the question mentions.
        filters: The labels that the reader's client asked for.
        left: How many more messages the thread takes.
        searched: Whether its search has been told of.
    """

    question: Question
    notices: tuple[NoticeEvent, ...]
    mentioned: tuple[Entry, ...]
    filters: Mapping[str, str]
    left: int
    searched: bool = False

    def noted(self, event: TutorEvent) -> Iterator[NoticeEvent]:
        """What the reader is told because of `event`, in front of it; of the first search of a turn alone."""
        if isinstance(event, Gathered) and not self.searched:
            self.searched = True
            told = notices.of_search(
                event.evidence, mentioned=self.mentioned, filters=self.filters, language=self.question.language
            )
            if told is not None:
                yield told


class Readying:
    """Readies questions of one book.

    Args:
        contents: What can be mentioned; without it, nothing.
        words_alone: Tells whether the search knows words only, though it should know their meaning.
    """

    def __init__(
        self,
        room: Room,
        *,
        contents: Places | None = None,
        words_alone: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self._room = room
        self._contents = contents
        self._words_alone = words_alone

    async def ready(self, question: Question, message: UserMessageItem, context: Turn) -> Ready:
        """`question`, which `message` asks, with its mentions resolved, and what is to be said in front of it.

        Raises:
            StoreUnavailable: The database cannot be read.
        """
        left = await self._room.left(message.thread_id, context)
        understood = await mentions.understand(question, message, self._contents)
        told = [*understood.notices, *context.alongside.notices]
        if not question.history and await self._knows_words_alone():
            told.append(notices.words_alone(question.language))
        if self._room.nearly_full(left):
            told.append(notices.nearly_full(left, question.language))
        return Ready(understood.question, tuple(told), understood.mentioned, question.filters, left)

    async def _knows_words_alone(self) -> bool:
        if self._words_alone is None:
            return False
        try:
            return await self._words_alone()
        except PagesideError:
            return False  # whoever answers meets the same error, and has the words for it
