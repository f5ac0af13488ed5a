"""Which request is being served, for whom and about which book: what every log line, metric and trace may say of it.

It goes along into every task that the request starts.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import Final

from pageside import ids

_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{8,128}")
_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}.*")

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_trace_id: ContextVar[str] = ContextVar("trace_id", default="")
_reader: ContextVar[str] = ContextVar("reader", default="")
_book: ContextVar[str] = ContextVar("book", default="")


def request_id() -> str:
    """The id of the request being served; empty outside a request."""
    return _request_id.get()


def adopt_request_id(candidate: str | None) -> str:
    """The id for this request: `candidate` where it is 8 to 128 plain characters, else a new one."""
    chosen = candidate if candidate and _WELL_FORMED.fullmatch(candidate) else ids.new("req")
    _request_id.set(chosen)
    return chosen


def trace_id() -> str:
    """The id of the trace that the request belongs to, 32 hexadecimal digits; empty where it belongs to none."""
    return _trace_id.get()


def adopt_trace_id(traceparent: str | None) -> None:
    """Takes the trace that whoever asks says the request belongs to.

    Source: W3C Trace Context, section 3.2.
    """
    found = _TRACEPARENT.fullmatch(traceparent or "")
    _trace_id.set(found[1] if found else "")


def enter_trace(trace_id: str) -> None:
    """Says which trace the request is recorded in."""
    _trace_id.set(trace_id)


def reader() -> str:
    """The pseudonym of the reader who asks; empty where nobody is known to."""
    return _reader.get()


def enter_reader(pseudonym: str) -> None:
    """Says who asks.

    Args:
        pseudonym: See `identity.pseudonyms`; never a name.
    """
    _reader.set(pseudonym)


def book() -> str:
    """The name of the book that is asked about; empty where a server has one book, or the request concerns none."""
    return _book.get()


def enter_book(name: str) -> None:
    """Says which book is asked about."""
    _book.set(name)
