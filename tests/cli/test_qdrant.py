"""The commands with an index in Qdrant: the same words, the same answers, and what they say when it is away."""

from __future__ import annotations

import json
import sys

import pytest
from click.testing import CliRunner
from tests import small_book

from pageside.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch, qdrant_stand):
    """Runs a command of a machine whose index is in Qdrant; gives its exit code and everything it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QDRANT_URL", qdrant_stand.url)
    monkeypatch.setenv("QDRANT_API_KEY", qdrant_stand.key)
    monkeypatch.setenv("PAGESIDE_QDRANT_TIMEOUT_S", "1")
    monkeypatch.setenv("EMBEDDING_MODEL", "none")
    small_book.write(tmp_path / "book")

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, [*arguments, "--data-dir", "data"])
        assert qdrant_stand.key not in result.output + result.stderr
        return result.exit_code, result.output

    return run


def test_the_commands_work_as_they_do_with_files(run, tmp_path):
    """Indexing, listing, searching with a filter, answering and the doctor; no passage is kept beside the server."""
    assert run("index", "book")[0] == 0
    code, found = run("search", "queen excluder", "--filter", "week=1", "--json")
    _, passages = run("passages", "--json")
    answered, answer = run("ask", "What does the queen excluder do?")
    examined, findings = run("doctor")

    assert code == answered == examined == 0
    assert {row["path"] for row in json.loads(found)} == {"module-1-hive/week-1-parts.md"}
    assert len(passages.splitlines()) > 4
    assert "queen" in answer
    assert "4 pages" in findings
    assert not list((tmp_path / "data").rglob("passages.sqlite"))


def test_a_server_that_is_away_is_told_in_a_sentence(run, qdrant_stand):
    """And an exit code; the doctor names the address, which the operator may see."""
    qdrant_stand.stop()

    for command in (("index", "book"), ("search", "queen"), ("passages",)):
        code, told = run(*command)
        assert code == 1
        assert "cannot be reached" in told
        assert "Traceback" not in told
    code, findings = run("doctor")
    assert code == 1
    assert "cannot be reached" in findings
    assert qdrant_stand.url in findings


def test_without_the_extra_the_message_says_what_to_install(run, monkeypatch):
    """Nothing of Qdrant is imported before it is asked for, and then its absence is a mistake in the settings."""
    for name in [name for name in sys.modules if name.startswith(("qdrant_client", "pageside.wiring.at_qdrant"))]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("index_qdrant", "sink_qdrant", "qdrant", "qdrant_lock"):
        monkeypatch.delitem(sys.modules, f"pageside.knowledge.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "qdrant_client", None)
    code, told = run("search", "queen")

    assert code == 2
    assert "pip install 'pageside[qdrant]'" in told


@pytest.mark.parametrize("url", ["qdrant.example.org", "https://user:secret@qdrant.example.org"])
def test_an_address_that_cannot_be_used_stops_the_start(run, monkeypatch, url):
    """And one that holds a password, which would be shown."""
    monkeypatch.setenv("QDRANT_URL", url)
    code, told = run("search", "queen")

    assert code == 2
    assert "QDRANT_URL" in told
    assert "secret" not in told
