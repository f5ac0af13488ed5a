"""What endpoints beside the answering model say they took: noted where they answer, summed where it is paid."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """The sum of one turn.

    Attributes:
        tokens: Of embeddings, reranking and transcription.
        calls: How often an endpoint said what it took.
    """

    tokens: int = 0
    calls: int = 0


_tally: ContextVar[Tally | None] = ContextVar("charges", default=None)


def begin() -> Tally:
    """A tally of what is noted from here on, in this task and those that it starts."""
    tally = Tally()
    _tally.set(tally)
    return tally


def note(tokens: object) -> None:
    """Notes what an endpoint took, if it said so in a whole number; of nothing where nobody pays for it."""
    tally = _tally.get()
    if tally is not None and isinstance(tokens, int) and not isinstance(tokens, bool) and tokens > 0:
        tally.tokens += tokens
        tally.calls += 1
