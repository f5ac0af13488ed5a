"""Laws of what puts questions together, and of what counts confusion."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pageside.administration import confusion, grouping
from pageside.knowledge.embed import unit

SENTENCES = st.lists(
    st.sampled_from(
        [
            "How deep is the sea?",
            "Who painted this ship?",
            "Which paint is on this ship?",
            "What is the depth of the sea?",
            "",
            "the of and",
            "Tar, tar and tar",
            "海の深さは",
        ]
    ),
    max_size=12,
)
ROWS = st.integers(0, 12).flatmap(
    lambda n: st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=n, max_size=n)
)


def vectors(rows):
    return unit(np.array(rows, dtype=np.float32).reshape(len(rows), 3))


@given(ROWS, st.floats(-0.9, 1.0))
def test_every_question_is_in_one_group(rows, alike):
    """None is lost, none is told twice, and each group is in the order of its questions."""
    found = grouping.groups(vectors(rows), alike=alike)

    assert sorted(at for group in found for at in group) == list(range(len(rows)))
    assert all(group == sorted(group) for group in found)
    assert found == sorted(found)


@given(ROWS, st.randoms())
def test_groups_do_not_depend_on_the_order_of_questions(rows, random):
    """What is put together is decided by what is asked, not by when."""
    shuffled = list(range(len(rows)))
    random.shuffle(shuffled)
    once = grouping.groups(vectors(rows))
    again = grouping.groups(vectors([rows[at] for at in shuffled]))

    def contents(groups, order):
        return sorted(sorted(tuple(rows[order[at]]) for at in group) for group in groups)

    assert contents(once, range(len(rows))) == contents(again, shuffled)


@given(ROWS)
def test_what_is_left_apart_is_not_alike(rows):
    """No two groups are as like one another, on average, as would make them one; equal questions are together."""
    told = vectors(rows)
    found = grouping.groups(told)
    means = [float((told[one] @ told[other].T).mean()) for at, one in enumerate(found) for other in found[at + 1 :]]

    assert all(mean < grouping.ALIKE + 1e-6 for mean in means)


@given(SENTENCES)
def test_words_are_told_where_two_readers_wrote_them(texts):
    """One reader, however much they write, is never quoted; two who wrote the same are."""
    one = grouping.shared_words([("ada", text) for text in texts])
    two = grouping.shared_words([(who, text) for text in texts for who in ("ada", "bob")])
    said = {word.casefold() for text in texts for word in text.replace("?", "").replace(",", "").split()}

    assert one == ()
    assert set(two) <= said
    assert not {"the", "of", "and"} & set(two)


@given(SENTENCES)
def test_texts_without_words_are_like_nothing(texts):
    """A row for each text, of length one or zero."""
    rows = grouping.word_vectors(texts)

    assert len(rows) == len(texts)
    assert all(np.isclose(length, 0) or np.isclose(length, 1) for length in np.linalg.norm(rows, axis=1))


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_lower_bound_is_below_what_was_seen(hits, more):
    """Between nothing and the share that was seen; it grows with every hit, and with more of the same."""
    n = hits + more
    bound = confusion.lower_bound(hits, n)

    assert 0 <= bound <= (hits / n if n else 0) + 1e-12
    assert bound <= confusion.lower_bound(hits + 1, n + 1)
    assert bound <= confusion.lower_bound(2 * hits, 2 * n) + 1e-12


def test_one_voice_does_not_lead():
    """One reader of one weighs less than eight of ten."""
    assert confusion.lower_bound(1, 1) < confusion.lower_bound(8, 10)


def test_reasons_are_the_gravest_first():
    """In words that fit the numbers, and none for what did not happen."""
    told = confusion.reasons(questions=3, declined=1, closest=0, negative=2, asked_again=0, unsure=0)
    single = confusion.reasons(questions=1, declined=1, closest=0, negative=0, asked_again=0, unsure=0)

    assert told == (
        "The answers to 2 of 3 questions were disliked.",
        "The book has no answer to 1 of 3 questions that led here.",
    )
    assert single == ("The book has no answer to 1 of 1 question that led here.",)
