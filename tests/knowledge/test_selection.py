"""A selection is found whatever the browser made of its characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.small_index import passage

from pageside.knowledge import selection

PAGE = (
    passage(
        'A **servo** turns its shaft - or tries to - until `angle` is reached.\n\nIt\'s "closed loop".',
        headings=("Motion", "Servos"),
    ),
    passage(
        "1. Measure the error.\n2. Multiply it by the gain.\n3. Send the current.",
        headings=("Motion", "Servos", "Control"),
    ),
    passage("| Part | Mass |\n| --- | --- |\n| hand | 2 kg |\n| arm | 5 kg |", headings=("Motion", "Masses")),
    passage("The hand weighs less than the arm. Motors in the hand are small.", headings=("Motion", "Masses")),
)


@pytest.mark.parametrize(
    ("quote", "numbers"),
    [
        ("A servo turns its shaft", [0]),
        ("a servo\u00a0turns  its\nshaft — or tries to — until angle", [0]),
        ("It’s “closed loop”.", [0]),
        ("closed\u00adloop\u200b", [0]),
        ("Measure the error.\nMultiply it by the gain.", [1]),
        ('is reached.\nIt\'s "closed loop".\nControl\nMeasure the error.', [0, 1]),
        ("hand\t2 kg", [2]),
        ("hand\t2 kg\narm\t5 kg\nThe hand weighs", [2, 3]),
        ("gain", [1]),
        ("hand", [2, 3]),
        ("Masses", [2]),
        ("small. And then something the page never said", []),
        ("rotor", []),
        ("", []),
        (" \u200b ", []),
    ],
)
def test_a_selection_is_found_in_its_passages(quote, numbers):
    """From one word up, across passages, as browsers copy it."""

    assert [PAGE.index(found) for found in selection.locate(quote, PAGE)] == numbers


def test_a_word_is_found_as_a_word_first():
    """`arm` stands in `warm` too."""
    page = (passage("Warm up."), passage("The arm."))

    assert selection.locate("arm", page) == page[1:]


def test_a_selection_with_a_formula_the_browser_drew_is_found_by_its_other_lines():
    """A drawn formula copies as characters that are nowhere in the source."""
    quote = "A servo turns its shaft - or tries to\nE=mc2E = mc^2E=mc2\nuntil angle is reached."

    assert selection.locate(quote, PAGE) == PAGE[:1]


@given(st.data())
def test_any_stretch_of_a_page_is_found_where_it_stands(data):
    """Whatever a reader marks with the mouse, if it says enough to be told from the rest."""
    chosen = data.draw(st.sampled_from([PAGE[0], PAGE[3]]))
    start = data.draw(st.integers(0, len(chosen.text) - 1))
    end = data.draw(st.integers(start + 1, len(chosen.text)))
    quote = chosen.text[start:end]
    found = selection.locate(quote, PAGE)

    assert chosen in found or len(selection.bare(quote)) < selection.LONG_ENOUGH


NODES = (
    passage("A node is a program. A node has a name.", headings=("ROS 2", "Nodes")),
    passage("Every tree begins with a root node that is ticked first.", headings=("ROS 2", "Behaviour trees")),
    passage("A lifecycle node is configured before it is active.", headings=("ROS 2", "Lifecycle")),
)


@pytest.mark.parametrize(
    ("near", "numbers"),
    [
        ("begins with a root node that is ticked", [1]),
        ("A lifecycle\nis configured before", [2]),
        ("Every tree begins with a **root** node", [1]),
        ("A node is a program", [0]),
        ("words that stand nowhere on this page", [0, 1, 2]),
        ("node", [0, 1, 2]),
        ("", [0, 1, 2]),
    ],
)
def test_surroundings_tell_places_apart_that_read_alike(near, numbers):
    """One word, selected in one of many places; surroundings that fit nowhere change nothing."""
    assert [NODES.index(found) for found in selection.locate("node", NODES, near=near)] == numbers


def test_code_with_the_numbers_of_its_lines_and_a_button_over_it_is_found():
    """A highlighter puts both where a selection runs across them."""
    page = (passage("Install it."), passage("```python\nimport rclpy\nrclpy.init()\nnode = Node('a')\n```"))

    assert selection.locate("Copy\n1 import rclpy\n2 rclpy.init()\n3 node = Node('a')", page) == page[1:]
    assert selection.locate("Copy code\n1\nimport rclpy\n2\nrclpy.init()", page) == page[1:]


def test_a_word_of_a_button_is_a_word_where_the_page_says_it():
    """Pages speak of copies, too."""
    page = (passage("A type that is plain data:"), passage("Copy"), passage("and Clone."))

    assert selection.locate("Copy", page) == page[1:2]


def test_a_line_with_drawn_formulas_is_found_by_what_stands_around_them():
    """KaTeX copies the drawing, and the source in other spacing behind it."""
    page = (
        passage("We write $X \\sim \\textrm{Bernoulli}(p)$ when $X$ is 1 with probability $p$ and 0 otherwise."),
        passage("The mean of such a variable is the probability itself, and it varies most at one half."),
    )
    quote = "We write X∼Bernoulli(p)X ∼ Bernoulli(p)X∼Bernoulli(p) when XX is 1 with probability pp and 0 otherwise."

    assert selection.locate(quote, page) == page[:1]
