"""Settings: what is read, what is denied, and that the reference says the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from pageside import settings
from pageside.errors import SettingsError

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch, tmp_path):
    """No `.env` file of the machine that runs the tests is read."""
    monkeypatch.chdir(tmp_path)


def test_nothing_needs_to_be_set():
    """With an empty environment the embedded parts are chosen and the database is a file in the data folder."""
    chosen = settings.load()

    assert chosen.openai_api_key is None
    assert chosen.store_url == "sqlite+aiosqlite:///.pageside/pageside.db"


def test_the_command_line_wins_over_the_environment(monkeypatch):
    """A flag is nearer to the person than a variable."""
    monkeypatch.setenv("APP_PORT", "9000")

    assert settings.load().port == 9000
    assert settings.load(port=9100).port == 9100
    assert settings.load(port=None).port == 9000


def test_the_store_url_of_the_chat_wins(monkeypatch):
    """`CHATKIT_STORE_DATABASE_URL` wins over `DATABASE_URL`, which a host application may need for itself."""
    monkeypatch.setenv("DATABASE_URL", "sqlite:///host.db")
    monkeypatch.setenv("CHATKIT_STORE_DATABASE_URL", "sqlite:///chat.db")

    assert settings.load().store_url == "sqlite+aiosqlite:///chat.db"


@pytest.mark.parametrize("name", ["HOST", "PORT", "SITE", "MODEL", "SECRET", "site"])
def test_a_variable_of_anothers_is_not_read(monkeypatch, name):
    """A setting has the names of the reference and no other, whatever its field is called."""
    expected = settings.load()
    monkeypatch.setenv(name, "somebody else's")

    assert settings.load() == expected


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [("PAGESIDE_DATADIR", "PAGESIDE_DATA_DIR"), ("CHATKIT_MODELL", "CHATKIT_MODEL"), ("APP_PROT", "APP_PORT")],
)
def test_a_misspelt_variable_stops_the_start(monkeypatch, misspelt, meant):
    """The message names the nearest right name."""
    monkeypatch.setenv(misspelt, "x")

    with pytest.raises(SettingsError, match=f"{misspelt} .*did you mean {meant}"):
        settings.load()


def test_a_misspelt_line_of_the_env_file_stops_the_start(tmp_path):
    """A `.env` file is checked as the environment is."""
    (tmp_path / ".env").write_text("PAGESIDE_LOGLEVEL=DEBUG\n", encoding="utf-8")

    with pytest.raises(SettingsError, match="did you mean PAGESIDE_LOG_LEVEL"):
        settings.load()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PAGESIDE_SECRET", "short", "at least 32 characters"),
        ("APP_PORT", "many", "valid integer"),
        ("APP_PORT", "70000", "less than or equal to 65535"),
        ("CHATKIT_TEMPERATURE", "3", "less than or equal to 2"),
        ("OPENAI_BASE_URL", "localhost:8080", "must begin with http"),
        ("DATABASE_URL", "mysql://x/y", "must begin with sqlite:/// "),
        ("DATABASE_URL", "postgresql://h/d?sslmode=maybe", "sslmode in the database URL must be one of"),
        ("PAGESIDE_DATABASE_POOL_SIZE", "0", "greater than or equal to 1"),
        ("AUTH_MODE", "none", "guest"),
        ("PAGESIDE_FILES_URL", "https://bucket/x", "must be s3://"),
        ("PAGESIDE_FILES_URL", "s3://key:secret@bucket", "must be s3://"),
        ("PAGESIDE_FILES_ENDPOINT", "store:9000", "must begin with http"),
    ],
)
def test_an_unusable_value_is_named(monkeypatch, name, value, told):
    """The message says which variable and what is wrong with it."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=told) as failure:
        settings.load()
    assert name in str(failure.value) or "DATABASE_URL" in str(failure.value)


def test_another_configuration_is_made_of_this_one(monkeypatch):
    """Values stand as in a `.env` file; an empty one is the default, whatever the environment says."""
    monkeypatch.setenv("OPENAI_API_KEY", "a key of the environment")
    monkeypatch.setenv("APP_PORT", "9000")

    other = settings.changed(settings.load(), {"CHATKIT_TEMPERATURE": "0.5", "OPENAI_API_KEY": ""})

    assert (other.temperature, other.openai_api_key, other.port) == (0.5, None, 9000)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"CHATKIT_TEMPERATURE": "9"}, "CHATKIT_TEMPERATURE: .*less than or equal to 2"),
        ({"CHATKIT_MODELL": "x"}, "did you mean CHATKIT_MODEL"),
        ({"HOME": "x"}, "HOME is not a setting"),
    ],
)
def test_another_configuration_is_checked_as_the_first(values, told):
    """A value that cannot be used is named, and so is a name that is none."""
    with pytest.raises(SettingsError, match=told):
        settings.changed(settings.load(), values)


def test_secrets_may_stand_in_files(monkeypatch, tmp_path):
    """Each file is one setting by its name; an empty one is none, the environment wins, and flags over both."""
    held = {"DATABASE_URL": "postgresql://kept:in@a/file", "OPENAI_API_KEY": "", "APP_PORT": "9000", "valkey.conf": "x"}
    for name, value in {**held, "CHATKIT_MODEL": "of-a-file"}.items():
        (tmp_path / name).write_text(f"{value}\n", encoding="utf-8")
    monkeypatch.setenv("PAGESIDE_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("CHATKIT_MODEL", "of-the-environment")

    chosen = settings.load(port=9100)

    assert chosen.store_url == "postgresql://kept:in@a/file"
    assert (chosen.openai_api_key, chosen.port, chosen.model) == (None, 9100, "of-the-environment")
    assert settings.load().port == 9000


def test_a_misspelt_file_stops_the_start(monkeypatch, tmp_path):
    """As a misspelt variable does; a folder that is not there does, too."""
    (tmp_path / "PAGESIDE_SECRT").write_text("x", encoding="utf-8")
    monkeypatch.setenv("PAGESIDE_SECRETS_DIR", str(tmp_path))
    with pytest.raises(SettingsError, match="PAGESIDE_SECRET"):
        settings.load()

    monkeypatch.setenv("PAGESIDE_SECRETS_DIR", str(tmp_path / "elsewhere"))
    with pytest.raises(SettingsError, match=r"PAGESIDE_SECRETS_DIR: .*elsewhere cannot be read \(No such file"):
        settings.load()


def test_a_secret_is_never_shown():
    """Neither the settings' own picture nor an error holds a key."""
    key = "not-a-real-key-but-long-enough-to-sign"
    chosen = settings.load(openai_api_key=key, secret=key)

    assert key not in repr(chosen)
    with pytest.raises(SettingsError) as failure:
        settings.load(secret=key[:10])
    assert key[:10] not in str(failure.value)


def test_the_reference_and_the_example_file_are_generated():
    """`docs/reference/settings.md` and `.env.example` say exactly what the class says."""
    assert settings.table() in (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    assert settings.example() == (ROOT / ".env.example").read_text(encoding="utf-8")
