"""A quiz is searched but states nothing: question and choices are one block, however they are written."""

from __future__ import annotations

import pytest

from pageside.knowledge.reading.markdown import parse


def blocks(source: str, *, mdx: bool = True) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in parse(source, mdx=mdx).blocks]


def test_each_question_of_a_quiz_component_is_a_block():
    source = """
<Quiz title="Check yourself" questions={[
  {question: 'What *is* ROS?', options: ['A robot', {text: 'A middleware', correct: true}], correctAnswer: 1,
   explanation: "It carries `messages`."},
  {question: "Which port?", options: ["11311", "80"]},
]} />
"""

    assert blocks(source) == [
        ("label", "Check yourself"),
        ("quiz", "Quiz question: What is ROS?\nChoices: A robot | A middleware\nExplanation: It carries `messages`."),
        ("quiz", "Quiz question: Which port?\nChoices: 11311 | 80"),
    ]


def test_a_quiz_may_ask_one_question_in_its_props():
    source = (
        '<Quiz question="Which?" options={["Left", "Right"]} answer={1} correctAnswer="Right" explanation="Since." />\n'
    )

    assert blocks(source) == [("quiz", "Quiz question: Which?\nChoices: Left | Right\nExplanation: Since.")]


def test_a_component_with_choices_only_asks_the_heading_above_it():
    source = """### Q1: What is *state*?

<Question
	choices={[
		{ text: "All there is", explain: "A **full** view.", correct: true },
		{ text: "A part", explain: "" },
	]}
/>
"""

    assert blocks(source) == [
        ("heading", "Q1: What is state?"),
        ("quiz", "Quiz question: Q1: What is state?\nChoices: All there is | A part\nExplanation: A full view."),
    ]


@pytest.mark.parametrize("mdx", [False, True])
@pytest.mark.parametrize(
    "choices",
    [
        "A) A robot\nB) A middleware\nC) A port",
        "A. A robot\nB. A middleware\nC. A port",
        "a. A robot\nb. A middleware\nc. A port",
        "(a) A robot\n\n(b) A middleware\n\n(c) A port",
        "- A) A robot\n- B) A middleware\n- C) A port",
        "   - **A.** A robot\n   - **B.** A middleware\n   - **C.** A port",
    ],
)
def test_lettered_choices_below_a_question_are_its_choices(choices, mdx):
    found = blocks(f"**1. What is ROS?**\n\n{choices}\n\nNext.\n", mdx=mdx)

    assert [kind for kind, _ in found] == ["quiz", "paragraph"]
    assert found[0][1].startswith("Quiz question: 1. What is ROS?\nChoices: ")
    assert found[0][1].count(" | ") == 2
    assert "A middleware" in found[0][1]


def test_the_answer_below_the_choices_belongs_to_them():
    found = blocks(
        "What is ROS?\n\nA) A robot\nB) A middleware\n\n**Answer: B**\n\nExplanation: It carries.\n\nNext.\n"
    )

    assert [kind for kind, _ in found] == ["quiz", "paragraph"]
    assert found[0][1].endswith("Explanation: Answer: B It carries.")


def test_boxes_to_tick_below_a_question_are_its_choices():
    assert blocks("Which hold?\n\n- [ ] Mass grows\n- [x] Energy stays\n") == [
        ("quiz", "Quiz question: Which hold?\nChoices: Mass grows | Energy stays")
    ]


def test_question_and_choices_in_one_paragraph_are_a_quiz():
    assert blocks("Which one?\nA) Left\nB) Right\n") == [
        ("quiz", "Quiz question: Which one?\nChoices: A) Left | B) Right")
    ]


@pytest.mark.parametrize(
    "source",
    [
        "There are two ways:\n\nA. Push\n\nB. Pull\n",
        "What do we need? Two things.\n\n- a robot\n- a map\n",
        "A. Turing wrote this.\n",
    ],
)
def test_an_enumeration_is_not_a_quiz(source):
    assert "quiz" not in [kind for kind, _ in blocks(source)]


def test_answers_behind_a_summary_make_sense_with_their_questions_only():
    source = """**Question 1**: Does it spin?

<details>
<summary>View Answers</summary>

**Answer 1**: Yes, for ever.

2. B

In 1990 this was new.

</details>

It spins.
"""

    assert blocks(source) == [
        ("paragraph", "Question 1: Does it spin?"),
        ("label", "View Answers"),
        ("quiz", "Quiz answer: Answer 1: Yes, for ever."),
        ("quiz", "Quiz answer: 2. B"),
        ("paragraph", "In 1990 this was new."),
        ("paragraph", "It spins."),
    ]
