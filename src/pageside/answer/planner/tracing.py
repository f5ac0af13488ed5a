"""What the agents of a turn did, as spans that stay in this process.

The SDK sends traces to OpenAI whenever a key is set; here its exporter is taken out before anything is traced. What is
kept of a span is its name, its place and how long it took: no message, no title, no argument.

Source: openai-agents 0.24, `agents/tracing/setup.py` and `processors.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from agents import RunConfig, set_trace_processors
from agents.tracing import AgentSpanData, Span, Trace, TracingProcessor

from pageside.answer.spans import Bridge

log = structlog.get_logger(__name__)

WORKFLOW: Final = "Study tasks"
RUN: Final = RunConfig(
    workflow_name=WORKFLOW,
    trace_include_sensitive_data=False,
    tracing={"include_task_and_turn_spans": False},
)


@dataclass(frozen=True, slots=True)
class AgentSpan:
    """One agent's part in a turn.

    Attributes:
        parent: Name of the agent that ran it; empty for the first.
        took_s: Seconds it took, those of the agents it ran included.
        failed: Whether it raised.
    """

    trace_id: str
    name: str
    parent: str
    took_s: float
    failed: bool


class Spans(TracingProcessor):
    """Tells the log of every agent that ended, at debug, and whoever listens."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}  # of spans under way
        self._names: dict[str, str] = {}
        self.listeners: list[list[AgentSpan]] = []

    def on_trace_start(self, trace: Trace) -> None:
        """Nothing is known yet."""

    def on_trace_end(self, trace: Trace) -> None:
        """Every agent was told of when it ended."""

    def on_span_start(self, span: Span[Any]) -> None:
        """Notes whose part it is."""
        if span.parent_id is not None:
            self._parents[span.span_id] = span.parent_id
        if isinstance(span.span_data, AgentSpanData):
            self._names[span.span_id] = span.span_data.name

    def on_span_end(self, span: Span[Any]) -> None:
        """Tells of an agent's part."""
        parent = self._agent_above(span.span_id)
        self._parents.pop(span.span_id, None)
        if (name := self._names.pop(span.span_id, None)) is None:
            return
        ended = AgentSpan(span.trace_id, name, parent, _took_s(span), span.error is not None)
        log.debug("agent_ended", agent=name, parent=parent, took_s=ended.took_s, failed=ended.failed)
        for listener in self.listeners:
            listener.append(ended)

    def shutdown(self) -> None:
        """Nothing waits to be sent."""

    def force_flush(self) -> None:
        """Nothing waits to be sent."""

    def _agent_above(self, span_id: str) -> str:
        above = self._parents.get(span_id)
        while above is not None and above not in self._names:
            above = self._parents.get(above)
        return self._names.get(above, "") if above is not None else ""


_SPANS: Final = Spans()
_BRIDGE: Final = Bridge()


def keep_here() -> None:
    """From now on spans end in this process: the SDK's exporter, which would post them to OpenAI, is taken out."""
    set_trace_processors([_SPANS, _BRIDGE])


@contextmanager
def heard() -> Iterator[list[AgentSpan]]:
    """The spans that end within the block, in the order in which they end."""
    spans: list[AgentSpan] = []
    _SPANS.listeners.append(spans)
    try:
        yield spans
    finally:
        _SPANS.listeners.remove(spans)


def _took_s(span: Span[Any]) -> float:
    if span.started_at is None or span.ended_at is None:
        return 0.0
    return (datetime.fromisoformat(span.ended_at) - datetime.fromisoformat(span.started_at)).total_seconds()
