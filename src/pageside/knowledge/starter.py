"""A question to try first, made from the book's own headings."""

from __future__ import annotations

from collections.abc import Sequence

from pageside.knowledge.passage import Passage

_QUESTION_MARKS = ("?", "？", "؟")
_TOO_SHORT_WORDS = 40


def question(passages: Sequence[Passage]) -> str:
    """A question this book answers: one of its own headings where it asks, else one about its first full section."""
    full = [passage for passage in passages if len(passage.text.split()) >= _TOO_SHORT_WORDS]
    told = [passage for passage in full if passage.labels.get("section_type") not in {"quiz", "exercises"}]
    for passage in told:
        if passage.heading.endswith(_QUESTION_MARKS):
            return passage.heading
    if told:
        return f"What does the book say about {told[min(1, len(told) - 1)].heading}?"
    return "What is this book about?"
