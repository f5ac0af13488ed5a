"""What to do with a question that points at something which nothing names: ask the page, ask the reader, or say so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from pageside.answer import page_tools, smalltalk
from pageside.answer.events import AskedBack, AskedPage
from pageside.answer.question import Question
from pageside.knowledge import contents, keywords, led, place
from pageside.knowledge.contents import Contents, Entry
from pageside.phrases import answers
from pageside.phrases.phrase import Phrase

LIMIT_OPTIONS: Final = 8
_MAX_LABEL_CHARS: Final = 120
_LONG_REPLY: Final = 4  # words that name something: a reply of so many is a question of its own

_THING: Final = (
    r"(?:page|section|passage|paragraph|chapter|lesson|part|text|selection|bit|code|snippet|formula|equation|diagram"
    r"|figure|picture|image|table|example|command|step|list|sentence|word|term|line|function|output|error|concept|idea"
    r"|definition|exercise|topic|point|thing|stuff)s?"
)
_POINTER: Final = re.compile(
    rf"\b(?:(?:this|that|these|those|the (?:above|following|selected|highlighted))(?:\s+{_THING})?|it"
    rf"|the (?:page|section|passage|paragraph|chapter|lesson|selection)|here)\b"
    r"|\b(?:esto|esta página|ceci|cette page|das hier|dies|diese seite)\b",
    re.IGNORECASE,
)
_EXPLAINS: Final = re.compile(
    r"\b(?:explain|clarify|describe|elaborate|simplify|summari[sz]e|outline|explica|explicar|resume|resumen|explique"
    r"|expliquer|résume|résumé|erkläre|erklären|zusammenfassen)\b|سمجھائیں|وضاحت|خلاصہ",
    re.IGNORECASE,
)
_WHOLE_BOOK: Final = re.compile(r"\b(?:books?|textbooks?|course|class)\b", re.IGNORECASE)


class Places(Protocol):
    """Who knows what the book has."""

    async def read(self) -> Contents:
        """The book's contents at this moment; raises IndexMissing where nothing has been indexed yet."""
        ...


@dataclass(frozen=True, slots=True)
class Advice:
    """The question cannot be answered; `told` says what to do instead."""

    told: Phrase


async def resolve(question: Question, query: str, places: Places | None) -> Question | AskedPage | AskedBack | Advice:
    """`question` as it can be answered, or what must come before.

    One that names something, or points at a place that is known, is given back as it is. Where nothing says what is
    meant, the page is asked first, then the reader; whoever has been asked is not asked again.

    Args:
        query: The question made standalone.
        places: Without it there is nothing to choose from.

    Raises:
        IndexMissing: Nothing has been indexed yet.
    """
    if question.clarified is not None:
        known = await places.read() if places is not None and any(question.clarified) else None
        return clarified(question, question.clarified, known)
    if question.section is not None or not points_nowhere(question, query):
        return question
    for tool in page_tools.left(question):
        if tool in page_tools.KNOWN:
            return AskedPage(tool.name, {})
    labels = options(await places.read()) if places is not None and question.may_ask else {}
    return AskedBack(tuple(labels)) if labels else Advice(answers.ADVICE)


def points_nowhere(question: Question, query: str) -> bool:
    """Whether `question` points at a place, as "explain this", and nothing tells at which.

    Args:
        query: The question made standalone; the conversation tells what is meant where it is another.
    """
    text = " ".join(question.text.split())
    if question.selected_text.strip() or question.page is not None or question.attachments or query != text:
        return False
    if smalltalk.reply(text, history=question.history, profile=question.profile) or _WHOLE_BOOK.search(text):
        return False
    return place.points_only(_POINTER.sub("this", text)) and bool(_POINTER.search(text) or _EXPLAINS.search(text))


def options(known: Contents, *, limit: int = LIMIT_OPTIONS) -> Mapping[str, Entry]:
    """The likeliest places by name: every page of a short book; of a longer one its modules or folders.

    Args:
        limit: At most so many, from 1.
    """
    chosen = _divisions(known, limit)
    titles = [_one_line(entry.title) or entry.path for entry in chosen]
    often = Counter(map(str.casefold, titles))
    return {
        title if often[title.casefold()] == 1 else f"{title} ({entry.path})": entry
        for title, entry in zip(titles, chosen, strict=True)
    }


def focused(question: Question, entry: Entry) -> Question:
    """`question` about one place of the book, whose passages lead the search."""
    return replace(
        question,
        section=entry,
        titles=(*question.titles, entry.title),
        filters={**question.filters, **led.places([entry])},
    )


def spelled(text: str, words: str) -> str:
    """`text` with `words` in the place of what it points with: "Can you explain this?" asks of them by name."""
    if _POINTER.search(text):
        return _POINTER.sub(lambda _: words, text, count=1)
    return f"{text.rstrip(' .?!')} {words}"


def clarified(question: Question, said: Sequence[str], known: Contents | None) -> Question | Advice:
    """`question` with what the reader chose or wrote when asked what they mean.

    Args:
        known: What the book has; the first of `said` that names a place of it is the one they mean.
    """
    entry: Entry | None = None
    wishes: list[str] = []
    for words in filter(None, (" ".join(words.split()) for words in said)):
        found = _named(words, known) if known is not None and entry is None else None
        entry = entry or found
        wishes += [] if found else [words]
    wish = " ".join(wishes)
    if entry is not None:
        text = wish or spelled(question.text, led.quoted(entry.title))
        return focused(replace(question, text=text), entry)
    if not wish or place.points_only(wish):
        return Advice(answers.ADVICE)
    return replace(question, text=wish if _asks(wish) else spelled(question.text, wish))


def _divisions(known: Contents, limit: int) -> list[Entry]:
    pages = [entry for entry in known.entries if entry.kind == "page"]
    if len(pages) <= limit:
        return pages
    groups = [entry for entry in known.entries if entry.kind == "group"]
    for label in contents.COUNTING:
        counted = [group for group in groups if any(name == label for name, _ in group.numbers)]
        if len(counted) > 1:
            return counted[:limit]
    return _first_of_folders(pages)[:limit]


def _first_of_folders(pages: Sequence[Entry]) -> list[Entry]:
    """The page that each of the topmost folders begins with, as far down as there is more than one."""
    for depth in range(1, 1 + max(page.path.count("/") for page in pages)):
        firsts: dict[tuple[str, ...], Entry] = {}
        for page in pages:
            firsts.setdefault(tuple(page.path.split("/")[:depth]), page)
        if len(firsts) > 1:
            return list(firsts.values())
    return list(pages)


def _named(words: str, known: Contents) -> Entry | None:
    if chosen := options(known).get(words):
        return chosen
    name = contents.normal(words)
    found = known.names.called(name) or known.sections.called(name)
    return found[0] if len(found) == 1 else None


def _asks(wish: str) -> bool:
    return wish.endswith(("?", "؟", "？")) or len(keywords.query(wish, languages=["en"])) >= _LONG_REPLY


def _one_line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MAX_LABEL_CHARS else flat[: _MAX_LABEL_CHARS - 1].rstrip() + "…"
