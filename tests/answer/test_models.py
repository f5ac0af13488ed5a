"""Which model answers."""

from __future__ import annotations

import pytest
from agents import OpenAIChatCompletionsModel, OpenAIResponsesModel
from pydantic import SecretStr
from tests.answer.shelf import Shelf

from pageside.answer.models import Models
from pageside.answer.quoting import QuotingModel


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        ({}, QuotingModel, "pageside-quotes"),
        ({"api_key": SecretStr(" ")}, QuotingModel, "pageside-quotes"),
        ({"api_key": SecretStr("k"), "model": "gpt"}, OpenAIResponsesModel, "gpt"),
        ({"base_url": "http://127.0.0.1:1/v1", "model": "llama"}, OpenAIChatCompletionsModel, "llama"),
        (
            {"api_key": SecretStr("k"), "base_url": "https://api.openai.com/v1", "model": "gpt"},
            OpenAIResponsesModel,
            "gpt",
        ),
        ({"api_key": SecretStr("k"), "model": "gpt", "api": "chat_completions"}, OpenAIChatCompletionsModel, "gpt"),
        ({"base_url": "http://127.0.0.1:1/v1", "model": "x", "api": "responses"}, OpenAIResponsesModel, "x"),
    ],
)
async def test_the_settings_choose_the_model(given, kind, name):
    """Embedded without key and address, Responses with OpenAI, Chat Completions elsewhere."""
    models = Models(**given)

    assert isinstance(models.for_turn(Shelf()).model, kind)
    assert models.name == name
    await models.aclose()


def test_a_key_is_never_shown():
    """Neither the object nor its turn tells it."""
    models = Models(api_key=SecretStr("sk-very-secret"), model="gpt")

    assert "sk-very-secret" not in repr(models) + repr(models.for_turn(Shelf()).settings)
