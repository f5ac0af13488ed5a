"""What a page or passage is about beyond its words: module, week, chapter, kind of section, hardware tier, version.

A label has a readable form, `Module 1`, and filterable forms. A name that counts things (`module`, `week`, ...) is
filtered by its number, so that `1`, `Module 1` and `module-1-ros2` mean the same; anything else by its lower-case words
joined with hyphens, without the name of the label: `chapter_computer-vision` and `Computer vision` are both
`computer-vision`. `Week 1-2` is found as `1`, as `2` and as `1-2`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from pageside.knowledge.passage import Block

MODULE_WORDS = ("module", "part", "unit")

_COUNTED: Mapping[str, tuple[str, ...]] = {
    "module": MODULE_WORDS,
    "week": ("week", "weeks"),
    "chapter": ("chapter", "ch", "chap"),
    "lesson": ("lesson",),
    "hardware_tier": ("hardware_tier", "hardware-tier", "hardware tier", "tier"),
}
_FRONT_MATTER_NAMES: Mapping[str, tuple[str, ...]] = {
    "module": ("module", "part", "unit"),
    "week": ("week", "weeks"),
    "chapter": ("chapter",),
    "lesson": ("lesson",),
    "hardware_tier": ("hardware_tier", "hardwareTier", "tier", "hardware"),
    "section_type": ("section_type", "sectionType", "type"),
    "version": ("version",),
}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}

_TEST = "(?:check|assessment|test)"
# What a heading says by words anywhere in it, and what it says only when it says nothing else ("Problem 3" asks the
# reader for something, "The problem of balance" does not).
_SECTION_TYPES: Mapping[str, tuple[str, str]] = {
    # Nothing below such a heading is ever quoted as a statement: a section about quizzes must not be taken for one.
    "quiz": (
        r"(?!)",
        rf"(?:[\w'-]+ ){{0,3}}(?:quiz(?:zes)?|(?:knowledge|self)[- ]{_TEST})|check your (?:understanding|knowledge)",
    ),
    "exercises": (
        r"exercises?|homework|hands[- ]on|try it yourself|your turn|(?:review|discussion|practice) questions?",
        r"(?:practice )?problems?|practice|challenges?|assignments?|assessments?|labs?|(?:\w+ )?projects?",
    ),
    "glossary": (r"glossary|key terms?|terminology|vocabulary", "definitions"),
    "objectives": (
        r"learning (?:objectives?|outcomes?|goals)|what you(?:['’]ll| will) (?:learn|build)",
        "objectives|goals",
    ),
    "prerequisites": (r"prerequisites?|before you (?:begin|start)", "requirements"),
    "summary": (
        r"summary|summing up|recap|takeaways?|key (?:points|ideas)|wrap(?:ping)?[- ]up|in short",
        "conclusions?",
    ),
    "further_reading": (
        r"further reading|additional (?:reading|resources)|bibliography|see also|learn more|next steps|what['’]s next",
        r"references|resources",
    ),
    "troubleshooting": (
        r"troubleshooting|faqs?|frequently asked questions|common (?:errors|issues|problems|pitfalls|mistakes)",
        "",
    ),
    "setup": (r"install(?:ation|ing)|quick ?start", r"install|set(?:ting)?[- ]?up|setup \w+|getting started"),
    "algorithms": (r"algorithms?|pseudo-?code", "derivation|proof"),
    "code": (
        r"source code|(?:code|worked|full|complete) examples?|implementing|implementation",
        r"code|examples?|listing|usage",
    ),
    "reference": (r"api reference|cheat ?sheet", r"(?:\w+ )?(?:api|reference|props|methods|parameters|options)"),
    "introduction": (r"introduction|overview", r"intro|motivation|background"),
}
_FRAME = r"[\W\d_]*(?:{words})(?:\s+\d+)?\s*(?:[:–—].*|\W*)"
_ANYWHERE = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, (words, _) in _SECTION_TYPES.items()}
_ALONE = {
    name: re.compile(_FRAME.format(words="|".join(filter(None, words))), re.IGNORECASE | re.DOTALL)
    for name, words in _SECTION_TYPES.items()
}
_OF_PAGES = tuple(name for name in _SECTION_TYPES if name not in {"introduction", "setup", "code", "algorithms"})
_SECTION_SYNONYMS = {
    "algorithm": "algorithms",
    "api": "reference",
    "concept": "concepts",
    "example": "code",
    "examples": "code",
    "exercise": "exercises",
    "practice": "exercises",
    "quizzes": "quiz",
}
_TECHNICAL = frozenset(
    {"date", "description", "draft", "id", "image", "keywords", "language", "lang", "slug", "tags", "title", "unlisted"}
)
_SHOWN_WORDS: Mapping[str, str] = {
    "ch": "Chapter",
    "chap": "Chapter",
    "weeks": "Week",
    "hardware_tier": "Tier",
    "hardware-tier": "Tier",
    "hardware tier": "Tier",
}
# The number after a word, and the second one of a range: a number that a word follows belongs to that word.
_COUNTED_NAME = r"(?:^|[-_ .\d]){word}[-_ ]?0*(\d{{1,6}})(?:[-_]0*(\d{{1,6}})(?=$|[-_ ]\D))?(?![a-z\d])"
_LONGEST_SPAN = 8
_LABEL_NAME = re.compile(r"[A-Za-z][\w-]{0,40}")
_SITE_NAMES = re.compile(r"(?:sidebar|pagination|hide|toc|custom|displayed|parse|last)_\w+")


def of_page(
    path: str, front_matter: Mapping[str, object], *, version: str = "", defaults: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The labels of the page at `path`, in readable form.

    What the front matter says wins over what the names of folders and file say, and that over `defaults`.

    Args:
        path: Within its tree of pages, with forward slashes.
        version: Of the tree the page belongs to; empty where the site has none.
    """
    found = dict(defaults or {})
    if version:
        found["version"] = version
    found |= _from_names(PurePosixPath(path))
    found |= _from_front_matter(front_matter)
    return found


def section_type(headings: Sequence[str], blocks: Sequence[Block], *, page: str = "") -> str:
    """What a passage is for: `concepts`, `algorithms`, `code`, `exercises`, `glossary`, `quiz`, `summary` and so on.

    Args:
        headings: From the page's title down to the nearest; the nearest that says something decides.
        page: What the page as a whole is, where that is known.
    """
    if any(block.kind == "quiz" for block in blocks):
        return "quiz"
    for heading in reversed(headings[1:]):
        for name in _SECTION_TYPES:
            if _ALONE[name].fullmatch(heading) or _ANYWHERE[name].search(heading):
                return name
    if page:
        return page
    if any(block.kind == "definition" for block in blocks):
        return "glossary"
    code = sum(len(block.text) for block in blocks if block.kind == "code")
    whole = sum(len(block.text) for block in blocks)
    return "code" if 2 * code > whole else "concepts"


def normal(name: str, value: str) -> str:
    """The one form by which the label `name` with `value` is compared."""
    number = _number(name, value)
    if number:
        return number
    words = re.sub(r"[\W_]+", "-", value.casefold()).strip("-")
    if name == "section_type":
        return _SECTION_SYNONYMS.get(words, words)
    for prefix in (*_COUNTED.get(name, ()), name):
        words = words.removeprefix(f"{prefix}-")
    return words


def forms(name: str, value: str) -> frozenset[str]:
    """Every form by which a passage with this label is found: its normal form and, of a range, each member."""
    form = normal(name, value)
    span = re.fullmatch(r"(\d+)-(\d+)", form) if name in _COUNTED else None
    if span is None:
        return frozenset({form})
    return frozenset({form, *(str(number) for number in range(int(span[1]), int(span[2]) + 1))})


def _number(name: str, value: str) -> str:
    """The number, or the range of numbers, that `value` begins with after the words that name the label."""
    if name not in _COUNTED:
        return ""
    words = "|".join(re.escape(word) for word in sorted(_COUNTED[name], key=len, reverse=True))
    text = value.strip().casefold()
    found = re.match(rf"(?:(?:{words})[\s_-]*)?0*(\d{{1,6}})(?:\s*[-–_]\s*0*(\d{{1,6}})(?=$|[\s_:-]))?(?!\w)", text)
    if found:
        first, last = int(found[1]), int(found[2] or 0)
        return f"{first}-{last}" if first < last <= first + _LONGEST_SPAN else str(first)
    roman = re.match(rf"(?:{words})[\s_-]+([ivx]+)(?=$|[\s_:-])", text)
    return str(_ROMAN[roman[1]]) if roman and roman[1] in _ROMAN else ""


def _from_names(path: PurePosixPath) -> dict[str, str]:
    found: dict[str, str] = {}
    parts = (*path.parts[:-1], path.stem)
    for part in parts:
        for name, words in _COUNTED.items():
            label = _named(part, words)
            if label:
                found[name] = label
    if not found and len(path.parts) > 1:
        found["module"] = readable(path.parts[0])
    for part in reversed(parts):
        kind = _page_type(part)
        if kind:
            found["section_type"] = kind
            break
    return found


def _named(part: str, words: Sequence[str]) -> str:
    """`Week 3` of `week-3-lesson-1` when `words` holds `week`; `Computer vision` of `chapter_computer-vision`."""
    for word in words:
        counted = re.search(_COUNTED_NAME.format(word=re.escape(word)), part, re.IGNORECASE)
        if counted:
            shown = _SHOWN_WORDS.get(word, word.title())
            first, last = int(counted[1]), int(counted[2] or 0)
            return f"{shown} {first}-{last}" if first < last <= first + _LONGEST_SPAN else f"{shown} {first}"
        called = re.fullmatch(rf"{re.escape(word)}[-_](\D.+)", part, re.IGNORECASE) if len(word) > 3 else None
        if called:
            return readable(called[1])
    return ""


def _page_type(part: str) -> str:
    """What a file or folder name says of everything in it, where it says nothing else."""
    words = re.sub(r"[\d\W_]+", " ", part).strip()
    return next((name for name in _OF_PAGES if _ALONE[name].fullmatch(words)), "")


def _from_front_matter(front_matter: Mapping[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    known = {alias for aliases in _FRONT_MATTER_NAMES.values() for alias in aliases}
    for name, aliases in _FRONT_MATTER_NAMES.items():
        said = next((front_matter[alias] for alias in aliases if _scalar(front_matter.get(alias))), None)
        if said is not None:
            found[name] = _shown(name, str(said).strip())
    for name, said in front_matter.items():
        own = name not in known and name not in _TECHNICAL and _LABEL_NAME.fullmatch(name)
        if own and not _SITE_NAMES.fullmatch(name) and _scalar(said) and len(str(said)) <= 60:
            found[name] = str(said).strip()
    return found


def _shown(name: str, said: str) -> str:
    if name == "section_type":
        return normal(name, said)
    if name in _COUNTED and re.fullmatch(r"\d+(?:\s*[-–]\s*\d+)?", said):
        word = "Tier" if name == "hardware_tier" else name.title()
        return f"{word} {normal(name, said)}"
    return said


def _scalar(said: object) -> bool:
    return isinstance(said, (str, int, float)) and not isinstance(said, bool) and bool(str(said).strip())


def readable(name: str) -> str:
    """A file or folder name as a person would write it: `ros2-nodes_and-topics` is `Ros2 nodes and topics`."""
    words = re.sub(r"[-_]+", " ", re.sub(r"^\d+\s*[-_.]+\s*", "", name)).strip() or name
    return words[:1].upper() + words[1:]
