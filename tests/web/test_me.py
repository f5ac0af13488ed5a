"""What is kept of a reader, over HTTP: searched, taken away and deleted, by that reader alone."""

from __future__ import annotations

import asyncio
import io
import json
import sys
import zipfile
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from tests import sample_files
from tests.chatkit_client import message
from tests.chatkit_house import browser, house, served
from tests.scripted_tutor import ScriptedTutor, asked_back

from pageside import ids
from pageside.conversation.sessions import Sessions
from pageside.conversation.sweeping import SETTLING, Sweep
from pageside.identity.reader import Reader
from pageside.storage.files import LocalFiles
from pageside.storage.tables import metadata
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import Details

API = "/api/chatkit"
HALF_WAY = """
import asyncio, sys
from pathlib import Path

from pydantic import SecretStr

from pageside.conversation.attachments import Attachments
from pageside.conversation.keeping import Keeping
from pageside.conversation.links import Links
from pageside.conversation.runs import Runs
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.files import LocalFiles


class Slow(LocalFiles):
    async def delete(self, key):
        print("rows are gone", flush=True)
        sys.stdin.read()


async def main():
    database, files = await Database.open(sys.argv[1]), Slow(Path(sys.argv[2]))
    ada = Turn(reader=Reader("ada"))
    if sys.argv[3:]:
        links = Links(SecretStr("a secret that signs nothing here at all"))
        await SqlStore(database, Attachments(database, files, links)).delete_thread(sys.argv[3], ada)
    else:
        await Keeping(database, files, runs=Runs()).erase(ada)


asyncio.run(main())
"""


async def found(client, query="", **params):
    response = await client.http.get(f"{API}/threads", params={"query": query, **params})
    assert response.status_code == 200, response.text
    return response.json()


async def titles(client, query="", **params):
    return [thread["title"] for thread in (await found(client, query, **params))["threads"]]


def marked(thread):
    """The extract, with what was looked for between brackets."""
    return "".join(f"[{part['text']}]" if part["match"] else part["text"] for part in thread["extract"]["parts"])


async def uploaded(client, name="notes.py", content=sample_files.CODE):
    response = await client.http.post(
        "/chatkit/attachments", files={"file": (name, content, "application/octet-stream")}
    )
    assert response.status_code == 200, response.text
    return response.json()["id"]


async def rows(home, reader="ada"):
    """How many rows of each table are the reader's."""
    counted = {}
    for name, table in metadata.tables.items():
        statement = select(func.count()).select_from(table).where(table.c.subject == reader)
        async with home.database.reading(Reader(reader)) as connection:
            counted[name] = (await connection.execute(statement)).scalar_one()
    return counted


async def kept(files):
    return [each.key async for several in files.listed() for each in several]


async def exported(client, thread_id, form="markdown"):
    response = await client.http.get(f"{API}/threads/{thread_id}/export", params={"format": form})
    assert response.status_code == 200, response.text
    return response


async def archive(client):
    response = await client.http.get(f"{API}/me/export")
    assert response.status_code == 200, response.text
    return zipfile.ZipFile(io.BytesIO(response.content))


async def test_a_conversation_is_found_by_its_title_and_by_its_messages(ada):
    """The new name counts, the old one does not; an extract shows where, most of the words first."""
    first = await ada.ask("How fast does a stepper turn?")
    await ada.ask("Why is the sky blue?")
    await ada.call("threads.update", thread_id=first.thread_id, title="Crème brûlée")
    by_answer = await found(ada, "angle SERVO")
    (by_question,) = (await found(ada, "stepper turn"))["threads"]
    (by_title,) = (await found(ada, "creme BRULEE"))["threads"]

    assert [thread["title"] for thread in by_answer["threads"]] == ["Why is the sky blue?", "Crème brûlée"]
    assert marked(by_answer["threads"][0]) == "A [servo] holds an [angle] [1]."
    assert marked(by_question) == "How fast does a [stepper] [turn]?"
    assert by_question["extract"]["role"] == "user"
    assert by_answer["threads"][0]["extract"]["role"] == "assistant"
    assert (by_title["id"], by_title["extract"]) == (first.thread_id, None)
    assert await titles(ada, "How fast does a stepper turn? blue") == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Wie groß ist die Übersetzung?", "GROSS ubersetzung"),
        ("Wie groß ist die Übersetzung?", "u\u0308bersetzung"),
        ("Что такое сервопривод?", "СЕРВО"),
        ("Τι είναι ο Ὀδυσσεύς;", "οδυσσευς"),
        ("伺服电机是什么？", "电机"),
        ("サーボモーターとは何ですか", "モーター"),
        ("서보 모터란 무엇입니까", "모터"),
        ("ما هو المُحَرِّك؟", "المحرك"),
        ("सर्वो मोटर क्या है?", "मोटर"),
        ("เซอร์โวมอเตอร์คืออะไร", "มอเตอร์"),
        ("What is 100% of a_b\\c?", "100% a_b\\c"),
        ('It\'s a "quoted" word', 'it\'s "quoted"'),
        ("Why 🤖 and 👩\u200d🔬?", "🤖 👩\u200d🔬"),
    ],
)
async def test_case_accents_and_scripts_do_not_matter(ada, text, query):
    """As people type when they look for something; nothing in the query is a pattern."""
    await ada.ask("Something else entirely")
    told = await ada.ask(text)

    assert [thread["id"] for thread in (await found(ada, query))["threads"]] == [told.thread_id]


@pytest.mark.parametrize(
    "query", ["%", "_", "%%", "' or 1=1 --", '"', "\\", "[a-z]", "*", "NEAR(a b)", "\x00\x00x", "zzz"]
)
async def test_a_hostile_query_finds_nothing_that_does_not_hold_it(ada, query):
    """Signs that mean something to a database mean themselves."""
    await ada.ask("Why is the sky blue?")

    assert await titles(ada, query) == []


async def test_a_query_without_words_finds_everything(ada):
    """The list a search begins with, those last written in first."""
    for text in ("First things", "Second things", "Third things"):
        await ada.ask(text)

    assert await titles(ada) == ["Third things", "Second things", "First things"]
    assert await titles(ada, ' \t "" ') == ["Third things", "Second things", "First things"]


async def test_words_in_quotes_follow_each_other(ada):
    """Also over the end of a line."""
    first = await ada.ask("gear and then\n\nratio")
    await ada.ask("ratio of a gear")

    assert [thread["id"] for thread in (await found(ada, '"then ratio"'))["threads"]] == [first.thread_id]
    assert len((await found(ada, "gear ratio"))["threads"]) == 2


async def test_what_is_too_long_is_refused_in_words(ada):
    """Ten kilobytes of query, a cursor that is none; a limit out of bounds is brought within them."""
    long = await ada.http.get(f"{API}/threads", params={"query": "x" * 10_000})
    cursor = await ada.http.get(f"{API}/threads", params={"cursor": "thr_1"})
    wide = await ada.http.get(f"{API}/threads", params={"limit": -5})

    assert long.status_code == cursor.status_code == 422
    assert "at most 200 characters" in long.json()["detail"]
    assert "next_cursor" in cursor.json()["detail"]
    assert wide.status_code == 200


async def test_pages_neither_skip_nor_repeat(ada):
    """While conversations come, go and are written in between the pages."""
    threads = [(await ada.ask(f"gear number {number}")).thread_id for number in range(7)]
    first = await found(ada, "gear", limit=3)
    await ada.ask("a new gear")
    await ada.call("threads.delete", thread_id=first["threads"][-1]["id"])
    await ada.ask("more of it", thread=threads[0])
    second = await found(ada, "gear", limit=3, cursor=first["next_cursor"])
    third = (
        await found(ada, "gear", limit=3, cursor=second["next_cursor"]) if second["next_cursor"] else {"threads": []}
    )
    seen = [thread["id"] for page in (first, second, third) for thread in page["threads"]]

    assert seen == [*reversed(threads[4:]), *reversed(threads[1:4])]
    assert second["next_cursor"] is None


async def test_a_selection_a_file_and_a_form_are_found(tmp_path, store_url):
    """All that a reader may remember of a conversation."""
    tutor = ScriptedTutor(script=asked_back("Actuators", "Sensors"))
    async with house(tmp_path, tutor, store_url=store_url) as home, home.client() as ada:
        file = await uploaded(ada, "homework.py")
        told = await ada.ask("Explain this", quoted_text="A harmonic drive has no backlash.", attachments=[file])
        (form,) = told.done("structured_input")
        tutor.script = None
        await ada.tell(
            "threads.add_structured_input",
            thread_id=told.thread_id,
            item_id=form["id"],
            input={"answers": {"words": {"values": ["the flexspline"]}}},
        )

        for query in ("backlash harmonic", "homework.py", "flexspline"):
            assert [thread["id"] for thread in (await found(ada, query))["threads"]] == [told.thread_id]


async def test_nothing_of_another_reader_is_found_saved_or_deleted(home, ada):
    """Nor of the same name in another organisation; a foreign conversation does not exist."""
    hers = await ada.ask("A secret servo")
    file = await uploaded(ada)
    before = await kept(home.files)
    for reader, organisation in (("eve", ""), ("ada", "college")):
        async with home.client(reader, organisation) as eve:
            foreign = await eve.http.get(f"{API}/threads/{hers.thread_id}/export")
            unknown = await eve.http.get(f"{API}/threads/{hers.thread_id[:-1]}0/export")
            saved = await archive(eve)
            gone = await eve.http.delete(f"{API}/me")

            assert await titles(eve, "servo") == []
            assert await titles(eve) == []
            assert (foreign.status_code, unknown.status_code, gone.status_code) == (404, 404, 204)
            assert foreign.json().keys() == unknown.json().keys()
            assert foreign.json()["detail"].replace(hers.thread_id, "") == unknown.json()["detail"].replace(
                f"{hers.thread_id[:-1]}0", ""
            )
            assert saved.namelist() == ["about.json"]

    assert await titles(ada, "servo") == ["A secret servo"]
    assert await kept(home.files) == before
    assert (await ada.http.get(f"/chatkit/attachments/{file}")).status_code == 200


async def test_a_conversation_is_saved_as_markdown(ada):
    """Who said what and when, what was selected and sent, the sources with their links, and what was thought of it."""
    file = await uploaded(ada, "my *notes*.py")
    told = await ada.ask("What is a *servo*?", quoted_text="two\nlines", attachments=[file])
    await ada.call("items.feedback", thread_id=told.thread_id, item_ids=[told.answer["id"]], kind="positive")
    await ada.call("threads.update", thread_id=told.thread_id, title="Größe: <b> / \\ servos")
    saved = await exported(ada, told.thread_id)
    lines = saved.text.splitlines()

    assert saved.headers["content-type"] == "text/markdown; charset=utf-8"
    assert saved.headers["cache-control"] == "no-store"
    assert unquote(saved.headers["content-disposition"].partition("UTF-8''")[2]).endswith(" Größe b servos.md")
    assert 'filename="' in saved.headers["content-disposition"]
    assert saved.headers["content-disposition"].isascii()
    assert lines[0] == "# Größe: \\<b> / \\\\ servos"
    assert lines[lines.index("> two") : lines.index("> two") + 4] == ["> two", "> lines", "", "What is a *servo*?"]
    assert f"Attached: [my \\*notes\\*.py](<http://book.test/chatkit/attachments/{file}>) (text/plain)" in lines
    assert "A servo holds an angle [1]." in lines
    assert any(line.startswith("- \\[1\\] [Servo motors](<http://book.test/docs/motors/servo") for line in lines)
    assert "*The reader found this helpful.*" in lines


async def test_a_conversation_is_saved_as_json(ada):
    """Everything that is kept of it, also what an answer rests on; no address that works without its owner."""
    file = await uploaded(ada, "a.png", sample_files.picture())
    told = await ada.ask("What is a servo?", attachments=[file])
    await ada.call("items.feedback", thread_id=told.thread_id, item_ids=[told.answer["id"]], kind="negative")
    saved = await exported(ada, told.thread_id, "json")
    document = saved.json()
    by_type = {item["type"]: item for item in document["items"]}

    assert saved.headers["content-type"] == "application/json"
    assert document["thread"]["id"] == told.thread_id
    assert [item["id"] for item in document["items"]] == [item["id"] for item in await ada.items(told.thread_id)]
    assert by_type["assistant_message"]["feedback"] == "negative"
    assert by_type["assistant_message"]["record"]["outcome"] == "answered"
    assert by_type["user_message"]["attachments"] == [
        {"id": file, "name": "a.png", "mime_type": "image/png", "file": f"http://book.test/chatkit/attachments/{file}"}
    ]
    assert "token=" not in saved.text


async def plan(home, reader, title, **more):
    """A task of the reader's."""
    async with SqlTaskBoard(home.database).work(reader) as mine:
        await mine.add(Details(title=title, **more))


async def test_an_unknown_form_of_saving_is_refused(ada):
    """With the two that there are."""
    told = await ada.ask("What is a servo?")
    refused = await ada.http.get(f"{API}/threads/{told.thread_id}/export", params={"format": "pdf"})

    assert refused.status_code == 422
    assert "markdown" in refused.json()["detail"]


async def test_everything_is_saved_in_one_archive(home, ada):
    """Each conversation to read and as JSON, each file as it was sent, sent or not, and a list of it all."""
    sent, unsent = await uploaded(ada, "a.png", sample_files.picture()), await uploaded(ada, "b.py")
    await ada.ask("What is a servo?", attachments=[sent])
    await ada.ask("../../etc/passwd")
    saved = await archive(ada)
    about = json.loads(saved.read("about.json"))
    documents = [
        json.loads(saved.read(name)) for name in saved.namelist() if name.startswith("conv") and "json" in name
    ]

    assert saved.testzip() is None
    assert saved.namelist() == [
        "conversations/0001 What is a servo.md",
        "conversations/0001 What is a servo.json",
        "conversations/0002 etc passwd.md",
        "conversations/0002 etc passwd.json",
        f"files/{sent}/a.png",
        f"files/{unsent}/b.py",
        "about.json",
    ]
    assert saved.read(f"files/{sent}/a.png") == (await ada.http.get(f"/chatkit/attachments/{sent}")).content
    assert saved.read(f"files/{unsent}/b.py") == sample_files.CODE
    assert documents[0]["items"][0]["attachments"][0]["file"] == f"../files/{sent}/a.png"
    assert (about["reader"], about["conversations"]) == ("ada", 2)
    assert [each["path"] for each in about["files"]] == [f"files/{sent}/a.png", f"files/{unsent}/b.py"]


async def test_tasks_are_saved_too(home, ada):
    """To read, and with everything that is kept of them: deleted ones, and how they were before."""
    await plan(
        home, Reader("ada"), "Read *chapter 3*", due=date(2026, 11, 27), tags=("exam",), description="<b>\ntwice"
    )
    await plan(home, Reader("ada"), "Milk")
    async with SqlTaskBoard(home.database).work(Reader("ada")) as mine:
        await mine.complete(1)
        await mine.delete(2)
    saved = await archive(ada)
    told = json.loads(saved.read("tasks.json"))

    assert saved.namelist() == ["tasks.json", "tasks.md", "about.json"]
    assert [(each["number"], each["title"], each["due"]) for each in told["tasks"]] == [
        (1, "Read *chapter 3*", "2026-11-27")
    ]
    assert [each["number"] for each in told["deleted"]] == [2]
    assert [each["before"] and each["before"]["title"] for each in told["earlier"]] == [
        None,
        None,
        "Read *chapter 3*",
        "Milk",
    ]
    assert json.loads(saved.read("about.json"))["tasks"] == 1
    assert saved.read("tasks.md").decode().splitlines() == [
        "# Tasks",
        "",
        "- [x] #1 **Read \\*chapter 3\\*** (due 2026-11-27, #exam)",
        "  \\<b>",
        "  twice",
        "",
        "## Deleted",
        "",
        "- [ ] #2 **Milk**",
    ]


async def test_a_file_that_is_gone_is_listed_without_a_path(home, ada):
    """The archive is whole all the same."""
    await uploaded(ada)
    for key in await kept(home.files):
        await home.files.delete(key)
    saved = await archive(ada)

    assert saved.namelist() == ["about.json"]
    assert [each["path"] for each in json.loads(saved.read("about.json"))["files"]] == [None]


async def test_deleting_everything_leaves_nothing(home, ada):
    """No row of any table and no byte; another reader has lost nothing, and the reader may begin anew."""
    file = await uploaded(ada)
    first = await ada.ask("What is a servo?", attachments=[file])
    await uploaded(ada, "unsent.py")
    await ada.call("items.feedback", thread_id=first.thread_id, item_ids=[first.answer["id"]], kind="positive")
    keyed = {"type": "threads.create", "params": {"input": message("Again?")}}
    await ada.http.post("/chatkit", json=keyed, headers={"Idempotency-Key": "k"})
    await Sessions(home.database, SecretStr("of this test alone")).begin(Reader("ada"), origin="")
    await plan(home, Reader("ada"), "Milk")
    await plan(home, Reader("eve"), "Hers")
    async with home.client("eve") as eve:
        theirs = await uploaded(eve)
        await eve.ask("And mine?", attachments=[theirs])
        before = await rows(home)
        gone = await ada.http.delete(f"{API}/me")
        again = await ada.http.delete(f"{API}/me")
        after = await rows(home)

        others = {"leases", "spending", "usage", "turns", "looks", "reindexes"}  # none of hers
        assert all(before[name] for name in before.keys() - others)
        assert (gone.status_code, again.status_code, gone.content) == (204, 204, b"")
        assert after == dict.fromkeys(before, 0)
        assert len(await kept(home.files)) == 1
        assert (await eve.http.get(f"/chatkit/attachments/{theirs}")).status_code == 200
        assert await titles(eve) == ["And mine?"]
    async with SqlTaskBoard(home.database).reading(Reader("eve")) as hers:
        assert [each.title for each in await hers.tasks()] == ["Hers"]
    assert await titles(ada) == []
    assert (await ada.send("threads.get_by_id", thread_id=first.thread_id)).status_code == 404
    assert (await ada.ask("A new beginning")).errors == []


async def test_deleting_everything_ends_the_answer_under_way(tmp_path, store_url):
    """The model is stopped, nothing of the answer comes back, and the next question is answered."""
    tutor = ScriptedTutor(pause_before=4)
    async with (
        house(tmp_path, tutor, store_url=store_url) as home,
        served(home.app) as address,
        browser(address) as ada,
        browser(address) as same,
        ada.asking("What is a servo?") as stream,
    ):
        await tutor.paused.wait()
        gone = await same.http.delete(f"{API}/me")
        async with asyncio.timeout(10):
            await tutor.left.wait()
            await stream.rest()
        tutor.pause_before = -1
        after = await rows(home)
        next_one = await same.ask("And now?")

    assert gone.status_code == 204
    assert after == dict.fromkeys(after, 0)
    assert next_one.errors == []


@pytest.mark.parametrize("what", ["everything", "a conversation"])
async def test_killed_half_way_the_rest_goes_with_the_next_sweep(tmp_path, store_url, what):
    """The rows go at once; no row leads to the bytes that are left, and a sweep finds them."""
    async with house(tmp_path, store_url=store_url) as home, home.client() as ada:
        sent = [await uploaded(ada), await uploaded(ada, "b.py")]
        told = await ada.ask("What is a servo?", attachments=sent)
        folder = tmp_path / "files"
        killed = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            HALF_WAY,
            store_url,
            str(folder),
            *([told.thread_id] if what == "a conversation" else []),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        said = await killed.stdout.readline()
        killed.kill()
        await killed.wait()
        after, left = await rows(home), await kept(home.files)
        later = ids.now() + SETTLING + timedelta(minutes=1)
        swept = await Sweep(home.database, LocalFiles(folder), now=lambda: later).run()

        assert said == b"rows are gone\n"
        assert after == dict.fromkeys(after, 0) | ({"readers": 1} if what == "a conversation" else {})
        assert (len(left), swept, await kept(home.files)) == (2, 2, [])


async def test_a_deleted_conversation_takes_everything_along(home, ada):
    """Items, opinions, files and what an answer to a repeated request was."""
    file = await uploaded(ada)
    told = await ada.ask("What is a servo?", attachments=[file])
    await ada.call("items.feedback", thread_id=told.thread_id, item_ids=[told.answer["id"]], kind="positive")
    await ada.call("threads.delete", thread_id=told.thread_id)
    left = await rows(home)

    assert left == dict.fromkeys(left, 0) | {"readers": 1}
    assert await kept(home.files) == []
    assert await titles(ada) == []


async def test_no_more_conversations_than_there_may_be(tmp_path, store_url):
    """The reader is told what to do; whoever comes at once is counted one by one; those that are there go on."""
    async with house(tmp_path, store_url=store_url, max_threads=3) as home, home.client() as ada:
        first = await ada.ask("first")
        asked = [ada.send("threads.create", input=message(f"number {number}")) for number in range(6)]
        several = [response.status_code for response in await asyncio.gather(*asked)]
        refused = await ada.send("threads.create", input=message("one more"))
        goes_on = await ada.ask("more", thread=first.thread_id)
        async with home.client("eve") as eve:
            others = await eve.ask("mine")
        await ada.call("threads.delete", thread_id=first.thread_id)
        room_again = await ada.ask("now there is room")

        assert sorted(several) == [200, 200, 409, 409, 409, 409]
        assert (refused.status_code, refused.json()["code"]) == (409, "too_many_threads")
        assert "3 conversations" in refused.json()["detail"]
        assert "Delete one" in refused.json()["detail"]
        assert goes_on.errors == others.errors == room_again.errors == []
        assert len(await titles(ada)) == 3


async def test_without_the_database_it_says_so(tmp_path):
    """503, before a byte of any file."""
    async with house(tmp_path) as home, home.client() as ada:
        told = await ada.ask("What is a servo?")
        await home.database.aclose()
        home.path.rename(tmp_path / "away.db")
        for path in ("threads?query=servo", f"threads/{told.thread_id}/export", "me/export"):
            assert (await ada.http.get(f"{API}/{path}")).status_code == 503
        assert (await ada.http.delete(f"{API}/me")).status_code == 503
