"""What readers say to change a task: its title, day, priority, tags, description; rules, pure."""

from __future__ import annotations

import re
from typing import Final

from pageside.answer.planner import rules_targets, rules_titles
from pageside.answer.planner.intents import Act, Target
from pageside.answer.planner.rules_heard import DOUBTFUL, IDENTIFIED, Clause, Heard, acting, any_of, group
from pageside.answer.planner.rules_titles import QUOTE
from pageside.phrases import task_lists
from pageside.tasks import days
from pageside.tasks.task import Details

_DAY_WORD: Final = r"(?:due\s*date|due|deadline|date|day)"


_NO_DAY: Final = any_of(
    rf"(?:remove|clear|delete|drop|take\s+(?:off|away)|get\s+rid\s+of|unset|cancel|erase)\s+(?:the\s+|its\s+|any\s+"
    rf"|that\s+)?{_DAY_WORD}s?\s+(?:of|from|for|on|off)\s+(?P<t1>.+)",
    rf"(?:remove|clear|delete|drop|unset|cancel|take\s+away)\s+(?P<t2>.+?)(?:'s|s')\s+{_DAY_WORD}",
    rf"(?P<t3>.+?)\s+(?:has|have|needs?|should\s+have|does\s*n['o]t\s+have|doesn't\s+(?:have|need))\s+(?:no|any"
    rf"|a)\s+{_DAY_WORD}(?:\s+(?:any\s?more|now))?",
    rf"(?:set\s+)?(?:there\s+is\s+|there's\s+)?no\s+(?:more\s+)?{_DAY_WORD}\s+(?:for|on)\s+(?P<t4>.+)",
    rf"take\s+(?:the\s+)?{_DAY_WORD}\s+(?:off|away\s+from|from)\s+(?P<t5>.+)",
    rf"(?:remove|clear|drop|delete|take\s+off|lose)\s+(?P<t6>its|the|that)\s+{_DAY_WORD}",
)


_RENAME: Final = any_of(
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


_MOVE: Final = any_of(
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


_PRIORITY: Final = any_of(
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


_TAG: Final = any_of(
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


_NO_TAG: Final = any_of(
    r"(?:remove|clear|delete|drop)\s+(?:all\s+|the\s+|its\s+)*tags\s+(?:of|from|on|off)\s+(?P<t>.+)",
    r"untag\s+(?P<t2>.+)",
)


_DESCRIBE: Final = any_of(
    r"(?:add|put|write|attach)\s+(?:a\s+|the\s+|this\s+)?(?:note|description|comment|details?)\s+(?:to|on|for"
    r"|in)\s+(?P<t1>.+?)\s*(?:[:,]|\s-\s|\s(?:saying|that\s+says|that|with))\s*(?P<n1>.+)",
    r"(?:set|change|update|edit)\s+(?:the\s+)?(?:description|note|details?)\s+(?:of|for|on)\s+(?P<t2>.+?)\s+(?:to"
    r"|as)\s+(?P<n2>.+)",
    r"(?:note|description|comment)\s+(?:for|on|to)\s+(?P<t3>.+?)\s*:\s*(?P<n3>.+)",
    rf"(?:add|put)\s+(?:the\s+)?(?:note|description|comment)\s+(?P<n4>{QUOTE})\s+(?:to|on|for)\s+(?P<t4>.+)",
    r"describe\s+(?P<t5>(?:task\s+)?#?\d+|it)\s+as\s+(?P<n5>.+)",
)


def without_day(clause: Clause) -> Heard | None:
    match = _NO_DAY.fullmatch(clause.text)
    if not match:
        return None
    phrase = group(match, "t")
    phrase = "it" if phrase.lower() in {"its", "the", "that"} else phrase
    return acting(clause, "update", phrase, details=Details(no_due=True))


def without_tags(clause: Clause) -> Heard | None:
    match = _NO_TAG.fullmatch(clause.text)
    return acting(clause, "update", group(match, "t"), details=Details(tags=())) if match else None


def described(clause: Clause) -> Heard | None:
    match = _DESCRIBE.fullmatch(clause.text)
    if not match:
        return None
    words = clause.whole.plain(group(match, "n")).strip()
    return acting(clause, "update", group(match, "t"), details=Details(description=words))


def tagged(clause: Clause) -> Heard | None:
    match = _TAG.fullmatch(clause.text)
    if not match:
        return None
    tags = rules_titles.tags(rules_targets.trimmed(re.sub(r"(?<=\w)\s+#", ", #", group(match, "g"))), clause.whole)
    return acting(clause, "update", group(match, "t"), details=Details(tags=tags)) if tags else None


def raised(clause: Clause) -> Heard | None:
    if _OTHER_ORDER.match(clause.text):
        return None
    match = _PRIORITY.fullmatch(rules_targets.trimmed(clause.text))
    if not match:
        return None
    level = group(match, "l").lower()
    low = re.search(r"low|less|not\s|reduce|decrease|^de", level)
    priority = rules_titles.prioritised(f": {level} priority")[1] if re.search(r"normal|medium", level) else None
    details = Details(priority=priority or ("low" if low else "high"))
    phrase = group(match, "t")
    if re.fullmatch(r"it|that|this", phrase, re.IGNORECASE):
        return Heard((Act("update", details, Target(last=True)),), told=True)
    return acting(clause, "update", phrase, details=details)


def moved(clause: Clause) -> Heard | None:
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
    phrase = group(match, "t") or "it"
    details = Details(due=said.day)
    phrase = re.sub(
        r"\s+(?:from\s+\w+|(?:an?\s+|the\s+)?(?:new\s+)?(?:due\s*date|due|date|deadline)(?:\s+of)?)$",
        "",
        phrase,
        flags=re.IGNORECASE,
    )
    if re.fullmatch(r"it|its|it's|that|this", phrase, re.IGNORECASE):
        return Heard((Act("update", details, Target(last=True)),), told=True)
    return acting(clause, "update", phrase, details=details)


_OTHER_ORDER: Final = re.compile(
    r"(?:delete|remove|erase|scrap|bin|trash|discard|cancel|ditch|axe|toss|nuke|yeet|zap|kill|clear|get\s+rid"
    r"|complete|finish|tick|check|cross|undo|restore|reopen|mark\s+.*\s(?:done|completed?|finished)$)\b",
    re.IGNORECASE,
)


_DAY_MOVES: Final = re.compile(_MOVE.pattern.replace("DAY", "\ue100"), re.IGNORECASE | re.DOTALL)


def renamed(clause: Clause) -> Heard | None:
    match = _RENAME.fullmatch(clause.text)
    if not match:
        return None
    new = re.sub(r"\s+instead$|^(?:say|be\s+called|be\s+named|be)\s+", "", group(match, "n"), flags=re.IGNORECASE)
    title = rules_titles.titled(new, clause.whole)
    if not title:
        return Heard((Act("update", target=clause.target(group(match, "t"))),), DOUBTFUL, task_lists.CALLED_WHAT)
    found = acting(clause, "update", group(match, "t"), details=Details(title=title))
    if found is None:
        return None
    plain = re.match(r"(?:change|set|turn|replace|swap|update|modify|correct|alter)\b", clause.text, re.IGNORECASE)
    vague = plain and found.acts[0].target.words and not IDENTIFIED.search(clause.text)
    return Heard(found.acts, min(found.confidence, 0.75)) if vague else found


def unsaid(clause: Clause) -> Heard | None:
    """A change of a task that is named, without what it is to become, or by how many days."""
    if match := _BY_DAYS.fullmatch(clause.text):
        return Heard((Act("update", target=clause.target(match["t"])),), DOUBTFUL, task_lists.MOVED_TO)
    match = _BARE_RENAME.fullmatch(clause.text)
    if not match or not (
        clause.target(match["t"]).numbers
        or IDENTIFIED.search(clause.text)
        or re.fullmatch(r"it|that|this", match["t"], re.IGNORECASE)
    ):
        return None
    word = clause.text.split()[0].lower()
    asked = task_lists.WHICH_DAY if word in {"move", "postpone", "reschedule"} else task_lists.CHANGED_HOW
    return Heard((Act("update", target=clause.target(match["t"])),), DOUBTFUL, asked)
