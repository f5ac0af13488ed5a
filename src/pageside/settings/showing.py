"""What readers see of the book and beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from pydantic_settings import BaseSettings

NONE: Final = "none"  # turns off what has a default


class Starter(BaseModel):
    """A question offered to a reader who has not asked yet."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_min_length=1, str_max_length=500)

    label: str
    prompt: str
    icon: str | None = None


_STARTERS: Final = TypeAdapter(list[Starter | str])


class Showing(BaseSettings):
    """The pages, and the words of the assistant that stands beside them."""

    books: Path | None = Field(
        None,
        validation_alias="PAGESIDE_BOOKS",
        description="A TOML file that lists several books for `serve` and `index`, each with an address, settings and "
        "an audience of its own. Unset: the one folder of the command.",
    )
    site: Path | None = Field(
        None,
        validation_alias="PAGESIDE_SITE",
        description="Folder of the built site to serve instead of the plain rendering; `none` for the plain one. "
        "Unset: `build` of Docusaurus or `site` of MkDocs, if it stands beside the book.",
    )
    starters: str = Field(
        "",
        validation_alias="CHATKIT_STARTERS",
        description="Questions offered to readers, parted by `|`, or as JSON with `label`, `prompt` and `icon` each; "
        "`none` for none. Unset: made from the book's own sections.",
    )
    greeting: str = Field(
        "",
        max_length=200,
        validation_alias="CHATKIT_GREETING",
        description="What stands above those questions. Unset: words of its own, in the reader's language.",
    )
    disclaimer: str = Field(
        "",
        max_length=500,
        validation_alias="CHATKIT_DISCLAIMER",
        description="What stands below the composer; `none` for nothing. Unset: that answers can be wrong.",
    )

    @property
    def offered(self) -> list[Starter] | None:
        """The questions of `starters`; none where they are to be made from the book."""
        return read(self.starters) if self.starters else None

    @field_validator("starters")
    @classmethod
    def _offerable(cls, told: str) -> str:
        read(told)
        return told


def read(told: str) -> list[Starter]:
    """The questions that `told` holds.

    Raises:
        ValueError: It begins as JSON does and is none, or not of this shape.
    """
    if told.strip() == NONE:
        return []
    if not told.lstrip().startswith("["):
        return [Starter(label=each.strip(), prompt=each.strip()) for each in told.split("|") if each.strip()]
    try:
        listed = _STARTERS.validate_python(json.loads(told))
    except (json.JSONDecodeError, ValidationError) as error:
        raise ValueError(
            'must be questions parted by |, or JSON such as [{"label": "Nodes", "prompt": "What is a node?"}]'
        ) from error
    return [Starter(label=each, prompt=each) if isinstance(each, str) else each for each in listed]
