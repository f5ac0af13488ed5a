"""The ids that Docusaurus, MkDocs, mdBook and GitHub give to headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, assert_never

Rule = Literal["docusaurus", "github", "mkdocs", "mkdocs-unicode", "pymdownx", "mdbook"]

_KEPT = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Nd", "Mn", "Mc", "Me", "Pc"})
_CIRCLED = range(0x24B6, 0x24EA)  # letters in circles: alphabetic to Unicode, though their category is "symbol"
_SQUARED = range(0x1F130, 0x1F18A)
_COUNTED = re.compile(r"(.*)_([0-9]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heading:
    """What an id is made from.

    Attributes:
        text: The heading as read, without its markup.
        level: 1 to 6.
        explicit: The id its author wrote beside it; empty where there is none.
    """

    text: str
    level: int
    explicit: str = ""


def anchors(headings: Sequence[Heading], *, rule: Rule) -> tuple[str, ...]:
    """The id of each heading of one page, in order; empty where the site renders none."""
    match rule:
        case "docusaurus":
            # Its theme leaves the id off every <h1>, though the id is counted.
            made = _hyphenated(headings, slug=github)
            return tuple("" if h.level == 1 else anchor for h, anchor in zip(headings, made, strict=True))
        case "github":
            return _hyphenated(headings, slug=github)
        case "mdbook":
            return _numbered(headings)
        case "mkdocs":
            return _underscored(headings, slug=python_markdown)
        case "mkdocs-unicode":
            return _underscored(headings, slug=python_markdown_unicode)
        case "pymdownx":
            return _underscored(headings, slug=pymdownx)
        case _:
            assert_never(rule)


def github(text: str) -> str:
    """The slug of github-slugger: lower case, punctuation dropped, each space a hyphen.

    Source: github-slugger 2, `index.js` and `script/generate-slugger-regex.js`.
    """
    return "".join(ch for ch in text.lower() if ch in " -" or _is_word(ch)).replace(" ", "-")


def mdbook(text: str) -> str:
    """The id that mdBook makes of a heading.

    Source: mdBook, `utils::normalize_id`.
    """
    kept = (("-" if ch.isspace() else ch.lower()) for ch in text if ch.isalnum() or ch in "_-" or ch.isspace())
    return "".join(kept)


def python_markdown(text: str) -> str:
    """The default slug of Python-Markdown, folded to ASCII; empty for a heading in another script.

    Source: Python-Markdown 3, `extensions/toc.py`, `slugify`.
    """
    return python_markdown_unicode(unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii"))


def python_markdown_unicode(text: str) -> str:
    """The slug of Python-Markdown that keeps letters of every script."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())


def pymdownx(text: str) -> str:
    """The slug of `pymdownx.slugs.slugify(case="lower")`, as Material for MkDocs recommends it."""
    return re.sub(r"[^\w\- ]", "", unicodedata.normalize("NFC", text).strip().lower()).replace(" ", "-")


@lru_cache(maxsize=4096)
def _is_word(ch: str) -> bool:
    return unicodedata.category(ch) in _KEPT or ord(ch) in _CIRCLED or ord(ch) in _SQUARED


def _hyphenated(headings: Sequence[Heading], *, slug: Callable[[str], str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    made: list[str] = []
    for heading in headings:
        if heading.explicit:
            made.append(heading.explicit)
            continue
        first = anchor = slug(heading.text)
        while anchor in seen:
            seen[first] += 1
            anchor = f"{first}-{seen[first]}"
        seen[anchor] = 0
        made.append(anchor)
    return tuple(made)


def _numbered(headings: Sequence[Heading]) -> tuple[str, ...]:
    times: dict[str, int] = {}
    made: list[str] = []
    for heading in headings:
        anchor = heading.explicit or mdbook(heading.text)
        before = times.get(anchor, 0)
        times[anchor] = before + 1
        made.append(f"{anchor}-{before}" if before and not heading.explicit else anchor)
    return tuple(made)


def _underscored(headings: Sequence[Heading], *, slug: Callable[[str], str]) -> tuple[str, ...]:
    taken = {heading.explicit for heading in headings if heading.explicit}
    made: list[str] = []
    for heading in headings:
        anchor = heading.explicit or _unused(slug(heading.text), taken)
        taken.add(anchor)
        made.append(anchor)
    return tuple(made)


def _unused(anchor: str, taken: set[str]) -> str:
    while not anchor or anchor in taken:
        counted = _COUNTED.fullmatch(anchor)
        anchor = f"{counted[1]}_{int(counted[2]) + 1}" if counted else f"{anchor}_1"
    return anchor
