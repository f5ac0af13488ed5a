"""The guide to study tasks is true: what it says that readers write is answered as it says."""

from __future__ import annotations

import re

from tests.repository import ROOT
from tests.tasks.talking import class_room, student

GUIDE = ROOT / "docs" / "guides" / "study-tasks.md"
TALK = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def conversation():
    """What readers write in the guide, each with the lines that are said back."""
    said: list[tuple[str, list[str]]] = []
    for block in TALK.findall(GUIDE.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("> "):
                said.append((line[2:], []))
            else:
                said[-1][1].append(line)
    return said


def stands(line, reply):
    """Whether a line is said; `...` in it stands for anything."""
    pattern = ".*".join(re.escape(part) for part in line.strip().split("..."))
    return re.search(f"^(?:.*\n)*?{pattern}", reply) is not None


async def test_the_guide_tells_a_true_conversation(tmp_path, store_url):
    """From its first line to its last, in one thread."""
    async with class_room(tmp_path, store_url) as house, student(house) as ada:
        told = conversation()
        assert len(told) > 15
        for words, lines in told:
            reply = await ada.say(words)
            assert all(stands(line, reply) for line in lines), f"{words}\nis answered:\n{reply}\nnot:\n{lines}"
