"""What becomes of sentences that the book does not support."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class Verifying(BaseSettings):
    """How answers in a model's own words are held to the book."""

    unsupported: Literal["mark", "drop"] = Field(
        "mark",
        validation_alias="PAGESIDE_UNSUPPORTED",
        description="What becomes of a sentence that the book does not support: `mark` shows it with a note, `drop` "
        "leaves it out.",
    )
    repairs: int = Field(
        4,
        ge=0,
        le=20,
        validation_alias="PAGESIDE_REPAIRS",
        description="Unsupported sentences of an answer that the model may say again, each in a short call of its own; "
        "`0` for none.",
    )
