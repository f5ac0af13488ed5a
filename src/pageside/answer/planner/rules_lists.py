"""What readers say to see their tasks, and which of them: "what's due this week", "show my list"; rules, pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, Literal

from pageside.answer.planner.intents import Sought
from pageside.answer.planner.rules_targets import spanned
from pageside.answer.planner.rules_titles import LIST, Masked, bared, prioritised
from pageside.tasks import days

_Status = Literal["all", "pending", "completed"]

_TASKS: Final = (
    r"(?:tasks?|to-?\s?dos?|to\s+do|reminders?|assignments?|items?"
    r"|things|stuff|homework|deadlines?|tasklist|lists?|plate)"
)
_SHOW: Final = (
    r"(?:show|list|display|see|view|get|give|print|read|tell|open|check|look\s+at|pull\s+up|bring\s+up|find|search"
    r"|what|which|go\s+through"
    r"|let\s+me\s+see|i\s+(?:want|need|would\s+like|wanna|'d\s+like)\s+(?:to\s+)?(?:see|check|know)|run\s+through"
    r"|remind\s+me\s+of|search\s+for)"
)
# What makes a message one about the reader's list: each alone is enough.
_MINE: Final = re.compile(
    r"\b(?:on|in|from|of|to|with|through)\s+(?:my|the)\s+(?:(?:study|task|todo|to-do|to\s+do)\s+)*(?:list|todo|to-do"
    r"|board|plate|agenda|tasks|todos|to-dos)\b"
    r"|\bmy\s+(?:[\w-]+\s+){0,4}(?:tasks?|to-?\s?dos?|to\s+dos?|list|reminders|deadlines|assignments|agenda|plate)\b"
    r"|\b(?:tasks?|to-?\s?dos?|deadlines?|assignments?|reminders?|things|anything|stuff|something|much|homework"
    r"|many)\b.*\b(?:do\s+)?(?:i|we)(?:\s+still)?"
    r"\s+(?:have|got|need|must|still\s+have|should|owe|gotta|'ve)\b"
    r"|\b(?:do|have)\s+i\s+(?:still\s+|already\s+)?(?:have|got|need|owe)?\s*(?:any|anything|something|a|stuff"
    r"|got)?\b.*\b(?:due|to\s+do|left|tasks?|planned|open|pending|overdue|for\s+(?:today|tomorrow|this)|list)\b"
    r"|\bwhat\b.*\bi\b.*\b(?:have|need|got|must|gotta|should)\s+(?:still\s+)?(?:to\s+)?(?:do|finish|hand|submit|study"
    r"|get\s+done|complete)\b"
    r"|\b(?:what|see|everything|all|stuff|tasks)\b.{0,20}\bi\s+(?:still\s+)?have\s+(?:left|to\s+do|to\s+finish|open)\b"
    r"|\bam\s+i\s+(?:behind|late|overdue)\b|\b(?:anything|something)\s+(?:else\s+)?(?:left|planned|coming\s+up"
    r"|for\s+(?:today|tomorrow|this|next)|to\s+do)\b"
    r"|\b(?:what|which|anything|something|everything|stuff|ones?|any|tasks?)\b.{0,40}\b(?:due|overdue|pending|tagged"
    r"|unfinished)\b(?!\s+to\b)"
    r"|\bwhat(?:'s|\s+is|\s+are|s)?\s+(?:still\s+)?(?:left(?!\s+(?:of|hand|side|arm|wheel))|open|outstanding|urgent"
    r"|undone|up\s+next|remaining|planned)\b"
    r"|\bwhat\s+(?:have|did)\s+i\s+(?:already\s+|just\s+|so\s+far\s+)?(?:do|done|finish(?:ed)?|complete[d]?"
    r"|tick(?:ed)?\s+off|accomplish(?:ed)?|add(?:ed)?|got\s+done|get\s+done)\b"
    r"|\bhave\s+i\s+(?:already\s+)?(?:done|finished|completed|ticked)\b|\bdid\s+i\s+(?:already\s+)?(?:do|finish"
    r"|complete|add|tick)\b"
    r"|\bwhen\s+(?:is|are|'s|do\s+i\s+have\s+to|must\s+i|should\s+i|does)\b.*\b(?:due|hand\s+in|submit|deadline)\b"
    r"|\b(?:what|which|when)(?:'s|\s+is)\s+my\s+(?:next|first|last|nearest)\b|\b(?:things|stuff)\s+to\s+do\b"
    r"|^what\s+(?:do\s+(?:i|we)\s+have|have\s+i\s+got|is|'s)?\s*(?:planned\s+)?(?:for|on|due|due\s+on)\s+(?:today"
    r"|tomorrow|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|this|next|the\s+week)\b|\bwhat(?:'s"
    r"|\s+is)\s+coming\s+up\b|\b(?:today|tomorrow|week|month)'s\s+(?:tasks|todos|list)\b"
    r"|\bdoing\s+with\s+my\s+(?:tasks|list)\b|\bplan(?:ned|s)?\s+for\s+(?:today|tomorrow|the\s+week|this\s+week)\b"
    r"|\bwhat(?:'s|\s+is)\s+(?:the\s+)?most\s+(?:urgent|important)\s+(?:thing|task|one)?$"
    r"|\bwhat\s+(?:should|must|do|shall)\s+i\s+(?:do|need\s+to\s+do|have\s+to\s+do|work\s+on|tackle|start\s+with)\b"
    r"|\b(?:what's|whats|what\s+is)\s+(?:on\s+)?(?:for\s+)?(?:today|tomorrow|this\s+week)\b",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(
    r"(?:(?:show|see|view|open|read|what(?:'s|\s+is|\s+was)|when\s+is|is|tell\s+me(?:\s+about)?|details?\s+(?:of|for"
    r"|about|on)|describe)\s+)(?:me\s+)?(?:the\s+)?(?:details?\s+(?:of|for|about|on)\s+)?(?:task\s+(?:number\s+"
    r"|no\.?\s*)?#?|#)(?P<number>\d{1,18})(?:\s+(?:again|done|due|finished|about|overdue|completed?|yet))*",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    rf"(?:(?:please\s+)?{_SHOW}(?:\s+(?:me|up|out))*\s+)?(?:(?:me|all|of|the|my|every|everything|only|just|current"
    rf"|full|whole|entire|please|a|any|our|open|pending|done|completed"
    rf"|finished|unfinished|incomplete|remaining|overdue|urgent|important|todays?|today's|tomorrow's|this\s+week's"
    rf"|next\s+week's|(?:high|low|normal|top)[\s-]*prio(?:rity)?|outstanding|active|study|to-?do|task)\s+)*"
    r"(?:tasks?|to-?\s?dos?|to\s+dos?|list|tasklist|reminders|deadlines|board|assignments)(?:\s+list)?"
    r"(?:\s+(?:please|pls|now|again|for|due|by|on|this|that|next|today|tomorrow|overdue|done|completed|finished"
    r"|pending|open|left|week|month|tagged|with|about|are|is|which|i|have|still|the|not|yet"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|high|low|priority|prio|weekend|and|the\s+tag"
    r"|#?[\w-]+(?=$)))*",
    re.IGNORECASE,
)
_ALL: Final = re.compile(
    r"(?:show|list|display|see|view)(?:\s+me)?\s+(?:them|it|all|everything|all\s+of\s+(?:it|them)"
    r"|them\s+all)(?:\s+again)?|list|ls|show\s+list",
    re.IGNORECASE,
)
_NARROWED: Final = re.compile(
    r"(?:(?:show|list|display|see|view|find|search(?:\s+for)?|give)(?:\s+me)?\s+|(?=.*\bones?\b))(?:(?:and|only|just"
    r"|all|the|my)\s+)*"
    r"(?:(?:ones?|everything|anything|stuff|those|what|whatever)\s+)?(?:that\s+(?:are|is|i)\s+|i\s+)?"
    r"(?P<of>(?:open|done|completed|finished|pending|overdue|urgent|due|tagged|#|high|low|unfinished|left)\b.*|#.*)",
    re.IGNORECASE,
)
_BOOKISH: Final = re.compile(
    r"\btasks?\s+(?:of|does|do|can|is|are|that|which|in)\s+(?:a|an|the|each|every|this|these|ros|it|he|she|robots?"
    r"|[A-Z]\w+)\b(?!.*\b(?:my|i)\b)"
    r"|\b(?:does|do|can)\s+(?:the|a|an|it|each|they|robots?)\s+[\w\s]+\b(?:run|have|do|perform|handle|execute|solve"
    r"|use)\b"
    r"|^(?:how|why|explain|describe|define|compare)\b|\bdue\s+to\b",
)
_COUNTED: Final = re.compile(r"\bhow\s+(?:many|much)\b", re.IGNORECASE)
_DONE: Final = re.compile(
    r"\b(?:completed?|finished|done|ticked(?:\s+off)?|checked\s+off|accomplished|got\s+done|did\s+i\s+(?:do|finish"
    r"|complete))\b",
    re.IGNORECASE,
)
_NOT_DONE: Final = re.compile(
    r"\b(?:not|n't|yet\s+to\s+be|haven't|isn't|aren't|still\s+to\s+be)\b.{0,20}\b(?:done|finished|completed?)\b"
    r"|\bto\s+(?:be\s+done|get\s+done)\b|\b(?:unfinished|undone|incomplete)\b"
    r"|\bdone\s+(?:yet|by|before)\b",
    re.IGNORECASE,
)
_OPEN: Final = re.compile(
    r"\b(?:open|pending|left|remaining|still|outstanding|unfinished|undone|active|to\s+do|need\s+to|have\s+to"
    r"|should\s+i|must\s+i|due|overdue|next|urgent|behind|incomplete|deadlines?|planned|owe)\b",
    re.IGNORECASE,
)
_OVERDUE: Final = re.compile(
    r"\b(?:overdue|over\s+due|past\s+(?:due|the\s+deadline)|late|behind|missed)\b", re.IGNORECASE
)
_EVERY: Final = re.compile(r"\b(?:all|everything|every)\b", re.IGNORECASE)
_TAG: Final = re.compile(
    r"\b(?:tagged|labell?ed)\s+(?:as\s+|with\s+)?#?(?P<tagged>[\w-]+)|(?<!\w)#(?P<hash>[^\W\d][\w-]*)"
    r"|\b(?:with|under|has|have)\s+(?:the\s+)?(?:tag|label)\s+#?(?P<with>[\w-]+)|\btags?\s*[:=]\s*#?(?P<colon>[\w-]+)",
    re.IGNORECASE,
)
_WHEN: Final = re.compile(
    r"\b(?:(?:due|for|by|before|until|on|in|over|during|within|coming\s+up)\s+)*(?:the\s+)?(?:(?:this|next|coming"
    r"|current)\s+(?:week(?:end)?|month)|rest\s+of\s+the\s+week|weekend|week"
    r"|(?:next|following)\s+(?:\d{1,2}|two|three|four|five|few)\s+days?)\b",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(
    r"\b(?:about|regarding|concerning|related\s+to|containing|contain|mention(?:s|ing)?|that\s+say|involving"
    r"|with\s+the\s+words?|called|named|to\s+do\s+with|matching|search(?:\s+my\s+\w+)?\s+for|find)\s+(?:the\s+"
    r"|my\s+)?(?P<words>.+)",
    re.IGNORECASE,
)
_ASKED_ONE: Final = re.compile(
    rf"(?:did|have)\s+i\s+(?:already\s+|just\s+|ever\s+)?(?:add(?:ed)?|finish(?:ed)?|complete[d]?|do|done"
    rf"|tick(?:ed)?\s+off)\s+(?P<did>.+)"
    rf"|(?:is|are)\s+(?:the\s+|my\s+)?(?P<is>.+?)\s+(?:on\s+{LIST}|done|finished|completed?|due\b.*|overdue"
    rf"|still\s+(?:open|pending))(?:\s+(?:yet|already|now))?"
    r"|do\s+i\s+(?:still\s+|already\s+)?have\s+(?:the|a|an|my)\s+(?P<have>.+?)\s+(?:task|todo|reminder|item)(?:\s+.*)?"
    r"|when\s*(?:is|are|'s)\s+(?:the\s+|my\s+)?(?P<when>.+?)\s+due|when\s+(?:do|must|should)\s+i\s+(?:have\s+to\s+"
    r"|need\s+to\s+)?(?P<hand>(?:hand|submit|turn|finish).+)"
    rf"|(?:do\s+i\s+have|have\s+i\s+got|is\s+there)\s+(?:any|a|an"
    rf"|some)?\b\s*(?P<any>(?!(?:any)?thing\b)(?!thing\b)[\w\s'-]+?)\s*(?:tasks?|things?|stuff|items?)?\s+(?:on"
    rf"|in)\s+{LIST}"
    r"|(?:what|which)(?:'s|\s+is)?\s+(?:the\s+)?(?:due\s+date|deadline)\s+(?:of|for)\s+(?:the\s+"
    r"|my\s+)?(?P<deadline>.+)"
    r"|(?:show|find|list)(?:\s+me)?\s+(?:all\s+|any\s+)?(?:the\s+|my\s+)?(?P<kind>(?!(?:my|the|me|our|these|those"
    r"|which|what|how|open|done|completed|finished|pending|overdue|urgent|high|low|unfinished|remaining|current|all"
    r"|to-?do|study|full|whole|entire|only|other|outstanding|active|incomplete|next|of|in"
    r"|on)\b)[^\W\d][\w'-]*(?:\s+[^\W\d][\w'-]*)?)\s+(?:tasks|todos|reminders)",
    re.IGNORECASE,
)
_GENERIC: Final = re.compile(
    r"(?:anything|something|everything|it|that|all|any|me|stuff|things?|tasks?|one|today|tomorrow|much|many|else"
    r"|there|what)+",
    re.IGNORECASE,
)


def read(text: str, whole: Masked, today: date) -> Sought | None:
    """Which tasks `text`, a part of `whole`, wants to see; None where it does not ask for tasks."""
    said = re.sub(
        r"\s+(?:now|again|right\s+now|at\s+the\s+moment|currently|so\s+far)$",
        "",
        text.strip(" ,.?!"),
        flags=re.IGNORECASE,
    )
    said = re.sub(
        r"\b(?P<day>(?:this|next)\s+week|[a-z]+(?:day|morrow))'s\s+(?P<what>tasks|todos|to-dos|list|deadlines)\b",
        r"\g<what> for \g<day>",
        said,
        flags=re.IGNORECASE,
    )
    if match := _NUMBERED.fullmatch(said):
        return Sought(numbers=(int(match["number"]),))
    if not _wants(said):
        return None
    wanted = Sought()
    if match := _TAG.search(said):
        wanted = replace(wanted, tag=next(group for group in match.groups() if group).lower())
        said = f"{said[: match.start()]} {said[match.end() :]}"
    left, priority = prioritised(said)
    if priority is None and re.search(r"\b(?:urgent|important)\b", said, re.IGNORECASE):
        priority = "high"
        left = re.sub(r"\b(?:most\s+)?(?:urgent|important)\b", "", said, flags=re.IGNORECASE)
    wanted = replace(wanted, priority=priority or "", status=_status(said))
    wanted, left = _days(wanted, left, today)
    return replace(wanted, words=_words(left, whole))


def _wants(said: str) -> bool:
    if _BARE.fullmatch(said) or _ALL.fullmatch(said) or _NARROWED.fullmatch(said):
        return not re.match(r"(?:a|any)?\s*(?:task|item|things?|stuff|reminder|to\s+do|board)$", said, re.IGNORECASE)
    if _BOOKISH.search(said) and not re.search(r"\b(?:my|i)\b", said, re.IGNORECASE):
        return False
    if re.match(r"(?:how|why)\b", said, re.IGNORECASE) and not _COUNTED.match(said):
        return False
    return bool(
        _MINE.search(said)
        or (match_one(said) and re.search(rf"\b{LIST}\b|\bdue\b", said, re.IGNORECASE))
        or _kind(said)
    )


def _kind(said: str) -> bool:
    match = match_one(said)
    return bool(
        match
        and (
            match["kind"]
            or (match["is"] and re.match(r"(?:is|are)\s+(?:the|my)\b.*\b(?:done|finished)\b", said, re.IGNORECASE))
        )
    )


def match_one(said: str) -> re.Match[str] | None:
    """Where `said` asks after one task by its words."""
    return _ASKED_ONE.fullmatch(said)


def _status(said: str) -> _Status:
    if re.search(
        r"\b(?:done|finished|completed?)\s+(?:and|or|as\s+well\s+as)\s+(?:open|not|pending)\b|\b(?:open"
        r"|pending)\s+(?:and|or)\s+(?:done|completed|finished)\b",
        said,
        re.IGNORECASE,
    ):
        return "all"
    if match_one(said):
        return "all"
    if _NOT_DONE.search(said):
        return "pending"
    if _DONE.search(said):
        return "completed"
    if _OPEN.search(said) or _OVERDUE.search(said):
        return "pending"
    if _EVERY.search(said) or re.match(r"(?:show|list|display)\b", said, re.IGNORECASE):
        return "all"
    return "all"


def _days(wanted: Sought, said: str, today: date) -> tuple[Sought, str]:
    if wanted.status == "completed":
        return wanted, said  # when a task was completed is not what it is due by
    if _OVERDUE.search(said):
        return replace(wanted, due_to=today - timedelta(days=1)), _OVERDUE.sub(" ", said)
    if match := _WHEN.search(said):
        span = spanned(re.sub(r"^(?:due\s+|coming\s+up\s+)+", "", match.group(), flags=re.IGNORECASE), today)
        if span:
            return replace(wanted, due_from=span[0], due_to=span[1]), said[: match.start()] + said[match.end() :]
    found = None if re.search(r"\b(?:add|added|create|created)\b", said, re.IGNORECASE) else _said_day(said, today)
    if found:
        span, start, end = found
        return replace(wanted, due_from=span[0], due_to=span[1]), f"{said[:start]} {said[end:]}"
    return wanted, said


def _said_day(said: str, today: date) -> tuple[tuple[date | None, date | None], int, int] | None:
    day = days.find(said, today)
    if day is None:
        return None
    span = spanned(re.sub(r"^due\s+", "", said[day.start : day.end].strip(), flags=re.IGNORECASE), today)
    return ((span or (day.day, day.day)), day.start, day.end)


def _words(said: str, whole: Masked) -> str:
    """What the tasks are to be about."""
    said = said.strip(" ,.?!")
    one = match_one(said)
    named = next((group for group in one.groups() if group), "") if one else ""
    if not named and (match := _ABOUT.search(said)):
        named = match["words"]
    named = re.sub(
        rf"\s+(?:on|in|from|to)\s+{LIST}.*$|\s+(?:{_TASKS}|to\s+do|due|left|yet|already)$",
        "",
        named.strip(" ,.?!"),
        flags=re.IGNORECASE,
    )
    named = re.sub(rf"\s+(?:{_TASKS})$|^(?:the|my|any|a|an)\s+", "", bared(named), flags=re.IGNORECASE)
    return (
        ""
        if _GENERIC.fullmatch(named) or re.fullmatch(rf"{LIST}|my\s+.*list|due.*", named, re.IGNORECASE)
        else whole.plain(named)
    )
