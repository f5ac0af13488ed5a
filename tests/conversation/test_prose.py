"""Conversations as Markdown: every kind of item in words, and nothing that breaks out of its place."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from chatkit import types
from chatkit.widgets import DynamicWidgetRoot
from hypothesis import given
from hypothesis import strategies as st
from tests.conversation.item_strategies import KINDS, items

from pageside.conversation import prose

NOON = datetime(2026, 3, 1, 12).astimezone()  # as the SDK stamps
WHERE = {"id": "i", "thread_id": "t", "created_at": NOON}
URL = types.URLSource(title="Servo [motors]", url="https://book.test/a(b)#c d", description="It *holds*.")


def place(attachment):
    return f"files/{attachment.id}"


def told(item, opinion=None):
    return prose.item(item, opinion, place=place)


@given(st.sampled_from(KINDS).flatmap(lambda kind: items(kind, item_id="i", thread_id="t")))
def test_every_item_there_can_be_has_words_or_none(item):
    """Whatever its types allow; what it says ends before the next begins."""
    found = told(item, "positive")

    assert found == "" or found.endswith("\n\n")


def test_the_heading_is_one_line_whatever_the_title():
    """A title is not Markdown."""
    title = "A\n# B *c* <d>"
    first, *_ = prose.heading(types.ThreadMetadata(id="t", created_at=NOON, title=title)).splitlines()

    assert first == "# A # B \\*c\\* \\<d>"
    assert prose.heading(types.ThreadMetadata(id="t", created_at=NOON)).startswith("# A conversation\n")


def test_sources_are_told_once_each_with_their_numbers():
    """As the markers in the text have them."""
    notes = [types.Annotation(source=URL, index=3), types.Annotation(source=URL, index=3), types.Annotation(source=URL)]
    content = [types.AssistantMessageContent(text="[1] yes", annotations=notes)]

    assert told(types.AssistantMessageItem(content=content, **WHERE)).splitlines()[-3:-1] == [
        "- \\[1\\] [Servo \\[motors\\]](<https://book.test/a(b)#c%20d>): “It \\*holds\\*.”",
        "- [Servo \\[motors\\]](<https://book.test/a(b)#c%20d>): “It \\*holds\\*.”",
    ]


@pytest.mark.parametrize(
    ("status", "answer", "last"),
    [
        ("pending", None, "*Not answered.*"),
        ("skipped", types.StructuredInputAnswer(skipped=True), "*The reader went on without answering.*"),
        ("answered", types.StructuredInputAnswer(values=["Gears", "or so"]), "> Gears\n> or so"),
    ],
)
def test_a_form_is_told_with_what_became_of_it(status, answer, last):
    """The question, what there was to choose from, and the reply."""
    options = [types.StructuredInputMultipleChoiceOption(value=value) for value in ("Gears", "Motors")]
    asked = types.StructuredInputMultipleChoice(id="p", question="Which?", options=options, answer=answer)
    found = told(types.StructuredInputItem(status=status, inputs=[asked], **WHERE))

    assert found.endswith(f"Which?\n\n- Gears\n- Motors\n\n{last}\n\n")


def test_a_search_a_widget_and_a_question_to_the_page_are_told():
    """What was searched for and found; what the widget says; what the page replied, as it replied it."""
    task = types.SearchTask(queries=["a servo"], sources=[URL])
    workflow = types.Workflow(type="custom", tasks=[task], summary=types.CustomSummary(title="Searched: 1 passage"))
    card = {"type": "Card", "children": [{"type": "Text", "value": "Three sections", "color": "red"}]}
    call = types.ClientToolCallItem(status="completed", call_id="c", name="get_page", arguments={}, **WHERE)
    found = [
        told(types.WorkflowItem(workflow=workflow, **WHERE)),
        told(types.WidgetItem(widget=DynamicWidgetRoot.model_validate(card), **WHERE)),
        told(call.model_copy(update={"output": {"title": "```"}})),
        told(call),
    ]

    assert "Searched for: a servo\n\n- [Servo" in found[0]
    assert found[1] == "> Three sections\n\n"
    assert re.search(r'`get_page`.*\n\n````\n\{\n  "title": "```"\n\}\n````', found[2])
    assert "It did not reply" in found[3]


def test_an_address_that_does_something_is_no_link():
    """Only those of the web, and files beside the text."""
    file = types.FileAttachment(id="a", name="x", mime_type="text/plain")
    item = types.UserMessageItem(content=[], attachments=[file], inference_options=types.InferenceOptions(), **WHERE)

    assert "[x](<files/a>)" in told(item)
    assert "javascript" not in prose.item(item, place=lambda _: "javascript:alert(1)")
