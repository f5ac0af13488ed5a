"""Pages as resources: their names and their text, for whatever a book may hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mcp.shared.uri_template import UriTemplate

from pageside.knowledge import chunk
from pageside.knowledge.passage import Block, Document
from pageside.mcp import pages

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1, max_size=20)
WORDS = st.text(st.sampled_from("abc "), min_size=1, max_size=30).map(str.strip).filter(bool)


@given(st.lists(NAMES, min_size=1, max_size=4).map("/".join))
def test_every_page_is_found_under_the_name_it_is_listed_by(path):
    """Whatever stands in its path: spaces, percent signs, marks of a question, letters of any script."""
    assert UriTemplate.parse(pages.PAGE).match(pages.uri(path)) == {"path": path}


@given(st.lists(st.tuples(st.integers(2, 4), WORDS, st.lists(WORDS, max_size=3)), max_size=6))
def test_a_page_is_given_whole_and_in_order(sections):
    """Every heading and every paragraph once, where it stands in the page."""
    blocks, said = [Block("heading", "Title", 0, 5, level=1)], ["# Title"]
    for number, (level, heading, paragraphs) in enumerate(sections):
        blocks.append(Block("heading", f"{heading} {number}", 0, 1, level=level, anchor=f"a{number}"))
        said.append(f"{heading} {number}")
        for at, text in enumerate(paragraphs):
            blocks.append(Block("paragraph", f"{text} {number}-{at}.", 0, 1))
            said.append(f"{text} {number}-{at}.")
    document = Document("p.md", "Title", "/p", "en", {}, "x", tuple(blocks), "0")
    told = pages.markdown(chunk.split(document))

    at = 0
    for each in said if chunk.split(document) else []:
        at = told.find(each, at)
        assert at >= 0, (each, told)
        at += len(each)
