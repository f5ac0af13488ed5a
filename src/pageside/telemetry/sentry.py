"""Errors that nobody foresaw, told to Sentry; loaded where a DSN is set, for it needs `pageside[sentry]`.

What is told is made here from nothing: class, frames, the name of the event, and what the log would say of the request.
The SDK's own additions (messages, local variables, request, breadcrumbs, machine) are not among it.

Source: sentry-sdk 2, "Filtering"; Sentry's developer documentation, "Event Payloads".
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

from pageside import __version__
from pageside.telemetry import context

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of eventlet, which the client imports where it is installed
    import sentry_sdk

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

_OF_A_FRAME: Final = ("filename", "function", "module", "lineno", "in_app")
_CLOSING_TIME_S: Final = 2.0


class SentryReporter:
    """See `Reporter`."""

    def __init__(self, dsn: str, *, environment: str) -> None:
        """Tells the project of `dsn`.

        Args:
            environment: `development` or `production`.

        Raises:
            ValueError: `dsn` is none.
        """
        self._client = sentry_sdk.Client(
            dsn=dsn,
            release=f"pageside@{__version__}",
            environment=environment,
            default_integrations=False,
            auto_enabling_integrations=False,
            send_default_pii=False,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            server_name="",
            before_send=allowed,
        )

    def report(self, error: BaseException, *, event: str) -> None:
        """See `Reporter.report`."""
        told, hint = sentry_sdk.utils.event_from_exception(error, client_options=self._client.options)
        told["tags"] = {"event": event, **_tags()}
        if reader := context.reader():
            told["user"] = {"id": reader}
        self._client.capture_event(told, hint)

    def close(self) -> None:
        """Sends what is left, for two seconds at most."""
        self._client.close(timeout=_CLOSING_TIME_S)


def allowed(event: Event, _: Hint) -> Event:
    """What of `event` may leave the server."""
    told: dict[str, Any] = {
        name: event[name]
        for name in ("event_id", "timestamp", "platform", "level", "release", "environment", "tags", "user", "sdk")
        if name in event
    }
    raised = event.get("exception", {}).get("values", [])
    told["exception"] = {"values": [_exception(each) for each in raised]}
    return told  # type: ignore[return-value]  # a part of an event is one


def _exception(told: dict[str, Any]) -> dict[str, Any]:
    frames = (told.get("stacktrace") or {}).get("frames", [])
    kept = [{name: frame[name] for name in _OF_A_FRAME if name in frame} for frame in frames]
    return {"type": told.get("type"), "module": told.get("module"), "stacktrace": {"frames": kept}}


def _tags() -> dict[str, str]:
    known = {"request_id": context.request_id(), "trace_id": context.trace_id(), "book": context.book()}
    return {name: value for name, value in known.items() if value}
