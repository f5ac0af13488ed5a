"""Two sentences laid side by side: what stands in place of what, and which two have changed places; pure."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from typing import Final

from pageside.answer import opposites, quantities, wording
from pageside.answer.wording import Word

_COPY: Final = 0.75  # share of a sentence's words that stand in a statement in the same order
_LONGEST_DENIAL: Final = 2  # words, as in "does not"
_LONGEST_REPLACED: Final = 3  # words that may stand for others
_LONGEST_BETWEEN: Final = 9  # words between two that may have changed places
_MOST_OF: Final = 0.5  # of a sentence's words, from which one word in place of another tells something
_LISTING: Final = frozenset("and or both either the a an as well".split())  # noqa: SIM905
# Between words that change places, these say that it matters; "and" and "or" say that it does not.
_DIRECTED: Final = frozenset(
    "to into onto from than over under before after because by of for on in with via through like as if".split()  # noqa: SIM905
)
BEING: Final = frozenset("is are was were be been being get gets".split())  # noqa: SIM905


def roles(row: Sequence[Word], parts: Sequence[Sequence[Word]]) -> str:
    """Two that have changed places around the same words: "A calls B" for "B calls A"."""
    for part in parts:
        places = _places(part)
        mine = [at for at, word in enumerate(row) if (word.carries or word.number) and word.stem in places]
        for one, other in combinations(mine, 2):
            if row[one].stem != row[other].stem and other - one <= _LONGEST_BETWEEN:
                here = row[one + 1 : other]
                firsts, seconds = places[row[one].stem], places[row[other].stem]
                turned = [part[back + 1 : front] for front in firsts for back in seconds if back < front]
                kept = [part[front + 1 : back] for front in firsts for back in seconds if front < back]
                if _changed(here, turned, kept):
                    return "roles"
    return ""


def _changed(here: Sequence[Word], turned: Sequence[Sequence[Word]], kept: Sequence[Sequence[Word]]) -> bool:
    """Whether two stand the other way round in the quote, and nowhere as they do here.

    Args:
        here: The words between the two in the sentence.
        turned: The same in the quote, wherever the second stands first there.
        kept: The same, wherever they stand as in the sentence.
    """
    if any(_same_between(here, between) for between in turned):
        return not any(_same_between(here, between) for between in kept)
    return not turned and any(
        _passive(here) != _passive(between) and _agent(here) != _agent(between) and _shared(here, between)
        for between in kept
    )


def _places(part: Sequence[Word]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for at, word in enumerate(part):
        places.setdefault(word.stem, []).append(at)
    return places


def _same_between(here: Sequence[Word], there: Sequence[Word]) -> bool:
    """Whether the words between two say the same relation of them, with a direction."""
    if not here or not there or _agent(here) != _agent(there):
        return False
    mine, theirs = ([word.stem for word in row if word.low not in BEING] for row in (here, there))
    common = set(mine) & set(theirs)
    telling = {word.stem for word in here if word.carries or word.low in _DIRECTED}
    return bool(common & telling) and len(common) >= 0.6 * max(len(set(mine)), len(set(theirs)))


def _shared(here: Sequence[Word], there: Sequence[Word]) -> bool:
    return bool({word.stem for word in here if word.carries} & {word.stem for word in there if word.carries})


def _passive(between: Sequence[Word]) -> bool:
    return any(word.low in BEING for word in between)


def _agent(between: Sequence[Word]) -> bool:
    """Whether it is the second of two that acts: "is called by"."""
    return any(before.low != "followed" and word.low == "by" for before, word in pairwise(between))


def replaced(row: Sequence[Word], parts: Sequence[Sequence[Word]], near: str, language: str) -> str:
    for part in parts:
        pairs = _in_place(row, part)
        if _denied(row, part):
            return "contradiction"
        for mine, theirs in pairs:
            complaint = _against(mine, theirs, near, language)
            if complaint and not (_changed_places(mine, theirs, pairs) and _may_change(row, part, mine, theirs)):
                return complaint
    return ""


def copies(row: Sequence[Word], part: Sequence[Word]) -> bool:
    """Whether `row` goes along with `part`, word by word, but for a few."""
    return _equal(_aligned(row, part)) >= _COPY * len(row)


def _equal(codes: Sequence[tuple[str, int, int, int, int]]) -> int:
    return sum(end - start for tag, start, end, _, _ in codes if tag == "equal")


def _aligned(row: Sequence[Word], part: Sequence[Word]) -> Sequence[tuple[str, int, int, int, int]]:
    stems, theirs = [word.stem for word in row], [word.stem for word in part]
    return SequenceMatcher(None, stems, theirs, autojunk=False).get_opcodes()


def _in_place(row: Sequence[Word], part: Sequence[Word]) -> list[tuple[tuple[Word, ...], tuple[Word, ...]]]:
    """The words of `row` that stand where `part` has others, where both go along with one another otherwise."""
    codes = _aligned(row, part)
    if _equal(codes) < _MOST_OF * len(row):
        return []
    return [
        (tuple(row[start:end]), tuple(part[first:last]))
        for tag, start, end, first, last in codes
        if tag == "replace" and end - start <= _LONGEST_REPLACED and last - first <= _LONGEST_REPLACED
    ]


def _denied(row: Sequence[Word], part: Sequence[Word]) -> bool:
    """Whether a negation is all that one has and the other has not, where both say the same in the same order."""
    if not copies(row, part):
        return False
    codes = _aligned(row, part)
    for tag, start, end, first, last in codes:
        mine, theirs = row[start:end], part[first:last]
        if tag == "equal" or max(len(mine), len(theirs)) > _LONGEST_DENIAL or _turns(mine, theirs):
            continue
        if any(opposites.negates(row, at) for at in range(start, end)) != any(
            opposites.negates(part, at) for at in range(first, last)
        ):
            return True
    return False


def _turns(mine: Sequence[Word], theirs: Sequence[Word]) -> bool:
    mirror = opposites.opposites()
    return any(other.stem in mirror.get(word.stem, ()) for word in mine for other in theirs)


def _against(mine: Sequence[Word], theirs: Sequence[Word], near: str, language: str) -> str:
    if _numbers_of(mine) and _numbers_of(theirs) and not _numbers_of(mine) & _numbers_of(theirs):
        said, there = (quantities.read(" ".join(word.raw for word in row)) for row in (mine, theirs))
        if not any(one.value == other.value for one in said for other in there):
            return f"number {mine[0].low}"
    telling = [word for word in theirs if word.carries or word.name]
    if telling and telling[0].name | any(word.name for word in mine):
        named = next((word for word in mine if word.name and not wording.holds(word, wording.lows(theirs))), None)
        referred = theirs[0].low in {"the", "this", "that", "its"} and not telling[0].name
        if named and not (referred and wording.holds(named, wording.stems(near, language))):
            return f"name {named.low}"
    return "contradiction" if _turns(mine, theirs) else ""


def _numbers_of(row: Sequence[Word]) -> set[str]:
    return {word.low for word in row if word.number}


def _changed_places(
    mine: Sequence[Word], theirs: Sequence[Word], pairs: Sequence[tuple[Sequence[Word], Sequence[Word]]]
) -> bool:
    """Whether elsewhere the same two stand the other way round."""
    here, there = {word.stem for word in mine}, {word.stem for word in theirs}
    return any(
        {word.stem for word in one} & there and {word.stem for word in other} & here
        for one, other in pairs
        if one is not mine
    )


def _may_change(row: Sequence[Word], part: Sequence[Word], mine: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Whether two may change places: in a list, or where one of the sentences says by whom it is done."""
    if _agent(row) != _agent(part):
        return True
    here, there = (
        min(at for at, word in enumerate(row) if word.stem == one.stem)
        if any(word.stem == one.stem for word in row)
        else 0
        for one in (mine[0], theirs[0])
    )
    between = row[min(here, there) + 1 : max(here, there)]
    return bool(between) and all(word.low in _LISTING for word in between)
