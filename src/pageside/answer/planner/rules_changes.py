"""What readers say to change, complete, delete or bring back tasks; rules, pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from pageside.answer.planner import rules_targets, rules_titles
from pageside.answer.planner.intents import Act, Intent, Target
from pageside.answer.planner.rules_titles import LIST, QUOTE, Masked
from pageside.tasks import days
from pageside.tasks.task import Details, Status

SURE: Final = 0.95
LIKELY: Final = 0.8
DOUBTFUL: Final = 0.5  # below `LEAST_CONFIDENCE`


@dataclass(frozen=True, slots=True)
class Heard:
    """What one clause wants.

    Attributes:
        told: It says more of a task that was named before, rather than what to do: "it's urgent".
    """

    acts: tuple[Act, ...]
    confidence: float = SURE
    question: str = ""
    told: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a message that says one thing, the message its quotes are from, and the day it is."""

    text: str
    whole: Masked
    today: date

    def target(self, text: str) -> Target:
        """The tasks that a part of it names."""
        return rules_targets.read(text, self.whole, self.today)


_D: Final = r"(?:done|complete[d]?|completly|finish(?:ed)?|ticked|checked(?:\s+off)?|closed|over\s+with)"
_DAY_WORD: Final = r"(?:due\s*date|due|deadline|date|day)"
_NOT: Final = (
    r"(?:not\s+(?:yet\s+)?(?:done|complete[d]?|finish(?:ed)?)|undone|incomplete"
    r"|unfinished|uncompleted|pending|open|active|to-?do|unchecked|un-?done)"
)
_DELETING: Final = (
    r"(?:delete|remove|erase|drop|scrap|bin|trash|discard|cancel|ditch|axe|toss|nuke|yeet|zap|kill|dump|del|rm|wipe"
    r"|clear|purge|eliminate|empty"
    r"|get\s+rid\s+of|throw\s+(?:away|out)|chuck\s+out|strike|forget(?:\s+about)?|take\s+off)"
)
_SUBJECT: Final = r"(?:(?:i|we)(?:'ve|\s+have|\s+am|'m|\s+just|\s+already|\s+finally|\s+now)*\s+)"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE | re.DOTALL)


def _group(match: re.Match[str], name: str) -> str:
    """The group `name`, or one of its numbered forms in another alternative."""
    return next((text for key, text in match.groupdict().items() if key.rstrip("0123456789") == name and text), "")


UNDO: Final = _any(
    r"(?:oops|ups|whoops|no|wait|argh|sorry|ah|oh|damn|nooo*)?[\s,.!]*(?:undo|un-?do|revert|roll\s*back|reverse"
    r"|undelete|unremove|unadd)"
    r"(?:\s+(?P<t1>.+))?",
    r"(?:bring|get|put|take|give|have|want)\s+(?:me\s+)?(?P<t2>it|that|this|them|these|those|that\s+one|(?:the|my"
    r"|task|#|both|all)\b.+?|\d+)\s+back(?:\s+(?:on|to|in|into|onto)\s+" + LIST + r")?",
    r"(?:bring|get|put)\s+back\s+(?P<t3>.+)",
    r"(?:restore|recover|undelete|un-delete|resurrect|reinstate)\s+(?P<t4>.+)",
    r"i\s+(?:did\s*n[o']?t|didnt)\s+(?:mean|want)\s+(?:to\s+(?:do\s+)?)?(?:that|this|it|delete\s+(?:it|that)"
    r"|remove\s+(?:it|that)).*",
    r"i\s+want\s+(?P<t5>it|that|them)\s+back",
    r"(?:that\s+was|it\s+was|was)\s+(?:a\s+|my\s+)?(?:mistake|accident|an\s+accident)",
    r"(?:delete[d]?|remove[d]?)\s+(?:it|that)\s+by\s+(?:mistake|accident)",
)
_THE_LAST: Final = re.compile(
    r"(?:it|that|this|them|please|(?:the\s+|my\s+|your\s+)?(?:last|previous|latest)?\s*(?:one|change|changes|action"
    r"|step|thing|delete|deletion|deleting|edit|completion|operation|command|update|move|"
    r"rename|renaming|what\s+you\s+(?:just\s+)?did)(?:\s+(?:i|you)\s+(?:just\s+)?(?:did|made))?|the\s+last"
    r"|what\s+(?:you|i)\s+(?:just\s+)?did|all\s+(?:of\s+)?that|everything|that\s+last\s+(?:one|thing))",
    re.IGNORECASE,
)
_COMPLETE: Final = _any(
    rf"(?:mark|set|check|flag|label|make|put|get|consider|call|turn|change"
    rf"|update)\s+(?:off\s+)?(?P<t1>.+?)\s+(?:as\s+|to\s+|off\s+as\s+|status\s+to\s+|is\s+|like\s+"
    rf"|into\s+)*{_D}(?:\s+(?:off|please|now))?",
    rf"mark\s+(?:as\s+)?(?:off|{_D})\s*:?\s+(?P<t2>.+)",
    r"(?:(?:tick|check|cross|scratch|strike|knock|mark)(?:ed|ing)?\s+off|cross(?:ed)?\s+out|put\s+an?\s+(?:check"
    r"|tick)(?:\s*mark)?\s+(?:on|next\s+to|behind|at))\s+(?P<t3>.+)",
    r"(?:tick|check|cross|scratch|strike|knock|mark)(?:ed)?\s+(?P<t4>.+?)\s+off(?:\s+(?:my|the|of)\b.*)?",
    rf"(?:{_SUBJECT})?(?:completed|finished|finish|complete|completing|finishing|close|closed|submitted|handed\s+in"
    rf"|turned\s+in)\s+(?:out\s+|off\s+|up\s+|with\s+|doing\s+)?(?P<t5>.+)",
    rf"{_SUBJECT}(?:did|done|managed|handed\s+in|submitted|turned\s+in)\s+(?:with\s+)?(?P<t6>.+)",
    r"(?:all\s+)?done(?:\s*:|\s)\s*(?:with\s+)?(?P<t7>.+)",
    r"(?:i\s+)?(?:got|have|had|get)\s+(?P<t8>.+?)\s+(?:done|finished|completed|out\s+of\s+the\s+way)",
    rf"(?P<t9>.+?)(?:\s+(?:is|are|has\s+been|was|were|be|have\s+been|should\s+be)|'s|\s*[-:,–—])\s+(?:now\s+"
    rf"|already\s+|all\s+|finally\s+|just\s+|also\s+)*{_D}(?:\s+(?:now|already|too))?",
    r"(?P<t10>(?:task|todo|#|number|no\.?|the\b|my\b)?\s*\S.{0,60}?)\s+(?:done|finished|completed|✓|✔|✅|☑)",
    r"(?:tick|check)\s+(?P<t11>(?:task\s*|#|the\s+(?:first|second|third|last)|it|that|both|\d).*)",
    r"(?:i'm|im|i\s+am)\s+(?:all\s+|now\s+)?(?:done|through|finished)\s+with\s+(?P<t12>.+)",
)
_WHEN_DONE: Final = re.compile(
    r"(?<!due)(?<!for)(?<!\bof)\s+(?:today|yesterday|earlier(?:\s+today)?|just\s+now|this\s+(?:morning|afternoon"
    r"|evening)|last\s+night|a\s+(?:minute|while)\s+ago)$",
    re.IGNORECASE,
)
_COMPLETE_BARE: Final = re.compile(
    rf"(?:(?:i(?:'m|\s+am|'ve|\s+have)?|it(?:'s|\s+is)|that(?:'s|\s+is|\s+one\s+is)|all)\s+)*(?:just\s+|now\s+"
    rf"|already\s+|all\s+)*(?:{_D}|did\s+(?:it|that|this|them|that\s+one))(?:\s+(?:it|now|already|too|that))*",
    re.IGNORECASE,
)
_REOPEN: Final = _any(
    r"(?:re-?open|un-?check|un-?tick|un-?mark|un-?complete|reactivate|reset|un-?finish)\s+(?P<t1>.+)",
    rf"(?:mark|set|make|put|change|flag)\s+(?P<t2>.+?)\s+(?:back\s+)?(?:as\s+|to\s+"
    rf"|is\s+)*(?:still\s+)?{_NOT}(?:\s+(?:again|please))?",
    rf"(?:mark\s+)(?:as\s+)?{_NOT}\s*:?\s+(?P<t3>.+)",
    r"(?P<t4>.+?)(?:\s+(?:is|are|was)(?:n['o]?t|\s+not)|'s\s+not|\s+ain't|\s+isnt)\s+(?:actually\s+"
    r"|really\s+)?(?:done|finished|complete[d]?)(?:\s+(?:yet|after\s+all|actually))*",
    r"i\s+(?:have\s*n['o]t|havent|haven't|did\s*n['o]t|didnt|didn't|have\s+not|did\s+not)\s+(?:actually\s+"
    r"|really\s+)?(?:finish(?:ed)?|complete[d]?|do|done)\s+(?P<t5>.+?)(?:\s+(?:yet|after\s+all|actually))*",
    r"(?P<t6>.+?)\s+is\s+(?:actually\s+)?still\s+(?:open|pending|to\s+do|not\s+done|unfinished)",
)
_NO_DAY: Final = _any(
    rf"(?:remove|clear|delete|drop|take\s+(?:off|away)|get\s+rid\s+of|unset|cancel|erase)\s+(?:the\s+|its\s+|any\s+"
    rf"|that\s+)?{_DAY_WORD}s?\s+(?:of|from|for|on|off)\s+(?P<t1>.+)",
    rf"(?:remove|clear|delete|drop|unset|cancel|take\s+away)\s+(?P<t2>.+?)(?:'s|s')\s+{_DAY_WORD}",
    rf"(?P<t3>.+?)\s+(?:has|have|needs?|should\s+have|does\s*n['o]t\s+have|doesn't\s+(?:have|need))\s+(?:no|any"
    rf"|a)\s+{_DAY_WORD}(?:\s+(?:any\s?more|now))?",
    rf"(?:set\s+)?(?:there\s+is\s+|there's\s+)?no\s+(?:more\s+)?{_DAY_WORD}\s+(?:for|on)\s+(?P<t4>.+)",
    rf"take\s+(?:the\s+)?{_DAY_WORD}\s+(?:off|away\s+from|from)\s+(?P<t5>.+)",
    rf"(?:remove|clear|drop|delete|take\s+off|lose)\s+(?P<t6>its|the|that)\s+{_DAY_WORD}",
)
_RENAME: Final = _any(
    r"(?:rename|retitle|re-name|relabel)\s+(?P<t1>.+?)\s*(?:\s(?:to|into|as|in)\s|=>|->|→|=)\s*(?P<n1>.+)",
    r"(?:change|edit|update|set|modify|correct|fix|alter)\s+(?:the\s+)?(?:title|name|text|wording)\s+(?:of|for"
    r"|on)\s+(?P<t2>.+?)\s+(?:to|into|as|in)\s+(?P<n2>.+)",
    r"(?:change|edit|update|set|modify|correct)\s+(?P<t3>.+?)(?:'s?|s')?\s+(?:title|name|text|wording)\s+(?:to|into"
    r"|as|in)\s+(?P<n3>.+)",
    rf"(?:call|name|title)\s+(?P<t4>it|that|this|them|task\s+#?\d+|#?\d+|the\s+.+?\s+(?:one|task)|the\s+(?:first"
    rf"|second|third|last)(?:\s+one)?|.+?(?=\s+{QUOTE}))\s+(?P<n4>.+?)(?:\s+instead)?",
    r"(?P<t5>.+?)\s+should\s+(?:be\s+called|read|say|be\s+named)\s+(?P<n5>.+)",
    rf"(?P<t10>.+?)\s+should\s+(?:actually\s+|really\s+)?be\s+(?P<n10>{QUOTE})",
    r"(?P<t11>(?:task\s+)?#?\d+)\s+should\s+(?:actually\s+|really\s+)?be\s+(?P<n11>.+)",
    r"(?:replace|swap)\s+(?P<t6>.+?)\s+(?:with|by|for)\s+(?P<n6>.+)",
    r"make\s+(?P<t7>it|that|task\s+#?\d+|#?\d+)\s+(?:say|read)\s+(?P<n7>.+)",
    r"(?:change|edit|update|modify|correct|alter|turn|set)\s+(?P<t8>.+?)\s+(?:to|into|so\s+(?:that\s+)?it\s+(?:says"
    r"|reads))\s+(?P<n8>.+)",
    r"(?:change|edit|update|modify|correct)\s+(?P<t9>(?:task\s+)?#?\d+|it)\s*[:,-]\s*(?P<n9>.+)",
)
_BY_DAYS: Final = re.compile(
    r"(?:move|postpone|push|delay|shift|extend|bump|pull|put)\s+(?P<t>.+?)(?:\s+(?:back|forward|off|out|up|by|for"
    r"|another))*\s+(?:an?|one|two|three|four|five|a\s+few|a\s+couple\s+of|\d{1,3})\s+(?:more\s+)?(?:days?|weeks?"
    r"|months?)(?:\s+(?:later|earlier|back|forward))?",
    re.IGNORECASE,
)
_BARE_RENAME: Final = re.compile(
    r"(?:rename|retitle|change|edit|update|modify|move|postpone|reschedule)\s+(?P<t>.+)", re.IGNORECASE | re.DOTALL
)
_MOVE: Final = _any(
    rf"(?:move|postpone|push|reschedule|delay|shift|bring|defer|put|bump|pull|change|set|update|make|extend|schedule"
    rf"|give|re-schedule)\s+(?:the\s+)?(?:{_DAY_WORD}\s+(?:of|for|on)\s+)?(?P<t1>.+?)(?:'s\s+{_DAY_WORD})?"
    rf"(?:\s+(?:back|off|forward|out|up|over))?(?:\s+(?:{_DAY_WORD}|to\s+be\s+due|be\s+due|due|to|until|till|for|on"
    rf"|by|at|as|is|=|from\s+\S+\s+to|instead))*\s+(?P<d1>DAY)(?:\s+instead)?",
    rf"(?:the\s+)?(?:{_DAY_WORD})\s+(?:of|for|on)\s+(?P<t2>.+?)\s+(?:is|should\s+be|to|=|becomes|changed\s+to"
    rf"|will\s+be)\s+(?:now\s+)?(?P<d2>DAY)",
    rf"(?P<t3>.+?)(?:'s\s+{_DAY_WORD})?\s+(?:is|are|should\s+be|needs\s+to\s+be|must\s+be|has\s+to\s+be|will\s+be"
    rf"|can\s+be|can\s+wait)\s+(?:now\s+|actually\s+|done\s+|finished\s+|instead\s+)*(?:due\s+)?(?:on\s+|by\s+|to\s+"
    rf"|for\s+|until\s+|till\s+)?(?P<d3>DAY)",
    r"(?P<t4>it's|its)\s+(?:now\s+|actually\s+)?(?:due\s+)(?P<d4>DAY)",
    rf"(?P<t5>.+?)\s+(?:due|{_DAY_WORD})\s+(?P<d5>DAY)",
    rf"(?:change|set|move|update)\s+(?:the\s+)?{_DAY_WORD}\s+to\s+(?P<d6>DAY)",
    rf"(?:add|set|put)\s+(?:a\s+|the\s+)?{_DAY_WORD}\s+(?:to|for|on|of)\s+(?P<t7>.+?)\s*(?:[:,-]|\s(?:to|of|as|for|by"
    rf"|on))?\s*(?P<d7>DAY)",
)
_LEVEL: Final = (
    r"(?:(?:an?\s+)?(?:very\s+)?(?:high(?:er|est)?|top|urgent|important|low(?:er|est)?|normal|medium|less\s+(?:urgent"
    r"|important)|more\s+(?:urgent|important)|not\s+(?:urgent|important))(?:[\s-]+(?:prio(?:rity)?|importance))?)"
)
_PRIORITY: Final = _any(
    rf"(?:set|change|make|mark|raise|lower|bump|give|put|flag|turn|update|move|upgrade|downgrade|increase|reduce|drop"
    rf"|consider)\s+(?:the\s+)?(?:(?:prio(?:rity)?|importance)\s+(?:of|for"
    rf"|on)\s+)?(?P<t1>.+?)(?:'s)?(?:\s+(?:prio(?:rity)?|importance))?(?:\s+(?:as|to|at|is|of|up\s+to|down\s+to|="
    rf"|with))*\s+(?P<l1>{_LEVEL})",
    rf"(?:the\s+)?(?:prio(?:rity)?)\s+(?:of|for|on)\s+(?P<t2>.+?)\s+(?:is|should\s+be|to|=)\s+(?P<l2>{_LEVEL})",
    rf"(?P<t3>.+?)(?:\s+(?:is|are|should\s+be|should\s+have|has|gets?|needs)|'s)\s+(?:really\s+|now\s+|very\s+"
    rf"|super\s+|actually\s+|so\s+)*(?P<l3>{_LEVEL})(?:\s+now)?",
    r"(?P<l4>raise|increase|bump\s+up|lower|reduce|decrease)\s+(?:the\s+)?prio(?:rity)?\s+(?:of|for|on)\s+(?P<t4>.+)",
    r"(?P<l5>prioriti[sz]e|de-?prioriti[sz]e)\s+(?P<t5>.+)",
    r"(?P<t6>(?:task\s+)?#?\d+|it|that)\s+(?:to\s+)?(?P<l6>(?:high|low|normal|top|urgent)(?:[\s-]+prio(?:rity)?)?)",
)
_TAG: Final = _any(
    rf"(?:tag|label|categori[sz]e)\s+(?P<t1>.+?)\s+(?:with|as|under)\s+(?:the\s+)?(?:tags?\s+)?(?P<g1>[#\w].*"
    rf"|{QUOTE}.*)",
    r"(?:add|put|give|attach|stick|set)\s+(?:the\s+|a\s+)?(?:tags?|labels?)\s+(?P<g2>.+?)\s+(?:to|on|onto"
    r"|for)\s+(?P<t2>.+)",
    r"(?:add|put)\s+(?P<g3>#[\w-]+(?:\s*(?:,|and)?\s*#[\w-]+)*)\s+(?:to|on|onto)\s+(?P<t3>.+)",
    r"(?:give|set)\s+(?P<t4>.+?)\s+(?:the|a)\s+(?:tag|label)\s+(?P<g4>.+)",
    r"tag\s+(?P<t5>it|that|this|them|both|(?:task\s+)?#?\d+)\s+(?P<g5>[#\w][\w-]*)",
    rf"(?:add|put)\s+(?:the\s+)?(?P<g6>[\w-]+|{QUOTE})\s+(?:tag|label)\s+(?:to|on|onto)\s+(?P<t6>.+)",
    r"(?:set|change)\s+(?:the\s+)?tags?\s+(?:of|on|for)\s+(?P<t7>.+?)\s+to\s+(?P<g7>.+)",
)
_NO_TAG: Final = _any(
    r"(?:remove|clear|delete|drop)\s+(?:all\s+|the\s+|its\s+)*tags\s+(?:of|from|on|off)\s+(?P<t>.+)",
    r"untag\s+(?P<t2>.+)",
)
_DESCRIBE: Final = _any(
    r"(?:add|put|write|attach)\s+(?:a\s+|the\s+|this\s+)?(?:note|description|comment|details?)\s+(?:to|on|for"
    r"|in)\s+(?P<t1>.+?)\s*(?:[:,]|\s-\s|\s(?:saying|that\s+says|that|with))\s*(?P<n1>.+)",
    r"(?:set|change|update|edit)\s+(?:the\s+)?(?:description|note|details?)\s+(?:of|for|on)\s+(?P<t2>.+?)\s+(?:to"
    r"|as)\s+(?P<n2>.+)",
    r"(?:note|description|comment)\s+(?:for|on|to)\s+(?P<t3>.+?)\s*:\s*(?P<n3>.+)",
    rf"(?:add|put)\s+(?:the\s+)?(?:note|description|comment)\s+(?P<n4>{QUOTE})\s+(?:to|on|for)\s+(?P<t4>.+)",
    r"describe\s+(?P<t5>(?:task\s+)?#?\d+|it)\s+as\s+(?P<n5>.+)",
)
_DELETE: Final = _any(
    rf"{_DELETING}\s+(?:me\s+)?(?P<t1>.+)",
    rf"(?:take|get|throw|kick|scratch|strike|pull|cross)\s+(?P<t2>.+?)\s+(?:off|out\s+of|from"
    rf"|away\s+from)\s+(?:of\s+)?{LIST}",
    r"(?:throw|toss|chuck|take)\s+(?P<t3>.+?)\s+(?:away|out)",
    r"(?:i|we)\s+(?:do\s*n['o]t|dont|don't|no\s+longer|do\s+not)\s+(?:need|want"
    r"|have)\s+(?:to\s+(?:do\s+)?)?(?P<t4>.+?)(?:\s+(?:any\s?more|any\s+longer|now|on\s+.*list))+",
    r"(?:i|we)\s+no\s+longer\s+(?:need|want|have)\s+(?:to\s+(?:do\s+)?)?(?P<t5>.+)",
    r"(?P<t6>.+?)\s+(?:is|are)\s+(?:no\s+longer|not)\s+(?:needed|necessary|relevant)(?:\s+any\s?more)?",
    r"(?P<t7>.+?)\s+can\s+go(?:\s+away)?",
    r"(?:scratch|lose)\s+(?P<t8>(?:task\s+)?#?\d+|that|it|the\s+.+?\s+(?:one|task))",
    r"(?:get)\s+(?P<t9>.+?)\s+gone",
)
_ON_ITS_OWN: Final = re.compile(
    r"(?:delete|remove|erase|complete|finish|rename|mark(?:\s+as\s+done)?|update|edit|change|tag|move|reopen|postpone"
    r"|cancel|drop)(?:\s+(?:a|the|one|some|my|another)?\s*(?:task|todo|item|one|reminder)s?)?",
    re.IGNORECASE,
)
_IDENTIFIED: Final = re.compile(r"\b(?:tasks?|todos?|to-dos?|list|one|ones|item|items|reminders?)\b|#\d", re.IGNORECASE)


def heard(clause: Clause) -> Heard | None:
    """What `clause` wants changed; None where nothing."""
    for reading in (
        _undone,
        _alone,
        _more,
        _no_day,
        _no_tag,
        _reopened,
        _completed,
        _described,
        _tagged,
        _raised,
        _moved,
        _renamed,
        _deleted,
        _unsaid,
    ):
        found = reading(clause)
        if found is not None:
            return found
    return None


def _confidence(clause: Clause, target: Target) -> float:
    """How sure it is that a task is meant, by how it is named."""
    if target.is_empty:
        return DOUBTFUL
    if target.words and not target.every and not _IDENTIFIED.search(clause.text):
        return LIKELY
    return SURE


def _acting(
    clause: Clause, intent: Intent, phrase: str, *, details: Details | None = None, status: Status | None = None
) -> Heard | None:
    if re.match(r"an?\s+(?!task|todo|to-do|item|reminder)", phrase, re.IGNORECASE) or _OF_THE_ANSWER.search(phrase):
        return None
    targets = _targets(clause, phrase)
    acts = tuple(Act(intent, details or Details(), target, status) for target in targets)
    return Heard(acts, min(_confidence(clause, target) for target in targets))


_OF_THE_ANSWER: Final = re.compile(
    r"^(?:(?:the|that|this|your|my|last|following)\s+)*(?:explanation|answer|summary|example|sentence|paragraph|code"
    r"|definition|equation|language|tone|subject)\b(?!\s+(?:task|one|reminder)\b)",
    re.IGNORECASE,
)


def _targets(clause: Clause, phrase: str) -> list[Target]:
    """The tasks that `phrase` names; several where it names them in several ways: "1 and the milk one"."""
    whole = clause.target(phrase)
    parts = [part for part in re.split(r"\s*(?:,\s*and|,|\band\b|&)\s*", phrase, flags=re.IGNORECASE) if part.strip()]
    if not whole.words or whole.every or len(parts) < 2:
        return [whole]
    named = [clause.target(part) for part in parts]
    certain = [bool(target.numbers or target.places or target.last) for target in named]
    sayable = all(
        ok or re.match(r"(?:the|my)\s+.*\b(?:one|task)$", part.strip(), re.IGNORECASE)
        for ok, part in zip(certain, parts, strict=True)
    )
    return named if any(certain) and sayable else [whole]


def _undone(clause: Clause) -> Heard | None:
    match = UNDO.fullmatch(clause.text)
    if not match:
        return None
    said = rules_targets.trimmed(_group(match, "t"))
    if not said or _THE_LAST.fullmatch(said):
        return Heard((Act("undo"),))
    target = clause.target(said)
    return Heard((Act("undo", target=Target() if target.last else target),))


def _alone(clause: Clause) -> Heard | None:
    """A command that does not say to which task: nothing is guessed."""
    if not _ON_ITS_OWN.fullmatch(clause.text) or _spoken(clause):
        return None
    word = clause.text.split()[0].lower()
    intents: dict[str, Intent] = {
        "delete": "delete", "remove": "delete", "erase": "delete", "cancel": "delete", "drop": "delete",
        "complete": "complete", "finish": "complete", "mark": "complete",
    }  # fmt: skip
    status: Status | None = "pending" if word == "reopen" else None
    return Heard((Act(intents.get(word, "update"), status=status),), DOUBTFUL)


def _spoken(clause: Clause) -> bool:
    return bool(re.search(r"\bthe\s+(?:task|one|item|todo|reminder)$", clause.text, re.IGNORECASE))


def _more(clause: Clause) -> Heard | None:
    """Only a day, a priority or tags: it says more of what was spoken of last."""
    if not re.match(
        r"(?:high|low|normal|top|urgent|important|asap|due\b|deadline|tag|#|prio|with\s+(?:high|low))",
        clause.text,
        re.IGNORECASE,
    ):
        return None
    told = rules_titles.details(f", {clause.text}", clause.whole, clause.today)
    if told.title is not None or told.is_empty:
        return None
    return Heard((Act("update", told, Target(last=True)),), LIKELY, told=True)


def _no_day(clause: Clause) -> Heard | None:
    match = _NO_DAY.fullmatch(clause.text)
    if not match:
        return None
    phrase = _group(match, "t")
    phrase = "it" if phrase.lower() in {"its", "the", "that"} else phrase
    return _acting(clause, "update", phrase, details=Details(no_due=True))


def _no_tag(clause: Clause) -> Heard | None:
    match = _NO_TAG.fullmatch(clause.text)
    return _acting(clause, "update", _group(match, "t"), details=Details(tags=())) if match else None


def _reopened(clause: Clause) -> Heard | None:
    match = _REOPEN.fullmatch(clause.text)
    if not match:
        return None
    return _acting(clause, "update", _group(match, "t"), status="pending")


def _completed(clause: Clause) -> Heard | None:
    if _COMPLETE_BARE.fullmatch(clause.text):
        return Heard((Act("complete", target=Target(last=True)),), LIKELY, told=True)
    match = _COMPLETE.fullmatch(clause.text)
    if not match or re.match(rf"{_DELETING}\b", clause.text, re.IGNORECASE):
        return None
    phrase = _WHEN_DONE.sub("", _group(match, "t"))
    if re.fullmatch(
        r"(?:it|that|this|all|everything)?\s*(?:to\s+be|be|is|not|never|almost|half|nearly).*", phrase, re.IGNORECASE
    ):
        return None
    if re.match(r"(?:almost|half|nearly|not|by|when|before|how|what|the\s+following)\b", phrase, re.IGNORECASE):
        return None
    return _acting(clause, "complete", phrase)


def _described(clause: Clause) -> Heard | None:
    match = _DESCRIBE.fullmatch(clause.text)
    if not match:
        return None
    words = clause.whole.plain(_group(match, "n")).strip()
    return _acting(clause, "update", _group(match, "t"), details=Details(description=words))


def _tagged(clause: Clause) -> Heard | None:
    match = _TAG.fullmatch(clause.text)
    if not match:
        return None
    tags = rules_titles.tags(rules_targets.trimmed(re.sub(r"(?<=\w)\s+#", ", #", _group(match, "g"))), clause.whole)
    return _acting(clause, "update", _group(match, "t"), details=Details(tags=tags)) if tags else None


def _raised(clause: Clause) -> Heard | None:
    if _OTHER_ORDER.match(clause.text):
        return None
    match = _PRIORITY.fullmatch(rules_targets.trimmed(clause.text))
    if not match:
        return None
    level = _group(match, "l").lower()
    low = re.search(r"low|less|not\s|reduce|decrease|^de", level)
    priority = rules_titles.prioritised(f": {level} priority")[1] if re.search(r"normal|medium", level) else None
    details = Details(priority=priority or ("low" if low else "high"))
    phrase = _group(match, "t")
    if re.fullmatch(r"it|that|this", phrase, re.IGNORECASE):
        return Heard((Act("update", details, Target(last=True)),), told=True)
    return _acting(clause, "update", phrase, details=details)


def _moved(clause: Clause) -> Heard | None:
    """A new day for a task: the day is found first, since it may stand in many words."""
    if _OTHER_ORDER.match(clause.text):
        return None
    text = rules_targets.trimmed(re.sub(r"\s+instead\b", "", clause.text, flags=re.IGNORECASE))
    said = days.find(text, clause.today)
    if said is None or rules_titles.bared(text[said.end :]):
        return None
    words = text[said.start : said.end]
    behind = re.sub(
        r"^\s*(?:due(?:\s+date)?(?:\s+(?:is|to|on|by))?|by|before|until|till|for|on)\s+", "", words, flags=re.IGNORECASE
    )
    lead = text[: said.start] + words[: len(words) - len(behind)]
    match = _DAY_MOVES.fullmatch(f"{lead.rstrip()} \ue100")
    if not match:
        return None
    phrase = _group(match, "t") or "it"
    details = Details(due=said.day)
    phrase = re.sub(
        r"\s+(?:from\s+\w+|(?:an?\s+|the\s+)?(?:new\s+)?(?:due\s*date|due|date|deadline)(?:\s+of)?)$",
        "",
        phrase,
        flags=re.IGNORECASE,
    )
    if re.fullmatch(r"it|its|it's|that|this", phrase, re.IGNORECASE):
        return Heard((Act("update", details, Target(last=True)),), told=True)
    return _acting(clause, "update", phrase, details=details)


_OTHER_ORDER: Final = re.compile(
    r"(?:delete|remove|erase|scrap|bin|trash|discard|cancel|ditch|axe|toss|nuke|yeet|zap|kill|clear|get\s+rid"
    r"|complete|finish|tick|check|cross|undo|restore|reopen|mark\s+.*\s(?:done|completed?|finished)$)\b",
    re.IGNORECASE,
)
_DAY_MOVES: Final = re.compile(_MOVE.pattern.replace("DAY", "\ue100"), re.IGNORECASE | re.DOTALL)


def _renamed(clause: Clause) -> Heard | None:
    match = _RENAME.fullmatch(clause.text)
    if not match:
        return None
    new = re.sub(r"\s+instead$|^(?:say|read|be\s+called|be\s+named|be)\s+", "", _group(match, "n"), flags=re.IGNORECASE)
    title = rules_titles.titled(new, clause.whole)
    if not title:
        return Heard((Act("update", target=clause.target(_group(match, "t"))),), DOUBTFUL, "What shall it be called?")
    found = _acting(clause, "update", _group(match, "t"), details=Details(title=title))
    if found is None:
        return None
    plain = re.match(r"(?:change|set|turn|replace|swap|update|modify|correct|alter)\b", clause.text, re.IGNORECASE)
    vague = plain and found.acts[0].target.words and not _IDENTIFIED.search(clause.text)
    return Heard(found.acts, min(found.confidence, 0.75)) if vague else found


def _deleted(clause: Clause) -> Heard | None:
    match = _DELETE.fullmatch(clause.text)
    if not match:
        return None
    phrase = _group(match, "t")
    emptied = re.match(r"(?:clear|empty|wipe|purge)\b", clause.text, re.IGNORECASE)
    if emptied and re.fullmatch(
        rf"(?:out\s+|all\s+(?:of\s+)?|up\s+)?(?:{LIST}|everything|all)(?:\s+list)?",
        rules_targets.trimmed(phrase) or phrase,
        re.IGNORECASE,
    ):
        return Heard((Act("delete", target=Target(every="all")),))
    if re.match(r"forget\b", clause.text, re.IGNORECASE) and re.fullmatch(
        r"(?:about\s+)?(?:it|that|this)", phrase, re.IGNORECASE
    ):
        return Heard((Act("delete", target=Target(last=True)),), DOUBTFUL)
    return _acting(clause, "delete", phrase)


def _unsaid(clause: Clause) -> Heard | None:
    """A change of a task that is named, without what it is to become, or by how many days."""
    if match := _BY_DAYS.fullmatch(clause.text):
        return Heard((Act("update", target=clause.target(match["t"])),), DOUBTFUL, "To which day shall I move it?")
    match = _BARE_RENAME.fullmatch(clause.text)
    if not match or not (
        clause.target(match["t"]).numbers
        or _IDENTIFIED.search(clause.text)
        or re.fullmatch(r"it|that|this", match["t"], re.IGNORECASE)
    ):
        return None
    word = clause.text.split()[0].lower()
    asked = (
        "To which day?" if word in {"move", "postpone", "reschedule"} else "What shall be changed of it, and to what?"
    )
    return Heard((Act("update", target=clause.target(match["t"])),), DOUBTFUL, asked)
