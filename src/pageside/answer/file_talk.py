"""What can be said of the reader's own text files without a language model: what they say, line by line; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

from pageside.answer import citations
from pageside.answer.attached import File, line_count
from pageside.knowledge import keywords, place

ASIDE: Final = "I can see that you attached {names}; this answer is from the book alone.\n\n"
SEARCHED: Final = "I looked in {names} as well as in the book.\n\n"

_LIMIT_FILES: Final = 3
_LIMIT_LINES: Final = 15
_LIMIT_NAMES: Final = 10
_LONGEST_LINE: Final = 160
_AROUND: Final = 2

_NOUN: Final = (
    r"(?:files?|attachments?|uploads?|scripts?|code|programs?|documents?|snippets?|logs?|notes|texts?|data|config\w*"
    r"|images?|pictures?|photos?|screenshots?|diagrams?|pdfs?)"
)
_MEANT: Final = re.compile(
    rf"\b(?:this|that|these|those|the|my|your)\s+(?:\w+\s+)?{_NOUN}\b|\b(?:attached|uploaded)\b", re.IGNORECASE
)
_MEANT_EARLIER: Final = re.compile(
    rf"\bmy\s+(?:\w+\s+)?{_NOUN}\b|\b(?:this|that|the)\s+(?:file|attachment|upload)s?\b|\b(?:attached|uploaded)\b",
    re.IGNORECASE,
)
_DEFINES: Final = re.compile(
    r"^[ \t]*(?:(?:export|public|private|static|async|pub|default|abstract)\s+)*"
    r"(?:def|class|func|function|fn|struct|interface|enum|trait|impl|type|module)\s+([A-Za-z_]\w*)",
    re.MULTILINE,
)
_HEADS: Final = re.compile(r"^#{1,6}[ \t]+(\S[^\n]{0,80})", re.MULTILINE)
_HEADED: Final = frozenset({".md", ".mdx", ".markdown"})
_GENERIC: Final = keywords.query(
    "what is are does do in this that my the file code script attachment document text say says mean about explain "
    "show tell line lines describe summarize summary content contents uploaded attached program work works",
    languages=["en"],
)
_LANGUAGES: Final = {
    ".py": "python",
    ".js": "js",
    ".ts": "ts",
    ".cpp": "cpp",
    ".c": "c",
    ".rs": "rust",
    ".sh": "bash",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".xml": "xml",
    ".html": "html",
    ".sql": "sql",
    ".toml": "toml",
}


def reply(question: str, files: Sequence[File]) -> str:
    """Markdown that answers `question` from the reader's own files; empty where it asks something else."""
    meant = [file for file in files if _means(question, file)]
    if not meant:
        return ""
    readable = [file for file in meant if file.text]
    if not readable:
        return "Ask me in words about what it shows, and I look it up in this book."
    shown = [_shown(question, file) for file in readable[:_LIMIT_FILES]]
    return "\n\n".join([*shown, _ENDING])


def aside(question: str, files: Sequence[File]) -> str:
    """What is said of readable files of this message where nothing in them fits; empty where there are none."""
    names = _beside(question, files)
    return ASIDE.format(names=names) if names else ""


def searched(question: str, files: Sequence[File]) -> str:
    """What is said of readable files of this message that were searched beside the book; empty where there are none."""
    names = _beside(question, files)
    return SEARCHED.format(names=names) if names else ""


def _beside(question: str, files: Sequence[File]) -> str:
    """The names of the files of this message, where `question` is not about them."""
    here = [file for file in files if file.text and not file.earlier]
    if reply(question, files):
        return ""
    return " and ".join(f"“{citations.literal(file.name)}”" for file in here)


_ENDING: Final = (
    "*(from your own file, not from this book)*\n\n"
    "Without a language model I can show you your file, but not explain it; ask me about something in it, and I look "
    "it up in this book."
)


def _means(question: str, file: File) -> bool:
    asked = question.casefold()
    if file.name.casefold() in asked:
        return True
    if file.earlier:
        return bool(_MEANT_EARLIER.search(question))
    return bool(_MEANT.search(question)) or place.points_only(question)


def _shown(question: str, file: File) -> str:
    lines = (file.text or "").splitlines()
    count = f"{'more than ' if file.cut else ''}{line_count(file.text or '')}"
    at = _nearest(question, lines, file)
    first = 0 if at is None else max(0, at - _AROUND)
    piece = lines[first : first + (_LIMIT_LINES if at is None else 2 * _AROUND + 1)]
    where = "It begins:" if at is None else "Nearest to your question:"
    return "\n\n".join(
        part
        for part in (
            f"Your file “{citations.literal(file.name)}” has {count} lines.",
            _outline(file) if at is None else "",
            f"{where}\n\n{_fenced(piece, file.name)}",
        )
        if part
    )


def _nearest(question: str, lines: Sequence[str], file: File) -> int | None:
    """The line that has most of the question's own words; None where none has any."""
    named = keywords.query(re.sub(r"[._-]", " ", file.name), languages=["en"])
    asked = [term for term in keywords.query(question, languages=["en"]) if term not in {*_GENERIC, *named}]
    scores = [len(set(asked) & set(keywords.query(line, languages=["en"]))) for line in lines] if asked else []
    best = max(scores, default=0)
    return scores.index(best) if best else None


def _outline(file: File) -> str:
    pattern = _HEADS if PurePath(file.name).suffix.lower() in _HEADED else _DEFINES
    names = pattern.findall(file.text or "")
    names = list(dict.fromkeys(name.strip().replace("`", "") for name in names))[:_LIMIT_NAMES]
    return "You will find in it: " + ", ".join(f"`{name}`" for name in names) + "." if names else ""


def _fenced(lines: Sequence[str], name: str) -> str:
    text = "\n".join(line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …" for line in lines).strip("\n")
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{_LANGUAGES.get(PurePath(name).suffix.lower(), 'text')}\n{text}\n{fence}"
