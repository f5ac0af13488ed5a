"""What to quote to a reader who points at a place and asks nothing of it: what is selected, or the page; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pageside.answer import framing
from pageside.answer.choosing import Chosen
from pageside.answer.prompt import Numbered
from pageside.answer.statements import Statement
from pageside.knowledge import selection

TERM_WORDS: Final = 4  # a selection no longer than this is a term to be explained
_FOLLOWING: Final = 2
_SECTIONS: Final = 4
_OPENING: Final = 5  # statements of a section


def selected(quote: str, passages: Sequence[Numbered], cut: Mapping[int, Sequence[Statement]]) -> tuple[Chosen, ...]:
    """The first statement that `quote` lies in, or begins in, and what follows from it; nothing where none holds it."""
    wanted = selection.bare(quote)
    for passage in passages:
        here = cut[passage.number]
        for at, statement in enumerate(here):
            held = selection.bare(statement.text)
            if wanted and held and (wanted in held or wanted.startswith(held)) and not statement.asks:
                return (Chosen(passage.number, _with_following(at, here, len(wanted))),)
    return ()


def _with_following(at: int, here: Sequence[Statement], length: int) -> tuple[Statement, ...]:
    """The statements from `at` that take `length` bare characters, and two more that tell something."""
    end, left = at, length
    while end < len(here) and left > 0:
        left -= len(selection.bare(here[end].text))
        end += 1
    more = [each for each in here[end : end + _FOLLOWING] if not each.asks and each.kind in {"prose", "list_item"}]
    return (*(each for each in here[at:end] if not each.asks), *more)


def page(passages: Sequence[Numbered], cut: Mapping[int, Sequence[Statement]]) -> tuple[Chosen, ...]:
    """How each of the first sections that tell something begins."""
    opening = [
        Chosen(passage.number, telling[:1])
        for passage in passages
        if passage.section_type not in framing.FRAME and (telling := _telling(cut[passage.number]))
    ]
    return tuple(opening[:_SECTIONS])


def section(passages: Sequence[Numbered], cut: Mapping[int, Sequence[Statement]]) -> tuple[Chosen, ...]:
    """How a section begins; of a whole page, as `page`.

    Args:
        passages: Of the section or the page, in reading order.
    """
    if len({(passage.title, passage.section) for passage in passages}) > 1:
        return page(passages, cut)
    opening: list[Chosen] = []
    left = _OPENING
    for passage in passages:
        telling = [each for each in cut[passage.number] if each.kind in {"prose", "list_item"} and not each.asks][:left]
        left -= len(telling)
        opening += [Chosen(passage.number, tuple(telling))] if telling else []
    return tuple(opening)


def _telling(here: Sequence[Statement]) -> tuple[Statement, ...]:
    return tuple(each for each in here if each.kind == "prose" and not each.asks and not each.leads)
