"""How strict an author asks Pageside to be, from the environment to what a reader sees."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests import small_book
from tests.answer.shelf import Shelf
from tests.scripted_openai import ScriptedOpenAI

from pageside import settings
from pageside.answer.events import Completed, TextDelta
from pageside.answer.models import Models
from pageside.answer.question import Question
from pageside.answer.tutor import Tutor
from pageside.errors import SettingsError
from pageside.knowledge import fitted
from pageside.knowledge.calibration import Scores
from pageside.knowledge.fitted import Bounds
from pageside.phrases import answers
from pageside.wiring import answering, knowing

IN_BOOK = "How wide are the slots of a queen excluder?"
ELSEWHERE = "Which cheese goes with a pinot noir?"


async def asked(folder: Path, question: str, **environ: str):
    """The answer of a tutor made of the environment, over the small book by words alone."""
    told = {"EMBEDDING_MODEL": "none", "PAGESIDE_DATA_DIR": str(folder / "data"), **environ}
    chosen = settings.load(
        told,
        embedding_model="none",
        data_dir=folder / "data",
        refusal=environ.get("PAGESIDE_REFUSAL"),
        unsupported_rate=environ.get("PAGESIDE_UNSUPPORTED_RATE"),
        calibration=environ.get("PAGESIDE_CALIBRATION"),
    )
    book = folder / "book"
    if not book.exists():
        small_book.write(book)
        await knowing.index_book(chosen, book, progress=lambda _: None)
    async with answering.open_tutor(chosen) as tutor:
        return await tutor.complete(Question(question))


@pytest.mark.parametrize("refusal", ["strict", "balanced", "generous"])
async def test_what_the_book_says_nothing_of_is_declined_in_every_setting(tmp_path, refusal):
    """However generous."""
    answer = await asked(tmp_path, ELSEWHERE, PAGESIDE_REFUSAL=refusal)

    assert answer.outcome == "not_in_book"
    assert answer.confidence == 0
    assert answer.citations == ()


async def test_a_rate_that_few_questions_cannot_promise_answers_nothing_outright(tmp_path):
    """The nearest passages are shown all the same."""
    file = tmp_path / "scores.json"
    Scores((0.9, 0.2), (False, True)).write(file)
    free = await asked(tmp_path, IN_BOOK, PAGESIDE_REFUSAL="generous")
    bound = await asked(
        tmp_path,
        IN_BOOK,
        PAGESIDE_REFUSAL="generous",
        PAGESIDE_UNSUPPORTED_RATE="0.01",
        PAGESIDE_CALIBRATION=str(file),
    )

    assert free.outcome == "answered"
    assert bound.outcome == "closest"
    assert bound.text.startswith(answers.CLOSEST_LEAD.en)


async def test_a_file_that_is_no_calibration_is_named(tmp_path):
    """At the start, with the variable."""
    (tmp_path / "scores.json").write_text("{}", encoding="utf-8")

    with pytest.raises(SettingsError, match=r"PAGESIDE_CALIBRATION.*scores\.json"):
        await asked(
            tmp_path,
            IN_BOOK,
            PAGESIDE_UNSUPPORTED_RATE="0.1",
            PAGESIDE_CALIBRATION=str(tmp_path / "scores.json"),
        )


def test_the_settings_choose_the_bounds():
    """The package's own, by name."""
    for name in ("strict", "balanced", "generous"):
        assert answering.bounds(settings.load({}, refusal=name)) == fitted.BOUNDS[name]
    assert settings.load({}).refusal == "balanced"


@pytest.mark.parametrize("rate", ["0", "1", "2", "-0.1"])
def test_a_rate_is_between_none_and_all(rate):
    """Neither can be promised."""

    with pytest.raises(SettingsError):
        settings.load({}, unsupported_rate=rate)


@pytest.fixture(scope="module")
def openai():
    with ScriptedOpenAI() as running:
        yield running


@pytest.mark.parametrize(
    ("bounds", "outcome"), [(Bounds(0.1, 0.0, 0.0), "answered"), (Bounds(math.inf, 0.0, math.inf), "closest")]
)
async def test_a_promise_binds_a_language_model_too(openai, bounds, outcome):
    """What it says stands, with a note that the book may not answer; the note is part of the text."""
    openai.forget()
    openai.say("A servo motor holds an angle [1].")
    models = Models(
        api_key=SecretStr("sk-test"), base_url=openai.base_url, model="gpt-test", api="responses", bounds=bounds
    )

    events = [event async for event in Tutor(Shelf(), models).answer(Question("What does a servo motor do?"))]
    await models.aclose()

    assert isinstance(events[-1], Completed)
    answer = events[-1].answer
    assert answer.outcome == outcome
    assert answer.text.endswith(answers.DOUBTED.en) == (outcome == "closest")
    assert answer.text == "".join(event.text for event in events if isinstance(event, TextDelta))
