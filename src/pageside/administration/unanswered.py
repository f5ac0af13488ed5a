"""What readers ask and the book does not answer, put together by meaning."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import anyio.to_thread
import structlog
from chatkit.types import UserMessageItem
from sqlalchemy import RowMapping, select

from pageside.administration import grouping
from pageside.administration.listing import sections
from pageside.administration.owning import Roll
from pageside.administration.scoping import within
from pageside.administration.values import OUTCOMES, Period, QuestionGroup, Scope
from pageside.conversation import stored, transcript
from pageside.conversation.noting import SERVER
from pageside.conversation.turn import Turn
from pageside.errors import Unavailable
from pageside.identity.ownership import mine
from pageside.knowledge.embed import Embedder, Vectors, reads
from pageside.storage.engine import Database
from pageside.storage.tables import items, turns

MOST: Final = 1000  # turns that are put together, the newest
_MOST_SHOWN: Final = 20  # questions of a group
_WANTING: Final = ("closest", "not_in_book")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Groups of questions.

    Attributes:
        embedder: Knows what questions mean; None where words alone are compared.
    """

    database: Database
    roll: Roll
    embedder: Embedder | None

    async def groups(self, scope: Scope, period: Period, *, questions: bool) -> Sequence[QuestionGroup]:
        """What the newest thousand unanswered turns of the period ask, what most readers ask first.

        Words are read from the readers' own rows, compared, and told again only where two readers wrote them. A turn
        whose conversation is deleted has no words: it stands with others that were nearest to the same section.

        Args:
            questions: Whether the questions are told as they were asked.

        Raises:
            StoreUnavailable: The database cannot be read.
        """
        rows = await self._rows(scope, period)
        texts = await self._texts(rows)
        said = [row for row in rows if row["id"] in texts]
        together = await self._together(said, texts)
        silent: dict[tuple[str, ...], list[RowMapping]] = defaultdict(list)
        for row in rows:
            if row["id"] not in texts:
                silent[row["book"], row["page"] or "", row["anchor"] or ""].append(row)
        told = [_group(group, texts, questions=questions) for group in (*together, *silent.values())]
        return sorted(told, key=lambda group: (-group.readers, -group.turns, group.key))

    async def _rows(self, scope: Scope, period: Period) -> Sequence[RowMapping]:
        async with self.database.reading(SERVER.reader) as connection:
            found = await connection.execute(
                select(turns)
                .where(mine(turns, SERVER), within(turns, scope, period), turns.c.outcome.in_(_WANTING))
                .order_by(turns.c.at.desc(), turns.c.id)
                .limit(MOST)
            )
            return found.mappings().all()

    async def _texts(self, rows: Sequence[RowMapping]) -> Mapping[str, str]:
        """What was asked, by turn."""
        by_place: dict[tuple[str, str], dict[str, list[RowMapping]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            if row["reader_hash"] is not None:
                by_place[row["home"], row["book"]][row["reader_hash"]].append(row)
        texts: dict[str, str] = {}
        for (organisation, book), by_hash in by_place.items():
            readers = await self.roll.find(by_hash.keys(), organisation=organisation, book=book)
            for name, reader in readers.items():
                texts |= await self._asked(by_hash[name], Turn(reader=reader))
        return texts

    async def _asked(self, rows: Sequence[RowMapping], turn: Turn) -> Mapping[str, str]:
        wanted = {(row["thread_id"], row["asked_id"]): row["id"] for row in rows}
        async with self.database.reading(turn.reader) as connection:
            found = await connection.execute(
                select(items).where(
                    mine(items, turn),
                    items.c.thread_id.in_({thread_id for thread_id, _ in wanted}),
                    items.c.id.in_({item_id for _, item_id in wanted}),
                )
            )
            read = [stored.item(row) for row in found.all()]
        asked = {
            (item.thread_id, item.id): transcript.question_text(item)
            for item in read
            if isinstance(item, UserMessageItem)
        }
        return {wanted[place]: text for place, text in asked.items() if text and place in wanted}

    async def _together(self, rows: Sequence[RowMapping], texts: Mapping[str, str]) -> Sequence[Sequence[RowMapping]]:
        """By meaning, where the embedder knows it; by words, where it does not or cannot be asked now."""
        if self.embedder is None:
            return await _grouped(rows, grouping.word_vectors([texts[row["id"]] for row in rows]), grouping.SAME_WORDS)
        read = {row["id"] for row in rows if reads(self.embedder, texts[row["id"]])}
        meant = [row for row in rows if row["id"] in read]
        rest = [row for row in rows if row["id"] not in read]
        try:
            vectors = await self.embedder.queries([texts[row["id"]] for row in meant]) if meant else None
        except Unavailable as error:
            log.warning("questions_not_embedded", code=error.code)
            vectors, rest = None, list(rows)
        found = [] if vectors is None else await _grouped(meant, vectors, grouping.ALIKE)
        words = grouping.word_vectors([texts[row["id"]] for row in rest])
        return [*found, *await _grouped(rest, words, grouping.SAME_WORDS)]


async def _grouped(rows: Sequence[RowMapping], vectors: Vectors, alike: float) -> list[list[RowMapping]]:
    found = await anyio.to_thread.run_sync(lambda: grouping.groups(vectors, alike=alike))
    return [[rows[at] for at in group] for group in found]


def _group(rows: Sequence[RowMapping], texts: Mapping[str, str], *, questions: bool) -> QuestionGroup:
    """What is told of turns of one meaning, which are in the order newest first."""
    nearest = [found[0] for row in rows if (found := sections(row))]
    came_out = Counter(row["outcome"] for row in rows)
    said = [(row["reader_hash"], texts[row["id"]]) for row in rows if row["id"] in texts]
    shown = tuple(dict.fromkeys(text for _, text in said))[:_MOST_SHOWN] if questions else ()
    return QuestionGroup(
        key=hashlib.sha256("\n".join(sorted(row["id"] for row in rows)).encode()).hexdigest()[:12],
        turns=len(rows),
        readers=len({row["reader_hash"] for row in rows} - {None}),
        words=grouping.shared_words(said),
        nearest=Counter(nearest).most_common(1)[0][0] if nearest else None,
        outcomes={each: came_out[each] for each in OUTCOMES},
        last=max(row["at"] for row in rows),
        questions=shown,
    )
