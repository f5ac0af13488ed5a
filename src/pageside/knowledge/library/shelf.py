"""Documentation looked up for a question: in bounded time, remembered for a while, and not while nobody answers."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, Protocol

import structlog
from pydantic_core import from_json, to_json

from pageside.knowledge.library import texts
from pageside.knowledge.library.breaker import Breaker
from pageside.knowledge.library.context7 import Context7, LookupFailed
from pageside.knowledge.library.texts import Library
from pageside.knowledge.passage import Passage

log = structlog.get_logger(__name__)

LIMIT_S: Final = 3.0
NAMES_FOR: Final = timedelta(days=1)
DOCS_FOR: Final = timedelta(minutes=15)
MOST_KEPT: Final = 256
_LONGEST_QUESTION: Final = 300

Status = Literal["found", "nothing_found", "unavailable"]

_PRIVATE: Final = re.compile(
    r"""
      [\w.+-]+@[\w-]+\.[\w.-]+                 # an address
    | https?://\S+
    | \b(?:sk|pk|ghp|gho|xox[abp]|AKIA|eyJ)[-_A-Za-z0-9]{8,}\S*   # a key or token
    | \b(?=\w*\d)[A-Za-z0-9_-]{24,}\b          # what looks like one
    | (?<!\w)\+?\d[\d ()/-]{7,}\d(?!\w)        # a telephone number
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a lookup.

    Attributes:
        passages: Of documentation, in the server's order.
        calls: How often the server was asked.
    """

    status: Status
    library: str = ""
    passages: tuple[Passage, ...] = ()
    calls: int = 0


class Kept(Protocol):
    """Texts under names, each for a while."""

    async def get(self, name: str) -> bytes | None:
        """What is kept under `name`; None where nothing is, or nothing can be had."""
        ...

    async def put(self, name: str, text: bytes, *, lasting: timedelta) -> None:
        """Keeps `text` under `name`, if it can."""
        ...


class Memory:
    """Texts kept in the process, the oldest forgotten first."""

    def __init__(self, *, most: int = MOST_KEPT, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is kept yet.

        Args:
            clock: Seconds from any beginning, never set back.
        """
        self._most = most
        self._clock = clock
        self._texts: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    async def get(self, name: str) -> bytes | None:
        """What is kept under `name`."""
        until, text = self._texts.get(name, (0.0, b""))
        return text if self._clock() < until else None

    async def put(self, name: str, text: bytes, *, lasting: timedelta) -> None:
        """Keeps `text` under `name`."""
        self._texts.pop(name, None)
        self._texts[name] = (self._clock() + lasting.total_seconds(), text)
        while len(self._texts) > self._most:
            self._texts.popitem(last=False)


class Shelf:
    """Looks up documentation by the name of a library; a failure is a value, for the book answers without it."""

    def __init__(
        self, server: Context7, *, kept: Kept | None = None, breaker: Breaker | None = None, limit_s: float = LIMIT_S
    ) -> None:
        """Nothing is asked before somebody looks something up.

        Args:
            kept: Where answers are kept.
            limit_s: Seconds that a lookup may take in all.
        """
        self._server = server
        self._kept: Kept = kept or Memory()
        self._limit_s = limit_s
        self.breaker = breaker or Breaker()

    @property
    def failing(self) -> bool:
        """Whether the server gave nothing when it was last asked."""
        return self.breaker.failing

    async def look_up(self, name: str, question: str) -> Found:
        """Documentation of the library called `name` on `question`, of which nothing private is sent."""
        asked = sendable(question)
        started = time.monotonic()
        found = await self._looked_up(name, asked)
        log.info(
            "library_docs_looked_up",
            status=found.status,
            passages=len(found.passages),
            calls=found.calls,
            ms=round((time.monotonic() - started) * 1000),
        )
        return found

    async def _looked_up(self, name: str, question: str) -> Found:
        known = await self._known(name)
        if known is not None and known.id:
            if (text := await self._kept.get(_docs_key(known, question))) is not None:
                return _found(known, text.decode(), calls=0)
        elif known is not None:
            return Found("nothing_found")
        if not self.breaker.admits():
            return Found("unavailable", name)
        try:
            found = await self._asked(name, question, known)
        except LookupFailed as failure:
            self.breaker.failed()
            log.warning("library_docs_failed", reason=failure.reason, detail=failure.detail, breaker=self.breaker.state)
            return Found("unavailable", name, calls=1)
        except BaseException:
            self.breaker.gave_up()
            raise
        self.breaker.succeeded()
        return found

    async def _asked(self, name: str, question: str, known: Library | None) -> Found:
        found: Found | None = None
        try:
            async with asyncio.timeout(self._limit_s), self._server.connected() as server:
                if known is None:
                    known = await self._resolved(name, await server.resolve(name, question))
                text = await server.docs(known.id, question) if known.id else ""
                found = _found(known, text, calls=server.calls) if known.id else Found("nothing_found", calls=1)
        except TimeoutError:
            if found is None:
                raise LookupFailed("timeout") from None
        except LookupFailed:
            # an answer that is there counts, however its connection ends
            if found is None:
                raise
        if found is None:
            raise LookupFailed("garbage", "the connection ended without an answer")
        if found.status == "found" and known is not None:
            await self._kept.put(_docs_key(known, question), text.encode(), lasting=DOCS_FOR)
        return found

    async def _known(self, name: str) -> Library | None:
        """The library of that name; one without id where the server has none, None where nothing is known yet."""
        told = await self._kept.get(_name_key(name))
        return Library(**from_json(told)) if told is not None else None

    async def _resolved(self, name: str, text: str) -> Library:
        listed = texts.libraries(text)
        if not listed and (complaint := texts.complaint(text)):
            raise LookupFailed(complaint, "said in place of a list of libraries")
        library = texts.named(name, listed) or Library("", name)
        told = to_json({"id": library.id, "title": library.title})
        await self._kept.put(_name_key(name), told, lasting=NAMES_FOR if library.id else DOCS_FOR)
        return library


def sendable(question: str) -> str:
    """`question` as a stranger may read it: a line without addresses, links, telephone numbers and likely keys."""
    return " ".join(_PRIVATE.sub(" ", question).split())[:_LONGEST_QUESTION]


def _found(library: Library, text: str, *, calls: int) -> Found:
    passages = texts.pieces(text, library)
    if not passages and (complaint := texts.complaint(text)):
        raise LookupFailed(complaint, "said in place of documentation")
    return Found("found" if passages else "nothing_found", library.title, passages, calls)


def _name_key(name: str) -> str:
    return f"library:{texts.bare(name)}"


def _docs_key(library: Library, question: str) -> str:
    return "docs:" + hashlib.sha256(f"{library.id}\0{question.casefold()}".encode()).hexdigest()
