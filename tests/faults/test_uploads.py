"""The server killed in the middle of an upload: half a file is no file, and the rest of the way is open."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from tests.chatkit_client import ChatKit
from tests.faults.machine import Machine


async def test_a_server_killed_in_the_middle_of_an_upload_serves_nothing_of_it(tmp_path):
    """The next one takes the file from its beginning, at the same address."""
    with Machine(tmp_path) as machine:
        drafts = tmp_path / "data" / "files" / ".drafts"
        async with machine.reader() as http:
            guest = ChatKit(http)
            attachment = await guest.call("attachments.create", name="a.log", size=1_000_000, mime_type="text/plain")
            address = attachment["upload_descriptor"]["url"]
            path = f"/chatkit/attachments/{attachment['id']}"

            async def half():
                yield b"a" * 600_000
                while not any(draft.stat().st_size for draft in drafts.glob("*")):
                    await asyncio.to_thread(drafts.exists)
                await asyncio.to_thread(machine.kill)
                while True:
                    yield b"a" * 50_000

            with pytest.raises(httpx2.TransportError):
                await http.put(address, content=half())
            left = list(drafts.glob("*"))
            await asyncio.to_thread(machine.start)
            absent = await http.get(path)
            again = await http.put(address, content=b"a" * 1_000_000)
            there = await http.get(path)
            told = await guest.ask("What does the queen excluder do?", attachments=[attachment["id"]])

    assert len(left) == 1
    assert absent.status_code == 404
    assert again.status_code == 200, again.text
    assert len(there.content) == 1_000_000
    assert told.errors == []
