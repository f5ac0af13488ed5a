"""One page in several versions and languages is found once, in the one the reader wants."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.small_index import passage

from pageside.knowledge import editions
from pageside.knowledge.index import Hit


def hit(version: str = "", *, language: str = "en", heading: str = "Lists", page: str = "list", current: str = "2.0"):
    """A hit in one edition of a page; `current` is the version whose address does not name it."""
    segments = ["" if language == "en" else language, "docs", "" if version == current else version, page]
    made = passage(
        f"Text of {heading} of {page} in {version} {language}.",
        path=f"{language}/{version}/{page}.md",
        headings=(page, heading),
        language=language,
        labels={"version": version} if version else {},
    )
    return Hit(replace(made, url="/" + "/".join(filter(None, segments))), 1.0, 1.0, 0.5, 0.5)


def told(hits, question: str = "How do I show a list?", near: Hit | None = None) -> list[str]:
    return [each.passage.path for each in editions.folded(hits, question, near=near.passage if near else None)]


def test_the_version_the_site_shows_first_stands_for_all():
    """Where the best hit stood, though an older version scored better."""

    assert told([hit("1.0"), hit("1.5", page="other"), hit("2.0"), hit("next")]) == [
        "en/2.0/list.md",
        "en/1.5/other.md",
    ]


def test_a_reader_of_an_old_version_is_answered_from_it():
    """The page they are on says which."""

    assert told([hit("2.0"), hit("1.0")], near=hit("1.0", page="start")) == ["en/1.0/list.md"]


def test_a_section_that_only_an_old_version_has_stays():
    """It is not said elsewhere."""

    assert told([hit("1.0", heading="Gone"), hit("2.0")]) == ["en/1.0/list.md", "en/2.0/list.md"]


def test_a_translation_is_told_in_the_language_of_the_question():
    """Headings differ then; the page is the same."""
    hits = [hit(heading="Listas", language="es"), hit(heading="Lists"), hit(heading="Listas", language="es", page="b")]

    assert told(hits) == ["en//list.md", "es//b.md"]
    assert told(hits, "¿Cómo se muestra una lista?") == ["es//list.md", "es//b.md"]


@pytest.mark.parametrize(
    ("question", "spoken"),
    [
        ("How does it work?", "en"),
        ("¿Qué es un nodo?", "es"),
        ("ノードとは何ですか", "ja"),
        ("نوڈ کیا ہے؟", "ur"),
        ("rclpy", "fr"),
    ],
)
def test_the_language_of_a_question_is_known_by_script_and_small_words(question, spoken):
    """Where neither tells, the reader's page does."""

    assert editions.tongue(question, ["en", "es", "ja", "ur"], default="fr") == spoken


@given(
    st.lists(
        st.builds(hit, st.sampled_from(["", "1.0", "2.0", "next"]), page=st.sampled_from("abc")),
        max_size=12,
        unique_by=lambda one: one.passage.id,
    )
)
def test_folding_invents_nothing_loses_no_page_and_repeats_nothing(hits):
    """Every page that was found is found still, once a section and edition."""
    kept = editions.folded(hits, "What is it?")

    assert {each.passage.id for each in kept} <= {each.passage.id for each in hits}
    assert {editions.page(each.passage) for each in kept} == {editions.page(each.passage) for each in hits}
    assert len({each.passage.id for each in kept}) == len(kept)
    assert editions.folded(kept, "What is it?") == kept
