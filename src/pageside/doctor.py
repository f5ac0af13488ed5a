"""What is on, what is missing and how to turn it on, what is broken and how to mend it."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypedDict

from pageside import __version__, settings
from pageside.errors import IndexMissing, PagesideError, SettingsError
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.settings import Settings
from pageside.storage import migrate as migrations
from pageside.storage import redis_address
from pageside.storage.engine import Database
from pageside.storage.outage import Outage
from pageside.storage.redis_server import RedisServer, RedisUnavailable, reason
from pageside.storage.revisions import newest
from pageside.wiring import knowing, receiving

State = Literal["on", "off", "missing", "broken"]


class FindingRow(TypedDict):
    part: str
    state: State
    told: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One part or setting, its state, and what to do about it; `remedy` is empty where nothing needs doing."""

    part: str
    state: State
    told: str
    remedy: str = ""

    def row(self) -> FindingRow:
        """The finding as `pageside doctor --json` prints it."""
        return FindingRow(part=self.part, state=self.state, told=self.told, remedy=self.remedy)


async def examine(*, data_dir: Path | None = None) -> list[Finding]:
    """Looks at every part once; calls no model, and writes nothing but an empty file where readers' files are kept."""
    python = ".".join(str(number) for number in sys.version_info[:3])
    findings = [Finding("pageside", "on", f"{__version__} on Python {python}, SQLite {sqlite3.sqlite_version}")]
    try:
        chosen = settings.load(data_dir=data_dir)
    except SettingsError as error:
        return [
            *findings,
            *(Finding("settings", "broken", line, "Correct or unset it.") for line in str(error).split("\n")),
        ]
    findings += _values(chosen)
    findings.append(_data_dir(chosen))
    findings.append(await _embeddings(chosen))
    findings += [finding async for finding in _index(chosen)]
    findings += [finding async for finding in _database(chosen)]
    findings.append(await _files(chosen))
    findings.append(await _redis(chosen))
    findings.append(_model(chosen))
    findings.append(_secret(chosen))
    return findings


def _values(chosen: Settings) -> list[Finding]:
    shown = []
    for name, field in Settings.model_fields.items():
        value = getattr(chosen, name)
        variable = settings.variables(field)[0]
        if value == field.default:
            told = "not set" if value in (None, "") else f"{value} (default)"
            shown.append(Finding(variable, "off", f"{told}: {field.description}"))
        else:
            shown.append(Finding(variable, "on", str(value)))
    return shown


def _data_dir(chosen: Settings) -> Finding:
    nearest = next(
        (folder for folder in (chosen.data_dir, *chosen.data_dir.absolute().parents) if folder.exists()), Path()
    )
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        return Finding(
            "data folder",
            "broken",
            f"{chosen.data_dir}: {error.strerror}",
            "Set PAGESIDE_DATA_DIR to a folder you can write.",
        )
    return Finding("data folder", "on", f"{chosen.data_dir} can be written")


async def _embeddings(chosen: Settings) -> Finding:
    embedder = knowing.embedder(chosen)
    if embedder is None:
        return Finding("embeddings", "off", "keywords alone", "Unset EMBEDDING_MODEL for the embedded MiniLM.")
    if chosen.embedding_model or chosen.embedding_base_url:
        return Finding("embeddings", "on", f"{embedder.name} (not called: it may cost)")
    try:
        await embedder.queries(["Is the model whole?"])
    except (PagesideError, OSError, RuntimeError, ImportError) as error:
        return Finding(
            "embeddings", "broken", f"{embedder.name}: {error}", "Install Pageside again, or set EMBEDDING_MODEL=none."
        )
    return Finding("embeddings", "on", f"{embedder.name}, embedded")


async def _index(chosen: Settings) -> AsyncIterator[Finding]:
    index = EmbeddedIndex(chosen.data_dir)
    try:
        status = index.status()
    except IndexMissing as error:
        yield Finding("index", "missing", str(error), "Run `pageside index BOOK_DIR`.")
        return
    except PagesideError as error:
        yield Finding("index", "broken", str(error), "Run `pageside index BOOK_DIR` again.")
        return
    finally:
        await index.aclose()
    told = f"{status.documents} pages, {status.passages} passages, built {status.built_at:%Y-%m-%d %H:%M} UTC"
    yield Finding("index", "on", told)
    wanted = knowing.embedder(chosen)
    if status.model != (wanted.name if wanted else ""):
        yield Finding(
            "index vectors",
            "broken",
            f"made by {status.model or 'no model'}, but the settings ask for {wanted.name if wanted else 'none'}",
            "Run `pageside index BOOK_DIR` to make them anew.",
        )


async def _database(chosen: Settings) -> AsyncIterator[Finding]:
    if not chosen.database_url and not (chosen.data_dir / "pageside.db").exists():
        yield Finding("database", "missing", "not made yet", "`pageside serve` or `pageside migrate` makes it.")
        return
    try:
        revision = await migrations.current(chosen.store_url)
        concerns = await _checked(chosen)
    except PagesideError as error:
        yield _unusable(error)
        return
    if revision != newest():
        yield Finding("database", "missing", f"at revision {revision or 'none'}", "Run `pageside migrate`.")
    else:
        yield Finding("database", "on", f"reachable, at revision {revision}")
    for concern in concerns:
        yield Finding("row-level security", "missing", concern, "Serve with a role of its own; see the guide.")


async def _checked(chosen: Settings) -> Sequence[str]:
    database = await Database.open(chosen.store_url, pool_size=1)
    try:
        await database.check()
        return database.concerns()
    finally:
        await database.aclose()


def _unusable(error: PagesideError) -> Finding:
    cause = error.__cause__
    if not isinstance(cause, Outage):
        return Finding("database", "broken", str(error), "Check DATABASE_URL and the rights on the database.")
    state: State = "missing" if cause.lacks_tables else "broken"
    return Finding("database", state, str(cause), cause.remedy or "Check DATABASE_URL.")


async def _files(chosen: Settings) -> Finding:
    if not chosen.attachments:
        return Finding("files", "off", "readers' files are not taken", "Set CHATKIT_ATTACHMENTS=true to take them.")
    files = receiving.files(chosen)
    remedy = "Check PAGESIDE_FILES_URL and the AWS_ settings." if chosen.files_url else "Check PAGESIDE_FILES_DIR."
    try:
        await files.check()
    except PagesideError as error:
        return Finding("files", "broken", str(error), remedy)
    return Finding("files", "on", f"{files.where} can be written")


async def _redis(chosen: Settings) -> Finding:
    if chosen.redis_url is None:
        return Finding("redis", "off", "not needed by one process", "Set REDIS_URL where several processes serve.")
    server = RedisServer(redis_address.parse(chosen.redis_url.get_secret_value()))
    try:
        await server.ask([("PING",)])
    except RedisUnavailable as error:
        return Finding("redis", "broken", f"{server.place}: {reason(error.__cause__ or error)}", "Check REDIS_URL.")
    finally:
        await server.aclose()
    return Finding("redis", "on", f"{server.place} answers")


def _model(chosen: Settings) -> Finding:
    if chosen.openai_api_key is None and not chosen.openai_base_url:
        return Finding(
            "model", "on", "embedded: quotes the book", "Set OPENAI_API_KEY for answers in a model's own words."
        )
    where = chosen.openai_base_url or "OpenAI"
    return Finding("model", "on", f"{chosen.model} at {where} (not called: it may cost)")


def _secret(chosen: Settings) -> Finding:
    if chosen.secret:
        return Finding("signing secret", "on", "from PAGESIDE_SECRET")
    if chosen.environment == "production":
        return Finding(
            "signing secret",
            "missing",
            "made and kept in the data folder",
            "Set PAGESIDE_SECRET when several servers share readers.",
        )
    return Finding("signing secret", "on", "made and kept in the data folder")
