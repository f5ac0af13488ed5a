"""The workflow that authors copy: its steps are run as a pull request's would be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests import small_book
from tests.evaluation import small_questions
from tests.repository import ROOT

WORKFLOW = yaml.safe_load((ROOT / "examples" / "book-check.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in WORKFLOW["jobs"]["ask"]["steps"] if "name" in step}


@pytest.fixture
def repository(tmp_path):
    """A book and its questions, committed, and then changed."""
    small_book.write(tmp_path / WORKFLOW["env"]["BOOK"])
    small_questions.write(tmp_path / WORKFLOW["env"]["QUESTIONS"])
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "A book"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    page = tmp_path / "docs" / small_questions.HIVE
    page.write_text(page.read_text(encoding="utf-8").replace("4.2 mm", "4.3 mm"), encoding="utf-8")
    return tmp_path


def test_a_pull_request_is_told_what_it_changes(repository):
    """The step that asks fails for the bars, and the next one shows why all the same."""
    environment = {
        **os.environ, **WORKFLOW["env"], "EMBEDDING_MODEL": "none", "BASE": "HEAD",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(repository / "shown.md"),
    }  # fmt: skip

    def step(name: str) -> subprocess.CompletedProcess[str]:
        script = ["bash", "-e", "-c", STEPS[name]["run"]]
        return subprocess.run(script, cwd=repository, env=environment, capture_output=True, text=True)

    asked = step("Ask the questions")
    assert asked.returncode == 1
    assert "near_misses_held could not be measured" in asked.stderr
    assert step("Show what changed").returncode == 0
    assert "slots was right and is not" in (repository / "shown.md").read_text(encoding="utf-8")


def test_what_comes_from_a_pull_request_is_no_code():
    """No expression stands in a script, and the workflow may write nothing."""
    assert not [step for step in WORKFLOW["jobs"]["ask"]["steps"] if "${{" in step.get("run", "")]
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert set(WORKFLOW[True]) == {"pull_request"}  # `on` is a truth value to YAML 1.1
