"""Another configuration, as it is written on the command line or in a file; and bars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.errors import InvalidInput
from pageside.evaluation import bars, configurations, figures


@pytest.mark.parametrize(
    ("told", "values"),
    [
        ("CHATKIT_MODEL=gpt-5.4", {"CHATKIT_MODEL": "gpt-5.4"}),
        ("OPENAI_API_KEY=,CHATKIT_TEMPERATURE=0.5", {"OPENAI_API_KEY": "", "CHATKIT_TEMPERATURE": "0.5"}),
        ("CHATKIT_STARTERS=What, and why?,APP_PORT=1", {"CHATKIT_STARTERS": "What, and why?", "APP_PORT": "1"}),
        ("A=b=c", {"A": "b=c"}),
    ],
)
def test_pairs_are_parted_where_a_name_follows(told, values):
    """A comma within a value stays there."""
    assert configurations.read(told) == values


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        (
            ".env",
            "# ours\nCHATKIT_MODEL='a model'\nOPENAI_API_KEY=\n",
            {"CHATKIT_MODEL": "a model", "OPENAI_API_KEY": ""},
        ),
        ("a.env", "\ufeffexport APP_PORT=1\nSECRET=${HOME}\n", {"APP_PORT": "1", "SECRET": "${HOME}"}),
        ("a.toml", 'A = "x"\nB = 1\nC = 0.5\nD = false\n', {"A": "x", "B": "1", "C": "0.5", "D": "false"}),
    ],
)
def test_files_say_what_environments_say(tmp_path, name, text, values):
    """Quotes, comments and a byte order mark do no harm, and nothing is filled in."""
    (tmp_path / name).write_text(text, encoding="utf-8")

    assert configurations.read(str(tmp_path / name)) == values


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.env", "# nothing\n", "holds no setting"),
        ("a.env", "CHATKIT_MODEL\n", "CHATKIT_MODEL: write NAME=VALUE"),
        ("a.toml", "A = [1]\n", "A: is no text, number or truth value"),
        ("a.toml", "A = \n", "is no TOML"),
    ],
)
def test_a_file_of_something_else_is_told(tmp_path, name, text, told):
    """With its name."""
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(InvalidInput, match=told):
        configurations.read(str(tmp_path / name))


@given(st.lists(st.tuples(st.sampled_from(figures.names()), st.floats(0, 1)), min_size=1))
def test_bars_are_read_as_they_are_written(wanted):
    """Given one by one or parted by commas."""
    told = [f"{name}={value!r}" for name, value in wanted]

    assert [(bar.name, bar.value) for bar in bars.read([",".join(told)])] == wanted
    assert bars.read(told) == bars.read([",".join(told)])


def test_every_figure_has_its_name_once():
    """A bar means one figure."""
    assert len(set(figures.names())) == len(figures.names())
