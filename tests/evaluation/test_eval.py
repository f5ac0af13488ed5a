"""`pageside eval` as a person uses it: real processes over a small book, their files and their exit codes."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests import small_book, zygote
from tests.evaluation import small_questions
from tests.scripted_openai import ScriptedOpenAI

WORDS = {"EMBEDDING_MODEL": "none"}  # the words of four pages tell them apart


def pageside(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return zygote.run(("eval", *words), cwd=folder, env=WORDS | environment)


def until(happened) -> None:
    """Waits for what another process does."""
    for _ in range(3000):
        if happened():
            return
        time.sleep(0.01)
    raise TimeoutError


def told(folder: Path, name: str = "report") -> dict:
    return json.loads((folder / name / "report.json").read_text(encoding="utf-8"))


@pytest.fixture
def place(tmp_path):
    """A folder with the small book and its questions."""
    small_book.write(tmp_path / "book")
    small_questions.write(tmp_path / "questions.jsonl")
    return tmp_path


@pytest.fixture
def repository(place):
    """The same, kept in git; the book as it is now is the first revision."""
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "A book"],
    ):
        subprocess.run(["git", *words], cwd=place, check=True)
    return place


def test_a_question_file_becomes_figures_and_a_report(place):
    """Everything of the four pages is found, and the question about something else is not answered."""
    done = pageside("questions.jsonl", "--book", "book", "--report", "report", folder=place)

    assert done.returncode == 0, done.stderr
    figures = told(place)["figures"]
    assert figures["hit@5"] == {"value": 1, "low": 0.397635, "high": 1, "questions": 4, "higher_is_better": True}
    assert figures["quotes_exact"]["value"] == 1
    assert figures["off_topic_held"]["value"] == 1
    assert figures["must_include"]["questions"] == 1
    assert set(told(place)["tags"]) == {"hive"}
    assert {path.name for path in (place / "report").iterdir()} == {
        "journal.jsonl", "report.html", "report.json", "summary.md",
    }  # fmt: skip


def test_the_report_is_one_file_that_fetches_nothing(place):
    """No script, no address that a browser would load, and texts of the book are text."""
    row = {"id": "x", "question": "<script>alert(1)</script> What is the brood box?", "pages": ["intro.md"]}
    small_questions.write(place / "hostile.jsonl", (row,))
    pageside("hostile.jsonl", "--book", "book", "--report", "report", folder=place)
    page = (place / "report" / "report.html").read_text(encoding="utf-8")

    assert not re.search(r"<script|\bsrc=|<link|url\(|@import|\son\w+=", page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "default-src 'none'" in page


def test_the_index_that_is_served_is_left_alone(place):
    """A folder that is only to be measured does not become what readers are answered from."""
    zygote.run(("index", "book"), cwd=place, env=WORDS)
    (place / "other").mkdir()
    (place / "other" / "page.md").write_text("# Other\n\nNothing of bees.\n", encoding="utf-8")
    pageside("questions.jsonl", "--book", "other", folder=place)

    assert "brood box" in zygote.run(("passages", "--json"), cwd=place, env=WORDS).stdout
    assert pageside("questions.jsonl", "--fail-under", "hit@5=1", folder=place).returncode == 0


def test_a_missed_bar_fails_and_is_named(place):
    """With its interval; a bar that is held says nothing."""
    small_questions.write(place / "wrong.jsonl", ({**small_questions.ROWS[0], "must_include": ["5.1 mm"]},))
    done = pageside(
        "wrong.jsonl", "--book", "book", "--fail-under", "must_include=0.9,hit@5=0.9", "--report", "r", folder=place
    )

    assert done.returncode == 1
    assert re.search(r"must_include is 0.000, below the bar of 0.9 \(95 % interval 0.000 to 0.975", done.stderr)
    assert "hit@5 is" not in done.stderr
    assert told(place, "r")["missed"] == [done.stderr.split("pageside: ")[1].strip()]


def test_a_bar_for_what_cannot_be_measured_is_missed(place):
    """A check that cannot fail is none: the file has no near miss."""
    done = pageside("questions.jsonl", "--book", "book", "--fail-under", "near_misses_held=0.5", folder=place)

    assert done.returncode == 1
    assert "near_misses_held could not be measured" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["questions.jsonl", "--fail-under", "hit@6=1"], "Did you mean 'hit@5'"),
        (["questions.jsonl", "--fail-under", "hit@5"], "write NAME=VALUE"),
        (["questions.jsonl", "--fail-under", "hit@5=much"], "'much' is no number"),
        (["questions.jsonl", "--compare", "none.toml"], "neither KEY=VALUE nor a file"),
        (["questions.jsonl", "--compare", "CHATKIT_MODELL=x"], "did you mean CHATKIT_MODEL"),
        (["questions.jsonl", "--against", "HEAD"], "--against needs the book"),
        (["questions.jsonl", "--compare", "CHATKIT_MODEL=x", "--against", "HEAD"], "two comparisons at once"),
        (["questions.jsonl", "--book", "book", "--against", "HEAD"], "git"),
        (["questions.jsonl"], "index"),
        (["nothing.jsonl"], "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(place, words, told):
    """No traceback, and an exit code that is not nought."""
    done = pageside(*words, folder=place)

    assert done.returncode in {1, 2}
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_two_configurations_are_compared_question_by_question(place):
    """Each figure's difference, and the questions that came out otherwise."""
    (place / "other.toml").write_text("PAGESIDE_MAX_PAGE_BYTES = 1000\n", encoding="utf-8")
    done = pageside("questions.jsonl", "--book", "book", "--compare", "other.toml", "--report", "report", folder=place)

    assert done.returncode == 0, done.stderr
    assert told(place)["comparison"]["run"]["name"] == "PAGESIDE_MAX_PAGE_BYTES=1000"
    assert told(place)["comparison"]["figures"]["hit@5"]["value"] == 0


def test_a_change_of_the_book_is_held_against_a_revision(repository):
    """What an author's pull request is told: which answers changed, which lost their place, which became possible."""
    hive = repository / "book" / small_questions.HIVE
    hive.write_text(hive.read_text(encoding="utf-8").replace("4.2 mm", "4.3 mm"), encoding="utf-8")
    (repository / "book" / "lighthouse.md").write_text("# Lighthouses\n\nA keeper tends the light.\n", encoding="utf-8")
    done = pageside("questions.jsonl", "--book", "book", "--against", "HEAD", "--report", "report", folder=repository)

    assert done.returncode == 0, done.stderr
    comparison = told(repository)["comparison"]
    assert comparison["pages"] == {"added": ["lighthouse.md"], "changed": [small_questions.HIVE], "removed": []}
    assert {change["after"]["id"]: change["what"] for change in comparison["changes"]}["slots"] == "broken"
    assert "slots" in told(repository)["run"]["lost"]
    summary = (repository / "report" / "summary.md").read_text(encoding="utf-8")
    assert "slots was right and is not: How wide are the slots" in summary
    assert not subprocess.run(["git", "worktree", "prune", "-v"], cwd=repository, capture_output=True).stdout


@pytest.mark.parametrize("revision", ["nothing", "--help", "HEAD~9"])
def test_a_revision_that_is_not_there_is_told(repository, revision):
    """Nothing of it is taken for an option of git."""
    done = pageside("questions.jsonl", "--book", "book", f"--against={revision}", folder=repository)

    assert done.returncode == 1
    assert "is no revision" in done.stderr


def test_a_question_that_the_model_fails_is_told_and_the_others_are_asked(place):
    """The figures are of the others, and the report names what failed."""
    with ScriptedOpenAI() as openai:
        openai.fail(400, message="no")
        openai.say("The brood box is the lowest box of the hive [1].")
        done = pageside(
            "questions.jsonl", "--book", "book", "--report", "report", "--limit", "2", "--at-once", "1",
            folder=place, OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=openai.base_url,
        )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert list(told(place)["run"]["failed"]) == ["slots"]
    assert told(place)["figures"]["hit@5"]["questions"] == 1
    assert "slots: " in done.stderr


def test_a_model_that_fails_every_question_fails_the_run(place):
    """There is nothing to say about it."""
    with ScriptedOpenAI() as openai:
        openai.fail(400, message="no")
        done = pageside(
            "questions.jsonl", "--book", "book", "--limit", "1",
            folder=place, OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=openai.base_url,
        )  # fmt: skip

    assert done.returncode == 1
    assert "1 questions could not be asked" in done.stdout


def test_a_killed_run_goes_on_where_it_was(place):
    """Killed while the third question is asked: the two before it stand, and only the others are asked again."""
    words = ("questions.jsonl", "--book", "book", "--report", "report", "--at-once", "1")
    journal = place / "report" / "journal.jsonl"
    with ScriptedOpenAI() as openai:
        environment = WORDS | {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": openai.base_url}
        openai.say("A queen excluder is a grid whose slots are 4.2 mm wide [1].")
        openai.say("The brood box is the lowest box of the hive [1].")
        openai.say("Smoke", fault="hold")
        with zygote.start(("eval", *words), cwd=place, env=environment) as process:
            until(lambda: len(openai.requests) == 3)
            process.kill()
            process.wait()
        kept = journal.read_text(encoding="utf-8")
        journal.write_text(kept + '{"id": "smo', encoding="utf-8")
        for _ in range(3):
            openai.say("Smoke masks the alarm scent that guard bees give off [1].")
        done = zygote.run(("eval", *words, "--resume"), cwd=place, env=environment)

    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["id"] for line in kept.splitlines()] == ["slots", "brood"]
    assert journal.read_text(encoding="utf-8").startswith(kept)
    assert len(openai.requests) == 6
    assert len(told(place)["questions"]) == 5


def test_a_run_that_is_stopped_keeps_what_it_has(place):
    """Ctrl+C ends it with a word and 130; the journal is there to go on from."""
    with ScriptedOpenAI() as openai:
        environment = WORDS | {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": openai.base_url}
        openai.say("A queen excluder is a grid whose slots are 4.2 mm wide [1].")
        openai.say("The", fault="hold")
        words = ("eval", "questions.jsonl", "--book", "book", "--report", "report", "--at-once", "1")
        with zygote.start(words, cwd=place, env=environment) as process:
            until(lambda: len(openai.requests) == 2)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130

    assert len((place / "report" / "journal.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_a_row_that_changed_is_asked_anew(place):
    """The others are taken from the journal; a journal of something else is told."""
    pageside("questions.jsonl", "--book", "book", "--report", "report", folder=place)
    journal = place / "report" / "journal.jsonl"
    before = journal.read_text(encoding="utf-8")
    rows = ({**small_questions.ROWS[0], "question": "How narrow are the slots?"}, *small_questions.ROWS[1:])
    small_questions.write(place / "questions.jsonl", rows)
    pageside("questions.jsonl", "--book", "book", "--report", "report", "--resume", folder=place)

    assert journal.read_text(encoding="utf-8").startswith(before)
    assert len(journal.read_text(encoding="utf-8").splitlines()) == 6
    journal.write_text("{}\n", encoding="utf-8")
    assert "report/journal.jsonl:1: is no line of a journal" in pageside(
        "questions.jsonl", "--book", "book", "--report", "report", "--resume", folder=place
    ).stderr  # fmt: skip


def test_squad_becomes_a_book_and_its_questions(tmp_path):
    """The paragraphs are pages; an impossible question is a near miss; and the file is one that `eval` takes."""
    article = {
        "title": "Honey_bee",
        "paragraphs": [
            {
                "context": "Bees store honey in combs. The queen lays eggs in the brood box.",
                "qas": [
                    {"id": "1", "question": "Where are eggs laid?", "is_impossible": False,
                     "answers": [{"text": "the brood box", "answer_start": 50}]},
                    {"id": "2", "question": "Who sells the brood box?", "is_impossible": True, "answers": []},
                ],
            }
        ],
    }  # fmt: skip
    (tmp_path / "squad.json").write_text(json.dumps({"version": "v2.0", "data": [article]}), encoding="utf-8")
    made = pageside("import", "squad2", "squad.json", "questions.jsonl", "--pages", "book", folder=tmp_path)
    done = pageside("questions.jsonl", "--book", "book", "--fail-under", "hit@1=1", folder=tmp_path)

    assert made.stdout == "2 questions written to questions.jsonl.\n"
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "questions.jsonl").read_text("utf-8").splitlines()]
    assert [row["kind"] for row in rows] == ["answerable", "near_miss"]
    assert rows[0]["gold"] == [{"path": "honey-bee/000.md", "quote": "The queen lays eggs in the brood box."}]
