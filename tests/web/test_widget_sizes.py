"""What readers have to fetch stays small: the button on every page, and the assistant when it is opened."""

from __future__ import annotations

import gzip
import os

import pytest

from pageside.web import element

LOADER_BYTES = 1_000
CHATKIT_BYTES = 65 * 1024


@pytest.fixture
def built():
    """Where the built files stand; without them a test says so, and in CI it fails."""
    if not element.is_built() and not os.environ.get("CI"):
        pytest.skip("the element is not built; run `make widget`")
    return element.BUILT


@pytest.mark.parametrize(("name", "most"), [("loader.js", LOADER_BYTES), ("chatkit.js", CHATKIT_BYTES)])
def test_a_script_is_small_on_its_way(built, name, most):
    """As `gzip -9` sends it, which is the larger of the two forms that a build makes."""
    sent = gzip.compress((built / name).read_bytes(), 9, mtime=0)

    assert len(sent) <= most, f"{name} has grown to {len(sent):,} bytes"
    assert len((built / f"{name}.br").read_bytes()) < len(sent)


def test_nothing_of_a_language_or_a_library_stands_in_the_script_of_every_reader(built):
    """Formulas, diagrams, charts, highlighting and the words of other languages are files of their own."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in (built / "lazy").glob("*.js")}
    marks = {"math": "KaTeX parse error", "diagram": "mermaidAPI", "locale-ur": "کتاب", "locale-zh": "全书"}
    script = (built / "chatkit.js").read_text(encoding="utf-8")

    assert files.keys() >= {"chart", "code", "icons", "widgets", "locale-es", "locale-ja", *marks}
    assert all(mark in files[name] and mark not in script for name, mark in marks.items())
