"""What is said beside an answer and never stored: what was not found, what was left out, what is nearly used up.

What changes the meaning of an answer stands in its text, for a reload must show it too: a selection that is not in the
book, an answer that ends at its length limit. A notice only says how the answer came about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatkit.types import NoticeEvent

from pageside.answer import citations
from pageside.answer.events import Evidence
from pageside.conversation import footnotes
from pageside.knowledge.contents import Entry
from pageside.knowledge.led import PLACES
from pageside.limiting.limiter import waiting
from pageside.phrases import chat
from pageside.phrases.phrase import Phrase, listed

_SHOWN_CHARS = 80
_SHOWN_NAMES = 3


def unknown(names: Sequence[str], language: str) -> NoticeEvent | None:
    """Mentions that name nothing in the book; None where there are none."""
    if not names:
        return None
    return NoticeEvent(
        level="warning",
        title=chat.NOT_IN_BOOK.said(language),
        message=chat.NOTHING_CALLED.said(language, names=_listed(names, language)),
    )


def ambiguous(named: Mapping[str, Sequence[Entry]], language: str) -> NoticeEvent | None:
    """Mentions, by what the reader wrote, that name several places; None where there are none."""
    if not named:
        return None
    parts = []
    for name, entries in named.items():
        under = list(dict.fromkeys(entry.group for entry in entries if entry.group))
        told = chat.NAMES_PLACES_UNDER.of(groups=_listed(under, language)) if under else chat.NAMES_PLACES
        parts.append(told.said(language, name=_shown(name), count=len(entries)))
    parts.append(chat.CHOOSE_MENTION.said(language))
    return NoticeEvent(level="warning", title=chat.WHICH_ONE.said(language), message=" ".join(parts))


def of_search(
    evidence: Sequence[Evidence], *, mentioned: Sequence[Entry], filters: Mapping[str, str], language: str
) -> NoticeEvent | None:
    """What came of the mentions and filters that the search was given; None where there is nothing to tell."""
    passages = [each.found.passage for each in evidence]
    if mentioned and not any(entry.holds(passage) for entry in mentioned for passage in passages):
        return NoticeEvent(
            level="info",
            title=chat.WHOLE_BOOK.said(language),
            message=chat.NOTHING_IN.said(language, names=_listed([entry.title for entry in mentioned], language)),
        )
    left = [f"{name} {label}" for name, label in filters.items() if name != PLACES]
    if left and not passages:
        return NoticeEvent(
            level="warning",
            title=chat.NOTHING_LEFT.said(language),
            message=chat.NO_LABELS.said(language, labels=_listed(left, language)),
        )
    return None


def words_alone(language: str) -> NoticeEvent:
    """The search knows words and not their meaning."""
    return _info(chat.WORDS_ALONE, chat.USE_ITS_WORDS, language)


def nearly_full(left: int, language: str) -> NoticeEvent:
    """The conversation takes only `left` more messages, from 1."""
    return _info(chat.NEARLY_FULL, chat.TAKES_MORE.of(n=left), language)


def nearly_asked(left: int, reset_s: int, language: str) -> NoticeEvent:
    """The reader may ask only `left` more questions for now; in so many seconds there is one more."""
    told = chat.MORE_QUESTIONS if left else chat.NO_MORE_QUESTIONS
    return _info(chat.BREAK_SOON, told.of(n=left, wait=waiting(reset_s)), language)


def nearly_spent(language: str) -> NoticeEvent:
    """Most of what the reader may ask in a day is asked."""
    return _info(chat.NEARLY_SPENT, chat.FEW_MORE_TODAY, language)


def _info(title: Phrase, message: Phrase, language: str) -> NoticeEvent:
    return NoticeEvent(level="info", title=title.said(language), message=message.said(language))


def _listed(names: Sequence[str], language: str) -> str:
    shown = [_shown(name) for name in names[:_SHOWN_NAMES]]
    more = len(names) - len(shown)
    if more > 0:
        return chat.AND_MORE.said(language, names=", ".join(shown), count=more)
    return listed(shown, language)


def _shown(name: str) -> str:
    """`name` in quotes, as one line whose Markdown shows and does nothing."""
    flat = " ".join(footnotes.speakable(name).split())
    cut = flat if len(flat) <= _SHOWN_CHARS else f"{flat[:_SHOWN_CHARS].rstrip()}…"
    return f"“{citations.literal(cut.replace('`', ''))}”"
