"""The shell blocks of the documentation run, page by page, beside a server and with what they ask for at hand."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests import served, shell_sessions, small_book, zygote
from tests.code_blocks import SHELL, Block, commands, run_here, stands
from tests.databases import as_owner

from pageside import settings

LANGUAGES = SHELL | {"sql"}
PAGES = sorted({block.page for block in run_here(LANGUAGES)})
BOOKS = ("docs", "path/to/your/docs", "examples/physical-ai/docs", "robotics/docs", "handbook")
# What a page has as a file: named in its first line, or in the prose.
FILES = {("docs/guides/evaluate-your-book.md", "json"): "questions.jsonl"}
NAMED = re.compile(r"# ([\w.-]+\.(?:toml|ya?ml))\n")
PLACES = {"/srv/handbook": "handbook", "/var/backups/pageside/2026-11-22.tar.gz": "book.tar.gz"}
POSTGRES = "postgresql://pageside_owner:change-me@127.0.0.1:5432/book"
REDIS = "redis://:change-me@127.0.0.1:6379/0"
QDRANT = "https://qdrant.example.org:6333"
# What the prose says to take from an earlier answer: in which words of it the variable stands.
GIVEN = {
    ("docs/guides/authentication.md", "SECRET"): r'"client_secret": ?"([^"]+)"',
    ("docs/guides/connect-a-chatkit-client.md", "RUN"): r"(?i)x-pageside-run: (\S+)",
    ("docs/guides/connect-a-chatkit-client.md", "LAST"): r"(?m)^id: (\S+)",
    ("docs/guides/connect-a-chatkit-client.md", "URL"): r'"url": ?"([^"]+)"',
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with books in git, the first of which is indexed; the address of its server."""
    folder = tmp_path_factory.mktemp("told") / "home"
    for name in BOOKS:
        small_book.write(folder / name)
    (folder / "docs" / "hive").mkdir()
    (folder / "docs" / "module-1-hive" / "week-1-parts.md").rename(folder / "docs" / "hive" / "parts.md")
    (folder / ".venv" / "bin").mkdir(parents=True)
    command = folder / ".venv" / "bin" / "pageside"
    command.write_text(shell_sessions.COMMAND, encoding="utf-8")
    command.chmod(0o755)
    for name in ("python", "python3"):
        (folder / ".venv" / "bin" / name).symlink_to(sys.executable)
    author = ("-c", "user.name=Ada", "-c", "user.email=ada@book.example")
    for words in (("init", "-q", "-b", "main"), ("add", "docs"), (*author, "commit", "-q", "-m", "Begin")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    for words in (["index", "docs"], ["migrate"]):
        done = zygote.run(words, cwd=folder, env={"EMBEDDING_MODEL": "none"})
        assert done.returncode == 0, done.stderr
    with served.server(folder / "docs", folder.parent / "data", EMBEDDING_MODEL="none") as address:
        yield folder, address


@pytest.mark.parametrize("page", PAGES)
def test_what_the_page_says_to_type_works(page, home, tmp_path, request):
    """Each block from its first command to its last; what it exports are settings that can be used."""
    folder, address = home
    here = tmp_path / "home"
    shutil.copytree(folder, here, symlinks=True)
    mine = [block for block in run_here(LANGUAGES | {"json", "toml", "yaml"}) if block.page == page]
    replaced = {**{words: str(here / name) for words, name in PLACES.items()}, **beside(mine, request)}
    heard = ""
    for block in mine:
        body = block.body
        for words, meant in replaced.items():
            body = body.replace(words, meant)
        for kind in set(re.findall(r"\b([a-z]{3})_\.\.\.", body)) if block.language in SHELL else ():
            body = body.replace(f"{kind}_...", re.findall(rf"\b{kind}_\w+", heard)[-1])
        if block.language in SHELL:
            given = {
                name: found[-1]
                for (of, name), where in GIVEN.items()
                if of == page and (found := re.findall(where, heard))
            }
            heard += typed(block, body, here, address, given)
        elif block.language == "sql":
            asked(block, folder.parent / "data" / "pageside.db")
        elif name := FILES.get((page, block.language)) or ((found := NAMED.match(body)) and found[1]):
            (here / name).write_text(body, encoding="utf-8")
        elif block.language == "json" and (names := answered(heard)) & (shown := json.loads(block.body).keys()):
            assert shown <= names, block


def beside(those: list[Block], request: pytest.FixtureRequest) -> dict[str, str]:
    """The addresses of a guide's servers, as those are called that stand here for them."""
    words = "".join(block.body for block in those)
    found = {}
    if REDIS in words:
        found[REDIS] = request.getfixturevalue("valkey").url
    if POSTGRES in words:
        postgres = request.getfixturevalue("postgres")
        found[POSTGRES] = as_owner(postgres.database(migrated=False))
    if QDRANT in words:
        stand = request.getfixturevalue("qdrant_stand")
        found |= {QDRANT: stand.url, "QDRANT_API_KEY=change-me": f"QDRANT_API_KEY={stand.key}"}
    return found


def typed(block: Block, body: str, folder: Path, address: str, given: dict[str, str]) -> str:
    """Runs a block, with a server of its own where it starts one; gives what it printed."""
    port = shell_sessions.free_port()
    own = re.search(r"pageside serve\b", body)
    body = body.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{port}" if own else address)
    lines = commands(body) if block.language == "console" else [(body, [])]
    ran = shell_sessions.run("\n".join(command for command, _ in lines), folder, port, given)
    assert ran.code == 0, f"{block} ended with {ran.code}\n{ran.printed}"
    for _, expected in lines:
        for line in expected:
            assert stands(line, ran.printed), f"{block} should print: {line}\n{ran.printed}"
    settings.load(ran.environment)
    return ran.printed


def asked(block: Block, database: Path) -> None:
    """Asks a question of the rows in the guide's SQL, of those that the server keeps."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as rows:
        assert rows.execute(block.body).description, block


def answered(heard: str) -> set[str]:
    """The names in the last answer that was JSON."""
    try:
        return set(json.loads(heard.strip().splitlines()[-1]))
    except (ValueError, IndexError):
        return set()
