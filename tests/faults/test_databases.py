"""The database goes away, is full or has no connection left: what readers are told, what is stored, that it goes on."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import asyncpg
import httpx2
import pytest
from tests.chatkit_client import ChatKit, Told, message, told
from tests.databases import as_owner
from tests.faults.machine import Machine

QUESTION = "What does the queen excluder do?"
SIZE_MB = 3


class Asker:
    """A reader who asks without a pause and remembers what came back."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http
        self.guest = ChatKit(http)
        self.whole: list[Told] = []
        self.broken: list[Told] = []
        self.refused: list[httpx2.Response] = []
        self.answered = asyncio.Event()

    async def ask_until(self, done: asyncio.Event) -> None:
        await self.http.get("/")
        while not done.is_set():
            response = await self.guest.send("threads.create", input=message(f"{QUESTION} ({len(self.whole)})"))
            if response.status_code != 200:
                self.refused.append(response)
                continue
            answer = told(response)
            if answer.errors:
                self.broken.append(answer)
            else:
                self.whole.append(answer)
                self.answered.set()

    async def answer(self) -> None:
        """Returns once it was answered again."""
        self.answered.clear()
        await self.answered.wait()

    async def lost(self) -> Counter[str]:
        """What of its whole answers is not in the store, or is there twice."""
        lost: Counter[str] = Counter()
        stored = {thread["id"] for thread in await self.guest.threads()}
        for answer in self.whole:
            items = await self.guest.items(answer.thread_id)
            lost["questions"] += [item["type"] for item in items].count("user_message") != 1
            lost["answers"] += [item for item in items if item["type"] == "assistant_message"] != [answer.answer]
        lost["threads"] += len({answer.thread_id for answer in self.whole + self.broken} - stored)
        return lost


async def test_postgresql_restarted_under_load(tmp_path, postgres):
    """Twice, while six readers ask: what was told as whole is stored once, the rest is told in words or refused."""
    with Machine(tmp_path, DATABASE_URL=postgres.database()) as machine:
        askers = [Asker(machine.reader()) for _ in range(6)]
        done = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for asker in askers:
                group.create_task(asker.ask_until(done))
            for _ in range(2):
                await asyncio.gather(*(asker.answer() for asker in askers))
                await asyncio.to_thread(postgres.stop)
                await asyncio.to_thread(postgres.start)
            await asyncio.gather(*(asker.answer() for asker in askers))
            done.set()
        lost = sum([await asker.lost() for asker in askers], Counter())
        after = [await asker.guest.ask(QUESTION) for asker in askers]
        for asker in askers:
            await asker.http.aclose()

    refused = [response for asker in askers for response in asker.refused]
    broken = [answer for asker in askers for answer in asker.broken]
    assert refused or broken, "the database was never missed"
    assert lost == Counter()
    assert {response.status_code for response in refused} <= {503}
    assert all("try again" in response.json()["detail"] and response.headers["retry-after"] for response in refused)
    assert all(answer.errors[-1]["allow_retry"] for answer in broken)
    assert [answer.errors for answer in after] == [[]] * len(after)
    # What nobody foresaw is logged as an error, with where it happened.
    assert not [line for line in machine.lines if line["event"] == "answer_failed" and line["level"] == "error"]


async def test_no_connection_left(tmp_path, postgres):
    """One connection, and another transaction holds the table: refused in time, pages come, then it goes on."""
    url = postgres.database()
    settings = {"PAGESIDE_DATABASE_POOL_SIZE": "1", "PAGESIDE_DATABASE_POOL_OVERFLOW": "0"}
    with Machine(tmp_path, DATABASE_URL=url, PAGESIDE_DATABASE_TIMEOUT_S="1", **settings) as machine:
        async with machine.reader() as http:
            await http.get("/")
            guest = ChatKit(http)
            kept = await guest.ask(QUESTION)
            holder = await asyncpg.connect(as_owner(url))
            async with holder.transaction():
                await holder.execute("lock table chatkit.threads in access exclusive mode")
                refused = await asyncio.gather(*(guest.send("threads.list") for _ in range(6)))
                page = await http.get("/")
            await holder.close()
            again = await guest.ask(QUESTION, thread=kept.thread_id)

    assert [response.status_code for response in refused] == [503] * 6
    assert page.status_code == 200
    assert again.errors == []


@pytest.fixture
def small_disk(tmp_path):
    """A command that runs another where `tmp_path / "disk"` is a disk of a few megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    unshare, mount = shutil.which("unshare"), shutil.which("mount")
    within = ["unshare", "-rm", "sh", "-c", f'mount -t tmpfs -o size={SIZE_MB}m none "$0" && exec "$@"', str(disk)]
    if not unshare or not mount or subprocess.run([*within, "true"], capture_output=True).returncode:
        if os.environ.get("CI"):
            pytest.fail("CI must be able to mount a small disk")
        pytest.skip("this user may not mount a small disk (user namespaces)")
    return disk, within


async def test_a_full_disk(tmp_path, small_disk):
    """Nothing can be stored, and that is said; what was stored is read; with room again it goes on."""
    disk, within = small_disk
    with Machine(tmp_path, within=within, DATABASE_URL=f"sqlite:///{disk}/chat.db") as machine:
        filler = _inside(machine, disk) / "filler"
        async with machine.reader() as http:
            await http.get("/")
            guest = ChatKit(http)
            kept = await guest.ask(QUESTION)
            _fill(filler)
            refused = [await guest.send("threads.create", input=message("x" * 7_000)) for _ in range(4)]
            renamed = await guest.send("threads.update", thread_id=kept.thread_id, title="y" * 90)
            items = await guest.items(kept.thread_id)
            page = await http.get("/")
            filler.unlink()
            again = await guest.ask(QUESTION, thread=kept.thread_id)
            after = await guest.items(kept.thread_id)
            threads = await guest.threads()

    statuses = [response.status_code for response in refused]
    broken = [told(response) for response in refused if response.status_code == 200]
    assert set(statuses) <= {200, 503}
    assert all(answer.errors for answer in broken)
    assert 503 in statuses
    assert "full" not in refused[-1].text
    assert items[0]["type"] == "user_message"
    assert page.status_code == 200
    assert again.errors == []
    assert after[: len(items)] == items
    assert len(threads) == 1 + len(broken)
    assert renamed.status_code in {200, 503}
    assert any("full" in line["reason"] for line in machine.lines if line["event"] == "store_unavailable")


def _inside(machine: Machine, folder: Path) -> Path:
    """`folder` as the process of the machine sees it."""
    return Path(f"/proc/{machine.pid}/root") / folder.relative_to("/")


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            return
