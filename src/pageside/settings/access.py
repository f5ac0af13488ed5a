"""Who may ask, and how much."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class Access(BaseSettings):
    """How readers are known."""

    auth_mode: Literal["guest"] = Field(
        "guest",
        validation_alias="AUTH_MODE",
        description="How readers are known; `guest`, the one way of this version, is a signed random name per browser.",
    )
