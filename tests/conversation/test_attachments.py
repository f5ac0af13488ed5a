"""Attachments behind the door: bound with their message or not at all, swept when nobody wants them, signed for."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import signal
import sqlite3
import sys
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from chatkit.types import (
    AttachmentCreateParams,
    InferenceOptions,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from tests import sample_files

from pageside import ids
from pageside.conversation import file_keys, sweeping
from pageside.conversation.attachments import AlreadySent, Attachments
from pageside.conversation.links import Links
from pageside.conversation.store import SqlStore
from pageside.conversation.sweeping import Sweep
from pageside.conversation.turn import Opening, Turn
from pageside.errors import NotFound, Unavailable
from pageside.identity.ownership import mine
from pageside.identity.reader import Reader
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.storage.files import LocalFiles
from pageside.storage.tables import attachments, threads

ADA = Turn(reader=Reader("ada"))
EVE = Turn(reader=Reader("eve", organisation="another"))
LINKS = Links(SecretStr("a secret that only this test knows of"))
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def database(store_url):
    opened = await Database.open(store_url)
    yield opened
    await opened.aclose()


@pytest.fixture
def files(tmp_path):
    return LocalFiles(tmp_path / "files")


@pytest.fixture
def offered(database, files):
    return Attachments(database, files, LINKS)


@pytest.fixture
def store(database, offered):
    return SqlStore(database, offered)


@asynccontextmanager
async def at(folder):
    """A database file of the test's own."""
    opened = await Database.open(f"sqlite:///{folder / 'own.db'}", prepare=migrate.upgrade)
    yield opened
    await opened.aclose()


async def pieces(content=sample_files.CODE):
    yield content


async def uploaded(offered, turn=ADA):
    return await offered.receive(pieces(), turn, name="servo.py", mime_type="text/x-python")


async def announced(offered, turn=ADA):
    attachment = await offered.create_attachment(
        AttachmentCreateParams(name="servo.py", size=9, mime_type="text/x-python"), turn
    )
    await offered.save(attachment, turn)
    return attachment


def message(thread_id, *carried):
    return UserMessageItem(
        id=ids.new("msg"),
        thread_id=thread_id,
        created_at=datetime.now(),  # noqa: DTZ005  # as the SDK stamps it
        content=[UserMessageTextContent(text="Look")],
        attachments=[each.model_copy(update={"thread_id": thread_id}) for each in carried],
        inference_options=InferenceOptions(),
    )


async def opened_thread(store, turn, *carried):
    opening = Opening(ids.new("thr"))
    context = Turn(reader=turn.reader, opening=opening)
    await store.save_thread(ThreadMetadata(id=opening.id, created_at=datetime.now()), context)  # noqa: DTZ005
    await store.add_thread_item(opening.id, message(opening.id, *carried), context)
    return opening.id


async def kept(files):
    return {each.key for batch in [batch async for batch in files.listed()] for each in batch}


async def statuses(database, turn=ADA):
    async with database.reading(turn.reader) as connection:
        found = await connection.execute(select(attachments.c.id, attachments.c.status).where(mine(attachments, turn)))
        return {row.id: row.status for row in found}


async def aged(database, by, turn=ADA):
    """The reader's attachments are made older than they are."""
    async with database.transaction(turn.reader) as connection:
        await connection.execute(update(attachments).where(mine(attachments, turn)).values(created_at=ids.now() - by))


async def test_a_message_whose_file_was_sent_meanwhile_is_not_stored(store, offered, database):
    """Neither the message nor the thread that it would begin; the file stays where it is."""
    file = await uploaded(offered)
    await opened_thread(store, ADA, file)

    with pytest.raises(AlreadySent):
        await opened_thread(store, ADA, file)
    async with database.reading(ADA.reader) as connection:
        count = await connection.scalar(select(func.count()).select_from(threads).where(mine(threads, ADA)))

    assert count == 1
    assert await statuses(database) == {file.id: "attached"}


async def test_a_message_that_is_written_again_keeps_its_files(store, offered, database):
    """As when the SDK saves an item it has changed."""
    file = await uploaded(offered)
    thread_id = await opened_thread(store, ADA, file)
    (item,) = (await store.load_thread_items(thread_id, None, 9, "asc", ADA)).data
    await store.save_item(thread_id, item, ADA)

    assert (await store.load_item(thread_id, item.id, ADA)).attachments[0].id == file.id


async def test_another_readers_file_is_not_bound(store, offered, database):
    """Even where nothing was checked before."""
    file = await uploaded(offered, ADA)

    with pytest.raises(AlreadySent):
        await opened_thread(store, EVE, file)

    assert await statuses(database, ADA) == {file.id: "uploaded"}
    assert await statuses(database, EVE) == {}


async def test_bytes_stay_until_their_row_is_gone_for_good(tmp_path, files):
    """A deletion that the database takes back at its very end leaves the file whole."""
    async with at(tmp_path) as database:
        offered = Attachments(database, files, LINKS)
        file = await uploaded(offered)
        before = await kept(files)
        with closing(sqlite3.connect(tmp_path / "own.db")) as connection:
            connection.execute("create table holds (id text references attachments (id) deferrable initially deferred)")
            connection.execute("insert into holds values (?)", (file.id,))
            connection.commit()
            with pytest.raises(IntegrityError):
                await offered.delete_attachment(file.id, ADA)
            held = await kept(files)
            connection.execute("delete from holds")
            connection.commit()
        await offered.delete_attachment(file.id, ADA)

    assert held == before
    assert await kept(files) == set()


async def test_a_deletion_killed_between_rows_and_bytes_is_finished_by_the_sweep(tmp_path, files):
    """The reader's files are unreachable at once, and gone with the next sweep."""
    async with at(tmp_path) as database:
        offered = Attachments(database, files, LINKS)
        first, second = await uploaded(offered), await uploaded(offered)
        thread_id = await opened_thread(SqlStore(database, offered), ADA, first, second)
        child = [sys.executable, str(Path(__file__).with_name("deleting_child.py"))]
        done = await asyncio.create_subprocess_exec(
            *child, f"sqlite+aiosqlite:///{tmp_path / 'own.db'}", str(tmp_path / "files"), thread_id
        )
        killed = await done.wait()
        left = await kept(files)
        with pytest.raises(NotFound):
            await offered.open(first.id, ADA)
        gone = await Sweep(database, files, now=lambda: ids.now() + 2 * HOUR).run()

    assert killed == -signal.SIGKILL
    assert (len(left), gone) == (2, 2)
    assert await kept(files) == set()


async def test_bytes_that_cannot_be_deleted_are_left_to_the_sweep(own_folder):
    """The reader's file is gone all the same."""
    files = LocalFiles(own_folder / "files")
    async with at(own_folder) as database:
        offered = Attachments(database, files, LINKS)
        file = await uploaded(offered)
        (key,) = await kept(files)
        folder = (own_folder / "files" / key).parent
        folder.chmod(0o500)
        await offered.delete_attachment(file.id, ADA)
        folder.chmod(0o700)

        assert await statuses(database) == {}
        assert await kept(files) == {key}
        assert await Sweep(database, files, now=lambda: ids.now() + 2 * HOUR).run() == 1
        assert await kept(files) == set()


async def test_a_sweep_takes_what_was_never_sent(store, offered, database, files):
    """Announced or uploaded a day ago, whoever's it was; what was sent stays."""
    sent = await uploaded(offered)
    await opened_thread(store, ADA, sent)
    for turn in (ADA, EVE):
        await announced(offered, turn)
        await uploaded(offered, turn)
        await aged(database, DAY + HOUR, turn)

    assert await Sweep(database, files, now=lambda: ids.now() + 2 * HOUR).run() == 4
    assert await statuses(database, ADA) == {sent.id: "attached"}
    assert await statuses(database, EVE) == {}
    assert len(await kept(files)) == 1


async def test_a_sweep_leaves_what_may_still_be_sent(offered, database, files):
    """Younger than a day; and bytes so young that their row may be on its way."""
    await announced(offered)
    await uploaded(offered)
    await files.reserve(file_keys.new("atc_on_its_way", ADA.reader))

    assert await Sweep(database, files).run() == 0
    assert len(await kept(files)) == 3


async def test_a_sweep_takes_bytes_that_no_row_speaks_of(offered, database, files, tmp_path):
    """What a process left that was killed between bytes and row; files of others' making are let be."""
    file = await uploaded(offered)
    await files.reserve(file_keys.new(file.id, ADA.reader))
    await files.reserve(file_keys.new("atc_never", EVE.reader))
    strange = ["notes", "gezdgnbv/readme", "mfrgg/atc_1~0"]
    for key in strange:
        await files.reserve(key)
    draft = tmp_path / "files" / ".drafts" / "killed"
    draft.write_bytes(b"half")
    os.utime(draft, ((ids.now() - HOUR).timestamp(),) * 2)

    assert await Sweep(database, files, now=lambda: ids.now() + 2 * HOUR).run() == 2
    assert set(strange) < await kept(files)
    assert (await offered.open(file.id, ADA)).size == len(sample_files.CODE)
    assert not draft.exists()


async def test_sweeping_goes_on_beside_the_server_and_ends_with_it():
    """A sweep that fails is put off, not given up."""
    runs = []
    thrice = asyncio.Event()

    async def run():
        runs.append(1)
        if len(runs) == 1:
            raise Unavailable("not now")
        if len(runs) == 2:
            raise RuntimeError("a bug")
        thrice.set()
        return 0

    async with sweeping.swept(run, every=timedelta(0)):
        await thrice.wait()
    seen = len(runs)
    await asyncio.sleep(0)

    assert len(runs) == seen


async def test_what_was_announced_before_a_day_does_not_count(offered, database):
    """A reader whose uploads never worked is not shut out until the sweep."""
    for _ in range(20):
        await announced(offered)
    await aged(database, DAY + HOUR)

    assert (await announced(offered)).name == "servo.py"


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


@given(NAMES, NAMES)
def test_a_key_says_whose_its_bytes_are(subject, organisation):
    """For every name a reader can have, in parts that every file system takes."""
    key = file_keys.new("atc_01", Reader(subject, organisation=organisation))

    assert file_keys.read(key) == (Reader(subject, organisation=organisation), "atc_01")
    assert all(1 <= len(part) <= 200 for part in key.split("/"))
    assert re.fullmatch(r"[a-z0-9_~/]+", key)


@given(st.text("abcdefghijklmnopqrstuvwxyz234567/_~", max_size=60))
def test_a_strange_key_is_nobodys(key):
    """Whatever lies in the folder."""
    whose = file_keys.read(key)

    assert whose is None or isinstance(whose[0].subject, str)


@given(st.text(max_size=80))
def test_no_text_is_a_permit(text):
    """But what was signed here, for this attachment and this use."""
    with pytest.raises(NotFound):
        LINKS.permit("upload", "atc_1", text)


@pytest.mark.parametrize("subject", ["a", "ada.lovelace@school.example", "guest-0f" * 4])
def test_an_address_does_not_tell_whose_the_file_is(subject):
    """Not by its letters, encoded or not, and not by its length."""
    turn = Turn(reader=Reader(subject, organisation="school.example"))
    urls = [LINKS.upload("atc_1", turn, size=9, mime_type="image/png"), LINKS.preview("atc_1", turn)]
    tokens = [url.partition("token=")[2] for url in urls]
    shown = b"".join(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) for token in tokens)

    assert len(set(map(len, tokens))) == 1
    assert all(each not in shown for each in (subject.encode() * (len(subject) > 1) or b"school", b"school", b"image"))
    assert len(tokens[0]) == 192


@given(NAMES, NAMES, st.integers(1, 10**12))
def test_a_permit_says_what_was_signed(subject, organisation, size):
    """To the letter."""
    turn = Turn(reader=Reader(subject, organisation=organisation))
    token = LINKS.upload("atc_1", turn, size=size, mime_type="image/png").partition("token=")[2]
    permit = LINKS.permit("upload", "atc_1", token)

    assert (permit.reader, permit.size, permit.mime_type) == (turn.reader, size, "image/png")
    for use, attachment_id in (("preview", "atc_1"), ("upload", "atc_2")):
        with pytest.raises(NotFound):
            LINKS.permit(use, attachment_id, token)
