"""Whether readers have a list of study tasks."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class Tasks(BaseSettings):
    """Study tasks in the conversation."""

    tasks: bool = Field(
        True,
        validation_alias="PAGESIDE_TASKS",
        description="Whether readers can keep study tasks by writing in the conversation; `off` leaves it to the book.",
    )
