"""Whose a pseudonym is: found among those who have rows, which takes the server's secret."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pageside.identity.pseudonyms import Pseudonyms
from pageside.identity.reader import Reader
from pageside.storage.engine import Database


@dataclass(frozen=True, slots=True)
class Roll:
    """Everybody who has rows in `database`."""

    database: Database
    pseudonyms: Pseudonyms

    async def find(self, hashes: Collection[str], *, organisation: str, book: str) -> Mapping[str, Reader]:
        """The readers of a book whose pseudonyms these are, by pseudonym; without those who have left.

        Looks through the readers of the organisation five hundred at a time, and no further than it must.

        Raises:
            StoreUnavailable: The database cannot be read.
        """
        wanted, found = set(hashes), dict[str, Reader]()
        kept_under = Reader(subject="", organisation=organisation).of_book(book).organisation
        last = (kept_under, "")
        while wanted and (page := await self.database.roll(after=last)):
            for whose, subject in page:
                if whose != kept_under:
                    return found
                reader = Reader(subject=subject, organisation=whose)
                name = self.pseudonyms.of(reader)
                if name in wanted:
                    wanted.discard(name)
                    found[name] = reader
            last = page[-1]
        return found
