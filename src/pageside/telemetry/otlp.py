"""Spans sent over OTLP/HTTP; loaded where an endpoint is named, for it needs `pageside[otel]`.

The provider is our own and nobody else's: libraries that find a global one tell it paths, arguments and messages of
errors.

Source: OpenTelemetry specification 1.40, "Trace SDK" and "OTLP exporter"; semantic conventions of HTTP and exceptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from pageside import __version__
from pageside.telemetry import frames
from pageside.telemetry.tracing import Span, Value

_TRACE_CONTEXT = TraceContextTextMapPropagator()


class OtlpSpan:
    """See `Span`."""

    def __init__(self, span: trace.Span) -> None:
        self.span = span

    def call(self, name: str) -> None:
        """See `Span.call`."""
        self.span.update_name(name)

    def note(self, told: Mapping[str, Value]) -> None:
        """See `Span.note`."""
        for name, value in told.items():
            self.span.set_attribute(name, value)

    def fail(self, error: BaseException) -> None:
        """See `Span.fail`; whoever leaves is no error."""
        if isinstance(error, Exception):
            self.span.set_status(Status(StatusCode.ERROR))
        self.span.set_attribute("error.type", frames.name(error))

    def end(self) -> None:
        """See `Span.end`."""
        self.span.end()


class OtlpTracer:
    """Gathers spans and sends them, some at a time, from a thread of its own; see `Tracer`."""

    def __init__(self, endpoint: str) -> None:
        """Sends to `endpoint`, such as `http://localhost:4318`; the environment may say more, as the SDK reads it."""
        resource = Resource.create({"service.name": "pageside", "service.version": __version__}).merge(
            Resource.create()  # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win
        )
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
        self._tracer = self._provider.get_tracer("pageside", __version__)

    def begin(self, name: str, *, parent: Span | None = None) -> OtlpSpan:
        """See `Tracer.begin`."""
        within = trace.set_span_in_context(parent.span) if isinstance(parent, OtlpSpan) else None
        return OtlpSpan(self._tracer.start_span(name, within))

    @contextmanager
    def serving(self, traceparent: str) -> Iterator[tuple[OtlpSpan, str]]:
        """See `Tracer.serving`."""
        caller = _TRACE_CONTEXT.extract({"traceparent": traceparent} if traceparent else {}, contexts.Context())
        span = self._tracer.start_span("request", caller, kind=SpanKind.SERVER)
        token = contexts.attach(trace.set_span_in_context(span))
        try:
            yield OtlpSpan(span), trace.format_trace_id(span.get_span_context().trace_id)
        finally:
            contexts.detach(token)
            span.end()

    def close(self) -> None:
        """Sends what is left, and no more; it may take some seconds."""
        self._provider.shutdown()
