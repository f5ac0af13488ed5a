"""The way in by a link, which is good once in whatever process."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from pageside import ids
from pageside.conversation.noting import SERVER
from pageside.errors import Unauthorized
from pageside.identity.invitations import LINK_LIFETIME, LONGEST, Invitations
from pageside.identity.looker import Looker
from pageside.identity.ownership import mine, owner
from pageside.storage.engine import Database
from pageside.storage.tables import requests


class LinkUsed(Unauthorized):
    """The link is not one of this server's, or is used up."""

    code = "link_used"


class Doorway:
    """Lets lookers in by links; which of them were used is kept in `database` for as long as they would be good."""

    def __init__(self, database: Database, invitations: Invitations) -> None:
        self._database = database
        self._invitations = invitations

    async def enter(self, token: str) -> Looker:
        """Who comes in by the link's `token`.

        Raises:
            LinkUsed: It is forged, too old, or was used before.
            StoreUnavailable: The database cannot be written.
        """
        invitation = self._invitations.read_link(token[: LONGEST + 1])
        if invitation is None:
            raise LinkUsed("This link is too old or damaged. `pageside admin` prints a new one.")
        now = ids.now()
        async with self._database.transaction(SERVER.reader) as connection:
            await connection.execute(
                delete(requests).where(mine(requests, SERVER), requests.c.created_at < now - 2 * LINK_LIFETIME)
            )
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            row = {"key": invitation.id, "claimant": "link", "digest": "", "created_at": now}
            done = await connection.execute(
                insert(requests).values(**owner(SERVER), **row).on_conflict_do_nothing().returning(requests.c.key)
            )
            if done.one_or_none() is None:
                raise LinkUsed("This link was used before. `pageside admin` prints a new one.")
        return invitation.looker
