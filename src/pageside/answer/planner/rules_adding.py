"""What readers say to have something put on their list; rules, pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from pageside.answer.planner import rules_titles
from pageside.answer.planner.intents import Act
from pageside.answer.planner.rules_heard import DOUBTFUL, LIKELY, SURE, Clause, Heard
from pageside.answer.planner.rules_titles import LIST
from pageside.phrases import task_lists
from pageside.phrases.phrase import Phrase
from pageside.tasks import days

_VERBS: Final = frozenset(
    re.findall(
        r"\S+",
        "buy read reread re-read call write do finish study revise review submit send email mail"
        " ask book pay clean wash prepare"
        " print return watch learn practice practise solve hand make get pick meet visit check complete start"
        " begin install download"
        " summarise summarize skim rewatch redo research draft edit order cook walk feed fix build test run"
        " plan water take register"
        " apply sign renew cancel schedule organise organize backup charge repair message text phone ring"
        " rehearse memorise memorize"
        " annotate outline proofread attend go bring collect drop update implement code debug finalise"
        " finalize tidy vacuum pack exercise",
    )
)
_VERB: Final = "|".join(sorted(_VERBS))
_NOUN_AGAIN: Final = re.compile(
    r"^(?:and\s+)?(?:an?other\s+|an?\s+|one\s+|the\s+)?(?:task|todo|reminder)\s*(?::|\bto\b|\bcalled\b"
    r"|(?=[\ue000-\ue01f]))\s*",
    re.IGNORECASE,
)
_NOUN: Final = (
    r"(?:tasks?|todos?|to-dos?|to\s+dos?|to\s+do|items?|reminders?|entry"
    r"|entries|to-do\s+items?|todo\s+items?|list\s+items?|note\s+to\s+self)"
)
_FLAG: Final = (
    r"(?:(?P<flag>urgent|important|high[\s-]prio(?:rity)?|low[\s-]prio(?:rity)?"
    r"|normal[\s-]prio(?:rity)?|top[\s-]prio(?:rity)?)\s+)?"
)
_MAKING: Final = (
    r"(?:(?:i|we)\s+(?:need|want|would\s+like)|(?:i|we)'d\s+like|need|want|make|add|create|make|set\s+up"
    r"|set|new|open|log|save|start|insert|enter|register|put\s+in|put|write|give|generate|file|ad)"
)
_NAMED: Final = re.compile(
    rf"{_MAKING}\s+(?:me\s+)?(?:(?P<many>these|following|some|two|three|four|five|several|a\s+few|a\s+couple\s+of"
    rf"|[2-9](?=\s+(?:tasks|todos|items|to-dos|reminders)\b))|an?other|an|a|the|one\s+more|one|this|my"
    rf"|new)?\s*(?:new\s+|following\s+|quick\s+|study\s+|more\s+)*{_FLAG}"
    rf"(?:new\s+)?(?P<noun>{_NOUN})\b(?!\s*#?\d+\b)\s*(?:(?:on|in|to|for)\s+{LIST}\b)?\s*(?P<what>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LABELLED: Final = re.compile(
    rf"(?:{_FLAG}(?:new\s+)?(?:tasks?|to-?dos?|to\s+do|reminder|note\s+to\s+self|memo|note|one\s+more(?:\s+thing)?"
    rf"|another\s+(?:one|task))|on\s+{LIST})\s*(?:[:=]|\s-\s|–)\s*(?P<what>.+)|new\s+(?:task|todo|to-do"
    rf"|reminder)\s+(?P<new>.+)|reminder\s+(?:to|for)\s+(?P<to>.+)|(?:add|create|make)\s+(?:an?other(?:\s+one)?"
    rf"|one(?:\s+more)?)\s*(?::|\bfor\b|\bto\b|\bcalled\b)\s*(?P<another>.+)|(?:task|todo"
    rf"|to-do)\s+(?P<verb>(?:{_VERB})\b.+)",
    re.IGNORECASE | re.DOTALL,
)
_REMIND: Final = re.compile(
    r"(?:remind|rmind|remember)\s+(?:me|us)\b[\s,:]*(?P<what>.+)|be\s+reminded\s+(?P<been>(?:to|of|about)\s+.+)"
    r"|(?:do\s*n['o]t|dont|don't|never)\s+forget\b(?=\s*:|\s+to\b|\s+about\b)[\s:]*(?P<never>.+)|(?:do\s*n['o]t|dont"
    r"|don't)\s+let\s+me\s+forget[\s,:]*(?P<forget>.+)|(?:i\s+)?(?:mustn't|must\s+not|can't|cannot|should\s*n['o]t"
    r"|shouldn't|don't\s+want\s+to)\s+forget\s+(?P<must>(?:to|about)\s+.+)"
    r"|(?:give\s+me\s+a\s+(?:nudge|ping|shout)|ping\s+me|nudge\s+me)\s+(?P<ping>.+)"
    r"|note\s+to\s+self\s*[:,-]?\s*(?P<note>.+)|make\s+sure\s+i\s+(?:do\s*n['o]t\s+forget\s+(?:to\s+)?"
    r"|remember\s+to\s+)?(?P<sure>.+)"
    r"|(?:make|take|write)\s+(?:me\s+)?a\s+note\s+(?:to|that\s+i)\s+(?P<made>.+)|i\s+(?:want"
    r"|need)\s+(?:you\s+)?to\s+(?:be\s+reminded|remember)\s+(?P<want>(?:to|of|about)\s+.+)"
    r"|(?:please\s+)?keep\s+in\s+mind\s+(?:to|that\s+i\s+(?:have|need)\s+to)\s+(?P<mind>.+)",
    re.IGNORECASE | re.DOTALL,
)
_ONTO: Final = re.compile(
    rf"(?:add|put|stick|throw|chuck|get|have|write|include|place|jot|slap|pop|whack|note|save|insert|drop|toss|pin"
    rf"|place|want|need|i\s+want|i\s+need|i'd\s+like|ad)\s+(?:down\s+)?(?P<what>.+?)\s*,?\s*(?:down\s+)?\b(?:to|on|in"
    rf"|onto|into|under)\s+{LIST}(?:\s+list)?\b(?P<behind>.*)"
    rf"|(?:add|put|write|stick|include|note)\s+(?:down\s+)?(?:to|on|in|onto|into)\s+{LIST}\b[\s:,]*(?P<first>.+)"
    rf"|(?:on|to|onto)\s+{LIST}[\s,:]*(?:please\s+)?(?:put|add|write)[\s:]*(?P<front>.+)"
    rf"|(?P<goes>.+?)\s+(?:should|needs\s+to|must|has\s+to|can|could|may|goes)\s*(?:go|be|come)?\s+(?:on|onto"
    rf"|to)\s+{LIST}\b(?P<after>.*)",
    re.IGNORECASE | re.DOTALL,
)
_FOLLOWING: Final = re.compile(
    r"(?:these|this|the\s+following|following|the\s+next|(?:a\s+)?(?:something|smth|sth|some\s+(?:things|stuff))"
    r"|a\s+few\s+(?:things|more)|all\s+(?:of\s+)?(?:this|these)|those)(?:\s+(?:things|ones|tasks|items|stuff|too"
    r"|please))*",
    re.IGNORECASE,
)
_BARE: Final = re.compile(r"(?:add(?!\s+up\b)|ad|put\s+in(?=\s*:))\b[\s:,-]*(?P<what>.*)", re.IGNORECASE | re.DOTALL)
_JOT: Final = re.compile(
    r"(?:jot(?:\s+down)?|note\s+down|write\s+down|put\s+down|pencil\s+in)[\s:]+(?P<what>.+)", re.IGNORECASE | re.DOTALL
)
_PLAN: Final = re.compile(r"(?:schedule|plan|create)\s+(?P<what>.+)", re.IGNORECASE | re.DOTALL)
_HAVE_TO: Final = re.compile(
    r"(?:i|we)\s+(?:still\s+|really\s+|also\s+)*(?:need|have|ought|want|must|should|gotta|'ve\s+got|have\s+got"
    r"|got)\s+(?:to\s+)?(?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
_LEARNING: Final = re.compile(
    r"(?:to\s+)?(?:understand|know|learn|ask|see|find\s+out|figure|get|be|go|use|make|build|install|run)\b",
    re.IGNORECASE,
)
_AT: Final = re.compile(
    r"^(?P<time>at\s+\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm|o'clock|h)?)\s+(?:to|that\s+i)\s+(?P<what>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_TO_OTHER: Final = re.compile(
    r"(?:an?|the)\s+[\w-]+(?:\s+[\w-]+){0,3}\s+(?:to|into|onto)\s+(?:the|a|an|my|our|this|each)\s+\w+", re.IGNORECASE
)
_TO_ANSWER: Final = re.compile(
    r"^(?:more|some|further|an?\s+example|details?)\b.*\b(?:to|about|on)\s+(?:that|this|the|your|it)\b|\bto\s+(?:that"
    r"|this|the|your)\s+(?:explanation|answer|summary|example)\b",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(r"^(?:to|into)\s+(?:the|a|an|this|each|our)\s+\w+", re.IGNORECASE)
_POINTING: Final = re.compile(
    r"\b(?:this|that|it|these|those|here)(?:\s+(?:section|chapter|page|passage|part|bit|paragraph|one|sentence"
    r"|text))?\b",
    re.IGNORECASE,
)
_JOINT: Final = re.compile(
    r"\s*(?:;|,\s*(?:and|then|plus)\s+|,\s*|\s+(?:and\s+then|and\s+also|and|then|plus|&)\s+(?:to\s+)?)\s*",
    re.IGNORECASE,
)


def heard(clause: Clause) -> Heard | None:
    """The tasks that `clause` wants added; None where none."""
    for reading in (_reminded, _named, _listed, _labelled, _bare, _planned, _needed):
        found = reading(clause)
        if found is not None:
            return found
    return None


def _group(match: re.Match[str]) -> str:
    return next(
        (
            text
            for key, text in match.groupdict().items()
            if key not in {"flag", "noun", "many", "behind", "after"} and text
        ),
        "",
    ).strip()


def _reminded(clause: Clause) -> Heard | None:
    if re.fullmatch(
        r"(?:(?:please\s+)?remind\s+me|set\s+(?:me\s+)?a\s+reminder)(?:\s+(?:please|later|again|to|about|of|that))?",
        clause.text,
        re.IGNORECASE,
    ):
        return Heard((Act("add"),), DOUBTFUL, task_lists.REMIND_OF_WHAT)
    match = _REMIND.fullmatch(clause.text)
    if not match or re.match(
        r"(?:what|how|why|when|where|who|which)\b|of\s+(?:my|the)\s+(?:tasks|list)", _group(match), re.IGNORECASE
    ):
        return None
    return _adding(clause, _group(match), SURE)


def _named(clause: Clause) -> Heard | None:
    match = _NAMED.fullmatch(clause.text)
    if not match:
        return None
    what = match["what"].strip()
    confidence = DOUBTFUL if _OTHERS.match(what) and not re.search(r"\b(?:my|list)\b", what, re.IGNORECASE) else SURE
    many = bool(match["many"]) or match["noun"].lower().endswith("s")
    flag = f"{match['flag']}: " if match["flag"] else ""
    found = _adding(
        clause,
        re.sub(
            r"^(?:to|for|called|named|titled|:|-|that\s+says|saying|with\s+(?:the\s+)?(?:title|name)|about"
            r"|of)\b\s*(?!(?:next|this|the\s+\d)\b)",
            "",
            what,
            flags=re.IGNORECASE,
        )
        if not days.find(what[:24], clause.today)
        else what,
        confidence,
        many=many,
    )
    if not flag:
        return found
    priority = rules_titles.prioritised(f"{flag}x")[1] or rules_titles.prioritised(f": {match['flag']}")[1]
    acts = tuple(
        replace(act, details=replace(act.details, priority=act.details.priority or priority)) for act in found.acts
    )
    return replace(found, acts=acts)


def _listed(clause: Clause) -> Heard | None:
    match = _ONTO.fullmatch(clause.text)
    if not match:
        return None
    behind = (match["behind"] or match["after"] or "").strip(" .!?")
    if _FOLLOWING.fullmatch(_group(match)) and behind:
        return _adding(clause, behind, SURE, many=True)
    what = _group(match)
    if (aim := re.match(r"(?:to|for\s+me\s+to)\s+(?P<verb>\w+)\b(?P<rest>.*)", behind)) and _POINTING.fullmatch(what):
        return _adding(clause, f"{aim['verb']} {what} {aim['rest']}", SURE)
    return _adding(clause, f"{what} {behind}".strip(), SURE)


def _labelled(clause: Clause) -> Heard | None:
    match = _LABELLED.fullmatch(clause.text)
    if not match:
        return None
    flag = f"{match['flag']}: " if match["flag"] else ""
    return _adding(
        clause, flag + _group(match), SURE, many=bool(re.match(r"tasks|todos|to-dos", clause.text, re.IGNORECASE))
    )


def _bare(clause: Clause) -> Heard | None:
    match = _BARE.fullmatch(clause.text) or _JOT.fullmatch(clause.text)
    if not match:
        return None
    what = re.sub(rf"^{_FOLLOWING.pattern}\s*:\s*", "", match["what"].strip(), flags=re.IGNORECASE)
    if _TO_ANSWER.search(what):
        return None
    if _TO_OTHER.match(what):
        return _adding(clause, what, DOUBTFUL)
    return _adding(clause, what, 0.9)


def _planned(clause: Clause) -> Heard | None:
    match = _PLAN.fullmatch(clause.text)
    if not match or rules_titles.dated(match["what"], clause.today)[1] is None:
        return None
    return _adding(clause, match["what"], LIKELY)


def _needed(clause: Clause) -> Heard | None:
    """What they have to do by a day may be told or meant to be kept: they are asked."""
    match = _HAVE_TO.fullmatch(clause.text)
    if not match or _LEARNING.match(match["what"]) or rules_titles.dated(match["what"], clause.today)[1] is None:
        return None
    return _adding(clause, match["what"], DOUBTFUL)


def _adding(clause: Clause, what: str, confidence: float, *, many: bool = False) -> Heard:
    """The tasks that `what` names, one or several, with what is said of them."""
    what = _AT.sub(r"\g<what> \g<time>", what)
    told = rules_titles.details(what, clause.whole, clause.today)
    if told.title is None:
        return Heard((Act("add", told),), DOUBTFUL, task_lists.ADD_WHAT)
    parts = _several(told.title, what, many=many)
    if len(parts) == 1:
        return Heard((Act("add", told),), confidence, _shall(told.title) if confidence < LIKELY else "")
    acts = []
    for part in parts:
        own = rules_titles.details(f", {_NOUN_AGAIN.sub('', part)}", clause.whole, clause.today)
        acts.append(
            Act(
                "add",
                replace(
                    own,
                    due=own.due or told.due,
                    priority=own.priority or told.priority,
                    tags=own.tags or told.tags,
                ),
            )
        )
    return Heard(tuple(act for act in acts if act.details.title), confidence)


def _shall(title: str) -> Phrase:
    return task_lists.SHALL_I_ADD.of(title=title if len(title) <= 80 else f"{title[:79]}…")


def _several(title: str, what: str, *, many: bool) -> list[str]:
    """The titles in `what`, where it names several: all begin with a verb, or none does, or more than one was said."""
    quotes = re.findall(rules_titles.QUOTE, what)
    if len(quotes) > 1 and not re.sub(rf"{rules_titles.QUOTE}|\band\b|[\s,;&]", "", what, flags=re.IGNORECASE).strip():
        return quotes
    if quotes and re.fullmatch(rules_titles.QUOTE, rules_titles.bared(what)):
        return [title]
    pieces = [piece for piece in _JOINT.split(what) if piece.strip()]
    if len(pieces) < 2 or not all(re.search(r"[^\W\d_]|[\ue000-\ue01f]", piece) for piece in pieces):
        return [title]
    verbs = [bool(words := re.findall(r"[\w-]+", piece.lower())) and words[0] in _VERBS for piece in pieces]
    wordy = all(len(piece.split()) > 1 for piece in pieces)
    listed = what.count(",") + what.count(";") > 0
    if many or (all(verbs) and wordy) or (listed and not any(verbs)):
        return [piece for piece in pieces if _says(piece)] or [title]
    return [title]


def _says(piece: str) -> bool:
    return bool(re.search(r"[\w\ue000-\ue01f]", piece))


def _joined(pieces: list[str], verbs: list[bool], title: str) -> list[str]:
    """Each piece that begins with a verb and has more words begins a title; the others go on with the one before."""
    if sum(verbs) < 2 or not verbs[0] or len(pieces[0].split()) < 2:
        return [title]
    return [title]


def pointed(title: str, place: str) -> str:
    """`title` with `place` for what it only points at: "Reread this" becomes "Reread TF frames"."""
    return _POINTING.sub(lambda _: place, title, count=1) if place else title
