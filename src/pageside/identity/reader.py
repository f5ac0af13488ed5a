"""Reader: who is asking, as a value that travels with every request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

_NOTHING: Mapping[str, str] = MappingProxyType({})
_BEHIND_THE_BOOK: Final = "\x1f"  # no name of an organisation has it; see `claims.nameable`


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone whose threads are theirs alone.

    Attributes:
        subject: Identifies the reader within the organisation.
        organisation: Keeps tenants apart; empty on a server that has one.
        profile: `name`, `email`, `role`, `softwareBackground`, `hardwareTier`: data, never instructions.
    """

    subject: str
    organisation: str = ""
    roles: frozenset[str] = frozenset()
    profile: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    @property
    def book(self) -> str:
        """The one of several books whose reader this is; empty for the one book of a server that has no other."""
        return self.organisation.rpartition(_BEHIND_THE_BOOK)[0]

    def of_book(self, name: str) -> Reader:
        """The same person as the reader of one of several books: what they have there is apart from all the rest.

        Args:
            name: Of the book; empty for the one book of a server that has no other.
        """
        home = self.organisation.rpartition(_BEHIND_THE_BOOK)[2]
        return replace(self, organisation=f"{name}{_BEHIND_THE_BOOK}{home}" if name else home)
