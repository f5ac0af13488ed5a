"""Questions that ask what a word means, and the passages that say so: entries of a glossary; pure."""

from __future__ import annotations

import re
from typing import Final

from pageside.knowledge import keywords
from pageside.knowledge.passage import Passage

SECTION: Final = "glossary"  # the `section_type` of such passages

_ASKED: Final = re.compile(
    r"""^\W*(?:so\s+|and\s+|please\s+)?(?:
          (?:what(?:\s+is|\s+are|[’']s)|define|explain|definition\s+of|(?:what\s+is\s+)?(?:the\s+)?meaning\s+of)\s+
          (?:meant\s+by\s+)?(?P<is>.+?)(?:\s+(?:mean|stand\s+for))?
        | what\s+(?:does|do)\s+(?P<means>.+?)\s+(?:mean|stand\s+for)
        )\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_WORDS: Final = 5
_ENTRY: Final = re.compile(r"^[\s*_`-]*(?P<term>[^:\n]{1,80}?)[\s*_`]*(?::|\s[–—-]\s)", re.MULTILINE)
_ASIDE: Final = re.compile(r"\(([^)]*)\)")


def term(question: str) -> str:
    """The word or name whose meaning `question` asks for, `topic` of "What is a topic?"; empty where it does not."""
    found = _ASKED.match(question)
    named = (found["is"] or found["means"]) if found else ""
    return named if named and len(named.split()) <= _LONGEST_WORDS and keywords.content(named) else ""


def defines(passage: Passage, named: str) -> bool:
    """Whether `passage` is of a glossary and has an entry for `named`: by its name, its short form or its long one."""
    if passage.labels.get("section_type") != SECTION:
        return False
    wanted = _bare(named, passage.language)
    names = [passage.heading, *(found["term"] for found in _ENTRY.finditer(passage.text))]
    forms = (form for name in names for form in (name, _ASIDE.sub(" ", name), *_ASIDE.findall(name)))
    return bool(wanted) and any(_bare(form, passage.language) == wanted for form in forms)


def _bare(name: str, language: str) -> tuple[str, ...]:
    return keywords.query(name, languages=[language]) if keywords.content(name) else ()
