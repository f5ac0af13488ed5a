"""Settings to what those who look after a server need."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from pageside.administration.entering import Doorway
from pageside.conversation.noting import Notes
from pageside.identity.invitations import Invitations
from pageside.identity.looker import Roles
from pageside.identity.pseudonyms import Pseudonyms
from pageside.settings import Settings
from pageside.storage.engine import Database


@dataclass(frozen=True, slots=True)
class Administration:
    """Who comes in, and what is noted of turns."""

    pseudonyms: Pseudonyms
    notes: Notes
    invitations: Invitations
    entrance: Doorway
    roles: Roles


@asynccontextmanager
async def open_administration(
    settings: Settings, database: Database, secret: SecretStr
) -> AsyncIterator[Administration]:
    """What is the same for all books; what waits to be noted is written in the end."""
    pseudonyms, invitations = Pseudonyms(secret), Invitations(secret)
    notes = Notes(database, pseudonyms)
    try:
        yield Administration(pseudonyms, notes, invitations, Doorway(database, invitations), settings.looking_roles)
    finally:
        await notes.aclose()
