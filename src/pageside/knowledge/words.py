"""How many words a page's source holds, counted without parsing it, so that a loss of the reader shows; pure."""

from __future__ import annotations

import re
from typing import Final

_NOT_PROSE: Final = re.compile(
    r"""
      \A\ufeff?---\s*\n.*?\n(?:---|\.\.\.)[ \t]*$     # front matter
    | <!--.*?--> | \{/\*.*?\*/\}                      # comments
    | ^(?:import|export)\b[^\n]*(?:from\s|=)[^\n]*$   # MDX modules
    | </?[A-Za-z][^<>]*>                              # tags
    | (?<=\])\([^)\s]*(?:\s"[^"]*")?\)                # targets of links and images
    | ^\[[^\]]+\]:\s*\S+                              # definitions of links
    | https?://\S+
    | \{[\#.:][^}\n]*\}                               # heading ids and attributes
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_WORD: Final = re.compile(r"[^\W_]+")


def in_source(source: str) -> int:
    """Words of the page `source`, near enough: markup, addresses and front matter left out, code and all prose in."""
    return in_text(_NOT_PROSE.sub(" ", source))


def in_text(text: str) -> int:
    """Runs of letters and digits in `text`."""
    return len(_WORD.findall(text))
