"""What a request may say of its reader and their page, and what becomes of the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer.question import Page
from pageside.conversation import turn
from pageside.identity.reader import Reader

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
METADATA = st.dictionaries(
    st.sampled_from(["userInfo", "pageContext", "selectedText", "selectionContext", "filters", "else"]),
    JSON
    | st.dictionaries(
        st.sampled_from(["name", "url", "headings", "text", "module", "before", "context", "page"]), JSON
    ),
)


@given(METADATA)
def test_any_metadata_is_read_within_its_limits(metadata):
    """Whatever a client sends, what comes out is of the right kind and size, on one line each."""
    profile = turn.profile(metadata, Reader("ada"))
    page = turn.page(metadata)
    filters = turn.filters(metadata)

    assert set(profile) <= set(turn.PROFILE_KEYS)
    assert all(0 < len(text) <= 200 and text.isprintable() is not None for text in profile.values())
    assert all("\n" not in text for text in [*profile.values(), *filters, *filters.values()])
    assert page is None or all(len(heading) <= 200 and "\n" not in heading for heading in page.headings)
    assert len(turn.selection(metadata)) <= turn.MAX_SELECTION_CHARS
    assert len(turn.surroundings(metadata)) <= 3 * turn.MAX_SURROUNDINGS_CHARS


def test_what_is_verified_overrules_what_is_claimed():
    """A token's name wins over the browser's."""
    reader = Reader("ada", profile={"name": "Ada Lovelace"})

    assert turn.profile({"userInfo": {"name": "Eve", "role": "student"}}, reader) == {
        "name": "Ada Lovelace", "role": "student",
    }  # fmt: skip


def test_a_page_cannot_have_a_script_for_an_address():
    """Only http(s) and relative addresses."""
    assert turn.page({"pageContext": {"url": "javascript:alert(1)", "title": "T"}}) == Page(title="T")
    assert turn.page({"pageContext": {"url": "/motors"}}) == Page(url="/motors")


def test_a_page_without_a_word_is_no_page():
    """Empty and unusable descriptions count as none."""
    assert turn.page({"pageContext": {"title": " \n", "headings": [None, {}]}}) is None
    assert turn.page({"pageContext": []}) is None
    assert turn.page({}) is None


def test_limits_cut_and_do_not_refuse():
    """A long page is shortened."""
    page = turn.page({"pageContext": {"title": "t" * 999, "headings": ["h" * 999] * 99, "description": "d" * 9999}})

    assert page is not None
    assert (len(page.title), len(page.headings), len(page.headings[0]), len(page.description)) == (300, 50, 200, 1000)


@pytest.mark.parametrize(
    ("context", "around"),
    [
        ("a root node that is ticked", "a root node that is ticked"),
        ({"text": "node", "surroundingText": "a root node that"}, "a root node that"),
        ({"text": "node", "before": "a root", "after": "that is"}, "a root\nthat is"),
        ({"text": "node", "heading": "Trees", "contextBefore": "a root"}, "Trees\na root"),
        ({"text": "node", "context": {"before": "a root", "after": "that is"}}, "a root\nthat is"),
        ({"text": "node"}, ""),
        ({"before": ["a"], "after": 3}, ""),
        (17, ""),
    ],
)
def test_surroundings_are_read_in_whatever_way_a_client_tells_them(context, around):
    """As a text, as one field, or as what stands before and after."""
    assert turn.surroundings({"selectedText": "node", "selectionContext": context}) == around


@pytest.mark.parametrize(
    "metadata",
    [
        {"selectedText": "node"},
        {"selected_text": " node "},
        {"selectionContext": {"text": "node"}},
        {"selectionContext": {"selectedText": "node", "before": "a"}},
        {"selectionContext": "node"},
        {"selectedText": " ", "selectionContext": {"quote": "node"}},
    ],
)
def test_a_selection_is_read_in_whatever_way_a_client_tells_it(metadata):
    """Beside the message, under any of the names in use."""
    assert turn.selection(metadata) == "node"


def test_the_page_of_a_selection_is_the_page_where_no_other_is_told():
    """And never instead of the one that is."""
    selected = {"selectionContext": {"text": "node", "page": "docs/nodes.md", "pageTitle": "Nodes"}}

    assert turn.page(selected) == Page(path="docs/nodes.md", title="Nodes")
    assert turn.page({**selected, "pageContext": {"title": "Topics"}}) == Page(title="Topics")
