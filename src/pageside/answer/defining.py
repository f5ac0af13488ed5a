"""Whether a sentence says what something is, in the shapes that books give definitions; pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pageside.knowledge import keywords

_IS: Final = (
    r"(?:(?:is|are|was|were)\s+(?:(?:simply|just|only|basically|essentially|usually|also)\s+)?"
    r"(?:an?|the|any|every|one|some|what|where|when|how|everything|something|nothing|two|three|four|those|all|\w+ing)\b"
    r"|(?:means?|refers?\s+to|stands?\s+for|denotes?)\b)"
)
_SAYS: Final = r"(?:is|are|was|were|have|can|\w{2,}s)\b"
_OPENS: Final = r"\W*(?:(?:an?|the|in\s+[^,.]{1,30},|here,|formally,|so,|thus,|therefore,)\s+)*"
_ASIDE: Final = r"[\"'”’*_`]*(?:\s*\([^)]{1,40}\))?[\"'”’*_`]*"
_NAMED: Final = r"(?:called|known\s+as|termed|named)"
_MARKUP: Final = re.compile(r"[*_`]")
# The shapes, with what they weigh; the place of the subject is `{s}`.
_SHAPES: Final = (
    (1.0, rf"^{_OPENS}{{s}}{_ASIDE}\s+{_IS}"),
    (1.0, rf"^\W*{{s}}{_ASIDE}\s*(?::|\s[—–-]\s)\s*\S"),
    (0.9, rf"^[^.:]{{0,60}}\({{s}}\)\s+{_IS}"),
    (0.8, rf"\b(?:is|are)\s+(?:{_NAMED}\s+)?(?:an?\s+|the\s+)?[\"'“‘]?{{s}}[\"'”’]?\s*(?:[,.;:(]|$)"),
    (0.8, rf"\b(?:calls?|{_NAMED})\s+(?:(?:it|this|that|these|them)\s+)?(?:an?\s+|the\s+)?[\"'“‘]?{{s}}\b"),
    (0.7, rf"[.;,]\s+(?:and\s+|while\s+)?(?:an?\s+|the\s+){{s}}{_ASIDE}\s+{_IS}"),
    (0.5, rf"^{_OPENS}{{s}}{_ASIDE}(?:,\s+(?:an?|the|or)\b|\s+{_SAYS})"),
)  # fmt: skip
_HEAD_NOUN: Final = 0.8  # of the weight, where a sentence defines "node" and "ROS 2 node" is asked for


def strength(subject: str, text: str) -> float:
    """How plainly `text` says what `subject` is: 0, not at all, to 1.

    A sentence that defines the last word of `subject` counts for less than one that defines all of it.
    """
    plain = _MARKUP.sub("", text)
    for share, patterns in _patterns(subject):
        for weight, pattern in patterns:
            if pattern.search(plain):
                return share * weight
    return 0.0


@lru_cache(maxsize=256)  # asked for every statement
def _patterns(subject: str) -> tuple[tuple[float, tuple[tuple[float, re.Pattern[str]], ...]], ...]:
    words = re.findall(r"[\w+#./]*[\w+#]", subject.replace("-", " "))
    names = [(1.0, words)]
    if len(words) > 1 and "of" not in words:
        names.append((_HEAD_NOUN, words[-1:]))
    return tuple((share, _shapes(name)) for share, name in names if name)


def _shapes(words: list[str]) -> tuple[tuple[float, re.Pattern[str]], ...]:
    name = r"[\s\-‐‑/]+".join(map(_inflected, words))  # the hyphens of typesetting
    return tuple((weight, re.compile(shape.replace("{s}", rf"\b{name}\b"), re.IGNORECASE)) for weight, shape in _SHAPES)


def _inflected(word: str) -> str:
    """A pattern for `word` in singular and plural, in British and American spelling."""
    stem = keywords.terms(word, language="en")[0] if word.isalpha() and len(word) > 3 else word.lower()
    if not word.lower().startswith(stem[:-1]):
        stem = word.lower()
    bare = stem[:-1] + "[iy]" if stem.endswith("i") and stem != word.lower() else re.escape(stem)
    return re.sub(r"[sz](?=$|at)", "[sz]", bare) + (rf"\w{{0,{len(word) - len(stem) + 2}}}" if word.isalpha() else "")
