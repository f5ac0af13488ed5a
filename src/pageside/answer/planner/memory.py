"""What the last messages say about tasks: which were listed, which were spoken of, and what was asked back; pure.

It is read from the texts that readers were shown, so "it" means the same behind every door.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pageside.answer.question import Message

ASKING: Final = "🤔"  # how a message of ours begins that waits for a choice
MESSAGES: Final = 20  # of a conversation, that are looked at

_BOLD: Final = re.compile(r"\*\*(?:\\.|[^\n*\\])*(?:\*\*|$)", re.MULTILINE)
_LINE: Final = re.compile(r"^\s*(?:\d+[.)]\s+|[-*]\s+)(?:\[[ xX]\]\s+)?#(?P<number>\d{1,18})\s+\*\*", re.MULTILINE)
_TITLED: Final = re.compile(r"#(?P<number>\d{1,18})\s+\*\*(?P<title>(?:\\.|[^\n*\\])*)\*\*")
_NUMBER: Final = re.compile(r"#(\d{1,18})\b")
_DONE: Final = re.compile(r"^\s*(?:✅|↩️?|❌)")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wish that was not carried out, because the reader was asked what they mean.

    Attributes:
        text: The message in which they wished it.
        asked: What they were asked.
        options: Numbers of the tasks they can choose from, in the order shown; none where the question is another.
        before: The messages before `text`, which gave it its meaning.
    """

    text: str
    asked: str
    options: tuple[int, ...] = ()
    titles: tuple[tuple[int, str], ...] = ()
    before: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """What was said of tasks.

    Attributes:
        listed: Numbers of the list that was shown last, in its order.
        touched: Numbers that were spoken of last, by us or by the reader.
        waiting: What the last message of ours asks about.
    """

    listed: tuple[int, ...] = ()
    touched: tuple[int, ...] = ()
    waiting: Waiting | None = None


def read(history: Sequence[Message]) -> Memory:
    """What `history`, oldest first, says of tasks."""
    recent = tuple(history[-MESSAGES:])
    listed: tuple[int, ...] = ()
    touched: tuple[int, ...] = ()
    for message in recent:
        told = _told(message)
        if message.role == "tutor" and (rows := _rows(message.text)):
            # what they are asked to choose from is no list they asked for, but "the second one" means it all the same
            listed = rows
            touched = _acted(message.text) or (told if _asks(message) else rows)
        elif told and (message.role == "tutor" or touched):
            touched = told
    return Memory(listed, touched, _waiting(recent))


def _told(message: Message) -> tuple[int, ...]:
    """The numbers in a text of ours outside titles, which readers write themselves; in theirs, those with `#`."""
    if message.role == "tutor":
        return _acted(message.text) or _rows(message.text)  # the book's part of an answer may hold any number
    return _unique(_NUMBER.findall(_BOLD.sub("**", message.text)))


def _acted(text: str) -> tuple[int, ...]:
    """Numbers in the lines of `text` that say what was done."""
    lines = [line for line in text.splitlines() if _DONE.match(line)]
    return _unique(_NUMBER.findall(_BOLD.sub("**", "\n".join(lines))))


def _rows(text: str) -> tuple[int, ...]:
    """Numbers of the tasks that `text` lists a line each."""
    return _unique(_LINE.findall(_BOLD.sub("**", text)))


def _unique(numbers: Sequence[str]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(each) for each in numbers))


def _asks(message: Message) -> bool:
    return message.role == "tutor" and message.text.lstrip().startswith(ASKING)


def _waiting(recent: Sequence[Message]) -> Waiting | None:
    if not recent or not _asks(recent[-1]):
        return None
    asked = recent[-1].text
    at = next((at for at in range(len(recent) - 2, -1, -1) if recent[at].role == "reader"), None)
    if at is None:
        return None
    titles = tuple((int(match["number"]), match["title"]) for match in _TITLED.finditer(asked))
    return Waiting(recent[at].text, asked, _rows(asked), titles, tuple(recent[:at]))
