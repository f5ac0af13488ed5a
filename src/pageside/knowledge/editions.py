"""A page that a book holds in several versions or languages is told once, in the one the reader wants; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from pageside.knowledge.index import Hit
from pageside.knowledge.passage import Block, Passage
from pageside.knowledge.reading import scripts

# Words that only one of the languages with the same alphabet has, each of them in most of its sentences.
_FUNCTION_WORDS: Final = {
    "en": "the is of and to what how does do which why when where are can should between with",
    "es": "el los las qué cómo cuál por para una del es son cuándo dónde con puedo hace entre",
    "fr": "le les des quoi comment quel quelle pourquoi une est sont dans pour avec peut entre je",
    "de": "der die das und ist wie was warum welche ein eine mit für den dem zwischen kann ich",
    "pt": "os as uma como qual por que não são para com dos das entre posso faz quando onde é",
    "it": "il lo gli che come quale perché una sono per con della tra posso quando dove è",
}
_WORDS: Final = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}


def folded(hits: Sequence[Hit], question: str, *, near: Passage | None = None) -> list[Hit]:
    """`hits` without what another version or translation of the same page says, in the edition wanted if there is one.

    Wanted is the language of `question`, then the version of `near`, then the version that the site shows first, then
    the newest. A passage of another version whose heading the wanted one lacks stays.

    Args:
        near: Any passage of the page the reader is on.
    """
    languages = {hit.passage.language for hit in hits}
    if len(languages) < 2 and not any("version" in hit.passage.labels for hit in hits):
        return list(hits)
    spoken = tongue(question, languages, default=near.language if near else "")
    version = near.labels.get("version", "") if near else ""
    by_page: dict[str, list[Hit]] = {}
    for hit in hits:
        by_page.setdefault(page(hit.passage), []).append(hit)
    kept: dict[str, Hit] = {}
    for hit in hits:
        wanted = _wanted(by_page[page(hit.passage)], spoken, version)
        if (told := _told(hit, wanted, kept)) is not None:
            kept.setdefault(told.passage.id, told)
    return list(kept.values())


def page(passage: Passage) -> str:
    """The address of the page `passage` is from, the same in all versions and languages of a book."""
    version, language = passage.labels.get("version", ""), passage.language
    path = passage.url.partition("#")[0]
    return "/".join(segment for segment in path.split("/") if segment not in {version, language})


def tongue(question: str, languages: Iterable[str], *, default: str = "") -> str:
    """Which of `languages` the question is written in; `default`, or the first by name, where words do not tell."""
    known = sorted(languages)
    written = scripts.language([Block("paragraph", question, 0, len(question))], default="")
    if written:
        return written
    words = set(re.findall(r"[^\W\d_]+", question.casefold()))
    told = {language: len(words & _WORDS[language]) for language in known if language in _WORDS}
    best = max(told, key=lambda language: told[language], default="")
    return best if best and told[best] else default or (known[0] if known else "")


def _wanted(hits: Sequence[Hit], spoken: str, version: str) -> list[Hit]:
    """Those of `hits`, all of one page, that are of the edition wanted most."""

    def order(hit: Hit) -> tuple[bool, bool, bool, tuple[int, ...]]:
        labelled = hit.passage.labels.get("version", "")
        first = labelled not in hit.passage.url.split("/")
        numbers = tuple(map(int, re.findall(r"\d+", labelled)))
        return (hit.passage.language == spoken, labelled == version, first, numbers)

    best = max(map(order, hits))
    return [hit for hit in hits if order(hit) == best]


def _told(hit: Hit, wanted: Sequence[Hit], kept: Iterable[str]) -> Hit | None:
    """What stands for `hit`: itself, the same section as the wanted edition has it, or what that says next."""
    if hit in wanted:
        return hit
    for other in wanted:
        if other.passage.heading == hit.passage.heading:
            return other
    if wanted[0].passage.language == hit.passage.language:
        return hit
    told = set(kept)
    return next((other for other in wanted if other.passage.id not in told), None)
