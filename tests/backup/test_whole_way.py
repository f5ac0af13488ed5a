"""A backup of a server at work, restored into an empty place of either kind, and used there as if nothing had been."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from tests import sample_files, zygote
from tests.backup import rows
from tests.chatkit_client import ChatKit, message
from tests.databases import OWNER
from tests.faults.machine import Machine

from pageside.storage.owner import SERVERS
from pageside.storage.tables import metadata

KINDS = ["sqlite", "postgresql"]
QUESTION = "What does the queen excluder do?"
SEARCHED = "queen excluder"
OF_A_READER = {
    "threads",
    "items",
    "feedback",
    "attachments",
    "requests",
    "sessions",
    "tasks",
    "task_numbers",
    "readers",
}


@dataclass
class Source:
    """A place that was used and is quiet: its backups, and what one of its guests has."""

    folder: Path
    url: str
    postgres: object
    cookies: httpx2.Cookies
    thread: str
    items: list
    told: dict

    @property
    def data(self):
        return self.folder / "data"


def environment(url):
    return {"DATABASE_URL": url} if url.startswith("postgres") else {}


def pageside(folder, *words, url="", **more):
    return zygote.run([*map(str, words)], cwd=folder, env={**environment(url), **more})


async def used(guest):
    """Something of every kind, by a guest: questions, an opinion, a file, a task, a session, a key."""
    first = await guest.ask(QUESTION)
    await guest.call("items.feedback", thread_id=first.thread_id, item_ids=[first.answer["id"]], kind="positive")
    sent = await guest.http.post(
        "/chatkit/attachments", files={"file": ("notes.py", sample_files.CODE, "application/octet-stream")}
    )
    file = sent.json()["id"]
    body = {"type": "threads.add_user_message", "params": {"thread_id": first.thread_id}}
    body["params"]["input"] = message("And where does it go?", attachments=[file])
    again = await guest.http.post("/chatkit", json=body, headers={"Idempotency-Key": "0123456789abcdef-of-this"})
    await guest.ask("remind me to read about honey tomorrow")
    begun = await guest.http.post("/api/chatkit/session")
    assert (sent.status_code, again.status_code, begun.status_code) == (200, 200, 200)
    return first.thread_id


async def writing_on(guest, until):
    """Asks again and again, as long as the backup takes."""
    thread, asked = "", 0
    while not until.done() or not asked:
        told = await guest.ask(f"What is a brood box, for the {asked}th time?", thread=thread)
        thread, asked = thread or told.thread_id, asked + 1


def filled(url, postgres, guest):
    """Puts a row into every table that the use of a server left empty, so that none can be forgotten."""
    whose = {"leases": guest, "spending": SERVERS[0], "usage": SERVERS[0], "task_acts": guest}
    for table, found in rows.everything(url, postgres).items():
        if not found:
            rows.put(url, postgres, table, subject=whose.get(table, SERVERS[1]))
    for table in ("readers", "threads", "items"):
        rows.put(url, postgres, table, organisation="schöne Schule", subject="größe 'ada'", id="odd", thread_id="odd")


def backed_up(folder, url, name):
    done = pageside(folder, "backup", name, "--data-dir", "data", "--json", url=url)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module", params=KINDS)
def source(request, tmp_path_factory, postgres_server):
    folder = tmp_path_factory.mktemp("source")
    postgres = postgres_server if request.param == "postgresql" else None
    url = postgres.database() if postgres else f"sqlite:///{folder / 'data' / 'pageside.db'}"
    yield asyncio.run(made(folder, url, postgres))
    if postgres:
        postgres.tidy()


async def made(folder, url, postgres):
    with Machine(folder, **environment(url)) as machine:
        async with machine.reader() as http, machine.reader() as other:
            guest = ChatKit(http)
            thread = await used(guest)
            mine = rows.everything(url, postgres)
            filled(url, postgres, mine["readers"][0]["subject"])
            backup = asyncio.create_task(asyncio.to_thread(backed_up, folder, url, "busy.tar.gz"))
            await asyncio.gather(writing_on(ChatKit(other), backup), backup)
            items = await guest.items(thread)
            cookies = http.cookies
        machine.terminate()
    assert {name for name, found in mine.items() if found} >= OF_A_READER
    told = backed_up(folder, url, "quiet.tar.gz")
    return Source(folder, url, postgres, cookies, thread, items, told)


def empty(kind, request, folder):
    """An empty place: a folder, the URL of a database for the role that owns it, and its server."""
    if kind == "sqlite":
        return folder, f"sqlite:///{folder / 'data' / 'pageside.db'}", None
    postgres = request.getfixturevalue("postgres_server")
    return folder, postgres.database(migrated=False, role=OWNER), postgres


@pytest.fixture(params=KINDS)
def target(request, tmp_path):
    """An empty place of each kind."""
    return empty(request.param, request, tmp_path)


@pytest.fixture
def other(request, tmp_path, source):
    """An empty place of the kind that the source is not of."""
    return empty("sqlite" if source.postgres else "postgresql", request, tmp_path)


def restored(source, target, name="quiet.tar.gz"):
    folder, url, _ = target
    done = pageside(folder, "restore", source.folder / name, "--data-dir", "data", "--json", url=url)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def kept(folder):
    """The digest of every file of readers, by its key."""
    files = folder / "data" / "files"
    found = [path for path in files.rglob("*") if path.is_file() and ".drafts" not in path.parts]
    return {str(path.relative_to(files)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_everything_comes_back_into_either_database(source, target):
    """Rows of every table, documents to the letter; files, indexes and the secret, for their owner alone."""
    folder, url, postgres = target
    told = restored(source, target)
    asked = ("search", SEARCHED, "--json", "--data-dir", "data")
    there = rows.everything(source.url, source.postgres)

    assert rows.everything(url, postgres) == there
    assert rows.documents(url, postgres) == rows.documents(source.url, source.postgres)
    assert told == source.told
    assert told["rows"] == {table.name: len(there[table.name]) for table in metadata.sorted_tables}
    assert all(told["rows"].values())
    assert kept(folder) == kept(source.folder) != {}
    assert pageside(folder, *asked).stdout == pageside(source.folder, *asked).stdout != "[]\n"
    private = [source.folder / "quiet.tar.gz", folder / "data" / "secret", *(folder / "data" / "files").rglob("*~*")]
    assert {oct(path.stat().st_mode & 0o777) for path in private} == {"0o600"}
    assert (folder / "data" / "secret").read_bytes() == (source.data / "secret").read_bytes()


async def test_a_guest_goes_on_where_they_were(source, other):
    """Under the cookie they had, in the same conversation, on a server over the restored place."""
    folder, url, _ = other
    restored(source, other)
    with Machine(folder, **environment(url)) as machine:
        async with machine.reader(cookies=source.cookies) as http:
            guest = ChatKit(http)
            items = await guest.items(source.thread)
            answer = await guest.ask(QUESTION, thread=source.thread)
            after = await guest.items(source.thread)

    assert items == source.items
    assert "queen" in answer.text
    assert len(after) > len(items)


def test_a_backup_beside_a_writer_is_of_one_moment(source, other):
    """Each conversation has as many items as it counts, and every file of a row is there."""
    folder, url, postgres = other
    restored(source, other, "busy.tar.gz")
    found = rows.everything(url, postgres)
    last = {}
    for item in found["items"]:
        last[item["thread_id"]] = max(item["seq"], last.get(item["thread_id"], 0))

    assert {thread["id"]: thread["last_seq"] for thread in found["threads"]} == last
    assert {row["file"] for row in found["attachments"]} >= set(kept(folder)) != set()
