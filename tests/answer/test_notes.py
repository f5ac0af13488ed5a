"""What answers say of themselves is known for that; whatever else they state wants a source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.answer.shelf import PASSAGES, Shelf

from pageside.answer import attached, file_talk, notes, outcomes, proof, proving
from pageside.answer.attached import File, Given
from pageside.answer.events import Evidence
from pageside.answer.models import Models
from pageside.answer.proof import Proof
from pageside.answer.question import Page, Question
from pageside.answer.tutor import Tutor
from pageside.knowledge.passage import Found
from pageside.phrases import answers
from pageside.phrases.phrase import LANGUAGES

EVIDENCE = [Evidence(at, Found(passage, 0.5)) for at, passage in enumerate(PASSAGES, 1)]
READ = (File("a.py", "text/x-python", text="x = 1"), File("b [2].md", "text/markdown", text="# B"))
PICTURES = "only pictures; run character recognition over the PDF, such as OCRmyPDF"
LEFT_OUT = (
    "only the first 200000 of its 200001 characters were searched",
    f"only the first 300 of 301 pages were read; split the PDF; no text on pages 1, 3–4, {PICTURES}",
    f"no text on page 2, {PICTURES}; only the beginning of page 3 was read: it holds too much text",
    "5 characters on page 3 have no meaning in the PDF's fonts; export it again",
    "the PDF holds no text",
)


def notes_in(language):
    unread = [
        File(name, kind, unread=reason)
        for name, kind in (("c.pdf", attached.PDF), ("d.png", "image/png"))
        for reason in attached.SENTENCES
    ]
    partly = [File("e.pdf", attached.PDF, text="E", left_out=told) for told in LEFT_OUT]
    fixed = (
        answers.CLOSEST_LEAD,
        answers.DOUBTED,
        answers.CUT_SHORT,
        answers.SELECTION_NOT_FOUND,
        answers.PAGE_NOT_FOUND,
    )
    return [
        outcomes.declined((), language),
        outcomes.declined(EVIDENCE, language),
        outcomes.nearest(EVIDENCE, language),
        *(each.said(language) for each in fixed),
        file_talk.aside("What is a servo?", READ, language),
        file_talk.searched("What is a servo?", READ[:1], language),
        *(attached.note(Given((file,)), language) for file in (*unread, *partly)),
    ]


NOTES = [note for language in LANGUAGES for note in notes_in(language)]
LIE = "A servo motor turns through 400 degrees."


def stated(text):
    return [each.text for each in proving.unproven(text, ())]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_of_our_own_wants_no_source(note):
    """And what is put in front of it or behind it does."""
    assert note.strip()
    assert stated(note) == []
    assert stated(f"{LIE}\n\n{note.strip()}") == [LIE]
    assert stated(f"{note.strip()}\n\n{LIE}") == [LIE]
    assert len(notes.without(note)) == len(note)


@pytest.mark.parametrize(
    "text",
    [
        "I can see that you attached “a.md”, but servos turn through 400 degrees.",
        "I looked in “a.md” as well as in the book, where servos turn through 400 degrees.",
        "Of “a.pdf”: servos turn through 400 degrees.",
        f"{answers.DECLINED_LEAD}\n\n- [Servos](/a#b)\n- {LIE}",
        f"{answers.DECLINED_LEAD}\n\n- [A](/a)\n- [B](/b)\n- [C](/c)\n- [Servos turn through 400 degrees](/d)",
        f"```python\nservo.angle(400)\n```\n\n{answers.CUT_SHORT.en.strip()}",
    ],
)
def test_what_only_looks_like_a_note_wants_a_source(text):
    """Whoever adds a sentence may write it as one of ours."""
    assert len(stated(text)) == 1


@pytest.mark.parametrize(
    "text",
    ["Which motor needs feedback?", "In short:", "## Servo motors", "The book does not say how far it turns.", ""],
)
def test_what_states_nothing_wants_no_source(text):
    """Questions, introductions, headings, and that the book does not say."""
    assert stated(text) == []


def test_a_sentence_that_says_it_is_not_verified_is_marked():
    """As readers see it."""
    (found,) = proving.unproven(f"{LIE}{answers.UNSUPPORTED}", ())

    assert (found.state, found.reason) == ("marked", "")


@given(st.lists(st.sampled_from([*NOTES, LIE, "Hello!", "- [1]", "\n"]), max_size=6))
def test_what_is_found_is_all_that_is_stated_and_stands_where_it_is_said_to(parts):
    """However notes and statements are mixed."""
    text = "\n\n".join(part.strip() for part in parts)
    found = proving.unproven(text, ())

    assert [each.text for each in found] == [LIE] * parts.count(LIE)
    assert all(text[each.claim.start : each.claim.end] == each.text for each in found)


QUESTIONS = [
    Question("What does a servo motor hold?"),
    Question("Which wires does a servo have?"),
    Question("How do I turn a servo in Python?"),
    Question("What does the gain do?"),
    Question("What limits a PID controller?", selected_text="no sentence of the book"),
    Question("Who was the first king of Bohemia?"),
    Question("Explain this page", page=Page(title="Gardens", path="gardens.md")),
    Question("Explain this page", page=Page(title="Motors", path="motors.md")),
    Question("Hello!"),
    Question("What can you do?"),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=[each.text for each in QUESTIONS])
async def test_whatever_is_answered_is_proven(question):
    """However an answer comes out, it states nothing without a source."""
    answer = await Tutor(Shelf(), Models()).complete(question)
    kept = Proof(**proof.fields(answer))
    found = await proving.check(answer.text, kept, {}, proving.ByWordsAlone())

    assert answer.text
    assert [each.text for each in found.claims if each.state == "unproven"] == []
