"""BM25 taken apart: the sum of a question's weights is what FTS5 says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.knowledge.small_index import ROBOTS, passage

from pageside.knowledge import bm25, catalogue, keywords
from pageside.knowledge.catalogue import Catalogue

WORDS = ("servo", "torque", "the", "joint", "angle", "rclpy.node", "topic", "node", "関節", "x")


def summed(passages, question) -> dict[int, float]:
    """The scores above 0 that the taken apart weights give, by number of passage."""
    terms = bm25.counted(map(catalogue.columns, passages), counting=catalogue.WEIGHTS)
    asked = {bm25.number(term) for term in question}
    sums = (
        sum(float(weight) for each, weight in zip(numbers, weights, strict=True) if int(each) in asked)
        for numbers, weights in terms.weights()
    )
    return {number: score for number, score in enumerate(sums) if score > 0}


def stored(folder, passages, question) -> dict[int, float]:
    file = folder / "passages.sqlite"
    file.unlink(missing_ok=True)
    catalogue.write(file, [], passages, facts={"format": str(catalogue.FORMAT)})
    opened = Catalogue(file)
    try:
        return opened.by_words(question, limit=1000, filters={})
    finally:
        opened.close()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    texts=st.lists(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), min_size=1, max_size=12),
    question=st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join),
)
def test_the_weights_of_a_question_add_up_to_the_score_of_fts5(tmp_path, texts, question):
    """For headings, headings above and bodies of any words, rare or in every passage."""
    passages = [passage(text, headings=("Servo node", f"Joint {at}")) for at, text in enumerate(texts)]
    asked = keywords.query(question, languages=["en"])

    assert summed(passages, asked) == pytest.approx(stored(tmp_path, passages, asked), rel=1e-5)


def test_a_book_of_several_languages_scores_alike(tmp_path):
    """Each passage is stemmed by its own language, each question by all of them."""
    asked = keywords.query("関節の角度 of a servo topic", languages=["en", "ja"])

    assert summed(ROBOTS, asked) == pytest.approx(stored(tmp_path, ROBOTS, asked), rel=1e-5)


def test_the_rarity_of_a_term_is_what_the_catalogue_says(tmp_path):
    """Of one that is there and of one that is nowhere."""
    file = tmp_path / "passages.sqlite"
    catalogue.write(file, [], ROBOTS, facts={"format": str(catalogue.FORMAT)})
    opened = Catalogue(file)
    held = bm25.counted(map(catalogue.columns, ROBOTS), counting=catalogue.WEIGHTS).held
    expected = {term: bm25.rarity(held.get(bm25.number(term), 0), len(ROBOTS)) for term in ("servo", "topic", "zebra")}

    assert opened.rarity(["servo", "topic", "zebra"]) == pytest.approx(expected)
    opened.close()


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("servo topic", {1}),  # `servo` is in every passage
        ("servo", {0, 1, 2}),
        ("servo nowhere", {0, 1, 2}),  # a word of no passage finds nothing, so it does not stand for the rest
        ("nowhere", set()),
    ],
)
def test_a_large_book_is_searched_by_its_rarer_words(tmp_path, monkeypatch, question, found):
    """What nearly every passage holds is not looked up, unless there is nothing else."""
    monkeypatch.setattr(catalogue, "MOST_ROWS", 2)
    passages = [passage("a servo"), passage("servo topic"), passage("servo joint servo")]

    assert set(stored(tmp_path, passages, keywords.query(question, languages=["en"]))) == found
