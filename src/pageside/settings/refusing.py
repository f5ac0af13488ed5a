"""When the book is said not to answer."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class Refusing(BaseSettings):
    """How sure an answer must be."""

    refusal: Literal["strict", "balanced", "generous"] = Field(
        "balanced",
        validation_alias="PAGESIDE_REFUSAL",
        description="How readily a question is answered: `strict` rather declines what the book may answer, `generous` "
        "rather shows passages that may not. What each costs stands in docs/guides/how-strict.md.",
    )
    unsupported_rate: float | None = Field(
        None,
        gt=0,
        lt=1,
        validation_alias="PAGESIDE_UNSUPPORTED_RATE",
        description="The share of all questions, 0 to 1, that may at most be answered although the book does not "
        "answer them. Unset: whatever `PAGESIDE_REFUSAL` gives.",
    )
    calibration: Path | None = Field(
        None,
        validation_alias="PAGESIDE_CALIBRATION",
        description="File that `pageside eval --calibrate` made from questions about your book, for "
        "`PAGESIDE_UNSUPPORTED_RATE`. Unset: the questions Pageside was developed with.",
    )
