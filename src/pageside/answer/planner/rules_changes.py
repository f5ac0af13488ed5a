"""What readers say to change, complete, delete or bring back tasks; rules, pure."""

from __future__ import annotations

import re
from typing import Final

from pageside.answer.planner import rules_targets, rules_titles, rules_updates
from pageside.answer.planner.intents import Act, Intent, Target
from pageside.answer.planner.rules_heard import DOUBTFUL, LIKELY, Clause, Heard, acting, any_of, group
from pageside.answer.planner.rules_titles import LIST
from pageside.tasks.task import Status

_D: Final = r"(?:done|complete[d]?|completly|finish(?:ed)?|ticked|checked(?:\s+off)?|closed|over\s+with)"


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


UNDO: Final = any_of(
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


_COMPLETE: Final = any_of(
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


_REOPEN: Final = any_of(
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


_DELETE: Final = any_of(
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


def heard(clause: Clause) -> Heard | None:
    """What `clause` wants changed; None where nothing."""
    for reading in (
        _undone,
        _alone,
        _more,
        rules_updates.without_day,
        rules_updates.without_tags,
        _reopened,
        _completed,
        rules_updates.described,
        rules_updates.tagged,
        rules_updates.raised,
        rules_updates.moved,
        rules_updates.renamed,
        _deleted,
        rules_updates.unsaid,
    ):
        found = reading(clause)
        if found is not None:
            return found
    return None


def _undone(clause: Clause) -> Heard | None:
    match = UNDO.fullmatch(clause.text)
    if not match:
        return None
    said = rules_targets.trimmed(group(match, "t"))
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


def _reopened(clause: Clause) -> Heard | None:
    match = _REOPEN.fullmatch(clause.text)
    if not match:
        return None
    return acting(clause, "update", group(match, "t"), status="pending")


def _completed(clause: Clause) -> Heard | None:
    if _COMPLETE_BARE.fullmatch(clause.text):
        return Heard((Act("complete", target=Target(last=True)),), LIKELY, told=True)
    match = _COMPLETE.fullmatch(clause.text)
    if not match or re.match(rf"{_DELETING}\b", clause.text, re.IGNORECASE):
        return None
    phrase = _WHEN_DONE.sub("", group(match, "t"))
    if re.fullmatch(
        r"(?:it|that|this|all|everything)?\s*(?:to\s+be|be|is|not|never|almost|half|nearly).*", phrase, re.IGNORECASE
    ):
        return None
    if re.match(r"(?:almost|half|nearly|not|by|when|before|how|what|the\s+following)\b", phrase, re.IGNORECASE):
        return None
    return acting(clause, "complete", phrase)


def _deleted(clause: Clause) -> Heard | None:
    match = _DELETE.fullmatch(clause.text)
    if not match:
        return None
    phrase = group(match, "t")
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
    return acting(clause, "delete", phrase)
