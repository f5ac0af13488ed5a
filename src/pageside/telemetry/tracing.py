"""What a request spends its time on, as spans of a trace, where somebody gathers traces; otherwise this costs nothing.

A span says what was done, how long it took and of which class an error was: no text, no name, no address of a reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType
from typing import Final, Protocol

from pageside.telemetry import context

Value = str | int | float | bool

_NO_MORE: Final[Mapping[str, Value]] = MappingProxyType({})


class Span(Protocol):
    """Something that is being done."""

    def call(self, name: str) -> None:
        """Gives it another name."""
        ...

    def note(self, told: Mapping[str, Value]) -> None:
        """Says more of it, by the names of OpenTelemetry's conventions where there are some."""
        ...

    def fail(self, error: BaseException) -> None:
        """Says of which class the error was that ended it."""
        ...

    def end(self) -> None:
        """It is done."""
        ...


class Tracer(Protocol):
    """Whoever gathers spans."""

    def begin(self, name: str, *, parent: Span | None = None) -> Span:
        """A span that begins now, within `parent`, else within the request that is being served."""
        ...

    def serving(self, traceparent: str) -> AbstractContextManager[tuple[Span, str]]:
        """The span of a request and the id of its trace, as long as the block; whatever it starts belongs to it.

        Args:
            traceparent: The header of that name; empty without one.
        """
        ...


class _Nothing:
    """A span that nobody gathers."""

    def call(self, name: str) -> None:
        """Says nothing."""

    def note(self, told: Mapping[str, Value]) -> None:
        """Says nothing."""

    def fail(self, error: BaseException) -> None:
        """Says nothing."""

    def end(self) -> None:
        """Nothing was begun."""


_NOTHING: Final = _Nothing()
_tracers: list[Tracer] = []


def gather(tracer: Tracer) -> None:
    """From now on spans go to `tracer`."""
    _tracers[:] = [tracer]


def gather_no_more() -> None:
    """From now on nobody gathers spans."""
    _tracers.clear()


def is_on() -> bool:
    """Whether somebody gathers spans."""
    return bool(_tracers)


def begin(name: str, *, parent: Span | None = None) -> Span:
    """A span that begins now and has to be ended."""
    return _tracers[0].begin(name, parent=parent) if _tracers else _NOTHING


@contextmanager
def span(name: str, told: Mapping[str, Value] = _NO_MORE) -> Iterator[Span]:
    """A span as long as the block, which may be left and entered again, as in a generator.

    Args:
        name: Of what is done, one of few: never anything that a reader wrote.
    """
    begun = begin(name)
    try:
        begun.note(told)
        yield begun
    except BaseException as error:
        begun.fail(error)
        raise
    finally:
        begun.end()


@contextmanager
def serving(traceparent: str) -> Iterator[Span]:
    """The span of a request, as long as the block; its trace stands in the log from here on."""
    if not _tracers:
        context.adopt_trace_id(traceparent)
        yield _NOTHING
        return
    with _tracers[0].serving(traceparent) as (begun, trace_id):
        context.enter_trace(trace_id)
        yield begun
