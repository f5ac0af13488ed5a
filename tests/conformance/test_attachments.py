"""Files of readers, from the announcement to the deletion, over real HTTP."""

from __future__ import annotations

import httpx2
import pytest
from tests import sample_files
from tests.chatkit_client import message
from tests.conformance.checks import check

PNG = sample_files.picture()
SIZE = len(PNG)


async def announced(client, *, size=SIZE):
    return await client.call("attachments.create", name="robot.png", size=size, mime_type="image/png")


async def put(attachment, content=PNG):
    told = attachment["upload_descriptor"]
    async with httpx2.AsyncClient() as anybody:
        return await anybody.request(told["method"], told["url"], content=content, headers=told["headers"])


async def uploaded(client):
    attachment = await announced(client)
    assert (await put(attachment)).status_code == 200
    return attachment["id"]


@check(53, 54)
async def test_a_file_goes_the_whole_way(a):
    """Announced, uploaded, sent, fetched; what the history keeps of it gives nobody a way in."""
    attachment = await announced(a)
    assert (await put(attachment)).status_code == 200
    told = await a.ask("hi", attachments=[attachment["id"]])
    (sent,) = (await a.items(told.thread_id))[0]["attachments"]
    streamed = told.done("user_message")[0]["attachments"][0]

    assert attachment["preview_url"].startswith("http")
    assert (await a.http.get(f"/chatkit/attachments/{attachment['id']}")).content == PNG
    for kept in (sent, streamed):
        assert kept["id"] == attachment["id"]
        assert not {"upload_descriptor", "metadata"} & kept.keys()


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
    response = await a.send("attachments.create", **params)

    assert 400 <= response.status_code < 500
    assert response.json()["detail"]


@check(56)
async def test_a_file_that_was_never_uploaded_is_not_sent(a):
    """And no thread is begun."""
    attachment = await announced(a)
    response = await a.send("threads.create", input=message("hi", attachments=[attachment["id"]]))

    assert 400 <= response.status_code < 500
    assert await a.threads() == []


@check(57)
async def test_a_deleted_file_is_gone_and_a_sent_one_stays_where_it_is(a):
    """Deleting takes it; a file of one thread is not sent in another."""
    gone, sent = await uploaded(a), await uploaded(a)
    await a.ask("hi", attachments=[sent])
    deleted = await a.send("attachments.delete", attachment_id=gone)
    elsewhere = await a.send("threads.create", input=message("hi", attachments=[sent]))

    assert deleted.json() == {}
    assert (await a.http.get(f"/chatkit/attachments/{gone}")).status_code == 404
    assert 400 <= elsewhere.status_code < 500
    assert len(await a.threads()) == 1


@check(58)
async def test_more_bytes_than_announced_are_refused(a):
    """Nothing of them is kept."""
    attachment = await announced(a, size=10)

    assert (await put(attachment)).status_code == 413
    assert (await a.http.get(f"/chatkit/attachments/{attachment['id']}")).status_code in {404, 409, 422}


@check(33, 34)
async def test_another_readers_file_does_not_exist(a, b):
    """Not to be sent, fetched or deleted; it is whole afterwards, and no thread was begun."""
    hers = await uploaded(a)
    sent = await b.send("threads.create", input=message("hi", attachments=[hers]))
    fetched = await b.http.get(f"/chatkit/attachments/{hers}")
    deleted = await b.send("attachments.delete", attachment_id=hers)

    assert [response.status_code for response in (sent, fetched, deleted)] == [404, 404, 404]
    assert await b.threads() == []
    assert (await a.http.get(f"/chatkit/attachments/{hers}")).content == PNG
