"""Which libraries a book uses, by its code and its commands, and which of them a question is about; pure."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from pageside.knowledge.library.texts import bare
from pageside.knowledge.passage import Passage

LIMIT_NAMES: Final = 2  # libraries that one question is looked up in
_MOST_OF_BOOK: Final = 500

_FENCE: Final = re.compile(r"^(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_INLINE: Final = re.compile(r"`([^`\n]{1,80})`")
_NAME: Final = r"@?[A-Za-z][\w.-]*(?:/[A-Za-z][\w.-]*)?"

_PYTHON: Final = re.compile(
    r"^[ \t]*(?:>>> )?(?:from[ \t]+([A-Za-z_]\w*)[\w.]*[ \t]+import\b|import[ \t]+([^\n#;(]+))", re.MULTILINE
)
_SCRIPT: Final = re.compile(rf"""\bfrom[ \t]+["']({_NAME})[\w./-]*["']|\b(?:require|import)\([ \t]*["']({_NAME})["']""")
_BARE_SCRIPT: Final = re.compile(rf"""^[ \t]*import[ \t]+["']({_NAME})[\w./-]*["']""", re.MULTILINE)
_INCLUDE: Final = re.compile(r"^[ \t]*#include[ \t]*<([A-Za-z]\w*)/", re.MULTILINE)
_RUST: Final = re.compile(r"^[ \t]*(?:pub )?use[ \t]+([a-z]\w*)::", re.MULTILINE)
_INSTALL: Final = re.compile(
    r"\b(?:pip3?|uv pip|pipx|conda|mamba|poetry|uv|npm|pnpm|yarn|bun|cargo|gem|go|composer|deno)[ \t]+"
    r"(?:-[\w-]+[ \t]+)*(?:install|add|i|get|require)[ \t]+([^\n;&|#`]+)"
)
_REQUIRED: Final = re.compile(rf"^[ \t]*({_NAME})(?:\[[\w,-]+\])?[ \t]*(?:==|~=|>=)[ \t]*\d", re.MULTILINE)
_PACKAGE: Final = re.compile(r'"(?:dev|peer)?[dD]ependencies"[ \t]*:[ \t]*\{([^}]*)\}')
_KEY: Final = re.compile(rf'"({_NAME})"[ \t]*:')
_OTHERS_BUILTIN: Final = """
    alloc assert buffer child_process cluster console core crate crypto dns events fs http http2 https module net os
    path perf_hooks process querystring readline self std stream super timers tls url util v8 vm worker_threads zlib
"""
_BUILTIN: Final = frozenset(sys.stdlib_module_names) | frozenset(_OTHERS_BUILTIN.split())

_TAKING: Final = frozenset({"-r", "-c", "-f", "-e", "-i", "--index-url", "--extra-index-url", "--requirement"})
_HOW: Final = re.compile(
    r"""
      \bhow\ (?:do|can|could|should|would|to)\b | \bway\ to\b | \bshow\ me\b
    | \b(?:an?|some|any)\ (?:\w+\ )?examples?\b | \bcode\b | \bsnippet | \bsyntax\b | \bsignature\b
    | \b(?:what|which)\ (?:\w+\ )?(?:function|method|module|package|command|parameter|argument|option|decorator|hook
        |import|api|type)s?\b
    | \b(?:install|import|configure|upgrade|migrate|initiali[sz]e|instantiate|call|write|implement|create|define)\b
    | \b(?:api|documentation|docs)\b | \berrors?\b | \bexceptions?\b | \btraceback\b | \bdeprecated\b
    | `[^`]+` | \b\w+\.\w+\( | \b\w+\(\) | \b\w+::\w+ | \b[a-z]\w*\.[a-z_]\w+\.?\w*\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MEANT: Final = re.compile(r"\b(?:in|with|using|for|from|of|by)\s+(?-i:([A-Z][\w+#-]*(?:\.[a-z]+)?(?:\s\d\b)?))")


@dataclass(frozen=True, slots=True)
class Name:
    """A library by its names.

    Attributes:
        official: As a server of documentation is asked for it.
        written: As questions and imports write it, in small letters.
        everyday: Which of those are words that questions use for other things, too.
    """

    official: str
    written: tuple[str, ...]
    everyday: frozenset[str] = frozenset()


class Names:
    """The libraries that questions about a book may be about: those it uses, and those everybody knows."""

    def __init__(self, of_book: Iterable[Name] = ()) -> None:
        """Those of `of_book` come first where a question names several."""
        self._by_written: dict[str, tuple[Name, bool]] = {}
        for name, own in [*((name, True) for name in of_book), *((name, False) for name in common())]:
            for written in name.written:
                self._by_written.setdefault(written, (name, own))
        longest_first = sorted(self._by_written, key=lambda each: -len(each))
        either = "|".join(re.escape(each) for each in longest_first)
        self._pattern = re.compile(rf"(?<![\w./-])(?:{either})(?![\w-])", re.IGNORECASE)

    def asked(self, question: str) -> tuple[str, ...]:
        """The libraries that `question` is about, where it asks how one is used: at most two, the book's own first."""
        return self.named(question) if _HOW.search(question) else ()

    def named(self, question: str) -> tuple[str, ...]:
        """The libraries that `question` names, at most two, the book's own first."""
        found: dict[str, bool] = {}
        for match in self._pattern.finditer(question):
            name, own = self._by_written[match[0].lower()]
            if match[0].lower() not in name.everyday or _is_meant(name, match, question, own=own):
                found.setdefault(name.official, own)
        return tuple(sorted(found, key=lambda each: not found[each]))[:LIMIT_NAMES]

    def wanted(self, question: str) -> tuple[str, ...]:
        """As `named`, for one who wants documentation: where nothing known is named, what is written as a name is."""
        if known := self.named(question):
            return known
        ticked = [code[1].split("(")[0].split(".")[0].strip() for code in _INLINE.finditer(question)]
        proper = [match[1] for match in _MEANT.finditer(question)]
        likely = [each for each in (*proper, *ticked) if re.fullmatch(r"@?[A-Za-z][\w+#./-]*(?: \d)?", each)]
        return tuple(dict.fromkeys(likely))[:1]


def of_book(passages: Iterable[Passage]) -> tuple[Name, ...]:
    """The libraries that the code of `passages` imports or installs, the most used first."""
    used: Counter[str] = Counter()
    prose: set[str] = set()
    for passage in passages:
        used.update(set(_of_code(passage.text)))
        prose.update(re.findall(r"[a-z][a-z0-9_-]+", _INLINE.sub(" ", _FENCE.sub(" ", passage.text))))
    known = {written: name for name in common() for written in name.written}
    found: dict[str, Name] = {}
    for package, _ in used.most_common(_MOST_OF_BOOK):
        written = package.lower()
        is_word = written in prose or len(written) < 3
        name = known.get(written) or Name(package, (written,), frozenset({written}) if is_word else frozenset())
        found.setdefault(name.official, name)
    return tuple(found.values())


@cache
def common() -> tuple[Name, ...]:
    """Libraries that many books teach."""
    lines = (resources.files("pageside.knowledge.library") / "common.txt").read_text("utf-8").splitlines()
    return tuple(_common(line) for line in lines if line.strip() and not line.startswith("#"))


def _common(line: str) -> Name:
    official, _, others = line.partition(":")
    told = [each.strip().lower() for each in (official, *others.split(",")) if each.strip()]
    everyday = frozenset(each.rstrip("!") for each in told if each.endswith("!"))
    return Name(official.strip().rstrip("!"), tuple(dict.fromkeys(each.rstrip("!") for each in told)), everyday)


def _of_code(text: str) -> Iterator[str]:
    for fence in _FENCE.finditer(text):
        code = fence[3]
        yield from filter(_is_library, _imported(code, fence[2].lower()))
        yield from filter(_is_library, _installed(code))
    for inline in _INLINE.finditer(text):
        yield from filter(_is_library, _installed(inline[1]))


def _imported(code: str, language: str) -> Iterator[str]:
    for match in _SCRIPT.finditer(code):
        yield _package(match[1] or match[2])
    for match in _BARE_SCRIPT.finditer(code):
        yield _package(match[1])
    yield from (match[1] for match in _INCLUDE.finditer(code))
    if language in {"", "py", "python", "python3", "pycon", "ipython"}:
        for match in _PYTHON.finditer(code):
            if match[1]:
                yield match[1]
            elif match[2] and not re.search(r"""["'{*]| from """, match[2]):
                yield from (part.split()[0].partition(".")[0] for part in match[2].split(",") if part.split())
    if language in {"rs", "rust"}:
        yield from (match[1] for match in _RUST.finditer(code))


def _installed(code: str) -> Iterator[str]:
    for match in _INSTALL.finditer(code):
        words = re.split(r"\s+", match[1].strip())
        for at, word in enumerate(words):
            if word.startswith("-") or (
                at and words[at - 1] in {"-r", "-c", "-f", "-e", "--index-url", "--requirement"}
            ):
                continue
            plain = re.match(rf"[\"']?({_NAME})", word)
            if plain and not re.search(r"\.(?:txt|toml|whl|gz|zip|git|py)$|[/\\]$", word):
                yield _package(plain[1])
    yield from (match[1] for match in _REQUIRED.finditer(code))
    for group in _PACKAGE.finditer(code):
        yield from (_package(match[1]) for match in _KEY.finditer(group[1]))


def _package(path: str) -> str:
    """The package of an import such as `next/link` or `@tanstack/react-query/x`."""
    parts = path.split("/")
    return "/".join(parts[:2]) if path.startswith("@") else parts[0].rstrip(".")


def _is_library(name: str) -> bool:
    return len(name) > 1 and name not in _BUILTIN and not name.startswith(("_", ".")) and bool(bare(name))


def _is_meant(name: Name, match: re.Match[str], question: str, *, own: bool) -> bool:
    """Whether a word that has other meanings stands for the library: in code, or where and as a name is written."""
    before, after = question[: match.start()], question[match.end() :]
    if before.count("`") % 2 or re.match(r"\(|(?:\.|::)\w", after):
        return True
    if own and re.search(r"\b(?:in|with|using|import|install)\s+$", before):
        return True
    begins = not before.strip() or before.rstrip().endswith((".", "?", "!", ":"))
    return match[0] == name.official != match[0].lower() and not begins
