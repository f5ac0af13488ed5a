"""Which language a page is written in, as far as its letters tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pageside.knowledge.passage import Block

_KANA = re.compile(r"[\u3040-\u30ff]")
_URDU = re.compile(r"[\u0679\u067e\u0686\u0688\u0691\u06ba\u06be\u06c1\u06d2]")
_PERSIAN = re.compile(r"[\u067e\u0686\u0698\u06af]")
_UKRAINIAN = re.compile(r"[\u0456\u0457\u0454\u0491]", re.IGNORECASE)
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("bn", re.compile(r"[\u0980-\u09ff]")),
    ("ta", re.compile(r"[\u0b80-\u0bff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
)
_LETTER = re.compile(r"[^\W\d_]")
_PROSE = frozenset({"heading", "paragraph", "list_item", "quote", "definition", "label"})
# Characters of a script that writes syllables or words count for more than letters do.
_WEIGHT = {"zh": 3.0, "ko": 2.0}
_SHARE = 0.3
_ENOUGH = 100_000


def language(blocks: Sequence[Block], *, default: str) -> str:
    """The primary subtag of the prose in `blocks`; `default` where it is written in Latin letters or hardly at all."""
    prose = " ".join(block.text for block in blocks if block.kind in _PROSE)[:_ENOUGH]
    letters = len(_LETTER.findall(prose))
    if not letters:
        return default
    counts = {name: len(pattern.findall(prose)) for name, pattern in _SCRIPTS}
    name = max(counts, key=lambda script: counts[script])
    weighed = counts[name] * _WEIGHT.get(name, 1.0)
    if weighed < _SHARE * (letters - counts[name] + weighed):
        return default
    return _within(name, prose, default)


def _within(script: str, prose: str, default: str) -> str:
    """Which of the languages that share a script it is."""
    match script:
        case "zh":
            return "ja" if _KANA.search(prose) else "zh"
        case "ar" if default in {"ar", "fa", "ur", "ps", "sd"}:
            return default
        case "ar":
            return "ur" if _URDU.search(prose) else "fa" if _PERSIAN.search(prose) else "ar"
        case "ru" if default in {"ru", "uk", "bg", "sr", "be", "mk", "kk"}:
            return default
        case "ru":
            return "uk" if _UKRAINIAN.search(prose) else "ru"
        case "hi" if default in {"hi", "mr", "ne"}:
            return default
        case _:
            return script
