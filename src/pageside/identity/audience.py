"""Audience: who may read a book and ask about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pageside.identity.reader import Reader


@dataclass(frozen=True, slots=True)
class Audience:
    """Those who are named in one way or another; everybody, where nobody is.

    Attributes:
        organisations: All of their readers.
        roles: Whoever has one of them.
        readers: By their subjects.
    """

    organisations: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, *, organisations: Iterable[str] = (), roles: Iterable[str] = (), readers: Iterable[str] = ()
    ) -> Audience:
        """The audience of these."""
        return cls(frozenset(organisations), frozenset(roles), frozenset(readers))

    @property
    def is_everybody(self) -> bool:
        """Whether the book is for all, also for those whom nobody knows."""
        return not (self.organisations or self.roles or self.readers)

    def admits(self, reader: Reader | None) -> bool:
        """Whether the book is for `reader`; None for somebody unknown."""
        if self.is_everybody:
            return True
        if reader is None:
            return False
        named = reader.of_book("")
        return (
            named.organisation in self.organisations
            or named.subject in self.readers
            or not self.roles.isdisjoint(named.roles)
        )


EVERYBODY = Audience()
