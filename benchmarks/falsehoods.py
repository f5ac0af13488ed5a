"""Lies and truths made by rule from a book's own sentences: one thing changed that matters, or nothing that does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Final

_NUMBER: Final = re.compile(
    r"(?<![\w.,$^_/:{([\\-])[1-9](?:\d*|\d{0,2}(?:,\d{3})+)(?:\.\d+)?(?![\d.,]*[\d_$^/:={}\\)\]])(?![\w-])"
)
_UNIT: Final = re.compile(
    r"(?<=\d)(\s|(?=%))(ms|s|seconds?|minutes?|hours?|days?|weeks?|months?|years?|GB|MB|KB|kg|km|cm|mm|m|Hz|V|%|percent|degrees|bits?"
    r"|bytes?|meters?)(?![\w/])"
)
_OTHER_UNIT: Final = dict(
    pair.split(":")
    for pair in """ms:s s:ms second:minute seconds:minutes minute:hour minutes:hours hour:minute hours:minutes day:week
    days:weeks week:month weeks:days month:year months:weeks year:day years:days GB:MB MB:GB KB:MB kg:g km:m cm:m mm:cm m:cm
    Hz:V V:Hz %:ms percent:degrees degrees:percent bit:byte bits:bytes byte:bit bytes:bits meter:mile
    meters:miles""".split()
)
_NAME: Final = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]+(?:[A-Z]\w*)?|[A-Z]{2,}[a-z]?|[A-Z][a-z]+\d)(?=[ ,.])")
_CODE: Final = re.compile(r"`[A-Za-z_][\w.]*(?:\(\))?`")
_DENIABLE: Final = re.compile(
    r"\b(is|are|was|were|can|will|must|should|does|do)\b(?! (?:not|no|only|so|an? \(|both|neither|none|just)\b|n't)"
)
_DENIED: Final = re.compile(r"\b(is|are|was|were|will|must|should|does|do|can) ?not (?!only|just|merely|necessarily)")
_QUANTIFIERS: Final[Mapping[str, str]] = dict(
    pair.split(":")
    for pair in """all:some every:no always:never never:always most:all some:all few:many many:few usually:never often:never
    sometimes:always rarely:usually both:neither each:no""".split()
)
_TURNED: Final[Mapping[str, str]] = dict(
    pair.split(":")
    for pair in """more:less less:more higher:lower lower:higher larger:smaller smaller:larger faster:slower slower:faster
    before:after after:before increase:decrease increases:decreases decrease:increase decreases:increases better:worse
    worse:better greater:smaller longer:shorter shorter:longer above:below below:above first:last last:first easier:harder
    harder:easier minimum:maximum maximum:minimum minimize:maximize maximize:minimize same:different different:same
    left:right right:left input:output output:input mutable:immutable immutable:mutable add:remove adds:removes
    static:dynamic dynamic:static large:small small:large high:low low:high positive:negative negative:positive
    inside:outside outside:inside earlier:later later:earlier starts:stops required:optional optional:required
    enable:disable enables:disables upper:lower horizontal:vertical stronger:weaker cheaper:dearer simple:complicated
    difficult:easy easy:difficult public:private private:public internal:external external:internal""".split()
)
_BETWEEN: Final = (
    r" (?:is|are|was|were)?(?: \w+)? ?(?:than|into|before|after|calls|uses|contains|extends|wraps|replaces|implements) "
)
_THING: Final = r"(?:`[^`\s]+`|[A-Z][\w-]+|[a-z]+(?:ers|ors|ions|ents|els|ets|ays|ngs))"
_SWAPPED: Final = re.compile(rf"(?<![\w`])(?P<one>{_THING})(?P<between>{_BETWEEN})(?P<other>{_THING})(?![\w`])")
_FROM_TO: Final = re.compile(rf"\bfrom (?P<one>{_THING})(?P<between> to )(?P<other>{_THING})(?![\w`])")

# Words that say the same; none of them is a form of the other. A word may have a sense that the other lacks, so only
# those are here that rarely do in a textbook.
_ALIKE: Final[Mapping[str, str]] = dict(
    pair.split(":")
    for pair in """however:nevertheless however,:still, often:frequently usually:typically begin:start begins:starts
    large:big quickly:fast returns:yields allows:lets allow:let requires:needs require:need provides:offers
    provide:offer shows:displays creates:makes create:make created:made purchase:buy obtain:get contains:holds
    contain:hold several:multiple method:approach methods:approaches error:mistake whole:entire immediately:at~once
    therefore:so thus:so also:additionally because:since example:instance difficult:hard helps:assists
    demonstrates:shows ensures:guarantees ensure:guarantee modify:change modifies:changes select:choose
    specify:state specifies:states initially:at~first finally:in~the~end approximately:about enables:lets
    numerous:many primarily:mainly usually:generally fundamental:basic crucial:essential important:key
    sufficient:enough additional:further remains:stays perform:carry~out performs:carries~out
    construct:build constructs:builds""".split()
)
_CLAUSES: Final = re.compile(
    r"^(?P<when>(?:If|When|Because|Although|While|Once) [^,;:()—]{12,90}), (?P<then>[^,;:()—]{12,140})\.$"
)
_CLAUSES_BEHIND: Final = re.compile(
    r"^(?P<then>[^,;:()—]{12,140}) (?P<when>(?:if|when|because|although|once) [^,;:()—]{12,90})\.$"
)
_USES: Final = re.compile(
    r"^(?P<who>(?:The |A |An )?(?:[\w`.-]+ ){0,2}[\w`.-]+) (?P<does>uses|provides|contains|returns|creates|defines|calls"
    r"|describes|supports|handles|requires) (?P<what>(?:the|a|an) (?:[\w`.-]+ ){0,4}[\w`.-]+)\.$"
)
_DONE: Final = dict(
    pair.split(":")
    for pair in """uses:used provides:provided contains:contained returns:returned creates:created defines:defined
    calls:called describes:described supports:supported handles:handled requires:required""".split()
)
_SHORT: Final = {
    "doesn't": "does not", "don't": "do not", "isn't": "is not", "aren't": "are not", "can't": "cannot",
    "won't": "will not", "it's": "it is", "you'll": "you will", "we'll": "we will", "that's": "that is",
    "you're": "you are", "we're": "we are", "they're": "they are", "didn't": "did not", "wasn't": "was not",
}  # fmt: skip
_SPELLED: Final = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "ten": "10"}

NAMES: Final = re.compile(f"{_NAME.pattern}|{_CODE.pattern}")

_POINTING: Final = frozenset("It This That These They Since And But We You He She".split())  # noqa: SIM905

Rule = Callable[[str, Sequence[str], Random], Iterator[str]]


def _matched(sentence: str, pattern: re.Pattern[str], rng: Random) -> re.Match[str] | None:
    found = list(pattern.finditer(sentence))
    return rng.choice(found) if found else None


def _put(sentence: str, match: re.Match[str], new: str) -> str:
    return sentence[: match.start()] + new + sentence[match.end() :]


def number(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """One number is another."""
    if match := _matched(sentence, _NUMBER, rng):
        value = match.group().replace(",", "")
        changed = (
            f"{float(value) * rng.choice((2, 3, 0.5)):g}"
            if "." in value
            else str(int(value) + rng.choice((1, 2, 5, 10)))
        )
        if changed != value:
            yield _put(sentence, match, changed)


def unit(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """One unit is another."""
    if match := _matched(sentence, _UNIT, rng):
        yield _put(sentence, match, match[1] + _OTHER_UNIT[match[2]])


def name(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """One name or identifier is another of the same page."""
    pattern = rng.choice((_NAME, _CODE))
    if match := _matched(sentence, pattern, rng):
        others = [each for each in names if each.startswith("`") == match.group().startswith("`")]
        others = [each for each in others if each.strip("`()").lower() not in sentence.lower()]
        if others:
            yield _put(sentence, match, rng.choice(others))


def negation(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """A "not" more, or one less."""
    if match := _DENIED.search(sentence):
        yield _put(sentence, match, f"{match[1]} ")
    elif (match := _DENIABLE.search(sentence)) and len(list(_DENIABLE.finditer(sentence))) == 1:
        yield _put(sentence, match, "cannot" if match[1] == "can" else f"{match[1]} not")


def _replaced(sentence: str, table: Mapping[str, str], rng: Random) -> Iterator[str]:
    pattern = re.compile(rf"(?<![\w`-])({'|'.join(map(re.escape, table))})(?![\w`-])", re.IGNORECASE)
    found = [match for match in pattern.finditer(sentence) if match[1].lower() in table]
    if found:
        match = rng.choice(found)
        new = table[match[1].lower()].replace("~", " ")
        yield _put(sentence, match, new.capitalize() if match[1][0].isupper() else new)


def quantifier(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """Some for all, never for always."""
    if not re.search(
        r"\b(?:at all|first of all|all of a|few more|as many|how many|not all|not every|each other|every other|some of)\b",
        sentence,
    ):
        yield from _replaced(sentence, _QUANTIFIERS, rng)


def comparison(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """A word against its opposite."""
    yield from _replaced(sentence, _TURNED, rng)


def swapped(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """Two things, or two numbers, that have changed places."""
    for pattern in (_FROM_TO, _SWAPPED):
        match = pattern.search(sentence)
        if match and match["one"].lower() != match["other"].lower() and match["one"].split("'")[0] not in _POINTING:
            yield _put(
                sentence,
                match,
                f"{'from ' if pattern is _FROM_TO else ''}{match['other']}{match['between']}{match['one']}",
            )
            return
    found = list(_NUMBER.finditer(sentence))
    if len(found) == 2 and found[0].group() != found[1].group():
        between = sentence[found[0].end() : found[1].start()]
        if len(between) > 8 and "±" not in between:
            yield (
                sentence[: found[0].start()]
                + found[1].group()
                + between
                + found[0].group()
                + sentence[found[1].end() :]
            )


LIES: Final[Mapping[str, Rule]] = {
    "number": number, "unit": unit, "name": name, "negation": negation, "quantifier": quantifier,
    "comparison": comparison, "swapped": swapped,
}  # fmt: skip


def order(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """The clauses change places."""
    if match := _CLAUSES.match(sentence):
        then, when = match["then"], match["when"]
        if not re.match(r"(?:then|it|they|this)\b", then):
            yield f"{then[0].upper()}{then[1:]} {when[0].lower()}{when[1:]}."
    elif match := _CLAUSES_BEHIND.match(sentence):
        then, when = match["then"], match["when"]
        if not re.search(r"\b(?:only|even|but|and|or)$", then) and re.match(r"(?:The|A|An|You|We|It|This)\b", then):
            yield f"{when[0].upper()}{when[1:]}, {then[0].lower()}{then[1:]}."


def synonym(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """One word for another that says the same."""
    yield from _replaced(sentence, _ALIKE, rng)


def passive(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """What did is what was done."""
    if match := _USES.match(sentence):
        what, who = match["what"], match["who"]
        if who.lower() not in {"it", "this", "that", "which", "he", "she", "they"}:
            who = f"{who[0].lower()}{who[1:]}" if who.split()[0] in {"The", "A", "An"} else who
            yield f"{what[0].upper()}{what[1:]} is {_DONE[match['does']]} by {who}."


def written_out(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """Short forms at full length, and number words in digits."""
    out = re.sub(
        rf"(?i)\b(?:{'|'.join(_SHORT)})", lambda match: _SHORT[match.group().lower()], sentence.replace("’", "'")
    )
    out = re.sub(rf"\b(?:{'|'.join(_SPELLED)})\b(?! of)", lambda match: _SPELLED[match.group()], out)
    if out != sentence.replace("’", "'"):
        yield f"{out[0].upper()}{out[1:]}"


def led_in(sentence: str, names: Sequence[str], rng: Random) -> Iterator[str]:
    """Said with an introduction, as models like to."""
    first = sentence.split()[0]
    lead = rng.choice(("In short, ", "As the book says, ", "Note that ", "In other words, ", "In practice, "))
    if first in {"The", "A", "An", "If", "When", "You", "We", "This", "These"}:
        yield f"{lead}{sentence[0].lower()}{sentence[1:]}"


TRUTHS: Final[Mapping[str, Rule]] = {
    "clause order": order, "synonym": synonym, "passive": passive, "written out": written_out, "lead-in": led_in,
}  # fmt: skip


def joined(one: str, other: str) -> str | None:
    """Two neighbouring sentences as one."""
    first = other.split()[0]
    if first not in {"The", "A", "An", "It", "This", "These", "They", "You", "We"} or len(one) + len(other) > 240:
        return None
    return f"{one.rstrip('.')}, and {other[0].lower()}{other[1:]}"
