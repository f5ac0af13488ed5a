"""Commands killed at any moment: an index and a schema are whole, before or after, and the command can be run again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time

import pytest
from tests.chatkit_client import ChatKit
from tests.databases import OWNER, as_owner
from tests.faults.machine import PAGESIDE, Machine

QUESTION = "What does the queen excluder do?"
MOMENTS = 5


def run(*arguments, environment=None, kill_after_s=None):
    """Runs a command to its end, or kills it after so many seconds; gives its status and how long it took."""
    began = time.monotonic()
    process = subprocess.Popen(
        [PAGESIDE, *map(str, arguments)],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        status = process.wait(timeout=kill_after_s)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    return status, time.monotonic() - began


async def test_indexing_killed_at_any_moment_beside_a_server(tmp_path):
    """Readers are answered from one whole index all the time, and in the end from the new one."""
    with Machine(tmp_path) as machine:
        book, index = tmp_path / "book", ("index", tmp_path / "book", "--data-dir", tmp_path / "data")
        page = book / "module-2-harvest" / "week-3-honey.md"
        async with machine.reader() as http:
            guest = ChatKit(http)
            first = await guest.ask(QUESTION)
            _, whole_s = await asyncio.to_thread(run, *index)
            answers, statuses = [], []
            for moment in range(MOMENTS):
                page.write_text(
                    f"{page.read_text('utf-8')}\n\n## Note {moment}\n\nA refractometer needs a drop.\n", "utf-8"
                )
                killing = asyncio.to_thread(run, *index, kill_after_s=whole_s * (moment + 1) / (MOMENTS + 1))
                (status, took_s), answer = await asyncio.gather(killing, guest.ask(QUESTION))
                whole_s = min(whole_s, took_s) if status == 0 else whole_s
                statuses.append(status)
                answers.append(answer)
            status, _ = await asyncio.to_thread(run, *index)
            after = await guest.ask("What does a refractometer need?")
            page_now = await http.get("/docs/module-2-harvest/week-3-honey")

    assert -9 in statuses, "nothing was killed"
    assert status == 0
    assert {answer.text for answer in answers} == {first.text}
    assert "needs a drop" in after.text
    assert f"Note {MOMENTS - 1}" in page_now.text


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_migrating_killed_at_any_moment(tmp_path, request, kind):
    """The next run ends what was begun, and the server then works over it."""
    url = f"sqlite:///{tmp_path / 'chat.db'}"
    if kind == "postgresql":
        url = as_owner(request.getfixturevalue("postgres").database(migrated=False, role=OWNER))
    environment = {"DATABASE_URL": url}
    migrate = ("migrate", "--data-dir", tmp_path / "data")
    _, whole_s = await asyncio.to_thread(run, "--help")
    statuses = []
    for moment in range(MOMENTS):
        # Reading the program takes most of the time; the moments lie before, around and after its end.
        status, _ = await asyncio.to_thread(
            run, *migrate, environment=environment, kill_after_s=whole_s * (0.4 + 1.6 * moment / MOMENTS)
        )
        statuses.append(status)
    status, _ = await asyncio.to_thread(run, *migrate, environment=environment)
    again, _ = await asyncio.to_thread(run, *migrate, environment=environment)
    with Machine(tmp_path, **environment) as machine:
        async with machine.reader() as http:
            answer = await ChatKit(http).ask(QUESTION)

    assert set(statuses) <= {-9, 0}
    assert -9 in statuses, "nothing was killed"
    assert (status, again) == (0, 0)
    assert answer.errors == []
