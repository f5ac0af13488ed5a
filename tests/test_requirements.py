"""The table of requirements is whole, and what it names as proof exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "development" / "requirements.md"
LAST = {"A": 6, "B": 5, "C": 9, "D": 8, "F": 6, "G": 5, "H": 8, "I": 7}
IDS = {f"{letter}{number}" for letter, last in LAST.items() for number in range(1, last + 1)} | {"E"}
ROWS = re.findall(r"^\| ([A-I]\d?) \| ([^|]+) \|([^|]*)\|([^|]*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_every_requirement_has_one_row():
    """None is left out, and none is told of twice."""
    assert sorted(row[0] for row in ROWS) == sorted(IDS)


@pytest.mark.parametrize(("name", "shown", "missing"), [(row[0], row[2], row[3]) for row in ROWS])
def test_what_a_row_names_exists(name, shown, missing):
    """A file of tests that has tests, or a benchmark; where nothing is named, it says that nothing shows it."""
    named = re.findall(r"`([^`]+)`", shown)
    for each in named:
        if each.startswith("benchmarks."):
            module = ROOT / each.replace(".", "/")
            assert module.with_suffix(".py").is_file() or (module / "__main__.py").is_file(), each
        else:
            assert re.search(
                r"^(async )?def test_|^    (async )?def test_|^Test\w+ = ",
                (ROOT / each).read_text("utf-8"),
                re.MULTILINE,
            ), each
    assert named or missing.strip(), name
