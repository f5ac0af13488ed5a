"""What can be said of the reader's own text files without a language model: what they say, line by line; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

from pageside.answer import citations
from pageside.answer.attached import File, line_count, quoted
from pageside.knowledge import keywords, place
from pageside.phrases import chat, files

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


def reply(question: str, given: Sequence[File], language: str) -> str:
    """Markdown that answers `question` from the reader's own files; empty where it asks something else."""
    meant = [file for file in given if _means(question, file)]
    if not meant:
        return ""
    readable = [file for file in meant if file.text]
    if not readable:
        return files.IN_WORDS.said(language)
    shown = [_shown(question, file, language) for file in readable[:_LIMIT_FILES]]
    return "\n\n".join([*shown, files.SHOWN_ALONE.said(language)])


def aside(question: str, given: Sequence[File], language: str) -> str:
    """What is said of readable files of this message where nothing in them fits; empty where there are none."""
    here = _beside(question, given)
    return files.ASIDE.said(language, names=quoted(here, language)) if here else ""


def searched(question: str, given: Sequence[File], language: str) -> str:
    """What is said of readable files of this message that were searched beside the book; empty where there are none."""
    here = _beside(question, given)
    return files.SEARCHED.said(language, names=quoted(here, language)) if here else ""


def _beside(question: str, given: Sequence[File]) -> list[File]:
    """The readable files of this message, where `question` is not about any that came."""
    if any(_means(question, file) for file in given):
        return []
    return [file for file in given if file.text and not file.earlier]


def _means(question: str, file: File) -> bool:
    asked = question.casefold()
    if question in chat.WHAT_IS_IN_FILE.every():
        return True
    if file.name.casefold() in asked:
        return True
    if file.earlier:
        return bool(_MEANT_EARLIER.search(question))
    return bool(_MEANT.search(question)) or place.points_only(question)


def _shown(question: str, file: File, language: str) -> str:
    lines = (file.text or "").splitlines()
    has = files.HAS_MORE_LINES if file.cut else files.HAS_LINES
    at = _nearest(question, lines, file)
    first = 0 if at is None else max(0, at - _AROUND)
    piece = lines[first : first + (_LIMIT_LINES if at is None else 2 * _AROUND + 1)]
    where = (files.BEGINS if at is None else files.NEAREST).said(language)
    return "\n\n".join(
        part
        for part in (
            has.said(language, name=citations.literal(file.name), n=line_count(file.text or "")),
            _outline(file, language) if at is None else "",
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


def _outline(file: File, language: str) -> str:
    pattern = _HEADS if PurePath(file.name).suffix.lower() in _HEADED else _DEFINES
    names = pattern.findall(file.text or "")
    names = list(dict.fromkeys(name.strip().replace("`", "") for name in names))[:_LIMIT_NAMES]
    quoted_names = ", ".join(f"`{name}`" for name in names)
    return files.HOLDS.said(language, names=quoted_names) if names else ""


def _fenced(lines: Sequence[str], name: str) -> str:
    text = "\n".join(line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …" for line in lines).strip("\n")
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{_LANGUAGES.get(PurePath(name).suffix.lower(), 'text')}\n{text}\n{fence}"
