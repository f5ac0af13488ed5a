"""Settings to everything that a backup is of."""

from __future__ import annotations

from pageside.backup.backing_up import Place
from pageside.settings import Settings
from pageside.wiring import receiving


def place(settings: Settings) -> Place:
    """Where everything of this installation is; nothing is opened or asked for yet."""
    return Place(
        database_url=settings.store_url,
        files=receiving.files(settings),
        data_dir=settings.data_dir,
        index="qdrant" if settings.qdrant_url else "embedded",
        books=settings.books.name if settings.books else "",
    )
