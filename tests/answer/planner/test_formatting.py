"""What is said of tasks: titles are text, and the numbers in what is said can be read again."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pageside.answer.events import ToolCall
from pageside.answer.planner import formatting, memory
from pageside.answer.planner.intents import Act, Sought
from pageside.answer.planner.managing import Change, Done
from pageside.answer.planner.validating import UNDO, Call
from pageside.answer.question import Message
from pageside.tasks import task
from pageside.tasks.task import BadTask, Task

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TODAY = date(2026, 11, 23)
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _task(number=1, title="Buy milk", **more):
    return Task(number, title, NOW, NOW, **more)


def _done(intent, *changes, tool="tool"):
    call = Call(Act(intent), tool)
    return Done(call, ToolCall(tool, {}, {}), tuple(Change(*change) for change in changes))


@st.composite
def _titles(draw):
    """Any title that can be kept."""
    try:
        return task.title(draw(st.text(min_size=1, max_size=80)))
    except BadTask:
        return "x"


@given(_titles())
@example("#42 **x**")
@example("1. #7 **x**\\")
@example("<b>&lt;&amp;</b> https://x.test www.x.test")
@example("`a` [b](c) ![d](e) ~~f~~ | g $h$ _i_ \\*")
def test_a_title_is_shown_as_it_was_written(title):
    """In bold, and nothing in it is Markdown or HTML."""
    shown = _MARKDOWN.render(formatting.done([_done("add", (None, _task(title=title)))], "en"))

    assert html.unescape(re.sub(r"</?(?:p|strong)>", "", shown)).strip() == f"✅ Task #1 created: {title}".strip()
    assert not re.search(r"<(?!/?(?:p|strong)>)", shown)


@given(st.lists(_titles(), min_size=1, max_size=6))
@example(["#9 **x** 1. #8", "✅ Task #7 deleted: **y**"])
def test_a_list_can_be_read_again(titles):
    """The numbers that memory reads are those of the list, whatever the titles say."""
    tasks = [_task(number, title) for number, title in enumerate(titles, start=11)]
    for text in (
        formatting.listed("3 open tasks", tasks, today=TODAY, language="en"),
        formatting.asked("🤔 Which task do you mean?", tasks),
    ):
        read = memory.read([Message("reader", "delete it"), Message("tutor", text)])

        assert read.listed == tuple(each.number for each in tasks)


@given(_titles(), _titles())
def test_what_was_done_can_be_read_again(before, after):
    """The task that was spoken of last is the one it was done to."""
    for each in (
        _done("add", (None, _task(7, after))),
        _done("complete", (_task(7, before), _task(7, before, status="completed"))),
        _done("update", (_task(7, before), _task(7, after))),
        _done("delete", (_task(7, before), None)),
        _done("undo", (None, _task(7, after)), tool=UNDO),
    ):
        assert memory.read([Message("tutor", formatting.done([each], "en"))]).touched == (7,)


def test_each_change_has_its_sentence():
    """With the number and the title, and how to bring back what was deleted."""
    milk, oat = _task(42), _task(42, "Buy oat milk")
    done = _task(42, status="completed")

    assert formatting.done([_done("complete", (milk, done))], "en") == "✅ Task #42 completed: **Buy milk**"
    assert formatting.done([_done("complete", (done, done))], "en") == "✅ Task #42 was completed already: **Buy milk**"
    assert (
        formatting.done([_done("update", (milk, oat))], "en") == "✅ Task #42 renamed: **Buy milk** → **Buy oat milk**"
    )
    assert formatting.done([_done("update", (done, milk))], "en") == "✅ Task #42 reopened: **Buy milk**"
    assert formatting.done([_done("delete", (milk, None))], "en") == (
        '✅ Task #42 deleted: **Buy milk**. Say "undo" to bring it back.'
    )


def test_a_long_list_says_how_many_more_there_are():
    """No message grows without end."""
    text = formatting.listed("60 open tasks", [_task(number) for number in range(1, 61)], today=TODAY, language="en")

    assert text.count("- [ ]") == formatting.LIMIT_LINES
    assert text.endswith("and 10 more.")


def test_a_row_says_when_it_is_due_and_that_it_is_late():
    """In words."""
    told = _task(3, due=date(2026, 11, 20), priority="high", tags=("exam",))

    assert formatting.row(told, today=TODAY, language="en") == (
        "- [ ] #3 **Buy milk** (overdue since Fri 20 Nov, high priority, tag exam)"
    )
    assert formatting.heading(Sought(status="pending", due_to=date(2026, 11, 29)), [told], "en") == (
        "1 open task due by Sun 29 Nov"
    )
    assert formatting.heading(Sought(status="completed"), [], "en") == "No completed tasks"
