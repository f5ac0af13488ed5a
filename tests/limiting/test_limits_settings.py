"""Limits as they are set: what can be said, and that nothing else can."""

from __future__ import annotations

import pytest

from pageside import settings
from pageside.errors import SettingsError
from pageside.wiring import limiting


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch, tmp_path):
    """No `.env` file of the machine that runs the tests is read."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("0", []),
        ("20/minute", [(20, 60)]),
        ("400/day, 20/minute", [(20, 60), (400, 86_400)]),
        ("5/2minutes", [(5, 120)]),
        (" 5 / 2 hours ,9/days ", [(5, 7_200), (9, 86_400)]),
    ],
)
def test_a_limit_is_written_as_the_library_reads_it(told, meant):
    """The shortest window is asked first."""
    rules = limiting.rules(settings.load({}, limit_chat_reader=told))

    assert [(item.amount, item.get_expiry()) for item in rules.of("chat", "reader")] == meant


@pytest.mark.parametrize(
    "told", ["twenty", "20", "-1/minute", "0/minute", "20/fortnight", "20/minute;", "1/0minutes", ","]
)
def test_what_is_no_limit_stops_the_start(told):
    """The message names the variable and shows how one is written."""
    with pytest.raises(SettingsError, match="PAGESIDE_LIMIT_UPLOADS_SESSION: must be limits such as"):
        settings.load({}, limit_uploads_session=told)


def test_every_setting_is_a_rule_of_its_own():
    """None is read for another."""
    names = [name for name in settings.Settings.model_fields if name.startswith("limit_")]
    rules = limiting.rules(settings.load({}, **{name: f"{n}/hour" for n, name in enumerate(names, start=1)}))
    found = {name: rules.of(*name.removeprefix("limit_").split("_"))[0].amount for name in names}

    assert found == {name: n for n, name in enumerate(names, start=1)}


@pytest.mark.parametrize("told", ["*", "https://book.example/path", "book.example", "https://*.example", "null"])
def test_only_origins_can_be_listed(told):
    """A wildcard would give every site what belongs to a reader."""
    with pytest.raises(SettingsError, match=r"CORS_ORIGINS: .*is no origin"):
        settings.load({}, cors_origins=f"https://good.example, {told}")


def test_origins_are_kept_as_browsers_name_them():
    """In small letters, without a slash, each once."""
    chosen = settings.load({}, cors_origins="https://Book.example/ ,http://localhost:3000,https://book.example")

    assert chosen.origins == ("https://book.example", "http://localhost:3000")
    assert settings.load({}).origins == ()


def test_a_budget_of_money_needs_prices():
    """Otherwise it would never be reached."""
    with pytest.raises(SettingsError, match="PAGESIDE_INPUT_PRICE"):
        settings.load({}, server_cost_a_day=5)
