"""A search led by the places a question mentions."""

from __future__ import annotations

import pytest
from tests import mentioned_book

from pageside.knowledge import led, mentions
from pageside.knowledge.embed import MiniLM
from pageside.knowledge.mentions import Named


@pytest.fixture(scope="module")
def indexed(tmp_path_factory):
    return mentioned_book.index(tmp_path_factory.mktemp("led"))


@pytest.fixture
async def book(indexed):
    async with mentioned_book.read(indexed) as opened:
        yield opened


async def found(book, question, *names, **asked):
    known = await book.contents.read()
    entries = [mentions.candidates(Named(text=name, group=asked.pop("group", "")), known)[0] for name in names]
    quoted = question.format(*(led.quoted(entry.title) for entry in entries))
    return await book.search.find(quoted, filters={**asked.pop("filters", {}), **led.places(entries)}, **asked)


def paths(findings):
    return [each.passage.path.rpartition("/")[2] for each in findings.passages]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What does “Nodes” say about QoS?", "QoS?"),
        ("According to the chapter “Nodes”, what is a topic?", "what is a topic?"),
        ("What is an executor in “Nodes”?", "What is an executor?"),
        ("“Nodes”: why smoke?", "why smoke?"),
        ("Explain “Nodes” please", ""),
        ("Compare “Nodes” and “Topics”", ""),
        ("What is the difference between “Nodes” and “Topics”?", ""),
        ("“Nodes”", ""),
        ("What is smoke?", "What is smoke?"),
    ],
)
def test_what_is_asked_within_the_places_stands_alone(question, asked):
    """The places lead the search; their names would only be found everywhere in them."""
    assert led.bare(question) == asked


async def test_a_place_is_searched_alone_where_it_fits(book):
    """Nothing of another page, though the same words stand there."""
    assert set(paths(await found(book, "What about the queen in {}?", "Chapter 4"))) == {"week-6-winter.md"}


async def test_a_section_is_searched_alone_where_it_fits(book):
    """Its page says more, which is left out."""
    findings = await found(book, "How wide are the slots in {}?", "The queen excluder")

    assert {each.passage.heading for each in findings.passages} == {"The queen excluder"}


async def test_a_module_is_searched_as_a_whole(book):
    """Each of its pages, and no other."""
    findings = await found(book, "What does {} say about honey?", "Module 2")

    assert {each.passage.labels["module"] for each in findings.passages} == {"Module 2"}


async def test_where_nothing_fits_the_whole_book_is_searched(book):
    """The extractor stands in another chapter."""
    assert (
        paths(await found(book, "What does {} say about an extractor that spins?", "Chapter 4"))[0] == "week-3-honey.md"
    )


async def test_several_places_take_turns(book):
    """Each is heard at once, and none but them."""
    assert paths(await found(book, "Compare {} and {}", "Chapter 3", "Chapter 4"))[:2] == [
        "week-5-spring.md",
        "week-6-winter.md",
    ]


async def test_who_asks_for_nothing_but_a_place_gets_its_beginning(book):
    """The first passage of each section, in reading order, and no quiz."""
    findings = await found(book, "Explain {}", "The parts of a hive")

    assert [each.passage.heading for each in findings.passages][:3] == [
        "The brood box",
        "The queen excluder",
        "The supers",
    ]
    assert findings.confidence == pytest.approx(0.9)


async def test_a_selection_still_leads(book):
    """What the place says follows it."""
    findings = await found(
        book,
        "How does this fit with {}?",
        "Chapter 4",
        selected_text="A queen excluder is a grid whose slots are 4.2 mm wide.",
    )

    assert findings.selection is not None
    assert findings.passages[0].passage.heading == "The queen excluder"
    assert "week-6-winter.md" in paths(findings)


async def test_labels_hold_within_a_place(book):
    """A filter that nothing of the place has leaves nothing of the place."""
    findings = await found(book, "What about the queen in {}?", "Chapter 4", filters={"module": "Module 1"})

    assert {each.passage.labels["module"] for each in findings.passages} == {"Module 1"}


async def test_an_index_of_another_embedder_is_known(book):
    """Of its own or of none it is not told: keywords alone are what was wanted."""
    assert await led.by_words_alone(book.index, MiniLM())
    assert not await led.by_words_alone(book.index, book.embedder)
    assert not await led.by_words_alone(book.index, None)
