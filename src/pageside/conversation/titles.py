"""The name of a thread, made from its first question, or from its second where the first was small talk; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from pageside.answer import smalltalk
from pageside.answer.question import Message
from pageside.knowledge import place
from pageside.phrases import chat
from pageside.phrases.phrase import ENGLISH

MAX_CHARS: Final = 60

_FENCE: Final = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s[^)]*)?\)")
_URL: Final = re.compile(r"<?\bhttps?://(?:www\.)?([^\s<>?#]+)[^\s<>]*>?", re.IGNORECASE)
_BLOCK: Final = re.compile(
    r"^[ \t]*(?:(?:#{1,6}|[-*+]|\d{1,3}[.)])[ \t]+|>[ \t]?)+|^[ \t]*(?:[-*_][ \t]*){3,}$", re.MULTILINE
)
_EMPHASIS: Final = (
    re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL),
    re.compile(r"(?<![\w*~])(?:\*|_{1,3}|~~)(?=[^\s*_~])(.+?)(?<=[^\s*_~])(?:\*|_{1,3}|~~)(?![\w*~])", re.DOTALL),
)
_AT: Final = re.compile(r"(?<![\w@./`])@(?=\w)")
_UNSEEN: Final = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|(?<=[。！？؟।])")
_TRAILING: Final = " ,;:.-\u2013\u2014("
_JOINER: Final = "\u200d"
_SHORTEST_SENTENCE: Final = 12
_HELLO: Final = frozenset(
    re.findall(
        r"\S+",
        """
        hi hey hello yo hola bonjour salut hallo ciao olá oi hej namaste नमस्ते salaam salam سلام مرحبا привет 你好 您好
        こんにちは 안녕 안녕하세요 test testing ping
        """,
    )
)
_NAMES_SOMETHING: Final = re.compile(r"\bbooks?\b", re.IGNORECASE)
_WORD_FIRST: Final = re.compile(r"[^\W\d_]+(?![\w/(@]|\.\w)")  # no identifier, no address
_LOOKED_AT: Final = 2_000  # characters


def title(question: str, *, quote: str = "", page: str = "", limit: int = MAX_CHARS, language: str = ENGLISH) -> str:
    """A name of one line for a thread that begins with `question`; "New conversation" where nothing can be said.

    A question that only points, as "explain this", names its thread by what it points at.

    Args:
        quote: What the reader selected.
        page: The title of the page the reader is on.
        limit: Longest title, in characters.
        language: Of the name that is given where nothing can be said, ISO 639-1.
    """
    shown = _shown(question)
    if place.points_only(shown) and not _NAMES_SOMETHING.search(shown) and not is_small_talk(question):
        shown = _shown(quote) or _shown(page) or shown
    first = _first_sentence(shown).rstrip(_TRAILING)
    if not any(map(str.isalnum, first)):
        first = shown
    if not first:
        return chat.UNNAMED.said(language)
    named = first[0].upper() + first[1:] if _WORD_FIRST.match(first) else first
    return named if len(named) <= limit else _cut(named, limit)


def better(known: str, asked: str, history: Sequence[Message]) -> str:
    """A better title than `known` for a thread whose second message asks something, and whose first was small talk.

    Empty where `known` is good enough, is not the title that was made, or the second message says no more.
    """
    said = [message.text for message in history if message.role == "reader"]
    if len(said) != 1 or not is_small_talk(said[0]) or is_small_talk(asked) or known != title(said[0]):
        return ""
    made = title(asked)
    return "" if made in {*chat.UNNAMED.every(), known} else made


def is_small_talk(text: str) -> bool:
    """Whether `text` greets, thanks, or asks about nobody but the reader and the assistant."""
    words = re.findall(r"[\w\u0300-\u036f\u0900-\u097f]+", text.casefold())
    if not words:
        return bool(text.strip())
    return (len(words) <= 3 and words[0] in _HELLO) or bool(smalltalk.reply(text, history=(), profile={}))


def _shown(text: str) -> str:
    """`text` as one line, as whoever sees its Markdown set would read it; of mere code, its first line."""
    start = text[:_LOOKED_AT]
    prose = _FENCE.sub("\n", start)
    if not any(map(str.isalnum, prose)):
        lines = (line for fence in _FENCE.finditer(start) for line in fence[2].splitlines())
        code = next((line for line in lines if any(map(str.isalnum, line))), "")
        return _one_line(f"Code: {code}") if code else _one_line(_BLOCK.sub("", prose))
    prose = _LINK.sub(r"\1", _BLOCK.sub("", prose))
    for marks in _EMPHASIS:
        prose = marks.sub(r"\1", prose)
    prose = _URL.sub(lambda url: url[1].rstrip("/.,;:!)"), prose)
    return _one_line(_AT.sub("", prose.replace("`", "")))


def _one_line(text: str) -> str:
    return " ".join(_UNSEEN.sub("", text).split())


def _first_sentence(text: str) -> str:
    parts = [part for part in _SENTENCE.split(text) if part]
    # "e.g. a servo" and "Hi! What is a servo?" are no sentences to name a thread by.
    return next((part for part in parts if len(part) >= _SHORTEST_SENTENCE), text)


def _cut(text: str, limit: int) -> str:
    at = limit - 1
    space = text.rfind(" ", limit // 2, limit)
    if space > 0:
        at = space
    else:
        while at > 1 and (_joins(text[at]) or text[at - 1] == _JOINER):
            at -= 1
    return text[:at].rstrip(_TRAILING) + "…"


def _joins(character: str) -> bool:
    """Whether `character` belongs to the one before it: a mark, a vowel sign, a skin tone, a joiner."""
    tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    return tone or character == _JOINER or unicodedata.category(character).startswith("M")
