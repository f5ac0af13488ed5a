"""Several books from the command line: one file lists them, each command takes all of them or names one."""

from __future__ import annotations

import httpx2
import pytest
from tests import zygote
from tests.small_book import write

SHIPS = "# Ships\n\n## The keel\n\nThe keel is the lowest timber of a ship, and everything is built upon it.\n"
LISTED = '[bees]\nfolder = "bees"\n[ships]\nfolder = "ships"\n'


@pytest.fixture
def run(tmp_path):
    """Runs `pageside` in a folder with two books."""
    write(tmp_path / "bees")
    (tmp_path / "ships").mkdir()
    (tmp_path / "ships" / "index.md").write_text(SHIPS, "utf-8")
    (tmp_path / "books.toml").write_text(LISTED, "utf-8")

    def run(*words: str, **environment: str):
        given = {"EMBEDDING_MODEL": "none", "PAGESIDE_DATA_DIR": str(tmp_path / "data"), **environment}
        return zygote.run(words, cwd=tmp_path, env=given)

    return run


def test_one_command_indexes_all_and_others_name_one(run):
    """A question goes to the book that is named, and to no other."""
    done = run("index", "--books", "books.toml")
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["bees", "ships"]

    several = {"PAGESIDE_BOOKS": "books.toml"}
    assert "lowest timber" in run("search", "keel", "--book", "ships", **several).stdout
    assert "lowest timber" in run("ask", "What is the keel?", "--book", "ships", **several).stdout
    assert "timber" not in run("search", "keel", "--book", "bees", **several).stdout


@pytest.mark.parametrize(
    ("words", "environment", "says"),
    [
        (["index"], {}, "Give the folder of its pages, or a file of several with --books"),
        (["serve"], {}, "Give the folder of its pages, or a file of several with --books"),
        (["index", "--books", "none.toml"], {}, "none.toml cannot be read"),
        (["search", "keel"], {"PAGESIDE_BOOKS": "books.toml"}, "Give --book and one of bees, ships."),
        (["search", "keel", "--book", "trains"], {"PAGESIDE_BOOKS": "books.toml"}, "one of bees, ships."),
        (["search", "keel", "--book", "bees"], {}, "PAGESIDE_BOOKS names a file that lists several"),
    ],
)
def test_what_is_meant_has_to_be_said(run, words, environment, says):
    """On standard error, with what to give."""
    done = run(*words, **environment)

    assert done.returncode == 2
    assert says in done.stderr


def test_all_are_served_below_their_names(tmp_path, run):
    """Each is indexed first; the top lists them."""
    words = ["serve", "--books", "books.toml", "--port", "0"]
    environment = {"EMBEDDING_MODEL": "none", "PAGESIDE_DATA_DIR": str(tmp_path / "data")}
    with zygote.start(words, cwd=tmp_path, env=environment, stdout=zygote.PIPE) as process:
        try:
            lines = iter(process.stdout)
            address = next(line.split()[-1] for line in lines if "http://" in line)
            listed = httpx2.get(address)
            answers = [
                httpx2.post(f"{address}/{book}/api/chatkit/chat", json={"message": question}, timeout=30)
                for book, question in (("bees", "What does smoke mask?"), ("ships", "What is the keel?"))
            ]
            page = httpx2.get(f"{address}/ships/")
        finally:
            process.terminate()
            process.wait(timeout=30)

    assert listed.status_code == page.status_code == 200
    assert 'href="/ships/"' in listed.text
    assert "alarm scent" in answers[0].json()["answer"]
    assert "lowest timber" in answers[1].json()["answer"]


def test_the_doctor_looks_at_each_book(run):
    """One that was not indexed is missing, with the command that mends it."""
    run("index", "--books", "books.toml")
    told = run("doctor", PAGESIDE_BOOKS="books.toml").stdout
    assert "index of bees" in told
    assert "index of ships" in told

    broken = run("doctor", PAGESIDE_BOOKS="none.toml").stdout
    assert "none.toml cannot be read" in broken
