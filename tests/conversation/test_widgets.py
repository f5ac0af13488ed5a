"""The list of nearest sections: whatever headings say, it has the same shape and does the same things."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.scripted_tutor import OTHER, PASSAGE

from pageside import ids
from pageside.answer.events import Evidence
from pageside.conversation import clock, widgets
from pageside.knowledge import contents
from pageside.knowledge.index import DocumentRow
from pageside.knowledge.passage import Found

TEXT = st.text(max_size=300) | st.sampled_from(
    ['"},{"type":"Button"', "{{ ids }}", "{% for x in y %}", "</script>", "\\", '\\"', "\x00", "\ud800", "a\u2028b"]
)


def known(*passages):
    """The contents of a book of these passages, a page for each."""
    rows = [
        DocumentRow(each.path, each.heading_path[0], f"/docs/{each.path}", "en", "0" * 64, at, 1)
        for at, each in enumerate(passages)
    ]
    return contents.collect(rows, passages)


def shape(part):
    """A widget without its words."""
    if isinstance(part, dict):
        return {name: shape(each) for name, each in part.items() if name not in {"value", "key", "section", "sections"}}
    return [shape(each) for each in part] if isinstance(part, list) else part


def plain(root):
    return json.loads(root.model_dump_json(exclude_none=True))


@given(TEXT, TEXT)
def test_a_heading_is_words_and_nothing_else(chapter, heading):
    """The list is built as for any other heading, and shows the heading itself."""
    entry = replace(known(PASSAGE).section(PASSAGE.path, PASSAGE.anchor), title=heading, group=chapter)
    usual = replace(entry, title="Servo motors", group="Motors")
    built = plain(widgets.unfolded([entry], "en"))

    assert shape(built) == shape(plain(widgets.unfolded([usual], "en")))
    title, caption = (each["value"] for each in built["children"][0]["children"][0]["children"])
    assert len(title) <= 200
    assert "\x00" not in title + caption
    assert title.rstrip("…") in " ".join(heading.replace("\x00", "\ufffd").replace("\ud800", "\ufffd").split()) or (
        title == entry.path
    )


def test_the_nearest_are_sections_each_once():
    """Three at most; a passage in front of every heading stands for its page; what is not in the book is left out."""
    lost = replace(PASSAGE, id="p9", path="gone.md")
    again = replace(PASSAGE, id="p8")
    evidence = [Evidence(number, Found(each, 0.1)) for number, each in enumerate((lost, PASSAGE, again, OTHER), 1)]
    found = widgets.nearest(evidence, known(PASSAGE, OTHER))

    assert [(entry.kind, entry.title) for entry in found] == [("section", "Servo motors"), ("page", "Motors")]


def test_a_list_can_be_copied_as_text():
    """Titles with whole addresses."""
    book = known(PASSAGE, OTHER)
    made = widgets.item(
        [book.section(PASSAGE.path, PASSAGE.anchor)],
        item_id="msg_1",
        thread_id="thr_1",
        created_at=clock.local(ids.now()),
        site="https://book.test",
        language="en",
    )

    assert made.copy_text == "Servo motors: https://book.test/docs/motors/servo#servo-motors"
    assert widgets.lists_sections(made)


def test_a_folded_list_unfolds_to_what_it_was():
    """Its one button carries what the list is made of."""
    entry = known(PASSAGE).section(PASSAGE.path, PASSAGE.anchor)
    folded = plain(widgets.folded([entry], "en"))
    (row,) = folded["children"]
    (button,) = [part for part in row["children"] if part["type"] == "Button"]

    assert button["onClickAction"]["payload"] == {"sections": [entry.id], "folded": False}
    assert button["onClickAction"]["streaming"] is False
    assert plain(widgets.gone("en"))["children"][0]["children"][0]["value"].startswith("These sections")
