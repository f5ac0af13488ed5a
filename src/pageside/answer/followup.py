"""Follow-ups made standalone: what "it" and "the second one" mean, from the conversation, by cautious rules; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pageside.answer import introductions, smalltalk
from pageside.answer.question import Message
from pageside.knowledge import keywords, place

_FOLLOWS: Final = re.compile(
    r"""
    ^\W*(?:and|but|so|or|also|then|what\ about|how\ about|what\ if|why|how\ so|how\ come|really|for\ example|such\ as
    |(?:can\ you\ |could\ you\ |please\ )*
     (?:tell\ me\ more|go\ on|continue|explain\ (?:more|further|again)|elaborate
     |give\ (?:me\ )?(?:an?|another|some|more)\ examples?|more|another\ example|an\ example|examples?)
    |are\ you\ (?:really\ |quite\ )?sure
    |(?:but\ )?i\ (?:still\ |really\ )*(?:do\ not|don[’']t|cannot|can[’']t)\ (?:quite\ |really\ )?
     (?:understand|get|follow)
    |any\ (?!of\b)\w+(?=\W*$)
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BARE_FOLLOW: Final = re.compile(
    r"^\W*(?:and|but|so|or|also|then|what about|how about|what if|really)\b[\s,]*", re.IGNORECASE
)
_POINTER: Final = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|he|his|she|her|the (?:former|latter|same|others?)"
    r"|(?:the )?ones?|instead|the opposite|which (?:would|should|do|can|could) (?:you|i|we))\b",
    re.IGNORECASE,
)
_EXPLETIVE: Final = re.compile(
    r"\b(?:is|was|does|would|can|could) it (?:possible|necessary|true|matter|mean|take|make sense)\b|\bthat\s+\w+s\b",
    re.IGNORECASE,
)
_ORDINAL: Final = re.compile(
    r"\b(?:the |number |option |step |point )?(first|second|third|fourth|fifth|last|\d)(?:st|nd|rd|th)?"
    r"(?:\s+(?:one|point|step|item|option|thing|way))\b"
    r"|\bthe (first|second|third|fourth|fifth|last)(?=\s+(?:do|does|is|are|means?|for|works?)\b|\W*$)",
    re.IGNORECASE,
)
_RANKS: Final = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_LISTED: Final = re.compile(r"^[ \t]*(?:[-*+]|\d{1,2}[.)])[ \t]+(.+)$", re.MULTILINE)
_CITATION: Final = re.compile(r"\s?\[\d{1,3}\]")
_SCAFFOLD: Final = re.compile(
    r"""
    ^\W*
    (?:(?:hi|hello|hey|please|can\ you|could\ you|would\ you|i\ want\ to\ know|i(?:'d|\ would)\ like\ to\ know|tell\ me
       |explain|describe|define|show\ me|do\ you\ know|and|but|so|what\ about|how\ about)[\s,!]+)*
    (?:what(?:'s|\ is|\ are|\ was|\ were|\ does|\ do)?|who(?:'s|\ is|\ was)?
       |how\ (?:does|do|is|are|can|to|many|much)(?:\ i|\ you|\ we|\ one)?|why\ (?:is|are|does|do)
       |when\ (?:is|are|should|do|does)|where\ (?:is|are|do|does)|which|is|are|does|do)?\s*
    (?:the\ (?:meaning|definition|purpose|role|difference)\ (?:of|between)\s+)?(?:an?|the)?\s+
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Short follow-ups in other languages: an opening word with little behind it, or a word that points.
_ELSEWHERE: Final = re.compile(
    r"""
    ^\W*(?:
      (?:(?:y|e|et|und|aber|mais|pero|mas|ma|oder|ou|o)\s+)?
      (?:por\s+qué|por\s+que|por\s+quê|porqué|porquê|pourquoi|warum|wieso|weshalb|perch[éè]|cómo|comment|wie|como|come)
      (?:\s+(?:eso|das|ça|cela|isso|questo|no|non|nicht|pas|não))?
      |(?:y|et|und|e)\s+(?:\S+\s*){1,4}
    )\W*$
    | \b(?:das|dies|dieses|davon|dafür|damit|dazu|eso|esto|ello|cela|ça|celui-ci|quello|questo|isso|isto)\W*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HERE: Final = re.compile(
    r"\b(?:this|the current)\s+(?:page|chapter|section|lesson|module|unit|book|course|part|paragraph)\b", re.IGNORECASE
)
_NUMBERED: Final = re.compile(r"\[(\d{1,3})\]|\b(?:citation|source|reference|footnote)\s+(\d{1,3})\b", re.IGNORECASE)
_LONGEST_SUBJECT: Final = 160  # characters
_LONGEST_ELSEWHERE: Final = 6  # words
_VAGUE: Final = frozenset(
    {"exampl", "more", "work", "mean", "happen", "differ", "go", "continu", "elabor", "detail", "further", "understand"}
)
_FEW: Final = 4
_LOOK_BACK: Final = 3


def standalone(text: str, history: Sequence[Message]) -> str:
    """`text` as one would ask it without the conversation: the reader's own words, and beside them what they mean.

    `And its limits?` after `What is a PID controller?` becomes `And its limits? (PID controller)`. What stands by
    itself is given back unchanged.
    """
    asked = " ".join(text.split())
    if not history or smalltalk.reply(asked, history=history, profile={}):
        return asked
    if sentence := _cited(asked, history):
        return f"{asked} ({sentence})"
    if not follows(asked):
        return asked
    subject, item = _subject(history), _pointed_item(asked, history)
    if not subject:
        return asked
    return f"{asked} ({item}; {subject})" if item else f"{asked} ({subject})"


def means_here(text: str) -> bool:
    """Whether `text` asks about the page it is asked on, as "the main ideas of this chapter" does."""
    return bool(_HERE.search(text))


def follows(text: str) -> bool:
    """Whether `text` needs the conversation to be understood."""
    if means_here(text):
        return False
    if len(text.split()) <= _LONGEST_ELSEWHERE and _ELSEWHERE.search(text):
        return True
    words = keywords.query(_BARE_FOLLOW.sub("", text), languages=["en"])
    content = _content(text)
    if _ORDINAL.search(text) and len(content) <= _FEW:
        return True
    if _FOLLOWS.match(text) and len(content) <= 2:
        return True
    if _BARE_FOLLOW.match(text) and len(content) <= _FEW:
        return True
    pointing = bool(_POINTER.search(_EXPLETIVE.sub("", text)))
    return (pointing and len(content) <= _FEW) or (not content and len(words) <= 2 and not place.points_only(text))


def _content(text: str) -> tuple[str, ...]:
    """The words of `text` that name something."""
    bare = _POINTER.sub(" ", _BARE_FOLLOW.sub("", text))
    if not re.search(r"\w", bare):
        return ()
    found = keywords.query(bare, languages=["en"])
    stop = set(keywords.query("why how what so come and", languages=["en"]))
    return tuple(word for word in found if word not in _VAGUE and word not in stop)


def _subject(history: Sequence[Message]) -> str:
    """What the reader last asked about: their latest question that stood by itself, without its question words."""
    asked = [message.text for message in history if message.role == "reader" and not _beside(message.text)]
    for text in asked[::-1][:_LOOK_BACK]:
        own = " ".join(introductions.without(introductions.own_words(text)).split())
        if own and not follows(own) and not place.points_only(own) and _content(own):
            return _SCAFFOLD.sub("", f"{own} ", count=1).strip().rstrip("?!. ") or own.rstrip("?!. ")
        if quote := _quote(text):
            return quote
    return ""


def _beside(text: str) -> bool:
    """Whether a message was not about the book, as "thanks" is."""
    own = introductions.own_words(text)
    return own == text.strip() and bool(smalltalk.reply(own, history=(), profile={}))


def _quote(text: str) -> str:
    """The passage quoted in a message, as far as a subject needs it."""
    lines = [line.strip() for line in text.splitlines()]
    quoted = " ".join(line.lstrip("> ") for line in lines if line.startswith(">"))
    flat = " ".join(quoted.split())
    return (flat if len(flat) <= _LONGEST_SUBJECT else flat[:_LONGEST_SUBJECT].rpartition(" ")[0]).rstrip(".!? ")


def _cited(text: str, history: Sequence[Message]) -> str:
    """The sentence of the tutor's last answer that bears the number which `text` asks about."""
    number = _NUMBERED.search(text)
    answers = [message.text for message in history if message.role == "tutor"]
    if number is None or not answers or len(_content(_NUMBERED.sub(" ", text))) > 2:
        return ""
    marker = f"[{number[1] or number[2]}]"
    before, found, _ = answers[-1].partition(marker)
    sentence = re.split(r"(?<=[.!?:\]])\s+|\n", _CITATION.sub("", before.rstrip()) if found else "")[-1]
    return sentence.strip().strip("-* ")[:_LONGEST_SUBJECT].rstrip(". ")


def _pointed_item(text: str, history: Sequence[Message]) -> str:
    """The list item of the tutor's last answer that "the second one" points at."""
    ordinal = _ORDINAL.search(text)
    answers = [message.text for message in history if message.role == "tutor"]
    if ordinal is None or not answers:
        return ""
    items = [_CITATION.sub("", item).strip() for item in _LISTED.findall(answers[-1])]
    word = (ordinal[1] or ordinal[2]).lower()
    rank = int(word) - 1 if word.isdigit() else _RANKS[word]
    if not items or rank >= len(items):
        return ""
    return items[rank][:_LONGEST_SUBJECT]
