"""What went wrong with a model, in words for a reader, and whether trying again may help; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import openai
from agents.exceptions import AgentsException, MaxTurnsExceeded

from pageside.phrases import failures as phrases
from pageside.phrases.phrase import Phrase

_LONGEST_WAIT_S: Final = 5.0
_OUTAGES: Final = {"status_401", "status_403", "status_404", "status_429"}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a model gave no answer.

    Attributes:
        message: Fit to be shown to a reader: no keys, no addresses, no words of the server.
        retry: The same request may succeed a moment later.
        wait_s: Seconds the server asks to wait; 0 where it does not say.
        temperature: The model refuses the temperature: without it the request may succeed.
    """

    kind: str
    message: Phrase
    retry: bool = False
    wait_s: float = 0.0
    temperature: bool = False

    @property
    def outage(self) -> bool:
        """Whether the model is to blame, or its operator, and not what was asked."""
        return self.retry or self.kind in _OUTAGES


def explain(error: Exception) -> Failure | None:
    """What `error` means; None when it is not the model's failure but ours."""
    match error:
        case TimeoutError() | openai.APITimeoutError():
            return Failure("timeout", phrases.MODEL_TOO_SLOW, retry=True)
        case openai.APIStatusError():
            return _refused(error)
        case openai.APIConnectionError():
            return Failure("connection", phrases.UNREACHABLE, retry=True)
        case MaxTurnsExceeded():
            return Failure("turns", phrases.MODEL_LOST)
        case openai.OpenAIError() | AgentsException() | ValueError():
            # also half an event: the client lets its JSONDecodeError through
            return Failure("broken", phrases.MODEL_BROKE_OFF, retry=True)
        case _:
            return None


def _refused(error: openai.APIStatusError) -> Failure:
    status = error.status_code
    if status in {401, 403}:
        return Failure(f"status_{status}", phrases.KEY_REFUSED)
    if status == 404:
        return Failure("status_404", phrases.NO_SUCH_MODEL)
    if status == 429:
        wait_s = _retry_after(error)
        message = phrases.MODEL_BUSY_FOR.of(seconds=round(wait_s)) if wait_s > 1 else phrases.MODEL_BUSY
        return Failure("status_429", message, retry=wait_s <= _LONGEST_WAIT_S, wait_s=wait_s)
    if status >= 500 or status in {408, 409}:
        return Failure(
            f"status_{status}", phrases.UNREACHABLE, retry=True, wait_s=min(_retry_after(error), _LONGEST_WAIT_S)
        )
    if status == 400 and re.search(r"\btemperature\b", str(error.message)):
        return Failure("temperature", phrases.MODEL_FAILED, retry=True, temperature=True)
    return Failure(f"status_{status}", phrases.NOT_ACCEPTED)


def _retry_after(error: openai.APIStatusError) -> float:
    asked = error.response.headers.get("retry-after", "")
    return float(asked) if re.fullmatch(r"\d+(?:\.\d+)?", asked) else 0.0
