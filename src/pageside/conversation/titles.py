"""The name of a thread, made from its first question."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 60

_MARKUP = re.compile(r"[`*_~#>]+|!?\[([^\]]*)\]\([^)]*\)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？؟])")
_TRAILING = " ,;:.-\u2013\u2014("
_JOINER = "\u200d"


def title(question: str, *, limit: int = MAX_CHARS) -> str:
    """A name of one line for a thread that begins with `question`; "New conversation" where nothing can be said.

    Args:
        limit: Longest title, in characters.
    """
    text = " ".join(_MARKUP.sub(r"\1", question).split())
    first = _first_sentence(text).rstrip(_TRAILING)
    if not any(character.isalnum() for character in first):
        first = text
    if not first:
        return "New conversation"
    return first[0].upper() + first[1:] if len(first) <= limit else _cut(first[0].upper() + first[1:], limit)


def _first_sentence(text: str) -> str:
    parts = [part for part in _SENTENCE.split(text) if part]
    # "e.g. a servo" and "Hi! What is a servo?" are no sentences to name a thread by.
    return next((part for part in parts if len(part) >= 12), text)


def _cut(text: str, limit: int) -> str:
    at = limit - 1
    space = text.rfind(" ", limit // 2, limit)
    if space > 0:
        at = space
    else:
        while at > 1 and (unicodedata.combining(text[at]) or text[at] == _JOINER or text[at - 1] == _JOINER):
            at -= 1
    return text[:at].rstrip(_TRAILING) + "…"
