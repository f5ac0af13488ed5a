"""What is on, what is missing and how to turn it on, what is broken and how to mend it."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypedDict
from urllib.parse import urlsplit

import anyio.to_thread

from pageside import __version__, settings
from pageside.errors import IndexMissing, PagesideError, SettingsError
from pageside.identity.denial import TokenDenied
from pageside.knowledge.library.context7 import LookupFailed
from pageside.settings import Settings, books, guarding
from pageside.storage import migrate as migrations
from pageside.storage import redis_address
from pageside.storage.engine import Database
from pageside.storage.outage import Outage
from pageside.storage.redis_server import RedisServer, RedisUnavailable, reason
from pageside.storage.revisions import newest
from pageside.wiring import admitting, knowing, library, receiving

State = Literal["on", "off", "missing", "broken"]

_REMEDIES = {
    "expired": "Get a new one; if it is new, compare the clocks, or raise JWT_LEEWAY_S.",
    "not_yet": "Compare the clocks, or raise JWT_LEEWAY_S.",
    "audience": "Set JWT_AUDIENCE to what the provider writes, or have it write this.",
    "no_aud": "Have the provider write it: it says whom a token is meant for.",
    "party": "Set JWT_AUTHORIZED_PARTIES to the sites whose readers are meant.",
    "issuer": "Set JWT_ISSUER to what the provider writes, to the last slash.",
    "algorithm": "Set JWT_ALGORITHM to what the provider signs with, if that is meant.",
    "signature": "Compare JWT_SECRET with the provider's secret, character by character.",
    "unknown_key": "Check that JWT_JWKS_URL is of the provider that made the token.",
    "no_subject": "Have the provider write sub or user_id.",
    "guests_only": "Set AUTH_MODE=jwt to take tokens.",
    "ended": "It was revoked or forgotten: begin a session anew.",
    "forged": "Compare PAGESIDE_SECRET of all processes; each must have the same.",
}
_LIBRARY_REMEDIES = {
    "key_refused": "Check CONTEXT7_API_KEY; the public server needs none.",
    "too_many_requests": "Set CONTEXT7_API_KEY for more questions a day.",
    "unfit": "Set CONTEXT7_URL to a server of library documentation, such as Context7.",
    "timeout": "Check the network, or raise PAGESIDE_LIBRARY_DOCS_TIMEOUT_S.",
}


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
    findings += [finding async for finding in _indexes(chosen)]
    findings += [finding async for finding in _database(chosen)]
    findings.append(await _files(chosen))
    findings.append(await _redis(chosen))
    findings.append(await _library_docs(chosen))
    findings.append(_model(chosen))
    findings.append(_assistant())
    findings.append(_secret(chosen))
    findings += [finding async for finding in readers(chosen)]
    return findings


async def explain(token: str, *, data_dir: Path | None = None) -> list[Finding]:
    """Whose `token` is, or why it is denied; nothing of it is repeated."""
    try:
        chosen = settings.load(data_dir=data_dir)
    except SettingsError as error:
        return [Finding("settings", "broken", line, "Correct or unset it.") for line in str(error).split("\n")]
    bare = token.strip()
    bare = bare[len("bearer ") :].strip() if bare.lower().startswith("bearer ") else bare
    try:
        reader = await admitting.holder(chosen, bare)
    except TokenDenied as denied:
        told = f"denied: {denied}" + (f" ({denied.detail})" if denied.detail else "")
        return [Finding("token", "broken", told, _REMEDIES.get(denied.reason, "Get a new one."))]
    except PagesideError as error:
        return [Finding("token", "broken", f"cannot be checked: {error}", "Run `pageside doctor` without a token.")]
    roles = f", with the roles {', '.join(sorted(reader.roles))}" if reader.roles else ", without roles"
    organisation = f" of the organisation {reader.organisation!r}" if reader.organisation else ""
    return [Finding("token", "on", f"good: the reader {reader.subject!r}{organisation}{roles}")]


async def readers(chosen: Settings) -> AsyncIterator[Finding]:
    """How readers are known, and what weakens it."""
    yield Finding("readers", "on", _known(chosen))
    if chosen.auth_mode == "jwt":
        async for finding in _tokens(chosen):
            yield finding
    if chosen.workflow_id:
        yield Finding("sessions", "on", f"of the workflow {chosen.workflow_id}, hosted by OpenAI (not called)")


def _known(chosen: Settings) -> str:
    match chosen.auth_mode:
        case "guest":
            return "as guests: by a signed cookie, and on pages of other sites by a session"
        case "jwt":
            return f"by tokens signed with {', '.join(chosen.jwt_algorithms)}"
        case "header" if chosen.trusted_proxies:
            return f"by X-User-ID from {chosen.trusted_proxies}"
        case "header":
            return "by X-User-ID from this machine; without it they are test-user"


async def _tokens(chosen: Settings) -> AsyncIterator[Finding]:
    if chosen.jwt_secret is not None and (wrong := guarding.weak(chosen.jwt_secret)):
        yield Finding("JWT_SECRET", "missing", wrong, f"Production takes none like it. {guarding.ANOTHER}")
    if not chosen.jwt_audience:
        yield Finding("token audience", "missing", "tokens meant for others are taken, too", "Set JWT_AUDIENCE.")
    if not chosen.jwt_issuer:
        yield Finding("token issuer", "missing", "whoever holds the key may make tokens", "Set JWT_ISSUER.")
    keys = admitting.keys(chosen)
    if keys is None:
        return
    try:
        yield Finding("token keys", "on", f"{await keys.check()} at {chosen.jwt_jwks_url}")
    except PagesideError as error:
        yield Finding("token keys", "broken", f"{chosen.jwt_jwks_url}: {error}", "Check JWT_JWKS_URL and the network.")
    finally:
        await keys.aclose()


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


async def _indexes(chosen: Settings) -> AsyncIterator[Finding]:
    if chosen.books is None:
        async for finding in _index(chosen, knowing.BOOK, "index", "pageside index BOOK_DIR"):
            yield finding
        return
    try:
        listed = books.read(chosen.books, chosen)
    except SettingsError as error:
        yield Finding("books", "broken", str(error), "Correct the file.")
        return
    for each in listed:
        async for finding in _index(each.settings, each.name, f"index of {each.name}", "pageside index"):
            yield finding


async def _index(chosen: Settings, book: str, part: str, command: str) -> AsyncIterator[Finding]:
    try:
        async with knowing.open_index(chosen, book=book) as index:
            status = await anyio.to_thread.run_sync(index.status)
    except IndexMissing as error:
        yield Finding(part, "missing", str(error), f"Run `{command}`.")
        return
    except PagesideError as error:
        yield Finding(part, "broken", str(error), f"Run `{command}` again.")
        return
    told = f"{status.documents} pages, {status.passages} passages, built {status.built_at:%Y-%m-%d %H:%M} UTC"
    yield Finding(part, "on", told)
    wanted = knowing.embedder(chosen)
    if status.model != (wanted.name if wanted else ""):
        yield Finding(
            f"{part} vectors" if part == "index" else f"vectors of {book}",
            "broken",
            f"made by {status.model or 'no model'}, but the settings ask for {wanted.name if wanted else 'none'}",
            f"Run `{command}` to make them anew.",
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


async def _library_docs(chosen: Settings) -> Finding:
    part = "library docs"
    if not chosen.library_docs:
        told = "questions how a library is used are answered from the book alone"
        return Finding(part, "off", told, "Set CONTEXT7_ENABLED=true to look them up in its documentation, too.")
    server, place = library.context7(chosen), urlsplit(chosen.library_docs_url).hostname
    try:
        async with asyncio.timeout(2 * chosen.library_docs_timeout_s), server.connected() as connection:
            return Finding(part, "on", f"{place} answers: {connection.tools} (nothing looked up)")
    except LookupFailed as failed:
        return Finding(
            part, "broken", f"{place}: {failed}", _LIBRARY_REMEDIES.get(failed.reason, "Check CONTEXT7_URL.")
        )
    except TimeoutError:
        return Finding(part, "broken", f"{place}: no answer in time", "Check CONTEXT7_URL and the network.")
    finally:
        await server.aclose()


def _model(chosen: Settings) -> Finding:
    if chosen.openai_api_key is None and not chosen.openai_base_url:
        return Finding(
            "model", "on", "embedded: quotes the book", "Set OPENAI_API_KEY for answers in a model's own words."
        )
    where = chosen.openai_base_url or "OpenAI"
    return Finding("model", "on", f"{chosen.model} at {where} (not called: it may cost)")


def _assistant() -> Finding:
    built = Path(__file__).parent / "web" / "static" / "chatkit.js"
    if built.is_file():
        return Finding("assistant", "on", "stands beside the pages")
    return Finding("assistant", "missing", "was not built, so no page can show it", "Run `make widget`.")


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
