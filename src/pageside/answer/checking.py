"""The stage between a model's text and the reader: every sentence gets its support, or is marked as having none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Literal

from pageside.answer import citations, grounding, outcomes, repairing, support
from pageside.answer.citations import Mark, Marked
from pageside.answer.events import Citation, Cited, Claim, Evidence, TextDelta
from pageside.answer.gaps import Gaps
from pageside.answer.guard import Guard
from pageside.answer.quoting import Scorer
from pageside.answer.repairing import Repair
from pageside.answer.support import Support
from pageside.answer.units import Unit, Units
from pageside.knowledge import keywords
from pageside.knowledge.passage import Passage
from pageside.phrases import answers
from pageside.phrases.phrase import ENGLISH, Phrase, say
from pageside.telemetry import tracing

_YOU_AND_ME: Final = re.compile(r"\b(?:you|your|yours|i|me|my|we|us|our|this book|conversation)\b", re.IGNORECASE)
_MOSTLY_KNOWN: Final = 0.5
_QUOTES: Final = "\"“”'‘’«» "

_SIGN: Final = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s+|>\s?")

Link = Callable[[Passage, str], str]
Unsupported = Literal["mark", "drop"]


class Checker:
    """Turns a model's text, as it comes, into text and citations fit to be shown.

    Args:
        evidence: What may be cited at the moment; it grows when the model searches again.
        link: The address of a quote in a passage.
        guard: What keeps back what only an order in the evidence, or around the question, wanted said.
        repair: Says a sentence again that nothing supports.
        unsupported: Whether what nothing supports is shown with a mark, or dropped.
        language: In which it says what is our own, ISO 639-1.

    Attributes:
        text: Everything said so far.
        barred: Sentences and blocks so far that the guard kept back.
        citations: In order of their markers.
        stated: Sentences so far that state something.
        supported: How many of those the book supports.
        declined: Sentences so far that say the book does not say.
        strengths: Of the support of each supported sentence.
        claims: What was shown that states something, in order.
        repaired: Sentences shown in words that the model found when asked again.
        dropped: Sentences and blocks that nothing supports and that were left out.
        marked: Sentences and blocks that nothing supports and that were shown with a mark.
    """

    def __init__(
        self,
        evidence: Callable[[], Sequence[Evidence]],
        scorer: Scorer,
        link: Link,
        guard: Guard,
        *,
        repair: Repair = repairing.never,
        unsupported: Unsupported = "mark",
        language: str = ENGLISH,
    ) -> None:
        self.language = language
        self._unverified = answers.UNSUPPORTED.said(language)
        self._evidence = evidence
        self._scorer = scorer
        self._link = link
        self._guard = guard
        self._repair = repair
        self._drops = unsupported == "drop"
        self._gaps = Gaps()
        self._units = Units()
        self._block: Unit | None = None
        self._markers: dict[tuple[str, str], Citation] = {}
        self._beside: str | None = None
        self._ours = False
        self.text = ""
        self.stated = self.supported = self.declined = self.barred = 0
        self.repaired = self.dropped = self.marked = 0
        self.strengths: list[float] = []
        self.claims: list[Claim] = []

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(self._markers.values())

    def say(self, told: str | Phrase) -> list[TextDelta | Cited]:
        """Says what is our own, as it is."""
        text = say(told, self.language)
        self.text += text
        return [TextDelta(text)] if text else []

    def talk(self, known: str, *, ours: bool = False) -> None:
        """From here on the reply is beside the book, and its sentences rest on `known`: profile and conversation.

        Args:
            ours: Whether they are our own, said by rules, and not a model's.
        """
        self._beside, self._ours = known, ours

    async def feed(self, delta: str) -> list[TextDelta | Cited]:
        """What may be shown now that `delta` has come."""
        return [event for unit in self._units.feed(delta) for event in await self._next(unit)]

    async def close(self) -> list[TextDelta | Cited]:
        """What may be shown because nothing follows."""
        events = [event for unit in self._units.close() for event in await self._next(unit)]
        events += self._shown_block(())
        for unit in self._gaps.close():
            events += self.say(self._lead(unit) + unit.text)
        return events

    def drop(self) -> None:
        """Forgets a sentence that has begun and not ended."""
        self._units.drop()

    async def _next(self, came: Unit) -> list[TextDelta | Cited]:
        unit = self._guard.disarmed(came)
        if unit.kind in {"code", "table", "math"}:
            events = self._shown_block(())
            self._block = unit
            return events
        marked = citations.read(unit.text)
        words = citations.plain(marked.text)
        if not words:
            return self._shown_block(marked.numbers)
        events = self._shown_block(())
        if unit.kind == "heading":
            if self._guard.bars(words) or self._guard.strays(words, states=False):
                return events + self._kept_back(unit)
            return events + self._led_in(unit, marked.text)
        with tracing.span("check"):
            return events + await self._sentence(unit)

    async def _sentence(self, came: Unit) -> list[TextDelta | Cited]:
        unit = self._gaps.fitted(came)
        marked = citations.read(unit.text)
        words = citations.plain(marked.text)
        if self._beside is not None:
            if self._guard.bars(words) or self._guard.strays_in_talk(words, self._beside):
                return self._kept_back(came)
            note = "" if self._ours or _is_talk(words, self._beside) else self._unverified
            return self._put(came, marked.text.rstrip() + note)
        known = {each.number: each for each in self._evidence()}
        cited = [known[number] for number in marked.numbers if number in known]
        declines, stated = outcomes.declines(words), states(words)
        if (order := support.order(words, list(known.values()))) and self._guard.may_quote(words):
            self._count((order,), stated=True)
            return self._cited(came, Marked(f"“{marked.text.strip(_QUOTES)}”", ()), (order,))
        if self._guard.bars(words):
            return self._kept_back(came)
        found: tuple[Support, ...] = ()
        if not declines and (stated or cited):
            others = [each for each in known.values() if each not in cited]
            found = await support.find(words, cited, others if stated else (), self._scorer)
        if not found and not declines and self._guard.strays(words, states=stated):
            return self._kept_back(came)
        if not found and not declines and stated:
            marked, found = await self._said_again(marked, words, cited)
        self.declined += declines
        self._count(found, stated=stated and not declines)
        if found:
            return self._cited(came, marked, found)
        if stated and not declines:
            return self._unsupported(came, marked.text.rstrip() + self._unverified)
        if self._drops and words.endswith((":", "：")):
            return self._led_in(came, marked.text.rstrip())
        return self._put(came, marked.text.rstrip())

    async def _said_again(
        self, marked: Marked, words: str, cited: Sequence[Evidence]
    ) -> tuple[Marked, tuple[Support, ...]]:
        """What the model says when asked for the sentence once more, and its support; else all as it was."""
        evidence = self._evidence()
        reason, nearest = support.against(words, [*cited, *(each for each in evidence if each not in cited)])
        said = await self._repair(words, reason, nearest)
        if not said:
            return marked, ()
        again = citations.read(self._guard.disarmed(Unit("", said, "prose")).text)
        plain = citations.plain(again.text)
        known = {each.number: each for each in evidence}
        named = [known[number] for number in again.numbers if number in known]
        if not plain or not states(plain) or self._guard.bars(plain) or outcomes.declines(plain):
            return marked, ()
        found = await support.find(plain, named, [each for each in evidence if each not in named], self._scorer)
        if not found:
            return marked, ()
        self.repaired += 1
        sign = _SIGN.match(marked.text)
        return _shifted(again, sign.group() if sign else ""), found

    def _led_in(self, came: Unit, text: str) -> list[TextDelta | Cited]:
        """A heading, or an introduction; where sentences are dropped, it waits for what it leads to."""
        if not self._drops:
            return self._put(came, text)
        self._gaps.hold(replace(came, text=text))
        return []

    def _unsupported(self, came: Unit, text: str) -> list[TextDelta | Cited]:
        if self._drops:
            self.dropped += 1
            self._gaps.leave_out(came)
            return []
        self.marked += 1
        events, lead = self._opening(came)
        self.claims.append(Claim(len(self.text) + len(lead), len(self.text) + len(lead) + len(text), (), 0.0))
        return [*events, *self.say(lead + text)]

    def _put(self, came: Unit, text: str) -> list[TextDelta | Cited]:
        """`text` in the place of a unit, without a claim."""
        events, lead = self._opening(came)
        return [*events, *self.say(lead + text)]

    def _opening(self, came: Unit) -> tuple[list[TextDelta | Cited], str]:
        """What waited for a unit like this one, said now, and the white space in front of it."""
        fitted = self._gaps.fitted(came)
        events = [event for held in self._gaps.show(came) for event in self.say(self._lead(held) + held.text)]
        return events, self._lead(fitted)

    def _kept_back(self, came: Unit) -> list[TextDelta | Cited]:
        self.barred += 1
        self._gaps.leave_out(came)
        return []

    def _count(self, found: Sequence[Support], *, stated: bool) -> None:
        self.stated += stated
        if stated and found:
            self.supported += 1
            self.strengths.append(max(each.strength for each in found))

    def _cited(self, came: Unit, marked: Marked, found: Sequence[Support]) -> list[TextDelta | Cited]:
        markers = {each.evidence.number: self._marker(each) for each in found}
        marks = citations.renumbered(marked.marks, markers)
        placed = {number for mark in marks for number in mark.numbers}
        missing = tuple(marker for marker in markers.values() if marker not in placed)
        text = marked.text.rstrip()
        if missing:
            # a marker that replaces another stands in its place, any other at the end
            at = marked.marks[0].at if marked.marks and not marks else len(text)
            marks = (*marks, Mark(min(at, len(text)), missing))
        written, ends = citations.write(text, marks)
        return self._said(came, written, ends, max(each.strength for each in found))

    def _said(self, came: Unit, text: str, ends: Sequence[tuple[int, int]], strength: float) -> list[TextDelta | Cited]:
        """A supported sentence or block, with what it rests on."""
        by_marker = {citation.marker: citation for citation in self.citations}
        events, lead = self._opening(came)
        start = len(self.text) + len(lead)
        cited = [Cited(by_marker[marker], start + end) for marker, end in ends]
        markers = tuple(dict.fromkeys(marker for marker, _ in ends))
        self.claims.append(Claim(start, start + len(text), markers, strength))
        return [*events, *self.say(lead + text), *cited]

    def _marker(self, found: Support) -> int:
        passage = found.evidence.found.passage
        key = (passage.id, found.quote)
        if key not in self._markers:
            self._markers[key] = Citation(
                marker=len(self._markers) + 1,
                passage=passage,
                quote=found.quote,
                url=self._link(passage, found.quote),
                relevance=found.evidence.found.relevance,
                start=max(0, passage.text.find(found.quote)),
            )
        return self._markers[key].marker

    def _shown_block(self, numbers: Sequence[int]) -> list[TextDelta | Cited]:
        """The block that waited for the numbers behind it."""
        unit, self._block = self._block, None
        if unit is None:
            return []
        text = citations.read(unit.text).text if unit.kind == "table" else unit.text
        if self._beside is not None and _is_quoted(text, self._beside):
            return self._put(unit, text)
        found = self._block_support(unit, text, numbers)
        if self._guard.is_ordered(text) or (found is None and self._strays(unit, text)):
            return self._kept_back(unit)
        self._count([found] if found else [], stated=True)
        if found is None:
            return self._unsupported(unit, f"{text}\n\n{self._unverified.strip()}")
        marker = self._marker(found)
        shown = f"{text}\n\n[{marker}]"
        return self._said(unit, shown, [(marker, len(shown))], found.strength)

    def _strays(self, unit: Unit, text: str) -> bool:
        # Code that somebody asked for has names of its own, and acts nowhere: what is not the book's is marked as such,
        # unless an order may have asked for it.
        ordered = self._guard.warned or self._guard.unread
        return (ordered or unit.kind == "table") and self._guard.strays(text, states=True)

    def _block_support(self, unit: Unit, text: str, numbers: Sequence[int]) -> Support | None:
        evidence = sorted(self._evidence(), key=lambda each: each.number not in numbers)
        match unit.kind:
            case "code":
                return support.code(text, evidence)
            case "math":
                return support.formula(text, evidence)
            case _:
                return support.table(text, evidence)

    def _lead(self, unit: Unit) -> str:
        return unit.lead if self.text else ""


def _shifted(marked: Marked, sign: str) -> Marked:
    """`marked` behind the sign of a list item."""
    return Marked(sign + marked.text, tuple(Mark(mark.at + len(sign), mark.numbers) for mark in marked.marks))


def states(words: str) -> bool:
    """Whether a sentence states something that the book must support."""
    if words.endswith((":", "?", "：", "？")) or outcomes.beside(words):
        return False
    content = keywords.query(words, languages=["en"])
    return len(content) > 1 or bool(grounding.numbers(words) or grounding.names(words))


def _is_quoted(block: str, known: str) -> bool:
    """Whether every line of a block beside the book, its fence aside, stands in what is `known`."""
    lines = [line.strip().removesuffix(" …") for line in block.splitlines()[1:-1]]
    return bool(lines) and all(line in known for line in lines)


def _is_talk(words: str, known: str) -> bool:
    """Whether a sentence beside the book says nothing but what is `known`, or speaks of the two who talk."""
    held = frozenset(re.findall(r"\w+", known.lower()))
    if grounding.numbers(words) - grounding.numbers(known):
        return False
    if any(not set(re.findall(r"\w+", name)) <= held for name in grounding.names(words) - {"i"}):
        return False
    return bool(_YOU_AND_ME.search(words)) or grounding.coverage(words, known) >= _MOSTLY_KNOWN or not states(words)
