"""`pageside verify` as a person uses it, and what it makes of files that hold anything at all."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import small_book
from tests.cli.test_commands import pageside

from pageside.answer import proof
from pageside.answer.proof import Proof
from pageside.cli import verifying
from pageside.errors import InvalidInput

PARTS = "module-1-hive/week-1-parts.md"
QUESTION = "How wide are the slots of a queen excluder?"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the small book, indexed, and an answer from it."""
    folder = tmp_path_factory.mktemp("place")
    small_book.write(folder / "book")
    assert pageside("index", "book", folder=folder).returncode == 0
    asked = pageside("ask", QUESTION, "--json", folder=folder)
    assert "4.2 mm" in asked.stdout, asked.stderr
    (folder / "answer.json").write_text(asked.stdout, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def answer(place):
    return json.loads((place / "answer.json").read_text("utf-8"))


def verified(folder, document, *words):
    (folder / "told.json").write_text(json.dumps(document), encoding="utf-8")
    return pageside("verify", "told.json", *words, folder=folder)


def test_an_answer_holds_against_the_folder_and_against_the_index(place):
    """A table that says so, and 0; from the folder with the line of the page."""
    by_folder = pageside("verify", "answer.json", "--book", "book", folder=place)
    by_index = pageside("verify", "answer.json", folder=place)

    assert (by_folder.returncode, by_index.returncode) == (0, 0), by_folder.stderr + by_index.stderr
    for done in (by_folder, by_index):
        assert "The book says so" in done.stdout
        assert "Everything that could be checked holds." in done.stdout
    assert "Not checked" not in by_folder.stdout


def test_the_line_of_the_page_is_told(place):
    """Where an author finds it in the file."""
    done = pageside("verify", "answer.json", "--book", "book", "--json", folder=place)
    (source,) = json.loads(done.stdout)["answers"][0]["sources"]

    assert "4.2 mm wide" in small_book.PAGES[PARTS].splitlines()[source["line"] - 1]


def test_no_index_is_needed_where_a_folder_is_given(place, tmp_path):
    """Another machine has the answer and the book, and nothing else."""
    shutil.copytree(place / "book", tmp_path / "book")
    shutil.copy(place / "answer.json", tmp_path)
    done = pageside("verify", "answer.json", "--book", "book", "--json", folder=tmp_path)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["holds"] is True


def test_a_book_that_changed_is_told_with_old_and_new_words(place, tmp_path):
    """And 1."""
    shutil.copytree(place / "book", tmp_path / "book")
    page = tmp_path / "book" / PARTS
    page.write_text(page.read_text("utf-8").replace("4.2 mm", "4.3 mm"), encoding="utf-8")
    shutil.copy(place / "answer.json", tmp_path)
    done = pageside("verify", "answer.json", "--book", "book", folder=tmp_path)
    told = " ".join(done.stdout.replace("│", " ").split())

    assert done.returncode == 1
    assert "reads differently now" in told
    assert "4.2 mm" in told
    assert "4.3 mm" in told


@pytest.mark.parametrize(
    ("where", "old", "new"),
    [("answer", "4.2 mm", "4.3 mm"), ("answer", "[1]", "[2]"), ("answer", "slots", "slits")],
)
def test_an_answer_that_was_changed_is_found(place, answer, where, old, new):
    """And 1, with the reason."""
    done = verified(place, {**answer, where: answer[where].replace(old, new, 1)}, "--book", "book")

    assert done.returncode == 1
    assert "The answer or its record was changed" in done.stdout


def resealed(answer, text):
    """`answer` with other words, and a seal that fits them."""
    kept = Proof.model_validate(answer["record"])
    return {**answer, "answer": text, "record": {**answer["record"], "seal": proof.seal(text, kept)}}


@pytest.mark.parametrize("added", ["The queen weighs 3 kg.", "```python\nimport os\n```"])
def test_what_was_added_without_a_source_is_found(place, answer, added):
    """Though the seal was made anew, and nothing else was changed."""
    done = verified(place, resealed(answer, f"{answer['answer']}\n\n{added}"), "--book", "book")

    assert done.returncode == 1
    assert "Unproven" in done.stdout
    assert "was changed after" not in done.stdout


def test_an_answer_that_says_nothing_is_in_the_book_holds(place):
    """With its sections, which state nothing."""
    asked = pageside("ask", "Who was the first king of Bohemia?", "--json", folder=place)
    told = json.loads(asked.stdout)
    done = verified(place, told, "--book", "book")

    assert told["outcome"] == "not_in_book"
    assert done.returncode == 0, done.stdout


def test_an_answer_keeps_the_digests_of_its_pages(place, answer):
    """Those of their files, so that an unchanged page is known for one."""
    page = (place / "book" / PARTS).read_bytes()

    assert {each["page_sha256"] for each in answer["record"]["citations"]} == {hashlib.sha256(page).hexdigest()}


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"answer": "A.", "record": {}},
        {"answer": "A.", "record": {"outcome": "maybe", "confidence": 1, "citations": []}},
        {"answer": "A.", "record": {"outcome": "answered", "confidence": 1, "citations": [{"marker": "x"}]}},
        {"answer": 5, "record": {"outcome": "answered", "confidence": 1, "citations": []}},
        {"record": {"outcome": "answered", "confidence": 1, "citations": []}},
        {"answer": "A" * 500_000, "record": {"outcome": "answered", "confidence": 1, "citations": []}},
    ],
    ids=lambda each: json.dumps(each)[:60],
)
def test_what_is_no_answer_is_refused_in_a_sentence(place, document):
    """Which says what is missing; no traceback."""
    done = verified(place, document, "--book", "book")

    assert done.returncode == 1
    assert done.stderr.startswith("pageside: ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_book_that_is_not_there_is_told(place):
    """A folder or a name that nobody knows."""
    done = pageside("verify", "answer.json", "--book", "nowhere", folder=place)

    assert done.returncode == 2
    assert "nowhere" in done.stderr


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["record", "answer", "content", "items", "messages", "citations", "claims", "id", "text"])
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(ANYTHING)
def test_any_json_is_read_or_refused(document):
    """Answers with their proofs, or an error in words."""
    try:
        told = verifying.answers(json.dumps(document).encode())
    except InvalidInput:
        return

    assert told


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    """As those."""
    with pytest.raises(InvalidInput):
        verifying.answers(content)


@given(st.data())
def test_a_record_with_anything_in_any_place_is_read_or_refused(answer, data):
    """Wrong types, missing fields, numbers without end."""
    document = copy.deepcopy(answer)
    inner = document["record"]
    while data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
        if not isinstance(inner[key], dict | list) or not inner[key]:
            break
        inner = inner[key]
    key = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
    inner[key] = data.draw(ANYTHING)
    try:
        told = verifying.answers(json.dumps(document).encode())
    except InvalidInput:
        return

    assert told


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b"[" * 300 + b"]" * 300, b'{"items":' * 5_000, b"\xff\xfe", b"", b"NaN", b'"\xc3('],
    ids=["nested", "nested and closed", "objects", "no text", "empty", "no number", "half a character"],
)
def test_what_would_break_a_reader_is_refused(content):
    """However deep, and whatever its bytes."""
    with pytest.raises(InvalidInput):
        verifying.answers(content)


def test_a_file_of_ten_megabytes_is_read(answer):
    """A very long conversation, answer by answer."""
    many = {"items": [answer] * (10_000_000 // len(json.dumps(answer)))}

    assert len(verifying.answers(json.dumps(many).encode())) == len(many["items"])
