"""Whose rows a unit of work may touch."""

from __future__ import annotations

from typing import Protocol

from pageside.errors import BadRequest

# The subjects, of no organisation, whose rows are the server's own. They are on no roll, so a backup asks for them.
SERVERS = ("pageside:server", "pageside\x1fadministration")

_LONGEST_NAME = 1000  # bytes; both names stand in one entry of an index, which PostgreSQL limits to 2704


class Owner(Protocol):
    """One reader of one organisation; a `Reader` is one."""

    @property
    def organisation(self) -> str: ...
    @property
    def subject(self) -> str: ...


def require_keepable(owner: Owner) -> None:
    """Returns if every database can hold the owner's names as they are.

    Raises:
        BadRequest: One is longer than 1,000 bytes, or is no text.
    """
    if not (_keepable(owner.organisation) and _keepable(owner.subject)):
        raise BadRequest("The name of the reader or of the organisation cannot be kept: it is too long, or is no text.")


def _keepable(name: str) -> bool:
    try:
        return "\x00" not in name and len(name.encode()) <= _LONGEST_NAME
    except UnicodeEncodeError:
        return False
