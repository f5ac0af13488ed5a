"""The sources of kept answers as the book has them today: where they stand, and whether it still says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from chatkit.types import Annotation, AssistantMessageContent, ThreadItem, URLSource

from pageside.answer import proving
from pageside.answer.clarifying import Places
from pageside.answer.proof import Digest
from pageside.answer.proving import ByWordsAlone, Checked
from pageside.answer.quoting import Scorer
from pageside.conversation import footnotes
from pageside.conversation.record import AnsweredItem, AnswerRecord
from pageside.conversation.turn import Turn
from pageside.errors import PagesideError
from pageside.knowledge.healing import Healed, Healer, State

NOTHING: Final[Mapping[int, Healed]] = {}

_STAYED: Final[frozenset[State]] = frozenset({"same", "gone"})  # whose links are left as they are


class Sources:
    """Asks the book what has become of what answers rest on; without a `healer`, nothing is known to have changed.

    All that is asked for at once is looked up at once, and each source once for each state of the index.

    Args:
        contents: Knows the pages and their digests.
        scorer: Tells how alike sentences are where their words alone do not decide; words alone without one.
    """

    def __init__(
        self, healer: Healer | None = None, contents: Places | None = None, scorer: Scorer | None = None
    ) -> None:
        self._healer = healer
        self._contents = contents
        self._scorer = scorer or ByWordsAlone()

    async def healed(self, records: Sequence[AnswerRecord | None]) -> list[Mapping[int, Healed]]:
        """Of each record, its sources of the book by marker; none where the book cannot tell at the moment."""
        wanted = [
            (number, citation)
            for number, record in enumerate(records)
            for citation in (record.citations if record is not None else ())
            if citation.is_of_book and citation.quote
        ]
        found: list[dict[int, Healed]] = [{} for _ in records]
        if self._healer is not None and wanted:
            verdicts = await self._healer.heal([citation.target for _, citation in wanted])
            for (number, citation), verdict in zip(wanted, verdicts or (), strict=False):
                found[number][citation.marker] = verdict
        return [*found]

    async def shown(self, items: Sequence[ThreadItem], _: Turn | None = None) -> list[ThreadItem]:
        """`items`, in which the markers of what has moved lead to where it stands today."""
        records = [item.record if isinstance(item, AnsweredItem) else None for item in items]
        if not any(records):
            return [*items]
        return [
            _leading(item, healed) if isinstance(item, AnsweredItem) else item
            for item, healed in zip(items, await self.healed(records), strict=True)
        ]

    async def checked(self, items: Sequence[ThreadItem]) -> dict[str, Checked]:
        """What is left of each answer among `items` when it is held against the book, by the answer's id."""
        answers = [(item, item.record) for item in items if isinstance(item, AnsweredItem) and item.record is not None]
        if not answers:
            return {}
        healed, digest = await self.healed([record for _, record in answers]), await self.digest()
        return {
            item.id: await proving.check(
                "".join(part.text for part in item.content),
                record,
                now,
                self._scorer,
                links=footnotes.links(item),
                page_sha256={each.path: digest(each.path) for each in record.citations},
            )
            for (item, record), now in zip(answers, healed, strict=True)
        }

    async def digest(self) -> Digest:
        """Gives the digests of pages as they are now, by path; empty where one is not known."""
        try:
            known = (await self._contents.read()).documents if self._contents is not None else ()
        except PagesideError:  # a record without them is better than no answer
            known = ()
        return lambda path: next((row.digest for row in known if row.path == path), "")


def _leading(item: AnsweredItem, healed: Mapping[int, Healed]) -> AnsweredItem:
    if all(verdict.state in _STAYED for verdict in healed.values()):
        return item
    content = [
        AssistantMessageContent(
            text=part.text, annotations=[_annotation(each, part.text, healed) for each in part.annotations]
        )
        for part in item.content
    ]
    return item.model_copy(update={"content": content})


def _annotation(note: Annotation, text: str, healed: Mapping[int, Healed]) -> Annotation:
    verdict = healed.get(footnotes.marker(note, text) or 0)
    if verdict is None or verdict.state in _STAYED or not isinstance(note.source, URLSource):
        return note
    url = footnotes.absolute(verdict.url, site=note.source.url)
    return note.model_copy(update={"source": note.source.model_copy(update={"url": url})})
