"""Requests that come again under the same key: done once, and answered as often as they come."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from weakref import WeakValueDictionary

import structlog
from chatkit.types import (
    AttachmentsDeleteReq,
    InputTranscribeReq,
    ItemsFeedbackReq,
    ItemsListReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsListReq,
    is_streaming_req,
)

from pageside import ids
from pageside.conversation import remembered, replay
from pageside.conversation.alongside import Claim
from pageside.conversation.busy import RequestUnderWay
from pageside.conversation.frames import frame
from pageside.conversation.leases import Leases
from pageside.conversation.remembered import Remembered
from pageside.conversation.request import Request
from pageside.conversation.runs import Runs
from pageside.conversation.store import SqlStore
from pageside.conversation.tape import Tape
from pageside.conversation.turn import Turn
from pageside.errors import InvalidInput, PagesideError, StoreUnavailable
from pageside.phrases import refusals
from pageside.storage.engine import Database

log = structlog.get_logger(__name__)

Outcome = Tape | bytes

_READING = ThreadsGetByIdReq | ThreadsListReq | ItemsListReq | InputTranscribeReq
_ASKING = ThreadsCreateReq | ThreadsAddUserMessageReq
_WITHOUT_RESULT = ThreadsDeleteReq | ItemsFeedbackReq | AttachmentsDeleteReq
_NO_RESULT = "{}"
_SOON_S = 0.1  # until other processes know of an answer that has begun
_LONGEST_REQUEST = timedelta(seconds=60)  # that answers with a document


class KeyReused(InvalidInput):
    """The key stands for another request."""

    code = "key_reused"


class ResultGone(PagesideError):
    """The request was carried out, and the server that did it stopped before it could keep the answer."""

    status = 410
    code = "result_gone"


class Repeats:
    """What became of requests that named a key."""

    def __init__(self, database: Database, store: SqlStore, *, runs: Runs, leases: Leases) -> None:
        self._database = database
        self._store = store
        self._runs = runs
        self._leases = leases
        self._locks: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()

    async def once(self, key: str, asked: Request, turn: Turn, do: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """What `do` gives for the first request under the reader's `key`, and the same for every later one.

        An operation that only reads is done as often as it comes.

        Args:
            key: Names the request; empty for one that is not repeated.

        Raises:
            KeyReused: The key stands for another request.
            ResultGone: It was carried out, and what it answered is lost.
            RequestUnderWay: The same request is being carried out by another process.
            PagesideError: What `do` raises; it may be asked again under the same key if nothing was stored.
        """
        if not key or isinstance(asked, _READING):
            return await do()
        claim = turn.alongside.claim = _claim(key, asked, turn)
        async with self._alone(key, turn):
            earlier = await self._earlier(claim, asked, turn)
            if earlier is not None:
                return earlier
            try:
                outcome = await do()
            except RequestUnderWay:
                earlier = await self._earlier(claim, asked, turn)
                if earlier is None:
                    raise
                return earlier
            if isinstance(outcome, bytes):
                await self._keep_result(claim, turn, outcome.decode())
            return outcome

    async def refuse_carried_out(self, turn: Turn) -> None:
        """Returns unless another process carried the turn's request out; to be asked once the thread is claimed.

        Raises:
            RequestUnderWay: It did.
        """
        claim = turn.alongside.claim
        if claim is not None and turn.opening is None and await self._row(claim, turn) is not None:
            raise remembered.under_way()

    async def keep(self, turn: Turn) -> None:
        """Stores that the turn's request was carried out, if nothing it stored has said so."""
        claim = turn.alongside.claim
        if claim is None or claim.written:
            return
        try:
            async with self._database.transaction(turn.reader) as connection:
                await remembered.write(connection, claim, turn)
            claim.written = True
        except (StoreUnavailable, RequestUnderWay):
            # What was asked is done; that it cannot be told from a repetition is no reason to say otherwise.
            log.warning("request_not_remembered")

    async def _keep_result(self, claim: Claim, turn: Turn, result: str) -> None:
        if claim.written and claim.result == result:
            return
        claim.result, claim.written = result, False
        await self.keep(turn)

    async def _earlier(self, claim: Claim, asked: Request, turn: Turn) -> Outcome | None:
        run = self._runs.find_again(claim, turn.reader)
        if run is not None and run.claim is not None:
            _require_same(claim, run.claim.digest)
            if turn.alongside.resumes:
                run.outlive()
            return run
        row = await self._row(claim, turn)
        if row is None:
            return None
        _require_same(claim, row.digest)
        if is_streaming_req(asked):
            return await self._heard_elsewhere(claim, row, turn) or await self._told_again(claim, asked, row, turn)
        if row.result is None and row.created_at > ids.now() - _LONGEST_REQUEST:
            raise remembered.under_way()
        if not row.result:
            raise ResultGone(refusals.RESULT_GONE)
        return row.result.encode()

    async def _told_again(self, claim: Claim, asked: Request, row: Remembered, turn: Turn) -> Tape:
        # First the claim, then the items: an answer that is stored in between gives up the one and is among the other.
        left = timedelta(0) if row.thread_id is None else await self._leases.remaining(row.thread_id, turn)
        if row.thread_id is not None and not left:
            await self._leases.settle(row.thread_id, turn)
        told = await replay.load(asked, row, turn, self._store)
        if left and told.latest:
            await asyncio.sleep(_SOON_S)
            if heard := await self._heard_elsewhere(claim, row, turn):
                return heard
            raise remembered.under_way(math.ceil(left.total_seconds()))
        shown = await replay.events(asked, row, told, turn, self._store)
        return self._runs.again(row.thread_id or "", [frame(event) for event in shown], reader=turn.reader, claim=claim)

    async def _heard_elsewhere(self, claim: Claim, row: Remembered, turn: Turn) -> Tape | None:
        if row.thread_id is None:
            return None
        heard = await self._runs.find_elsewhere(claim, row.thread_id, turn.reader)
        if heard is not None and turn.alongside.resumes:
            heard.outlive()
        return heard

    async def _row(self, claim: Claim, turn: Turn) -> Remembered | None:
        async with self._database.reading(turn.reader) as connection:
            return await remembered.find(connection, claim, turn)

    @asynccontextmanager
    async def _alone(self, key: str, turn: Turn) -> AsyncIterator[None]:
        place = (turn.reader.organisation, turn.reader.subject, key)
        lock = self._locks.setdefault(place, asyncio.Lock())
        async with lock:
            yield


def _claim(key: str, asked: Request, turn: Turn) -> Claim:
    told = json.dumps(asked.model_dump(mode="json", include={"type", "params"}), sort_keys=True)
    # A deletion is about its thread too, but what it answered is nothing of the thread's.
    thread_id = None if isinstance(asked, ThreadsDeleteReq) else getattr(asked.params, "thread_id", None)
    return Claim(
        key=key,
        digest=hashlib.sha256(told.encode()).hexdigest(),
        thread_id=turn.opening.id if turn.opening else thread_id,
        with_message=isinstance(asked, _ASKING),
        result=_NO_RESULT if isinstance(asked, _WITHOUT_RESULT) else None,
    )


def _require_same(claim: Claim, digest: str) -> None:
    if claim.digest != digest:
        raise KeyReused("Idempotency-Key: it stood for another request; send this one under a key of its own.")
