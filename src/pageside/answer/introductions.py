"""What readers call themselves in a conversation; cautious rules, pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pageside.answer.question import Message

# One to three words that begin with a capital, or with a letter of a script that has none.
_WORD: Final = r"(?![a-zà-öø-ÿ])[^\W\d_][\w'’-]*"
_NAME: Final = rf"(?:(?:Dr|Mrs?|Ms|Prof)\.?[ ])?{_WORD}(?:[ ]{_WORD}){{0,2}}"
_ANY_WORD: Final = r"[^\W\d_][\w'’-]*"
_OPENS: Final = r"(?:^|[.!?,;—]\s*|\b(?:and|but|so|actually|sorry|well|hi|hello|hey|ok|okay|no|oh)[\s,]+)"
_ENDS: Final = r"(?=\s*(?:$|[.!?,;:()—]|\s-|\b(?:and|but|not|from|by the way|please)\b))"
_TOLD: Final = re.compile(
    rf"""
    (?:
      \b(?i:my\ (?:full\ |first\ |real\ )?name(?:\ is|[’']s)(?:\ (?:actually|really|now))?)
      \s+(?P<named>{_NAME}|{_ANY_WORD}{_ENDS})
    | \b(?i:my\ name\ (?:is\ not|isn[’']t)\s+[\w'’-]+\s*,?\s*(?:but|it[’']s|it\ is))
      \s+(?P<corrected>{_NAME}|{_ANY_WORD}{_ENDS})
    | \b(?i:(?:(?:please|just|you\ can|you\ may|everyone|friends|people)\s+)*calls?\ me)
      \s+(?P<called>{_NAME}|{_ANY_WORD}{_ENDS})
    | {_OPENS}(?i:i\ am|i[’']m)\s+(?P<am>{_NAME}){_ENDS}
    )
    """,
    re.VERBOSE,
)
_NO_NAMES: Final = frozenset(
    re.findall(
        r"\w+",
        """
    not no nobody none unknown secret private irrelevant important unimportant back later when if it so the a an i
    german french english spanish italian dutch polish turkish russian chinese japanese korean indian pakistani american
    british canadian brazilian mexican arab african european asian swiss austrian swedish danish norwegian finnish greek
    python java linux ubuntu windows mac ros docker github android new here sorry
    """,
    )
)
_QUOTED: Final = re.compile(r"[“«„][^”»“\n]*[”»“]|\"[^\"\n]*\"|`[^`\n]*`|(?<!\w)'[^'\n]*'(?!\w)")
_BESIDE: Final = re.compile(
    r"^(?:(?:hi|hello|hey|and|but|so|actually|sorry|no|well|oh|ok|okay)\b[\s,.!]*)*"
    r"|(?:\b(?:please|by the way|nice to meet you)\b[\s,.!]*)+$",
    re.IGNORECASE,
)
_LONGEST: Final = 60


def name(messages: Iterable[Message]) -> str:
    """What the reader last said they are called in `messages`, oldest first; empty where they did not.

    A name in a passage they quote, between quotation marks, or in a message of the tutor is not theirs.
    """
    told = [found for message in messages if message.role == "reader" for found in _names(message.text)]
    return told[-1] if told else ""


def own_words(text: str) -> str:
    """A message without the passage quoted in it."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">")).strip()


def without(text: str) -> str:
    """`text` without the sentence in which readers say what they are called and nothing else."""
    if not _names(text):
        return text
    told = own_words(text)
    for found in list(_TOLD.finditer(told))[::-1]:
        if _accepted(found):
            told = f"{told[: found.start()]} {told[found.end() :].lstrip(' .!,;:')}"
    return _BESIDE.sub("", told.strip(" ,;")).strip()


def introduces_only(text: str) -> bool:
    """Whether `text` says what the reader is called, and nothing beside a greeting."""
    return bool(_names(text)) and not re.search(r"\w", without(text))


def _names(text: str) -> list[str]:
    said = _QUOTED.sub(" ", own_words(text))
    return [_found(match) for match in _TOLD.finditer(said) if _accepted(match)]


def _found(match: re.Match[str]) -> str:
    told = next(told for told in match.groups() if told)
    return re.sub(r"[’']s$", "", told.rstrip(".-'’"))


def _accepted(match: re.Match[str]) -> bool:
    found = _found(match)
    first = found.split()[0].casefold() if found else ""
    if match["am"] and first.endswith("ing"):
        return False
    return 0 < len(found) <= _LONGEST and first not in _NO_NAMES
