"""Files of questions: read in order, and every bad line is named."""

from __future__ import annotations

import pytest

from pageside.cli import queries
from pageside.errors import InvalidInput


def written(folder, text):
    path = folder / "questions.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_read_in_order(tmp_path):
    """Numbers become text, blank lines and unknown fields are passed over, a byte order mark does no harm."""
    path = written(
        tmp_path,
        '\ufeff{"id": 1, "question": "What is a node?", "half": "dev"}\n\n'
        '{"id": "b", "question": "This?", "selected_text": "a node", "page": "a.md"}\n',
    )

    assert [(query.id, query.question, query.selected_text, query.page) for query in queries.read(path)] == [
        ("1", "What is a node?", None, None),
        ("b", "This?", "a node", "a.md"),
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "questions.jsonl:2: not a JSON object"),
        ('{"id": "x"}', "questions.jsonl:2: question: Field required"),
        ("[1]", "questions.jsonl:2: row: "),
        ('{"id": "x", "question": 5, "page": {}}', "questions.jsonl:2: page: "),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, told):
    """File, line and field stand in the message."""
    path = written(tmp_path, '{"id": "a", "question": "q"}\n' + line + "\n")

    with pytest.raises(InvalidInput) as failure:
        list(queries.read(path))
    assert told in str(failure.value)


def test_a_file_that_is_no_text_is_named(tmp_path):
    """Bytes that are no UTF-8 are told, not raised as they come."""
    path = tmp_path / "questions.jsonl"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(InvalidInput, match="cannot be read as UTF-8"):
        list(queries.read(path))
