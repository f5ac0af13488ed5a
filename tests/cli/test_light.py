"""What a command reads before it works: the libraries of models and servers take seconds, and most need none."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

HEAVY = {"agents", "chatkit", "fastapi", "mcp", "openai", "sqlalchemy"}


@pytest.mark.parametrize(
    "words",
    [["--version"], ["serve", "--help"], ["search", "hive"], ["passages"], ["index", "no-folder"], ["token", "-h"]],
    ids=" ".join,
)
def test_light_commands_load_nothing_heavy(tmp_path, words):
    command = [sys.executable, "-X", "importtime", "-m", "pageside", *words]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    loaded = set(re.findall(r"\| +([a-z_0-9]+)$", ran.stderr, re.MULTILINE))

    assert "click" in loaded
    assert loaded & HEAVY == set()
