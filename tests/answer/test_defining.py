"""Definitions are told from sentences that only mention the term."""

import pytest

from pageside.answer import asking, defining


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("servo loop", "A servo-loop (SL) is the circle of measuring and correcting."),
        ("SL", "A servo-loop (SL) is the circle of measuring and correcting."),
        ("damping", "Damping: What takes energy out of a motion."),
        ("gear", "The toothed wheel between them is called a gear."),
        ("quantization", "Quantisation is rounding to a grid."),
    ],
)
def test_a_definition_is_known_by_its_shape(subject, text):
    assert defining.strength(subject, text) > 0.7


def test_a_sentence_that_defines_the_last_word_counts_less():
    text = "A bearing is the part that lets a shaft turn."
    assert 0 < defining.strength("ball bearing", text) < defining.strength("bearing", text)


def test_a_mention_defines_nothing():
    assert defining.strength("damping", "Too little of the damping makes an arm ring.") == 0


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("What is a ball bearing?", ("ball bearing",)),
        ("What does SL stand for?", ("SL",)),
        ("What is the difference between a gear and a belt?", ("gear", "belt")),
        ("What is the best gear?", ()),
    ],
)
def test_what_is_to_be_defined_is_read_from_the_question(question, subjects):
    assert asking.wants(question).subjects == subjects


@pytest.mark.parametrize(
    ("question", "strange"),
    [
        ("¿Qué es un engranaje y para qué se usa?", True),
        ("Was ist ein Getriebe und wie ist es gebaut?", True),
        ("歯車とは何ですか", True),
        ("What is a gear?", False),
        ("What is de facto?", False),
    ],
)
def test_a_question_in_another_language_than_the_book_is_noticed(question, strange):
    assert asking.in_another_language(question, {"en"}) is strange
