"""Settings to what those who look after a server need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from pageside.administration import unanswered
from pageside.administration.entering import Doorway
from pageside.administration.reindexing import Reindexing, Volume
from pageside.administration.reports import Reports
from pageside.conversation.noting import Notes
from pageside.identity.invitations import Invitations
from pageside.identity.looker import Roles
from pageside.identity.pseudonyms import Pseudonyms
from pageside.knowledge.embed import Embedder
from pageside.knowledge.embed_memory import RememberingEmbedder
from pageside.knowledge.index import Index
from pageside.knowledge.ingest import Progress, Report
from pageside.settings import Settings
from pageside.storage.engine import Database
from pageside.wiring import knowing


@dataclass(frozen=True, slots=True)
class Administration:
    """Who comes in, what is noted of turns, and what is told of them."""

    notes: Notes
    invitations: Invitations
    entrance: Doorway
    roles: Roles
    reindexing: Reindexing
    reports: Reports


@asynccontextmanager
async def open_administration(
    settings: Settings, database: Database, embedder: Embedder | None, secret: SecretStr, pseudonyms: Pseudonyms
) -> AsyncIterator[Administration]:
    """What is the same for all books; what waits to be noted is written in the end."""
    invitations = Invitations(secret)
    notes, reindexing = Notes(database, pseudonyms), Reindexing(database)
    remembering = None if embedder is None else RememberingEmbedder(embedder, limit=2 * unanswered.MOST)
    try:
        yield Administration(
            notes=notes,
            invitations=invitations,
            entrance=Doorway(database, invitations),
            roles=settings.looking_roles,
            reindexing=reindexing,
            reports=Reports(database, pseudonyms, reindexing=reindexing, notes=notes, embedder=remembering),
        )
    finally:
        await reindexing.aclose()
        await notes.aclose()


def look_after(administration: Administration, settings: Settings, book: Path, index: Index) -> None:
    """Lets the index of the one book of a server be brought up to date."""

    async def refresh(progress: Callable[[Progress], None], wait_s: float) -> Report:
        return await knowing.index_book(settings, book, progress=progress, wait_s=wait_s)

    administration.reindexing.add(Volume("", "", index, refresh))
