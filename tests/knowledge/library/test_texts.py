"""What Context7 answers: libraries, pieces of documentation, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.library_server import DOCS, OLD_DOCS, RULE, SENTENCES

from pageside.knowledge.library import texts
from pageside.knowledge.library.texts import Library

TORCH = Library("/pytorch/pytorch", "PyTorch")
LISTED = """Available Libraries:

- Title: Torch Audio
- Context7-compatible library ID: /pytorch/audio
- Description: Sounds.
- Code Snippets: 120
----------
- Title: PyTorch
- Context7-compatible library ID: /pytorch/pytorch
- Description: Tensors.
- Source Reputation: High
- Versions: v2.5.1, v1.13.1
"""


def test_libraries_are_read_in_their_order():
    """With the id they are asked for by and what people call them."""
    assert texts.libraries(LISTED) == (Library("/pytorch/audio", "Torch Audio"), TORCH)


@pytest.mark.parametrize("name", ["PyTorch", "pytorch", "Py Torch"])
def test_the_library_of_the_name_is_taken(name):
    """However it is written, and not the one that comes first."""
    assert texts.named(name, texts.libraries(LISTED)) == TORCH


@pytest.mark.parametrize(
    ("name", "title", "library"),
    [
        ("Next.js", "Next.js", "/vercel/next.js"),
        ("nextjs", "Next.js", "/vercel/next.js"),
        ("Express", "Express.js", "/expressjs/express"),
        ("ROS 2", "ROS 2 Documentation", "/ros2/ros2_documentation"),
        ("react", "React", "/websites/react_dev"),
        ("rclpy", "rclpy", "/ros2/rclpy/jazzy"),
        ("Airflow", "Apache Airflow", "/websites/airflow_apache_org"),
    ],
)
def test_spellings_of_one_name_are_one(name, title, library):
    """Case, space, punctuation and `js` do not count."""
    assert texts.named(name, (Library("/someone/else", "Something"), Library(library, title))) is not None


@pytest.mark.parametrize("name", ["NumPy", "Go", "torchx", ""])
def test_a_library_of_another_name_is_not_taken(name):
    """A search always finds something; a reader asked about one library."""
    assert texts.named(name, texts.libraries(LISTED)) is None


def test_a_longer_name_is_another_library():
    """React Native is not React, and Preact is not either."""
    listed = (Library("/facebook/react-native", "React Native"), Library("/preactjs/preact", "Preact"))

    assert texts.named("React", listed) is None


@pytest.mark.parametrize(
    "text",
    [
        DOCS["/pytorch/pytorch"],
        OLD_DOCS,
        f"================\nCODE SNIPPETS\n================\n{DOCS['/pytorch/pytorch']}",
    ],
)
def test_pieces_are_read_in_every_form(text):
    """As Markdown, as fields, and below a banner: title, page and words, and code in its fence."""
    first = texts.pieces(text, TORCH)[0]

    assert (first.heading, first.url) == ("Create a tensor from a list", "https://docs.example.org/pytorch/tensors.md")
    assert first.text.startswith("A PyTorch tensor is created from a Python list with `torch.tensor`.")
    assert first.text.endswith("weights = torch.tensor([[1.0, 2.0], [3.0, 4.0]])\n```")
    assert first.labels == {"library": "PyTorch", "section_type": "library_docs"}
    assert texts.is_docs(first)


@pytest.mark.parametrize(
    "source",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "/etc/passwd",
        "file:///etc/passwd",
        "https://",
        "https://a:b@c.example/",
        "http://[",
        "",
    ],
)
def test_what_has_no_page_is_no_documentation(source):
    """A piece without an address that can be shown is left out."""
    assert texts.pieces(f"### Tensors\n\nSource: {source}\n\nA tensor is an array.\n", TORCH) == ()


def test_a_piece_without_a_heading_has_the_librarys_name():
    """As Context7 gives some."""
    found = texts.pieces("Source: https://docs.example.org/a\n\nA tensor is an array.\n", TORCH)

    assert [(each.heading, each.text) for each in found] == [("PyTorch", "A tensor is an array.")]


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ("says_limit", "too_many_requests"),
        ("says_key", "key_refused"),
        ("says_error", "server_failed"),
        ("says_missing", ""),
    ],
)
def test_what_goes_wrong_is_said_as_text(fault, complaint):
    """Context7 gives errors as if they were documentation; none is ever taken for it."""
    assert texts.pieces(SENTENCES[fault], TORCH) == ()
    assert texts.libraries(SENTENCES[fault]) == ()
    assert texts.complaint(SENTENCES[fault]) == complaint


def test_a_long_piece_is_cut_between_blocks():
    """Code is shown whole or not at all."""
    code = "```python\n" + "x = 1\n" * 200 + "```"
    found = texts.pieces(f"### A\n\nSource: https://a.example/\n\nFirst.\n\n{code}\n\n{code}\n\n{code}\n", TORCH)[
        0
    ].text

    assert found.startswith("First.\n\n```python\n")
    assert len(found) <= 3_000
    assert found.count("```") == 4


def test_of_a_paragraph_that_is_too_long_there_are_sentences():
    """None of them broken off."""
    found = texts.pieces(f"### A\n\nSource: https://a.example/\n\n{'This is said. ' * 1000}\n", TORCH)[0].text

    assert found.endswith("This is said.")
    assert 2_000 < len(found) <= 3_000


def test_a_fence_that_is_never_closed_ends_with_the_piece():
    """Else all that is said behind it would be code."""
    found = texts.pieces(f"### A\n\nSource: https://a.example/\n\n```python\nx = 1\n\n{RULE}\n\nmore\n", TORCH)[0].text

    assert found == "```python\nx = 1\n```"


@given(st.text(alphabet=st.sampled_from("ab .\n`-#=:\x00\u2028"), max_size=400), st.booleans())
def test_anything_at_all_is_read(text, headed):
    """Without an error, in pieces of bounded length that hold no control characters and name their page."""
    told = f"### T\n\nSource: https://a.example/\n\n{text}" if headed else text

    for piece in texts.pieces(told, TORCH):
        assert len(piece.text) <= 3_010
        assert piece.url == "https://a.example/"
        assert not set(piece.text) & set("\x00\u2028")
    texts.libraries(told)
    texts.complaint(told)
