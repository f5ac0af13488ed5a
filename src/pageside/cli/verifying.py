"""Answers that were saved, read from their files and held against the book again."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread
from pydantic import ValidationError
from pydantic_core import from_json
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pageside.answer import proving
from pageside.answer.proof import Proof
from pageside.answer.proving import Checked, CheckedClaim, CheckedSource, ClaimState
from pageside.cli import shelving
from pageside.errors import InvalidInput
from pageside.knowledge import chunk, healing
from pageside.knowledge.embed import MiniLM
from pageside.knowledge.healing import State
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.passage import Document, Passage
from pageside.knowledge.reading import folder as reading
from pageside.knowledge.reading import sites
from pageside.knowledge.reading.folder import Rules
from pageside.knowledge.search import Search
from pageside.settings import Settings
from pageside.wiring import knowing

MAX_BYTES: Final = 100_000_000

_LONGEST: Final = 400_000  # characters of an answer
_NESTED: Final = 40  # an answer stands no deeper in anything that Pageside writes
_WIDTH: Final = 110
_SHOWN: Final = 300  # characters of a claim; of code, how it begins is enough to know it by
_RESULTS: Final[Mapping[ClaimState, tuple[str, str]]] = {
    "holds": ("The book says so.", "green"),
    "marked": ("Shown as not verified.", "yellow"),
    "unchecked": ("Not checked", "yellow"),
    "changed": ("Not any more", "red"),
    "unsupported": ("Not supported", "red"),
    "unproven": ("Unproven", "red"),
}
_STATES: Final[Mapping[State, str]] = {
    "same": "stands in the book",
    "moved": "stands elsewhere now",
    "changed": "reads differently now",
    "gone": "is gone",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as a file has it.

    Attributes:
        name: What it is called there; its place in the file where it has no name.
        links: The addresses that its markers lead to, where the file says so.
    """

    name: str
    text: str
    proof: Proof
    links: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Book:
    """The pages that answers are held against.

    Attributes:
        digests: SHA-256 of each page's file, by path.
        sources: The pages as text, by path; none where they come from an index.
    """

    passages: tuple[Passage, ...]
    digests: Mapping[str, str]
    sources: Mapping[str, str]

    def line(self, source: CheckedSource) -> int | None:
        """The line of its page on which the quote of `source` stands, from 1; None where that is not known."""
        passage = source.now.passage if source.now else None
        if passage is None or passage.path not in self.sources:
            return None
        page = self.sources[passage.path]
        first = (source.now.text if source.now else "").split("\n")[0]
        at = page.find(first, passage.start, passage.end) if first else -1
        return page.count("\n", 0, at if at >= 0 else passage.start) + 1


@dataclass(frozen=True, slots=True)
class Verified:
    """An answer, and what is left of it."""

    told: Told
    checked: Checked


def read(file: Path) -> list[Told]:
    """The answers of a file: a saved conversation, answers of the REST chat API, or one of `pageside ask --json`.

    Raises:
        InvalidInput: It is too large, no JSON, or holds no answer with its record.
    """
    if file.stat().st_size > MAX_BYTES:
        raise InvalidInput(f"The file has more than {MAX_BYTES // 1_000_000} MB: save one conversation at a time.")
    return answers(file.read_bytes())


def answers(content: bytes) -> list[Told]:
    """As `read`, for the bytes of a file.

    Raises:
        InvalidInput: It is no JSON, or holds no answer with its record.
    """
    try:
        document = from_json(content)
    except ValueError as error:
        raise InvalidInput(f"The file is no JSON that can be read: {error}.") from None
    found = list(_answers(document, "", 0))
    if not found:
        raise InvalidInput(
            "The file holds no answer with its record. Save a conversation as JSON, or an answer of the REST chat API "
            "or of `pageside ask --json`."
        )
    return found


def _answers(document: object, name: str, depth: int) -> Iterator[Told]:
    """Every object in `document` that has words and their record."""
    if depth > _NESTED:
        return
    match document:
        case {"record": dict() as record, **others}:
            yield _told(others, record, name)
        case dict():
            for key, entry in document.items():
                yield from _answers(entry, f"{name}.{key}" if name else str(key), depth + 1)
        case list():
            for number, entry in enumerate(document):
                yield from _answers(entry, f"{name}[{number}]", depth + 1)
        case _:
            return


def _told(document: Mapping[Any, Any], record: Mapping[str, object], name: str) -> Told:
    called = next((str(document[key]) for key in ("id", "message_id") if isinstance(document.get(key), str)), name)
    try:
        kept = Proof.model_validate(record)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidInput(f"The record of {called or 'the answer'} cannot be read: {where}: {first['msg']}.") from None
    match document:
        case {"answer": str(text)} | {"content": str(text)}:
            links = dict(_sources(document.get("sources")))
        case {"content": list(parts)}:
            text = "".join(
                part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)
            )
            links = dict(_notes(parts))
        case _:
            raise InvalidInput(f"The record of {called or 'the answer'} stands beside no answer.")
    if len(text) > _LONGEST:
        raise InvalidInput(f"{called or 'The answer'} has {len(text):,} characters; none of Pageside is that long.")
    return Told(called, text, kept, links)


def _sources(rows: object) -> Iterator[tuple[int, str]]:
    """Marker and address of each source, as REST tells them; of one that moved, the one it was cited under."""
    for row in rows if isinstance(rows, list) else ():
        match row:
            case {"now": dict()}:
                continue
            case {"marker": int(marker), "url": str(url)} if url:
                yield marker, url
            case _:
                continue


def _notes(parts: Sequence[object]) -> Iterator[tuple[int, str]]:
    for part in parts:
        match part:
            case {"text": str(text), "annotations": list(notes)}:
                for note in notes:
                    match note:
                        case {"index": int(at), "source": {"type": "url", "url": str(url)}}:
                            number = _number(text, at)
                            if number is not None:
                                yield number, url
                        case _:
                            continue
            case _:
                continue


def _number(text: str, at: int) -> int | None:
    before = text[: max(0, at)]
    number = before[before.rfind("[") + 1 : -1] if before.endswith("]") else ""
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


async def verified(told: Sequence[Told], place: str, chosen: Settings) -> tuple[list[Verified], Book]:
    """Each of the answers held against the book, and that book.

    Args:
        place: The book's folder, or which of several is meant; what is indexed where empty.

    Raises:
        BookError: The folder holds no page.
        SettingsError: There is no such book.
        IndexMissing: Nothing has been indexed yet.
    """
    chosen, folder, name = await anyio.to_thread.run_sync(shelving.placed, chosen, place)
    if folder is not None:
        book = await anyio.to_thread.run_sync(partial(of_folder, folder, limit_bytes=chosen.max_page_bytes))
        # Nothing is searched for here: the index is never opened.
        return await against(told, book, Search(EmbeddedIndex(chosen.data_dir), MiniLM())), book
    async with knowing.open_index(chosen, book=name) as index:
        documents = await index.documents()
        book = Book(await index.passages(), {row.path: row.digest for row in documents}, {})
        return await against(told, book, Search(index, MiniLM())), book


def of_folder(folder: Path, *, limit_bytes: int) -> Book:
    """The pages of a folder, read as they would be indexed. Not for the event loop.

    Raises:
        BookError: It is not a folder, or holds no page.
    """
    read = reading.read(folder, sites.detect(folder), rules=Rules(limit_bytes=limit_bytes))
    documents = [each for each in read if isinstance(each, Document)]
    return Book(
        passages=tuple(passage for document in documents for passage in chunk.split(document)),
        digests={document.path: document.digest for document in documents},
        sources={document.path: document.source for document in documents},
    )


async def against(told: Sequence[Told], book: Book, search: Search) -> list[Verified]:
    """Each of the answers held against `book`.

    Args:
        search: Tells how alike sentences are where their words alone do not decide.
    """
    return [Verified(each, await _checked(each, book, search)) for each in told]


async def _checked(told: Told, book: Book, search: Search) -> Checked:
    targets = {each.marker: each.target for each in told.proof.citations if each.is_of_book and each.quote}
    healed = {
        marker: await anyio.to_thread.run_sync(partial(healing.heal_among, target, book.passages))
        for marker, target in targets.items()
    }
    return await proving.check(told.text, told.proof, healed, search, links=told.links, page_sha256=book.digests)


def row(verified: Sequence[Verified], book: Book) -> dict[str, Any]:
    """What `pageside verify --json` prints."""
    return {
        "holds": all(each.checked.holds for each in verified),
        "answers": [
            {"name": each.told.name, "checker": each.told.proof.checker, **_row(each.checked, book)}
            for each in verified
        ],
    }


def _row(checked: Checked, book: Book) -> dict[str, Any]:
    told = checked.row()
    placed = zip(told["sources"], checked.sources, strict=True)
    return {**told, "sources": [{**row, "line": book.line(source)} for row, source in placed]}


def show(verified: Sequence[Verified], book: Book) -> None:
    """Prints a table of each answer, and what they come to."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    for number, each in enumerate(verified, start=1):
        console.print(_table(each, book, f"Answer {number} of {len(verified)}" if len(verified) > 1 else "The answer"))
        for fault in each.checked.faults:
            console.print(Text(f"  {fault[:1].upper()}{fault[1:]}.", style="red"))
        console.print()
    console.print(_summary(verified))


def _table(verified: Verified, book: Book, title: str) -> Table:
    table = Table(title=title, title_justify="left", show_lines=True, expand=False)
    table.add_column("It says", ratio=4)
    table.add_column("That rests on", ratio=4, overflow="fold")
    table.add_column("Result", ratio=2)
    by_marker = {source.citation.marker: source for source in verified.checked.sources}
    for claim in verified.checked.claims:
        mine = [by_marker[marker] for marker in claim.claim.markers if marker in by_marker]
        words, style = _RESULTS[claim.state]
        table.add_row(
            Text(textwrap.shorten(claim.text, _SHOWN, placeholder=" …")),
            Text("\n".join(_where(source, book) for source in mine)),
            Text(_result(claim, words), style=style),
        )
    claimed = {marker for claim in verified.checked.claims for marker in claim.claim.markers}
    for source in verified.checked.sources:
        if source.citation.marker not in claimed:
            result = Text("Only its quote is kept.", style="yellow" if source.holds else "red")
            table.add_row(Text(_line(source.citation.quote)), Text(_where(source, book)), result)
    return table


def _result(claim: CheckedClaim, words: str) -> str:
    return f"{words.rstrip('.')}: {claim.reason}." if claim.reason else words


def _where(source: CheckedSource, book: Book) -> str:
    citation, now = source.citation, source.now
    if now is None:
        return f"[{citation.marker}] {citation.heading or citation.path}: no part of this book"
    path = now.passage.path if now.passage else citation.path
    line = book.line(source)
    told = [f"[{citation.marker}] {path}{f', line {line}' if line else ''}: {_STATES[now.state]}"]
    if now.state == "changed":
        told.append(f"    it was: {_line(citation.quote)}\n    it is:  {_line(now.text)}")
    told += [f"    but {fault}" for fault in source.faults]
    return "\n".join(told)


def _summary(verified: Sequence[Verified]) -> Text:
    claims = [claim for each in verified for claim in each.checked.claims]
    held = sum(each.checked.supported for each in verified)
    failed = sum(not each.checked.holds for each in verified)
    counted = f"{held} of {len(claims)} statements stand in the book and are supported by it."
    if failed:
        return Text(f"{counted} {failed} of {len(verified)} answers do not hold.", style="red")
    return Text(f"{counted} Everything that could be checked holds.", style="green")


def _line(text: str) -> str:
    return " ".join(text.split())
