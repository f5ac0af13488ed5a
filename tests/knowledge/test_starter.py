"""Questions to try first: of the book's own words, from all over it, the same each time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge import starter
from pageside.knowledge.passage import Passage

FILLING = "It has many sides, and each of them is told of at some length further down on this page. " * 4


def passage(heading, text="", *, path="a.md", language="en", section="concepts", depth=2):
    return Passage(
        id=f"{path}{heading}",
        path=path,
        heading=heading,
        heading_path=("Title", heading)[:depth] if depth > 1 else (heading,),
        anchor="",
        url=f"/{path}",
        text=f"{text} {FILLING}",
        start=0,
        end=1,
        language=language,
        labels={"section_type": section},
    )


def test_a_heading_that_asks_is_a_question():
    """As the book asks it."""
    assert starter.questions([passage("How fast does a robot fall?")]) == ["How fast does a robot fall?"]


def test_a_heading_that_cannot_be_understood_alone_is_none():
    """Too short, or pointing at what stands before it."""
    asked = [passage("How wide?"), passage("Who computes all this, and when?")]

    assert not {each.heading for each in asked} & set(starter.questions(asked))


def test_what_a_section_defines_is_asked_for():
    """With the article that the book uses, and a small letter where the book has one."""
    told = passage("The capture point", "The capture point is the place to step on.")
    named = passage("Gazebo", "Gazebo is a simulator. So Gazebo it is.", path="b.md")

    assert starter.questions([told]) == ["What is the capture point?"]
    assert starter.questions([named]) == ["What is Gazebo?"]


def test_words_of_a_glossary_are_asked_for():
    """Of two words and more, which say what they are about."""
    book = [passage("Intro", depth=1), passage("Glossary", "Capture point: Where to step.", section="glossary")]

    assert "What does Capture point mean?" in starter.questions(book)


def test_each_question_is_of_another_page():
    """So that they lead all over the book."""
    book = [passage(f"How does part {part} of it{page} work?", path=f"{page}.md") for page in "abc" for part in "xyz"]

    assert len(starter.questions(book, limit=4)) == 3


def test_quizzes_and_exercises_are_passed_over():
    """They ask the reader."""
    assert starter.questions([passage("How fast does the cup fall?", section="quiz")]) == ["What is this book about?"]


def test_a_book_of_another_language_is_asked_in_it():
    """By the headings it has."""
    book = [passage("はじめに", language="ja"), passage("型ヒント", language="ja", path="b.md")]

    assert starter.questions(book) == ["この本は「型ヒント」について何と書いていますか。"]


def test_an_empty_book_has_a_question_too():
    """There is always one to show."""
    assert starter.question([]) == "What is this book about?"


@given(st.lists(st.builds(passage, st.text(min_size=1), st.text(), path=st.sampled_from("abc")), max_size=6))
def test_any_book_has_the_same_questions_each_time(book):
    """One at least, none twice, no more than asked for."""
    told = starter.questions(book, limit=3)

    assert told == starter.questions(book, limit=3)
    assert 1 <= len(set(told)) == len(told) <= 3
