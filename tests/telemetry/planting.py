"""Canaries: words that stand nowhere else, planted wherever a reader can write, and found again however written."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote


class Canaries:
    """A new word for every place; `places` says which stands where."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}
        self._numbers = itertools.count(100)

    def plant(self, place: str) -> str:
        """A word for `place`."""
        word = f"qzxcanary{next(self._numbers)}vwk"
        self.places[word] = place
        return word

    def sung(self, told: str | bytes, where: str) -> list[str]:
        """Which stand in `told`, as they are or encoded, and around what."""
        text = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
        folded = text.casefold()
        return [
            f"{where}: {place}: {folded[max(0, at - 150) : at + 50]!r}"
            for word, place in self.places.items()
            for form in forms(word)
            for at in _first(folded, form)
        ]


def forms(word: str) -> Iterator[str]:
    """How a word may be written by what passes it on; case aside."""
    yield word.casefold()
    yield word[::-1].casefold()
    yield word.encode().hex()
    for lead in range(5):  # in the middle of something longer an encoding depends on where a word begins
        for code in (base64.b64encode, base64.b32encode):
            coded = code(b"\0" * lead + word.encode()).decode().rstrip("=")
            yield coded[8:-4].casefold()
    yield quote(word, safe="").casefold()


def _first(text: str, form: str) -> Iterable[int]:
    return [found.start()] if (found := re.search(re.escape(form), text)) else []
