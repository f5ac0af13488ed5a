"""What went wrong while answering, in words for the reader; the details are in the log."""

from __future__ import annotations

import structlog
from chatkit.errors import CustomStreamError

from pageside import telemetry
from pageside.conversation.frames import apology
from pageside.errors import PagesideError
from pageside.telemetry import context, metrics

log = structlog.get_logger(__name__)


def in_words(error: Exception, language: str) -> CustomStreamError:
    """`error` in `language`, as the error event that ends a stream, with a way to retry."""
    if isinstance(error, CustomStreamError):
        message = error.said(language) if isinstance(error, PagesideError) else error.message
        return CustomStreamError(message, allow_retry=error.allow_retry)
    code = error.code if isinstance(error, PagesideError) else "internal"
    metrics.ANSWER_FAILURES.labels(context.book(), code).inc()
    if isinstance(error, PagesideError):
        log.warning("answer_failed", code=error.code)
        return CustomStreamError(error.said(language), allow_retry=True)
    log.error("answer_failed", exc_info=error)
    return CustomStreamError(apology(telemetry.request_id()).said(language), allow_retry=True)
