"""Words as a search reads them: the same however they were typed."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.storage import words

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Straße", "strasse"),
        ("MÜLLER", "muller"),
        ("u\u0308ber", "uber"),
        ("İstanbul", "istanbul"),
        ("Ёлка и йод", "елка и иод"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("ﬁne x²", "fine x2"),
        ("المُحَرِّك", "المحرك"),
        ("कि कु", "कि कु"),
        ("がか", "がか"),
        ("한국어", "한국어"),
        ("so\u00adft\u200bly", "softly"),
        ("a\tb\nc\u00a0d", "a b c d"),
    ],
)
def test_case_accents_and_what_cannot_be_seen_are_left_out(typed, folded):
    """In scripts whose marks are letters they stay."""
    assert words.fold(typed) == folded


@given(TEXTS)
def test_folding_does_not_depend_on_the_form_a_text_came_in(text):
    """Composed or decomposed, folded or not yet."""
    folded = words.fold(text)

    assert words.fold(normalize("NFD", text)) == words.fold(normalize("NFC", text))
    assert len(words.ends(normalize("NFC", text))) == len(normalize("NFC", text))
    assert (words.ends(normalize("NFC", text)) or [0])[-1] == len(folded)


@given(TEXTS, TEXTS)
def test_a_part_of_a_text_is_a_part_of_its_words(before, after):
    """Letter by letter, so that parts of words can be found."""
    text, joined = normalize("NFC", after), normalize("NFC", before) + " " + normalize("NFC", after)

    assert words.fold(text) in words.fold(joined)


@pytest.mark.parametrize(
    ("kind", "told", "found"),
    [
        (
            "user_message",
            {"content": [{"text": "A  b"}], "quoted_text": "Ç", "attachments": [{"name": "X.py"}]},
            "a b c x.py",
        ),
        ("assistant_message", {"content": [{"text": "A"}, {"text": "B"}]}, "a b"),
        ("structured_input", {"inputs": [{"question": "Q?", "answer": {"values": ["V"]}}, {"answer": None}]}, "q? v"),
        ("user_message", {"content": [{"text": None}, 3], "attachments": None}, None),
        ("workflow", {"content": [{"text": "A"}]}, None),
        ("hidden_context_item", {"content": "A"}, None),
    ],
)
def test_the_words_of_an_item_are_those_that_were_said(kind, told, found):
    """What only the server may see has none; what is not as expected is passed over."""
    assert words.of_item(kind, told) == found
