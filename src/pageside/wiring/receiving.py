"""Settings to the files that readers send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from pydantic import SecretStr

from pageside.conversation import sweeping
from pageside.conversation.attachments import Attachments
from pageside.conversation.links import Links
from pageside.settings import Settings
from pageside.storage.engine import Database
from pageside.storage.files import Files, LocalFiles
from pageside.storage.files_s3 import Bucket, S3Files


def links(settings: Settings, secret: SecretStr) -> Links:
    """The addresses of files, signed with `secret`."""
    return Links(
        secret,
        public_url=settings.public_url,
        upload_lifetime=timedelta(seconds=settings.upload_lifetime_s),
        preview_lifetime=timedelta(seconds=settings.preview_lifetime_s),
    )


def files(settings: Settings) -> Files:
    """Where readers' files are kept: in a bucket, or in a folder; nothing is made or asked for yet."""
    folder = settings.files_dir or settings.data_dir / "files"
    if not settings.files_url:
        return LocalFiles(folder)
    name, _, prefix = settings.files_url.removeprefix("s3://").partition("/")
    bucket = Bucket(
        name,
        prefix.strip("/"),
        endpoint=settings.files_endpoint,
        region=settings.files_region,
        path_style=settings.files_path_style,
        key_id=settings.files_key_id,
        secret_key=settings.files_secret_key,
        session_token=settings.files_session_token,
    )
    return S3Files(bucket, folder / ".drafts", timeout=timedelta(seconds=settings.files_timeout_s))


@asynccontextmanager
async def open_attachments(
    settings: Settings, database: Database, addresses: Links
) -> AsyncIterator[Attachments | None]:
    """Readers' files, swept for as long as they are open; None where the settings take none."""
    if not settings.attachments:
        yield None
        return
    kept = files(settings)
    offered = Attachments(
        database,
        kept,
        addresses,
        max_bytes=settings.max_attachment_bytes,
        max_unsent_bytes=settings.max_unsent_bytes,
    )
    async with sweeping.swept(sweeping.Sweep(database, kept).run):
        yield offered
