"""Which tasks a phrase names: "3 and 4", "it", "the second one", "all but the milk one"; rules, pure."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, Literal

from pageside.answer.planner.intents import Sought, Target
from pageside.answer.planner.rules_titles import LIST, Masked, bared, dated, prioritised
from pageside.tasks import days

_ORDINALS: Final = {
    "first": 1, "1st": 1, "top": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5,
    "5th": 5, "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "ninth": 9, "9th": 9, "tenth": 10,
    "10th": 10, "last": -1, "bottom": -1, "final": -1,
}  # fmt: skip
_COUNTS: Final = {"two": 2, "three": 3, "four": 4, "five": 5, "2": 2, "3": 3, "4": 4, "5": 5}
_THING: Final = r"(?:tasks?|items?|ones?|todos?|to-dos?|things?|entry|entries|reminders?|points?)"
_NOUN: Final = r"(?:tasks?|items?|numbers?|no\.?|nr\.?|nos\.?|ids?|todos?|to-dos?|num|reminders?)"
_NUMBERED: Final = re.compile(
    rf"(?:the\s+|my\s+)?(?:{_NOUN}\s*)*(?:(?:with\s+)?(?:id|number)\s+)?#?\s?\d{{1,18}}"
    rf"(?:\s*(?:,\s*and|and\s+also|,|and|&|\+|plus|or|\s|-|–|to|through"
    rf"|until)\s*(?:the\s+)?(?:{_NOUN}\s*)*#?\d{{1,18}}(?!\w))*",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(r"#?(\d{1,18})\s*(?:-|–|\bto\b|\bthrough\b)\s*#?(\d{1,18})")
_MANY: Final = 50  # tasks that a range may name
_HASHED: Final = re.compile(
    r"(?:the\s+)?(?:task\s+)?#(\d{1,18})\b(?!\s*(?:,|and|&|\+)\s*#?\d)(?:\s*[:(]\s*|\s*[,–-]?\s+)[^\s\d#].*"
)
_NEGATIVE: Final = re.compile(rf"(?:{_NOUN}\s*)?#?-(\d{{1,18}})", re.IGNORECASE)
_ORDINAL: Final = "|".join(_ORDINALS)
_PLACED: Final = re.compile(
    rf"(?:(?:the|my)\s+)?(?:{_ORDINAL})(?:\s*(?:,\s*and|,|and|&)\s*(?:the\s+)?(?:{_ORDINAL}))*"
    rf"(?:\s+(?P<count>two|three|four|five|[2-5]))?(?:\s+{_THING})?(?:\s+(?:on|in|of|from)\s+(?:{LIST}|it|them"
    rf"|those))?",
    re.IGNORECASE,
)
_IT: Final = re.compile(
    r"it|this|that|this\s+one|that\s+one|(?:the|this|that)\s+(?:same\s+)?(?:task|todo|item|reminder|one)"
    r"|(?:the|my)\s+(?:last|latest|newest|new|most\s+recent)\s+(?:task|one|item|todo|reminder|thing)?\s*"
    r"(?:(?:that\s+|which\s+)?(?:(?:i|you|we)\s+)?(?:just\s+)?(?:added|created|made|put\s+in))?"
    r"|(?:the\s+)?(?:one|task|thing)\s+(?:that\s+|which\s+)?(?:i|you|we)(?:'ve|\s+have)?\s+(?:just|last)?\s*"
    r"(?:added|created|made|mentioned|talked\s+about)(?:\s+(?:just\s+now|last))?"
    r"|(?:what|the\s+one)\s+(?:i|you)\s+just\s+(?:said|added|made|created)|dat|dis",
    re.IGNORECASE,
)
_THEM: Final = re.compile(
    rf"(?:all\s+(?:of\s+)?)?(?:them|these|those)(?:\s+(?:all|both))?|both(?:\s+of\s+(?:them|these"
    rf"|those))?(?:\s+{_THING})?"
    rf"|(?:all\s+)?(?:the\s+)?(?:two|three|four|five)(?:\s+of\s+(?:them|these))?|(?:these|those)\s+(?:\w+\s+)?{_THING}"
    r"|both|all\s+(?:two|three|four|five)(?:\s+of\s+them)?|the\s+both|em|'em",
    re.IGNORECASE,
)
_DONE: Final = r"(?:done|completed?|finished|ticked(?:\s+off)?|checked(?:\s+off)?|closed|already\s+(?:done|finished))"
_OPEN: Final = r"(?:open|pending|unfinished|incomplete|undone|remaining|active|not\s+(?:yet\s+)?(?:done|finished)|left)"
_OVERDUE: Final = r"(?:overdue|late|past\s+due|expired)"
_EVERY: Final = re.compile(
    rf"(?:the\s+|my\s+)?(?:all|everything|every|each|whole)\b(?:\s+(?:of|the|my|that|which|is|are|i|have|single"
    rf"|{_THING})\b)*\s*(?P<of>.*)",
    re.IGNORECASE,
)
_BUT: Final = re.compile(
    r"(?P<whole>.+?)[,\s]+(?:but|except(?:\s+for)?|apart\s+from|other\s+than|besides"
    r"|excluding)\s+(?:not\s+)?(?P<but>.+)",
    re.IGNORECASE,
)
_PLURAL: Final = re.compile(
    r"^(?:the\s+|my\s+|all\s+)*(?:tasks|items|ones|todos|things|stuff|those)\b|\b(?:tasks|items|ones|todos|things"
    r"|stuff)$",
    re.IGNORECASE,
)
_TAG: Final = re.compile(
    r"(?:that\s+(?:are|is|have)\s+)?(?:tagged|labell?ed|with)\s+(?:as\s+|with\s+)?(?:the\s+)?(?:tags?\s+"
    r"|labels?\s+)?#?(?P<tag>[\w-]+)(?:\s+tag)?|#(?P<hash>[^\W\d][\w-]*)",
    re.IGNORECASE,
)
_DUE: Final = re.compile(
    r"(?:(?:that(?:'s|\s+is|\s+are)?|which\s+(?:is|are))\s+)?(?:due|for|scheduled\s+for|from)?\s*(?P<day>.+)",
    re.IGNORECASE,
)
_AROUND: Final = re.compile(
    rf"^(?:(?:the|my|that|this|those|these|our|any|your|a|an|old)\s+)*(?:{_THING}\s+)?"
    r"(?:(?:about|called|named|titled|regarding|saying|that\s+says|where\s+i|with|on|to|for|of|:)\s+)?(?:the\s+|my\s+)*"
    rf"|(?:\s+(?:related\s+|study\s+)?{_THING})+$",
    re.IGNORECASE,
)
_OTHERS_KEPT: Final = re.compile(
    r"[\s,]+(?:but\s+|and\s+)?(?:please\s+)?(?:keep|leave|not)\s+(?:the\s+|all\s+)*(?:others?|rest|remaining"
    r"|everything\s+else)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_TAIL: Final = re.compile(
    rf"[\s,]+(?:(?:from|off|on|in|of|to)\s+{LIST}|please|pls|plz|for\s+me|now|already|too|as\s+well|any\s?more|again"
    rf"|then|instead"
    r"|yet|after\s+all|at\s+last|finally|completely|right\s+away|immediately|thanks|thank\s+you|thx|lol|ok(?:ay)?"
    r"|though|bro"
    r"|any\s+longer|altogether|entirely)[\s.!?]*$",
    re.IGNORECASE,
)


def read(text: str, whole: Masked, today: date) -> Target:
    """The tasks that `text`, a part of `whole`, names; an empty target where it names none."""
    phrase = trimmed(text)
    if match := _BUT.fullmatch(phrase):
        named, but = read(match["whole"], whole, today), read(match["but"], whole, today)
        if named.every and not but.is_empty:
            return Target(every=named.every, words=named.words, last=named.last, among=named.among, but=but)
    for reading in (_number, _place, _spoken, _all):
        target = reading(phrase, whole, today)
        if target is not None:
            return target
    return _kind(phrase, today) or Target(words=_named(phrase, whole))


def trimmed(text: str) -> str:
    """`text` without courtesies and the list it speaks of."""
    phrase = _OTHERS_KEPT.sub(
        "", re.sub(r"^[-–]+(?!\d)", "", text.strip(" \t\n,.;:!?")).strip(" \t\n,.;:!?").rstrip("-")
    )
    for _ in range(4):
        shorter = _TAIL.sub("", phrase).strip(" ,.;:!?")
        if shorter == phrase:
            break
        phrase = shorter
    return phrase


def _named(phrase: str, whole: Masked) -> str:
    words = whole.plain(_AROUND.sub("", bared(phrase))).strip()
    return words[:400]


def _number(phrase: str, whole: Masked, today: date) -> Target | None:
    del whole, today
    if match := _HASHED.fullmatch(phrase):
        return Target(numbers=(int(match[1]),))
    if match := _NEGATIVE.fullmatch(phrase):
        return Target(numbers=(-int(match[1]),))  # the validator says that there is no such number
    if not _NUMBERED.fullmatch(phrase):
        return None
    found: list[int] = []
    rest = phrase
    for match in _RANGE.finditer(phrase):
        low, high = int(match[1]), int(match[2])
        if 0 < high - low < _MANY:
            found += range(low, high + 1)
            rest = rest.replace(match.group(), " ")
    found += [int(each) for each in re.findall(r"\d+", rest)]
    return Target(numbers=tuple(dict.fromkeys(found)))


def _place(phrase: str, whole: Masked, today: date) -> Target | None:
    del whole, today
    match = _PLACED.fullmatch(phrase)
    if not match or (phrase.lower() in {"final", "top", "bottom"}):
        return None
    named = [_ORDINALS[each.lower()] for each in re.findall(rf"\b(?:{_ORDINAL})\b", phrase, re.IGNORECASE)]
    if match["count"] and len(named) == 1:
        count = _COUNTS[match["count"].lower()]
        return Target(places=tuple(range(1, count + 1)) if named[0] == 1 else tuple(range(-count, 0)))
    return Target(places=tuple(dict.fromkeys(named)))


def _spoken(phrase: str, whole: Masked, today: date) -> Target | None:
    del whole, today
    if _THEM.fullmatch(phrase):
        return Target(last=True, every="all")
    return Target(last=True) if _IT.fullmatch(phrase) else None


def _all(phrase: str, whole: Masked, today: date) -> Target | None:
    match = _EVERY.fullmatch(phrase)
    if not match:
        plural = re.fullmatch(
            rf"(?:the\s+|my\s+)?(?P<of>{_DONE}|{_OPEN}|{_OVERDUE})(?:\s+(?:tasks|ones|items|todos|stuff))",
            phrase,
            re.IGNORECASE,
        )
        return _status(plural["of"]) if plural else None
    of = match["of"].strip(" ,")
    if re.fullmatch(r"", of) or re.fullmatch(rf"(?:on\s+)?{LIST}|stuff|at\s+once", of, re.IGNORECASE):
        return Target(every="all")
    if of.lower() in {"them", "these", "those"}:
        return Target(last=True, every="all")
    if status := _status(re.sub(rf"\s+{_THING}$", "", of)):
        return status
    if kind := _kind(of, today):
        return Target(every="all", among=kind.among)
    words = _named(of, whole)
    return Target(every="all", words=words) if words else Target(every="all")


def _status(of: str) -> Target | None:
    for pattern, every in ((_DONE, "completed"), (_OPEN, "pending"), (_OVERDUE, "overdue")):
        if re.fullmatch(pattern, of.strip(), re.IGNORECASE):
            return Target(every=every)  # type: ignore[arg-type]  # each is one of its literals
    return None


def _kind(phrase: str, today: date) -> Target | None:
    """Named by tag, day or priority: "the one due Friday", "the urgent ones"."""
    every: Literal["", "all"] = "all" if _PLURAL.search(phrase) else ""
    of = re.sub(rf"^(?:the|my|that)\s+|^{_THING}\s+", "", phrase, flags=re.IGNORECASE)
    of = re.sub(rf"^{_THING}\s+", "", of, flags=re.IGNORECASE)
    if match := _TAG.fullmatch(of):
        return Target(every=every, among=Sought(tag=(match["tag"] or match["hash"]).lower()))
    bare = re.sub(rf"\s+{_THING}$", "", of, flags=re.IGNORECASE)
    left, priority = prioritised(f": {bare}")
    if priority and not left.strip(" :"):
        return Target(every=every, among=Sought(priority=priority))
    if (match := _DUE.fullmatch(bare)) and (span := spanned(match["day"], today)):
        return Target(every=every, among=Sought(due_from=span[0], due_to=span[1]))
    return None


def spanned(text: str, today: date) -> tuple[date | None, date | None] | None:
    """The first and the last of the days that `text` is about and nothing else: "this week", "tomorrow"."""
    said = " ".join(text.lower().strip(" ,.?!").split())
    monday = today - timedelta(days=today.weekday())
    said = re.sub(r"^(?:due|in|for|on|during|within|over|the|coming|is)\s+", "", said)
    weeks = {"this week": 0, "week": 0, "current week": 0, "rest of the week": 0, "next week": 7, "coming week": 7}
    if said in weeks:
        first = monday + timedelta(days=weeks[said])
        return (today if said.startswith("rest") else first), first + timedelta(days=6)
    if said in {"this weekend", "weekend"}:
        return monday + timedelta(days=5), monday + timedelta(days=6)
    if said in {"this month", "month"}:
        first = today.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if said == "next month":
        first = (today.replace(day=1) + timedelta(days=31)).replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if match := re.fullmatch(r"(?:the\s+)?(?:next|following)\s+(\d{1,2}|two|three|four|five|few)\s+days?", said):
        count = _COUNTS.get(match[1]) or (int(match[1]) if match[1].isdecimal() else 3)
        return today, today + timedelta(days=count)
    left, day = dated(said, today)
    if day is None or bared(left):
        return None
    if re.match(r"by|until|till", said):
        return None, day
    if said.startswith("before"):
        return None, day - timedelta(days=1)
    return day, day


def day(text: str, today: date) -> date | None:
    """The day that `text` says and nothing else."""
    said = days.find(text, today)
    if said is None or bared(text[: said.start] + text[said.end :]):
        return None
    return said.day
