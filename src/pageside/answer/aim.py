"""What a question is searched with: the conversation, the page and the profile say what its words leave out; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from pageside.answer import followup, introductions, tiers
from pageside.answer.question import Page, Question
from pageside.knowledge import led, place
from pageside.knowledge.index import DocumentRow
from pageside.knowledge.passage import NO_LABELS, Findings, Passage

_HEADINGS: Final = 3


def query(question: Question) -> str:
    """The question as it is searched for: the reader's own words, and in brackets what they leave out.

    That is what they asked about before, the page they are on where they ask about "this chapter", and the tier of
    their hardware where they ask about that. A question that points at a place of its own is left as it is.
    """
    asked = " ".join(question.text.split())
    if question.selected_text.strip() or (question.page is not None and place.points_only(asked)):
        return asked
    within = led.bare(asked) if led.PLACES in question.filters else ""
    asked = within or " ".join(introductions.without(asked).split()) or asked
    if question.page is not None and followup.means_here(asked) and question.page.title:
        return f"{asked} ({question.page.title})"
    tier = tiers.of_reader(question.profile)
    if tier and tiers.asks_in_general(asked):
        return f"{asked} ({tiers.named(tier)})"
    return followup.standalone(asked, question.history)


def favours(question: Question) -> Mapping[str, str]:
    """What passages suit the question best, for `Search.find`."""
    if question.selected_text.strip():
        return NO_LABELS
    tier = tiers.of_reader(question.profile)
    found = {tiers.LABEL: tier} if tier and tiers.asks(question.text) else {}
    if question.page is not None and followup.means_here(question.text):
        found["path"] = address(question.page)
    return found


def address(page: Page | None) -> str:
    """How the book is asked for `page`."""
    return (page.path or page.url) if page is not None else ""


def points_at_page(question: Question) -> bool:
    """Whether the question names nothing, and means the page the reader is on."""
    return question.page is not None and not question.selected_text.strip() and place.points_only(question.text)


def is_lost(page: Page | None, findings: Findings) -> bool:
    """Whether `page`, which a search was made for, is none of the pages that were found."""
    rows = [_row(found.passage) for found in findings.passages]
    return place.resolve(address(page), rows) is None


def named_by(question: Question) -> str:
    """The question with what its page is called beside it; unchanged where the browser tells nothing of the page."""
    asked = " ".join(question.text.split())
    about = _about(question.page) if question.page is not None else ""
    return f"{asked} ({about})" if about else asked


def _row(passage: Passage) -> DocumentRow:
    url = passage.url.partition("#")[0]
    return DocumentRow(passage.path, passage.heading, url, passage.language, "", passage.position, 1)


def _about(page: Page) -> str:
    told = (page.title, *page.headings[:_HEADINGS])
    named = "; ".join(dict.fromkeys(text for text in told if text)) or page.description
    return named or _words(page.path or page.url)


def _words(address: str) -> str:
    path = unquote(urlsplit(address).path)
    return " ".join(re.sub(r"\.\w{1,5}$", "", path).replace("/", " ").replace("-", " ").replace("_", " ").split())
