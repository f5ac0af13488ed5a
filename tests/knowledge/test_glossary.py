"""Who asks what a word means gets the glossary's entry for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.small_index import HashingEmbedder, passage, put

from pageside.knowledge import glossary
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.search import Search


def entry(text: str, heading: str = "Glossary", kind: str = "glossary"):
    return passage(text, path="glossary.md", headings=("Glossary", heading), labels={"section_type": kind})


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("What is a topic?", "a topic"),
        ("what's SLAM", "SLAM"),
        ("What does URDF stand for?", "URDF"),
        ("Define odometry.", "odometry"),
        ("What is meant by best effort?", "best effort"),
        ("How does a topic work?", ""),
        ("What is it?", ""),
        ("What is the reason that the arm of the robot shakes?", ""),
        ("", ""),
    ],
)
def test_a_question_for_a_meaning_names_a_word(question, term):
    """A few words, that say something by themselves."""

    assert glossary.term(question) == term


@pytest.mark.parametrize("named", ["topic", "a topic", "Topics", "TOPIC"])
def test_an_entry_is_known_by_its_name(named):
    """Article, number and capitals aside."""

    assert glossary.defines(entry("Topic: A named channel."), named)
    assert glossary.defines(entry("- A named channel.", heading="Topic"), named)
    assert not glossary.defines(entry("Message: What a topic carries."), named)
    assert not glossary.defines(entry("Topic: A named channel.", kind="concepts"), named)


@pytest.mark.parametrize("named", ["SLAM", "simultaneous localization and mapping"])
def test_short_and_long_name_are_one(named):
    """A glossary writes the other in brackets."""

    assert glossary.defines(entry("SLAM (Simultaneous Localization and Mapping): Building a map."), named)


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_is_judged(text, named):
    """Without an error; and nothing defines what is no word."""

    assert glossary.defines(entry(text), named) in {True, False}
    assert not glossary.defines(entry(text), "  ?")


async def test_the_entry_leads_what_only_uses_the_word(tmp_path):
    """Though ten passages have it more often."""
    others = [
        passage(f"A topic {number} and another topic, topic after topic.", path=f"{number}.md", headings=("Topic",))
        for number in range(40)
    ]
    await put(tmp_path, [*others, entry("Topic: A named channel on which messages travel between programs.")])
    index = EmbeddedIndex(tmp_path)
    found = await Search(index, HashingEmbedder()).find("What is a topic?")
    await index.aclose()

    assert found.passages[0].passage.path == "glossary.md"
