"""What readers are told in their own language, through the front door."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager

import pytest
from tests.answer.shelf import Shelf
from tests.chatkit_house import house

from pageside.answer.models import Models
from pageside.answer.planner.orchestrating import Orchestrator
from pageside.answer.tutor import Tutor
from pageside.conversation import task_actions
from pageside.conversation.earlier import Earlier
from pageside.phrases import answers, chat, refusals, talk, task_lists, tasks
from pageside.phrases.phrase import LANGUAGES
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.tasks.board_sql import SqlTaskBoard

ELSEWHERE = "Who was the first king of Bohemia?"
ENGLISH_WORDS = re.compile(r"\b(?:the|your|task|tasks|is|was|delete|rename|show|completed|open|book)\b", re.IGNORECASE)


@asynccontextmanager
async def reader(home, language):
    async with home.client() as ada:
        ada.http.headers["accept-language"] = language
        yield ada


@pytest.fixture
async def home(tmp_path):
    """A house with the real tutor, and study tasks in front of it."""
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'chat.db'}", prepare=migrate.upgrade)
    board = SqlTaskBoard(database)
    answerer = Orchestrator(Tutor(Shelf(), Models()), board, earlier=Earlier(database))
    try:
        async with house(tmp_path, answerer, max_message_chars=500, max_messages=3) as opened:
            task_actions.install(opened.server, board)
            yield opened
    finally:
        await database.aclose()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_answer_speaks_the_reader_s_language_around_the_book_s(home, language):
    """What is being done, what was found, that the book does not say, and small talk; the book's words stay its own."""
    async with reader(home, language) as ada:
        declined = await ada.ask(ELSEWHERE)
        greeted = await ada.ask("Hello")
        answered = await ada.ask("What does a servo motor hold?")
    (search,) = declined.done("workflow")

    assert declined.text.startswith(answers.DECLINED_LEAD.said(language))
    assert search["workflow"]["tasks"][0]["title"] == chat.SEARCHING.said(language)
    assert search["workflow"]["summary"]["title"] == chat.FOUND.said(language, n=3)
    assert [event["text"] for event in declined.events if event["type"] == "progress_update"] == [
        chat.SEARCHING.said(language)
    ]
    assert greeted.text == talk.HELLO.said(language, name="")
    assert "servo" in answered.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_refusal_and_a_full_conversation_are_told_in_the_reader_s_language(home, language):
    """Before the stream as a problem document, and as what the conversation shows."""
    async with reader(home, language) as ada:
        long = await ada.send("threads.create", input={"content": [{"type": "input_text", "text": "x" * 501}]} | EMPTY)
        told = await ada.ask("Hello")
        thread = told.thread_id
        told = await ada.ask("Hello", thread=thread)
        notices = [event for event in told.events if event["type"] == "notice"]
        await ada.ask("Hello", thread=thread)
        shown = await ada.call("threads.get_by_id", thread_id=thread)

    assert long.status_code == 413
    assert long.json()["detail"] == refusals.MESSAGE_TOO_LONG.said(language, length=501, most=500)
    assert [notice["message"] for notice in notices] == [chat.TAKES_MORE.said(language, n=1)]
    assert shown["status"]["reason"] == refusals.FULL.said(language)


EMPTY = {"attachments": [], "inference_options": {}}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_tasks_are_listed_and_asked_about_in_the_reader_s_language(home, language):
    """In text and in the list with its buttons; in forms, whose yes means yes; a list follows whoever reads it."""
    async with reader(home, language) as ada:
        added = await ada.ask("add read chapter 3 for 2026-11-30")
        thread = added.thread_id
        (widget,) = added.done("widget")
        pressed = await ada.call(
            "threads.sync_custom_action",
            thread_id=thread,
            item_id=widget["id"],
            action={"type": "tasks.complete", "payload": {"task": 1}},
        )
        ada.http.headers["accept-language"] = "en"
        items = await ada.items(thread)

    title = "**Read chapter 3**"
    assert added.text.startswith(f"✅ {tasks.CREATED.said(language, number=1, title=title)}")
    shown = json.dumps(pressed["updated_item"]["widget"], ensure_ascii=False)
    for phrase in (task_lists.RENAME, task_lists.DELETE, task_lists.ALL, tasks.IS_COMPLETED):
        assert phrase.said(language) in shown
    assert tasks.JUST_COMPLETED.said(language, number=1) in shown
    if language != "en":
        labels = re.findall(r'"label": "([^"]*)"', shown)
        assert not any(ENGLISH_WORDS.search(label) for label in labels), labels
    english = json.dumps([item["widget"] for item in items if item["type"] == "widget"], ensure_ascii=False)
    assert '"Rename"' in english


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_form_asks_in_the_reader_s_language_and_understands_its_yes(home, language):
    """Asked whether they mean it, a reader chooses among two words of their own language."""
    async with reader(home, language) as ada:
        told = await ada.ask("add buy milk")
        (message,) = [each for each in await ada.items(told.thread_id) if each["type"] == "user_message"]
        asked = await ada.tell("threads.retry_after_item", thread_id=told.thread_id, item_id=message["id"])
        (form,) = asked.done("structured_input")
        yes = task_lists.YES.said(language)
        choices = [each["value"] for each in form["inputs"][0]["options"]]
        done = await ada.tell(
            "threads.add_structured_input",
            thread_id=told.thread_id,
            item_id=form["id"],
            input={"status": "answered", "answers": {form["inputs"][0]["id"]: {"values": [yes]}}},
        )

    assert choices == [yes, task_lists.NO.said(language)]
    assert form["inputs"][1]["question"] == chat.OR_MEANING.said(language)
    assert done.text == f"✅ {tasks.CREATED.said(language, number=2, title='**Buy milk**')}"


@pytest.mark.parametrize(
    ("text", "language"), [("¡Hola!", "es"), ("السلام علیکم", "ur"), ("你好！", "zh"), ("こんにちは。", "ja")]
)
async def test_a_greeting_is_answered_in_the_language_it_is_in(home, text, language):
    """Whatever the language around the conversation."""
    async with reader(home, "en") as ada:
        told = await ada.ask(text)

    assert told.text == talk.HELLO.said(language, name="")
