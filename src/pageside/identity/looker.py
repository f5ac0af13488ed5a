"""Looker: somebody who looks after a server, and what of it they may see."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from pageside.identity.reader import Reader


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody who may open the administration.

    Attributes:
        who: Their name, for the audit.
        organisation: The one whose readers' turns they see, empty on a server without; None for all of them.
        reads_text: Whether they may read words of readers, each look for a reason that is kept.
    """

    who: str
    organisation: str | None = ""
    reads_text: bool = False


@dataclass(frozen=True, slots=True)
class Roles:
    """Which roles of a token open what.

    Attributes:
        admin: See their own organisation.
        operator: See all organisations.
        text: May read words of readers, where they may see them at all.
    """

    admin: Set[str] = frozenset({"admin"})
    operator: Set[str] = frozenset({"operator"})
    text: Set[str] = frozenset({"admin:text"})


def looker(reader: Reader, roles: Roles) -> Looker | None:
    """What `reader` may see by their verified roles; None where that is nothing."""
    person = reader.of_book("")
    operates = bool(roles.operator & person.roles)
    if not operates and not roles.admin & person.roles:
        return None
    return Looker(
        who=person.subject,
        organisation=None if operates else person.organisation,
        reads_text=bool(roles.text & person.roles),
    )
