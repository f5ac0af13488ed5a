"""Citations and evidence as ChatKit shows them: annotations in the text, sources of a search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from chatkit.types import Annotation, AssistantMessageItem, FileSource, URLSource

from pageside.answer import file_search
from pageside.answer.events import Citation, Evidence
from pageside.knowledge.library.texts import is_docs
from pageside.knowledge.passage import Passage
from pageside.phrases import chat

MAX_PREVIEW_CHARS = 240

_MARKER = re.compile(r"\[(\d{1,9})\]$")
_UNSPEAKABLE = re.compile("[\x00\ud800-\udfff]")


def speakable(text: str) -> str:
    """`text` without what cannot be stored or sent, character for character, so that offsets still hold."""
    return _UNSPEAKABLE.sub("\ufffd", text)


def annotation(citation: Citation, *, at: int, site: str, language: str) -> Annotation:
    """The citation as a link to the exact passage, placed behind its marker.

    Args:
        at: Where the marker ends, in code points of the text.
        site: Where the book's site-relative URLs are rooted.
        language: In which what is not the book's is said, ISO 639-1.
    """
    source = (
        _file(citation.passage, description=citation.quote, language=language)
        if file_search.is_of_file(citation.passage)
        else _source(citation.passage, url=citation.url, description=citation.quote, site=site, language=language)
    )
    return Annotation(source=source, index=at)


def marker(note: Annotation, text: str) -> int | None:
    """The number that stands in `text` for the source of `note`; None where none does."""
    found = _MARKER.search(text[: note.index]) if note.index is not None else None
    return int(found[1]) if found else None


def links(item: AssistantMessageItem) -> dict[int, str]:
    """The addresses that the markers of an answer lead to, by marker."""
    found: dict[int, str] = {}
    for part in item.content:
        for note in part.annotations:
            number = marker(note, part.text)
            if number is not None and isinstance(note.source, URLSource):
                found.setdefault(number, note.source.url)
    return found


def sources(evidence: Iterable[Evidence], *, site: str, language: str) -> list[URLSource]:
    """What a search found, each place once, best first."""
    found: dict[str, URLSource] = {}
    for entry in evidence:
        passage = entry.found.passage
        if file_search.is_of_file(passage):  # a search has addresses for sources, and a reader's file has none
            continue
        source = _source(passage, url=passage.url, description=_preview(passage.text), site=site, language=language)
        found.setdefault(source.url, source)
    return list(found.values())


def absolute(url: str, *, site: str) -> str:
    """`url` as an absolute http(s) URL; the site itself where it is neither that nor relative."""
    root = site.rstrip("/") + "/"
    try:
        whole = urljoin(root, url)
        return whole if urlsplit(whole).scheme in {"http", "https"} else root
    except ValueError:
        return root


def _source(passage: Passage, *, url: str, description: str, site: str, language: str) -> URLSource:
    chapter = passage.heading_path[0] if passage.heading_path else passage.path
    if is_docs(passage):
        return URLSource(
            title=speakable(passage.heading),
            description=speakable(description),
            group=speakable(chat.DOCUMENTATION.said(language, library=chapter)),
            url=absolute(url, site=site),
            attribution=speakable(urlsplit(url).hostname or passage.path),
        )
    return URLSource(
        title=speakable(passage.heading or chapter),
        description=speakable(description),
        group=speakable(chapter),
        url=absolute(url, site=site),
        attribution=speakable(passage.path),
    )


def _file(passage: Passage, *, description: str, language: str) -> FileSource:
    name = passage.labels[file_search.FILE]
    page = passage.anchor.removeprefix("page=") if passage.anchor.startswith("page=") else ""
    return FileSource(
        title=speakable(chat.FILE_PAGE.said(language, name=name, page=page) if page else name),
        description=speakable(description),
        group=chat.YOUR_FILES.said(language),
        filename=speakable(name),
    )


def _preview(text: str) -> str:
    line = " ".join(text.split())
    if len(line) <= MAX_PREVIEW_CHARS:
        return line
    return line[:MAX_PREVIEW_CHARS].rsplit(" ", 1)[0] + "…"
