"""What readers are told in their own language, through the front door."""

from __future__ import annotations

import pytest
from tests.answer.shelf import Shelf
from tests.chatkit_house import house

from pageside.answer.models import Models
from pageside.answer.tutor import Tutor
from pageside.phrases import answers
from pageside.phrases.phrase import LANGUAGES

ELSEWHERE = "Who was the first king of Bohemia?"


@pytest.fixture
async def home(tmp_path):
    async with house(tmp_path, Tutor(Shelf(), Models())) as opened:
        yield opened


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_question_that_the_book_does_not_answer_is_declined_in_the_reader_s_language(home, language):
    """As their client asks for with every request."""
    async with home.client() as ada:
        ada.http.headers["accept-language"] = language
        told = await ada.ask(ELSEWHERE)

    assert told.text.startswith(answers.DECLINED_LEAD.said(language))
