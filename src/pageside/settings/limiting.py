"""How often readers may ask, how much a day may cost, and what is not taken at all."""

from __future__ import annotations

import re
from typing import Any, Final, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from pageside.settings.checks import http_url

_RULE: Final = r"[1-9][0-9]{0,8} */ *([1-9][0-9]{0,4} *)?(second|minute|hour|day)s?"
_RULES: Final = re.compile(rf"0|{_RULE}( *, *{_RULE})*")
_ORIGIN: Final = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", re.IGNORECASE)
_LIMITS: Final = "limit_"


def _limit(default: str, what: str, whose: str) -> Any:
    shown = {"reader": "a reader", "session": "a session", "address": "an address"}[whose]
    return Field(
        default,
        validation_alias=f"PAGESIDE_LIMIT_{what.upper()}_{whose.upper()}",
        description=f"How often {shown} may {_DOING[what]}, such as `20/minute, 400/day`; 0: no limit.",
    )


_DOING: Final = {
    "chat": "ask",
    "sessions": "begin or refresh a session",
    "uploads": "upload",
    "other": "request anything else",
}


class Limiting(BaseSettings):
    """Limits, budgets, moderation, and the sites that may speak with this server."""

    limit_chat_reader: str = _limit("20/minute, 400/day", "chat", "reader")
    limit_chat_session: str = _limit("20/minute", "chat", "session")
    limit_chat_address: str = _limit("1200/minute", "chat", "address")
    limit_sessions_reader: str = _limit("30/minute", "sessions", "reader")
    limit_sessions_session: str = _limit("30/minute", "sessions", "session")
    limit_sessions_address: str = _limit("300/minute", "sessions", "address")
    limit_uploads_reader: str = _limit("30/minute, 300/day", "uploads", "reader")
    limit_uploads_session: str = _limit("30/minute", "uploads", "session")
    limit_uploads_address: str = _limit("300/minute", "uploads", "address")
    limit_other_reader: str = _limit("600/minute", "other", "reader")
    limit_other_session: str = _limit("600/minute", "other", "session")
    limit_other_address: str = _limit("6000/minute", "other", "address")
    reader_tokens_a_day: int = Field(
        300_000,
        ge=0,
        validation_alias="PAGESIDE_READER_TOKENS_PER_DAY",
        description="Tokens of models that a reader may use in a day (UTC); 0: no limit.",
    )
    server_tokens_a_day: int = Field(
        0,
        ge=0,
        validation_alias="PAGESIDE_SERVER_TOKENS_PER_DAY",
        description="Tokens of models that all readers together may use in a day (UTC); 0: no limit.",
    )
    input_price: float = Field(
        0,
        ge=0,
        le=1_000_000,
        validation_alias="PAGESIDE_INPUT_PRICE",
        description="What a million tokens given to the model cost, in any currency.",
    )
    output_price: float = Field(
        0,
        ge=0,
        le=1_000_000,
        validation_alias="PAGESIDE_OUTPUT_PRICE",
        description="What a million tokens of the model's answers cost, in the same currency.",
    )
    beside_price: float = Field(
        0,
        ge=0,
        le=1_000_000,
        validation_alias="PAGESIDE_BESIDE_PRICE",
        description="What a million tokens of embeddings, reranking and transcription cost, in the same currency.",
    )
    max_searches: int = Field(
        3,
        ge=0,
        le=10,
        validation_alias="PAGESIDE_MAX_SEARCHES_PER_TURN",
        description="How often a model may search again in one turn; 0: never.",
    )
    answer_cache_s: int = Field(
        3600,
        ge=0,
        le=86_400,
        validation_alias="PAGESIDE_ANSWER_CACHE_S",
        description="Seconds for which an answer is given again to whoever asks the same, where nothing of the reader "
        "went into it; 0: never.",
    )
    reader_cost_a_day: float = Field(
        0,
        ge=0,
        validation_alias="PAGESIDE_READER_COST_PER_DAY",
        description="What a reader's answers may cost in a day (UTC), in that currency; 0: no limit.",
    )
    server_cost_a_day: float = Field(
        0,
        ge=0,
        validation_alias="PAGESIDE_SERVER_COST_PER_DAY",
        description="What all answers together may cost in a day (UTC), in that currency; 0: no limit.",
    )
    cors_origins: str = Field(
        "",
        validation_alias="CORS_ORIGINS",
        description="Sites whose pages may speak with this server and show it in a frame, separated by commas, such as "
        "`https://book.example, http://localhost:3000`. Unset: its own pages alone.",
    )
    moderation_model: str = Field(
        "",
        validation_alias="PAGESIDE_MODERATION_MODEL",
        description="Turns on moderation of readers' messages: a model such as `omni-moderation-latest`.",
    )
    moderation_base_url: str = Field(
        "",
        validation_alias="PAGESIDE_MODERATION_BASE_URL",
        description="Its OpenAI-compatible endpoint. Unset: `OPENAI_BASE_URL`.",
    )
    moderation_api_key: SecretStr | None = Field(
        None,
        validation_alias="PAGESIDE_MODERATION_API_KEY",
        description="Its key. Unset: `OPENAI_API_KEY`, which is then sent to that endpoint.",
    )
    moderation_outage: Literal["allow", "refuse"] = Field(
        "allow",
        validation_alias="PAGESIDE_MODERATION_OUTAGE",
        description="What becomes of messages while moderation does not answer.",
    )

    @field_validator(*(f"{_LIMITS}{what}_{whose}" for what in _DOING for whose in ("reader", "session", "address")))
    @classmethod
    def _readable(cls, rules: str) -> str:
        if not _RULES.fullmatch(rules.strip()):
            raise ValueError("must be limits such as `20/minute` or `20/minute, 400/day`, or 0 for none")
        return rules.strip()

    @field_validator("cors_origins")
    @classmethod
    def _listed(cls, told: str) -> str:
        origins = [origin.strip().rstrip("/").lower() for origin in told.split(",") if origin.strip()]
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin!r} is no origin: name each as a browser does, such as https://book.example, without a "
                    "path; `*` would give every site what belongs to a reader"
                )
        return ",".join(dict.fromkeys(origins))

    @field_validator("moderation_base_url")
    @classmethod
    def _moderation_url(cls, url: str) -> str:
        return http_url(url)

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if (self.reader_cost_a_day or self.server_cost_a_day) and not (self.input_price or self.output_price):
            raise ValueError(
                "PAGESIDE_READER_COST_PER_DAY and PAGESIDE_SERVER_COST_PER_DAY need PAGESIDE_INPUT_PRICE and "
                "PAGESIDE_OUTPUT_PRICE"
            )
        return self

    @property
    def origins(self) -> tuple[str, ...]:
        """The sites of `cors_origins`, each as a browser names it."""
        return tuple(self.cors_origins.split(",")) if self.cors_origins else ()
