"""One more try: the model says again, from the passages, what nothing supported."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Final, Protocol

import structlog
from agents import Agent, Runner

from pageside.answer import failures, spans
from pageside.answer.events import Evidence, Usage
from pageside.answer.models import Models
from pageside.answer.quoting import Scorer

log = structlog.get_logger(__name__)

LIMIT_REPAIRS: Final = 4  # of an answer
_LIMIT_TOKENS: Final = 400
_LIMIT_S: Final = 20.0
_LIMIT_PASSAGES: Final = 3
_LONGEST: Final = 600  # characters of a sentence
_NOTHING: Final = "NOTHING"


class Repair(Protocol):
    """Says a sentence again."""

    async def __call__(self, sentence: str, reason: str, nearest: Sequence[Evidence]) -> str:
        """A sentence that the passages may support, with their numbers; empty where there is none."""
        ...


async def never(sentence: str, reason: str, nearest: Sequence[Evidence]) -> str:
    """No sentence: for a model that quotes has nothing to say better."""
    return ""


@dataclass(slots=True)
class Repairer:
    """Asks the model that answers for another sentence, once for each that failed.

    Args:
        left: Sentences of this answer that may still be said again.

    Attributes:
        spent: What it cost.
    """

    models: Models
    scorer: Scorer
    left: int = LIMIT_REPAIRS
    spent: Usage = field(default_factory=lambda: Usage(""))

    async def __call__(self, sentence: str, reason: str, nearest: Sequence[Evidence]) -> str:
        """What the model says instead of `sentence`; empty where it fails, takes over 20 s, or has nothing to say."""
        if self.left <= 0 or not nearest:
            return ""
        self.left -= 1
        try:
            async with asyncio.timeout(min(_LIMIT_S, self.models.patience_s)):
                said = await self._ask(sentence, reason, nearest[:_LIMIT_PASSAGES])
        except Exception as error:
            failure = failures.explain(error)
            if failure is None:
                raise
            # the sentence is shown as unsupported, or left out: an answer does not fail for it
            log.warning("repair_failed", kind=failure.kind)
            return ""
        line = said.strip().partition("\n")[0].strip()
        return "" if line.strip(" .`*") == _NOTHING or len(line) > _LONGEST else line

    async def _ask(self, sentence: str, reason: str, nearest: Sequence[Evidence]) -> str:
        chosen = self.models.for_turn(self.scorer)
        agent = Agent(
            name="Repair",
            instructions=_instructions(),
            model=chosen.model,
            model_settings=replace(chosen.settings, max_tokens=_LIMIT_TOKENS, parallel_tool_calls=None),
        )
        passages = [{"number": each.number, "text": each.found.passage.text} for each in nearest]
        asked = {"sentence": sentence, "reason": reason, "passages": passages}
        result = await Runner.run(
            agent, json.dumps(asked, ensure_ascii=False), max_turns=1, run_config=spans.configured("Repair")
        )
        used = result.context_wrapper.usage
        self.spent = replace(
            self.spent,
            input_tokens=self.spent.input_tokens + used.input_tokens,
            output_tokens=self.spent.output_tokens + used.output_tokens,
        )
        return str(result.final_output)


@cache
def _instructions() -> str:
    return (resources.files("pageside.answer") / "prompts/repair.md").read_text("utf-8").strip()
