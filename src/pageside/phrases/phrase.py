"""A phrase: one thing that the server says, in every language it speaks; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

ENGLISH: Final = "en"
LANGUAGES: Final = ("en", "es", "ur", "zh", "ja")

# What stands there for any number, or for one and for every other number. Chinese and Japanese know no difference;
# English, Spanish and Urdu make one for whole numbers at 1 alone (CLDR 47, plural rules).
Wording = str | tuple[str, str]

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """What is said in each language; `{name}` stands for a value, and `{n}` decides between one and several.

    It is a field for each language so that a type checker tells of every phrase that a new one lacks.

    Attributes:
        values: What stands for the names; a phrase among them is said in the same language.
    """

    en: Wording
    es: Wording
    ur: Wording
    zh: Wording
    ja: Wording
    values: Mapping[str, object] = field(default_factory=lambda: _NOTHING, repr=False)

    def of(self, **values: object) -> Phrase:
        """The phrase with `values` in it, to be said later."""
        return replace(self, values=values)

    def said(self, language: str, **values: object) -> str:
        """The phrase in `language`, ISO 639-1; in English where the server does not speak it."""
        known = {**self.values, **values}
        return self._worded(language, known).format(
            **{name: value.said(language) if isinstance(value, Phrase) else value for name, value in known.items()}
        )

    def every(self, **values: object) -> tuple[str, ...]:
        """The phrase in every language, English first."""
        return tuple(self.said(language, **values) for language in LANGUAGES)

    def __str__(self) -> str:
        return self.said(ENGLISH)

    def _worded(self, language: str, values: Mapping[str, object]) -> str:
        wording: Wording = getattr(self, language if language in LANGUAGES else ENGLISH)
        if isinstance(wording, str):
            return wording
        one, several = wording
        return one if values.get("n") == 1 else several


_NEXT: Final = Phrase(
    en="{some}, {more}", es="{some}, {more}", ur="{some}، {more}", zh="{some}、{more}", ja="{some}、{more}"
)
_LAST: Final = Phrase(
    en="{some} and {more}", es="{some} y {more}", ur="{some} اور {more}", zh="{some}和{more}", ja="{some}と{more}"
)


def listed(names: Sequence[str | Phrase], language: str) -> str:
    """`names`, at least one, as a list within a sentence: "a, b and c"."""
    said = [say(name, language) for name in names]
    some = said[0]
    for more in said[1:-1]:
        some = _NEXT.said(language, some=some, more=more)
    return some if len(said) == 1 else _LAST.said(language, some=some, more=said[-1])


def say(told: str | Phrase, language: str) -> str:
    """`told` in `language`; what is no phrase is said as it is."""
    return told.said(language) if isinstance(told, Phrase) else told
