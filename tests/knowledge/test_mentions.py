"""What a mention means, by its data, its id or its name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.small_index import passage

from pageside.knowledge import mentions
from pageside.knowledge.contents import collect
from pageside.knowledge.index import DocumentRow
from pageside.knowledge.mentions import Named

PAGES = {
    "ros2/nodes.md": ("Nodes and topics", {"module": "Module 1", "week": "Week 3"}),
    "ros2/quality.md": ("Quality of service", {"module": "Module 1", "week": "Week 4-5"}),
    "sim/index.md": ("Module 2: The digital twin", {"module": "Module 2"}),
    "sim/tools.md": ("Tools", {"module": "Module 2"}),
    "arm/tools.md": ("Tools", {"module": "Module 3"}),
    "arm/reach.md": ("Chapter 7: C++ and reach", {"module": "Module 3", "chapter": "Chapter 7"}),
    "arm/関節.md": ("関節の角度", {"module": "Module 3", "chapter": "Chapter 8"}),
}
PASSAGES = [
    passage("words", path=path, headings=headings, labels=labels)
    for path, (title, labels) in PAGES.items()
    for headings in ((title,), (title, "Learning goals"), (title, "Exercises"))
]
DOCUMENTS = [
    DocumentRow(path, title, f"/docs/{path.removesuffix('.md')}", "en", "", at, 3)
    for at, (path, (title, _)) in enumerate(PAGES.items())
]
CONTENTS = collect(DOCUMENTS, PASSAGES)


def meant(named, **asked):
    return [(entry.kind, entry.path, entry.anchor) for entry in mentions.candidates(named, CONTENTS, **asked)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Nodes and topics", ("page", "ros2/nodes.md", "")),
        ("@nodes AND topics!", ("page", "ros2/nodes.md", "")),
        ("Nodes", ("page", "ros2/nodes.md", "")),
        ("nod", ("page", "ros2/nodes.md", "")),
        ("quality", ("page", "ros2/quality.md", "")),
        ("Module 2", ("group", "sim/index.md", "")),
        ("module two: the digital twin", None),
        ("The digital twin", ("page", "sim/index.md", "")),
        ("Part 1", ("group", "ros2/nodes.md", "")),
        ("Module II", ("group", "sim/index.md", "")),
        ("Week 3", ("page", "ros2/nodes.md", "")),
        ("week 5", ("page", "ros2/quality.md", "")),
        ("Chapter 7", ("page", "arm/reach.md", "")),
        ("ch. 8", ("page", "arm/関節.md", "")),
        ("Chapter 3", None),
        ("C++ and reach", ("page", "arm/reach.md", "")),
        ("C", None),
        ("関節の角度", ("page", "arm/関節.md", "")),
        ("関節の", ("page", "arm/関節.md", "")),
        ("no", None),
        ("", None),
        ("@", None),
        ("🤖", None),
    ],
)
def test_a_name_means_one_place_or_none(text, place):
    """Whole titles, numbers and unmistakable beginnings, with and without `@`."""
    assert meant(Named(text=text)) == ([place] if place else [])


def test_what_has_one_name_in_two_places_is_both():
    """Unless the module it was shown under, or the page the reader is on, tells which."""
    assert len(meant(Named(text="Tools"))) == 2
    assert meant(Named(text="Tools", group="Module 3")) == [("page", "arm/tools.md", "")]
    assert len(meant(Named(text="Exercises"))) == len(PAGES)
    assert meant(Named(text="Exercises"), page="ros2/nodes.md") == [("section", "ros2/nodes.md", "exercises")]
    assert meant(Named(text="Exercises", group="Quality of service")) == [("section", "ros2/quality.md", "exercises")]


@pytest.mark.parametrize(
    ("named", "place"),
    [
        (Named(path="ros2/nodes.md"), ("page", "ros2/nodes.md", "")),
        (Named(path="ros2/nodes.md", anchor="exercises"), ("section", "ros2/nodes.md", "exercises")),
        (Named(path="ros2/nodes.md", anchor="#exercises"), ("section", "ros2/nodes.md", "exercises")),
        (Named(path="ros2/nodes.md", anchor="gone"), ("page", "ros2/nodes.md", "")),
        (Named(url="https://book.test/docs/ros2/nodes"), ("page", "ros2/nodes.md", "")),
        (Named(url="/docs/ros2/nodes#learning-goals:~:text=words"), ("section", "ros2/nodes.md", "learning-goals")),
        (Named(path="ros2/gone.md", text="Quality of service"), ("page", "ros2/quality.md", "")),
        (Named(path="../../etc/passwd", url="javascript:alert(1)", id="' OR 1=1 --"), None),
    ],
)
def test_an_address_wins_and_a_dead_one_falls_back_to_the_name(named, place):
    """A section that has gone means its page; what is no address of the book means nothing by itself."""
    assert meant(named) == ([place] if place else [])


def test_ids_are_known_again():
    """Each entry's own id means that entry, whatever is called the same."""
    assert all(mentions.candidates(Named(id=entry.id), CONTENTS) == (entry,) for entry in CONTENTS.entries)


def test_ids_outlive_changes_elsewhere():
    """Removing other pages changes no id of those that stay."""
    fewer = collect(DOCUMENTS[:2], PASSAGES)

    assert {entry.id for entry in fewer.entries if entry.kind != "group"} < set(CONTENTS.by_id)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What does @Nodes and topics say?", [("@Nodes and topics", "ros2/nodes.md")]),
        ("see @Chapter 7, and @week 3.", [("@Chapter 7", "arm/reach.md"), ("@week 3", "ros2/nodes.md")]),
        ('@"Quality of service": what?', [('@"Quality of service"', "ros2/quality.md")]),
        ("@quality of life", [("@quality of", "ros2/quality.md")]),
        ("mail nodes@nodes.org or @ nodes", []),
        ("`@nodes` and ```\n@nodes\n```", []),
        ("@property def x", []),
        ("@tools", []),
        ("@@nodes", []),
    ],
)
def test_a_mention_in_plain_text_is_found_where_it_is_plain(text, found):
    """The longest name behind the `@`; never in code, nor where two places fit."""
    written = mentions.written(text, CONTENTS)

    assert [(text[each.start : each.end], each.entry.path) for each in written] == found


@given(st.text(max_size=200) | st.text(alphabet='@nodesNT 7`"“”Chapter', max_size=200))
def test_mentions_never_overlap(text):
    """Whatever is typed, they lie in the text one behind the other, each with its `@`."""
    written = mentions.written(text, CONTENTS)
    bounds = [bound for each in written for bound in (each.start, each.end)]

    assert bounds == sorted(bounds)
    assert all(text[each.start] == "@" for each in written)


@given(st.builds(Named, *[st.text(max_size=50)] * 6))
def test_anything_may_be_named(named):
    """Nothing that a client makes up raises."""
    assert all(entry in CONTENTS.entries for entry in mentions.candidates(named, CONTENTS))
