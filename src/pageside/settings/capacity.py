"""How much a process takes on at once and keeps in mind, and how it ends."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class Capacity(BaseSettings):
    """Answers under way and what becomes of them at the end, and what is remembered of earlier ones."""

    max_answers: int = Field(
        200,
        ge=1,
        le=100_000,
        validation_alias="PAGESIDE_MAX_ANSWERS",
        description="Answers that a process makes at once.",
    )
    max_waiting_questions: int = Field(
        200,
        ge=0,
        le=100_000,
        validation_alias="PAGESIDE_MAX_WAITING_QUESTIONS",
        description="Questions that wait in a process until one of those ends; more are refused with 503.",
    )
    question_wait_s: float = Field(
        10,
        ge=0,
        le=60,
        validation_alias="PAGESIDE_QUESTION_WAIT_S",
        description="Seconds a question waits before it is refused.",
    )
    shutdown_notice_s: float = Field(
        0,
        ge=0,
        le=600,
        validation_alias="PAGESIDE_SHUTDOWN_NOTICE_S",
        description="Seconds a process that is told to end goes on as ever, while `/health/ready` says so: what a "
        "proxy needs to notice.",
    )
    shutdown_answers_s: float = Field(
        20,
        ge=0,
        le=600,
        validation_alias="PAGESIDE_SHUTDOWN_ANSWERS_S",
        description="Seconds that answers under way then have to come to their end, before they are kept as far as "
        "they came.",
    )
    remembered_texts: int = Field(
        20_000,
        ge=100,
        le=10_000_000,
        validation_alias="PAGESIDE_REMEMBERED_TEXTS",
        description="Texts whose vectors a process keeps in memory, of questions and of sentences each, by book; two "
        "kilobytes a text with the embedded model.",
    )
