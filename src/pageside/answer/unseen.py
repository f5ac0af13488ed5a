"""Characters and markup that carry words nobody sees, taken out of what a model reads; pure.

Left in are the joiners that Arabic, Persian, Urdu, Indic scripts and emoji are written with.
Source: Unicode 16, chapters 23.2-23.5 and 23.9; UTR 36, section 3; "ASCII smuggling" by tag characters (U+E0000 block).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_JOINERS: Final = "\u200c\u200d"
# Soft hyphen, grapheme joiner, fillers, marks and orders of direction, invisible operators, annotations, tags.
_UNSEEN: Final = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff\U0001d173-\U0001d17a]"
)
_LONE_JOINER: Final = re.compile(
    f"(?<![\u0590-\u08ff\u0900-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[{_JOINERS}]+"
    f"|[{_JOINERS}]+(?![\u0590-\u08ff\u0900-\u0dff\u2640-\u27bf\U0001f000-\U0001faff])"
)
_SELECTORS: Final = re.compile("(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]+|(?<![^\x00-\x7f])[\ufe00-\ufe0f]+(?!\u20e3)")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HIDDEN: Final = re.compile(
    r"""<(?P<tag>[a-z][a-z0-9]*)\b[^<>]*?
        (?:\shidden(?=[\s>=/])|\sstyle\s*=\s*(?P<q>["'])(?:(?!(?P=q)).)*?
          (?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d]*[1-9])
            |(?<![-\w])color\s*:\s*(?:transparent|white\b|\#fff(?:fff)?\b))(?:(?!(?P=q)).)*(?P=q))
        [^<>]*>.*?(?:</(?P=tag)\s*>|\Z)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


@lru_cache(maxsize=1024)
def without(text: str) -> str:
    """`text` without characters that nobody sees; line breaks and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    plain = _UNSEEN.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n"))
    return _SELECTORS.sub("", _LONE_JOINER.sub("", plain))


def rendered(text: str) -> str:
    """As `without`, and without HTML that a page would not show: comments, and elements that are hidden.

    Not for code, where a comment is there to be read.
    """
    plain = without(text)
    return _HIDDEN.sub("", _COMMENT.sub("", plain)) if "<" in plain else plain


def every(value: object) -> object:
    """`value` with `rendered` applied to each text in it, keys of mappings among them."""
    match value:
        case str():
            return rendered(value)
        case Mapping():
            return {str(every(key)): every(each) for key, each in value.items()}
        case list() | tuple():
            return [every(each) for each in value]
        case _:
            return value
