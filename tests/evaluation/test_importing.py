"""Question files of others: every generation of RAGAS's columns, SQuAD 2, and what is said of what is neither."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.errors import InvalidInput
from pageside.evaluation import cases, importing

OLD = {
    "question": "What is a servo?",
    "ground_truth": "A motor.",
    "contexts": ["A servo is a motor that holds an angle."],
}
NEW = {
    "user_input": "What is a servo?",
    "reference": "A motor.",
    "reference_contexts": ["A servo is a motor that holds an angle."],
    "retrieved_contexts": ["Something else."],
    "response": "Whatever a system said.",
    "synthesizer_name": "single_hop_specifc_query_synthesizer",
}


def in_csv(row):
    out = io.StringIO()
    writer = csv.DictWriter(out, row)
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("old.json", json.dumps([OLD])),
        ("columns.json", json.dumps({name: [value] for name, value in OLD.items()})),
        ("pandas.json", json.dumps({name: {"0": value} for name, value in NEW.items()})),
        ("truths.jsonl", json.dumps({**OLD, "ground_truths": ["A motor."], "ground_truth": None})),
        ("new.jsonl", json.dumps(NEW) + "\n\n"),
        ("rows.json", json.dumps({"samples": [{"eval_sample": NEW, "synthesizer_name": "x"}]})),
        ("old.csv", in_csv(OLD)),
        ("new.csv", "\ufeff" + in_csv({**NEW, "reference_contexts": json.dumps(NEW["reference_contexts"])})),
    ],
)
def test_ragas_files_of_every_generation_say_the_same(tmp_path, name, text):
    """Question, reference and the contexts it rests on; what some system found or said is left alone."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    (row,) = importing.rows("ragas", tmp_path / name)

    assert (row["question"], row["answer"]) == ("What is a servo?", "A motor.")
    assert row["gold"] == [{"quote": "A servo is a motor that holds an angle."}]


def test_a_ragas_conversation_becomes_a_history(tmp_path):
    """The last thing a person said is the question."""
    said = [
        {"content": "What is a servo?", "type": "human"},
        {"content": "A motor.", "type": "ai"},
        {"content": "How does it hold?", "type": "human"},
    ]
    (tmp_path / "turns.json").write_text(json.dumps([{"user_input": said, "reference": "By feedback."}]), "utf-8")
    (row,) = importing.rows("ragas", tmp_path / "turns.json")

    assert row["question"] == "How does it hold?"
    assert [each["role"] for each in row["history"]] == ["reader", "tutor"]


def test_what_is_imported_is_a_question_file(tmp_path):
    """Also where a question stands twice."""
    (tmp_path / "in.json").write_text(json.dumps([OLD, OLD, {**OLD, "question": "Why?"}]), "utf-8")
    (tmp_path / "out.jsonl").write_text(importing.written(importing.rows("ragas", tmp_path / "in.json")), "utf-8")

    assert len(cases.read(tmp_path / "out.jsonl")) == 3


@pytest.mark.parametrize(
    ("source", "name", "text", "told"),
    [
        ("ragas", "a.json", "{", "is not JSON"),
        ("ragas", "a.json", "[" * 100_000, "nested too deeply"),
        ("ragas", "a.json", "5", "neither a list of rows"),
        ("ragas", "a.json", "[]", "holds no question"),
        ("ragas", "a.json", "[[]]", "row 1: is no JSON object"),
        ("ragas", "a.jsonl", '{"question": "q"}\n{', "line 2: is not JSON"),
        ("ragas", "a.jsonl", '{"answer": "a"}', "line 1: has no question; it stands under 'user_input' or 'question'"),
        ("ragas", "a.csv", 'question\n"', "is no CSV"),
        ("squad2", "a.json", "{}", "'data' is missing"),
        ("squad2", "a.json", '{"data": [{"title": "T"}]}', r"data\[0\]: 'paragraphs' is missing"),
        ("squad2", "a.json", '{"data": [{"title": "T", "paragraphs": [{"context": "c", "qas": [{}]}]}]}', "'id' is"),
    ],
)
def test_what_is_no_such_file_is_told(tmp_path, source, name, text, told):
    """With the file, and the place in it."""
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(InvalidInput, match=told) as failure:
        importing.rows(source, tmp_path / name)
    assert str(tmp_path / name) in str(failure.value)


@given(
    st.sampled_from(["squad2", "ragas"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["data", "title", "paragraphs", "context", "qas", "id", "question", "answers", "contexts"]
                ),
                inner,
            )
        ),
    ),
)
def test_whatever_json_holds_is_imported_or_told(tmp_path_factory, source, told):
    """No shape ends in anything but rows or a sentence about it."""
    path = tmp_path_factory.mktemp("any") / "a.json"
    path.write_text(json.dumps(told), encoding="utf-8")

    with suppress(InvalidInput):
        assert importing.rows(source, path)
