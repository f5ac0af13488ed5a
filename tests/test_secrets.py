"""Secrets: every one is hidden by its type, and none comes out of a server, whatever is done to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr
from tests import served, small_book
from tests.chatkit_client import message

from pageside import settings
from pageside.errors import SettingsError
from pageside.settings import Settings, variables

_SECRET = re.compile(r"(^|_)(key|secret|token|password)$")
# Their URLs may hold a password.
_WITH_PASSWORD = {"database_url", "redis_url"}
# For every variable a secret that is found again wherever it comes out, also percent-encoded or cut.
CANARY = "canary{:02d}bird7f3a9c"
OPENAI = {
    "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    "PAGESIDE_TRANSCRIPTION_MODEL": "t",
    "PAGESIDE_MODERATION_MODEL": "m",
}


def secret_settings():
    return {name: field for name, field in Settings.model_fields.items() if SecretStr in _types(field.annotation)}


def _types(annotation):
    return set(getattr(annotation, "__args__", (annotation,)))


@pytest.mark.parametrize(
    "name", [name for name in Settings.model_fields if _SECRET.search(name) or name in _WITH_PASSWORD]
)
def test_what_is_secret_is_typed_as_such(name):
    """So that neither a log line nor a traceback shows it by accident."""
    assert name in secret_settings()


@pytest.mark.parametrize(
    "name",
    [name for name in Settings.model_fields if name.endswith(("_url", "_endpoint")) and name not in _WITH_PASSWORD],
)
def test_an_address_that_is_shown_holds_no_password(monkeypatch, tmp_path, name):
    """It is refused with one, in words that do not repeat it."""
    monkeypatch.chdir(tmp_path)
    scheme = "s3" if name == "files_url" else "https"
    with pytest.raises(SettingsError) as refused:
        settings.load({}, **{name: f"{scheme}://role:{CANARY.format(1)}@host.example"})

    assert shown(str(refused.value), name) == []


def canaries(tmp_path) -> dict[str, str]:
    """Every secret setting, with a secret of its own."""
    found = {}
    for number, (name, field) in enumerate(secret_settings().items()):
        canary = CANARY.format(number) * 3
        match name:
            case "database_url":
                found[variables(field)[0]] = f"postgresql://role:{canary}@127.0.0.1:9/none"
            case "redis_url":
                found[variables(field)[0]] = f"redis://:{canary}@127.0.0.1:9/0"
            case "sentry_dsn":
                found[variables(field)[0]] = f"http://{canary}@127.0.0.1:9/1"
            case _:
                found[variables(field)[0]] = canary
    return found


def shown(text: str, where: str) -> list[str]:
    """Where a canary sang."""
    return [f"{where}: {text[max(0, at.start() - 200) : at.end()]}" for at in re.finditer(r"canary\d\dbird", text)]


async def provoked(client: httpx2.AsyncClient) -> list[httpx2.Response]:
    """What a server answers that lacks everything it depends on, and is asked for all sorts of things."""
    ask = {"type": "threads.create", "params": {"input": message("What is a queen excluder?")}}
    dictate = {"type": "input.transcribe", "params": {"audio_base64": "AAAA", "mime_type": "audio/webm"}}
    told = [
        await client.get(path)
        for path in (
            "/",
            "/health",
            "/api/chatkit/health",
            "/docs",
            "/openapi.json",
            "/-/book.css",
            "/none",
            "/api/chatkit/me",
        )
    ]
    told += [await client.post("/chatkit", json=body) for body in (ask, dictate, {"type": "none"}, [])]
    told += [
        await client.post("/api/chatkit/session", json={}),
        await client.post(
            "/api/chatkit/session", json={}, headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."}
        ),
        await client.post("/api/chatkit/refresh", json={"existing_session_id": "ses_1"}),
        await client.post("/api/chatkit/chat", json={"message": "What is a queen?"}),
        await client.post("/chatkit/attachments", files={"file": ("a.txt", b"Bees dance.", "text/plain")}),
        await client.put("/chatkit/attachments/att_1?token=x", content=b"x"),
    ]
    return told


@pytest.mark.parametrize("database", [False, True], ids=["without database", "with one"])
async def test_no_secret_comes_out_of_a_server_that_lacks_everything(tmp_path, database):
    """A canary in every secret; Redis, models and bucket are away; nothing that is said holds one."""
    small_book.write(tmp_path / "book")
    environment = {
        **canaries(tmp_path),
        **OPENAI,
        "PAGESIDE_LOG_LEVEL": "DEBUG",
        "EMBEDDING_MODEL": "none",
        "PAGESIDE_FILES_URL": "s3://bucket",
        "PAGESIDE_FILES_ENDPOINT": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "name",
    }
    if database:
        del environment["CHATKIT_STORE_DATABASE_URL"]
    with served.server(tmp_path / "book", tmp_path / "data", **environment) as url:
        async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
            answers = await provoked(client)
    songs = [
        song
        for answer in answers
        for song in shown(f"{answer.headers}\n{answer.text}", f"{answer.request.method} {answer.request.url}")
    ]
    log = (tmp_path / "server.log").read_text(encoding="utf-8")

    assert {500} & {answer.status_code for answer in answers} == set()
    assert "redis_lost" in log
    assert ("moderation_endpoint_failed" in log) is ("answer_failed" in log) is database
    assert songs + shown(log, "log") == []


@pytest.mark.parametrize(
    "command", [["doctor"], ["doctor", "book"], ["migrate"], ["prune", "--older-than", "1"], ["--help"]]
)
def test_no_secret_comes_out_of_the_command_line(tmp_path, command):
    """What is set is told, and never to what."""
    small_book.write(tmp_path / "book")
    told = subprocess.run(
        [str(Path(sys.executable).with_name("pageside")), *command],
        cwd=tmp_path,
        env={**os.environ, **canaries(tmp_path), **OPENAI},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert shown(told.stdout + told.stderr, " ".join(command)) == []


@pytest.mark.parametrize("name", sorted(_WITH_PASSWORD))
def test_a_url_that_cannot_be_used_is_refused_without_its_password(tmp_path, name):
    """The message says what is wrong, and not what was written."""
    variable = variables(Settings.model_fields[name])[0]
    told = subprocess.run(
        [str(Path(sys.executable).with_name("pageside")), "doctor"],
        cwd=tmp_path,
        env={**os.environ, variable: f"http://role:{CANARY.format(1)}@host:x/y?{CANARY.format(2)}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert variable in told.stdout + told.stderr
    assert shown(told.stdout + told.stderr, name) == []
