"""Does a sentence agree with its quote in numbers, names, negation, quantifiers, direction and roles? Pure.

Words in common say what both are about; this says whether they say the same of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Final

from pageside.answer import opposites, quantities, statements, wording
from pageside.answer.quantities import Quantity
from pageside.answer.wording import Word

_MOST_OF: Final = 0.5  # share of a name's or number's neighbours that must stand in the statement it is taken from
_SCOPE: Final = 3  # words that carry meaning behind a negation, which it may turn round
_LONGEST_BETWEEN: Final = 9  # words between two that may have changed places
_REFERS: Final = frozenset(
    "it its they their them this these those that he she his her such both each here there".split()  # noqa: SIM905
)
# Between words that change places, these say that it matters; "and" and "or" say that it does not.
_LISTING: Final = frozenset("and or both either the a an as well".split())  # noqa: SIM905
_DIRECTED: Final = frozenset(
    "to into onto from than over under before after because by of for on in with via through like as if".split()  # noqa: SIM905
)
_BEING: Final = frozenset("is are was were be been being get gets".split())  # noqa: SIM905
_VERBS: Final = _BEING - {"be", "been"} | frozenset("can could may might must shall should will would has have".split())  # noqa: SIM905
_NEGATING: Final = ("un", "in", "im", "ir", "il", "non", "dis")
_SHORTEST_ROOT: Final = 4
_COPY: Final = 0.75  # share of a sentence's words that stand in a statement in the same order
_LONGEST_DENIAL: Final = 2  # words, as in "does not"
_LONGEST_REPLACED: Final = 3  # words that may stand for others


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
        or _role(row, parts)
        or _replaced(row, parts, near, language)
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
    held = _lows([word for part in parts for word in part])
    own = {word.low for word in row}
    for word in row:
        if not word.name or word.number or _holds(word, held):
            continue
        if not _holds(word, frozenset(wording.stems(near, language))):
            return f"name {word.low}"
        # the heading may name what "it" is, but not in place of another name
        rival = any(other.name and other.low not in own and not other.number for part in parts for other in part)
        if rival and not any(_refers(part) for part in parts):
            return f"name {word.low}"
    return ""


def _lows(row: Sequence[Word]) -> frozenset[str]:
    return frozenset(each for word in row for each in (word.low, word.stem, *wording.stems(word.raw)))


def _holds(word: Word, held: frozenset[str]) -> bool:
    return (
        word.low in held
        or word.stem in held
        or any(word.low in other for other in held if len(other) > len(word.low) > 3)
    )


def _refers(part: Sequence[Word]) -> bool:
    """Whether a statement speaks of something named before it."""
    return any(word.low in _REFERS for word in part[:4]) or (bool(part) and part[0].low == "the")


def _elsewhere(row: Sequence[Word], parts: Sequence[Sequence[Word]]) -> str:
    """A name or number whose neighbours in the sentence stand in another statement than it does."""
    if len(parts) < 2:
        return ""
    held = [_lows(part) for part in parts]
    for at, word in enumerate(row):
        if not (word.name or word.number):
            continue
        about = (wording.around(row, at) or wording.around(row, at, anywhere=True)) - {word.stem}
        if not about:
            continue
        close = [len(about & each) >= _MOST_OF * len(about) for each in held]
        if not any(close):
            continue
        within = any(near and _holds(word, each) for near, each in zip(close, held, strict=True))
        handed_on = any(
            close[at_part] and _refers(parts[at_part]) and _holds(word, held[at_part - 1])
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


# Roles


def _role(row: Sequence[Word], parts: Sequence[Sequence[Word]]) -> str:
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
    mine, theirs = ([word.stem for word in row if word.low not in _BEING] for row in (here, there))
    common = set(mine) & set(theirs)
    telling = {word.stem for word in here if word.carries or word.low in _DIRECTED}
    return bool(common & telling) and len(common) >= 0.6 * max(len(set(mine)), len(set(theirs)))


def _shared(here: Sequence[Word], there: Sequence[Word]) -> bool:
    return bool({word.stem for word in here if word.carries} & {word.stem for word in there if word.carries})


def _passive(between: Sequence[Word]) -> bool:
    return any(word.low in _BEING for word in between)


def _agent(between: Sequence[Word]) -> bool:
    """Whether it is the second of two that acts: "is called by"."""
    return any(before.low != "followed" and word.low == "by" for before, word in pairwise(between))


# Words in each other's place


def replaced(sentence: str, quote: str, *, language: str = "en") -> tuple[tuple[str, str], ...]:
    """Where `sentence` goes along with `quote` but for single words: each of its own, and the one it stands for."""
    row = wording.words(sentence, language)
    pairs = (pair for part in _parts(quote, language) for pair in _in_place(row, part))
    return tuple(
        (mine[0].raw, theirs[0].raw)
        for mine, theirs in pairs
        if len(mine) == len(theirs) == 1 and mine[0].carries and theirs[0].carries
    )


def _replaced(row: Sequence[Word], parts: Sequence[Sequence[Word]], near: str, language: str) -> str:
    for part in parts:
        pairs = _in_place(row, part)
        if _denied(row, part):
            return "contradiction"
        for mine, theirs in pairs:
            complaint = _against(mine, theirs, near, language)
            if complaint and not (_changed_places(mine, theirs, pairs) and _may_change(row, part, mine, theirs)):
                return complaint
    return ""


def _aligned(row: Sequence[Word], part: Sequence[Word]) -> Sequence[tuple[str, int, int, int, int]]:
    stems, theirs = [word.stem for word in row], [word.stem for word in part]
    return SequenceMatcher(None, stems, theirs, autojunk=False).get_opcodes()


def follows(sentence: str, quote: str, *, language: str = "en") -> bool:
    """Whether `sentence` goes along with one of the statements of `quote`, word by word, but for a few."""
    row = wording.words(sentence, language)
    return any(
        sum(end - start for tag, start, end, _, _ in _aligned(row, part) if tag == "equal") >= _COPY * len(row)
        for part in _parts(quote, language)
    )


def _in_place(row: Sequence[Word], part: Sequence[Word]) -> list[tuple[tuple[Word, ...], tuple[Word, ...]]]:
    """The words of `row` that stand where `part` has others, where both go along with one another otherwise."""
    codes = _aligned(row, part)
    if sum(end - start for tag, start, end, _, _ in codes if tag == "equal") < _MOST_OF * len(row):
        return []
    return [
        (tuple(row[start:end]), tuple(part[first:last]))
        for tag, start, end, first, last in codes
        if tag == "replace" and end - start <= _LONGEST_REPLACED and last - first <= _LONGEST_REPLACED
    ]


def _denied(row: Sequence[Word], part: Sequence[Word]) -> bool:
    """Whether a negation is all that one has and the other has not, where both say the same in the same order."""
    codes = _aligned(row, part)
    if sum(end - start for tag, start, end, _, _ in codes if tag == "equal") < _COPY * len(row):
        return False
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
        named = next((word for word in mine if word.name and not _holds(word, _lows(theirs))), None)
        referred = theirs[0].low in {"the", "this", "that", "its"} and not telling[0].name
        if named and not (referred and _holds(named, wording.stems(near, language))):
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
