"""Structured logs: events with fields, from us and from the libraries, without anything that a reader wrote."""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any, Final, Literal

import structlog
from structlog.typing import EventDict, WrappedLogger

from pageside.telemetry import context, frames, reporting

LogFormat = Literal["console", "json"]

# Whose messages are constant, or hold nothing but addresses of this machine; those of others may quote anything.
_TRUSTED: Final = ("pageside", "uvicorn", "alembic")
_QUIET: Final = (
    "httpx2", "httpx", "httpcore", "openai", "aiosqlite", "alembic", "uvicorn.access", "markdown_it", "asyncio",
    "urllib3", "opentelemetry",
)  # fmt: skip


def _in_context(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Adds what the request is, for whom and about which book."""
    known = {
        "request_id": context.request_id(),
        "trace_id": context.trace_id(),
        "reader": context.reader(),
        "book": context.book(),
    }
    for field, value in known.items():
        if value:
            event.setdefault(field, value)
    return event


def _without_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Keeps of a library's message what stands in its code: the text without what was put into it, or the place."""
    record: logging.LogRecord = event["_record"]
    put_in = event.pop("positional_args", ())
    if record.name.partition(".")[0] in _TRUSTED:
        return event
    if put_in and isinstance(record.msg, str):
        event["event"] = record.msg
    else:  # it may have been put together before
        event["event"] = "said_by_library"
    event["at"] = f"{record.module}:{record.lineno}"
    event.pop("stack_info", None)
    return event


def _errors_told(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An error as its class and frames, in the log and for whoever is told of errors."""
    if (error := _error(event.pop("exc_info", None))) is not None:
        reporting.report(error, event=str(event.get("event", "")), level=str(event.get("level", "error")))
        event["exception"] = frames.told(error)
    return event


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line tells more than that uvicorn, too, met an error that was told before."""
    error = _error(record.exc_info)
    return not (record.name == "uvicorn.error" and error is not None and reporting.was_told(error))


def _error(told: Any) -> BaseException | None:
    if isinstance(told, BaseException):
        return told
    if isinstance(told, tuple) and len(told) == 3:
        return told[1] if isinstance(told[1], BaseException) else None
    return sys.exc_info()[1] if told else None


def configure(*, style: LogFormat = "console", level: str = "INFO") -> None:
    """Sends every log line, ours and the libraries', to standard error in one style."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _in_context,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _errors_told,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_without_values, *shared],
            pass_foreign_args=True,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    output.addFilter(_is_news)
    root = logging.getLogger()
    root.handlers = [output]
    root.setLevel(level)
    for noisy in _QUIET:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # what goes wrong there is told by whoever asked; its own tracebacks quote what was said
    logging.getLogger("mcp").setLevel(logging.CRITICAL)


def catch_strays() -> None:
    """Logs what Python itself would print: warnings, and errors that nobody can catch, which would quote values."""
    logging.captureWarnings(capture=True)
    threading.excepthook = _thread_failed
    sys.unraisablehook = _unraisable


def _thread_failed(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None:
        structlog.get_logger(__name__).error("thread_failed", exc_info=told.exc_value)


def _unraisable(told: Any) -> None:
    if told.exc_value is not None:
        structlog.get_logger(__name__).error("cleanup_failed", exc_info=told.exc_value)
