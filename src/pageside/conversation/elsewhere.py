"""Runs beyond this process: its own are told to others, and theirs can be heard, stopped and forgotten here."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import structlog

from pageside import ids
from pageside.conversation.alongside import Claim
from pageside.conversation.following import Followed, Following
from pageside.conversation.run import Run
from pageside.conversation.sharing import Sharing, by_key, by_thread, owner
from pageside.identity.reader import Reader
from pageside.storage.redis_server import TOLD, RedisServer, RedisUnavailable
from pageside.storage.streams import ALIVE_FOR, Streams

log = structlog.get_logger(__name__)

_RUN = re.compile(r"run_[0-9a-z]{30}")


class Elsewhere:
    """The processes that share one Redis, seen from one of them."""

    def __init__(self, server: RedisServer) -> None:
        """No runs yet; nothing is told or heard before it is opened."""
        self._streams = Streams(server, holder=ids.new("srv"))
        self._sharing = Sharing(self._streams)
        self._following = Following(self._streams, self._sharing, receive=self._receive)
        self._forget: Callable[[Run], None] = _keep

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Tells and hears for as long as the block lasts."""
        working = [asyncio.create_task(self._sharing.work()), asyncio.create_task(self._following.work())]
        for task in working:
            task.add_done_callback(_report)
        try:
            await self._streams.server.healthy()
            yield
        finally:
            self._following.lose()
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    def on_forget(self, forget: Callable[[Run], None]) -> None:
        """Calls `forget` for a run of this process whose thread was deleted in another."""
        self._forget = forget

    def share(self, run: Run) -> None:
        """Tells other processes of a run, until it is forgotten."""
        self._sharing.share(run)

    def forget(self, run: Run) -> None:
        """Takes a run away from others."""
        self._sharing.forget(run.id)

    async def retire(self) -> None:
        """Lets those go who listen to other processes, and tells what is still untold, within two seconds."""
        self._following.lose()
        await self._sharing.flush()

    async def find(self, run_id: str, reader: Reader) -> Followed | None:
        """The reader's run of this id that another process makes or has made; None where there is none.

        Raises:
            RedisUnavailable: It cannot be known.
        """
        if not _RUN.fullmatch(run_id):
            return None
        found = await self._following.find(run_id)
        server = self._streams.server
        if found is None and server.outages and server.up_for < ALIVE_FOR:
            raise RedisUnavailable(TOLD)  # it may have forgotten, and who answers tells it anew
        return found[0] if found and _is_of(found[1], reader) else None

    async def find_again(self, claim: Claim, thread_id: str, reader: Reader) -> Followed | None:
        """The run of another process that came under the reader's key, in the thread; None where none is known."""
        try:
            for run_id in await self._streams.named(by_key(reader, claim.key)):
                followed = await self.find(run_id, reader)
                if followed and (followed.digest, followed.thread_id) == (claim.digest, thread_id):
                    return followed
        except RedisUnavailable:
            log.info("run_not_looked_for")
        return None

    async def drop(self, thread_id: str) -> None:
        """Takes away every run of a thread that is deleted, whichever process made it."""
        try:
            for run_id in await self._streams.named(by_thread(thread_id)):
                if found := await self._following.find(run_id):
                    self._following.say(found[0], "forget")
                self._sharing.erase(run_id)
        except RedisUnavailable:
            log.warning("runs_not_taken_away")

    def _receive(self, letter: Mapping[str, str]) -> None:
        run = self._sharing.of(letter.get("run", ""))
        if run is None:  # it is kept no longer, or the letter was but to wake the reader
            return
        match letter.get("do"):
            case "stop":
                run.stop()
            case "outlive":
                run.outlive()
            case "join":
                run.join_from_afar(letter.get("listener", ""))
            case "leave":
                run.leave_from_afar(letter.get("listener", ""))
            case "forget":
                run.stop()
                self._forget(run)
            case _:
                log.warning("letter_not_understood")


def _is_of(header: Mapping[str, str], reader: Reader) -> bool:
    return all(header.get(name) == value for name, value in owner(reader).items())


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("redis_work_ended", exc_info=error)


def _keep(_: Run) -> None:
    """Nobody keeps runs."""
