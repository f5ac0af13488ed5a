"""What stands between a model that obeys what it reads and the reader: only code, never the model's manners.

Three walls, each for what passes the one before. Orders are found in what was only to be read, and what they alone
say is neither supported nor shown. A sentence that nothing supports and that is not about what was asked is not shown
either, whoever wanted it. And whatever is shown has nothing in it that acts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from pageside.answer import asking, disarming, orders, unseen
from pageside.answer.events import Evidence
from pageside.answer.question import Question
from pageside.answer.units import Unit
from pageside.knowledge import keywords, sentences

_NEAR: Final = 0.5  # share of its content words by which a sentence is about what was asked
_SMUGGLED: Final = 3  # words in a sentence that nobody else says: too many where orders stand
_LEAKED: Final = 8  # words of the instructions in a row
_TASK: Final = re.compile(
    r"\W*(?:please\s+)?(?:write|draft|compose|describe|explain|summari[sz]e|recommend|translate|classify|break\s+down|suggest"
    r"|(?:develop|provide)\s+an?|(?:help|give|tell|show)\s+me|can\s+you|could\s+you)\b",
    re.IGNORECASE,
)
_RUNS: Final = re.compile(r"(?<!\S)[A-Za-z.,]{30,}(?!\S)")  # words run together
_LOUD: Final = re.compile(r"[*_`#>|~\[\]()]+")

# What answers say beside the matter: bridges, offers, politeness; nothing of it can carry a message.
_GENERIC: Final = frozenset(
    keywords.query(
        """
        about above add advice again agree all already also although another answer anything apologies apology
        appears ask asked asking assist assistant available back based because before begin below best better
        book brief briefly call called case certainly chapter check clear clearly code come concept confirm
        consider contain context conversation correct course day depends describe detail difference different
        directly discuss does doing done earlier easily enjoy especially every exactly example explain
        explanation fact feel file find first follow following free from further general generally glad go
        good goodbye great greeting happy hear hello help helpful here hi hope however idea important include
        indeed information instead interested introduce introduction issue just keep key kind know last later
        learn learning let like list little long look main make many matter mean means meet mention message
        moment more most much name need never next nice no note now number of offer okay one only other
        otherwise out overview own page part particular passage perhaps place please point possible problem
        profile provide question quick quickly quote rather read reader reading ready reason refer related
        remember right same say section see select selected sentence share short show similar simple simply
        small someone something sorry source specific start state step still study studying such summary
        support sure table take tell term text textbook thank thanks thing think time today together topic try
        two type understand understanding use used using useful various want way welcome well what wish
        wonderful word work would write wrong yes yet your
        """,
        languages=["en"],
    )
)
_AT_THE_BOOK: Final = re.compile(
    r"\b(?:you|your|yours|i|me|my|mine|we|us|our|conversation|chat|hello|hi|hey|thanks?|thank|bye|file|attach\w*|upload\w*)\b",
    re.IGNORECASE,
)


class Guard:
    """Watches over one answer.

    Args:
        question: With all that others wrote around it: profile, page, selection, history, files.
        files: Texts of the reader's files.
        instructions: The system text, of which nothing is ever shown.
        evidence: What the model was given at the moment; it grows when it searches again.
        sites: Origins that links may lead to, beside the book and the other sources of the evidence.
        obeys: Whether the model reads words as words; the embedded one does not, and says nothing of its own.
        unread: Whether the model has files that only it can read, in which anything may stand.
    """

    def __init__(
        self,
        question: Question,
        evidence: Callable[[], Sequence[Evidence]],
        *,
        files: Sequence[str] = (),
        instructions: str = "",
        sites: Iterable[str] = (),
        obeys: bool = True,
        unread: bool = False,
    ) -> None:
        self.unread = unread
        self._question = question
        self._asked = _own(question)
        self._evidence = evidence
        self._foreign = tuple(unseen.rendered(text) for text in (*_around(question), *files) if text.strip())
        self._instructions = _grams(instructions)
        self._obeys = obeys
        self._may_lead = disarming.leading(sites, self._addresses)
        self._read: tuple[int, frozenset[str], frozenset[str], bool] = (-1, frozenset(), frozenset(), False)

    def disarmed(self, unit: Unit) -> Unit:
        """`unit` with nothing left in it that acts."""
        if unit.kind != "code":
            return replace(unit, text=disarming.disarmed(unit.text, unit.kind, self._may_lead))
        text = _flush(unit) if unit.lead.rpartition("\n")[2] else unit.text
        return Unit("\n\n" if unit.lead else "", disarming.disarmed(text, "code", self._may_lead), "code")

    @property
    def warned(self) -> bool:
        """Whether orders stand in what the model was only to read."""
        return self._known()[2]

    def bars(self, words: str) -> bool:
        """Whether `words` say what only an order says, or give away the instructions: supported or not, never shown."""
        if not self._obeys:
            return False
        known, ordered, warned = self._known()
        terms = self._terms(words)
        smuggles = warned and len(terms - known) >= _SMUGGLED
        smuggles |= any(not self._holds(run) for run in _RUNS.findall(words))
        return smuggles or bool(terms & ordered) or bool(_grams(words) & self._instructions)

    def _holds(self, word: str) -> bool:
        return any(word in text for text in self._texts())

    def strays(self, words: str, *, states: bool) -> bool:
        """Whether `words`, which nothing supports, are not about what was asked; where orders stand, whether at all.

        Args:
            states: Whether they state something; what does not, adds no word of its own.
        """
        if not self._obeys:
            return False
        known, _, warned = self._known()
        terms = self._terms(words)
        if not states:
            return bool(terms - known) or (not terms and not _speaks(words))
        if warned:
            return True
        if self._in_another_language():
            return False
        return len(terms & known) < _NEAR * len(terms)

    def strays_in_talk(self, words: str, known: str) -> bool:
        """As `strays`, of a sentence beside the book that may rest on what is `known`."""
        if not self._obeys:
            return False
        vocabulary, _, warned = self._known()
        terms = self._terms(words)
        held = vocabulary | (frozenset() if warned else self._all(known))
        if warned or not terms:
            return bool(terms - held) or not (terms or _speaks(words))
        return not self._in_another_language() and len(terms & held) < _NEAR * len(terms)

    def is_ordered(self, block: str) -> bool:
        """Whether a block of code, a table or a formula is what an order wanted."""
        lines = {line.strip() for line in block.strip().splitlines()[1:-1] if line.strip()} or {block.strip()}
        held = "\n".join(text for each in self._texts() for text in orders.among(each))
        return self._obeys and any(len(line) > 3 and line in held for line in lines)

    def may_carry(self, told: object) -> bool:
        """Whether arguments of a tool say nothing but what may be said, and no address but where links may lead."""
        match told:
            case str():
                if re.search(r"://|\bwww\.|@", told):
                    return self._may_lead(told)
                return not self.bars(told) and not (self._terms(told) - self._known()[0])
            case Mapping():
                return all(map(self.may_carry, told.values()))
            case list() | tuple():
                return all(map(self.may_carry, told))
            case _:
                return True

    def is_for_the_book(self) -> bool:
        """Whether the reader asks what the evidence speaks of, so that no model may call it small talk."""
        if self._question.attachments or _AT_THE_BOOK.search(self._asked):
            return False
        return self.is_held()

    def is_held(self) -> bool:
        """Whether the evidence speaks of what the reader asks."""
        asked = self._terms(self._asked)
        if not self._obeys or not asked:
            return False
        held = frozenset().union(*(self._plain(each.found.passage.text) for each in self._evidence()))
        return len(asked & held) >= _NEAR * len(asked)

    def may_quote(self, order: str) -> bool:
        """Whether an order of the book may be shown as a quote: the reader asks about it, or about such attacks."""
        return orders.asked_about(self._asked) or bool(self._terms(order) & self._terms(self._asked))

    def _known(self) -> tuple[frozenset[str], frozenset[str], bool]:
        """The words that may be said freely, those that only orders say, and whether there are orders."""
        evidence = self._evidence()
        if self._read[0] != len(evidence):
            passages = [each.found.passage for each in evidence]
            headings = [heading for each in passages for heading in each.heading_path]
            fields = [orders.paragraphs(text) for text in (*self._foreign, *headings, *_addressed(self._question))]
            read = [*(part for plain, _ in fields for part in plain), *(each.text for each in passages)]
            held = frozenset().union(_GENERIC, self._all(self._asked), *map(self._plain, read))
            ordered = [part for _, poisoned in fields for part in poisoned]
            ordered += [order for each in passages for order in orders.among(each.text)]
            only = frozenset().union(*map(self._all, ordered)) - held
            self._read = (len(evidence), held, only, bool(ordered))
        return self._read[1:]

    def _texts(self) -> list[str]:
        return [*self._foreign, *(each.found.passage.text for each in self._evidence())]

    def _addresses(self) -> list[str]:
        """Of the evidence itself, and those that the reader wrote; what a page names, anybody may have put there.

        The embedded model says what pages say, orders aside, and their links with it.
        """
        passages = [each.found.passage for each in self._evidence()]
        quoted = () if self._obeys else tuple(orders.without(passage.text) for passage in passages)
        named = [url for text in (*quoted, self._asked) for url in disarming.addresses(text)]
        return [*(passage.url for passage in passages), *named]

    def _language(self) -> str:
        evidence = self._evidence()
        return evidence[0].found.passage.language if evidence else "en"

    def _terms(self, words: str) -> frozenset[str]:
        """The content words of what is said."""
        return frozenset(keywords.query(words, languages=[self._language()])) - _stopped()

    def _all(self, text: str) -> frozenset[str]:
        return _every(text, self._language())

    def _plain(self, text: str) -> frozenset[str]:
        return _every(_stating(text), self._language())

    def _in_another_language(self) -> bool:
        return asking.in_another_language(
            self._asked, {each.found.passage.language for each in self._evidence()} or {"en"}
        )


def _own(question: Question) -> str:
    """What the reader wrote: the question without the titles of places that stand in it."""
    text = question.text
    for title in sorted(question.titles, key=len, reverse=True):
        text = text.replace(title, " ").replace(" ".join(title.split()), " ")
    return text


def _around(question: Question) -> list[str]:
    """What others than the reader's question say: each text by itself."""
    page = question.page
    told = [] if page is None else [page.title, page.description, *page.headings]
    replies = [str(reply.output) for reply in question.page_replies]
    return [
        *question.profile.values(),
        *question.titles,
        *told,
        question.selected_text,
        question.surroundings,
        *(message.text for message in question.history),
        *replies,
        *(each.name for each in question.attachments),
    ]


def _addressed(question: Question) -> list[str]:
    """The parts of the page's address and path, and of names of files, in which somebody may have put words."""
    page = question.page
    told = [] if page is None else [page.path, page.url]
    return [part for text in told for part in re.split(r"[/?&#=]+", unquote(text)) if part.strip()]


@lru_cache(maxsize=1024)
def _stating(text: str) -> str:
    """`text` without its orders, questions and tasks, which state nothing."""
    plain = orders.without(text)
    spans = sentences.split(plain)
    said = (plain[span.start : span.end] for span in spans)
    return "\n".join(
        piece for piece in said if not piece.rstrip("\"'”’)*_ ").endswith(("?", "？")) and not _TASK.match(piece)
    )


@lru_cache(maxsize=1024)
def _every(text: str, language: str) -> frozenset[str]:
    return frozenset(keywords.terms(text, language=language))


@lru_cache(maxsize=1)
def _stopped() -> frozenset[str]:
    return frozenset(keywords.query("the a of and to in is it", languages=["en"]))


@lru_cache(maxsize=64)
def _grams(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", _LOUD.sub(" ", text.casefold()))
    return frozenset(tuple(words[at : at + _LEAKED]) for at in range(len(words) - _LEAKED + 1))


def _speaks(words: str) -> bool:
    """Whether `words` are some at all, and none that are put together of signs."""
    return bool(re.search(r"[^\W\d_]{2,}", words))


def _flush(unit: Unit) -> str:
    """A block without the indentation in front of it, as far as all of its lines have it."""
    depth = len(unit.lead.rpartition("\n")[2])
    head, *lines = unit.text.split("\n")
    held = min([depth, *(len(line) - len(line.lstrip()) for line in lines if line.strip())])
    return "\n".join([head, *(line[held:] for line in lines)])
