"""Dictation: `input.transcribe` through the front door, to a real speech-to-text endpoint on this machine."""

from __future__ import annotations

import base64
import json
from contextlib import asynccontextmanager

import httpx2
import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse, PlainTextResponse
from tests import small_book, spoken_openai
from tests.chatkit_house import house

from pageside import settings
from pageside.answer.transcription import Transcriber
from pageside.conversation.dictation import Dictation
from pageside.errors import SettingsError
from pageside.web import app
from pageside.wiring import serving

KEY = "sk-test-0123456789abcdef"
AUDIO = b"\x1aE\xdf\xa3 a little WebM"


@pytest.fixture
async def endpoint():
    async with spoken_openai.listening() as opened:
        yield opened


@asynccontextmanager
async def dictating(folder, endpoint, *, limit_s=5.0, **options):
    transcriber = Transcriber(model="gpt-hears", api_key=SecretStr(KEY), base_url=endpoint.base_url, limit_s=limit_s)
    async with house(folder, dictation=Dictation(transcriber, **options)) as home, home.client() as ada:
        yield ada
    await transcriber.aclose()


@pytest.fixture
async def ada(tmp_path, endpoint):
    async with dictating(tmp_path, endpoint, max_bytes=1_000) as client:
        yield client


def encoded(audio=AUDIO):
    return base64.b64encode(audio).decode()


async def dictate(client, audio=AUDIO, mime_type="audio/webm;codecs=opus"):
    return await client.send("input.transcribe", audio_base64=encoded(audio), mime_type=mime_type)


async def test_what_is_said_comes_back_as_text(ada, endpoint):
    """The recording is sent whole, as the file and with the model the protocol of the endpoint asks for."""
    response = await dictate(ada)
    (heard,) = endpoint.heard

    assert response.status_code == 200
    assert response.json() == {"text": "What is a queen excluder?"}
    assert response.headers["cache-control"] == "no-store"
    assert heard.audio == AUDIO
    assert heard.fields == {"model": "gpt-hears", "response_format": "json"}
    assert (heard.file_name, heard.file_type, heard.key) == ("dictation.webm", "audio/webm", KEY)


@pytest.mark.parametrize(
    ("mime_type", "name"),
    [
        ("audio/webm", "dictation.webm"),
        ("audio/mp4", "dictation.mp4"),
        ("audio/ogg;codecs=opus", "dictation.ogg"),
        ("Audio/WAV; rate=16000", "dictation.wav"),
        ("audio/mpeg", "dictation.mp3"),
    ],
)
async def test_the_formats_of_browsers_are_taken(ada, endpoint, mime_type, name):
    """With and without parameters."""
    assert (await dictate(ada, mime_type=mime_type)).status_code == 200
    assert endpoint.heard[0].file_name == name


async def test_the_reader_s_language_is_a_hint(ada, endpoint):
    """Sent along where the client says it: the one liked best, whether it is spoken here or not."""
    body = {"type": "input.transcribe", "params": {"audio_base64": encoded(), "mime_type": "audio/webm"}}
    await ada.http.post("/chatkit", json=body, headers={"accept-language": "es;q=0.5, de-AT"})

    assert endpoint.heard[0].fields["language"] == "de"


@pytest.mark.parametrize(
    ("params", "status", "named"),
    [
        ({"audio_base64": "@@@", "mime_type": "audio/webm"}, 422, "audio_base64"),
        ({"audio_base64": "aGVsbG8", "mime_type": "audio/webm"}, 422, "audio_base64"),
        ({"audio_base64": "aGVs\nbG8=", "mime_type": "audio/webm"}, 422, "audio_base64"),
        ({"audio_base64": "é", "mime_type": "audio/webm"}, 422, "audio_base64"),
        ({"audio_base64": "", "mime_type": "audio/webm"}, 422, "empty"),
        ({"audio_base64": encoded(), "mime_type": "video/webm"}, 422, "mime_type"),
        ({"audio_base64": encoded(), "mime_type": ""}, 422, "mime_type"),
        ({"audio_base64": encoded(), "mime_type": "audio/webm\r\nx"}, 422, "mime_type"),
        ({"audio_base64": encoded(b"x" * 1_001), "mime_type": "audio/webm"}, 413, "1000 bytes"),
        ({"audio_base64": encoded(b"x" * 100_000), "mime_type": "audio/webm"}, 413, "1000 bytes"),
        ({"audio_base64": encoded()}, 422, "mime_type"),
        ({"audio_base64": 7, "mime_type": "audio/webm"}, 422, "audio_base64"),
    ],
)
async def test_what_is_no_recording_is_refused(ada, endpoint, params, status, named):
    """Before anything is sent anywhere."""
    response = await ada.send("input.transcribe", **params)

    assert response.status_code == status
    assert named in response.json()["detail"]
    assert endpoint.heard == []


async def test_a_recording_at_its_limit_is_taken(ada, endpoint):
    """To the byte."""
    assert (await dictate(ada, b"x" * 1_000)).status_code == 200
    assert len(endpoint.heard[0].audio) == 1_000


@pytest.mark.parametrize(
    ("body", "status", "retryable"),
    [
        (JSONResponse({"error": {"message": f"bad key {KEY}"}}, 401), 503, True),
        (JSONResponse({"error": {"message": "no such model"}}, 404), 503, True),
        (JSONResponse({"error": {"message": "slow down"}}, 429), 503, True),
        (JSONResponse({"error": {"message": "secret of the house"}}, 500), 503, True),
        (JSONResponse({"error": {"message": "could not be decoded"}}, 400), 422, False),
        (JSONResponse({"words": "none"}), 503, True),
        (PlainTextResponse("<html>", 200), 503, True),
    ],
)
async def test_a_failure_of_the_endpoint_has_words_for_the_reader(ada, endpoint, body, status, retryable):
    """Whether to try again; nothing of what the endpoint said, nor of the key."""
    endpoint.body = body
    response = await dictate(ada)
    problem = response.json()

    assert (response.status_code, problem["retryable"]) == (status, retryable)
    assert "type your question" in problem["detail"]
    assert not any(word in response.text for word in (KEY, "secret", "slow down", "html", endpoint.base_url))


async def test_a_recording_without_words_is_no_failure(ada, endpoint):
    """The composer stays as it is."""
    endpoint.body = JSONResponse({"text": ""})

    assert (await dictate(ada)).json() == {"text": ""}


async def test_an_endpoint_that_says_nothing_is_waited_for_no_longer_than_set(tmp_path, endpoint):
    """Then the reader is told."""
    endpoint.holds = True
    async with dictating(tmp_path, endpoint, limit_s=0.2) as ada:
        response = await dictate(ada)

    assert response.status_code == 503
    assert "too long" in response.json()["detail"]


async def test_an_endpoint_that_is_down_is_told(tmp_path):
    """As one that fails."""
    gone = spoken_openai.SpokenOpenAI(base_url="http://127.0.0.1:9/v1")
    async with dictating(tmp_path, gone) as ada:
        assert (await dictate(ada)).status_code == 503


async def test_without_a_model_dictation_is_not_available(tmp_path):
    """501, with words for the reader and the setting for the operator."""
    async with house(tmp_path) as home, home.client() as ada:
        response = await dictate(ada)

    assert response.status_code == 501
    assert "type your question" in response.json()["detail"]
    assert "PAGESIDE_TRANSCRIPTION_MODEL" in response.json()["detail"]


@asynccontextmanager
async def whole_server(folder, **chosen):
    made = settings.load({}, data_dir=folder / "data", embedding_model="none", **chosen)
    async with serving.open_services(made) as services:
        transport = httpx2.ASGITransport(app.create(services, small_book.write(folder / "book")))
        async with httpx2.AsyncClient(transport=transport, base_url="http://book.test") as http:
            yield http


def recording(length, **fields):
    params = {"audio_base64": encoded(b"x" * length), "mime_type": "audio/webm"}
    return json.dumps({"type": "input.transcribe", "params": params, **fields})


async def test_a_long_recording_passes_the_limit_of_bodies_and_nothing_else_does(tmp_path, endpoint):
    """Other operations keep theirs, also when they name this one."""
    chosen = {"transcription_model": "gpt-hears", "transcription_base_url": endpoint.base_url}
    async with whole_server(tmp_path, **chosen) as http:
        spoken = await http.post("/chatkit", content=recording(2_000_000))
        longer = await http.post("/chatkit", content=recording(11_000_000))
        large = {"type": "threads.list", "params": {"x": "y" * 2_000_000}}
        other = await http.post("/chatkit", content=json.dumps(large))
        disguised = await http.post("/chatkit", content=json.dumps({"metadata": {"type": "input.transcribe"}, **large}))

    assert [spoken.status_code, longer.status_code] == [200, 413]
    assert [other.status_code, disguised.status_code] == [413, 413]
    assert len(endpoint.heard[0].audio) == 2_000_000


async def test_the_endpoint_of_answers_is_the_one_of_dictation_unless_another_is_set(tmp_path, endpoint):
    """With its key."""
    chosen = {"transcription_model": "gpt-hears", "openai_base_url": endpoint.base_url, "openai_api_key": KEY}
    async with whole_server(tmp_path, **chosen) as http:
        await http.post("/chatkit", content=recording(10))

    assert endpoint.heard[0].key == KEY


async def test_a_model_without_an_endpoint_stops_the_start(tmp_path):
    """The message names the settings."""
    with pytest.raises(SettingsError, match="PAGESIDE_TRANSCRIPTION_API_KEY"):
        async with whole_server(tmp_path, transcription_model="gpt-hears"):
            pass
