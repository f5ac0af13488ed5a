"""Is a sentence supported by a quote? By words, numbers, names and negation, with likeness as a witness; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pageside.answer import agreement
from pageside.knowledge import keywords

VERSION: Final = "1"  # of the checker: raised whenever a sentence and a quote would be judged otherwise

_LITTLE: Final = "too little in common"

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
_NAME: Final = re.compile(
    r"`[^`\n]+`"
    r"|\b(?:[A-Z][\w.+#-]*\d[\w.+#-]*|[A-Z]{2,}[\w+#-]*|[a-z]+[A-Z]\w*|\w+[_]\w+|[A-Z][a-z][\w-]*)"
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

    @property
    def refuses(self) -> bool:
        """Whether quote and sentence do not agree, however much they have in common."""
        return self.strength == 0.0 and self.reason not in {"", _LITTLE}

    @property
    def lacks(self) -> bool:
        """Whether the quote only does not hold a name, number or unit of the sentence."""
        return self.reason.startswith(("name", "number", "unit"))


def judge(
    sentence: str,
    quote: str,
    *,
    context: str = "",
    near: str = "",
    similarity: float | None = None,
    language: str = "en",
) -> Verdict:
    """How well `quote` supports `sentence`.

    What the two must agree in (`agreement`) refuses at once; likeness of meaning cannot make up for it.

    Args:
        context: Headings and neighbouring text; words that only stand there count half.
        near: What "it" and "this" in the quote refer to: headings and the statement in front; `context` where empty.
        similarity: Cosine of the two by an embedder; None where there is none.
        language: BCP 47 primary subtag of the quote.
    """
    mine, theirs = _squeezed(sentence), _squeezed(quote)
    if mine == theirs:
        return Verdict(1.0)
    if reason := agreement.differs(sentence, quote, near=near or context, language=language):
        return Verdict(0.0, reason)
    if mine in theirs:
        return Verdict(1.0)
    return _judged(sentence, quote, context, similarity, language)


def reaches(sentence: str, quote: str, *, context: str, similarity: float | None = None, language: str = "en") -> bool:
    """Whether the words of `sentence` allow `quote` to support it, as `judge` would say if nothing stood against it.

    This costs a tenth of a verdict, and most quotes fail it.
    """
    return _judged(sentence, quote, context, similarity, language).supported


def _judged(sentence: str, quote: str, context: str, similarity: float | None, language: str) -> Verdict:
    share = coverage(sentence, quote, context=context, language=language)
    own = coverage(sentence, quote, language=language)
    alike = similarity if similarity is not None else 0.0
    if (
        (share >= _PLENTY and own >= _HALF)
        or (share >= _HALF and own >= _THIRD and alike >= _ALIKE)
        or (own >= _THIRD and alike >= _VERY_ALIKE)
    ):
        return Verdict(min(1.0, max(ENOUGH, 0.6 * share + 0.4 * max(share, alike))))
    return Verdict(min(0.49, 0.6 * share), _LITTLE)


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


def _squeezed(text: str) -> str:
    return " ".join(text.split()).strip(" .").casefold()
