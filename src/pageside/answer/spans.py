"""The spans of the Agents SDK as spans of ours: which agent, model call or tool, and how long; no contents.

Source: openai-agents 0.24, `agents/tracing`.
"""

from __future__ import annotations

from typing import Any, Final

from agents import RunConfig
from agents.tracing import AgentSpanData, Trace, TracingProcessor
from agents.tracing import Span as SdkSpan

from pageside.telemetry import tracing
from pageside.telemetry.tracing import Span

_MOST_OPEN: Final = 10_000  # of spans whose end never comes


class Bridge(TracingProcessor):
    """Begins and ends a span of ours with each of the SDK's, where somebody gathers spans."""

    def __init__(self) -> None:
        self._open: dict[str, Span] = {}

    def on_trace_start(self, trace: Trace) -> None:
        """The trace is the request's."""

    def on_trace_end(self, trace: Trace) -> None:
        """It ends with the request."""

    def on_span_start(self, span: SdkSpan[Any]) -> None:
        """Begins one, within that of its parent."""
        if not tracing.is_on():
            return
        while len(self._open) >= _MOST_OPEN:
            self._open.pop(next(iter(self._open))).end()
        parent = self._open.get(span.parent_id) if span.parent_id else None
        self._open[span.span_id] = tracing.begin(_name(span), parent=parent)

    def on_span_end(self, span: SdkSpan[Any]) -> None:
        """Ends it; of an error is told that there was one."""
        if (begun := self._open.pop(span.span_id, None)) is not None:
            begun.note({"pageside.failed": span.error is not None})
            begun.end()

    def shutdown(self) -> None:
        """Nothing waits here to be sent."""

    def force_flush(self) -> None:
        """Nothing waits here to be sent."""


def configured(workflow: str) -> RunConfig:
    """How an agent is run: traced without contents where somebody gathers spans, else not at all."""
    return RunConfig(
        workflow_name=workflow,
        tracing_disabled=not tracing.is_on(),
        trace_include_sensitive_data=False,
        tracing={"include_task_and_turn_spans": False},
    )


def _name(span: SdkSpan[Any]) -> str:
    data = span.span_data
    # Agents have names that we gave them; tools may have a page's.
    return f"agent {data.name}" if isinstance(data, AgentSpanData) else str(data.type)
