"""Is a sentence supported by a quote? By words, numbers, names and negation, with likeness as a witness; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from pageside.knowledge import keywords

ENOUGH: Final = 0.5  # from which strength a sentence counts as supported

_PLENTY: Final = 0.72  # share of the sentence's words that a quote must hold by itself
_HALF: Final = 0.5  # with likeness as a witness
_THIRD: Final = 0.34
_ALIKE: Final = 0.62
_VERY_ALIKE: Final = 0.78

_NUMBER: Final = re.compile(r"(?<![\w.])[-−]?\d[\d,\u202f]*(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
_UNIT: Final = re.compile(
    r"(?<![\w.])[-−]?\d[\d,\u202f]*(?:\.\d+)?\s?"
    r"(%|°C?|[kMGTmµμn]?(?:Hz|V|A|W|Nm?|Pa|B|bit|g|s|m)|kg|km|cm|rad|deg(?:rees)?|percent|seconds?|minutes?|hours?"
    r"|days?|weeks?|years?|volts?|watts?|met(?:er|re)s?)(?![\w/])"
)
_SPELLED: Final = {
    "zero": "0", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "thirty": "30", "fifty": "50",
    "hundred": "100", "thousand": "1000", "million": "1000000",
}  # fmt: skip
_NEGATION: Final = re.compile(
    r"\b(?:is|are|was|were|does|do|did|wo|ca|could|should|would|has|have|had)n['’]t\b"
    r"|\b(?:not|no|never|none|neither|nor|nothing|nobody|without|cannot|unable|fails? to|lacks?)\b",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(
    r"[,;:()—–]|\s-\s|\b(?:but|because|while|whereas|although|though|unless|which|so that)\b", re.IGNORECASE
)
_NAME: Final = re.compile(
    r"`[^`\n]+`"
    r"|\b(?:[A-Z][\w.+#-]*\d[\w.+#-]*|[A-Z]{2,}[\w+#-]*|[a-z]+[A-Z]\w*|\w+[_]\w+|[A-Z][a-z][\w-]*)"
)
_OPPOSITES: Final = tuple(
    (pair.split()[0], pair.split()[1])
    for pair in """
    increase decrease, rise fall, higher lower, high low, more less, most least, before after, left right, above below,
    first last, maximum minimum, open closed, always sometimes, all some, required optional, must may, enable disable,
    allow forbid, start stop, fast slow, faster slower, larger smaller, large small, input output, true false,
    positive negative, mutable immutable, synchronous asynchronous, advantage disadvantage, cheap expensive,
    internal external, push pull, best worst
    """.split(",")  # noqa: SIM905  # read more easily as words
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What grounding thinks of a sentence and a quote.

    Attributes:
        strength: 0 to 1; from `ENOUGH` up the quote supports the sentence.
        reason: Why not, in a word or two; empty where it does.
    """

    strength: float
    reason: str = ""

    @property
    def supported(self) -> bool:
        return self.strength >= ENOUGH


def judge(
    sentence: str, quote: str, *, context: str = "", similarity: float | None = None, language: str = "en"
) -> Verdict:
    """How well `quote` supports `sentence`.

    A number, unit, name or code identifier that neither quote nor context holds, a negation on one side only, or a word
    against its opposite refuses at once; likeness of meaning cannot make up for it. What it does not see: two names
    that change places.

    Args:
        context: Headings and neighbouring text: what "it" and "this" in the quote refer to.
        similarity: Cosine of the two by an embedder; None where there is none.
        language: BCP 47 primary subtag of the quote.
    """
    if _squeezed(sentence) in _squeezed(quote):
        return Verdict(1.0)
    if missing := numbers(sentence) - numbers(quote) - numbers(context):
        return Verdict(0.0, f"number {min(missing)}")
    if (said := units(sentence)) and said - units(f"{quote}\n{context}"):
        return Verdict(0.0, "unit")
    if missing := names(sentence) - _words(quote) - _words(context):
        return Verdict(0.0, f"name {min(missing)}")
    if _contradicts(sentence, quote, language):
        return Verdict(0.0, "contradiction")
    share = coverage(sentence, quote, context=context, language=language)
    return _weighed(share, similarity)


def reaches(sentence: str, quote: str, *, context: str, similarity: float | None = None, language: str = "en") -> bool:
    """Whether the words of `sentence` allow `quote` to support it, as `judge` would say if nothing stood against it.

    This costs a tenth of a verdict, and most quotes fail it.
    """
    share = coverage(sentence, quote, context=context, language=language)
    return _weighed(share, similarity).supported


def _weighed(share: float, similarity: float | None) -> Verdict:
    alike = similarity if similarity is not None else 0.0
    if share >= _PLENTY or (share >= _HALF and alike >= _ALIKE) or (share >= _THIRD and alike >= _VERY_ALIKE):
        return Verdict(min(1.0, max(ENOUGH, 0.6 * share + 0.4 * max(share, alike))))
    return Verdict(min(0.49, 0.6 * share), "too little in common")


def coverage(sentence: str, quote: str, *, context: str = "", language: str = "en") -> float:
    """Share of the content words of `sentence`, 0 to 1, that `quote` holds; those only in `context` count half."""
    wanted = _wanted(sentence, language)
    if not wanted:
        return 0.0
    missing = wanted - _held(quote, language)
    return (len(wanted) - len(missing) + 0.5 * len(missing & _held(context, language))) / len(wanted)


@lru_cache(maxsize=2048)
def numbers(text: str) -> frozenset[str]:
    """The numbers in `text`, in one spelling: `1,000` as `1000`, `two` as `2`, `2.50` as `2.5`."""
    written = (_plain_number(match.group()) for match in _NUMBER.finditer(text))
    spelled = (_SPELLED[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _SPELLED)
    return frozenset((*written, *spelled))


def _plain_number(digits: str) -> str:
    bare = re.sub(r"[,\u202f]", "", digits).replace("−", "-").lower()
    if "." in bare and "e" not in bare:
        bare = bare.rstrip("0").rstrip(".")
    return bare


def units(text: str) -> frozenset[str]:
    """The units that stand behind numbers in `text`, without plural."""
    return frozenset(match[1].removesuffix("s") if len(match[1]) > 2 else match[1] for match in _UNIT.finditer(text))


@lru_cache(maxsize=256)
def names(text: str) -> frozenset[str]:
    """Names in `text`, lower case: code, acronyms, identifiers, and capitalised words that do not begin a sentence."""
    found: set[str] = set()
    for match in _NAME.finditer(text):
        word = match.group()
        begins = not re.search(r"[\w,;:)\"'”’*`]\s*[(\"“‘*_]*$", text[: match.start()])
        if begins and re.fullmatch(r"[A-Z][a-z][\w-]*", word):
            continue
        found.update(re.findall(r"[\w.+#-]*\w[+#]*|\w", word.lower()))
    return frozenset(found)


def _contradicts(sentence: str, quote: str, language: str) -> bool:
    clause = _nearest_clause(sentence, quote, language)
    if bool(_NEGATION.search(sentence)) != bool(_NEGATION.search(clause)):
        return True
    said, there = _held(sentence, language), _held(quote, language)
    only_said, only_there = said - there, there - said
    return any(mine in only_said and theirs in only_there for mine, theirs in _opposites())


@cache
def _opposites() -> tuple[tuple[str, str], ...]:
    """Every word that has an opposite, with it, both as `_held` gives them."""
    stems = [tuple(keywords.terms(word, language="en")[0] for word in pair) for pair in _OPPOSITES]
    return tuple((mine, theirs) for one, other in stems for mine, theirs in ((one, other), (other, one)))


# One sentence is held against every quote of every passage, and the next sentence against the same quotes.
@lru_cache(maxsize=2048)
def _held(text: str, language: str) -> frozenset[str]:
    return frozenset(keywords.terms(text, language=language))


@lru_cache(maxsize=256)
def _wanted(sentence: str, language: str) -> frozenset[str]:
    return frozenset(keywords.query(sentence, languages=[language]))


@lru_cache(maxsize=512)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w.+#-]*\w[+#]*|\w", text.lower()))


def _nearest_clause(sentence: str, quote: str, language: str) -> str:
    """The part of `quote` that speaks of what `sentence` says; all of it where no part stands out."""
    clauses = [clause for clause in _CLAUSE.split(quote) if clause and clause.strip()]
    shares = [coverage(sentence, clause, language=language) for clause in clauses]
    whole = coverage(sentence, quote, language=language)
    if not shares or max(shares) < 0.75 * whole:
        return quote
    return clauses[shares.index(max(shares))]


def _squeezed(text: str) -> str:
    return " ".join(text.split()).strip(" .").casefold()
