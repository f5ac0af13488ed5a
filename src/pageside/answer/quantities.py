"""Numbers with what they measure: value, unit, bound and the noun they count; pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from pageside.answer import wording
from pageside.knowledge import keywords

Bound = Literal["", "least", "most", "about", "exactly"]

_WRITTEN: Final = (
    r"[-−]?(?:\d{1,3}(?:[,\u202f\u00a0]\d{3})+|\d+)(?:\.\d+)*(?:e[-+]?\d+)?(?:\s?[×x]\s?10(?:\^\{?|\*\*)[-−]?\d+\}?)?"
)
_ONES: Final = dict(
    zip(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""".split(),  # noqa: SIM905  # read more easily as words
        range(20),
        strict=True,
    )
)
_TENS: Final = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)  # noqa: SIM905
)
_SCALES: Final = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_MANY: Final = {"k": 1e3, "K": 1e3, "M": 1e6, "bn": 1e9}
_FEW: Final = "|".join([*_ONES, *_TENS, *_SCALES])
_SPELLED: Final = rf"(?:(?:{_FEW})\b(?:[\s-](?:{_FEW})\b)*|(?:half\s)?(?:a\s)?dozen\b)"

_PREFIXES: Final = {
    "G": 1e9, "M": 1e6, "k": 1e3, "": 1.0, "c": 1e-2, "m": 1e-3, "µ": 1e-6, "μ": 1e-6, "u": 1e-6, "n": 1e-9,
}  # fmt: skip
_SI: Final = {
    "m": "mµμunkc", "s": "mµμun", "g": "mkµμu", "Hz": "kMG", "V": "mkµμu", "A": "mµμu", "W": "mkMG", "Ω": "kM",
    "Pa": "kM", "J": "kM", "N": "mk", "Nm": "m", "F": "µμunm", "bit": "kMG", "bps": "kMG", "Wh": "kM", "Ah": "m",
}  # fmt: skip
# name, the unit it comes to, and how many of those it is
_NAMED: Final = {
    row.split("=")[0].strip(): (row.split("=")[1].split()[-1], float(row.split("=")[1].split()[0]))
    for row in """
    meter=1 m, metre=1 m, kilometer=1e3 m, kilometre=1e3 m, centimeter=1e-2 m, centimetre=1e-2 m, millimeter=1e-3 m,
    millimetre=1e-3 m, inch=0.0254 m, inches=0.0254 m, foot=0.3048 m, feet=0.3048 m, mile=1609.344 m,
    second=1 s, sec=1 s, millisecond=1e-3 s, microsecond=1e-6 s, nanosecond=1e-9 s, minute=60 s, min=60 s, hour=3600 s,
    h=3600 s, hr=3600 s, day=86400 s, week=604800 s, month=1 month, year=12 month, decade=120 month,
    century=1200 month, centuries=1200 month, gram=1 g, kilogram=1e3 g, ton=1e6 g, tonne=1e6 g, pound=1 lb, lb=1 lb,
    hertz=1 Hz, kilohertz=1e3 Hz, megahertz=1e6 Hz, fps=1 fps, rpm=1 rpm, volt=1 V, millivolt=1e-3 V, amp=1 A,
    ampere=1 A, milliamp=1e-3 A, watt=1 W, kilowatt=1e3 W, ohm=1 Ω, pascal=1 Pa, joule=1 J, newton=1 N,
    bits=1 bit, byte=1 B,
    kilobyte=1e3 B, megabyte=1e6 B, gigabyte=1e9 B, kb=1e3 B, KB=1e3 B, kB=1e3 B, MB=1e6 B, GB=1e9 B, TB=1e12 B,
    KiB=1024 B, MiB=1048576 B, GiB=1073741824 B, %=1 %, percent=1 %, per cent=1 %, °C=1 °C, degrees celsius=1 °C,
    °F=1 °F, degrees fahrenheit=1 °F, °=1 °, deg=1 °, degree=1 °, rad=1 rad, radian=1 rad, px=1 px, pixel=1 px, $=1 $,
    €=1 €, £=1 £, dollar=1 $, euro=1 €, m/s=1 m/s, meters per second=1 m/s, km/h=0.2777777778 m/s,
    kilometers per hour=0.2777777778 m/s
    """.split(",")  # noqa: SIM905
}
_UNITS: Final = {
    **{f"{prefix}{unit}": (unit, _PREFIXES[prefix]) for unit, prefixes in _SI.items() for prefix in ("", *prefixes)},
    **_NAMED,
    **{f"{word}s": row for word, row in _NAMED.items() if len(word) > 2 and word.isalpha() and not word.endswith("s")},
}
_UNIT: Final = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_QUANTITY: Final = re.compile(
    rf"(?P<money>[$€£])?(?:(?<![\w.])(?P<written>{_WRITTEN})(?!\d*(?:st|nd|rd|th)\b)|\b(?P<spelled>{_SPELLED}))"
    rf"(?:(?P<many>k|K|M|bn)(?![\w/])|[\s-](?P<scale>hundred|thousand|million|billion|trillion)\b)?"
    rf"(?:(?P<gap>[\s\u202f\u00a0-]?)(?P<unit>{_UNIT})(?![\w/²³]))?",
)
_ORDINALS: Final = dict(
    zip("first second third fourth fifth sixth seventh eighth ninth tenth".split(), range(1, 11), strict=True)  # noqa: SIM905
)
_ORDINAL: Final = re.compile(
    rf"\b(?:(\d+)(?:st|nd|rd|th)|({'|'.join(_ORDINALS)}))\b(?!\s*,)(?![-\s]order)", re.IGNORECASE
)
_RANGE: Final = re.compile(r"\s?(?:-|–|—|to|and|or)\s?")
_BOUNDS: Final[dict[Bound, re.Pattern[str]]] = {
    "most": re.compile(
        r"(?:at most|no more than|not more than|maximum(?: of)?|max|up to|less than|fewer than|under|below|within"
        r"|(?:not|never|n't) exceed|not (?:be )?(?:over|above|greater than)|lower than|smaller than|≤|<)\W*$",
        re.IGNORECASE,
    ),
    "least": re.compile(
        r"(?:at least|no less than|not less than|no fewer than|minimum(?: of)?|more than|over|above|exceed(?:s|ing)?"
        r"|greater than|higher than|larger than|≥|>)\W*$",
        re.IGNORECASE,
    ),
    "exactly": re.compile(r"(?:exactly|precisely)\W*$", re.IGNORECASE),
    "about": re.compile(r"(?:about|around|approximately|roughly|nearly|almost|some|circa|~|≈)\W*$", re.IGNORECASE),
}
_BEHIND: Final[dict[Bound, re.Pattern[str]]] = {
    "least": re.compile(r"\W*(?:\w+\W+)?(?:or|and) (?:more|above|higher|greater|later|newer)\b|\+"),
    "most": re.compile(r"\W*(?:\w+\W+)?or (?:less|fewer|below|lower|earlier)\b"),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it says.

    Attributes:
        value: In `unit`, prefixes and scale words multiplied out.
        unit: A base unit such as `m`, or empty.
        counts: Stem of the word that follows and carries meaning; what is counted, where there is no unit.
        version: The digits as written, where they number a version and `2.0` is not `2`.
        ordinal: It says which, not how many.
        asked: It must be held to account; a spelled "one" is often no number.
    """

    value: float
    unit: str
    bound: Bound
    counts: str
    version: str = ""
    ordinal: bool = False
    asked: bool = True

    def same(self, other: Quantity) -> bool:
        """Whether both give the same amount, in whichever units; bounds and nouns aside."""
        if self.ordinal != other.ordinal:
            return False
        if self.version and other.version:
            return self.version == other.version or other.version.startswith(f"{self.version}.")
        alike = math.isclose(self.value, other.value, rel_tol=1e-6, abs_tol=1e-12)
        return alike and (self.unit == other.unit or not self.unit)

    def against(self, other: Quantity) -> bool:
        """Whether the bounds of both cannot stand together, or this one adds a bound."""
        if self.bound in {"least", "most"}:
            return other.bound != self.bound
        return self.bound == "exactly" and other.bound not in {"", "exactly"}


@lru_cache(maxsize=2048)
def read(text: str) -> tuple[Quantity, ...]:
    """The quantities of `text`, in order; ordinals last."""
    bare = wording.plain(text)
    found = list(_QUANTITY.finditer(bare))
    read_ = [_quantity(bare, match) for match in found]
    for at in range(len(found) - 2, -1, -1):
        # "5 to 10 V" gives its unit to both, and so does "5-10 V"
        if (
            not read_[at].unit
            and read_[at + 1].unit
            and _RANGE.fullmatch(bare[found[at].end() : found[at + 1].start()])
        ):
            unit, factor = read_[at + 1].unit, _factor(found[at + 1])
            read_[at] = _with(read_[at], value=read_[at].value * factor, unit=unit)
    return (*read_, *(_ordinal(bare, match) for match in _ORDINAL.finditer(bare)))


def _with(quantity: Quantity, *, value: float, unit: str) -> Quantity:
    return Quantity(value, unit, quantity.bound, quantity.counts, quantity.version, quantity.ordinal, quantity.asked)


def _factor(match: re.Match[str]) -> float:
    return _UNITS[match["unit"]][1] if match["unit"] else 1.0


def _quantity(text: str, match: re.Match[str]) -> Quantity:
    unit, factor = _UNITS[match["unit"]] if match["unit"] else (match["money"] or "", 1.0)
    if match["gap"] == "" and match["unit"] == "s" and re.fullmatch(r"\d{4}", match["written"] or ""):
        unit = ""  # the 1990s
    written, spelled = match["written"], match["spelled"]
    digits = (written or "").replace("−", "-")
    before, behind = text[: match.start()], text[match.end() :]
    value = _value(digits) if written else _spelled_value(spelled)
    value *= _MANY.get(match["many"] or "", 1.0) * _SCALES.get(match["scale"] or "", 1.0)
    named = re.search(r"(?:\b[Vv]ersions?|\bv|[A-Z]\w*)[ -]$", before)
    version = digits if digits.count(".") > 1 or (digits.count(".") == 1 and named and not unit) else ""
    return Quantity(
        value * factor,
        unit,
        _bound(before, behind),
        _counted(behind),
        version,
        asked=(spelled or "").lower() != "one",
    )


def _ordinal(text: str, match: re.Match[str]) -> Quantity:
    value = float(match[1] or _ORDINALS[match[2].lower()])
    return Quantity(value, "", "", _counted(text[match.end() :]), ordinal=True, asked=False)


def _value(digits: str) -> float:
    bare = re.sub(r"[,\u202f\u00a0\s{}]", "", digits)
    if power := re.fullmatch(r"(.+?)[×x]10(?:\^|\*\*)([-−]?\d+)", bare):
        return float(power[1]) * 10.0 ** int(power[2].replace("−", "-"))
    if bare.count(".") > 1:
        return float(".".join(bare.split(".")[:2]))
    return float(bare)


def _spelled_value(words: str) -> float:
    low = words.lower()
    if "dozen" in low:
        return 6.0 if low.startswith("half") else 12.0
    total, run = 0.0, 0.0
    for word in re.split(r"[\s-]+", low):
        if word in _SCALES:
            run = (run or 1.0) * _SCALES[word]
            if word != "hundred":
                total, run = total + run, 0.0
        else:
            run += _ONES.get(word, 0) + _TENS.get(word, 0)
    return total + run


def _bound(before: str, behind: str) -> Bound:
    for bound, pattern in _BOUNDS.items():
        if pattern.search(before[-30:]):
            return bound
    for bound, pattern in _BEHIND.items():
        if pattern.match(behind):
            return bound
    return ""


def _counted(behind: str) -> str:
    clause = re.split(r"[,;:.()\n]", behind, maxsplit=1)[0]
    words = clause.split()[:4]
    told = keywords.query(" ".join(words), languages=["en"]) if words else ()
    return next((word for word in told if not word[0].isdigit() and word not in _ONES), "")
