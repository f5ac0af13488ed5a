"""Words as keyword search sees them: folded, stemmed, identifiers whole and in parts, CJK in pairs."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import snowballstemmer

# The letters whose scripts put no space between words; runs of them are cut into overlapping pairs.
_UNSPACED: Final = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u104f\u1780-\u17d3"
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
# `\w` leaves out combining marks: whole Indic blocks and the marks of Arabic and Hebrew are letters here.
_LETTER: Final = (
    rf"(?:(?![{_UNSPACED}])[\w\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u06d6-\u06dc"
    r"\u0900-\u0963\u0966-\u0dff])"
)
_TOKEN: Final = re.compile(
    rf"(?P<unspaced>[{_UNSPACED}]+)|(?P<word>{_LETTER}+(?:(?:[.:\-'\u2019]|::){_LETTER}+)*(?:\+\+|\#)?)"
)
_PART: Final = re.compile(r"[._:\-'\u2019+#]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_MARKS: Final = re.compile(r"[\u0300-\u036f\u064b-\u065f\u0670\u00ad\u200b-\u200d\u2060]")

_STEMMERS: Final = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "nl": "dutch_porter", "no": "norwegian", "nb": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_NOT_LATIN: Final = frozenset({"ar", "el", "hi", "hy", "ne", "ru", "sr", "ta"})

# What questions are made of and books are full of, in English and in five languages with the same alphabet.
_STOP_WORDS: Final = frozenset(
    re.findall(
        r"\S+",
        """
    a an the this that these those it its he she they them their we us our you your i me my who whom whose which what
    when where why how is are was were be been being am do does did doing done have has had having can could may might
    must shall should will would not no nor and or but if then else so than too very of in on at by for from to into
    onto with without about as between during through over under again there here all any each some such only own
    same s t d ll m re ve don isn doesn explain describe tell say mean please give show let want need know

    el la los las un una unos unas y o de del al que en es son se por para con como cual le les des du et ou est sont
    dans pour par sur avec comment quoi quel quelle der die das den dem ein eine einen und oder ist sind im mit von zu
    wie was warum auf os as um uma e do da dos das em na nos nas com il lo gli di che per cosa
        """,
    )
)


def terms(text: str, *, language: str) -> list[str]:
    """The tokens of `text` in order, stop words and all.

    An identifier such as `rclpy.create_node` or `JointState` gives itself and its parts; a run of Chinese, Japanese,
    Korean, Thai, Lao, Khmer or Burmese gives its overlapping pairs.

    Args:
        language: BCP 47 primary subtag; decides the stemmer.
    """
    return list(_terms(_fold(text), language))


def query(text: str, *, languages: Iterable[str]) -> tuple[str, ...]:
    """The distinct tokens to look `text` up by in a book of `languages`, in order of appearance.

    Stop words are left out, unless there is nothing else.
    """
    folded = _fold(text)
    kept = " ".join(content(folded)) or folded
    return tuple(dict.fromkeys(term for language in (*languages,) for term in _terms(kept, language)))


def content(text: str) -> tuple[str, ...]:
    """The words of `text` as they stand there, without those that questions are made of."""
    return tuple(word.group() for word in _TOKEN.finditer(text) if word.group().lower() not in _STOP_WORDS)


def placed(text: str) -> tuple[tuple[str, int, int], ...]:
    """The words of `text` as they stand there, stop words and all, and where each begins and ends, in characters."""
    return tuple((word.group(), *word.span()) for word in _TOKEN.finditer(text))


def _fold(text: str) -> str:
    """`text` with accents, vowel points, soft hyphens and compatibility forms gone; case stays."""
    if text.isascii():  # has none of them, and saying so is a hundred times quicker
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed))


def _terms(folded: str, language: str) -> Iterator[str]:
    for match in _TOKEN.finditer(folded):
        if run := match["unspaced"]:
            yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))
        else:
            yield from _word(match["word"], language)


@lru_cache(maxsize=65536)
def _word(word: str, language: str) -> tuple[str, ...]:
    """The tokens of one word: its stem, or itself and its parts where it has any."""
    parts = [part for piece in _PART.split(word) for part in _HUMP.split(piece) if part]
    whole = word.lower()
    if len(parts) < 2:
        return (_stem(whole, language),)
    stems = [_stem(part.lower(), language) for part in parts]
    if whole.replace("\u2019", "'").rpartition("'")[2] in {"s", "t", "d", "ll", "m", "re", "ve"}:
        return (stems[0],)
    return (whole.replace("\u2019", "'"), *stems)


_stemming = threading.Lock()  # a Snowball stemmer keeps the word it is at in itself


@lru_cache(maxsize=131072)
def _stem(word: str, language: str) -> str:
    if language not in _STEMMERS or (language in _NOT_LATIN and word.isascii()):
        language = "en"
    if not word.isascii() and language == "en":
        return word
    with _stemming:
        return str(_stemmer(_STEMMERS[language]).stemWord(word))


@lru_cache(maxsize=8)
def _stemmer(algorithm: str) -> snowballstemmer.BaseStemmer:
    return snowballstemmer.stemmer(algorithm)
