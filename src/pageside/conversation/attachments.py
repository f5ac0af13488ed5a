"""Files that readers send: announced, uploaded once, fetched by their owner alone, deleted row first and bytes then."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from anyio.to_thread import run_sync
from chatkit.store import AttachmentStore
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    FileAttachment,
    ImageAttachment,
)
from pydantic import AnyUrl
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.answer.question import Attached
from pageside.conversation import erasing, file_keys, filetypes, joining, pictures
from pageside.conversation.links import Links, Permit
from pageside.conversation.refusals import Missing
from pageside.conversation.turn import Turn
from pageside.errors import InvalidInput, PagesideError, TooLarge
from pageside.identity import roll
from pageside.identity.ownership import mine, owner
from pageside.phrases import uploads
from pageside.storage import files as storage
from pageside.storage.engine import Database
from pageside.storage.files import Files
from pageside.storage.files_drafts import Draft, rewritten
from pageside.storage.tables import attachments

MAX_BYTES: Final = 10_000_000
MAX_UNSENT_BYTES: Final = 50_000_000
MAX_UNSENT: Final = 20
UNSENT_FOR: Final = timedelta(days=1)


class AlreadySent(PagesideError):
    """The file is part of a message: it can neither be sent again nor be deleted by itself."""

    status = 409
    code = "already_sent"

    def __init__(self) -> None:
        super().__init__(uploads.ALREADY_SENT)


class AlreadyUploaded(PagesideError):
    """The address of the upload was used."""

    status = 409
    code = "already_uploaded"

    def __init__(self) -> None:
        super().__init__(uploads.ALREADY_UPLOADED)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file about to be sent to its owner.

    Attributes:
        sha256: Of its bytes, in hex.
    """

    name: str
    mime_type: str
    size: int
    sha256: str
    pieces: AsyncGenerator[bytes, None]


class Attachments(AttachmentStore[Turn]):
    """The attachment store of the SDK, and what the protocol leaves to a server: the bytes on their way in and out."""

    def __init__(
        self,
        database: Database,
        files: Files,
        links: Links,
        *,
        max_bytes: int = MAX_BYTES,
        max_unsent_bytes: int = MAX_UNSENT_BYTES,
    ) -> None:
        """Attachments whose rows are in `database` and whose bytes are in `files`.

        Args:
            max_bytes: Largest file.
            max_unsent_bytes: What a reader may have announced or uploaded without sending it, together.
        """
        self._database = database
        self._files = files
        self._links = links
        self.max_bytes = max_bytes
        self._max_unsent_bytes = max_unsent_bytes

    async def check(self) -> None:
        """Returns if files can be kept at the moment.

        Raises:
            Unavailable: They cannot; the message tells an operator why.
        """
        await self._files.check()

    def generate_attachment_id(self, mime_type: str, context: Turn) -> str:
        return ids.new("atc")

    async def create_attachment(self, input: AttachmentCreateParams, context: Turn) -> Attachment:  # noqa: A002  # the SDK's name
        """A file announced, with the address its bytes may be sent to; `save` stores it.

        Raises:
            InvalidInput: Its name, type or size cannot be taken.
            TooLarge: It is larger than files may be.
            Unavailable: No file can be stored at the moment.
        """
        name = filetypes.name(input.name)
        mime_type = filetypes.promised(name, input.mime_type)
        self._require_size(input.size)
        attachment_id = self.generate_attachment_id(mime_type, context)
        key = file_keys.new(attachment_id, context.reader)
        await self._files.reserve(key)  # what cannot be kept is refused before it is sent, and a sweep can find the row
        described = AttachmentUploadDescriptor(
            url=AnyUrl(self._links.upload(attachment_id, context, size=input.size, mime_type=mime_type)),
            method="PUT",
            headers={"Content-Type": mime_type},
        )
        plain = self._attachment(attachment_id, name, mime_type, context)
        return plain.model_copy(update={"upload_descriptor": described, "metadata": {"size": input.size, "file": key}})

    async def save(self, attachment: Attachment, context: Turn) -> None:
        """Stores an announced attachment; one that is sent is bound to its thread together with the message.

        Raises:
            TooLarge: The reader has too much waiting to be sent.
        """
        if attachment.thread_id is not None or attachment.metadata is None:
            return
        size, key = int(attachment.metadata["size"]), str(attachment.metadata["file"])
        await self._insert(attachment, context, status="created", size=size, file=key)

    async def upload(self, permit: Permit, pieces: AsyncIterator[bytes], *, origin: str = "") -> Attachment:
        """The announced attachment, with the bytes that `permit` allows.

        Args:
            origin: Scheme and host the request came to, such as `https://example.org`.

        Raises:
            Missing: It was deleted.
            AlreadyUploaded: It has its bytes.
            TooLarge: More bytes came than announced.
            InvalidInput: Fewer came, or they are not of the announced type.
            Unavailable: They cannot be stored.
        """
        turn = Turn(reader=permit.reader, origin=origin)
        announced = await self._row(permit.attachment_id, turn)
        if announced.status != "created":
            raise AlreadyUploaded
        async with self._files.received(pieces, limit_bytes=permit.size) as draft:
            if draft.size != permit.size:
                raise InvalidInput(f"The file was announced with {permit.size} bytes; {draft.size} came.")
            kept, key = await self._kept(draft, permit.attachment_id, permit.mime_type, turn)
        async with joining.transaction(self._database, turn) as connection:
            done = await connection.execute(
                update(attachments)
                .where(mine(attachments, turn), attachments.c.id == permit.attachment_id)
                .where(attachments.c.status == "created")
                .values(status="uploaded", size=kept.size, sha256=kept.sha256, file=key)
            )
        await self.forget([announced.file if done.rowcount else key])
        if not done.rowcount:
            await self._row(permit.attachment_id, turn)
            raise AlreadyUploaded
        return self._attachment(announced.id, announced.name, announced.mime_type, turn)

    async def receive(self, pieces: AsyncIterator[bytes], turn: Turn, *, name: str, mime_type: str) -> Attachment:
        """An attachment announced and uploaded at once.

        Raises:
            TooLarge: It is larger than files may be, or too much waits to be sent.
            InvalidInput: Its name or type cannot be taken, it is empty, or its bytes are of another type.
            Unavailable: It cannot be stored.
        """
        name = filetypes.name(name)
        mime_type = filetypes.promised(name, mime_type)
        attachment_id = self.generate_attachment_id(mime_type, turn)
        async with self._files.received(pieces, limit_bytes=self.max_bytes) as draft:
            self._require_size(draft.size)
            kept, key = await self._kept(draft, attachment_id, mime_type, turn)
        attachment = self._attachment(attachment_id, name, mime_type, turn)
        try:
            await self._insert(attachment, turn, status="uploaded", size=kept.size, file=key, sha256=kept.sha256)
        except TooLarge:
            await self.forget([key])
            raise
        return attachment

    async def load(self, attachment_id: str, context: Turn) -> Attachment:
        """The reader's attachment, without the address its bytes were sent to.

        Raises:
            Missing: There is none, or it is another reader's.
        """
        row = await self._row(attachment_id, context)
        return self._attachment(row.id, row.name, row.mime_type, context, thread_id=row.thread_id)

    def shown(self, attachment: Attachment, context: Turn) -> Attachment:
        """`attachment` as it stands in a message, with an address of its preview that works now."""
        return self._attachment(
            attachment.id, attachment.name, attachment.mime_type, context, thread_id=attachment.thread_id
        )

    async def open(self, attachment_id: str, turn: Turn) -> Opened:
        """The reader's file.

        Raises:
            Missing: There is none, it has no bytes yet, or it is another reader's.
        """
        row = await self._row(attachment_id, turn)
        if row.status == "created":
            raise missing(attachment_id)
        return Opened(row.name, row.mime_type, int(row.size), str(row.sha256), self._files.pieces(row.file))

    async def read(self, attachment_ids: Sequence[str], turn: Turn, *, earlier: bool = False) -> tuple[Attached, ...]:
        """Those of the reader's attachments that are still there, as an answer can read them, in the order asked for.

        Args:
            earlier: Whether they came with an earlier message than the question.
        """
        if not attachment_ids:
            return ()
        async with self._database.reading(turn.reader) as connection:
            found = await connection.execute(
                select(attachments)
                .where(mine(attachments, turn), attachments.c.id.in_(attachment_ids))
                .where(attachments.c.status != "created")
            )
            by_id = {row.id: row for row in found}
        return tuple(
            Attached(
                name=row.name,
                mime_type=row.mime_type,
                size=int(row.size),
                read=partial(storage.content, self._files, row.file),
                earlier=earlier,
            )
            for row in (by_id[each] for each in attachment_ids if each in by_id)
        )

    async def require_sendable(self, attachment_ids: Sequence[str], turn: Turn) -> None:
        """Returns if a message may carry all of them.

        Raises:
            Missing: One does not exist, or is another reader's.
            InvalidInput: One has no bytes yet, or is named twice.
            AlreadySent: One is part of a message.
        """
        if not attachment_ids:
            return
        if len(set(attachment_ids)) < len(attachment_ids):
            raise InvalidInput("params.input.attachments: one of them is named twice.")
        async with self._database.reading(turn.reader) as connection:
            found = await connection.execute(
                select(attachments.c.id, attachments.c.status).where(
                    mine(attachments, turn), attachments.c.id.in_(attachment_ids)
                )
            )
            statuses = {row.id: row.status for row in found}
        for attachment_id in attachment_ids:
            match statuses.get(attachment_id):
                case None:
                    raise missing(attachment_id)
                case "created":
                    raise InvalidInput(f"params.input.attachments: {attachment_id!r} has not been uploaded yet.")
                case "attached":
                    raise AlreadySent
                case _:
                    pass

    async def delete_attachment(self, attachment_id: str, context: Turn) -> None:
        """Deletes an attachment that no message carries: its row, and its bytes once the row is gone for good.

        Raises:
            Missing: There is none, or it is another reader's.
            AlreadySent: It is part of a message, and goes with it.
        """
        async with joining.transaction(self._database, context) as connection:
            done = await connection.execute(
                delete(attachments)
                .where(mine(attachments, context), attachments.c.id == attachment_id)
                .where(attachments.c.status != "attached")
                .returning(attachments.c.file)
            )
            key = done.scalar_one_or_none()
            if key is None:
                await _known(connection, attachment_id, context)
                raise AlreadySent
        await self.forget([key])

    async def forget(self, keys: Iterable[str]) -> None:
        """Deletes bytes whose rows are gone; what cannot be deleted now is left to the next sweep."""
        await erasing.forget(self._files, keys)

    async def _kept(self, draft: Draft, attachment_id: str, mime_type: str, turn: Turn) -> tuple[Draft, str]:
        """What is kept of a draft that may be, and the key it is kept under."""
        await run_sync(filetypes.require, draft.path, mime_type)
        if filetypes.is_image(mime_type):
            draft = await run_sync(_stripped, draft, mime_type)
        key = file_keys.new(attachment_id, turn.reader)
        await self._files.keep(draft, key)
        return draft, key

    async def _insert(
        self, attachment: Attachment, turn: Turn, *, status: str, size: int, file: str, sha256: str | None = None
    ) -> None:
        async with joining.transaction(self._database, turn) as connection:
            await self._require_room(connection, size, turn)
            await roll.enrol(connection, turn)
            await connection.execute(
                insert(attachments).values(
                    **owner(turn),
                    id=attachment.id,
                    status=status,
                    name=attachment.name,
                    mime_type=attachment.mime_type,
                    size=size,
                    sha256=sha256,
                    file=file,
                    created_at=ids.now(),
                )
            )

    async def _require_room(self, connection: AsyncConnection, size: int, turn: Turn) -> None:
        found = await connection.execute(
            select(func.count(), func.coalesce(func.sum(attachments.c.size), 0))
            .select_from(attachments)
            .where(mine(attachments, turn), attachments.c.status != "attached")
            .where(attachments.c.created_at > ids.now() - UNSENT_FOR)
        )
        number, waiting = found.one()
        if number >= MAX_UNSENT or int(waiting) + size > self._max_unsent_bytes:
            raise TooLarge(uploads.TOO_MANY_WAITING)

    async def _row(self, attachment_id: str, turn: Turn) -> Row[tuple[object, ...]]:
        async with self._database.reading(turn.reader) as connection:
            return await _known(connection, attachment_id, turn)

    def _attachment(
        self, attachment_id: str, name: str, mime_type: str, turn: Turn, *, thread_id: str | None = None
    ) -> Attachment:
        if not filetypes.is_image(mime_type):
            return FileAttachment(id=attachment_id, name=name, mime_type=mime_type, thread_id=thread_id)
        preview = AnyUrl(self._links.preview(attachment_id, turn))
        return ImageAttachment(
            id=attachment_id, name=name, mime_type=mime_type, thread_id=thread_id, preview_url=preview
        )

    def _require_size(self, size: int) -> None:
        if size < 1:
            raise InvalidInput(uploads.EMPTY)
        if size > self.max_bytes:
            raise TooLarge(uploads.TOO_LARGE.of(size=size, most=self.max_bytes))


def _stripped(draft: Draft, mime_type: str) -> Draft:
    """The picture in `draft`, which it replaces, with nothing but what paints it."""
    return rewritten(draft, pictures.stripped(draft.path.read_bytes(), mime_type))


async def _known(connection: AsyncConnection, attachment_id: str, turn: Turn) -> Row[tuple[object, ...]]:
    found = await connection.execute(
        select(attachments).where(mine(attachments, turn), attachments.c.id == attachment_id)
    )
    row = found.one_or_none()
    if row is None:
        raise missing(attachment_id)
    return row


def missing(attachment_id: str) -> Missing:
    """What to raise where an attachment is unknown or another reader's; the two cannot be told apart."""
    return Missing(f"There is no attachment {attachment_id[:80]!r}.")
