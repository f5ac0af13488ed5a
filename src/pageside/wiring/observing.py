"""Settings to whoever is told of traces and errors, beside the log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from anyio.to_thread import run_sync

from pageside.errors import SettingsError
from pageside.settings import Settings
from pageside.telemetry import logs, reporting, tracing

log = structlog.get_logger(__name__)


@asynccontextmanager
async def observed(settings: Settings) -> AsyncIterator[None]:
    """As long as the block, traces and errors go where the settings say; what Python would print goes to the log.

    A server whose extra is not installed runs without, and says so.

    Raises:
        SettingsError: The DSN cannot be used.
    """
    logs.catch_strays()
    async with AsyncExitStack() as stack:
        if settings.otlp_endpoint:
            _trace(settings.otlp_endpoint, stack)
        if settings.sentry_dsn is not None:
            _report(settings, stack)
        yield


def _trace(endpoint: str, stack: AsyncExitStack) -> None:
    try:
        from pageside.telemetry.otlp import OtlpTracer  # noqa: PLC0415  # an extra
    except ImportError:
        log.warning("traces_not_sent", variable="OTEL_EXPORTER_OTLP_ENDPOINT", hint="pip install 'pageside[otel]'")
        return
    tracer = OtlpTracer(endpoint)
    tracing.gather(tracer)
    stack.push_async_callback(run_sync, tracer.close)
    stack.callback(tracing.gather_no_more)


def _report(settings: Settings, stack: AsyncExitStack) -> None:
    try:
        from pageside.telemetry.sentry import SentryReporter  # noqa: PLC0415  # an extra
    except ImportError:
        log.warning("errors_not_reported", variable="SENTRY_DSN", hint="pip install 'pageside[sentry]'")
        return
    dsn = settings.sentry_dsn.get_secret_value() if settings.sentry_dsn else ""
    try:
        reporter = SentryReporter(dsn, environment=settings.environment)
    except ValueError:  # its message may quote the key
        raise SettingsError("SENTRY_DSN: it is none; copy it from the settings of your project at Sentry.") from None
    reporting.add(reporter)
    stack.push_async_callback(run_sync, reporter.close)
    stack.callback(reporting.remove, reporter)
