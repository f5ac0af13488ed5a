"""The documentation is true: its commands run, its links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import click
import pytest
from tests import repository
from tests.code_blocks import SHELL, commands, stands
from tests.repository import ROOT

from pageside.cli import main
from pageside.web import element

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page):
    """A file that is linked to exists; where a heading is named, it stands in that file."""
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    dead = []
    for match in LINK.finditer(prose):
        target, _, fragment = (match[1] or match[2]).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (fragment and fragment not in _slugs(file)):
            dead.append(match[0])

    assert not dead


def _slugs(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_architecture_names_what_is_there():
    """Every module that the page on architecture names stands where it is said to stand."""
    text = (ROOT / "docs" / "development" / "architecture.md").read_text(encoding="utf-8")
    modules = {path.relative_to(ROOT / "src" / "pageside").as_posix() for path in (ROOT / "src").rglob("*.py")}
    modules |= {
        path.relative_to(ROOT).as_posix()
        for top in ("deploy", "tests", "website")
        for path in (ROOT / top).rglob("*.py")
    }
    named_here = set(re.findall(r"\b([a-z_]+(?:/[a-z_]+)*\.py)\b", text))

    assert named_here
    assert not {name for name in named_here if not any(f"/{module}".endswith(f"/{name}") for module in modules)}


def blocks(page: Path) -> list[tuple[str, str]]:
    return FENCE.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_block_says_what_it_is(page):
    """A block without a language is one that no check looks at."""
    assert all(language for language, _ in blocks(page))


def test_the_readme_works_word_by_word(tmp_path):
    """Every command of the README runs in its order in a copy of the repository, and prints what it is said to."""
    place = _copy(tmp_path / "pageside")
    port = str(_free_port())
    environment = {**os.environ, "APP_PORT": port, "SITE": "no"}  # which tests/sites looks at
    servers: list[subprocess.Popen[str]] = []
    told = [
        (command.replace("127.0.0.1:8000", f"127.0.0.1:{port}"), expected)  # 8000 may be taken on this machine
        for language, block in blocks(ROOT / "README.md")
        if language == "console"
        for command, expected in commands(block)
    ]
    assert told
    try:
        for command, expected in told:
            if "serve" in command.split():
                servers.append(_serving(command, place, environment))
                continue
            done = subprocess.run(
                command, shell=True, cwd=place, env=environment, capture_output=True, text=True, timeout=280
            )  # fmt: skip
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
            for line in expected:
                assert stands(line, done.stdout + done.stderr), f"{command}\nshould print: {line}\n{done.stdout}"
    finally:
        for server in servers:
            os.killpg(server.pid, signal.SIGTERM)
            server.communicate(timeout=30)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _copy(place: Path) -> Path:
    """The files git would give a stranger, with this checkout's own environment."""
    for file in repository.files():
        copy = place / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    (place / ".venv").symlink_to(ROOT / ".venv")
    if element.is_built():
        shutil.copytree(element.BUILT, place / element.BUILT.relative_to(ROOT))
    for stamp in (".installed", ".installed-dev"):
        (ROOT / ".venv" / stamp).touch()  # what is installed is this checkout's, so nothing is to be installed again
    return place


def _serving(command: str, place: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    server = subprocess.Popen(
        command, shell=True, cwd=place, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )  # fmt: skip
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.search(r"http://\S+", line):
            _answers(found[0])
            return server
    raise AssertionError(f"{command} ended with {server.wait()}")


def _answers(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urlopen(url, timeout=10) as response:
                assert response.status == 200
                return
        except OSError:
            if time.monotonic() > deadline:
                raise


def test_every_command_and_option_in_the_documentation_is_one():
    """Wherever `pageside` stands with a command behind it, the command line has that command, and takes its options."""
    said = [(page, words) for page in PAGES if page.name != "CHANGELOG.md" for words in _commands(page)]
    assert len(said) > 60
    unknown = []
    for page, (first, *rest) in said:
        command = main.get_command(click.Context(main), first)
        meant = [command, *command.commands.values()] if isinstance(command, click.Group) else filter(None, [command])
        options = {option for one in meant for each in one.params for option in (*each.opts, *each.secondary_opts)}
        used = {each.partition("=")[0] for each in rest if each.startswith("--")}
        if command is None or used - options - {"--help"}:
            unknown.append((named(page), first, used - options))

    assert not unknown


def _commands(page: Path) -> Iterator[list[str]]:
    """The words behind `pageside` in blocks of the shell and in code within a line."""
    text = page.read_text(encoding="utf-8")
    shell = "\n".join(body for language, body in FENCE.findall(text) if language in SHELL)
    lines = [*re.sub(r"\\\n\s*", "", shell).splitlines(), *re.findall(r"`([^`\n]+)`", FENCE.sub("", text))]
    for line in lines:
        if line.startswith("npx "):  # which has options of its own behind the command
            continue
        for found in re.finditer(r"(?:^(?:\$ )?(?:\w+=\S+ )*|[(/]|[;&|] *)pageside ([a-z]+(?: [^;&|)]*)?)", line):
            yield found[1].split(" #")[0].split()
