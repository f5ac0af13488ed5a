"""Files of questions: one JSON object a line, checked before anything runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pageside.errors import InvalidInput


class Query(BaseModel):
    """One row: `id` and `question`, and what the reader had selected on which page; other fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str
    question: str
    selected_text: str | None = None
    page: str | None = None


def read(path: Path) -> Iterator[Query]:
    """The questions of a file, in order.

    Raises:
        InvalidInput: A line is no such object; the message names file, line and field.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: cannot be read as UTF-8 text ({error}).") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield Query.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            raise InvalidInput(f"{path}:{number}: not a JSON object ({error.msg} at column {error.colno}).") from None
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "row"
            raise InvalidInput(f"{path}:{number}: {field}: {first['msg']}.") from None
