"""Sessions of the tools in memory, many at once over one server: each on its own reader's board."""

from __future__ import annotations

import asyncio

from tests.tasks.talking import class_room, student

NAMES = [f"reader-{number}" for number in range(8)]


async def test_readers_at_once_write_on_their_own_boards(tmp_path, store_url):
    """Whoever's session begins or ends between the calls of another's."""
    async with class_room(tmp_path, store_url) as house:

        async def speak(name):
            async with student(house, name) as one:
                for wish in (f"add a task: buy a {name}", f"add a task: read about {name}", "complete 1"):
                    await one.say(wish)
                return await one.numbered()

        kept = await asyncio.gather(*map(speak, NAMES))

    assert [sorted(each.values(), key=str.lower) for each in kept] == [
        [f"[x] Buy a {name}", f"Read about {name}"] for name in NAMES
    ]
