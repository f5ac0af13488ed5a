"""Citations and evidence as ChatKit shows them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import scripted_tutor

from pageside.answer.events import Evidence
from pageside.conversation import footnotes
from pageside.knowledge.passage import Found


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("/docs/a#b:~:text=c%20d", "https://book.test/docs/a#b:~:text=c%20d"),
        ("docs/a", "https://book.test/site/docs/a"),
        ("https://else.test/a", "https://else.test/a"),
        ("//else.test/a", "https://else.test/a"),
        ("#here", "https://book.test/site/#here"),
        ("javascript:alert(1)", "https://book.test/site/"),
        ("data:text/html,x", "https://book.test/site/"),
        ("http://[broken", "https://book.test/site/"),
    ],
)
def test_a_link_is_absolute_and_harmless(url, whole):
    """Under the site, or where it says itself."""
    assert footnotes.absolute(url, site="https://book.test/site") == whole


@given(st.text())
def test_every_link_is_http(url):
    """Whatever a book says."""
    assert urlsplit(footnotes.absolute(url, site="https://book.test")).scheme in {"http", "https"}


@given(st.text(st.characters()))
def test_what_is_spoken_can_be_sent_and_keeps_its_length(text):
    """Character for character, so that offsets hold."""
    said = footnotes.speakable(text)

    assert said.encode().decode() == said
    assert "\x00" not in said
    assert len(said) == len(text)


def test_a_place_is_listed_once():
    """Two passages under one heading are one source; the better comes first."""
    evidence = [Evidence(n, Found(scripted_tutor.PASSAGE, 0.9)) for n in (1, 2)]
    evidence.append(Evidence(3, Found(scripted_tutor.OTHER, 0.5)))

    assert [source.title for source in footnotes.sources(evidence, site="https://b.test", language="en")] == [
        "Servo motors", "Stepper motors",
    ]  # fmt: skip
