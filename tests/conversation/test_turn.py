"""What a request may say of its reader and their page, and what becomes of the rest."""

from __future__ import annotations

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
    JSON | st.dictionaries(st.sampled_from(["name", "url", "headings", "text", "module"]), JSON),
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
