"""Reader: who is asking, as a value that travels with every request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


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
