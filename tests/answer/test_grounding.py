"""Is a sentence supported by a quote?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer import grounding

QUOTE = "Most hobby servos turn through 180 degrees and need a supply of 5 V, which must not exceed 6 V."


@pytest.mark.parametrize(
    "sentence",
    [
        QUOTE,
        "Hobby servos turn through 180 degrees.",
        "Most hobby servos need a supply of 5 V.",
        "Hobby servos can turn 180 degrees.",
        "The supply must not exceed 6 V.",
    ],
)
def test_what_the_quote_says_is_supported(sentence):
    """The same words, a part of them, or another order of them."""
    assert grounding.judge(sentence, QUOTE).supported


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Most hobby servos turn through 270 degrees.", "number 270"),
        ("Most hobby servos need a supply of 5 A.", "unit"),
        ("Most hobby servos do not turn through 180 degrees.", "contradiction"),
        ("The supply must exceed 6 V.", "contradiction"),
        ("Most hobby servos by Futaba turn through 180 degrees.", "name futaba"),
        ("Hobby servos are controlled by pulses from a timer.", "too little in common"),
    ],
)
def test_what_the_quote_does_not_say_is_not(sentence, reason):
    """A wrong number, unit, name or negation refuses, however alike the rest is."""
    verdict = grounding.judge(sentence, QUOTE, similarity=0.75)

    assert not verdict.supported
    assert verdict.reason == reason


def test_an_opposite_is_a_contradiction():
    """One word against its opposite turns a sentence round."""
    quote = "A higher gain makes the response faster."

    assert not grounding.judge("A lower gain makes the response faster.", quote, similarity=0.9).supported


def test_likeness_of_meaning_helps_where_half_the_words_agree():
    """A paraphrase passes with a witness and not without."""
    sentence, quote = "The controller reacts to accumulated error.", "The controller responds to the sum of the error."

    assert grounding.judge(sentence, quote, similarity=0.8).supported
    assert not grounding.judge(sentence, quote).supported


def test_what_it_refers_to_may_stand_in_the_context():
    """A name in the heading counts for the quote below it."""
    quote = "It lets several robots share a map."

    assert grounding.judge("Nav2 lets several robots share a map.", quote, context="Nav2").supported
    assert not grounding.judge("Nav2 lets several robots share a map.", quote).supported


@pytest.mark.parametrize(
    ("text", "found"),
    [("1,000 and 2.50", {"1000", "2.5"}), ("two of 3", {"2", "3"}), ("−5 °C", {"-5"}), ("ros2 v1", set())],
)
def test_numbers_have_one_spelling(text, found):
    """Thousands marks, trailing noughts and number words do not tell numbers apart."""
    assert grounding.numbers(text) == found


@given(st.text(min_size=1, max_size=80), st.text(max_size=80))
def test_a_verdict_is_a_share(sentence, quote):
    """Strength lies in 0 to 1 for any two texts."""
    assert 0 <= grounding.judge(sentence, quote).strength <= 1


@given(st.lists(st.sampled_from(["servo", "turns", "9", "degrees", "Ada", "fast"]), min_size=2, max_size=8))
def test_a_sentence_supports_itself(words):
    """Whatever it says."""
    sentence = " ".join(words)

    assert grounding.judge(sentence, f"Then {sentence}.").supported


WORDS = ["servo", "servos", "turns", "turn", "9", "two", "degrees", "Ada", "fast", "slow", "not", "never", "first"]


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
    st.lists(st.sampled_from(WORDS), max_size=8),
    st.lists(st.sampled_from(WORDS), max_size=8),
    st.sampled_from([None, 0.5, 0.7, 1.0]),
)
def test_whatever_supports_a_sentence_reaches_it(sentence, quote, context, similarity):
    """So leaving out what does not reach it loses nothing; what holds it word for word is found before that."""
    sentence, quote, context = map(" ".join, (sentence, quote, context))
    verdict = grounding.judge(sentence, quote, context=context, similarity=similarity)

    assert (
        grounding.reaches(sentence, quote, context=context, similarity=similarity)
        or not verdict.supported
        or sentence.casefold() in quote.casefold()
    )
