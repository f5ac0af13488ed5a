"""The command line as a person uses it: real processes, their output, their exit codes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests import small_book, zygote

EXPECTED_REPORT = {
    "documents", "passages", "words_in", "words_indexed",
    "added", "changed", "removed", "unchanged", "seconds", "warnings",
}  # fmt: skip


def pageside(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return zygote.run(words, cwd=folder, env=environment)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a small book, indexed."""
    folder = tmp_path_factory.mktemp("place")
    small_book.write(folder / "book")
    done = pageside("index", "book", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    (folder / "report.json").write_text(done.stdout, encoding="utf-8")
    return folder


def test_index_reports_in_json(place):
    """Every field is there, nothing of the book is lost, and standard output holds nothing else."""
    report = json.loads((place / "report.json").read_text(encoding="utf-8"))

    assert set(report) == EXPECTED_REPORT
    assert (report["documents"], report["added"], report["unchanged"]) == (4, 4, 0)
    assert report["words_indexed"] == report["words_in"]
    assert report["warnings"] == []


def test_indexing_again_changes_nothing(place):
    """What did not change is neither parsed nor embedded again."""
    report = json.loads(pageside("index", "book", "--json", folder=place).stdout)

    assert (report["added"], report["changed"], report["removed"], report["unchanged"]) == (0, 0, 0, 4)


def test_a_data_folder_that_cannot_be_made_is_told_in_a_sentence(place):
    """As with a full or read-only disk."""
    done = pageside("index", "book", "--data-dir", str(place / "report.json" / "data"), folder=place)

    assert done.returncode == 1
    assert "cannot be read or written" in done.stderr
    assert "Traceback" not in done.stderr


def test_passages_are_one_row_each(place):
    """Each row says where the passage stands, down to the character."""
    rows = [json.loads(line) for line in pageside("passages", "--json", folder=place).stdout.splitlines()]
    excluder = next(row for row in rows if row["anchor"] == "excluder")

    assert set(excluder) == {
        "path", "heading", "heading_path", "anchor", "url", "text", "start", "end", "labels",
    }  # fmt: skip
    assert excluder["url"] == "/docs/module-1-hive/week-1-parts#excluder"
    assert excluder["heading_path"] == ["The parts of a hive", "The queen excluder"]
    assert "4.2 mm wide" in small_book.PAGES[excluder["path"]][excluder["start"] : excluder["end"]]


def test_search_gives_the_best_first(place):
    """A question in other words than the book's finds its passage."""
    results = json.loads(
        pageside("search", "how wide are the gaps the queen cannot pass", "--json", folder=place).stdout
    )

    assert results[0]["path"] == "module-1-hive/week-1-parts.md"
    assert results[0]["heading"] == "The queen excluder"
    assert 0 <= results[0]["relevance"] <= 1


def test_search_keeps_to_a_filter(place):
    """`module=2` is the second module, whatever its folder is called."""
    results = json.loads(pageside("search", "frames", "--filter", "module=2", "-k", "9", "--json", folder=place).stdout)

    assert {result["path"] for result in results} == {"module-2-harvest/week-3-honey.md"}


def test_search_takes_a_file_of_questions(place):
    """One row for each question, under its id."""
    (place / "q.jsonl").write_text(
        '{"id": "a", "question": "When is honey ripe?"}\n'
        '{"id": "b", "question": "explain this", "selected_text": "alarm scent",'
        ' "page": "module-1-hive/week-2-smoke.mdx"}\n',
        encoding="utf-8",
    )
    rows = [
        json.loads(line)
        for line in pageside("search", "--queries", "q.jsonl", "-k", "2", folder=place).stdout.splitlines()
    ]

    assert [row["id"] for row in rows] == ["a", "b"]
    assert rows[0]["results"][0]["heading"] == "When honey is ripe"
    assert rows[1]["results"][0]["heading"] == "Why does smoke calm bees?"


def test_ask_quotes_the_book(place):
    """The answer is the book's own sentence, its citation that sentence with a link that finds it."""
    answer = json.loads(pageside("ask", "When is honey ripe?", "--json", folder=place).stdout)

    assert answer["outcome"] == "answered"
    assert "Honey is ripe when its water content is below 18 percent. [1]" in answer["answer"]
    citation = answer["citations"][0]
    assert set(citation) == {"marker", "path", "heading", "url", "quote", "relevance"}
    assert citation["quote"] == "Honey is ripe when its water content is below 18 percent."
    assert citation["url"].startswith("/docs/module-2-harvest/week-3-honey#when-honey-is-ripe:~:text=Honey%20is%20ripe")


def test_ask_declines_what_the_book_does_not_say(place):
    """No guess, and a pointer to what the book does say."""
    answer = json.loads(pageside("ask", "Who won the football world cup in 1998?", "--json", folder=place).stdout)

    assert answer["outcome"] == "not_in_book"
    assert answer["answer"]


@pytest.mark.parametrize("question", ["...", "???", "😀😀"])
def test_a_question_without_words_is_declined(place, question):
    """Nothing was asked, so nothing is quoted."""
    answer = json.loads(pageside("ask", question, "--json", folder=place).stdout)

    assert answer["outcome"] == "not_in_book"
    assert answer["citations"] == []


def test_a_selected_word_is_found_without_its_page(place):
    """Where no page is told, the likeliest passage that holds the selection is explained."""
    done = pageside("ask", "explain this", "--selected-text", "alarm scent", "--json", folder=place)

    assert "alarm scent" in json.loads(done.stdout)["citations"][0]["quote"]
    assert "not found" not in json.loads(done.stdout)["answer"]


def test_ask_reads_well_without_json(place):
    """A person sees the answer, then its numbered sources."""
    done = pageside("ask", "Why does smoke calm bees?", folder=place)

    assert "Smoke masks the alarm scent that guard bees give off. [1]" in done.stdout
    assert "[1] Opening the hive > Why does smoke calm bees?" in done.stdout


def test_a_changed_page_is_searched_at_once(tmp_path):
    """Added, changed and removed pages are counted, and a deleted page is gone."""
    book = small_book.write(tmp_path / "book")
    pageside("index", "book", folder=tmp_path)
    (book / "intro.md").write_text("# Wasps\n\nA wasp is no bee.\n", encoding="utf-8")
    (book / "module-2-harvest" / "week-3-honey.md").unlink()
    (book / "new.md").write_text("# Mead\n\nMead is made of honey and water.\n", encoding="utf-8")
    report = json.loads(pageside("index", "book", "--json", folder=tmp_path).stdout)

    assert (report["added"], report["changed"], report["removed"], report["unchanged"]) == (1, 1, 1, 2)
    rows = pageside("passages", "--json", folder=tmp_path).stdout
    assert "wasp" in rows
    assert "ripe" not in rows


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["index", "nowhere"], 1, "does not exist"),
        (["index", "q.txt"], 1, "is a file, not a folder"),
        (["index", "empty"], 1, "no"),
        (["search", "x", "--data-dir", "empty"], 1, "pageside index"),
        (["ask", "x", "--data-dir", "empty"], 1, "pageside index"),
        (["search"], 2, "give a question"),
        (["search", "x", "--filter", "module"], 2, "LABEL=VALUE"),
        (["search", "--queries", "q.txt"], 1, "q.txt:1: not a JSON object"),
        (["search", "x", "-k", "0"], 2, "-k"),
        (["ask", "--queries", "q.txt", "--page", "a.md"], 2, "give it alone"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(tmp_path, words, code, told):
    """What happened, to which thing, what to do: on standard error, without a trace of the program's inside."""
    (tmp_path / "q.txt").write_text("not json\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    done = pageside(*words, folder=tmp_path)

    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_misspelt_setting_stops_every_command(place):
    """The nearest right name is told."""
    done = pageside("search", "x", folder=place, PAGESIDE_DATADIR="elsewhere")

    assert done.returncode == 2
    assert "did you mean PAGESIDE_DATA_DIR?" in done.stderr


def test_the_doctor_says_what_is_on(place):
    """A fresh place with an index is whole; what is missing comes with how to turn it on."""
    pageside("migrate", folder=place)
    done = pageside("doctor", "--json", folder=place)
    found = {row["part"]: row for row in json.loads(done.stdout)}

    assert done.returncode == 0
    assert found["index"]["state"] == "on"
    assert found["database"]["state"] == "on"
    assert found["embeddings"]["state"] == "on"
    assert "OPENAI_API_KEY" in found["model"]["remedy"]


def test_the_doctor_finds_what_is_broken(tmp_path):
    """A damaged index and a misspelt setting are broken, and the exit code says so."""
    book = small_book.write(tmp_path / "book")
    pageside("index", str(book), folder=tmp_path)
    for file in (tmp_path / ".pageside" / "index").rglob("passages.sqlite"):
        file.chmod(0o600)
        file.write_bytes(b"not a database at all" * 100)
    done = pageside("doctor", folder=tmp_path)

    assert done.returncode == 1
    assert "✘ index" in done.stdout
    assert pageside("doctor", folder=tmp_path, CHATKIT_MODLE="x").returncode == 1


def test_no_key_of_a_provider_is_ever_printed(place):
    """The doctor says that a key is set, not which."""
    key = "not-a-real-key-0123456789"
    done = pageside("doctor", folder=place, OPENAI_API_KEY=key)

    assert key not in done.stdout + done.stderr
