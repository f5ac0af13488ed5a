"""Every metric of a server on one page: name, unit, labels, and what it counts.

Labels take few values: books and routes by the names they have in the code and the settings, never an id, an address or
a word of a reader. Metrics that tell of a state are set when they are asked for; see `web/metrics.py`.

Source: Prometheus, "Metric and label naming" and "Instrumentation".
"""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder

from pageside import __version__
from pageside.telemetry import context

Kind = Literal["counter", "gauge", "histogram"]

_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ANSWERING: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0, 60.0, 120.0, 180.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REGISTRY: Final = CollectorRegistry(auto_describe=True)
disable_created_metrics()  # type: ignore[no-untyped-call]  # nobody asks when a series began


@dataclass(frozen=True, slots=True)
class Declared:
    """A metric as the reference tells of it."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    told: str


DECLARED: Final[list[Declared]] = []


def _counter(name: str, told: str, *labels: str) -> Counter:
    DECLARED.append(Declared(name, "counter", labels, told))
    return Counter(name, told, labels, registry=REGISTRY)


def _gauge(name: str, told: str, *labels: str) -> Gauge:
    DECLARED.append(Declared(name, "gauge", labels, told))
    return Gauge(name, told, labels, registry=REGISTRY)


def _histogram(name: str, told: str, *labels: str, buckets: Sequence[float] = _QUICK) -> Histogram:
    DECLARED.append(Declared(name, "histogram", labels, told))
    return Histogram(name, told, labels, registry=REGISTRY, buckets=buckets)


# Requests. `route` is a template such as /chatkit/runs/{run_id}/events; `none` where no route took the request.
REQUESTS: Final = _counter(
    "pageside_http_requests_total", "Requests, by status of the answer.", "book", "method", "route", "status"
)
REQUEST_SECONDS: Final = _histogram(
    "pageside_http_request_duration_seconds",
    "Seconds from a request to the last byte of its answer; of a stream, to its end.",
    "book", "method", "route",
)  # fmt: skip
STREAM_FIRST_SECONDS: Final = _histogram(
    "pageside_stream_first_event_seconds",
    "Seconds from a request to the first event of the stream that answers it.",
    "book", "route", buckets=_ANSWERING,
)  # fmt: skip
STREAMS: Final = _gauge("pageside_streams", "Streams of events that are open.", "book")

# Answers.
ANSWERS: Final = _counter(
    "pageside_answers_total",
    "Answers, by how they came out: answered, closest, not_in_book, conversation; asked (the reader or the page was "
    "asked back); failed; stopped.",
    "book", "outcome",
)  # fmt: skip
ANSWERS_RECALLED: Final = _counter(
    "pageside_answers_recalled_total", "Answers that were given again from the cache.", "book"
)
ANSWER_FIRST_SECONDS: Final = _histogram(
    "pageside_answer_first_sentence_seconds",
    "Seconds from a question to the first sentence that was checked and shown.",
    "book", buckets=_ANSWERING,
)  # fmt: skip
ANSWER_SECONDS: Final = _histogram(
    "pageside_answer_duration_seconds", "Seconds from a question to the end of its answer.", "book", buckets=_ANSWERING
)
ANSWER_FAILURES: Final = _counter(
    "pageside_answer_failures_total", "Answers that failed, by the code of the error.", "book", "code"
)
SENTENCES: Final = _counter(
    "pageside_sentences_total",
    "Sentences that state something: supported by the book; marked (nothing supports them, shown with a mark); "
    "dropped (nothing supports them, left out); repaired (said again by the model to be supported).",
    "book", "fate",
)  # fmt: skip
TOKENS: Final = _counter(
    "pageside_tokens_total", "Tokens that answers took: input, output, beside (embeddings, reranking).",
    "book", "model", "kind",
)  # fmt: skip
COST: Final = _counter(
    "pageside_cost_millionths_total",
    "What answers cost at the configured prices, in millionths of their currency.",
    "book", "model",
)  # fmt: skip
UNDER_WAY: Final = _gauge("pageside_answers_under_way", "Answers that are being made.")
WAITING: Final = _gauge("pageside_answers_waiting", "Questions that wait for a place among the answers under way.")
REFUSED: Final = _counter(
    "pageside_answers_refused_total",
    "Questions refused before they were answered: thread_busy (the conversation is answering), overloaded (too many "
    "answers are under way), unavailable (the server is about to stop).",
    "code",
)  # fmt: skip
FEEDBACK: Final = _counter("pageside_feedback_total", "Opinions of readers on answers.", "book", "kind")

# Finding.
SEARCH_SECONDS: Final = _histogram(
    "pageside_search_duration_seconds", "Seconds that a search of the book takes.", "book"
)
INDEX_BUILT: Final = _gauge(
    "pageside_index_built_timestamp_seconds",
    "When the generation of the index that is served was built, in seconds since 1970; 0 where there is none.",
    "book",
)  # fmt: skip
INDEX_PASSAGES: Final = _gauge("pageside_index_passages", "Passages in the index that is served.", "book")
INDEX_PAGES: Final = _gauge("pageside_index_pages", "Pages in the index that is served.", "book")

# Parts we depend on.
MODEL_ERRORS: Final = _counter(
    "pageside_model_errors_total",
    "Calls of the model that failed, by kind: timeout, connection, broken, turns, temperature, status_429 …",
    "book", "kind",
)  # fmt: skip
MODEL_SECONDS: Final = _histogram(
    "pageside_model_call_duration_seconds",
    "Seconds from asking the model to the end of what it says, failed calls included.",
    "book", buckets=_ANSWERING,
)  # fmt: skip
EMBEDDING_ERRORS: Final = _counter(
    "pageside_embedding_errors_total", "Searches and checks that had to do without embeddings, by words alone.", "book"
)
BREAKER: Final = _gauge(
    "pageside_breaker_state",
    "Whether an outside part is asked: 0 it is, 1 one question tries it, 2 it failed and is left alone for a while.",
    "book", "part",
)  # fmt: skip
REDIS_UP: Final = _gauge(
    "pageside_redis_up",
    "1 where Redis answered when it was last asked, else 0; absent where it was never asked. `use` is redis (answers "
    "that processes share) or limits_redis (limits that they count together).",
    "use",
)
REDIS_OUTAGES: Final = _counter("pageside_redis_outages_total", "How often Redis went away.", "use")

# The database.
DATABASE_UP: Final = _gauge("pageside_database_up", "1 where the database answered when it was last asked, else 0.")
DATABASE_ERRORS: Final = _counter(
    "pageside_database_errors_total", "Units of work that failed because the database did not answer.", "kind"
)
DATABASE_SECONDS: Final = _histogram(
    "pageside_database_transaction_seconds",
    "Seconds of a unit of work, reading or writing, from its beginning to its end.",
    "kind",
)  # fmt: skip
DATABASE_WAIT_SECONDS: Final = _histogram(
    "pageside_database_wait_seconds",
    "Seconds that a unit of work waits for a connection and its turn to write.",
    "kind",
)  # fmt: skip
DATABASE_WAITING: Final = _gauge("pageside_database_waiting", "Units of work that wait to begin.", "kind")
DATABASE_CONNECTIONS: Final = _gauge(
    "pageside_database_connections", "Connections to the database: in_use, idle.", "state"
)
DATABASE_LIMIT: Final = _gauge("pageside_database_connections_limit", "Most connections that may be open at once.")

# Readers.
LIMITED: Final = _counter(
    "pageside_limits_refused_total",
    "Requests refused because somebody asked too much, by kind (chat, sessions, uploads, other, budget) and by whose "
    "limit it was (reader, session, address).",
    "kind", "whose",
)  # fmt: skip
TASK_ACTS: Final = _counter(
    "pageside_task_acts_total",
    "What was done with readers' tasks: add, update, complete, reopen, delete, restore, undo.",
    "act",
)

BUILD: Final = _gauge("pageside_build_info", "Always 1; its labels say what runs.", "version", "python")
BUILD.labels(__version__, platform.python_version()).set(1)
ProcessCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)


def method(told: str) -> str:
    """A request's method as a label: those there are by name, all others as one."""
    return told if told in _METHODS else "other"


@contextmanager
def timed(histogram: Histogram) -> Iterator[None]:
    """Observes how many seconds the block takes, however it ends, for the book that is asked about."""
    began = time.perf_counter()
    try:
        yield
    finally:
        histogram.labels(context.book()).observe(time.perf_counter() - began)


def exposed(accept: str) -> tuple[bytes, str]:
    """All metrics in the form that a client accepts, and the media type of that form.

    Args:
        accept: Its `Accept` header; without one, the text format of Prometheus.
    """
    encoder, media_type = choose_encoder(accept)
    return encoder(REGISTRY), media_type


def table() -> str:
    """The metrics as a Markdown table: name, type, labels, meaning."""
    rows = ["| metric | type | labels | meaning |", "|---|---|---|---|"]
    for each in DECLARED:
        labels = ", ".join(f"`{label}`" for label in each.labels) or "none"
        rows.append(f"| `{each.name}` | {each.kind} | {labels} | {each.told} |")
    return "\n".join(rows) + "\n"
