"""What nothing supports is said once more by the model, else marked or dropped: over real HTTP, with both APIs."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr
from tests.answer.shelf import Shelf
from tests.scripted_openai import ScriptedOpenAI

from pageside.answer import grounding
from pageside.answer.models import Models
from pageside.answer.question import Question
from pageside.answer.tutor import Tutor

ASKED = Question("How far do most hobby servos turn?")
TRUTH = "A servo motor holds an angle [1]. "
LIE = "Most hobby servos turn through 270 degrees [1]. "
MENDED = "Most hobby servos turn through 180 degrees. [1]"


@pytest.fixture(scope="module")
def server():
    with ScriptedOpenAI() as running:
        yield running


@pytest.fixture
def openai(server):
    server.forget()
    return server


@pytest.fixture(params=["responses", "chat_completions"])
async def models(request, openai):
    chosen = Models(
        api_key=SecretStr("sk-test"), base_url=openai.base_url, model="gpt-test", api=request.param, timeout_s=5
    )
    yield chosen
    await chosen.aclose()


async def test_a_lie_is_said_again(models, openai):
    """The sentence shown is the model's second, with the citation that supports it, and both calls are paid for."""
    openai.say(TRUTH, LIE, usage=(100, 20))
    openai.say(MENDED, usage=(50, 10))

    answer = await Tutor(Shelf(), models).complete(ASKED)

    assert answer.text == "A servo motor holds an angle [1]. Most hobby servos turn through 180 degrees. [2]"
    assert answer.citations[1].quote == "Most hobby servos turn through 180 degrees."
    assert (answer.repaired, answer.marked, answer.dropped) == (1, 0, 0)
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (150, 30)


async def test_the_call_holds_the_sentence_the_reason_and_the_passages(models, openai):
    """And nothing of it is an instruction; no tools, few tokens."""
    openai.say(LIE)
    openai.say(MENDED)

    await Tutor(Shelf(), models).complete(ASKED)

    repair = openai.requests[1]
    told = json.loads(next(item["content"] for item in repair.items if item.get("role") == "user"))
    assert told["sentence"] == "Most hobby servos turn through 270 degrees."
    assert told["reason"] == "number 270"
    assert "180 degrees" in told["passages"][0]["text"]
    assert "270" not in repair.instructions
    assert repair.tools == []
    assert (repair.body.get("max_output_tokens") or repair.body["max_tokens"]) <= 400


@pytest.mark.parametrize("said", [LIE, "NOTHING", "Servos turn through 300 degrees [1].", "The book does not say."])
async def test_what_fails_again_is_marked(models, openai, said):
    """Asked once and no more."""
    openai.say(TRUTH, LIE)
    openai.say(said)

    answer = await Tutor(Shelf(), models).complete(ASKED)

    assert answer.text.endswith("270 degrees. *(not verified in the book)*")
    assert (answer.repaired, answer.marked) == (0, 1)
    assert len(openai.requests) == 2


async def test_what_fails_again_is_dropped_where_that_is_set(models, openai):
    """The rest reads as if it had not been there."""
    openai.say("1. ", LIE, "\n2. A servo motor holds an angle [1].\n")
    openai.say("NOTHING")

    answer = await Tutor(Shelf(), models, unsupported="drop").complete(ASKED)

    assert answer.text == "1. A servo motor holds an angle [1]."
    assert (answer.dropped, answer.marked) == (1, 0)


async def test_an_answer_of_which_nothing_is_left_declines(models, openai):
    """It says so, with the nearest sections, and guesses nothing."""
    openai.say(LIE)
    openai.say("NOTHING")

    answer = await Tutor(Shelf(), models, unsupported="drop").complete(ASKED)

    assert answer.outcome == "not_in_book"
    assert "270" not in answer.text
    assert answer.text.startswith("The book does not answer this.")


async def test_a_repair_that_fails_does_not_fail_the_answer(models, openai):
    """The sentence is marked, the rest is shown."""
    openai.say(TRUTH, LIE, "Steppers lose steps when they are overloaded [2].")
    openai.fail(500)

    answer = await Tutor(Shelf(), models).complete(Question("servo stepper motor"))

    assert answer.marked == 1
    assert "Steppers lose steps when they are overloaded" in answer.text
    assert len(answer.citations) == 2


async def test_repairs_are_bounded(models, openai):
    """So many sentences of an answer, and none where none are wanted."""
    openai.say(LIE, "Most hobby servos turn through 290 degrees [1]. ")
    openai.say("NOTHING")

    answer = await Tutor(Shelf(), models, repairs=1).complete(ASKED)
    openai.say(LIE)
    unrepaired = await Tutor(Shelf(), models, repairs=0).complete(ASKED)

    assert (answer.marked, unrepaired.marked) == (2, 1)
    assert len(openai.requests) == 3


async def test_claims_say_what_became_of_each_sentence(models, openai):
    """Their spans are in the text shown, and every quote stands where its citation says."""
    openai.say("Hello! ", TRUTH, LIE)
    openai.say("NOTHING")

    answer = await Tutor(Shelf(), models).complete(ASKED)

    first, second = answer.claims
    assert answer.text[first.start : first.end] == "A servo motor holds an angle [1]."
    assert answer.text[second.start : second.end].startswith("Most hobby servos turn through 270 degrees.")
    assert (first.markers, second.markers) == ((1,), ())
    assert first.strength > grounding.ENOUGH
    assert second.strength == 0
    assert answer.checker == grounding.VERSION
    cited = answer.citations[0]
    assert cited.passage.text[cited.start : cited.end] == cited.quote


async def test_the_embedded_model_is_never_asked_again():
    """It quotes: there is nothing it could say better."""
    answer = await Tutor(Shelf(), Models()).complete(ASKED)

    assert answer.outcome == "answered"
    assert (answer.repaired, answer.marked, answer.dropped) == (0, 0, 0)
    assert all(claim.markers for claim in answer.claims)
