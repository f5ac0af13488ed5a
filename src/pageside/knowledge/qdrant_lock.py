"""One writer at a time for a book in Qdrant, on whatever machine: a collection that is there while somebody writes."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from qdrant_client import QdrantClient

from pageside import ids
from pageside.errors import IndexUnavailable
from pageside.knowledge import qdrant
from pageside.knowledge.qdrant import CollectionExists, NoSuchCollection

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=60)
_RENEWALS: Final = 4  # in one lease


class Lock:
    """The right to write, held by a lease that a thread renews.

    Qdrant makes a collection once: of two that try, one is told that it exists. Its metadata is made with it and says
    who writes, from which data folder, and until when. A writer that was killed leaves it behind. It is broken when the
    lease has run out, by clocks that may differ by less than the lease, or at once by a writer of the same folder, who
    holds that folder's own lock and therefore knows that the other one is gone. Two who break it in the same moment may
    both believe they hold it; `held` tells them apart before anything is published.

    Args:
        name: Of the collection.
        place: Of the data folder, the same for all its writers.
        lease: How long it is good without being renewed.
    """

    def __init__(self, client: QdrantClient, name: str, *, place: str, lease: timedelta = LEASE) -> None:
        self._client = client
        self._name = name
        self._place = place
        self._lease = lease
        self._writer = ids.new("writer")
        self._ended = threading.Event()
        self._renewing: threading.Thread | None = None

    def take(self) -> bool:
        """Whether the caller holds it from now on; blocks for a few requests.

        Raises:
            IndexUnavailable: Qdrant does not answer.
        """
        if not self._made() and not (self._dead() and self._broken() and self._made()):
            return False
        self._ended.clear()
        self._renewing = threading.Thread(target=self._renew, name="index-lock", daemon=True)
        self._renewing.start()
        return True

    def held(self) -> bool:
        """Whether the caller still holds it; blocks.

        Raises:
            IndexUnavailable: Qdrant does not answer.
        """
        return self._metadata().get("writer") == self._writer

    def release(self) -> None:
        """Lets others write; blocks. Where Qdrant does not answer, the lease runs out by itself."""
        self._ended.set()
        if self._renewing is not None:
            self._renewing.join()
        try:
            if self.held():
                qdrant.asked(lambda: self._client.delete_collection(self._name))
        except (IndexUnavailable, NoSuchCollection):
            log.warning("index_lock_left", hint="it is good for a minute, then another writer breaks it")

    def _made(self) -> bool:
        try:
            qdrant.asked(
                # tried once: made by a first try whose answer was lost, it would look like another writer's
                lambda: self._client.create_collection(self._name, vectors_config={}, metadata=self._said()),
                tries=1,
            )
        except CollectionExists:
            return False
        return True

    def _said(self) -> dict[str, str]:
        return {"writer": self._writer, "place": self._place, "until": (ids.now() + self._lease).isoformat()}

    def _metadata(self) -> dict[str, Any]:
        """What the lock says of its writer; nothing where there is none."""
        try:
            return dict(qdrant.asked(lambda: self._client.get_collection(self._name)).config.metadata or {})
        except NoSuchCollection:
            return {}

    def _dead(self) -> bool:
        """Whether nobody stands behind the lock any more."""
        said = self._metadata()
        if said.get("place") == self._place:
            return True
        try:
            return datetime.fromisoformat(said["until"]) < ids.now()
        except (KeyError, TypeError, ValueError):
            return not said  # it has just gone; one that says nothing we know is not ours to break

    def _broken(self) -> bool:
        qdrant.asked(lambda: self._client.delete_collection(self._name))
        return True

    def _renew(self) -> None:
        while not self._ended.wait(self._lease.total_seconds() / _RENEWALS):
            try:
                if not self.held():
                    return
                qdrant.asked(lambda: self._client.update_collection(self._name, metadata=self._said()))
            except (IndexUnavailable, NoSuchCollection):
                log.warning("index_lock_not_renewed")
