"""A process that is killed between a thread's rows and its bytes: the rows are gone, and the bytes were about to go."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from pydantic import SecretStr

from pageside.conversation.attachments import Attachments
from pageside.conversation.links import Links
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.files import LocalFiles


class Fatal(LocalFiles):
    """A folder whose first deletion ends the process."""

    async def delete(self, key: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, folder: Path, thread_id: str) -> None:
    database = await Database.open(url)
    offered = Attachments(database, Fatal(folder), Links(SecretStr("a secret that only this test knows of")))
    await SqlStore(database, offered).delete_thread(thread_id, Turn(reader=Reader("ada")))


asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
