"""Where a page ended, as a client sends it back: an id and the place it had, which outlives what it names."""

from __future__ import annotations

from pageside.errors import InvalidInput

_MARK = "~"
_LONGEST_PLACE = 18  # digits that every 64-bit number has room for


def write(name: str, place: int) -> str:
    """The cursor for what comes after `name`, which stands at `place`."""
    return f"{name}{_MARK}{place}"


def read(cursor: str) -> tuple[str, int] | None:
    """The id and the place in `cursor`; None for a plain id, whose place has to be looked up."""
    name, mark, place = cursor.rpartition(_MARK)
    if mark and place.isascii() and place.isdecimal() and len(place) <= _LONGEST_PLACE:
        return name, int(place)
    return None


def require(cursor: str) -> tuple[str, int]:
    """The id and the place in `cursor`, where nothing else is taken.

    Raises:
        InvalidInput: It is no cursor of ours.
    """
    found = read(cursor)
    if found is None:
        raise InvalidInput("cursor: send the `next_cursor` of the page before.")
    return found
