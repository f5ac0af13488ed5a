"""What the server says of itself: structured logs and the id of the request they belong to."""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar
from typing import Literal

import structlog
from structlog.typing import EventDict, WrappedLogger

from pageside import ids

LogFormat = Literal["console", "json"]

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,128}")
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The id of the request being served; empty outside a request."""
    return _request_id.get()


def adopt_request_id(candidate: str | None) -> str:
    """The id for this request: `candidate` where it is 8 to 128 plain characters, else a new one."""
    chosen = candidate if candidate and _WELL_FORMED.fullmatch(candidate) else ids.new("req")
    _request_id.set(chosen)
    return chosen


def _add_request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if current := request_id():
        event.setdefault("request_id", current)
    return event


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
        _add_request_id,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [output]
    root.setLevel(level)
    for noisy in ("httpx2", "httpx", "openai", "aiosqlite", "alembic", "uvicorn.access", "markdown_it"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # what goes wrong there is told by whoever asked; its own tracebacks quote what was said
    logging.getLogger("mcp").setLevel(logging.CRITICAL)
