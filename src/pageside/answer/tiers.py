"""Whether a question is about the reader's hardware, and which tier of it their profile names; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pageside.answer import citations
from pageside.answer.prompt import Numbered
from pageside.knowledge import favour
from pageside.knowledge.reading import labels
from pageside.phrases import answers

LABEL: Final = "hardware_tier"

_KEYS: Final = ("hardwareTier", "hardware_tier")
_THING: Final = r"(?:hardware|equipment|tiers?|kit|computer|laptop|desktop|machine|device|board|gpu|set-?up)"
_MINE: Final = r"\b(?:i|me|my|mine|we|our|you recommend|recommended|needed|required)\b"
_ABOUT: Final = re.compile(
    rf"(?=.*{_MINE})(?:.*\b(?:hardware|equipment|computer|laptop|desktop|tiers?)\b"
    rf"|.*\b(?:my|which|what|this|that)\s+{_THING}\b|.*\b(?:buy|purchase|afford)\b)",
    re.IGNORECASE | re.DOTALL,
)
_NAMED: Final = re.compile(r"\btiers?[\s_-]*(?:\d+|one|two|three|four)\b", re.IGNORECASE)
# What is left of a question that asks about hardware alone: nothing.
_GENERAL: Final = re.compile(
    rf"\b(?:{_THING}|a|about|all|also|am|an|and|any|are|be|best|book|can|choose|could|do|does|enough|exercises?|for"
    r"|good|have|here|how|i|in|is|it|kind|like|me|mine|my|necessary|need|needed|of|on|one|or|our|out|own"
    r"|recommend|recommended|required|requirements?|right|run|should|sort|suitable|suits?|sufficient|that|the|this|to"
    r"|type|us|use|want|we|what|which|will|with|work|works|would|you)\b|\W+",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"[\w .+-]{1,40}")


def of_reader(profile: Mapping[str, str]) -> str:
    """The tier in the reader's profile in the form labels have, `2` or `jetson`; empty where it names none."""
    told = next((profile[key].strip() for key in _KEYS if profile.get(key, "").strip()), "")
    return labels.normal(LABEL, told) if _PLAIN.fullmatch(told) and len(told.split()) <= 3 else ""


def asks(text: str) -> bool:
    """Whether `text` is about what the reader has or needs to work with, and names no tier itself."""
    return bool(_ABOUT.match(text)) and not _NAMED.search(text)


def asks_in_general(text: str) -> bool:
    """Whether `text` is about hardware and about nothing else, as "which hardware should I use?" is."""
    return asks(text) and not _GENERAL.sub("", text)


def named(tier: str) -> str:
    """`Tier 2` for `2`; a tier that has a name goes by it."""
    return f"Tier {tier}" if tier.isdigit() else tier


def concerns(passage: Numbered, tier: str) -> bool:
    """Whether `passage` is labelled with `tier`, or stands under a heading that names it."""
    held = {LABEL: passage.hardware_tier} if passage.hardware_tier else {}
    return favour.has(LABEL, tier, labelled=held, headings=(passage.title, passage.section))


def lead(tier: str, language: str) -> str:
    """What is said in front of an answer that is for one tier."""
    return answers.FOR_HARDWARE.said(language, tier=citations.literal(named(tier)))
