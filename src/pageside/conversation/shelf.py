"""Answers that can be listened to: those under way, and for a while those that ended."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from pageside.identity.reader import Reader


class Shelved(Protocol):
    """An answer with what it is found by."""

    @property
    def id(self) -> str: ...
    @property
    def thread_id(self) -> str: ...
    @property
    def reader(self) -> Reader: ...
    @property
    def key(self) -> str: ...
    @property
    def size(self) -> int: ...


Entry = TypeVar("Entry", bound=Shelved)


class Shelf(Generic[Entry]):
    """Entries by id and by the reader's key, each to be found by its reader alone."""

    def __init__(self, *, limit_bytes: int, lifetime: timedelta, removed: Callable[[Entry], None]) -> None:
        """An empty shelf.

        Args:
            limit_bytes: Most that all that ended may take together; the oldest goes first.
            lifetime: How long one that ended is kept.
            removed: Called with an entry that is kept no longer.
        """
        self._by_id: dict[str, Entry] = {}
        self._by_key: dict[tuple[str, str, str], Entry] = {}
        self._ended: OrderedDict[str, asyncio.TimerHandle] = OrderedDict()
        self._bytes = 0
        self._limit_bytes = limit_bytes
        self._lifetime = lifetime
        self._removed = removed

    def put(self, entry: Entry) -> None:
        """Keeps an entry until it ends."""
        self._by_id[entry.id] = entry
        if entry.key:
            self._by_key[_place(entry.reader, entry.key)] = entry

    def end(self, entry: Entry) -> None:
        """Keeps the entry from here on for as long as there is time and room."""
        if entry.id not in self._by_id:
            return
        if entry.size > self._limit_bytes:
            self.remove(entry)
            return
        self._bytes += entry.size
        timer = asyncio.get_running_loop().call_later(self._lifetime.total_seconds(), self.remove, entry)
        self._ended[entry.id] = timer
        while self._bytes > self._limit_bytes and self._ended:
            self.remove(self._by_id[next(iter(self._ended))])

    def remove(self, entry: Entry) -> None:
        """Forgets the entry; whoever holds it may go on listening."""
        if self._by_id.pop(entry.id, None) is None:
            return
        place = _place(entry.reader, entry.key)
        if self._by_key.get(place) is entry:
            del self._by_key[place]
        if timer := self._ended.pop(entry.id, None):
            timer.cancel()
            self._bytes -= entry.size
        self._removed(entry)

    def of_thread(self, thread_id: str) -> list[Entry]:
        """Every entry of the thread."""
        return [entry for entry in self._by_id.values() if entry.thread_id == thread_id]

    def by_id(self, entry_id: str, reader: Reader) -> Entry | None:
        """The reader's entry of this id."""
        entry = self._by_id.get(entry_id)
        return entry if entry is not None and _owner(entry.reader) == _owner(reader) else None

    def by_key(self, key: str, reader: Reader) -> Entry | None:
        """The reader's entry that came under this key."""
        return self._by_key.get(_place(reader, key))

    def clear(self) -> None:
        """Forgets every entry that ended, and tells nobody: the process ends, and what others know of them stays."""
        self._removed = _ignore
        for entry_id in list(self._ended):
            self.remove(self._by_id[entry_id])


def _ignore(_: object) -> None:
    """Nobody is told."""


def _owner(reader: Reader) -> tuple[str, str]:
    return reader.organisation, reader.subject


def _place(reader: Reader, key: str) -> tuple[str, str, str]:
    return reader.organisation, reader.subject, key
