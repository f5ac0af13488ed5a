"""The small files a site is set up with, in JSON, YAML, TOML or a script; one that cannot be read says nothing."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

import yaml

from pageside.knowledge.reading.sites import literals


def read(path: Path) -> object:
    """What the file says, in the notation its name ends in; None where it is missing or malformed."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        match path.suffix:
            case ".json":
                return json.loads(text)
            case ".toml":
                return tomllib.loads(text)
            case ".yml" | ".yaml":
                return yaml.safe_load(text)
            case _:
                return literals.exported(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return None


def mapping(value: object) -> Mapping[str, object]:
    """`value` with its keys as text; empty where it is no mapping."""
    return {str(key): given for key, given in value.items()} if isinstance(value, Mapping) else {}
