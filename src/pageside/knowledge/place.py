"""Which page of the book an address or a path means, and whether a question is about just that page; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import unquote

from pageside.knowledge.index import DocumentRow

_SUFFIX: Final = re.compile(r"(?:/?(?:index|readme))?(?:\.(?:html?|mdx?))?$", re.IGNORECASE)
_LOCALE: Final = re.compile(r"[a-z]{2}(?:-[A-Za-z]{2,4})?")
_ORIGIN: Final = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//[^/]*", re.IGNORECASE)

# Words that ask for an explanation without saying of what.
_POINTING: Final = frozenset(
    re.findall(
        r"\w+",
        """
        a about again an and any are as at bit book brief briefly by can chapter clarify class content contents could
        describe details do does doing elaborate else en en explain for give go going good hello help here hi how i in
        intro introduce is it key know learn lesson like main make me mean means more my of on one outline over overview
        page paragraph part passage please point points read reading say says section see short show simple simpler
        simply so some sum summarise summarize summary tell terms text that the there these they thing things this those
        to topic understand us walk want was we were what which will with word words would you your

        explica explicar esto esta este puedes página resume resumen expliquer explique ceci cette peux tu vous résume
        résumé erkläre erklären dies das diese seite kannst du bitte zusammenfassen fass zusammen
        parte del libro
        یہ اس کو صفحہ صفحے کا کی کے سمجھائیں وضاحت کریں خلاصہ کتاب حصے
        解释 解释这个 解释书中的这一部分 を説明してください これを説明してください 本のこの部分を説明してください
        """,
    )
)


def points_only(question: str) -> bool:
    """Whether `question` names nothing of its own, as "can you explain this?": what it means is where the reader is."""
    return all(word in _POINTING for word in re.findall(r"\w+", question.casefold()))


def resolve(page: str, documents: Sequence[DocumentRow]) -> str | None:
    """Path in the book of what `page` means: a path, or an address with or without host, query and fragment.

    An address or path that says more, or less, than the book's own (a host's prefix, a folder above) is understood
    where only one page can be meant. A site shows a page that is not translated at its translated address, too.
    """
    if not page.strip():
        return None
    asked = page.strip().replace("\\", "/").removeprefix("./")
    by_path = {document.path: document.path for document in documents}
    if asked in by_path:
        return asked
    segments = _segments(asked)
    ways = (
        [(document.path, _segments(document.url)) for document in documents],
        [(document.path, _segments(document.path)) for document in documents],
    )
    for wanted in (segments, _untranslated(segments)):
        for way in ways:
            if exact := [path for path, own in way if own == wanted]:
                return exact[0]
    for way in ways:
        if (only := _only(path for path, own in way if _ends_alike(own, segments))) is not None:
            return only
    return None


def _segments(address: str) -> tuple[str, ...]:
    path = unquote(_ORIGIN.sub("", address.partition("#")[0].partition("?")[0]))
    return tuple(segment for segment in _SUFFIX.sub("", path).split("/") if segment not in {"", "."})


def _untranslated(segments: tuple[str, ...]) -> tuple[str, ...]:
    """`segments` without the first that names a language."""
    at = next((at for at, segment in enumerate(segments) if _LOCALE.fullmatch(segment)), len(segments))
    return segments[:at] + segments[at + 1 :]


def _ends_alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    common = min(len(one), len(other))
    return common > 0 and one[-common:] == other[-common:]


def _only(paths: Iterable[str]) -> str | None:
    found = list(paths)
    return found[0] if len(found) == 1 else None
