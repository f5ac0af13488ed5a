"""What kind of answer a question asks for, by its words; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pageside.answer import grounding
from pageside.knowledge import keywords

_SAME_WORDS: Final = 0.75
_COUNTED: Final = re.compile(r"^(?:[A-Za-z]+\s?\d+\s?[:.)]|\d+(?:\.\d+)*[.:)]?)\s+")

_WANTS_CODE: Final = re.compile(
    r"""
      \b(?:show|give|write|see|what(?:'s|\ is)|which|need|example)\b
      .*\b(?:code|commands?|snippet|syntax|script|example|launch\ file)\b
    | \bcommands?\b
    | \bhow\ (?:do|can|to|would)\b
      .*\b(?:run|install|start|launch|build|import|create|declare|define|write|call|use|print|open)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WANTS_LIST: Final = re.compile(
    r"""
      ^(?:what|which|list|name|give)\b
      .*\b(?:are|list|name|types?|kinds?|steps?|components?|parts|levels|reasons|benefits|(?:dis)?advantages|features
        |examples|ways|options|methods|layers|stages|phases|principles|requirements|tools)\b
    | ^list\b | \bsteps\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DEFINES: Final = re.compile(
    r"^\W*(?:what(?:'s| is| are)|define|who (?:is|was))\s+(?:an?\s+|the\s+)?(.+?)[?.!\s]*$", re.IGNORECASE
)
_COMPARES: Final = re.compile(
    r"""
      \bdifferences?\s+(?:is\s+there\s+)?between\s+(?P<a>.+?)\s+and\s+(?P<b>.+?)[?.!\s]*$
    | \bcompare\s+(?P<c>.+?)\s+(?:and|with|to)\s+(?P<d>.+?)[?.!\s]*$
    | (?:^|.*\b(?:how\s(?:does|do|is|are)|is|are)\s+)(?P<e>.+?)
      \s+(?:vs\.?|versus|(?:differ(?:s|ent)?|compares?d?)\s+(?:from|to|with)|better\sthan)\s+(?P<f>.+?)[?.!\s]*$
    """,
    re.IGNORECASE | re.VERBOSE,
)

# What a question word asks for, and what a statement must hold to give it.
_EXPECTS: Final = (
    (
        re.compile(
            r"\bhow\ (?:many|much|far|long|old|fast|high|large|big|often)\b|\bwhat\ (?:percentage|number|year)\b",
            re.IGNORECASE,
        ),
        re.compile(
            r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|thousands?|millions?"
            r"|all|no|none|one|several|half|every|daily)\b",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(r"^\W*when\b|\b(?:in|on)\ (?:what|which)\ (?:year|date|century)\b", re.IGNORECASE),
        re.compile(
            r"\d|\b(?:when|before|after|during|until|once|while|if|first|last|always|never|century)\b", re.IGNORECASE
        ),
    ),
    (
        re.compile(r"^\W*who\b", re.IGNORECASE),
        re.compile(r"(?<=.)\b[A-Z][a-z]+|\b(?:people|team|engineers?|developers?|users?|students?|they|you)\b"),
    ),
)


@dataclass(frozen=True, slots=True)
class Wants:
    """What kind of answer a question asks for.

    Attributes:
        facets: What is looked for: the question, and each side of a comparison.
        own: The reader's own words in a follow-up, which say what of its subject is asked for.
    """

    facets: tuple[str, ...]
    code: bool = False
    items: bool = False
    defines: str = ""
    own: str = ""

    @property
    def compares(self) -> bool:
        return len(self.facets) > 1


def wants(query: str, *, own: str = "") -> Wants:
    """What kind of answer `query` asks for, by its words.

    Args:
        own: The reader's own words, where `query` has the subject of the conversation beside them.
    """
    flat = " ".join(query.split())
    if match := _COMPARES.search(flat):
        sides = tuple(side for side in match.groups() if side)
        return Wants(facets=(flat, *(f"What is {side}?" for side in sides)))
    defined = _DEFINES.match(flat)
    return Wants(
        facets=(flat,),
        code=bool(_WANTS_CODE.search(flat)),
        items=bool(_WANTS_LIST.search(flat)),
        defines=defined[1] if defined and len(defined[1].split()) <= 6 else "",
        own=own if own != flat else "",
    )


def asks_the_same(query: str, heading: str) -> bool:
    """Whether a heading is the question: the same words, three at least, or a question itself."""
    bare = _COUNTED.sub("", heading)
    there = keywords.query(bare, languages=["en"])
    if len(there) < (1 if heading.endswith("?") else 3):
        return False
    return grounding.coverage(query, bare) >= _SAME_WORDS and grounding.coverage(bare, query) >= _SAME_WORDS


def misses(query: str, statement: str) -> bool:
    """Whether `query` asks for a number, a time or a person and `statement` has none."""
    return any(asks.search(query) and not gives.search(statement) for asks, gives in _EXPECTS)
