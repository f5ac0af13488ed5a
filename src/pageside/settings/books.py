"""Several books on one server, as a TOML file lists them.

[robotics]                                # stands at /robotics
folder = "robotics/docs"                  # beside this file, or a whole path
title = "Robotics"
origins = ["https://robotics.example"]    # sites that mean this book wherever they name none

[robotics.settings]                       # what is different from the server's own
CHATKIT_GREETING = "Ask about robots"

[robotics.audience]                       # nobody named: everybody
organisations = ["tu-delft"]
roles = ["student"]
readers = ["ada"]
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pageside import settings
from pageside.errors import SettingsError
from pageside.identity.audience import Audience
from pageside.settings import Settings
from pageside.settings.answering import Answering
from pageside.settings.library import LibraryDocs
from pageside.settings.refusing import Refusing
from pageside.settings.retrieving import Retrieving
from pageside.settings.showing import Showing
from pageside.settings.tasks import Tasks
from pageside.settings.verifying import Verifying

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?")
# What stands at addresses of the server itself.
_TAKEN: Final = frozenset({"api", "chatkit", "docs", "health", "mcp", "metrics", "admin"})
_OWN_KINDS: Final = (Answering, Retrieving, Refusing, Verifying, LibraryDocs, Tasks, Showing)
_OWN: Final = ("base_url", "max_messages", "max_threads", "max_searches", "answer_cache_s")
_OF_THE_SERVER: Final = frozenset({"books", "max_audio_bytes"}) | {
    name for name in Answering.model_fields if name.startswith("transcription_")
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One book of a server that has several.

    Attributes:
        name: Of its index, and of its address: `/name`.
        title: What readers see; empty for what the book calls itself.
        settings: The server's, with what the book has of its own.
        origins: Sites whose pages mean this book where they name none, each as a browser names it; the book's settings
            list them among those that may speak with it.
    """

    name: str
    folder: Path
    title: str
    settings: Settings
    audience: Audience
    origins: tuple[str, ...] = ()


class _Audience(BaseModel):
    model_config = ConfigDict(extra="forbid")

    organisations: list[str] = Field(default_factory=list)
    roles: list[str] = Field(default_factory=list)
    readers: list[str] = Field(default_factory=list)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    folder: str = Field(min_length=1)
    title: str = Field("", max_length=200)
    origins: list[str] = Field(default_factory=list)
    settings: dict[str, str | int | float | bool] = Field(default_factory=dict)
    audience: _Audience = Field(default_factory=_Audience)


def read(file: Path, server: Settings) -> tuple[Listed, ...]:
    """The books that `file` lists, in its order.

    Raises:
        SettingsError: It cannot be read, or says something that cannot be meant; the message says where.
    """
    try:
        told = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"PAGESIDE_BOOKS: {file} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"PAGESIDE_BOOKS: {file} is no TOML: {error}.") from None
    if not told:
        raise SettingsError(f"PAGESIDE_BOOKS: {file} lists no book; give each a table, such as [robotics].")
    books = tuple(_listed(name, entry, file, server) for name, entry in told.items())
    taken = dict[str, str]()
    for book in books:
        for origin in book.origins:
            if (other := taken.setdefault(origin, book.name)) != book.name:
                raise SettingsError(
                    f"{file.name} [{book.name}]: origins: {origin} means [{other}] already; an origin means one book, "
                    "and pages of several books on one site name theirs by its address."
                )
    return books


def _listed(name: str, told: object, file: Path, server: Settings) -> Listed:
    where = f"{file.name} [{name}]"
    if not _NAME.fullmatch(name) or name in _TAKEN:
        why = "an address of the server itself" if name in _TAKEN else "no address"
        raise SettingsError(f"{where}: {name!r} is {why}; name books with a-z, 0-9 and -, such as [robotics].")
    if not isinstance(told, dict):
        raise SettingsError(f'{where}: a book is a table; write [{name}] and below it folder = "...".')
    try:
        entry = _Entry.model_validate(told)
    except ValidationError as error:
        raise SettingsError("\n".join(f"{where}: {line}" for line in _complaints(error))) from None
    own = _own(server, entry.settings, where)
    origins = _origins(entry.origins, where)
    allowed = dict.fromkeys((*server.origins, *origins))
    return Listed(
        name=name,
        folder=(file.resolve().parent / entry.folder).resolve(),
        title=entry.title.strip(),
        settings=own.model_copy(update={"cors_origins": ",".join(allowed)}),
        audience=Audience.of(**entry.audience.model_dump()),
        origins=origins,
    )


def _origins(told: list[str], where: str) -> tuple[str, ...]:
    """Each as a browser names it."""
    if any("," in origin for origin in told):
        raise SettingsError(f"{where}: origins: write each in quotes of its own.")
    try:
        return settings.load({}, cors_origins=",".join(told)).origins
    except SettingsError as error:
        raise SettingsError(f"{where}: {str(error).replace('CORS_ORIGINS', 'origins', 1)}") from None


def _own(server: Settings, told: Mapping[str, object], where: str) -> Settings:
    """The settings of `server` with those that the book has of its own."""
    fields = {variable: field for field, variables in _of_a_book() for variable in variables}
    unknown = [variable for variable in told if variable not in fields]
    if unknown:
        near = difflib.get_close_matches(unknown[0], fields, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it may have {', '.join(sorted(fields))}."
        raise SettingsError(f"{where}: {unknown[0]} is no setting of a single book; {hint}")
    values: dict[str, Any] = {name: getattr(server, name) for name in Settings.model_fields}
    values |= {fields[variable]: value for variable, value in told.items()}
    try:
        return settings.load({}, **values)
    except SettingsError as error:
        raise SettingsError("\n".join(f"{where}: {line}" for line in str(error).splitlines())) from None


def _of_a_book() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every setting that a book may have of its own, with its variables."""
    for name, field in Settings.model_fields.items():
        of_kind = any(name in kind.model_fields for kind in _OWN_KINDS)
        if (of_kind or name in _OWN) and name not in _OF_THE_SERVER:
            yield name, settings.variables(field)


def _complaints(error: ValidationError) -> Iterator[str]:
    for part in error.errors(include_url=False, include_input=False):
        yield f"{'.'.join(map(str, part['loc']))}: {part['msg']}."
