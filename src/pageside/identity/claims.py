"""What a token says of its reader: under which names providers put it, and what of it can be kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pageside.identity.denial import TokenDenied
from pageside.identity.reader import Reader

SUBJECTS = ("sub", "user_id")
LONGEST_NAME = 250  # characters, which are 1,000 bytes at most: what the database takes as a name
MOST_ROLES = 100

_LONGEST_PROFILE = 200
_UNNAMEABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NO_PROFILE: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Claims:
    """Where to look; a place is a claim, or a path into one, such as `app_metadata.roles`.

    Attributes:
        organisation: Places of which the first that says something counts.
        roles: The same.
        profile: The same, for each key of a reader's profile.
    """

    organisation: tuple[str, ...] = ("org_id",)
    roles: tuple[str, ...] = ("roles",)
    profile: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_PROFILE)

    def reader(self, told: Mapping[str, object]) -> Reader:
        """The reader of whom the verified claims `told` speak.

        Raises:
            TokenDenied: They name nobody, or nobody who can be kept apart from others.
        """
        subject = _name(_first(told, SUBJECTS), "subject")
        if not subject:
            raise TokenDenied(
                "The token does not say whose it is: it needs a claim sub or user_id. Sign in again.",
                reason="no_subject",
            )
        return Reader(
            subject=subject,
            organisation=_name(_first(told, self.organisation), "organisation"),
            roles=_roles(_first(told, self.roles)),
            profile=MappingProxyType(dict(self._profile(told))),
        )

    def _profile(self, told: Mapping[str, object]) -> Iterable[tuple[str, str]]:
        for key, places in self.profile.items():
            value = _first(told, places)
            if isinstance(value, str) and value.strip():
                yield key, _UNNAMEABLE.sub(" ", value).strip()[:_LONGEST_PROFILE]


def nameable(name: str) -> bool:
    """Whether `name` can be a reader's or an organisation's: not too long, and without what cannot be seen."""
    return len(name) <= LONGEST_NAME and name == name.strip() and not _UNNAMEABLE.search(name)


def _name(value: object, what: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not nameable(value):
        raise TokenDenied(f"The token names its {what} in a way that cannot be kept.", reason=f"unusable_{what}")
    return value


def _roles(value: object) -> frozenset[str]:
    """Roles as a list, or as words in one string as OAuth writes scopes."""
    listed = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(listed, list):
        return frozenset()
    return frozenset([role for role in listed if isinstance(role, str) and role and nameable(role)][:MOST_ROLES])


def _first(told: Mapping[str, object], places: Iterable[str]) -> object:
    return next((value for place in places if (value := _at(told, place)) not in (None, "", [])), None)


def _at(told: Mapping[str, object], place: str) -> object:
    """What stands at `place`; a claim that has the dots in its own name, such as a URL, comes before a path."""
    if place in told:
        return told[place]
    parts = place.split(".")
    for end in range(len(parts) - 1, 0, -1):
        inner = told.get(".".join(parts[:end]))
        if isinstance(inner, Mapping) and (found := _at(inner, ".".join(parts[end:]))) is not None:
            return found
    return None
