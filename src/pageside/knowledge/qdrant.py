"""Qdrant as the index sees it: names of collections, what their points hold, and what its failures mean.

<prefix>-<book>                  the alias that readers ask; names the collection of the current generation
<prefix>-<book>.<generation>     one generation: complete before the alias names it, and never changed again
<prefix>-<book>.lock             there while somebody writes; its metadata says who and until when

A collection holds four kinds of points. A passage has its place in the book as id, a sparse vector `words` of BM25
weights and, where it was embedded, the vectors `meaning` of the whole, `headings` and `stretches`. A page, a handful of
the vocabulary and the facts of the generation have no vectors, so that no search meets them.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from json import JSONDecodeError
from types import MappingProxyType
from typing import Any, Final, TypeVar

import structlog
from httpx import Limits, TimeoutException, TransportError
from pydantic import ValidationError
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException, ResourceExhaustedResponse
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException, UnexpectedResponse

from pageside.errors import IndexUnavailable
from pageside.knowledge import catalogue
from pageside.knowledge.catalogue import Page
from pageside.knowledge.passage import Passage
from pageside.knowledge.reading import labels

log = structlog.get_logger(__name__)

Given = TypeVar("Given")

MEANING: Final = "meaning"
HEADINGS: Final = "headings"
STRETCHES: Final = "stretches"
WORDS: Final = "words"
DENSE: Final = (MEANING, HEADINGS, STRETCHES)
FORMAT: Final = 1  # raised when collections of an earlier form can no longer be read
VOCABULARY_SHARE: Final = 64  # terms that share one point

_NAMESPACE: Final = uuid.UUID("0b0f6f4c-8b0f-4f5e-9c35-7f0c5d6e2a11")
_IDLE_CONNECTIONS: Final = 16
_SCROLLED: Final = 500
_REFUSED: Final = "refuses the key"
_SLOW: Final = "is too slow"


class NoSuchCollection(Exception):
    """Neither a collection nor an alias has the name."""


class CollectionExists(Exception):
    """The name is taken."""


@dataclass(frozen=True, slots=True)
class Names:
    """What one book's collections are called.

    Args:
        prefix: Letters, digits and `_`; tells installations apart that share a server.
        book: Letters, digits, `-` and `_`.

    Raises:
        ValueError: One of them has other characters.
    """

    prefix: str
    book: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\w+", self.prefix, re.ASCII):
            raise ValueError(f"{self.prefix!r} cannot begin the name of a collection: use letters, digits and '_'.")
        if not re.fullmatch(r"[\w-]+", self.book):
            raise ValueError(f"{self.book!r} cannot name an index: use letters, digits, '-' and '_'.")

    @property
    def alias(self) -> str:
        return f"{self.prefix}-{self.book}"

    @property
    def lock(self) -> str:
        return f"{self.alias}.lock"

    def collection(self, generation: str) -> str:
        return f"{self.alias}.{generation}"

    def generation(self, collection: str) -> str:
        """The generation that `collection` holds; empty for a collection that is none of this book's."""
        alias, dot, name = collection.rpartition(".")
        return name if dot and alias == self.alias and name.startswith("gen_") else ""


def connected(url: str, *, api_key: str = "", timeout_s: int = 5) -> QdrantClient:
    """A client that connects when it is first asked something, and may be asked by several threads.

    Args:
        timeout_s: How long one request may take, in whole seconds from 1.
    """
    # The key goes as a header: as an argument the client would warn of plain HTTP, which is for `doctor` to say. The
    # limits are given, for without them the client opens a connection for each request to a server on this machine.
    return QdrantClient(
        url=url,
        timeout=timeout_s,
        headers={"api-key": api_key} if api_key else {},
        check_compatibility=False,
        limits=Limits(max_keepalive_connections=_IDLE_CONNECTIONS),
    )


def asked(call: Callable[[], Given], *, tries: int = 2, pause_s: float = 0.05) -> Given:
    """What `call` gives; asked again where Qdrant did not answer at all, so it must be harmless to carry out twice.

    Nothing of a request or an answer is repeated in what is raised, for it may hold text or keys.

    Args:
        tries: How often to ask, from 1. A refused key and an answer that took too long are not asked for again.
        pause_s: Seconds to the second try; twice that to the third.

    Raises:
        IndexUnavailable: It does not answer, or not as it should.
        NoSuchCollection: It knows none of that name.
        CollectionExists: It has one of that name.
    """
    for at in range(1, tries + 1):
        try:
            return call()
        except (QdrantException, ApiException, ValueError) as error:
            meant = _meant(error)
            if not isinstance(meant, IndexUnavailable):
                raise meant from None
            why = reason(error)
            if at == tries or why in {_REFUSED, _SLOW}:
                log.warning("qdrant_unavailable", reason=why)
                raise meant from None
        time.sleep(pause_s * at)
    raise AssertionError("range(1, tries + 1) is not empty")


def _meant(error: Exception) -> Exception:
    """What `error` of the client, or of its local mode, comes to."""
    if isinstance(error, UnexpectedResponse):
        if error.status_code == 404:
            return NoSuchCollection()
        if error.status_code == 409 or (error.status_code == 400 and b"already exists" in error.content):
            return CollectionExists()
    elif isinstance(error, ValueError) and not isinstance(error, JSONDecodeError | UnicodeError | ValidationError):
        if str(error).endswith("not found"):
            return NoSuchCollection()
        return CollectionExists() if str(error).endswith("already exists") else error
    return IndexUnavailable(f"The index is not at hand at this moment: Qdrant {reason(error)}. Try again.")


def reason(error: Exception) -> str:
    """What Qdrant does instead of answering, in a few words that hold neither address nor key."""
    if isinstance(error, UnexpectedResponse):
        return _REFUSED if error.status_code in {401, 403} else f"answers with status {error.status_code}"
    if isinstance(error, ResourceExhaustedResponse):
        return "has too much to do"
    source = error.source if isinstance(error, ResponseHandlingException) else error
    if isinstance(source, TimeoutException):
        return _SLOW
    return "cannot be reached" if isinstance(source, TransportError) else "answers what makes no sense"


def point_of(name: str) -> str:
    """The id of a point that is no passage, from what it is about."""
    return str(uuid.uuid5(_NAMESPACE, name))


def scrolled(
    client: QdrantClient, collection: str, wanted: models.Filter
) -> Iterator[tuple[int | str, Mapping[str, Any]]]:
    """Id and payload of the points that fit, passages in reading order."""
    offset: Any = None
    while True:
        records, offset = asked(
            lambda at=offset: client.scroll(  # type: ignore[misc]  # mypy knows no defaults of a lambda
                collection, wanted, limit=_SCROLLED, offset=at, with_payload=True
            )
        )
        for record in records:
            yield record.id if isinstance(record.id, int) else str(record.id), record.payload or {}
        if offset is None:
            return


def passage_payload(passage: Passage) -> dict[str, Any]:
    """What the point of `passage` holds beside its vectors."""
    found = sorted({f"{name}={form}" for name, form in catalogue.filterable(passage)})
    return {"kind": "passage", "path": passage.path, "labels": found, "passage": _fields(passage)}


def _fields(passage: Passage) -> dict[str, Any]:
    return {**{name: getattr(passage, name) for name in Passage.__slots__}, "labels": dict(passage.labels)}


def passage(payload: Mapping[str, Any]) -> Passage:
    """The passage that `passage_payload` put down."""
    held = payload["passage"]
    return Passage(
        **{
            **held,
            "heading_path": tuple(held["heading_path"]),
            "labels": MappingProxyType(held["labels"]),
        }
    )


def page_payload(page: Page) -> dict[str, Any]:
    """What the point of `page` holds."""
    return {"kind": "page", "page": asdict(page)}


def page(payload: Mapping[str, Any]) -> Page:
    """The page that `page_payload` put down."""
    held = payload["page"]
    return Page(**{**held, "warnings": tuple(held["warnings"])})


def filtering(filters: Mapping[str, str]) -> models.Filter | None:
    """The condition that a passage has all of these labels; see `Index.search`."""
    wanted = [f"{name}={labels.normal(name, value)}" for name, value in filters.items()]
    return models.Filter(must=[_is("labels", label) for label in wanted]) if wanted else None


def of_kind(kind: str, *, path: str | None = None) -> models.Filter:
    """The condition that a point is a passage, a page or words, and of the page at `path`."""
    return models.Filter(must=[_is("kind", kind), *([] if path is None else [_is("path", path)])])


def _is(key: str, value: str) -> models.FieldCondition:
    return models.FieldCondition(key=key, match=models.MatchValue(value=value))


def vocabulary_point(number: int, points: int) -> str:
    """The id of the point that counts the term of this number.

    Args:
        points: Over how many the vocabulary is spread.
    """
    return point_of(f"vocabulary {number % points}")


def vocabulary_payload(held: Mapping[int, int]) -> dict[str, Any]:
    """What one point of the vocabulary holds: for the number of each of its terms, how many passages hold it."""
    return {"kind": "vocabulary", "held": {str(number): count for number, count in held.items()}}


def counts(payload: Mapping[str, Any]) -> dict[int, int]:
    """What `vocabulary_payload` put down."""
    return {int(number): int(count) for number, count in payload["held"].items()}
