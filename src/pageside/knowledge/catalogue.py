"""The passages of one generation in one SQLite file: pages, passages, labels, and the words they are found by."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pageside.knowledge import bm25, keywords
from pageside.knowledge.index import DocumentRow
from pageside.knowledge.passage import Passage
from pageside.knowledge.reading import labels

MOST_ROWS: Final = 10_000  # that one search by words may score: some 10 ms
FORMAT: Final = 2  # raised when files of an earlier form can no longer be read

_SCHEMA: Final = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pages (
    path TEXT PRIMARY KEY, title TEXT NOT NULL, url TEXT NOT NULL, language TEXT NOT NULL, digest TEXT NOT NULL,
    position INTEGER NOT NULL, fingerprint TEXT NOT NULL, words_in INTEGER NOT NULL, words_indexed INTEGER NOT NULL,
    warnings TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, path TEXT NOT NULL, heading TEXT NOT NULL,
    heading_path TEXT NOT NULL, anchor TEXT NOT NULL, url TEXT NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, language TEXT NOT NULL, labels TEXT NOT NULL, position INTEGER NOT NULL
);
CREATE INDEX passages_by_path ON passages (path);
CREATE TABLE labels (
    name TEXT NOT NULL, value TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (name, value, number)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (heading, path, body, content = '', tokenize = "ascii tokenchars '_.:+#-'''");
"""
_COLUMNS: Final = 'number, id, path, heading, heading_path, anchor, url, text, start, "end", language, labels, position'
# heading, the headings above it, body; chosen by `python -m benchmarks.search --half dev`
WEIGHTS: Final = (2.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was indexed.

    Attributes:
        fingerprint: Changes with anything that its passages are made from.
        words_in: Words of the page as it stands in the book.
        words_indexed: Words of its passages.
        warnings: What was odd about it, as `path:line: message`.
    """

    path: str
    title: str
    url: str
    language: str
    digest: str
    position: int
    fingerprint: str
    words_in: int = 0
    words_indexed: int = 0
    warnings: tuple[str, ...] = ()


def write(file: Path, pages: Iterable[Page], passages: Sequence[Passage], *, facts: Mapping[str, str]) -> None:
    """Makes `file`; the passages are numbered from 0 in the order given."""
    connection = sqlite3.connect(file)
    try:
        connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
        with connection:
            connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
            connection.executemany(f"INSERT INTO pages VALUES ({', '.join('?' * 10)})", map(_page_row, pages))  # noqa: S608
            connection.executemany(
                f"INSERT INTO passages VALUES ({', '.join('?' * 13)})",  # noqa: S608
                (_passage_row(number, passage) for number, passage in enumerate(passages)),
            )
            connection.executemany(
                "INSERT OR IGNORE INTO labels VALUES (?, ?, ?)",
                ((*label, number) for number, passage in enumerate(passages) for label in filterable(passage)),
            )
            connection.executemany(
                "INSERT INTO words (rowid, heading, path, body) VALUES (?, ?, ?, ?)",
                (_words_row(number, passage) for number, passage in enumerate(passages)),
            )
            connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    finally:
        connection.close()


def _page_row(page: Page) -> tuple[str | int, ...]:
    return (page.path, page.title, page.url, page.language, page.digest, page.position, page.fingerprint, page.words_in,
            page.words_indexed, json.dumps(page.warnings))  # fmt: skip


def _passage_row(number: int, passage: Passage) -> tuple[str | int, ...]:
    return (number, passage.id, passage.path, passage.heading, json.dumps(passage.heading_path), passage.anchor,
            passage.url, passage.text, passage.start, passage.end, passage.language,
            json.dumps(dict(passage.labels)), passage.position)  # fmt: skip


def _words_row(number: int, passage: Passage) -> tuple[int, str, str, str]:
    heading, path, body = map(" ".join, columns(passage))
    return (number, heading, path, body)


def columns(passage: Passage) -> tuple[list[str], list[str], list[str]]:
    """The terms of the heading, of the headings above it and of the body; `WEIGHTS` says what each counts for."""
    above = passage.heading_path[:-1] if passage.heading_path[-1:] == (passage.heading,) else passage.heading_path
    heading, path, body = (
        keywords.terms(text, language=passage.language) for text in (passage.heading, " ".join(above), passage.text)
    )
    return heading, path, body


def filterable(passage: Passage) -> Iterable[tuple[str, str]]:
    """Name and form of every label that a filter may ask for; see `labels.forms`.

    A label of several values, as `tags: ros, urdf`, is there under each of them and as a whole.
    """
    yield "path", labels.normal("path", passage.path)
    yield "language", labels.normal("language", passage.language)
    for name, value in passage.labels.items():
        for part in {value, *value.split(",")}:
            yield from ((name, form) for form in labels.forms(name, part))


class Catalogue:
    """A file that `write` made, open for reading; several threads may share it.

    Raises:
        sqlite3.Error: The file is missing or is none of ours.
    """

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        try:
            self.facts: Mapping[str, str] = _facts(self._rows("SELECT name, value FROM facts"))
            self._connection.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, words, 'row')")
            counted = self._rows("SELECT language, count(*) FROM passages GROUP BY language ORDER BY 2 DESC, 1")
        except BaseException:
            self._connection.close()
            raise
        self.languages: tuple[str, ...] = tuple(str(language) for language, _ in counted)
        self.size: int = sum(int(count) for _, count in counted)

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._connection.close()

    def _rows(self, statement: str, values: Sequence[str | int] = ()) -> list[tuple[str, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def pages(self) -> tuple[Page, ...]:
        """All pages, in reading order."""
        rows = self._rows("SELECT * FROM pages ORDER BY position, path")
        return tuple(
            Page(path, title, url, language, digest, int(position), fingerprint, int(words_in), int(words_indexed),
                 tuple(json.loads(warnings)))
            for path, title, url, language, digest, position, fingerprint, words_in, words_indexed, warnings in rows
        )  # fmt: skip

    def documents(self) -> tuple[DocumentRow, ...]:
        """All pages as the outside sees them, in reading order."""
        counts = {path: int(count) for path, count in self._rows("SELECT path, count(*) FROM passages GROUP BY path")}
        return tuple(
            DocumentRow(
                path=page.path,
                title=page.title,
                url=page.url,
                language=page.language,
                digest=page.digest,
                position=page.position,
                passages=counts.get(page.path, 0),
            )
            for page in self.pages()
        )

    def passages(self, *, path: str | None = None) -> tuple[Passage, ...]:
        """All passages, or those of one page, in reading order."""
        where, values = ("", []) if path is None else ("WHERE path = ?", [path])
        return tuple(map(_passage, self._rows(f"SELECT {_COLUMNS} FROM passages {where} ORDER BY number", values)))  # noqa: S608

    def numbered(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages of these numbers, in their order."""
        marks = ", ".join("?" * len(numbers))
        rows = self._rows(f"SELECT {_COLUMNS} FROM passages WHERE number IN ({marks})", numbers)  # noqa: S608
        found = {int(row[0]): _passage(row) for row in rows}
        return {number: found[number] for number in numbers}

    def labelled(self, filters: Mapping[str, str]) -> frozenset[int]:
        """Numbers of the passages that have all of these labels."""
        sets = (
            {int(number) for (number,) in self._rows("SELECT number FROM labels WHERE name = ? AND value = ?", label)}
            for label in ((name, labels.normal(name, value)) for name, value in filters.items())
        )
        return frozenset(set.intersection(*sets))

    def by_words(self, terms: Sequence[str], *, limit: int, filters: Mapping[str, str]) -> dict[int, float]:
        """Passages that hold any of `terms`, with their BM25 above 0, best first.

        In a large book the terms that most passages hold are left out: they tell little, and cost nearly all the time.
        """
        terms = self._telling(terms)
        if not terms:
            return {}
        wanted = [(name, labels.normal(name, value)) for name, value in filters.items()]
        within = "".join(" AND rowid IN (SELECT number FROM labels WHERE name = ? AND value = ?)" for _ in wanted)
        rows = self._rows(
            f"SELECT rowid, rank FROM words WHERE words MATCH ? AND rank MATCH ?{within} ORDER BY rank LIMIT ?",  # noqa: S608
            [_any_of(terms), f"bm25{WEIGHTS}", *(part for label in wanted for part in label), limit],
        )
        return {int(number): -float(rank) for number, rank in rows}

    def _telling(self, terms: Sequence[str]) -> tuple[str, ...]:
        """Those of `terms`, in their order, that are rarest and have `MOST_ROWS` between them; the rarest anyhow."""
        if self.size * len(terms) <= MOST_ROWS:
            return tuple(terms)
        held = self.counts(terms)
        room, kept = MOST_ROWS, set[str]()
        for term in sorted(held, key=lambda each: held[each]):
            room -= held[term]
            if room < 0 and any(held[each] for each in kept):
                break
            kept.add(term)
        return tuple(term for term in terms if term in kept)

    def counts(self, terms: Sequence[str]) -> dict[str, int]:
        """For each of `terms` how many passages hold it, their headings included."""
        marks = ", ".join("?" * len(terms))
        rows = self._rows(f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})", terms)  # noqa: S608
        held = {term: int(count) for term, count in rows}
        return {term: held.get(term, 0) for term in terms}

    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        """For each of `terms` the logarithm of how rare it is, above 0; a word of no passage is the rarest."""
        return {term: bm25.rarity(count, self.size) for term, count in self.counts(terms).items()}


def _facts(rows: Iterable[Sequence[str]]) -> Mapping[str, str]:
    facts = {row[0]: row[1] for row in rows}
    if facts.get("format") != str(FORMAT):
        raise sqlite3.DatabaseError(f"it has format {facts.get('format')!r} instead of {FORMAT}")
    return MappingProxyType(facts)


def _any_of(terms: Sequence[str]) -> str:
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)


def _passage(row: tuple[str, ...]) -> Passage:
    _, id_, path, heading, heading_path, anchor, url, text, start, end, language, labels, position = row
    return Passage(
        id=id_,
        path=path,
        heading=heading,
        heading_path=tuple(json.loads(heading_path)),
        anchor=anchor,
        url=url,
        text=text,
        start=int(start),
        end=int(end),
        language=language,
        labels=MappingProxyType(json.loads(labels)),
        position=int(position),
    )
