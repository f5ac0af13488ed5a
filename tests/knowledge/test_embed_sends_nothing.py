"""The embedding model runs in this process, and the library that runs it tells nobody."""

from __future__ import annotations

import os
import subprocess
import sys

EMBED = """
import anyio
from pageside.knowledge.embed import MiniLM

print(anyio.run(MiniLM().passages, ["A servo holds an angle."]).shape)
"""
SUPPRESSING = ("CI", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME")


def test_no_device_is_numbered_and_no_telemetry_is_kept(tmp_path):
    """Where it is let, it writes a number of the machine and what it has to report into the home folder at once."""
    environment = {name: value for name, value in os.environ.items() if name not in SUPPRESSING}
    command = [sys.executable, "-c", EMBED]

    done = subprocess.run(command, env={**environment, "HOME": str(tmp_path)}, capture_output=True, text=True)

    assert done.stdout == "(1, 384)\n", done.stderr
    assert [str(path) for path in tmp_path.rglob("*")] == []
