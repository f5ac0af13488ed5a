"""Which libraries a book uses, and which of them a question is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge.library import names
from pageside.knowledge.library.names import Names
from pageside.knowledge.passage import Passage


def passage(text):
    return Passage("p", "a.md", "A", ("A",), "", "/a", text, 0, len(text))


def fenced(code, language=""):
    return passage(f"Read this.\n\n```{language}\n{code}\n```\n")


@pytest.mark.parametrize(
    ("question", "libraries"),
    [
        ("How do I create a PyTorch tensor?", ("PyTorch",)),
        ("How do I create a ROS2 node?", ("ROS 2",)),
        ("how to reshape an array in numpy", ("NumPy",)),
        ("What does torch.zeros return?", ("PyTorch",)),
        ("Which hook of React runs after rendering? Show me an example in React.", ("React",)),
        ("How do I convert a NumPy array to a PyTorch tensor?", ("NumPy", "PyTorch")),
        ("What does `requests.get(url)` return?", ("Requests",)),
        ("How do I write a route in Express?", ("Express",)),
        ("How can I install Tailwind CSS with Next.js?", ("Tailwind CSS", "Next.js")),
    ],
)
def test_a_question_how_a_library_is_used_is_about_it(question, libraries):
    """However it is spelled; two at most."""
    assert Names().asked(question) == libraries


@pytest.mark.parametrize(
    "question",
    [
        "Who invented NumPy?",
        "What is ROS 2?",
        "How does sodium react with water?",
        "How do I express my opinion?",
        "How do pandas find bamboo?",
        "What is the next step, and how do I take it?",
        "How do I shake a flask with three stones in it?",
        "What happens when a servo gets no signal?",
        "How do I take a request for a pillow?",
        "",
    ],
)
def test_a_question_about_something_else_is_not_looked_up(question):
    """Also where one of its words happens to be the name of a library, and where a library is not to be used."""
    assert Names().asked(question) == ()


@pytest.mark.parametrize(
    ("code", "language", "library"),
    [
        ("import fastboat as fb", "python", "fastboat"),
        ("from fastboat.core import Hull", "py", "fastboat"),
        ("import os, fastboat", "", "fastboat"),
        ('import { Hull } from "fastboat/core";', "ts", "fastboat"),
        ("const hull = require('fastboat');", "js", "fastboat"),
        ("import '@boats/fast/styles.css'", "jsx", "@boats/fast"),
        ("#include <fastboat/hull.hpp>", "cpp", "fastboat"),
        ("use fastboat::Hull;", "rust", "fastboat"),
        ("$ pip install -U 'fastboat[all]>=1.2'", "bash", "fastboat"),
        ("npm install --save fastboat@3", "", "fastboat"),
        ("uv add fastboat", "", "fastboat"),
        ("cargo add fastboat", "", "fastboat"),
        ("fastboat==1.2.3\nother>=2", "text", "fastboat"),
        ('{"dependencies": {"fastboat": "^1.2.0"}}', "json", "fastboat"),
    ],
)
def test_a_book_uses_what_its_code_imports_and_its_commands_install(code, language, library):
    """In every language that books of this kind are written about."""
    assert library in {name.official for name in names.of_book([fenced(code, language)])}


def test_a_command_in_a_sentence_counts():
    """As installation instructions often stand."""
    assert [name.official for name in names.of_book([passage("Run `pip install fastboat` first.")])] == ["fastboat"]


@pytest.mark.parametrize(
    "code",
    [
        "import os\nimport sys, json",
        "from __future__ import annotations",
        "const fs = require('fs')",
        "pip install -r requirements.txt",
        "import hull from './hull'",
        "pip install .",
    ],
)
def test_what_comes_with_a_language_is_no_library(code):
    """Nor are the book's own files."""
    assert names.of_book([fenced(code)]) == ()


def test_an_import_has_the_name_that_people_use():
    """`cv2` is OpenCV, and `sklearn` is scikit-learn."""
    found = names.of_book([fenced("import cv2\nimport sklearn\nimport torch", "python")])

    assert {name.official for name in found} == {"OpenCV", "scikit-learn", "PyTorch"}


def test_the_books_own_library_comes_first():
    """Where a question names several."""
    question = "How do I call NumPy and Polars from Fastboat?"

    assert Names(names.of_book([fenced("import fastboat", "python")])).asked(question)[0] == "fastboat"
    assert Names().asked(question) == ("NumPy", "Polars")


def test_a_word_of_the_books_prose_counts_in_code_and_after_a_preposition():
    """A package called `click` is not meant by every click."""
    book = Names(names.of_book([passage("With a click the lid opens.\n\n```python\nimport click\n```\n")]))

    assert book.asked("How do I hear the click of the lid?") == ()
    assert book.asked("How do I write an option with click?") == ("click",)
    assert book.asked("What does `click.option` give?") == ("click",)


def test_a_reader_who_wants_documentation_may_name_what_nobody_knows():
    """What is written as a name is; where nothing is, nothing is looked up."""
    known = Names()

    assert known.wanted("What is ROS 2?") == ("ROS 2",)
    assert known.wanted("How do I keep state with Quetzal?") == ("Quetzal",)
    assert known.wanted("What does `quetzal.keep(x)` do?") == ("quetzal",)
    assert known.wanted("What is a servo?") == ()


@given(st.text(max_size=300))
def test_any_question_and_any_page_is_read(text):
    """Without an error, and with two libraries at most."""
    found = Names(names.of_book([passage(text)]))

    assert len(found.asked(text)) <= 2
    assert len(found.wanted(text)) <= 2
