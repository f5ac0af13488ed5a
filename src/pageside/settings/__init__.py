"""Every knob with its default, unit and meaning; the only reader of the environment."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping

from dotenv import dotenv_values
from pydantic import AliasChoices, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import SettingsConfigDict

from pageside.errors import SettingsError
from pageside.settings import guarding, secret_files
from pageside.settings.access import Access
from pageside.settings.administering import Administering
from pageside.settings.answering import Answering
from pageside.settings.capacity import Capacity
from pageside.settings.library import LibraryDocs
from pageside.settings.limiting import Limiting
from pageside.settings.observing import Observing
from pageside.settings.qdrant import Qdrant
from pageside.settings.refusing import Refusing
from pageside.settings.retrieving import Retrieving
from pageside.settings.serving import SHORTEST_SECRET, Serving
from pageside.settings.showing import Showing
from pageside.settings.storing import Storing
from pageside.settings.tasks import Tasks
from pageside.settings.verifying import Verifying

__all__ = ["SHORTEST_SECRET", "Settings", "changed", "example", "load", "misspelt", "table", "variables"]

OUR_PREFIXES = ("PAGESIDE_", "CHATKIT_", "AUTH_", "JWT_", "CONTEXT7_", "QDRANT_", "EMBEDDING_", "APP_")


class Settings(
    Limiting,
    LibraryDocs,
    Access,
    Administering,
    Refusing,
    Verifying,
    Answering,
    Retrieving,
    Qdrant,
    Tasks,
    Storing,
    Observing,
    Showing,
    Capacity,
    Serving,
):
    """One frozen set of settings, from the environment and a `.env` file in the working directory."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_file=".env",
        env_file_encoding="utf-8",
        populate_by_name=True,
        env_prefix="PAGESIDE_FIELD_",  # else a field's bare name, such as HOST, would be read from the environment, too
        env_ignore_empty=True,
    )

    @property
    def store_url(self) -> str:
        """The URL of the conversations; it may hold a password."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{self.data_dir / 'pageside.db'}"
        return self.database_url.get_secret_value().replace("sqlite:", "sqlite+aiosqlite:", 1)


def load(environ: Mapping[str, str | None] | None = None, /, **overrides: object) -> Settings:
    """The settings of this process; `overrides` (from the command line) win over the environment.

    Raises:
        SettingsError: A variable is misspelt, or its value cannot be used or is not safe; the message says what to do.
    """
    told = environ if environ is not None else {**dotenv_values(".env"), **os.environ}
    filed = secret_files.read(told.get("PAGESIDE_SECRETS_DIR") or "")
    if unknown := misspelt({**told, **filed}):
        raise SettingsError("\n".join(unknown))
    from_files = {
        name: next(filed[each] for each in variables(field) if each in filed)
        for name, field in Settings.model_fields.items()
        if any(each in filed for each in variables(field)) and not any(told.get(each) for each in variables(field))
    }
    return _checked({**from_files, **{name: value for name, value in overrides.items() if value is not None}})


def _checked(given: Mapping[str, object]) -> Settings:
    try:
        chosen = Settings(**given)  # type: ignore[arg-type]  # the values are validated by the model itself
    except ValidationError as error:
        raise SettingsError("\n".join(_complaint(part["loc"], part["msg"]) for part in error.errors())) from None
    if unfit := list(guarding.unfit(chosen)):
        raise SettingsError("\n".join(unfit))
    return chosen


def changed(chosen: Settings, values: Mapping[str, str]) -> Settings:
    """`chosen` with other values for some variables, as they would stand in a `.env` file; an empty one is the default.

    Raises:
        SettingsError: As `load`; also where a variable is none of ours.
    """
    by_variable = {each: name for name, field in Settings.model_fields.items() for each in variables(field)}
    if unknown := [each for each in values if each not in by_variable]:
        told = misspelt(dict.fromkeys(unknown, ""))
        raise SettingsError("\n".join(told) or f"{unknown[0]} is not a setting of this version.")
    given = {
        by_variable[each]: value or Settings.model_fields[by_variable[each]].default for each, value in values.items()
    }
    # Every field is given, so that nothing is read from the environment a second time.
    whole = {name: getattr(chosen, name) for name in Settings.model_fields}
    return _checked({**whole, **given})


def _complaint(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0]) if location else "settings"
    shown = variables(Settings.model_fields[name])[0] if name in Settings.model_fields else name
    return f"{shown}: {message.removeprefix('Value error, ')}"


def variables(field: FieldInfo) -> tuple[str, ...]:
    """The environment variables a setting is read from, the one that wins first."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (str(alias),)


def misspelt(environ: Mapping[str, str | None]) -> list[str]:
    """A sentence for each variable that bears one of our prefixes and is no setting: pydantic would ignore it."""
    known = {name for field in Settings.model_fields.values() for name in variables(field)}
    complaints = []
    for name in sorted(environ):
        if name.startswith(OUR_PREFIXES) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "`pageside doctor` lists every setting."
            complaints.append(f"{name} is not a setting of this version; {hint}")
    return complaints


def table() -> str:
    """The settings as a Markdown table: name, default, meaning."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for field in Settings.model_fields.values():
        names = ", ".join(f"`{name}`" for name in variables(field))
        rows.append(f"| {names} | {_shown_default(field)} | {field.description} |")
    return "\n".join(rows) + "\n"


def example() -> str:
    """The settings as a commented `.env` file."""
    lines = ["# Every setting of Pageside with its default. Copy to .env and uncomment what you change."]
    for field in Settings.model_fields.values():
        default = "" if field.default in (None, "") else str(field.default)
        lines += ["", f"# {field.description}", f"# {variables(field)[0]}={default}"]
    return "\n".join(lines) + "\n"


def _shown_default(field: FieldInfo) -> str:
    return "none" if field.default in (None, "") else f"`{field.default}`"
