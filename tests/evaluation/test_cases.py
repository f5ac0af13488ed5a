"""Question files: what is read of them, and what is said of rows that cannot be."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.repository import ROOT

from pageside.errors import InvalidInput
from pageside.evaluation import cases

ROW = {"id": "a", "question": "What is a queen excluder?", "pages": ["a.md"]}


def written(folder, *rows):
    path = folder / "questions.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_the_questions_of_the_example_book_are_such_a_file():
    """`evals/physical-ai.jsonl` is read as it is."""
    read = cases.read(ROOT / "evals" / "physical-ai.jsonl")

    assert len(read) == 60
    assert {case.kind for case in read} == {"answerable", "two_sections", "near_miss", "off_topic"}


def test_everything_of_a_row_is_read(tmp_path):
    """A byte order mark, blank lines and separators within a text do no harm."""
    row = {
        "id": 7, "question": "Why\u2028this?", "kind": "two_sections", "gold": [{"path": "a.md", "heading": "A"}],
        "pages": ["b.md"], "must_include": ["4.2 mm", ["slot", "gap"]], "must_not_include": ["wax"], "page": "a.md",
        "selected_text": "slots", "history": [{"role": "reader", "text": "Hello"}], "profile": {"name": "Ada"},
        "filters": {"module": "1"}, "half": "dev", "tags": ["hive"], "answer": "4.2 mm", "note": "of week 1",
    }  # fmt: skip
    (case,) = cases.read(written(tmp_path, "\ufeff" + json.dumps(row, ensure_ascii=False), "", "  "))

    assert (case.id, case.kind, case.answerable, case.half, case.tags) == ("7", "two_sections", True, "dev", ("hive",))
    assert [gold.path for gold in case.golds] == ["a.md", "b.md"]
    assert case.must_include == (("4.2 mm",), ("slot", "gap"))
    assert case.question.page is not None
    assert case.question.history[0].text == "Hello"
    assert case.question.filters == {"module": "1"}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{", "not a JSON object"),
        ("[1]", "not a JSON object; write"),
        ("[" * 100_000, "nested too deeply"),
        ('{"id": ' + "9" * 5000 + "}", "not a JSON object"),
        ('{"id": "x", "question": "\\ud800"}', "surrogate"),
        ({"question": "q"}, "id: Field required"),
        ({"id": "b", "question": " "}, "question: is empty"),
        ({**ROW, "id": "b", "anwserable": True}, "anwserable: is no field .* did you mean 'answerable'"),
        ({**ROW, "id": "b", "gold": [{"paht": "a.md"}]}, "did you mean 'path'"),
        ({**ROW, "id": "b", "gold": [{"heading": "A"}]}, "name a `path`"),
        ({**ROW, "id": "b", "kind": "near_miss"}, "said not to"),
        ({**ROW, "id": "b", "kind": "two_sections"}, "needs two places"),
        ({**ROW, "id": "b", "answerable": False, "kind": "answerable"}, "`answerable` that it does not"),
        ({**ROW, "id": "b", "must_include": [""]}, "empty text"),
        (ROW, "id: 'a' stands in line 1 too"),
    ],
)
def test_a_bad_row_is_named_and_explained(tmp_path, row, told):
    """File and line stand in the message, and what to do."""
    with pytest.raises(InvalidInput, match=told) as failure:
        cases.read(written(tmp_path, ROW, row))
    assert str(failure.value).startswith(f"{tmp_path / 'questions.jsonl'}:2: ")


def test_all_bad_rows_are_told_at_once(tmp_path):
    """Twenty at most, and how many more there are."""
    with pytest.raises(InvalidInput) as failure:
        cases.read(written(tmp_path, *["{}"] * 30))
    assert str(failure.value).count("questions.jsonl:") == 20
    assert "10 more" in str(failure.value)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00"])
def test_a_file_without_a_question_is_told(tmp_path, content):
    """An empty file, and one that is no text."""
    path = tmp_path / "questions.jsonl"
    path.write_bytes(content)

    with pytest.raises(InvalidInput, match=r"holds no question|cannot be read as UTF-8"):
        cases.read(path)


def test_ten_megabytes_are_read(tmp_path):
    """Each row with its own text of some hundred characters."""
    rows = [{"id": str(at), "question": "Why? " + "x" * 400, "pages": ["a.md"]} for at in range(24_000)]

    assert len(cases.read(written(tmp_path, *rows))) == 24_000


@given(
    st.one_of(st.text(), st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(json.dumps))
)
def test_whatever_stands_there_is_read_or_told(tmp_path_factory, line):
    """No row ends in anything but questions or a sentence about it."""
    path = tmp_path_factory.mktemp("any") / "questions.jsonl"
    path.write_bytes(line.encode("utf-8", "surrogatepass"))

    with suppress(InvalidInput):
        assert cases.read(path)


def test_a_part_is_spread_over_the_file(tmp_path):
    """So that a small run sees something of everything."""
    read = cases.read(written(tmp_path, *({**ROW, "id": str(at), "half": "dev"} for at in range(10))))

    assert [case.id for case in cases.chosen(read, limit=3)] == ["0", "3", "6"]
    assert len(cases.chosen(read, half="dev", limit=99)) == 10
    with pytest.raises(InvalidInput, match="half 'test'"):
        cases.chosen(read, half="test")
