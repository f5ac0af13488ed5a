"""Words that turn a statement round: opposites, negations and quantifiers, as stems; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from pageside.answer.wording import Word
from pageside.knowledge import keywords

_PAIRS: Final = """
increase decrease, increase reduce, raise lower, grow shrink, rise fall, gain lose, higher lower, high low, highest
lowest, more less, more fewer, most least, many few, before after, earlier later, early late, previous next, precede
follow, left right, above below, over under, up down, top bottom, upper lower, upward downward, first last, maximum
minimum, maximize minimize, maximise minimise, open closed, open close, always sometimes, always never, always rarely,
often rarely, frequently rarely, all some, required optional, mandatory optional, necessary unnecessary, must may,
enable disable, allow forbid, allow prevent, allow prohibit, permit forbid, start stop, start end, begin end, begin
finish, fast slow, faster slower, fastest slowest, quick slow, quickly slowly, larger smaller, large small, largest
smallest, big small, bigger smaller, biggest smallest, great small, greater smaller, greater less, long short, longer
shorter, wide narrow, wider narrower, deep shallow, thick thin, heavy light, heavier lighter, strong weak, stronger
weaker, hard easy, harder easier, difficult easy, simple complex, simple complicated, input output, true false,
positive negative, mutable immutable, synchronous asynchronous, advantage disadvantage, strength weakness, benefit
drawback, cheap expensive, cheaper costlier, internal external, interior exterior, inside outside, push pull, best
worst, better worse, good bad, success failure, succeed fail, accept reject, add remove, add subtract, include
exclude, insert delete, create destroy, create delete, connect disconnect, attach detach, encode decode, encrypt
decrypt, compress decompress, serialize deserialize, import export, read write, send receive, load save, load store,
lock unlock, public private, static dynamic, local global, local remote, online offline, client server, sender
receiver, publisher subscriber, parent child, ancestor descendant, source target, source destination, forward
backward, forwards backwards, clockwise counterclockwise, horizontal vertical, row column, rows columns, linear
nonlinear, continuous discrete, stable unstable, safe unsafe, known unknown, same different, similar different, equal
unequal, single multiple, single double, series parallel, sequential parallel, explicit implicit, explicitly
implicitly, automatic manual, automatically manually, directly indirectly, direct indirect, active passive, on off,
hot cold, warm cold, hard soft, rigid flexible, sparse dense, supervised unsupervised, exploration exploitation,
explore exploit, encoder decoder, numerator denominator, ascending descending, convex concave, shared exclusive,
temporary permanent, constant variable, old new, older newer, young old, ancient modern, north south, east west,
northern southern, eastern western, male female, presence absence, present absent, full empty, win lose, victory
defeat, attack defend, buy sell, majority minority, major minor, superior inferior, absorb emit, attract repel, expand
contract, accelerate decelerate, ascend descend, enter exit, enter leave, arrive depart, appear disappear, support
oppose, encourage discourage, improve worsen, improve degrade, strengthen weaken, cause prevent, entire partial, fully
partially, completely partially, exactly roughly, frequent rare, common rare, upstream downstream, lossless lossy,
wired wireless, host guest, compile runtime, eager lazy, eagerly lazily, positive zero
"""
_NOTS: Final = frozenset(
    """not no never none neither nor nothing nobody nowhere without cannot unable hardly rarely seldom barely scarcely
    lack lacks lacked lacking""".split()  # noqa: SIM905  # read more easily as words
)
_REFUSING: Final = frozenset("fail fails failed failing refuse refuses refused".split())  # noqa: SIM905
_SPARED: Final = frozenset({"only", "just", "merely", "necessarily"})
_QUANTIFIERS: Final[Mapping[str, str]] = {
    word: kind
    for kind, words in {
        "all": "all every each always entire whole everything everyone everywhere",
        "most": "most mostly usually generally typically often majority mainly frequently commonly normally",
        "some": "some sometimes several occasionally partly partially many certain",
        "few": "few rarely seldom hardly",
        "only": "only solely exclusively merely",
    }.items()
    for word in words.split()
}


@cache
def opposites() -> Mapping[str, frozenset[str]]:
    """For the stem of each word that has opposites, their stems."""
    found: dict[str, set[str]] = {}
    for pair in _PAIRS.split(","):
        one, other = (keywords.terms(word, language="en")[0] for word in pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {stem: frozenset(others) for stem, others in found.items()}


def negates(row: Sequence[Word], at: int) -> bool:
    """Whether the word at place `at` turns what follows it round; "not only" does not."""
    low = row[at].low
    behind = row[at + 1].low if at + 1 < len(row) else ""
    if low in _REFUSING:
        return behind == "to"
    return (low in _NOTS or low.endswith("n't")) and behind not in _SPARED


def quantifier(word: str) -> str:
    """What a lower case word says of how many or how often: `all`, `most`, `some`, `few`, `only`; else nothing."""
    return _QUANTIFIERS.get(word, "")
