"""`pageside` with a view inside: `python -m benchmarks.load.serving FILE serve BOOK ...`.

Writes a line of JSON to FILE twice a second: tasks of the event loop, statements of SQL so far, and objects that the
garbage collector knows. The command itself is the real one, with its real arguments.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import event
from sqlalchemy.engine import Engine

from pageside import cli

EVERY_S = 0.5
_SEEN: dict[str, Any] = {"statements": 0, "loop": None}


def _count(*_: object) -> None:
    _SEEN["statements"] += 1


def _sample(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        while True:
            loop = _SEEN["loop"]
            tasks = len(asyncio.all_tasks(loop)) if loop is not None else 0
            line = {"at": time.monotonic(), "tasks": tasks, "statements": _SEEN["statements"]}
            file.write(json.dumps(line) + "\n")
            file.flush()
            time.sleep(EVERY_S)


def census(limit: int = 25) -> list[tuple[str, int]]:
    """The types that most objects are of."""
    return Counter(type(each).__qualname__ for each in gc.get_objects()).most_common(limit)


class _Watched(uvicorn.Server):
    async def startup(self, sockets: Any = None) -> None:
        _SEEN["loop"] = asyncio.get_running_loop()
        await super().startup(sockets)


def main() -> None:
    """Runs the command."""
    path = Path(sys.argv[1])
    sys.argv = ["pageside", *sys.argv[2:]]
    uvicorn.Server = _Watched  # type: ignore[misc]  # before the command reads it
    event.listen(Engine, "before_cursor_execute", _count)
    threading.Thread(target=_sample, args=(path,), daemon=True).start()
    cli.main()


if __name__ == "__main__":
    main()
