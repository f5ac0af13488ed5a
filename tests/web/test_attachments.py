"""Files of readers through the front door: announced, uploaded, sent, seen, fetched and deleted, on both databases."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from tests import sample_files
from tests.chatkit_client import message
from tests.chatkit_house import browser, house, served
from tests.scripted_tutor import ScriptedTutor

from pageside import ids
from pageside.conversation.links import Links
from pageside.identity.reader import Reader
from pageside.storage.tables import items

PNG = sample_files.picture()
SECRET = SecretStr("a secret that only this test knows of")


@pytest.fixture
async def home(tmp_path, store_url):
    async with house(tmp_path, store_url=store_url) as opened:
        yield opened


@pytest.fixture
async def ada(home):
    async with home.client("ada") as client:
        yield client


@pytest.fixture
async def eve(home):
    async with home.client("eve") as client:
        yield client


async def announced(client, name="robot.png", content=PNG, mime_type="image/png"):
    return await client.call("attachments.create", name=name, size=len(content), mime_type=mime_type)


async def put(client, attachment, content, **headers):
    """What a browser does with an upload descriptor; it sends nothing of who it is."""
    told = attachment["upload_descriptor"]
    async with httpx2.AsyncClient(transport=client.http._transport, base_url="http://elsewhere.test") as anybody:
        return await anybody.request(
            told["method"], told["url"], content=content, headers={**told["headers"], **headers}
        )


async def uploaded(client, name="robot.png", content=PNG, mime_type="image/png"):
    attachment = await announced(client, name, content, mime_type)
    response = await put(client, attachment, content)
    assert response.status_code == 200, response.text
    return attachment["id"]


async def kept(home):
    """The keys that bytes are kept under; those of announced files hold none."""
    return [each.key async for batch in home.files.listed() for each in batch]


def problem(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()


async def test_a_picture_goes_the_whole_way(ada, home):
    """Announced, uploaded without a cookie, sent, seen by the tutor, shown in history, fetched again."""
    attachment = await announced(ada)
    descriptor = attachment["upload_descriptor"]

    assert attachment["type"] == "image"
    assert "metadata" not in attachment
    assert descriptor["method"] == "PUT"
    assert descriptor["url"].startswith(f"http://book.test/chatkit/attachments/{attachment['id']}?token=")

    done = await put(ada, attachment, PNG)
    told = await ada.ask("What is this part?", attachments=[attachment["id"]])
    (asked,) = home.tutor.questions
    (file,) = asked.attachments

    assert done.json() == {key: attachment[key] for key in ("id", "name", "mime_type", "type", "preview_url")}
    assert told.errors == []
    assert (file.name, file.mime_type, file.size, await file.read()) == ("robot.png", "image/png", len(PNG), PNG)

    (sent,) = (await ada.items(told.thread_id))[0]["attachments"]
    fetched = await ada.http.get(f"/chatkit/attachments/{attachment['id']}")

    assert sent == {**done.json(), "thread_id": told.thread_id}
    assert fetched.content == PNG


@pytest.mark.parametrize(
    ("name", "mime_type", "content", "kind"),
    [
        ("a.png", "image/png", PNG, "image"),
        ("a.jpg", "image/jpeg", sample_files.picture("JPEG"), "image"),
        ("a.webp", "image/webp", sample_files.picture("WEBP"), "image"),
        ("a.gif", "image/gif", sample_files.picture("GIF"), "image"),
        ("a.pdf", "application/pdf; x=y", sample_files.PDF, "file"),
        ("a.py", "text/x-python", sample_files.CODE, "file"),
        ("a.cpp", "application/octet-stream", sample_files.CODE, "file"),
    ],
)
async def test_every_kind_of_file_is_taken_in_both_ways(ada, name, mime_type, content, kind):
    """In two phases and at once, with the same outcome."""
    announced_id = await uploaded(ada, name, content, mime_type)
    direct = await ada.http.post("/chatkit/attachments", files={"file": (name, content, mime_type.partition(";")[0])})

    assert direct.status_code == 200, direct.text
    assert direct.json()["type"] == kind
    assert {"metadata", "upload_descriptor"}.isdisjoint(direct.json())
    told = await ada.ask("What is this?", attachments=[announced_id, direct.json()["id"]])
    assert told.errors == []


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"size": 0}, 422),
        ({"size": -1}, 422),
        ({"size": 11_000_000}, 413),
        ({"size": 10**30}, 413),
        ({"size": "many"}, 422),
        ({"mime_type": "application/zip", "name": "all.zip"}, 422),
        ({"mime_type": "text/html"}, 422),
        ({"name": "../x.png"}, 422),
        ({"name": "..\\x.png"}, 422),
        ({"name": "a\r\nSet-Cookie: b=c.png"}, 422),
        ({"name": "gnp.\u202egnp.png"}, 422),
        ({"name": ""}, 422),
        ({"name": "x" * 300 + ".png"}, 422),
    ],
)
async def test_what_cannot_be_taken_is_refused_when_it_is_announced(ada, home, params, status):
    """Nothing is kept of it, not even its name."""
    response = await ada.send("attachments.create", **{"name": "a.png", "size": 10, "mime_type": "image/png", **params})

    problem(response, status)
    assert await kept(home) == []


async def test_more_bytes_than_announced_are_refused_as_they_arrive(ada, home):
    """Whatever length the upload claims to have; afterwards the right bytes are still welcome."""
    attachment = await announced(ada, content=PNG)

    async def dripping():
        for at in range(0, len(PNG) + 7, 7):
            yield (PNG + bytes(7))[at : at + 7]

    problem(await put(ada, attachment, PNG + b"x"), 413)
    problem(await put(ada, attachment, dripping()), 413)
    assert (await put(ada, attachment, PNG)).status_code == 200


async def test_fewer_bytes_than_announced_are_refused(ada):
    """Half a file is none."""
    attachment = await announced(ada)

    assert "announced" in problem(await put(ada, attachment, PNG[:-1]), 422)["detail"]
    problem(await put(ada, attachment, b""), 422)
    problem(await ada.send("threads.create", input=message("See", attachments=[attachment["id"]])), 422)


@pytest.mark.parametrize(
    ("name", "mime_type", "content"),
    [
        ("paper.pdf", "application/pdf", PNG),
        ("page.png", "image/png", sample_files.HTML),
        ("drawing.png", "image/png", sample_files.SVG),
        ("notes.txt", "text/plain", PNG),
        ("photo.jpg", "image/jpeg", PNG),
        ("bomb.png", "image/png", sample_files.bomb()),
    ],
)
async def test_bytes_of_another_type_than_promised_are_refused(ada, home, name, mime_type, content):
    """In both ways, and nothing of them is kept."""
    attachment = await announced(ada, name, content, mime_type)

    problem(await put(ada, attachment, content), 422)
    problem(await ada.http.post("/chatkit/attachments", files={"file": (name, content, mime_type)}), 422)
    await ada.call("attachments.delete", attachment_id=attachment["id"])
    assert await kept(home) == []


async def test_an_upload_at_once_is_limited_as_it_arrives(ada, home):
    """By its length where it tells it, else by counting; and an empty one is none."""
    big = b"x" * 10_100_000

    async def form():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for at in range(0, len(big), 500_000):
            yield big[at : at + 500_000]
        yield b"\r\n--b--\r\n"

    boundary = {"content-type": "multipart/form-data; boundary=b"}

    problem(await ada.http.post("/chatkit/attachments", files={"file": ("a.txt", big, "text/plain")}), 413)
    problem(await ada.http.post("/chatkit/attachments", content=form(), headers=boundary), 413)
    problem(await ada.http.post("/chatkit/attachments", files={"file": ("a.txt", b"", "text/plain")}), 422)
    assert await kept(home) == []


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"no form", {"content-type": "text/plain"}, 422),
        (b"{}", {"content-type": "application/json"}, 422),
        (b"--b\r\nhalf", {"content-type": "multipart/form-data; boundary=b"}, 422),
        (b"--c\r\n\r\n", {"content-type": "multipart/form-data; boundary=b"}, 400),
        (b"x", {"content-type": "multipart/form-data"}, 400),
    ],
)
async def test_a_form_that_is_none_is_refused(ada, content, headers, status):
    """In words, whatever it is instead."""
    problem(await ada.http.post("/chatkit/attachments", content=content, headers=headers), status)


async def test_a_used_address_takes_nothing_more(ada):
    """Neither the same bytes nor others."""
    attachment = await announced(ada)
    await put(ada, attachment, PNG)

    assert problem(await put(ada, attachment, PNG), 409)["code"] == "already_uploaded"


async def test_of_two_uploads_at_once_one_is_kept(ada, home):
    """The other one's bytes are gone when it is told so."""
    attachment = await announced(ada)

    answers = await asyncio.gather(*(put(ada, attachment, PNG) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await kept(home)) == 1
    assert (await ada.http.get(f"/chatkit/attachments/{attachment['id']}")).content == PNG


async def test_an_attachment_deleted_while_its_bytes_arrive_stays_deleted(ada, home):
    """The upload is told that there is nothing to upload to, and its bytes go."""
    attachment = await announced(ada)

    async def pausing():
        yield PNG[:50]
        assert (await ada.send("attachments.delete", attachment_id=attachment["id"])).status_code == 200
        yield PNG[50:]

    problem(await put(ada, attachment, pausing()), 404)
    assert await kept(home) == []


async def test_an_upload_broken_off_can_be_begun_anew(home, ada):
    """Nothing of the first is served, or left."""
    attachment = await announced(ada)
    reached = asyncio.Event()

    async def breaking():
        yield PNG[:50]
        reached.set()
        raise RuntimeError("the browser is closed")

    async with served(home.app) as address:
        url = address + attachment["upload_descriptor"]["url"].removeprefix("http://book.test")
        async with httpx2.AsyncClient() as client:
            with pytest.raises(RuntimeError, match="browser"):
                await client.put(url, content=breaking())
            problem(await ada.http.get(f"/chatkit/attachments/{attachment['id']}"), 404)
            again = await client.put(url, content=PNG)

    assert reached.is_set()
    assert again.status_code == 200
    assert len(await kept(home)) == 1


async def test_an_address_is_good_for_one_file_one_use_and_a_while(tmp_path):
    """Not for another attachment, not as a preview, not forged, and not after its time."""
    clock = [ids.now()]
    links = Links(SECRET, now=lambda: clock[0])
    async with house(tmp_path, links=links) as home, home.client("ada") as ada:
        first, second = await announced(ada), await announced(ada)
        url, token = first["upload_descriptor"]["url"].split("token=")
        preview = first["preview_url"].split("token=")[1]
        bad = [token[:-2], token[::-1], preview, "", "e30.xx", second["upload_descriptor"]["url"].split("token=")[1]]
        for wrong in bad:
            problem(await ada.http.put(f"{url}token={wrong}", content=PNG), 404)
        problem(await ada.http.get(first["preview_url"].replace(preview, token)), 404)
        clock[0] += timedelta(minutes=10)
        problem(await put(ada, first, PNG), 404)
        clock[0] -= timedelta(seconds=1)
        assert (await put(ada, first, PNG)).status_code == 200


async def test_any_page_may_use_an_address_it_was_given(ada):
    """The address is the proof; a browser on another origin may send bytes to it and read the answer, good or bad."""
    attachment = await announced(ada)
    path = urlsplit(attachment["upload_descriptor"]["url"]).path
    asked = await ada.http.options(
        path, headers={"Origin": "https://else.test", "Access-Control-Request-Method": "PUT"}
    )

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-methods"] == "PUT"
    for answer in (asked, await put(ada, attachment, b"x"), await put(ada, attachment, PNG)):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


async def test_a_preview_is_seen_without_a_cookie_and_for_a_while(tmp_path):
    """Each page of history brings an address that works, and old ones stop."""
    clock = [datetime.fromisoformat("2026-05-01T12:00:00+00:00")]
    links = Links(SECRET, now=lambda: clock[0])
    async with house(tmp_path, links=links) as home, home.client("ada") as ada, home.client("anybody") as anybody:
        told = await ada.ask("Look", attachments=[await uploaded(ada)])
        old = told.done("user_message")[0]["attachments"][0]["preview_url"]
        seen = await anybody.http.get(old)
        clock[0] += timedelta(hours=1)
        expired = await anybody.http.get(old)
        (again,) = (await ada.call("threads.get_by_id", thread_id=told.thread_id))["items"]["data"][0]["attachments"]

        assert seen.content == PNG
        problem(expired, 404)
        assert (await anybody.http.get(again["preview_url"])).content == PNG


async def test_a_preview_address_stays_the_same_for_a_while(ada):
    """So that a browser fetches a picture once, not once for each page of history."""
    told = await ada.ask("Look", attachments=[await uploaded(ada)])
    pages = [await ada.items(told.thread_id) for _ in range(3)]

    assert len({page[0]["attachments"][0]["preview_url"] for page in pages}) == 1


async def test_history_keeps_no_address_and_no_private_data(ada, home, store_url):
    """What is stored of a sent file is its name, its type and its id."""
    told = await ada.ask("Look", attachments=[await uploaded(ada)])
    item = (await ada.items(told.thread_id))[0]
    async with home.client("ada") as later:
        (sent,) = (await later.items(told.thread_id))[0]["attachments"]
    row = await stored_item(home, told.thread_id, item["id"])

    assert {"upload_descriptor", "metadata"}.isdisjoint(sent)
    assert "token" not in row
    assert "robot.png" in row


async def stored_item(home, thread_id, item_id):
    """The row of an item as text, read as its owner."""
    async with home.database.reading(Reader("ada")) as connection:
        found = await connection.execute(
            select(items.c.data).where(items.c.thread_id == thread_id, items.c.id == item_id)
        )
        return str(found.scalar_one())


@pytest.mark.parametrize(
    ("name", "mime_type", "content"),
    [
        ("page.html", "text/html", sample_files.HTML),
        ("drawing.svg", "image/svg+xml", sample_files.SVG),
        ("paper.pdf", "application/pdf", sample_files.PDF),
        ("robot.png", "image/png", PNG),
    ],
)
async def test_a_fetched_file_is_saved_and_never_run(ada, name, mime_type, content):
    """Whatever is in it: no browser shows it as a page of ours."""
    response = await ada.http.get(f"/chatkit/attachments/{await uploaded(ada, name, content, mime_type)}")

    assert response.content == content
    assert response.headers["content-disposition"].startswith("attachment;")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-security-policy"].startswith("sandbox")
    assert response.headers["cache-control"].startswith("private")
    assert not response.headers["content-type"].startswith(("text/html", "image/svg"))


async def test_only_pictures_have_a_preview(ada):
    """A page with a preview would be a page of ours."""
    for name, mime_type, content in [
        ("a.html", "text/html", sample_files.HTML),
        ("a.pdf", "application/pdf", sample_files.PDF),
    ]:
        attachment_id = await uploaded(ada, name, content, mime_type)
        problem(await ada.http.get(f"/chatkit/attachments/{attachment_id}/preview"), 404)
    picture = await ada.http.get(f"/chatkit/attachments/{await uploaded(ada)}/preview")

    assert picture.content == PNG
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert picture.headers["cache-control"].startswith("private")


@pytest.mark.parametrize(
    "name", ['a"b.png', "a;b=c.png", "größe %41.png", "تصویر.png", "a'b(c).png", "😀.png", "a\u200db.png"]
)
async def test_any_name_is_safe_in_a_header(ada, name):
    """It arrives whole where it is understood, and breaks out of nothing."""
    response = await ada.http.get(f"/chatkit/attachments/{await uploaded(ada, name)}")
    disposition = response.headers["content-disposition"]
    plain, _, full = disposition.removeprefix('attachment; filename="').partition("\"; filename*=UTF-8''")

    assert httpx2.URL(f"http://x/{full}").path == f"/{name}"
    assert plain.isascii()
    assert '"' not in plain


async def test_another_readers_file_does_not_exist(ada, eve, home):
    """For every operation and route it is as absent as one that never was, and stays as it is."""
    mine = await uploaded(ada)
    for attachment_id in (mine, "atc_never"):
        problem(await eve.http.get(f"/chatkit/attachments/{attachment_id}"), 404)
        problem(await eve.http.get(f"/chatkit/attachments/{attachment_id}/preview"), 404)
        problem(await eve.send("attachments.delete", attachment_id=attachment_id), 404)
        problem(await eve.send("threads.create", input=message("See", attachments=[attachment_id])), 404)
    async with home.client("ada", "another organisation") as namesake:
        problem(await namesake.http.get(f"/chatkit/attachments/{mine}"), 404)

    assert await eve.threads() == []
    assert (await ada.http.get(f"/chatkit/attachments/{mine}")).content == PNG


async def test_a_file_that_was_not_uploaded_cannot_be_sent_or_fetched(ada):
    """And no thread is begun for it."""
    attachment = await announced(ada)

    assert (
        attachment["id"]
        in problem(await ada.send("threads.create", input=message("See", attachments=[attachment["id"]])), 422)[
            "detail"
        ]
    )
    problem(await ada.http.get(f"/chatkit/attachments/{attachment['id']}"), 404)
    assert await ada.threads() == []


async def test_a_sent_file_belongs_to_its_message(ada):
    """It is not sent again, in its thread or another, and not deleted by itself."""
    attachment_id = await uploaded(ada)
    told = await ada.ask("Look", attachments=[attachment_id])
    again = message("Again", attachments=[attachment_id])

    assert problem(await ada.send("threads.create", input=again), 409)["code"] == "already_sent"
    problem(await ada.send("threads.add_user_message", thread_id=told.thread_id, input=again), 409)
    problem(await ada.send("attachments.delete", attachment_id=attachment_id), 409)
    assert len(await ada.threads()) == 1
    assert (await ada.http.get(f"/chatkit/attachments/{attachment_id}")).status_code == 200


async def test_of_two_messages_with_one_file_one_is_sent(ada):
    """The other is refused, and begins no thread."""
    asked = message("Look", attachments=[await uploaded(ada)])

    answers = await asyncio.gather(*(ada.send("threads.create", input=asked) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(await ada.threads()) == 1


async def test_a_message_names_each_file_once_and_not_too_many(ada):
    """Eleven are too many."""
    attachment_id = await uploaded(ada)

    problem(await ada.send("threads.create", input=message("See", attachments=[attachment_id] * 2)), 422)
    problem(await ada.send("threads.create", input=message("See", attachments=[attachment_id] * 11)), 422)


async def test_a_file_can_be_sent_without_a_word(ada, home):
    """The question is what is in it."""
    told = await ada.ask("", attachments=[await uploaded(ada)])

    assert told.errors == []
    assert home.tutor.questions[0].text == "What is in this file?"
    problem(await ada.send("threads.create", input=message("")), 422)


async def test_the_file_of_an_earlier_message_is_at_hand(ada, home):
    """Until another message brings files of its own; a deleted one is not missed."""
    told = await ada.ask("Look", attachments=[await uploaded(ada, "first.png")])
    await ada.ask("And now?", thread=told.thread_id)
    await ada.ask("And this?", thread=told.thread_id, attachments=[await uploaded(ada, "second.png")])
    seen = [[(file.name, file.earlier) for file in question.attachments] for question in home.tutor.questions]

    assert seen == [[("first.png", False)], [("first.png", True)], [("second.png", False)]]


async def test_deleting_takes_row_and_bytes(ada, home):
    """Announced or uploaded; the second time there is nothing to delete."""
    attachment = await announced(ada)
    for attachment_id in (attachment["id"], await uploaded(ada)):
        assert await ada.call("attachments.delete", attachment_id=attachment_id) == {}
        problem(await ada.send("attachments.delete", attachment_id=attachment_id), 404)
    problem(await put(ada, attachment, PNG), 404)
    assert await kept(home) == []


async def test_a_deleted_thread_takes_its_files_along(ada, home):
    """All of them, and no other."""
    other = await uploaded(ada, "other.png")
    told = await ada.ask("Look", attachments=[await uploaded(ada), await uploaded(ada, "b.png")])
    second = await ada.ask("And", thread=told.thread_id, attachments=[await uploaded(ada, "c.png")])
    preview = second.done("user_message")[0]["attachments"][0]["preview_url"]
    await ada.call("threads.delete", thread_id=told.thread_id)

    assert len(await kept(home)) == 1
    problem(await ada.http.get(preview), 404)
    assert (await ada.http.get(f"/chatkit/attachments/{other}")).status_code == 200


async def test_trying_again_takes_the_files_of_what_it_undoes(ada, home):
    """The message itself keeps its own."""
    first = await ada.ask("Look", attachments=[await uploaded(ada, "kept.png")])
    await ada.ask("And", thread=first.thread_id, attachments=[await uploaded(ada, "undone.png")])
    item = first.done("user_message")[0]
    again = await ada.tell("threads.retry_after_item", thread_id=first.thread_id, item_id=item["id"])

    assert again.errors == []
    assert [file.name for file in home.tutor.questions[-1].attachments] == ["kept.png"]
    assert len(await kept(home)) == 1


async def test_what_waits_to_be_sent_is_limited_by_bytes(tmp_path, store_url):
    """For each reader; sending makes room, and so does deleting."""
    text = b"x" * 600
    limits = {"max_unsent_bytes": 1000}
    async with (
        house(tmp_path, store_url=store_url, file_limits=limits) as home,
        home.client("ada") as ada,
        home.client("eve") as eve,
    ):
        first = await uploaded(ada, "a.txt", text, "text/plain")
        problem(await ada.send("attachments.create", name="b.txt", size=600, mime_type="text/plain"), 413)
        problem(await ada.http.post("/chatkit/attachments", files={"file": ("b.txt", text, "text/plain")}), 413)
        await uploaded(eve, "a.txt", text, "text/plain")
        await ada.ask("Read", attachments=[first])
        second = await uploaded(ada, "b.txt", text, "text/plain")
        await ada.call("attachments.delete", attachment_id=second)
        await uploaded(ada, "c.txt", text, "text/plain")


async def test_what_waits_to_be_sent_is_limited_by_number(ada):
    """Twenty are announced; the next is refused."""
    for _ in range(20):
        await announced(ada, "c.txt", b"x", "text/plain")

    problem(await ada.send("attachments.create", name="c.txt", size=1, mime_type="text/plain"), 413)


async def test_a_folder_that_cannot_be_written_is_told_in_words(own_folder):
    """When the file is announced, before anything is sent; conversations go on."""
    async with house(own_folder, ScriptedTutor()) as home, home.client("ada") as ada:
        (own_folder / "files").mkdir(mode=0o500)
        try:
            denied = problem(await ada.send("attachments.create", name="a.png", size=9, mime_type="image/png"), 503)
            direct = await ada.http.post("/chatkit/attachments", files={"file": ("a.png", PNG, "image/png")})
            told = await ada.ask("What is a servo?")
        finally:
            (own_folder / "files").chmod(0o700)

    assert "cannot be stored" in denied["detail"]
    assert denied["retryable"]
    problem(direct, 503)
    assert told.errors == []


async def test_a_file_that_is_lost_is_absent_and_breaks_nothing(ada, home):
    """Its row alone cannot serve it."""
    attachment_id = await uploaded(ada)
    for key in await kept(home):
        await home.files.delete(key)

    problem(await ada.http.get(f"/chatkit/attachments/{attachment_id}"), 404)
    assert (await ada.ask("Look", attachments=[attachment_id])).errors == []


async def test_without_a_tutor_that_reads_files_an_upload_larger_than_other_bodies_passes(tmp_path):
    """The limit of bodies is for requests; files have their own."""
    text = b"line\n" * 400_000
    async with house(tmp_path, max_bytes=1_000) as home, served(home.app) as url, browser(url) as ada:
        attachment = await announced(ada, "long.txt", text, "text/plain")
        done = await ada.http.put(attachment["upload_descriptor"]["url"], content=text)
        too_long = await ada.http.post("/chatkit", content=b"[" * 2_000)

    assert done.status_code == 200, done.text
    assert attachment["upload_descriptor"]["url"].startswith(url)
    problem(too_long, 413)
