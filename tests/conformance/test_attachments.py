"""Files of readers, from the announcement to the deletion, over real HTTP."""

from __future__ import annotations

import httpx2
import pytest
from tests import sample_files
from tests.chatkit_client import message
from tests.conformance.checks import check
from tests.conformance.denials import denied

PNG = sample_files.picture()
SIZE = len(PNG)


async def announced(client, *, size=SIZE):
    response = await client.send("attachments.create", name="robot.png", size=size, mime_type="image/png")
    if response.status_code == 501:
        pytest.skip("this server takes no files")
    assert response.status_code == 200, response.text
    return response.json()


async def put(attachment, content=PNG):
    told = attachment["upload_descriptor"]
    sent = {"content": content} if told["method"] == "PUT" else {"files": {"file": ("robot.png", content)}}
    async with httpx2.AsyncClient() as anybody:
        return await anybody.request(told["method"], told["url"], headers=told["headers"], **sent)


async def uploaded(client):
    attachment = await announced(client)
    assert (await put(attachment)).status_code == 200
    return attachment


async def seen(client, attachment):
    """The picture as its reader's page shows it."""
    return await client.http.get(attachment["preview_url"])


@check(53, 54)
async def test_a_file_goes_the_whole_way(a):
    """Announced, uploaded, sent, shown; what the history keeps of it gives nobody a way in."""
    attachment = await announced(a)
    assert (await put(attachment)).status_code == 200
    told = await a.ask("hi", attachments=[attachment["id"]])
    (sent,) = (await a.items(told.thread_id))[0]["attachments"]
    streamed = told.done("user_message")[0]["attachments"][0]

    assert attachment["preview_url"].startswith("http")
    assert (await seen(a, sent)).content == PNG
    for kept in (sent, streamed):
        assert kept["id"] == attachment["id"]
        assert not {"upload_descriptor", "metadata"} & kept.keys()


async def test_a_file_is_fetched_by_its_reader(a, b, inside):
    """By its id, and by nobody else."""
    file = (await uploaded(a))["id"]

    assert (await a.http.get(f"/chatkit/attachments/{file}")).content == PNG
    assert (await b.http.get(f"/chatkit/attachments/{file}")).status_code == 404


@check(55)
@pytest.mark.parametrize(
    "params",
    [
        {"name": "a.png", "size": -1, "mime_type": "image/png"},
        {"name": "a.png", "size": 10**12, "mime_type": "image/png"},
        {"name": "a.exe", "size": 10, "mime_type": "application/x-msdownload"},
        {"name": "../../etc/passwd", "size": 10, "mime_type": "text/plain"},
        {"name": "", "size": 10, "mime_type": "text/plain"},
    ],
)
async def test_what_cannot_be_a_file_is_refused(a, params):
    """When it is announced, with words."""
    await announced(a)

    assert denied(await a.send("attachments.create", **params))


@check(56)
async def test_a_file_that_was_never_uploaded_is_not_sent(a):
    """And no thread is begun."""
    attachment = await announced(a)

    denied(await a.send("threads.create", input=message("hi", attachments=[attachment["id"]])))
    assert await a.threads() == []


@check(57)
async def test_a_deleted_file_is_gone_and_a_sent_one_stays_where_it_is(a):
    """Deleting takes it; a file of one thread is not sent in another."""
    gone, sent = await uploaded(a), await uploaded(a)
    await a.ask("hi", attachments=[sent["id"]])
    deleted = await a.send("attachments.delete", attachment_id=gone["id"])
    again = await a.send("attachments.delete", attachment_id=gone["id"])

    assert deleted.json() == {}
    assert again.status_code == 404 or again.json() == {}
    assert 400 <= (await seen(a, gone)).status_code < 500
    denied(await a.send("threads.create", input=message("hi", attachments=[gone["id"]])))
    denied(await a.send("threads.create", input=message("hi", attachments=[sent["id"]])))
    assert len(await a.threads()) == 1


@check(58)
async def test_more_bytes_than_announced_are_refused(a):
    """Nothing of them is kept."""
    attachment = await announced(a, size=10)

    assert 400 <= (await put(attachment)).status_code < 500
    assert 400 <= (await seen(a, attachment)).status_code < 500


@check(33, 34)
async def test_another_readers_file_does_not_exist(a, b):
    """Not to be sent or deleted; it is whole afterwards, and no thread was begun."""
    hers = await uploaded(a)

    denied(await b.send("threads.create", input=message("hi", attachments=[hers["id"]])))
    denied(await b.send("attachments.delete", attachment_id=hers["id"]), 404)
    assert await b.threads() == []
    assert (await seen(a, hers)).content == PNG
