"""The repository tests its own shape: floors, sizes, names, and what must never stand in it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from tests import repository
from tests.repository import ROOT

SOURCE = ROOT / "src" / "pageside"
MODULES = sorted(SOURCE.rglob("*.py"))
VAGUE = {"utils", "util", "common", "core", "helpers", "models_", "services", "base", "misc", "manager"}
LONGEST_FUNCTION = 50
LONGEST_MODULE = 400
TEXT = {".py", ".md", ".mdx", ".toml", ".js", ".jsx", ".css", ".html", ".json", ".jsonl", ".yml", ".yaml", ".mako", ""}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def holding(pattern: str) -> list[str]:
    """The files of text, but for this one, in which `pattern` stands."""
    texts = [path for path in repository.files() if path.suffix in TEXT and path != Path(__file__)]
    return [named(path) for path in texts if re.search(pattern, path.read_text(encoding="utf-8", errors="replace"))]


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_says_what_it_knows(module):
    """The first statement of every module is a docstring."""
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_tells_one_story(module):
    """No module is longer than a person reads at a sitting."""
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_function_does_one_thing(module):
    """No function has more lines of code than fit a screen; its docstring is not counted."""
    long = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > LONGEST_FUNCTION:
                long.append(f"{node.name}: {lines}")

    assert not long


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_imports_are_absolute_and_at_the_top(module):
    """No relative import; a late one says why on its line, and only where loading costs seconds."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    lines = module.read_text(encoding="utf-8").splitlines()
    relative = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    late = [
        lines[node.lineno - 1]
        for parent in ast.walk(tree)
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(parent)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert not relative
    assert all("PLC0415" in line for line in late)


def test_no_module_has_a_name_that_says_nothing():
    """`utils` and its kin gather what has no place."""
    assert not [named(module) for module in MODULES if module.stem in VAGUE]


def test_imports_point_down():
    """import-linter holds every contract of pyproject.toml."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_only_the_settings_read_the_environment():
    """A knob read anywhere else would be in no table and no `.env.example`."""
    readers = [
        named(module)
        for module in MODULES
        if re.search(r"os\.(environ|getenv)", module.read_text(encoding="utf-8")) and module.parent.name != "settings"
    ]

    assert not readers


def test_the_project_speaks_of_itself_alone():
    """No path of anybody's machine stands in any file."""
    assert not holding(r"/root/|/home/\w+/|/Users/\w+/|/work/\w+/")


def test_no_secret_is_committed():
    """Nothing that looks like a provider's key stands in the repository."""
    assert not holding(r"\bsk-(?:proj-)?[A-Za-z0-9]{20,}")


def test_changelog_has_the_present_version_on_top():
    """A person who upgrades finds their version first."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)

    assert version
    assert re.findall(r"^## \[?([^\] ]+)", changelog, re.MULTILINE)[0] in {version[1], "Unreleased"}


def test_decisions_are_numbered_without_a_gap():
    """Each decision record has a number of its own, from 0001."""
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "development" / "adr").glob("[0-9]*.md"))

    assert numbers[0] == 1
    assert all(later == earlier + 1 for earlier, later in pairwise(numbers))
