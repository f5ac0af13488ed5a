"""What keeps a text readable where sentences of it are left out; no I/O."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from pageside.answer.units import Unit

_SIGN: Final = re.compile(r"(?:[-*+]|(?P<number>\d{1,9})(?P<stop>[.)]))\s+")
_LEVEL: Final = re.compile(r"#{1,6}")
# What points at a sentence before it.
_BRIDGE: Final = re.compile(
    r"(?:second(?:ly)?|third(?:ly)?|fourth(?:ly)?|next|then|finally|lastly|also|additionally|furthermore|moreover|however"
    r"|therefore|thus|hence|as a result|in addition|similarly|likewise|for example|for instance|in contrast|instead"
    r"|consequently|on the other hand|in other words|that is)\s*,\s+",
    re.IGNORECASE,
)


class Gaps:
    """Closes what sentences leave open: white space, list signs and numbers, bridges, headings, introductions."""

    def __init__(self) -> None:
        self._lead: str | None = None
        self._sign = ""
        self._gone = 0
        self._held: list[Unit] = []

    @property
    def open(self) -> bool:
        """Whether something was left out since something was shown."""
        return self._lead is not None

    def fitted(self, unit: Unit) -> Unit:
        """`unit` as it may stand behind what was left out."""
        lead, text = unit.lead, unit.text
        sign = _SIGN.match(text)
        if self._lead is not None:
            if sign or "\n" in lead:
                lead = max(self._lead, lead, key=_breaks)
            else:
                lead, text = self._lead or lead, f"{self._sign}{_unbridged(text)}"
                sign = _SIGN.match(text)
        if sign and sign["number"] and (gone := self._gone + self._lost(unit)):
            text = f"{max(1, int(sign['number']) - gone)}{sign['stop']} {text[sign.end() :]}"
        return replace(unit, lead=lead, text=text)

    def leave_out(self, unit: Unit) -> None:
        """Notes that `unit`, as it came, is not shown."""
        begins = bool(_SIGN.match(unit.text)) or "\n" in unit.lead
        if begins:
            self._gone += self._lost(unit)
        if self._lead is None or begins:
            sign = _SIGN.match(unit.text)
            self._sign = sign.group() if sign else ""
            self._lead = max(self._lead or "", unit.lead, key=_breaks)

    def show(self, unit: Unit) -> list[Unit]:
        """Notes that `unit`, as it came, is shown, and gives what was held back for it."""
        lists = bool(_SIGN.match(unit.text)) or unit.kind != "prose"
        if not lists and "\n" in unit.lead:
            self._gone = 0
        else:
            self._gone += self._lost(unit)
        parted = self.open and not lists and "\n\n" in unit.lead
        held = [each for each in self._held if each.kind == "heading" or not parted]
        self._lead, self._sign, self._held = None, "", []
        return held

    def hold(self, unit: Unit) -> None:
        """Keeps a heading or an introduction back until something follows that it belongs to."""
        if unit.kind == "heading":
            depth = _depth(unit)
            self._held = [each for each in self._held if each.kind == "heading" and _depth(each) < depth]
        self._held.append(unit)
        self._lead, self._sign = None, ""

    def close(self) -> list[Unit]:
        """What was held back and is shown although nothing follows."""
        held, self._held = self._held, []
        return [] if self.open else [each for each in held if each.kind != "heading"]

    def _lost(self, unit: Unit) -> int:
        """1 where an item of a numbered list is gone for good, now that `unit` comes."""
        sign = _SIGN.match(self._sign)
        begins = _SIGN.match(unit.text) or "\n" in unit.lead
        return int(bool(self.open and begins and sign and sign["number"]))


def _breaks(lead: str) -> int:
    return lead.count("\n")


def _unbridged(text: str) -> str:
    bare = _BRIDGE.sub("", text, count=1) if _BRIDGE.match(text) else text
    return f"{bare[:1].upper()}{bare[1:]}"


def _depth(unit: Unit) -> int:
    level = _LEVEL.match(unit.text)
    return level.end() if level else 0
