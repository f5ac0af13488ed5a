"""`pageside eval --calibrate`: a question file becomes what a threshold is computed from."""

from __future__ import annotations

import pytest
from tests import small_book, zygote
from tests.evaluation import small_questions

from pageside.knowledge import calibration

WORDS = {"EMBEDDING_MODEL": "none"}


def pageside(*words, folder):
    return zygote.run(("eval", *words), cwd=folder, env=WORDS)


@pytest.fixture
def place(tmp_path):
    """A folder with the small book and its questions."""
    small_book.write(tmp_path / "book")
    small_questions.write(tmp_path / "questions.jsonl")
    return tmp_path


def test_answers_become_what_a_threshold_is_computed_from(place):
    """How sure each was, and whether it was wrong; the question of something else always is."""
    done = pageside("questions.jsonl", "--book", "book", "--calibrate", "ours.json", folder=place)

    assert done.returncode == 0, done.stderr
    kept = calibration.read(place / "ours.json")
    assert len(kept.scores) == 5
    assert (kept.scores[-1], kept.wrong[-1]) == (0, True)


def test_a_threshold_needs_questions_of_both_sorts(place):
    """From answers that are all right, nothing can be told of wrong ones."""
    small_questions.write(place / "right.jsonl", small_questions.ROWS[:2])
    done = pageside("right.jsonl", "--book", "book", "--calibrate", "ours.json", folder=place)

    assert done.returncode == 1
    assert "and some that it does not" in done.stderr
    assert not (place / "ours.json").exists()
