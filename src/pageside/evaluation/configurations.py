"""Another configuration to compare with: `KEY=VALUE,...`, or a file of settings."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from pageside.errors import InvalidInput

_PAIR: Final = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)", re.DOTALL)


def read(told: str) -> dict[str, str]:
    """The settings that differ, by the names of their variables.

    Args:
        told: `KEY=VALUE` pairs parted by commas, or the path of a `.env` or `.toml` file. A comma that no name and `=`
            follow belongs to the value before it. An empty value stands for the default.

    Raises:
        InvalidInput: It is neither; or the file cannot be read, or holds something else than settings.
    """
    if _PAIR.match(told):
        parts = re.split(r",(?=[A-Z][A-Z0-9_]*=)", told)
        return {match[1]: match[2].strip() for match in map(_PAIR.match, parts) if match}
    path = Path(told)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"--compare {told!r}: neither KEY=VALUE nor a file that can be read ({error}).") from None
    found = _toml(path, text) if path.suffix == ".toml" else _env(path, text)
    if not found:
        raise InvalidInput(f"{path}: holds no setting. Write one a line, such as CHATKIT_MODEL=gpt-5.4.")
    return found


def _env(path: Path, text: str) -> dict[str, str]:
    found = dotenv_values(stream=io.StringIO(text), interpolate=False)
    if bare := [name for name, value in found.items() if value is None]:
        raise InvalidInput(f"{path}: {bare[0]}: write NAME=VALUE.")
    return {name: value or "" for name, value in found.items()}


def _toml(path: Path, text: str) -> dict[str, str]:
    try:
        told: Mapping[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{path}: is no TOML ({error}).") from None
    return {name: _value(path, name, value) for name, value in told.items()}


def _value(path: Path, name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise InvalidInput(f"{path}: {name}: is no text, number or truth value.")
