"""Does a sentence agree with its quote in numbers, names, negation, quantifiers, direction and roles? Pure.

Words in common say what both are about; this says whether they say the same of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from pageside.answer import alignment, opposites, quantities, statements, wording
from pageside.answer.quantities import Quantity
from pageside.answer.wording import Word

_MOST_OF: Final = 0.5  # share of a name's or number's neighbours that must stand in the statement it is taken from
_SCOPE: Final = 3  # words that carry meaning behind a negation, which it may turn round
_REFERS: Final = frozenset(
    "it its they their them this these those that he she his her such both each here there".split()  # noqa: SIM905
)
_VERBS: Final = frozenset(
    "is are was were being get gets can could may might must shall should will would has have".split()  # noqa: SIM905
)
_NEGATING: Final = ("un", "in", "im", "ir", "il", "non", "dis")
_SHORTEST_ROOT: Final = 4


def differs(sentence: str, quote: str, *, near: str = "", language: str = "en") -> str:
    """What stands between `sentence` and `quote`, in a word or two; nothing where they agree.

    Args:
        sentence: Plain words.
        quote: One statement of a book, or several.
        near: Headings and the statement in front of the quote: what "it" in the quote stands for.
        language: BCP 47 primary subtag of the quote.
    """
    row = wording.words(sentence, language)
    parts = _parts(quote, language)
    return (
        _number(sentence, quote, near)
        or _name(row, parts, near, language)
        or _elsewhere(row, parts)
        or _polarity(row, parts)
        or _quantifier(row, parts)
        or alignment.roles(row, parts)
        or alignment.replaced(row, parts, near, language)
    )


@lru_cache(maxsize=2048)
def _parts(quote: str, language: str) -> tuple[tuple[Word, ...], ...]:
    """The words of each statement of `quote`."""
    cut = statements.cut(quote, language=language) if quote.strip() else ()
    return tuple(wording.words(each.text, language) for each in cut) or (wording.words(quote, language),)


# Numbers


def _number(sentence: str, quote: str, near: str) -> str:
    there = quantities.read(quote)
    for said in quantities.read(sentence):
        same = [other for other in there if said.same(other)]
        if not same:
            if complaint := _missing(said, there, near):
                return complaint
        elif all(said.against(other) for other in same):
            return "contradiction" if said.bound != "exactly" and any(other.bound for other in same) else "bound"
        elif _counts_other(said, same, there):
            return f"number {said.value:g}"
    return ""


def _missing(said: Quantity, there: Sequence[Quantity], near: str) -> str:
    rivals = [other for other in there if other.ordinal == said.ordinal]
    if not said.asked:
        # "one" and "first" are often no more than words
        told = any(other.counts and other.counts == said.counts for other in rivals)
        return f"number {said.value:g}" if told or (said.ordinal and rivals) else ""
    if said.unit and any(said.value == other.value or not other.unit for other in rivals if other.unit != said.unit):
        return "unit"
    if not rivals and not said.unit and any(said.same(other) for other in quantities.read(near)):
        return ""
    return f"number {said.value:g}"


def _counts_other(said: Quantity, same: Sequence[Quantity], there: Sequence[Quantity]) -> bool:
    """Whether what `said` counts is counted by another number of the quote."""
    if not said.counts or said.unit or any(other.counts in {said.counts, ""} for other in same):
        return False
    return any(other.counts == said.counts for other in there)


# Names


def _name(row: Sequence[Word], parts: Sequence[Sequence[Word]], near: str, language: str) -> str:
    held = wording.lows([word for part in parts for word in part])
    own = {word.low for word in row}
    for word in row:
        if not word.name or word.number or wording.holds(word, held):
            continue
        if not wording.holds(word, frozenset(wording.stems(near, language))):
            return f"name {word.low}"
        # the heading may name what "it" is, but not in place of another name
        rival = any(other.name and other.low not in own and not other.number for part in parts for other in part)
        if rival and not any(_refers(part) for part in parts):
            return f"name {word.low}"
    return ""


def _refers(part: Sequence[Word]) -> bool:
    """Whether a statement speaks of something named before it."""
    return any(word.low in _REFERS for word in part[:4]) or (bool(part) and part[0].low == "the")


def _elsewhere(row: Sequence[Word], parts: Sequence[Sequence[Word]]) -> str:
    """A name or number whose neighbours in the sentence stand in another statement than it does."""
    if len(parts) < 2:
        return ""
    held = [wording.lows(part) for part in parts]
    for at, word in enumerate(row):
        if not (word.name or word.number):
            continue
        about = (wording.around(row, at) or wording.around(row, at, anywhere=True)) - {word.stem}
        if not about:
            continue
        close = [len(about & each) >= _MOST_OF * len(about) for each in held]
        if not any(close):
            continue
        within = any(near and wording.holds(word, each) for near, each in zip(close, held, strict=True))
        handed_on = any(
            close[at_part] and _refers(parts[at_part]) and wording.holds(word, held[at_part - 1])
            for at_part in range(1, len(parts))
        )
        if not within and not handed_on:
            return f"{word.low} belongs to something else"
    return ""


# Negation and opposites


def _polarity(row: Sequence[Word], parts: Sequence[Sequence[Word]]) -> str:
    there = [word for part in parts for word in part]
    theirs = frozenset(word.stem for word in there)
    denied_there = {stem for part in parts for scope in _scopes(part) for stem in scope}
    mine = frozenset(word.stem for word in row)
    denied = _scopes(row)
    for scope in denied:
        if scope and scope[0] in theirs and scope[0] not in denied_there:
            return "contradiction"
    denied_here = {stem for scope in denied for stem in scope}
    clauses = _nearest(row, parts)
    for scope in (scope for clause in clauses for scope in _scopes(clause)):
        if scope and scope[0] in mine and scope[0] not in denied_here:
            return "contradiction"
    if _prefixed(mine, theirs, denied_there) or _prefixed(theirs, mine, denied_here):
        return "contradiction"
    return _opposed(row, parts, denied_here, denied_there)


def _scopes(row: Sequence[Word]) -> list[tuple[str, ...]]:
    """For each negation, the stems it may turn round, the likeliest first."""
    scopes = []
    for at in range(len(row)):
        if not opposites.negates(row, at):
            continue
        until = next((end for end in range(at + 1, len(row)) if row[end].low in _VERBS and end > at + 1), len(row))
        behind = [word.stem for word in row[at + 1 : until] if word.carries and word.clause == row[at].clause][:_SCOPE]
        before = [word.stem for word in reversed(row[:at]) if word.carries and word.clause == row[at].clause][:1]
        scopes.append(tuple(behind or before))
    return scopes


def _nearest(row: Sequence[Word], parts: Sequence[Sequence[Word]]) -> list[list[Word]]:
    """For each clause of `row`, the clause of the parts that shares most with it."""
    clauses = [clause for part in parts for clause in _clauses(part)]
    nearest = []
    for mine in _clauses(row):
        wanted = {word.stem for word in mine if word.carries}
        shares = [len(wanted & {word.stem for word in clause}) for clause in clauses]
        if wanted and shares and max(shares):
            nearest.append(clauses[shares.index(max(shares))])
    return nearest


def _clauses(row: Sequence[Word]) -> list[list[Word]]:
    numbers = dict.fromkeys(word.clause for word in row)
    return [[word for word in row if word.clause == number] for number in numbers]


def _prefixed(mine: frozenset[str], theirs: frozenset[str], denied: set[str]) -> bool:
    """Whether one of `mine` is one of `theirs` with "un" or the like in front, which nothing there makes up for."""
    for stem in mine - theirs:
        for prefix in _NEGATING:
            root = stem.removeprefix(prefix)
            if root != stem and len(root) >= _SHORTEST_ROOT and root in theirs - mine and root not in denied:
                return True
    return False


def _opposed(
    row: Sequence[Word], parts: Sequence[Sequence[Word]], denied_here: set[str], denied_there: set[str]
) -> str:
    mine = frozenset(word.stem for word in row)
    theirs = frozenset(word.stem for part in parts for word in part)
    for stem in mine - theirs:
        for other in opposites.opposites().get(stem, frozenset()) & (theirs - mine):
            if other in denied_there or stem in denied_here or _reversed(row, parts, stem, other):
                continue
            return "contradiction"
    return ""


def _reversed(row: Sequence[Word], parts: Sequence[Sequence[Word]], stem: str, other: str) -> bool:
    """Whether what stands around `stem` stands the other way round about `other`: "A above B" is "B below A"."""
    at = next(at for at, word in enumerate(row) if word.stem == stem)
    before = {word.stem for word in row[:at] if word.carries}
    behind = {word.stem for word in row[at + 1 :] if word.carries}
    for part in parts:
        for there, word in enumerate(part):
            if word.stem == other:
                front = {each.stem for each in part[:there] if each.carries}
                back = {each.stem for each in part[there + 1 :] if each.carries}
                return len(before & back) + len(behind & front) > len(before & front) + len(behind & back)
    return False


# Quantifiers


def _quantifier(row: Sequence[Word], parts: Sequence[Sequence[Word]]) -> str:
    there = [pair for part in parts for pair in _quantified(part)]
    stems = frozenset(word.stem for part in parts for word in part)
    kinds = {kind for kind, _ in there}
    for kind, about in _quantified(row):
        if kind in {"all", "only"} and kind not in kinds:
            return "quantifier"
        same = {other for other, what in there if what == about and about}
        if same and kind not in same:
            return "quantifier"
        if (
            kind in {"most", "some", "few"}
            and kinds & {"all", "most", "some", "few"}
            and kind not in kinds
            and about in stems
        ):
            return "quantifier"
    return ""


def _quantified(row: Sequence[Word]) -> Iterator[tuple[str, str]]:
    for at, word in enumerate(row):
        kind = opposites.quantifier(word.low)
        if kind and not (kind == "all" and at and opposites.negates(row, at - 1)):
            behind = [each.stem for each in row[at + 1 :] if each.carries and each.clause == word.clause]
            yield kind, behind[0] if behind else ""


def follows(sentence: str, quote: str, *, language: str = "en") -> bool:
    """Whether `sentence` goes along with one of the statements of `quote`, word by word, but for a few."""
    row = wording.words(sentence, language)
    return any(alignment.copies(row, part) for part in _parts(quote, language))
