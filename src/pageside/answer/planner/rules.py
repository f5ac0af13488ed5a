"""What a message wants done with tasks, in English and without a model; rules, pure.

What is plainly a question to the book gives no acts. What is not sure stays below `LEAST_CONFIDENCE`: it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from pageside.answer.planner import memory, rules_adding, rules_changes, rules_lists, rules_titles
from pageside.answer.planner.intents import Act, Parsed
from pageside.answer.planner.replying import reply
from pageside.answer.planner.rules_heard import DOUBTFUL, SURE, Clause, Heard
from pageside.answer.planner.rules_titles import Masked
from pageside.answer.planner.rules_words import mended, politely
from pageside.answer.question import Message, Page
from pageside.phrases.phrase import Phrase
from pageside.tasks.task import Details

_LONGEST: Final = 2_000  # characters of a message that is read clause by clause; a longer one is one clause

_SUSPICIOUS: Final = re.compile(
    r"\b(?:tasks?|taks|tsk|tasl|to-?\s?dos?|lists?|lsit|remind(?:er|ers|ed)?|one\s+more|another|rmind|add|ad|put|note"
    r"|jot|delete|delet|remove|rm|undo|un-?do|revert|restore|bring|recover|undelete|deadlines?|due|overdue"
    r"|done|finish(?:ed)?|complete[d]?|mark|tick|untick|check(?:ed)?|uncheck|cross|reopen|re-?open|rename|retitle"
    r"|move|postpone|reschedule|push|delay|shift|change|update|edit|set|priorit\w*|prio|urgent|important|tag|untag"
    r"|label|help|schedule|plan|forget|cancel|drop|scrap|bin|trash|erase|clear|wipe|empty|ditch|nuke|yeet|axe|toss"
    r"|zap|kill|dump|get\s+rid|agenda|plate|left|pending|create|new|make|handed|submit\w*|did"
    r"|call|un\w+|turned|closed?|remember|gimme|behind|anything|gotta|ought|pop|whack|pin|nudge|ping|need|have\s+to"
    r"|must|should|stick|throw|chuck|today|todays|tomorrow|tonight|\w+day|ones?|week|commands|can\s+(?:you|i)\s+do"
    r"|roll|mistake|accident|mean|back|back\?|still|show|board|homework|assignments?)\b|#\d|✓|✔|✅",
    re.IGNORECASE,
)
_ORDER: Final = re.compile(
    r"(?:add|ad|put|create|make|new\s|remind|note|jot|stick|throw|chuck|set|schedule|plan|delete|remove|erase|drop"
    r"|scrap|bin|trash|discard|cancel|ditch|axe|toss|nuke|yeet|zap|kill|dump|del|rm|wipe|clear|purge|empty|get\s+rid"
    r"|mark|tick|untick|check\s+(?:off|#?\d|it|that|the\s+\S+\s+(?:one|task))|check\s+.*\s+off$|uncheck|cross"
    r"|complete|finish|close|finished|completed|done|rename|retitle|change|update|edit|move|postpone|push|reschedule"
    r"|delay|shift|bump"
    r"|reopen|re-open|undo|restore|recover|bring(?!\s+up\b)|revert|tag|untag|label|prioriti[sz]e|deprioriti[sz]e"
    r"|raise|lower|call\s+(?:it|that)|replace|take|forget|save|write|log|include|i\s+need\s+a|i\s+want\s+a"
    r"|i\s+need\s+.*\s+on\s+my|extend|un-?(?:do|done|check|tick|mark|tag|label|cross|complete|finish|delete|set)\w*)\b",
    re.IGNORECASE,
)
_ADDING: Final = re.compile(
    r"(?:add|ad|put|create|new|make|remind|note|on|to|stick|set\s+(?:up|a)|write|jot|i|need|want|(?:schedule"
    r"|plan)\s+(?!#?\d|it\b|the\b|that\b|task\b)\w+)\b",
    re.IGNORECASE,
)
_HELP: Final = re.compile(
    r"(?:help|/help|\?|commands|help\s+me|need\s+help|i\s+need\s+help)|(?:what|which)\s+(?:all\s+)?(?:can"
    r"|could)\s+(?:you|i|u|it)\s+(?:do|ask|say)(?:\s+(?:here|for\s+me|with\s+(?:my\s+|the\s+|this\s+)?(?:tasks?|list"
    r"|todos?|to-?do\s+list)|about\s+(?:my\s+)?tasks))*"
    r"|how\s+(?:do|can|does|would|should|to)\s*(?:i|one|you|we|the|my|this|these)?\s*(?:use|add|create|delete|remove"
    r"|make|edit|rename|complete|finish|undo|manage|list|change|set|mark)?\s*(?:up\s+)?"
    r"(?:a|an|the|my|new|your|this|these|due\s+dates?(?:\s+(?:of|for|on)\s+a)?)*\s*(?:(?:new|study|due"
    r"|to-?do)\s+)*(?:tasks?|todos?|to-?dos?|to-?do\s+list|task\s+list|list|reminders?)(?:\s+(?:work|here|feature"
    r"|thing|list|as\s+done|done|work\s+here|to\s+my\s+list))*"
    r"|(?:help|explain)(?:\s+me)?\s+(?:with\s+|about\s+|on\s+)?(?:how\s+)?(?:my\s+|the\s+|these\s+)?(?:tasks?|todos?"
    r"|to-?dos?|to-?do\s+list|task\s+list|list|commands|reminders)(?:\s+(?:here|work|feature|commands|list))*"
    r"|(?:tasks?|todo)\s+help|what\s+(?:commands|task\s+commands)\s*(?:are\s+there|can\s+i\s+(?:use|give)"
    r"|do\s+you\s+(?:know|have|understand))?|(?:can|do)\s+you\s+(?:manage|keep|handle|track|do)\s+(?:my\s+"
    r"|a\s+)?(?:tasks?|todos?|to-?do\s+lists?|todo\s+lists?|lists?)(?:\s+too)?",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(
    r"(?<![Dd]r\.)(?<!rof\.)(?<!M[rs]\.)(?<!rs\.)(?<!vs\.)(?<!ch\.)(?<![Nn]o\.)(?<!\b[a-z]\.[a-z]\.)(?<=[.!?…])\s+"
    r"|\s*[\n\r]+\s*|\s+[-–—]\s+(?=(?:and|also|then|oh|but)\b)"
)
_COMMAND: Final = (
    r"(?:add|create|remind|put|stick|delete|remove|get\s+rid|erase|drop|scrap|bin|cancel|complete|mark|rename|retitle"
    r"|move|postpone|push|reschedule|change|update|set|make|tag|untag|label|list|show|undo"
    r"|restore|reopen|re-open|tick|untick|uncheck|check|cross|finish|bring|clear|note|jot|schedule|give|call|raise"
    r"|lower|prioriti[sz]e|what(?:'s|s|\s+is|\s+do|\s+else)|how|why|explain|tell|describe|define|i(?:'m|\s+am|'ve"
    r"|\s+have|\s+also)?\s"
    r"|(?:task\s+)?#?\d+\s+(?:is|as|to|done|are|due)|(?:the\s+)?[\w ]{1,30}\s(?:is|are|as)\s+(?:done|finished"
    r"|complete)|don't|new|it(?:'s|\s+is)|tick|remember|also|then|please|can|could|throw|strike|ditch|nuke|kill|axe"
    r"|help)"
)
_JOINT: Final = re.compile(
    rf"\s*,?\s*\b(?:and\s+then|and\s+also|and|then|also|plus|but|so|oh\s+and|as\s+well\s+as"
    rf"|after\s+that)\b[\s,]+(?=(?:(?:please|then|also|pls|just|can\s+you|could\s+you|maybe)\s+)*{_COMMAND}\b)"
    rf"|\s*[,;]\s*(?=(?:(?:please|then|also|pls)\s+)*{_COMMAND}\b)|\s*(?:&|\+)\s*(?={_COMMAND}\b)",
    re.IGNORECASE,
)
_QUESTION: Final = re.compile(
    r"(?:how|why|what|whats|which|who|whom|whose|when|where|is|are|was|were|does|do|did|should|would|explain|describe"
    r"|define|tell\s+me|compare|summari[sz]e|difference|give\s+me\s+(?:an?\s+)?(?:example|summary|overview"
    r"|explanation)|teach|walk\s+me"
    r"|i\s+(?:do\s*n['o]t|don't|dont)\s+(?:understand|get)|elaborate|clarify|show\s+me\s+how|quiz\s+me|list\s+the"
    r"|name\s+the)\b",
    re.IGNORECASE,
)
_TALK: Final = re.compile(
    r"(?:hi|hey|hello|yo|thanks?|thank\s+you|thx|ty|cheers|please|pls|ok(?:ay)?|great|cool|nice|perfect|awesome|good"
    r"|yes|yeah|yep|no|nope|nvm|sorry|lol|wow|sure|right|well|so|hmm+|um+|oh|and|also|then|now|good\s+(?:morning"
    r"|evening|afternoon)"
    r"|that(?:'s|\s+is)\s+all|you(?:'re|\s+are)\s+(?:great|the\s+best)|have\s+a\s+nice\s+day|there|pageside|tutor"
    r"|again|haha+|:\)|a\s+lot|so\s+much|bye)(?:[\s,.!?]+|$)",
    re.IGNORECASE,
)
_STRONG: Final = re.compile(
    r"\b(?:tasks?|todos?|to-?do|list|remind|reminder|#\d+)\b|^(?:add|delete|remove|rename|undo|mark|tick|reopen"
    r"|complete)\b|\b(?:it|that|this|one|ones|\d+)\b",
    re.IGNORECASE,
)
_LISTWORD: Final = re.compile(
    r"\b(?:tasks?|todos?|to-?do|list|remind|reminder|tick|note)\b|^(?:add|delete|mark|rename|undo)\b", re.IGNORECASE
)
_ENUMERATED: Final = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)]|\[\s?\])\s+", re.MULTILINE)
_TOPIC: Final = re.compile(
    r"^(?:please\s+)?(?:explain|what\s+(?:is|are|does)|what's|describe|define|tell\s+me(?:\s+more)?\s+about"
    r"|how\s+(?:do|does|is|are|can)|summari[sz]e|why\s+(?:is|are|do|does)|who\s+(?:is|was)|help\s+me\s+understand"
    r"|teach\s+me)\s+(?:me\s+)?(?:an?\s+|the\s+)?",
    re.IGNORECASE,
)
_LONGEST_PLACE: Final = 80


def suspects(text: str, *, history: Sequence[Message] = ()) -> bool:
    """Whether `text` might be about tasks: cheap, and rather true than false."""
    return bool(_SUSPICIOUS.search(text)) or memory.read(history[-2:]).waiting is not None


def orders(text: str) -> bool:
    """Whether `text` begins as one that wants something done, whether of tasks or not: "add ...", "put ..."."""
    return bool(_ORDER.match(politely(text.strip())))


def parse(
    text: str,
    *,
    history: Sequence[Message] = (),
    today: date,
    selected_text: str = "",
    page: Page | None = None,
) -> Parsed:
    """What `text` wants done, in the order said, and what it asks of the book besides.

    Args:
        history: The messages before it, oldest first.
        today: The day it is where the reader is.
        selected_text: What they had selected: it names what "this" is, and is never read as a wish.
    """
    waiting = memory.read(history).waiting
    if waiting is not None:
        before = parse(waiting.text, history=waiting.before, today=today, selected_text=selected_text, page=page)
        answered = reply(text, waiting, before)
        if answered is not None:
            return answered
        joined = _went_on(text, waiting, today)
        if joined is not None:
            return joined
    parsed = _parsed(text, today)
    return _placed(parsed, selected_text, page)


def _went_on(text: str, waiting: memory.Waiting, today: date) -> Parsed | None:
    """The wish and what was missing of it, said in two messages: "move it" and "to Friday"."""
    if _parsed(text, today).acts or len(text) > 200 or _QUESTION.match(text):
        return None
    joined = _parsed(f"{waiting.text.rstrip(' .!?:')} {text}", today)
    return joined if joined.acts and joined.confidence > DOUBTFUL else None


def _parsed(text: str, today: date) -> Parsed:
    said = text.strip().replace("’", "'")
    if not said or not _SUSPICIOUS.search(said):
        return Parsed(book=text.strip())
    whole = rules_titles.masked(said)
    heard: list[tuple[str, Heard | None]] = []
    for sentence in _sentences(whole.text):
        heard += _cut(sentence, whole, today)
    return _together(heard, whole, text)


def _sentences(text: str) -> list[str]:
    if len(text) > _LONGEST:
        return [text]
    lines = [line for line in text.splitlines() if line.strip()]
    bullets = [line for line in lines if _ENUMERATED.match(line)]
    if bullets and len(lines) - len(bullets) <= 1 and not _ENUMERATED.match(lines[0]):
        lead = re.sub(r"[\s:]+$", "", lines[0])
        return [f"{lead}: {_ENUMERATED.sub('', line).strip()}" for line in bullets]
    if len(lines) > 1 and lines[0].rstrip().endswith(":") and not any(_QUESTION.match(line) for line in lines[1:]):
        return [f"{lines[0].rstrip()} {line.strip()}" for line in lines[1:]]
    return [piece.strip() for piece in _SENTENCE.split(text) if piece.strip()]


def _cut(sentence: str, whole: Masked, today: date) -> list[tuple[str, Heard | None]]:
    """The clauses of a sentence and what each wants: as few as make sense."""
    asks_book = bool(_QUESTION.match(politely(sentence)))
    ends = [*_joints(sentence), (len(sentence), len(sentence))]
    begin, found = 0, []
    while begin < len(sentence):
        rest = [each for each in ends if each[0] > begin]
        for stop, after in rest:
            here = sentence[begin:stop]
            behind = sentence[after:]
            one = _heard(here, whole, today)
            if stop == len(sentence) or _parts_here(
                one, here, behind, whole, today, asks_book=asks_book and begin == 0
            ):
                found.append((here, one))
                begin = after if stop < len(sentence) else len(sentence)
                break
    return found


def _joints(sentence: str) -> list[tuple[int, int]]:
    return [] if len(sentence) > _LONGEST else [match.span() for match in _JOINT.finditer(sentence)][:12]


def _parts_here(one: Heard | None, here: str, behind: str, whole: Masked, today: date, *, asks_book: bool) -> bool:
    """Whether a clause ends here: what stands behind says something of its own."""
    first = re.split(_JOINT, behind, maxsplit=1)[0] or behind
    nexts = [each for each in (_heard(behind, whole, today), _heard(first, whole, today)) if each is not None]
    if one is None:
        if not nexts or _ORDER.match(politely(here)) or (len(here.split()) < 3 and not _is_talk(here)):
            return False
        return not asks_book or bool(_LISTWORD.search(politely(behind)))
    adds = one.acts[0].intent == "add"
    if any(act.intent == "add" and not act.details.title for act in one.acts):
        return False
    if nexts:
        telling = all(each.told for each in nexts)
        return not adds or telling or bool(_STRONG.search(politely(first)))
    if adds:
        return bool(
            re.match(
                r"(?:explain|tell\s+me|what\s+(?:is|are|does)|what's|how\s+(?:do|does|is|can)|why)\b",
                politely(behind),
                re.IGNORECASE,
            )
        )
    return bool(_QUESTION.match(politely(behind)))


def _heard(clause: str, whole: Masked, today: date) -> Heard | None:
    """What one clause wants."""
    said = mended(politely(clause))
    if not said:
        return None
    if _HELP.fullmatch(said.rstrip(" ?!.")):
        return Heard((Act("help"),))
    here = Clause(said.rstrip(" .!?;,"), whole, today)
    orders = _ORDER.match(said) is not None
    if not orders and (wanted := rules_lists.read(said, whole, today)) is not None:
        return Heard((Act("list", sought=wanted),))
    if not orders and (_QUESTION.match(said) or said.endswith("?")):
        return _undone(here)
    return _first(here)


def _undone(here: Clause) -> Heard | None:
    found = rules_changes.heard(here) if rules_changes.UNDO.fullmatch(here.text) else None
    return found if found and found.acts[0].intent == "undo" else None


def _first(here: Clause) -> Heard | None:
    text = here.text
    special = re.match(
        r"(?:add|put|set|give)\s+(?:a\s+|the\s+|this\s+)?(?:tags?|labels?|notes?|description|comment|due\s+date"
        r"|deadline|#)|put\s+.+\s+back$",
        text,
        re.IGNORECASE,
    )
    first, second = rules_adding.heard, rules_changes.heard
    if special or not _ADDING.match(text):
        first, second = second, first
    one = first(here)
    if one is not None and (special or one.confidence >= SURE):
        return one
    other = second(here)
    if one is None or (other is not None and other.confidence > one.confidence and not one.acts[0].details.title):
        return other
    return one


def _together(heard: Sequence[tuple[str, Heard | None]], whole: Masked, text: str) -> Parsed:
    """One parse of all clauses: what says more of the task before goes to it, what is left is for the book."""
    acts: list[Act] = []
    book: list[str] = []
    confidence = 1.0
    question: str | Phrase = ""
    for said, each in heard:
        if each is None:
            if not _is_talk(said):
                book.append(whole.plain(said).strip())
            continue
        if each.confidence < confidence:
            confidence, question = each.confidence, each.question or question
        for act in each.acts:
            _joined(acts, act, told=each.told)
    if not acts:
        return Parsed(book=text.strip())
    asked = [piece for piece in book if _QUESTION.match(politely(piece)) or piece.rstrip().endswith("?")]
    if confidence == DOUBTFUL and asked:
        return Parsed(book=text.strip())  # a guess beside a question is no wish
    return Parsed(tuple(acts), confidence, " ".join(asked), question)


def _joined(acts: list[Act], act: Act, *, told: bool) -> None:
    """Adds `act` to `acts`; "it" is what the act before is done to."""
    before = acts[-1] if acts else None
    points = act.target.last and act.target.but is None
    if before is None or not points or before.intent in {"list", "undo", "help"}:
        acts.append(act)
        return
    if before.intent == "add" and act.intent == "update" and act.status is None:
        several = [at for at, each in enumerate(acts) if each.intent == "add"] if act.target.every else [len(acts) - 1]
        for at in several:
            acts[at] = replace(acts[at], details=_more(acts[at], act))
        return
    if before.intent == act.intent == "update" and told:
        acts[-1] = replace(before, details=_more(before, act), status=act.status or before.status)
        return
    acts.append(replace(act, target=before.target) if not before.target.is_empty else act)


def _more(before: Act, act: Act) -> Details:
    told = act.details
    return replace(
        before.details,
        title=told.title or before.details.title,
        due=told.due or before.details.due,
        priority=told.priority or before.details.priority,
        tags=told.tags if told.tags is not None else before.details.tags,
        description=told.description or before.details.description,
        no_due=told.no_due or before.details.no_due,
    )


def _is_talk(said: str) -> bool:
    left = said.strip()
    for _ in range(12):
        shorter = _TALK.sub("", left, count=1).strip() if _TALK.match(left) else left
        if shorter == left:
            break
        left = shorter
    return not re.search(r"\w", left)


def _placed(parsed: Parsed, selected_text: str, page: Page | None) -> Parsed:
    """`parsed` with the name of the place for what a title only points at: "reread this"."""
    place = _place(parsed.book, selected_text, page)
    acts = tuple(
        replace(act, details=replace(act.details, title=rules_adding.pointed(act.details.title, place)))
        if act.intent == "add" and act.details.title
        else act
        for act in parsed.acts
    )
    return replace(parsed, acts=acts)


def _place(book: str, selected_text: str, page: Page | None) -> str:
    asked = politely(book)
    topic = _TOPIC.sub("", asked).strip(" ?.!") if _TOPIC.match(asked) else ""
    named = topic or (re.split(r"\s+[|–·]\s+", page.title)[0] if page is not None else "") or selected_text
    flat = " ".join(named.split())
    return flat if len(flat) <= _LONGEST_PLACE else f"{flat[: _LONGEST_PLACE - 1].rstrip()}…"
