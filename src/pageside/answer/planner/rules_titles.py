"""What is said of a task besides which it is: title, day, priority, tags, description; rules, pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pageside.tasks import days
from pageside.tasks.task import MAX_TAG, MAX_TAGS, Details, Priority

_FIRST_QUOTE: Final = 0xE000  # private characters stand for what readers put between quotes
_MANY_QUOTES: Final = 32
_QUOTED: Final = re.compile(
    r"“([^”\n]{1,400})”|\"([^\"\n]{1,400})\"|«\s*([^»\n]{1,400}?)\s*»|„([^“”\n]{1,400})[“”]|`([^`\n]{1,400})`"
    r"|(?<!\w)['‘]([^'‘’\n]{1,400})['’](?!\w)"
)
QUOTE: Final = "[\ue000-\ue01f]"

LIST: Final = (
    r"(?:(?:my|the|our|this|me|a)\s+)?(?:(?:study|reading|task|tasks|todo|to-do|to\s+do|own|personal|homework)\s+)*"
    r"(?:list|tasks|todos|to-dos|to\s+dos|todo|to-do|to\s+do|board|agenda|reminders|planner|tasklist)"
)
_LISTED: Final = re.compile(
    rf"[,\s]*\b(?:to|on|onto|in|into|off|from|for)\s+{LIST}\b|\s+as\s+(?:a\s+|an?\s+new\s+)?(?:task|todo|to-do"
    rf"|reminder)s?\b",
    re.IGNORECASE,
)
_TAGGED: Final = re.compile(
    r"[,;\s]*\(?\b(?:(?:and\s+)?(?:tagged|labell?ed)(?:\s+(?:as|with))?|(?:with|and|using)\s+(?:the\s+)?(?:tags?"
    r"|labels?)"
    r"|tags?\s*[:=]|(?<=[,;(]\s)tags?|(?<=[,;(])tags?)\s*:?\s*"
    rf"(?P<tags>(?:#?[\w-]+|{QUOTE})(?:\s*(?:,|and|&|,\s*and)\s*(?:#[\w-]+|{QUOTE}|[\w-]+(?=\s*(?:,|and|&|$"
    rf"|\)))))*)\)?",
    re.IGNORECASE,
)
_HASH: Final = re.compile(r"(?<![\w&/])#(?P<tag>(?!\d+\b)\w[\w-]*)")
_VERY: Final = r"(?:(?:very|really|super|so|quite|pretty|extremely|kinda|rather)\s+)?"
_IT_IS: Final = r"(?:(?:and\s+)?(?:it(?:'s|\s+is)|its|this\s+is|that(?:'s|\s+is))\s+)?"
_PRIORITY: Final = re.compile(
    rf"[,;\s(\[-]*\b{_IT_IS}(?:(?:with|at|as|of|in|has)\s+)?(?:an?\s+)?{_VERY}"
    r"(?:(?P<level>high(?:est|er)?|top|urgent|low(?:est|er)?|normal|medium|middle|regular|default)[\s-]*"
    r"(?:prio(?:rity)?|importance|urgency)\b"
    r"|prio(?:rity)?\s*(?:is|to|=|:)?\s*(?P<behind>high(?:est)?|top|urgent|low(?:est)?|normal|medium)\b)[\])]?",
    re.IGNORECASE,
)
_EDGE: Final = re.compile(
    rf"^(?P<front>urgent(?:ly)?|important|asap)\b[\s:,!-]+(?=\S)"
    rf"|[,;:\s(\[!-]+{_IT_IS}(?:as\s+)?{_VERY}(?P<back>urgent(?:ly)?|important|asap|no\s+rush|not\s+urgent"
    r"|not\s+important)[\])!.\s]*$",
    re.IGNORECASE,
)
_DESCRIBED: Final = re.compile(
    r"[,;\s(-]*\b(?:with\s+(?:a\s+|the\s+)?)?(?:description|notes?|details?|comment)\b\s*(?:[:=]|saying|that\s+says"
    r"|of)?\s*"
    rf"(?P<words>{QUOTE}|(?<=[:=]\s)\S.*|(?<=saying\s)\S.*|(?<=says\s)\S.*)\)?$",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(r"^(?:due|by|before|until|till|for|on|in|within|this)\b", re.IGNORECASE)
_FILLER: Final = re.compile(
    r"^(?:(?:to|that|about|for|of|is|called|named|titled|saying|i\s+(?:need|have|want|should|must)(?:\s+to)?|me|then"
    r"|also"
    r"|again|please|pls|plz)\b[\s:,-]*|[\s:,;.=>-]+)+(?=\S)"
    r"|[\s,;:.\-(]*\b(?:please|pls|plz|thanks|thank\s+you|thx|ty|cheers|for\s+me|if\s+you\s+(?:can|could"
    r"|don't\s+mind)|ok(?:ay)?"
    r"|right\s+now|will\s+you|would\s+you|can\s+you|could\s+you)\b[\s.!?)]*$|[\s,;:.!\-]+$",
    re.IGNORECASE,
)
_HANGING: Final = re.compile(
    r"[\s,;:-]+(?:(?:and|to|by|on|for|due|with|which\s+is|that\s+is|it(?:'s|\s+is)(?:\s+due)?|due\s+date"
    r"|deadline)\s*:?)$",
    re.IGNORECASE,
)

_LEVELS: Final[dict[str, Priority]] = {
    "high": "high", "highest": "high", "higher": "high", "top": "high", "urgent": "high", "urgently": "high",
    "important": "high", "asap": "high", "low": "low", "lowest": "low", "lower": "low", "no rush": "low",
    "not urgent": "low", "not important": "low", "normal": "normal", "medium": "normal", "middle": "normal",
    "regular": "normal", "default": "normal",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Masked:
    """A text in which one private character stands for each part between quotes."""

    text: str
    quotes: tuple[str, ...] = ()

    def plain(self, text: str) -> str:
        """`text`, a part of it, with its quotes' words."""
        return "".join(
            self.quotes[ord(each) - _FIRST_QUOTE] if 0 <= ord(each) - _FIRST_QUOTE < len(self.quotes) else each
            for each in text
        )


def masked(text: str) -> Masked:
    """`text` with its quotes taken out of the rules' sight."""
    quotes: list[str] = []

    def hidden(match: re.Match[str]) -> str:
        if len(quotes) == _MANY_QUOTES:
            return match.group()
        quotes.append(next(group for group in match.groups() if group is not None).strip())
        return chr(_FIRST_QUOTE + len(quotes) - 1)

    bare = re.sub("[\ue000-\uf8ff]", "", text)
    return Masked(_QUOTED.sub(hidden, bare), tuple(quotes))


def details(text: str, whole: Masked, today: date) -> Details:
    """What `text`, a part of `whole`, says of a task; the title is what is left when all else is taken."""
    left, told = _LISTED.sub(" ", text), Details()
    if match := _DESCRIBED.search(left):
        told = replace(told, description=whole.plain(match["words"]).strip())
        left = left[: match.start()]
    left, tags = tagged(left, whole)
    left, priority = prioritised(left)
    left, day = dated(left, today)
    if day is not None and priority is None:
        left, priority = prioritised(left)  # "urgent" stood in front of the day
    return replace(told, title=titled(left, whole) or None, due=day, priority=priority, tags=tags or None)


def titled(text: str, whole: Masked) -> str:
    """`text` as a title: what readers put between quotes as it stands, else without what only leads to it."""
    left = bared(text)
    if re.fullmatch(QUOTE, left):
        return whole.plain(left)
    words = " ".join(whole.plain(left).split())
    if not words.strip("\"'“”‘’«»` "):
        return ""  # quotes around nothing
    first = words.split(" ", 1)[0]
    return words[:1].upper() + words[1:] if first.isalpha() and first.islower() else words


def bared(text: str) -> str:
    """`text` without what only leads to it, and courtesies."""
    left = " ".join(text.split())
    for _ in range(4):
        shorter = _HANGING.sub("", _FILLER.sub("", left)).strip()
        if shorter.count(")") < shorter.count("("):
            shorter = shorter.rstrip("( ") if shorter.rstrip().endswith("(") else shorter
        if shorter == left:
            break
        left = shorter
    return left


def dated(text: str, today: date) -> tuple[str, date | None]:
    """`text` without the day it says, and that day.

    A day in the middle of other words counts only where a word such as "by" leads to it.
    """
    said = days.find(text, today)
    if said is None:
        return text, None
    words = text[said.start : said.end].strip()
    before, behind = text[: said.start], text[said.end :]
    if re.search(r"\b(?:every|each)\s*$", before, re.IGNORECASE) or re.match(r"(?:every|each)\b", words, re.IGNORECASE):
        return text, None  # what comes again and again has no day
    edge = not before.strip(" ,:(-") or not re.sub(r"[\W_]+|\b(?:please|pls|thanks|at\s+\S+)\b", "", behind)
    if not edge and not _LEAD.match(words):
        return text, None
    return f"{before.rstrip(' ,;:(-')} {behind.lstrip(' ,:)')}".strip(), said.day


def prioritised(text: str) -> tuple[str, Priority | None]:
    """`text` without the priority it says, and that priority."""
    for pattern in (_PRIORITY, _EDGE):
        if match := pattern.search(text):
            word = " ".join(next(group for group in match.groups() if group).lower().split())
            return f"{text[: match.start()]} {text[match.end() :]}".strip(), _LEVELS[word]
    return text, None


def tagged(text: str, whole: Masked) -> tuple[str, tuple[str, ...]]:
    """`text` without the tags it says, and those."""
    found: dict[str, None] = {}
    if match := _TAGGED.search(text):
        found |= dict.fromkeys(tags(match["tags"], whole))
        text = f"{text[: match.start()]} {text[match.end() :]}"
    for match in _HASH.finditer(text):
        found[match["tag"].casefold()] = None
    text = _HASH.sub(" ", text)
    return text.strip(), tuple(found)[:MAX_TAGS]


def tags(text: str, whole: Masked) -> tuple[str, ...]:
    """The tags that a list of them names."""
    each = re.split(r"\s*(?:,\s*and\b|,|\band\b|&)\s*", text.strip())
    named = ("-".join(whole.plain(one).lstrip("#").casefold().split()) for one in each)
    return tuple(tag[:MAX_TAG] for tag in named if tag)
