"""The code blocks of the documentation: each is run, run by a test of its own, or marked with why it is not.

A block is marked by a comment on the line before it: `<!-- not run: reason -->`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests import repository
from tests.repository import ROOT

PROSE = frozenset({"text"})  # what is shown and not run: conversations, drawings, output
SHELL = frozenset({"bash", "sh", "console"})
SCRIPT = frozenset({"js", "ts", "jsx", "tsx", "css"})
_BLOCK = re.compile(
    r"(?:^ *<!-- not run: (?P<reason>[^\n]+) -->\n)?^(?P<indent> *)(?P<fence>`{3,}|~{3,})(?P<language>[^\n`]*)\n"
    r"(?P<body>.*?)^(?P=indent)(?P=fence) *$",
    re.MULTILINE | re.DOTALL,
)

_DATABASE = ("tests/cli/test_database.py", "test_the_guide_leads_from_nothing_to_a_database_in_use")
# Blocks that other tests run: (page, language) -> the file of the test, its name, and what it says that they are.
ELSEWHERE = {
    ("README.md", "console"): ("tests/test_docs.py", "test_the_readme_works_word_by_word", "README.md"),
    ("docs/guides/add-an-action.md", "python"): ("tests/conversation/test_actions.py", "guide", "add-an-action.md"),
    ("docs/guides/deploy.md", "console"): (
        "tests/deploy/test_try.py",
        "test_the_services_of_the_compose_file_work_together",
        "deploy.try",
    ),
    ("docs/guides/use-postgresql.md", "sql"): (*_DATABASE, "use-postgresql.md"),
    ("docs/guides/use-postgresql.md", "console"): (*_DATABASE, "use-postgresql.md"),
}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        page: Its file, relative to the repository.
        line: Where it begins, from 1.
        reason: Why it is not run; empty for one that is.
    """

    page: str
    line: int
    language: str
    body: str
    reason: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[str]:
    """The files whose blocks are looked at: the documentation, and what stands beside the code."""
    found = (path.relative_to(ROOT).as_posix() for path in repository.files() if path.suffix == ".md")
    beside = re.compile(
        r"[^/]+\.md|docs/.+|(?:integrations/[^/]+|examples/[^/]+|evals|benchmarks(?:/.+)?|deploy(?:/.+)?)/README\.md"
    )
    return sorted(name for name in found if beside.fullmatch(name))


@cache
def blocks() -> tuple[Block, ...]:
    """Every block of every page, in its order."""
    return tuple(block for page in pages() for block in _of(page, (ROOT / page).read_text(encoding="utf-8")))


def run_here(languages: frozenset[str]) -> list[Block]:
    """Those in one of `languages` that are neither marked nor run elsewhere."""
    return [
        block
        for block in blocks()
        if block.language in languages and not block.reason and (block.page, block.language) not in ELSEWHERE
    ]


def _of(page: str, text: str) -> Iterator[Block]:
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("fence")) + 1
        indent = len(found["indent"])
        body = "".join(each[indent:] if each[:indent].isspace() else each for each in found["body"].splitlines(True))
        yield Block(page, line, found["language"].strip(), body, (found["reason"] or "").strip())


def commands(block: str) -> list[tuple[str, list[str]]]:
    """The `$ ` lines of a console block, each with the lines it is said to print."""
    told: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            told.append((line[2:], []))
        elif line.startswith("> ") and told and not told[-1][1]:
            told[-1] = (told[-1][0] + "\n" + line[2:], [])
        elif told:
            told[-1][1].append(line)
    return told


def stands(line: str, printed: str) -> bool:
    """Whether a line is printed; `...` in it stands for anything."""
    pattern = ".*".join(re.escape(part) for part in line.strip().split("..."))
    return re.search(pattern, printed) is not None
