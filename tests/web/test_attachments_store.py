"""Files of readers in a bucket, through the front door: the whole way, at once, the store away, the server killed."""

from __future__ import annotations

import asyncio
import json
import secrets
from datetime import timedelta

import httpx2
import pytest
from PIL import Image
from tests import object_store as stores
from tests import sample_files, small_book
from tests import served as processes
from tests.chatkit_client import ChatKit
from tests.chatkit_house import house

from pageside import ids
from pageside.conversation.sweeping import SETTLING, Sweep
from pageside.storage.files_s3 import S3Files

PNG = sample_files.picture()
ANNOUNCED = {"name": "a.png", "size": 9, "mime_type": "image/png"}
SECRET = b"Ada Lovelace at 51.5007N"


@pytest.fixture
def files(object_store, tmp_path):
    bucket = object_store.bucket(prefix=f"door/{secrets.token_hex(8)}")
    return S3Files(bucket, tmp_path / ".drafts", timeout=timedelta(seconds=5))


@pytest.fixture
async def home(tmp_path, files):
    async with house(tmp_path, files=files) as opened:
        yield opened


@pytest.fixture
async def ada(home):
    async with home.client("ada") as client:
        yield client


@pytest.fixture
async def eve(home):
    async with home.client("eve") as client:
        yield client


async def announced(client, content=PNG):
    return await client.call("attachments.create", name="robot.png", size=len(content), mime_type="image/png")


async def put(client, attachment, content=PNG):
    return await client.http.put(attachment["upload_descriptor"]["url"], content=content)


async def kept(files):
    return [each.key async for batch in files.listed() for each in batch]


def environment(store, **other):
    """What an operator sets for a bucket."""
    return {
        "PAGESIDE_FILES_URL": f"s3://{stores.BUCKET}/served",
        "PAGESIDE_FILES_ENDPOINT": store.address,
        "PAGESIDE_FILES_TIMEOUT_S": "2",
        "AWS_ACCESS_KEY_ID": stores.KEY_ID,
        "AWS_SECRET_ACCESS_KEY": stores.SECRET_KEY.get_secret_value(),
        **other,
    }


async def test_a_picture_goes_the_whole_way(ada, eve, home, files):
    """Announced, uploaded, sent, seen and fetched by its reader alone, and gone with its thread."""
    attachment = await announced(ada)
    assert (await put(ada, attachment)).status_code == 200
    told = await ada.ask("Look", attachments=[attachment["id"]])
    path = f"/chatkit/attachments/{attachment['id']}"
    seen, fetched = await ada.http.get(attachment["preview_url"]), await ada.http.get(path)
    strange = [await eve.http.get(path), await eve.http.get(f"{path}/preview")]
    held = await kept(files)
    await ada.call("threads.delete", thread_id=told.thread_id)

    assert seen.content == fetched.content == PNG
    assert [each.status_code for each in strange] == [404, 404]
    assert len(held) == 1
    assert await kept(files) == []
    assert (await ada.http.get(path)).status_code == 404


async def test_of_two_uploads_at_once_one_is_kept(ada, files):
    """The other is told so, and nothing of it stays."""
    attachment = await announced(ada)
    answers = await asyncio.gather(*(put(ada, attachment) for _ in range(4)))

    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    assert len(await kept(files)) == 1
    assert (await ada.http.get(f"/chatkit/attachments/{attachment['id']}")).content == PNG


async def test_what_a_picture_tells_of_its_reader_is_kept_nowhere(ada, files):
    """Neither in the bucket nor in what is fetched or shown."""
    exif = Image.Exif()
    exif[0x013B] = SECRET.decode()
    content = sample_files.picture("JPEG", exif=exif, comment=SECRET) + SECRET
    sent = await ada.http.post("/chatkit/attachments", files={"file": ("me.jpg", content, "image/jpeg")})
    seen = await ada.http.get(sent.json()["preview_url"])
    fetched = await ada.http.get(f"/chatkit/attachments/{sent.json()['id']}")
    (key,) = await kept(files)
    stored = b"".join([piece async for piece in files.pieces(key)])

    assert SECRET in content
    assert SECRET not in stored
    assert stored == seen.content == fetched.content
    assert int(fetched.headers["content-length"]) == len(stored)


async def test_while_the_store_is_away_files_are_refused_with_words(tmp_path):
    """What is there cannot be fetched, what is new cannot be sent, words go on; once it is back, so is everything."""
    (tmp_path / "store").mkdir()
    with stores.running(tmp_path / "store") as store:
        files = S3Files(store.bucket(prefix="away"), tmp_path / ".drafts", timeout=timedelta(seconds=2))
        async with house(tmp_path, files=files) as home, home.client("ada") as ada:
            first, second = await announced(ada), await announced(ada)
            await put(ada, first)
            store.kill()
            refused = [
                await put(ada, second),
                await ada.http.get(f"/chatkit/attachments/{first['id']}"),
                await ada.http.post("/chatkit/attachments", files={"file": ("a.png", PNG, "image/png")}),
                await ada.http.post("/chatkit", json={"type": "attachments.create", "params": ANNOUNCED}),
            ]
            words = await ada.ask("What is a servo?", attachments=[first["id"]])
            store.start()
            again = await put(ada, second)
            fetched = await ada.http.get(f"/chatkit/attachments/{first['id']}")

    assert [each.status_code for each in refused] == [503] * 4
    assert {"Please try again later." in each.text for each in refused} == {True}
    assert words.text
    assert again.status_code == 200
    assert fetched.content == PNG
    assert list((tmp_path / ".drafts").iterdir()) == []


async def test_bytes_that_could_not_be_deleted_are_swept_when_the_store_is_back(tmp_path):
    """The reader's thread is gone at once all the same."""
    (tmp_path / "store").mkdir()
    with stores.running(tmp_path / "store") as store:
        files = S3Files(store.bucket(prefix="swept"), tmp_path / ".drafts", timeout=timedelta(seconds=2))
        async with house(tmp_path, files=files) as home, home.client("ada") as ada:
            attachment = await announced(ada)
            await put(ada, attachment)
            told = await ada.ask("Look", attachments=[attachment["id"]])
            store.kill()
            await ada.call("threads.delete", thread_id=told.thread_id)
            store.start()
            left = await kept(files)
            later = Sweep(home.database, files, now=lambda: ids.now() + 2 * SETTLING)
            gone = await later.run()

            assert len(left) == gone == 1
            assert await kept(files) == []


def test_a_server_over_a_bucket_says_how_its_files_are(tmp_path):
    """To anybody, so without its address, and well again by itself."""
    (tmp_path / "store").mkdir()
    book = small_book.write(tmp_path / "book")
    with (
        stores.running(tmp_path / "store") as store,
        processes.server(book, tmp_path / "data", **environment(store)) as address,
        httpx2.Client(base_url=address, timeout=30) as http,
    ):
        up = http.get("/health").json()
        store.kill()
        http.get("/")
        refused = http.post("/chatkit/attachments", files={"file": ("a.png", PNG, "image/png")})
        down = http.get("/health").json()
        store.start()
        back = http.get("/health").json()

    assert (up["status"], up["parts"]["files"]["status"]) == ("ok", "ok")
    assert refused.status_code == 503
    assert (down["status"], down["parts"]["files"]["status"]) == ("degraded", "unavailable")
    assert back["status"] == "ok"
    assert not any(secret in json.dumps([up, down]) for secret in ("testing", "tester", "s3://"))


async def test_a_server_killed_in_the_middle_of_keeping_a_file_leaves_none_of_it(tmp_path):
    """The store hangs with the file half sent, the server dies; the next one takes the file at the same address."""
    (tmp_path / "store").mkdir()
    book = small_book.write(tmp_path / "book")
    content = b"a" * 8_000_000
    with stores.running(tmp_path / "store") as store:
        set_up = environment(store, PAGESIDE_FILES_TIMEOUT_S="20")
        with processes.running(book, tmp_path / "data", **set_up) as (address, server):
            async with httpx2.AsyncClient(base_url=address, timeout=60) as http:
                cookie = (await http.get("/")).cookies
                attachment = await ChatKit(http).call(
                    "attachments.create", name="a.log", size=len(content), mime_type="text/plain"
                )
                held = store.held()
                store.freeze()
                upload = asyncio.create_task(http.put(attachment["upload_descriptor"]["url"], content=content))
                while not any(path.stat().st_size == len(content) for path in drafts(tmp_path)):
                    await asyncio.to_thread(drafts, tmp_path)
                server.kill()
                with pytest.raises(httpx2.TransportError):
                    await upload
        store.thaw()
        with processes.server(book, tmp_path / "data", **set_up) as address:
            path = attachment["upload_descriptor"]["url"].partition("/chatkit")[2]
            async with httpx2.AsyncClient(base_url=address, cookies=cookie, timeout=60) as http:
                absent = await http.get(f"/chatkit/attachments/{attachment['id']}")
                lost = store.held() - held
                again = await http.put(f"/chatkit{path}", content=content)
                there = await http.get(f"/chatkit/attachments/{attachment['id']}")

    assert absent.status_code == 404
    assert lost == set()
    assert again.status_code == 200, again.text
    assert there.content == content


def drafts(folder):
    return list((folder / "data" / "files" / ".drafts").glob("*"))
