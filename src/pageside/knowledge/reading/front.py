"""The front matter of a page: the YAML between two rules at its very top."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import yaml

_OPEN = re.compile(r"\s*---[ \t]*\n")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_LIMIT_CHARACTERS = 64 * 1024

NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands before the page proper.

    Attributes:
        values: Empty where there is no front matter or it cannot be read.
        end: Where the body begins in the text that was read.
        complaint: What is wrong with it, in words; empty when nothing is.
        complaint_line: Line of the page, from 0, the complaint speaks of.
    """

    values: Mapping[str, object]
    end: int
    complaint: str = ""
    complaint_line: int = 0


def read(text: str) -> FrontMatter:
    """The front matter of `text`, whose lines end in line feeds; total."""
    opened = _OPEN.match(text)
    if opened is None:
        return FrontMatter(NOTHING, 0)
    closed = _CLOSE.search(text, opened.end(), opened.end() + _LIMIT_CHARACTERS)
    first_line = text.count("\n", 0, opened.start() + len(opened.group()) - 1) + 1
    if closed is None:
        return _unclosed(text, opened.end(), first_line)
    raw = text[opened.end() : closed.start()]
    try:
        values = yaml.safe_load(raw)
    except yaml.MarkedYAMLError as error:
        line = first_line + (error.problem_mark.line if error.problem_mark else 0)
        return FrontMatter(NOTHING, closed.end(), f"front matter is not valid YAML: {error.problem}", line)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        return FrontMatter(NOTHING, closed.end(), f"front matter is not valid YAML: {error}", first_line)
    if values is None:
        return FrontMatter(NOTHING, closed.end())
    if not isinstance(values, dict):
        return _not_a_mapping(closed.end(), raw, first_line)
    return FrontMatter(MappingProxyType({str(name): value for name, value in values.items()}), closed.end())


def blanked(text: str, matter: FrontMatter) -> str:
    """`text` with spaces where its front matter stands, so that every line and character keeps its place."""
    return re.sub(r"[^\n]", " ", text[: matter.end]) + text[matter.end :]


def _unclosed(text: str, body: int, first_line: int) -> FrontMatter:
    first = text[body : body + 200].split("\n", 1)[0]
    if re.match(r"[A-Za-z_][\w-]*:(\s|$)", first) is None:
        return FrontMatter(NOTHING, 0)
    return FrontMatter(NOTHING, 0, "front matter is opened with --- and never closed", first_line - 1)


def _not_a_mapping(end: int, raw: str, first_line: int) -> FrontMatter:
    # Two rules around a paragraph are front matter to no generator: the paragraph is prose and must be kept.
    if re.match(r"\s*[\w-]+:", raw) is None:
        return FrontMatter(NOTHING, 0)
    return FrontMatter(NOTHING, end, "front matter is not a mapping of names to values", first_line)
