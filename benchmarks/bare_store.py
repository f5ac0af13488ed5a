"""A ChatKit store in memory, as small as the SDK lets it be: what a quick start begins with."""

from __future__ import annotations

from typing import Any

from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata

Context = dict[str, Any]


class MemoryStore(Store[Context]):
    """Threads and items in dictionaries, in the order in which they came."""

    def __init__(self) -> None:
        self._threads: dict[str, ThreadMetadata] = {}
        self._items: dict[str, dict[str, ThreadItem]] = {}

    async def load_thread(self, thread_id: str, context: Context) -> ThreadMetadata:
        if thread_id not in self._threads:
            raise NotFoundError(thread_id)
        return self._threads[thread_id].model_copy(deep=True)

    async def save_thread(self, thread: ThreadMetadata, context: Context) -> None:
        self._threads[thread.id] = ThreadMetadata(**thread.model_dump(exclude={"items"}))
        self._items.setdefault(thread.id, {})

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Context
    ) -> Page[ThreadItem]:
        items = list(self._items[thread_id].values())
        items = items[::-1] if order == "desc" else items
        begin = next((at + 1 for at, item in enumerate(items) if item.id == after), 0)
        shown = items[begin : begin + limit]
        more = begin + limit < len(items)
        return Page(data=[item.model_copy() for item in shown], has_more=more, after=shown[-1].id if more else None)

    async def load_threads(self, limit: int, after: str | None, order: str, context: Context) -> Page[ThreadMetadata]:
        return Page(data=list(self._threads.values())[:limit])

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        self._items[thread_id][item.id] = item

    async def save_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        self._items[thread_id][item.id] = item

    async def load_item(self, thread_id: str, item_id: str, context: Context) -> ThreadItem:
        return self._items[thread_id][item_id]

    async def delete_thread(self, thread_id: str, context: Context) -> None:
        del self._threads[thread_id], self._items[thread_id]

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Context) -> None:
        self._items[thread_id].pop(item_id, None)

    async def save_attachment(self, attachment: Attachment, context: Context) -> None:
        raise NotImplementedError

    async def load_attachment(self, attachment_id: str, context: Context) -> Attachment:
        raise NotFoundError(attachment_id)

    async def delete_attachment(self, attachment_id: str, context: Context) -> None:
        raise NotImplementedError
