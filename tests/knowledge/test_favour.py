"""What suits the reader comes first among equals, and only there."""

from __future__ import annotations

from tests.knowledge.small_index import passage

from pageside.knowledge import favour
from pageside.knowledge.index import Hit

LAPTOP = passage("Sixteen gigabytes are comfortable.", headings=("Hardware", "Tier 1: a laptop"))
EDGE = passage("Memory is shared.", headings=("Hardware", "Tier 2: an edge kit"))
LABELLED = passage("Depth from two views.", path="depth.md", labels={"hardware_tier": "Tier 2"})
TWELVE = passage("A dozen.", headings=("Hardware", "Tier 12"))
TIER = {"hardware_tier": "2"}


def hits(*passages):
    return [Hit(each, 1.0, 1.0, 0.5, 1.0) for each in passages]


def ordered(passages, relevances, favours):
    return [found.passage for found in favour.ordered(hits(*passages), relevances, favours)]


def test_what_suits_passes_what_is_hardly_better():
    """By its label or by its heading."""
    assert ordered([LAPTOP, EDGE], [0.3, 0.2], TIER) == [EDGE, LAPTOP]
    assert ordered([LAPTOP, LABELLED], [0.3, 0.2], TIER) == [LABELLED, LAPTOP]


def test_what_suits_does_not_pass_what_is_far_better():
    """A preference, not a filter: nothing is lost, and no relevance is changed."""
    found = favour.ordered(hits(LAPTOP, EDGE), [0.9, 0.1], TIER)

    assert [(each.passage, each.relevance) for each in found] == [(LAPTOP, 0.9), (EDGE, 0.1)]


def test_a_number_is_a_whole_number():
    """Tier 12 is not tier 2."""
    assert ordered([LAPTOP, TWELVE], [0.3, 0.2], TIER) == [LAPTOP, TWELVE]


def test_without_a_wish_the_order_is_that_of_the_search():
    """Even where relevances say otherwise."""
    assert ordered([LAPTOP, EDGE, LABELLED], [0.1, 0.3, 0.2], {}) == [LAPTOP, EDGE, LABELLED]


def test_a_page_may_be_favoured():
    """By its path; a page the book does not have favours nothing."""
    here = favour.of_page({"path": "/docs/depth"}, "depth.md")

    assert ordered([LAPTOP, LABELLED], [0.3, 0.2], here) == [LABELLED, LAPTOP]
    assert ordered([LAPTOP, LABELLED], [0.3, 0.2], favour.of_page({"path": "x"}, None)) == [LAPTOP, LABELLED]
