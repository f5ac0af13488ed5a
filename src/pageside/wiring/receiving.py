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
from pageside.storage.files import LocalFiles


def links(settings: Settings, secret: SecretStr) -> Links:
    """The addresses of files, signed with `secret`."""
    return Links(
        secret,
        public_url=settings.public_url,
        upload_lifetime=timedelta(seconds=settings.upload_lifetime_s),
        preview_lifetime=timedelta(seconds=settings.preview_lifetime_s),
    )


@asynccontextmanager
async def open_attachments(
    settings: Settings, database: Database, addresses: Links
) -> AsyncIterator[Attachments | None]:
    """Readers' files, swept for as long as they are open; None where the settings take none."""
    if not settings.attachments:
        yield None
        return
    files = LocalFiles(settings.files_dir or settings.data_dir / "files")
    offered = Attachments(
        database,
        files,
        addresses,
        max_bytes=settings.max_attachment_bytes,
        max_unsent_bytes=settings.max_unsent_bytes,
    )
    async with sweeping.swept(sweeping.Sweep(database, files).run):
        yield offered
