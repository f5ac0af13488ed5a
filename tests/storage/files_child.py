"""A process that is killed while it keeps a file in a bucket: says when the request has begun, and never comes back."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr

from pageside.storage.files_s3 import Bucket, S3Files


async def arriving(size: int):
    yield bytes(size)


async def main(address: str, folder: Path, prefix: str, key: str) -> None:
    bucket = Bucket("files", prefix, address, key_id="pageside:tester", secret_key=SecretStr("testing"))
    files = S3Files(bucket, folder / ".drafts")
    async with files.received(arriving(30_000_000), limit_bytes=10**8) as draft:
        print("begins", flush=True)
        await files.keep(draft, key)
        print("kept", flush=True)


asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
