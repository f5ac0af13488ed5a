"""Every phrase says the same in every language: with the same names in it, the same marks around it, and no English."""

from __future__ import annotations

import importlib
import pkgutil
import re
import string
from collections import Counter
from pathlib import Path

import pytest

from pageside import phrases
from pageside.phrases import accepting
from pageside.phrases.phrase import LANGUAGES, Phrase, listed

_LETTERS = re.compile(r"[^\W\d_]")
_NATIVE = {
    "ur": re.compile(r"[\u0600-\u06ff]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ja": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"),
}


def catalogue():
    for module in pkgutil.iter_modules(phrases.__path__):
        held = vars(importlib.import_module(f"pageside.phrases.{module.name}"))
        yield from ((f"{module.name}.{name}", each) for name, each in held.items() if isinstance(each, Phrase))


CATALOGUE = dict(catalogue())


def wordings(phrase, language):
    told = getattr(phrase, language)
    return [told] if isinstance(told, str) else list(told)


def names(wording):
    return {name for _, name, _, _ in string.Formatter().parse(wording) if name}


def around(wording):
    """What layout there is in front of the words and behind them, and how often each mark of Markdown stands there."""
    blanks = re.match(r"\s*", wording).group(), re.search(r"\s*$", wording).group()
    return blanks, [wording.count(mark) for mark in ("\n", "*", "`", "[", "✅", "❌")]


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_phrase_is_said_in_every_language(name):
    """Names, layout and marks are those of English; the words are not."""
    phrase = CATALOGUE[name]
    english = wordings(phrase, "en")
    for language in LANGUAGES:
        for wording in wordings(phrase, language):
            assert wording.strip(), language
            assert names(wording) == set().union(*map(names, english)) or len(english) == 2, language
            assert names(wording) <= set().union(*map(names, english)), language
            assert around(wording) == around(english[-1]), language
            words = "".join(text for text, *_ in string.Formatter().parse(wording))
            if language in _NATIVE and _LETTERS.search("".join(t for t, *_ in string.Formatter().parse(english[-1]))):
                assert _NATIVE[language].search(words), (language, wording)


def test_every_phrase_is_said_somewhere():
    """One that nobody says is translated for nothing."""
    source = Path(phrases.__file__).parents[1]
    named = Counter(
        name for each in source.rglob("*.py") for name in re.findall(r"\b_?[A-Z][A-Z_]+\b", each.read_text("utf-8"))
    )
    unsaid = [name for name in CATALOGUE if named[name.split(".")[1]] < 2]

    assert unsaid == []


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_english_is_left_over(name):
    """A phrase that reads the same in Spanish as in English is one that was forgotten, unless it has no words."""
    phrase = CATALOGUE[name]
    words = "".join(text for text, *_ in string.Formatter().parse(wordings(phrase, "en")[-1]))

    assert phrase.es != phrase.en or len(_LETTERS.findall(words)) < 4


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        ("de-CH", ("de",)),
        ("fr;q=0.5, de;q=0.9, *;q=0.1", ("de", "fr")),
        ("en-US,en;q=0.5", ("en",)),
        ("*", ()),
        ("", ()),
        ("yue", ()),
        ("de;q=0", ()),
        ("x" * 10_000, ()),
    ],
)
def test_languages_are_read_in_the_order_in_which_they_are_liked(accepted, wanted):
    """As `Accept-Language` weighs them."""
    assert accepting.languages(accepted) == wanted


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("es-MX", "es"),
        ("ca, es;q=0.9, en;q=0.8", "es"),
        ("en-GB,es;q=0.9", "en"),
        ("zh-Hant-TW", "zh"),
        ("ja;q=0.1, ur;q=0.2", "ur"),
        ("es;q=0, ja", "ja"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
        ("nonsense; q=, ,,", "en"),
    ],
)
def test_the_best_liked_language_that_is_spoken_is_chosen(accepted, language):
    """English for whoever asks for nothing, or for nothing that is spoken here."""
    assert accepting.spoken(accepting.languages(accepted)) == language


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "a, b and c"), ("es", "a, b y c"), ("ur", "a، b اور c"), ("zh", "a、b和c"), ("ja", "a、bとc")],
)
def test_names_are_listed_as_the_language_lists_them(language, said):
    """With its own commas and its own "and"."""
    assert listed(["a", "b", "c"], language) == said
    assert listed(["a"], language) == "a"
