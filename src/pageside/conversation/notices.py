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

_SHOWN_CHARS = 80
_SHOWN_NAMES = 3


def unknown(names: Sequence[str]) -> NoticeEvent | None:
    """Mentions that name nothing in the book; None where there are none."""
    if not names:
        return None
    return NoticeEvent(
        level="warning",
        title="Not in this book",
        message=f"Nothing in this book is called {_listed(names)}; all of it was searched.",
    )


def ambiguous(named: Mapping[str, Sequence[Entry]]) -> NoticeEvent | None:
    """Mentions, by what the reader wrote, that name several places; None where there are none."""
    if not named:
        return None
    parts = []
    for name, entries in named.items():
        under = list(dict.fromkeys(entry.group for entry in entries if entry.group))
        where = f", as under {_listed(under)}" if under else ""
        parts.append(f"{_shown(name)} names {len(entries)} places{where}.")
    parts.append("Choose one from the list of mentions; all of the book was searched.")
    return NoticeEvent(level="warning", title="Which one?", message=" ".join(parts))


def of_search(
    evidence: Sequence[Evidence], *, mentioned: Sequence[Entry], filters: Mapping[str, str]
) -> NoticeEvent | None:
    """What came of the mentions and filters that the search was given; None where there is nothing to tell."""
    passages = [each.found.passage for each in evidence]
    if mentioned and not any(entry.holds(passage) for entry in mentioned for passage in passages):
        return NoticeEvent(
            level="info",
            title="Searched the whole book",
            message=f"Nothing in {_listed([entry.title for entry in mentioned])} fits this question.",
        )
    left = [f"{name} {label}" for name, label in filters.items() if name != PLACES]
    if left and not passages:
        return NoticeEvent(
            level="warning",
            title="Nothing left to search",
            message=f"No passage that fits has the labels asked for: {_listed(left)}.",
        )
    return None


def words_alone() -> NoticeEvent:
    """The search knows words and not their meaning."""
    return NoticeEvent(
        level="info",
        title="Searching by words alone",
        message="This book can just now be searched by its words only: use the words the book would use.",
    )


def nearly_full(left: int) -> NoticeEvent:
    """The conversation takes only `left` more messages, from 1."""
    more = "one more message" if left == 1 else f"{left} more messages"
    return NoticeEvent(
        level="info",
        title="This conversation is nearly full",
        message=f"It takes {more}; after that, begin a new one.",
    )


def nearly_asked(left: int, reset_s: int) -> NoticeEvent:
    """The reader may ask only `left` more questions for now; in so many seconds there is one more."""
    questions = "No more questions are" if not left else "One more question is" if left == 1 else f"{left} more are"
    return NoticeEvent(
        level="info",
        title="A short break soon",
        message=f"{questions} taken from you for now; the next one in {waiting(reset_s)}.",
    )


def nearly_spent() -> NoticeEvent:
    """Most of what the reader may ask in a day is asked."""
    return NoticeEvent(
        level="info",
        title="Nearly all of today's questions are asked",
        message="Only a few more answers can be given to you today; tomorrow there are new ones.",
    )


def _listed(names: Sequence[str]) -> str:
    shown = [_shown(name) for name in names[:_SHOWN_NAMES]]
    more = len(names) - len(shown)
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _shown(name: str) -> str:
    """`name` in quotes, as one line whose Markdown shows and does nothing."""
    flat = " ".join(footnotes.speakable(name).split())
    cut = flat if len(flat) <= _SHOWN_CHARS else f"{flat[:_SHOWN_CHARS].rstrip()}…"
    return f"“{citations.literal(cut.replace('`', ''))}”"
