"""What stands on the opening line of a block of code, and which of its lines are orders to the site's generator."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pageside.knowledge.reading.inline import INCLUDE

_LANGUAGE = re.compile(r"[\w+#./-]+")
_TITLE = re.compile(r"(?:title|caption|filename|name|label)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'{}]+))")
_TAB_LINE = re.compile(r"%%tab[ \t]+([^\n]+)(?:\n|$)")
_DIAGRAMS = frozenset(("d2", "dot", "graphviz", "mermaid", "plantuml"))


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of code.

    Attributes:
        code: Without the lines that only name a file to include.
        language: As the author calls it; empty where nobody says.
        title: A file's name, mostly; empty where there is none.
        includes: What those lines say.
    """

    code: str
    language: str
    title: str
    includes: tuple[str, ...]

    @property
    def is_diagram(self) -> bool:
        """Whether it is the source of a picture."""
        return self.language in _DIAGRAMS


def read(content: str, info: str) -> Fence:
    """The block of code `content` whose fence says `info`."""
    lines = content.rstrip("\n").split("\n")
    includes = tuple(line.strip().strip("{#*} ") for line in lines if INCLUDE.fullmatch(line.strip()))
    code = "\n".join(line for line in lines if not INCLUDE.fullmatch(line.strip())) if includes else "\n".join(lines)
    titled = _TITLE.search(info)
    title = next((group for group in titled.groups() if group), "") if titled else ""
    found = _LANGUAGE.search(info)
    language = found.group().lstrip(".").lower() if found and not (titled and found.start() >= titled.start()) else ""
    tab = _TAB_LINE.match(code)
    if tab is not None:
        code = code[tab.end() :]
        title = title or ("" if tab[1].strip() == "all" else tab[1].strip())
    return Fence(code, language, title, includes)
