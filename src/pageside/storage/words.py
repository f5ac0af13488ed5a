"""What a search in conversations reads: texts with neither case nor accents, as they stand beside what they are of.

Neither database can compare texts so by itself, in every script and without an extension. So the
words are folded here, when a row is written and when it is looked for, and the database looks for parts of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

# Accents of Latin, Greek and Cyrillic letters, points of Hebrew, vowel marks of Arabic: what people leave out when they
# type. In other scripts marks are letters.
_LEFT_OUT: Final = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u0652\u0670]")
_UNSEEN: Final = frozenset({"Cc", "Cf"})


class _Letters(dict[int, str]):
    """Each letter folded, found out once."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _folded(chr(code))
        return found


_LETTERS: Final = _Letters()


def fold(text: str) -> str:
    """`text` without case, accents and invisible characters, letter by letter; what is blank becomes a space."""
    return unicodedata.normalize("NFC", text).translate(_LETTERS)


def ends(text: str) -> list[int]:
    """For each character of `text`, which is in NFC, where it ends in `fold(text)`."""
    return list(accumulate(len(_LETTERS[ord(letter)]) for letter in text))


def of_title(title: object) -> str | None:
    """The column beside a thread's title; None where there is none."""
    return _flat(title) if isinstance(title, str) else None


def of_item(kind: str, told: Mapping[str, object]) -> str | None:
    """The column beside an item's JSON `told`; None where it has no words of the reader or the tutor."""
    return _flat("\n".join(texts(kind, told))) or None


def texts(kind: str, told: Mapping[str, object]) -> Sequence[str]:
    """What the reader or the tutor said in an item, by its JSON `told`: words, selections, names of files, replies."""
    match kind:
        case "user_message":
            names = [each.get("name") for each in _entries(told, "attachments")]
            parts = [*_texts(_entries(told, "content")), told.get("quoted_text"), *names]
        case "assistant_message":
            parts = list(_texts(_entries(told, "content")))
        case "structured_input":
            parts = [part for asked in _entries(told, "inputs") for part in _asked(asked)]
        case _:
            parts = []
    return [part for part in parts if isinstance(part, str) and part]


def _flat(text: str) -> str:
    return " ".join(fold(text).split())


def _asked(asked: Mapping[str, object]) -> Iterable[object]:
    answer = asked.get("answer")
    values = answer.get("values") if isinstance(answer, Mapping) else ()
    return [asked.get("question"), *(values if isinstance(values, list) else ())]


def _texts(entries: Iterable[Mapping[str, object]]) -> Iterator[object]:
    return (entry.get("text") for entry in entries)


def _entries(told: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
    listed = told.get(name)
    return (entry for entry in (listed if isinstance(listed, list) else ()) if isinstance(entry, Mapping))


def _folded(letter: str) -> str:
    if letter.isspace():
        return " "
    if unicodedata.category(letter) in _UNSEEN:
        return ""
    bare = _LEFT_OUT.sub("", unicodedata.normalize("NFKD", letter.casefold()))
    return unicodedata.normalize("NFC", bare.casefold())
