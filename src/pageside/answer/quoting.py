"""The model that needs no key and no network: it answers in the book's own sentences, each with its number."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import anyio.to_thread
from agents import (
    AgentOutputSchemaBase,
    Handoff,
    Model,
    ModelResponse,
    ModelSettings,
    ModelTracing,
    Tool,
    TResponseInputItem,
    Usage,
)
from agents.items import TResponseStreamEvent
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseContentPartDoneEvent,
    ResponseCreatedEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
    ResponseUsage,
)
from openai.types.responses.response_prompt_param import ResponsePromptParam
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails

from pageside import ids
from pageside.answer import (
    answerable,
    asking,
    choosing,
    citations,
    evidence,
    file_talk,
    pointing,
    prompt,
    smalltalk,
    statements,
    tiers,
)
from pageside.answer.answerable import Place
from pageside.answer.answerable import Scorer as Scorer  # what checks text asks of a search is the same
from pageside.answer.asking import Wants
from pageside.answer.choosing import Candidate, Chosen
from pageside.answer.prompt import Numbered, Turn
from pageside.answer.statements import Statement
from pageside.knowledge import fitted, place
from pageside.knowledge.fitted import Bounds

NAME: Final = "pageside-quotes"

_SURE: Final = 0.85  # from which the best sentence of the first passages is said without weighing the others
_CLOSEST_STATEMENTS: Final = 2


class QuotingModel(Model):
    """Quotes the sentences of the search results that answer the last question; never a word of its own.

    It reads the input any model gets (`prompt.compose`), and follows the same rules for `[n]` and for declining.
    Greetings and questions about the reader or the conversation are answered by the rules of `smalltalk`.

    Args:
        bounds: How sure it must be to answer, and to show the nearest passages.
    """

    def __init__(self, scorer: Scorer, bounds: Bounds = fitted.BOUNDS["balanced"]) -> None:
        self._scorer = scorer
        self._bounds = bounds

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],  # noqa: A002  # the SDK's name
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> ModelResponse:
        """The whole answer at once."""
        text = "".join([piece async for piece in self.pieces(input)])
        usage = _usage(input, text)
        return ModelResponse(
            output=[_message(ids.new("msg"), text)],
            usage=Usage(1, usage.input_tokens, output_tokens=usage.output_tokens, total_tokens=usage.total_tokens),
            response_id=None,
        )

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],  # noqa: A002  # the SDK's name
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The answer, sentence by sentence as they are weighed."""
        numbers, item = itertools.count(), ids.new("msg")
        place: dict[str, Any] = {"item_id": item, "output_index": 0, "content_index": 0}
        empty = _response(None, _message(item, "", status="in_progress"))
        yield ResponseCreatedEvent(type="response.created", response=empty, sequence_number=next(numbers))
        opened = _message(item, "", status="in_progress")
        yield ResponseOutputItemAddedEvent(
            type="response.output_item.added", item=opened, output_index=0, sequence_number=next(numbers)
        )
        yield ResponseContentPartAddedEvent(
            type="response.content_part.added", part=_text(""), sequence_number=next(numbers), **place
        )
        said: list[str] = []
        async for piece in self.pieces(input):
            said.append(piece)
            yield ResponseTextDeltaEvent(
                type="response.output_text.delta", delta=piece, logprobs=[], sequence_number=next(numbers), **place
            )
        for event in _ending("".join(said), item, place, numbers, _usage(input, "".join(said))):
            yield event

    async def pieces(self, items: str | list[TResponseInputItem]) -> AsyncIterator[str]:
        """What is said to `items`, piece by piece, with the marks that `prompt.instructions` asks for."""
        turn = prompt.read(items)
        if beside := smalltalk.reply(turn.question, history=turn.history, profile=turn.profile, language=turn.language):
            yield f"[[conversation]]\n{beside}"
            return
        if told := file_talk.reply(turn.question, turn.files, turn.language):
            yield f"[[conversation]]\n{told}"
            return
        async for piece in self._quotes(turn):
            yield piece

    async def _quotes(self, turn: Turn) -> AsyncIterator[str]:
        cut = {passage.number: statements.cut(passage.text, language=passage.language) for passage in turn.passages}
        if turn.explains:
            here = pointing.section([each for each in turn.passages if each.number in turn.section], cut)
            for each in here:
                yield written(each)
            if here:
                return
        if of_tier := _of_tier(turn, cut):
            yield of_tier
            return
        pointing_only = place.points_only(turn.question) and not turn.beside
        term = turn.selection if pointing_only and len(turn.selection.split()) <= pointing.TERM_WORDS else ""
        if pointing_only and not term:
            shown = (
                pointing.selected(turn.selection, turn.passages, cut)
                if turn.selection
                else pointing.page(turn.passages, cut)
            )
            for each in shown:
                yield written(each)
            if shown:
                return
        term = term or (turn.beside if place.points_only(turn.question) else "")
        asked = _asked(term) if term else turn.selection if turn.selection and pointing_only else turn.query
        wanted = asking.wants(asked, own=" ".join(turn.question.split()) if asked == turn.query else "")
        pointed = bool(turn.selection) or bool(turn.section) or pointing_only
        async for piece in self._found(turn, wanted, cut, pointed=pointed):
            yield piece

    async def _found(
        self, turn: Turn, wanted: Wants, cut: Mapping[int, Sequence[Statement]], *, pointed: bool
    ) -> AsyncIterator[str]:
        first = answerable.COMPARED
        early, late = turn.passages[:first], turn.passages[first:]
        candidates = await self.weighed(wanted, early, cut)
        places = [_place(passage) for passage in turn.passages]
        sure = await answerable.judged(self._scorer, wanted.facets[0], places)
        # a definition, and each side of a comparison, may stand in any of the passages
        if late and not (sure >= _SURE and candidates and not wanted.subjects):
            candidates += await self.weighed(wanted, late, cut)
        if not candidates or (sure < self._bounds.closest and not pointed):
            yield "[[not_in_book]]\n"
            return
        strange = asking.in_another_language(turn.question, {passage.language for passage in turn.passages})
        near = strange or (sure < self._bounds.answered and not pointed)
        if near:
            yield "[[closest]]\n"
        limit = _CLOSEST_STATEMENTS if near else choosing.LIMIT_STATEMENTS
        quoted = choosing.choose(wanted, candidates, cut, limit=limit)
        if (tier := _tier(turn)) and not near and quoted:
            suited = {each.number for each in turn.passages if tiers.concerns(each, tier)}
            if quoted[0].number in suited:
                yield tiers.lead(tier, turn.language)
                quoted = tuple(each for each in quoted if each.number in suited)
        for chosen in quoted:
            yield written(chosen)

    async def weighed(
        self, wanted: Wants, passages: Sequence[Numbered], cut: Mapping[int, Sequence[Statement]]
    ) -> list[Candidate]:
        """Every quotable statement of `passages`, weighed.

        Args:
            cut: The statements of each passage, by its number.
        """
        texts = [statement.text for passage in passages for statement in cut[passage.number]]
        if not texts:
            return []
        cosines = (await self._scorer.similarity(texts, wanted.facets)).tolist()
        return await anyio.to_thread.run_sync(_weigh, wanted, passages, cut, cosines)


def _weigh(
    wanted: Wants,
    passages: Sequence[Numbered],
    cut: Mapping[int, Sequence[Statement]],
    cosines: Sequence[Sequence[float]],
) -> list[Candidate]:
    weighed: list[Candidate] = []
    rarity = choosing.rarity(cut.values())
    at = 0
    for passage in passages:
        here = cut[passage.number]
        weighed += choosing.weigh(wanted, passage, here, cosines[at : at + len(here)], rarity=rarity)
        at += len(here)
    return weighed


def _asked(term: str) -> str:
    return f"What is {term}?" if len(term.split()) <= pointing.TERM_WORDS else term


def _tier(turn: Turn) -> str:
    """The tier of the reader's hardware, where they ask about that."""
    return tiers.of_reader(turn.profile) if tiers.asks(turn.question) else ""


def _of_tier(turn: Turn, cut: Mapping[int, Sequence[Statement]]) -> str:
    """What the book says first of the reader's tier, to one who asks about their hardware and nothing else."""
    tier = _tier(turn) if tiers.asks_in_general(turn.question) else ""
    suited = [each for each in turn.passages if tier and tiers.concerns(each, tier)]
    section = [each for each in suited if (each.title, each.section) == (suited[0].title, suited[0].section)]
    quoted = "".join(written(each) for each in pointing.section(section, cut))
    return tiers.lead(tier, turn.language) + quoted if quoted else ""


def _place(passage: Numbered) -> Place:
    headings = "\n".join((passage.title, *passage.section.split(" > ")))
    return Place(headings, passage.text, passage.relevance, passage.language)


def written(chosen: Chosen) -> str:
    """What is quoted from one passage as Markdown, each piece followed by its number."""
    mark = f"[{chosen.number}]"
    parts: list[str] = []
    before: Statement | None = None
    for statement in chosen.statements:
        if before is not None and before.kind == "table_row" and (statement.kind != "table_row" or statement.heads):
            parts.append(f"\n\n{mark}")
        parts.append(_gap(before, statement) + _quoted(statement, mark))
        before = statement
    if before is not None and before.kind == "table_row":
        parts.append(f"\n\n{mark}")
    return "".join(parts) + "\n\n"


def _quoted(statement: Statement, mark: str) -> str:
    match statement.kind:
        case "code" | "math":
            return f"{statement.text}\n{mark}"
        case "table_row" if statement.heads:
            return f"{statement.text}\n{_rule(statement.text)}"
        case "table_row":
            return statement.text
        case "list_item":
            return f"- {_prose(statement)} {mark}"
        case "prose" | "label":
            return f"{_prose(statement)} {mark}"


def _rule(header: str) -> str:
    """The line that makes a table of the rows below `header`."""
    columns = len(re.findall(r"(?<!\\)\|", header.strip().strip("|"))) + 1
    return f"|{'---|' * columns}"


def _prose(statement: Statement) -> str:
    return citations.literal(" ".join(statement.text.split()))


def _gap(before: Statement | None, statement: Statement) -> str:
    if before is None:
        return ""
    if before.kind == statement.kind == "list_item" or (before.kind == "table_row" and statement.kind == "table_row"):
        return "\n\n" if statement.heads else "\n"
    ended = before.text.rstrip("\"')”’*_ ").endswith((".", "!", "…", "。", "！"))
    return " " if before.kind == statement.kind == "prose" and ended and statement.joined else "\n\n"


def _message(item: str, text: str, *, status: Any = "completed") -> ResponseOutputMessage:
    content: list[Any] = [_text(text)] if status == "completed" else []
    return ResponseOutputMessage(id=item, type="message", role="assistant", status=status, content=content)


def _text(text: str) -> ResponseOutputText:
    return ResponseOutputText(type="output_text", text=text, annotations=[], logprobs=[])


def _usage(items: str | list[TResponseInputItem], text: str) -> ResponseUsage:
    read, said = evidence.tokens(str(items)), evidence.tokens(text)
    return ResponseUsage(
        input_tokens=read,
        input_tokens_details=InputTokensDetails(cached_tokens=0, cache_write_tokens=0),
        output_tokens=said,
        output_tokens_details=OutputTokensDetails(reasoning_tokens=0),
        total_tokens=read + said,
    )


def _response(usage: ResponseUsage | None, message: ResponseOutputMessage) -> Response:
    return Response(
        id=ids.new("resp"),
        created_at=ids.now().timestamp(),
        model=NAME,
        object="response",
        output=[message] if usage else [],
        parallel_tool_calls=False,
        tool_choice="none",
        tools=[],
        usage=usage,
        status="completed" if usage else "in_progress",
    )


def _ending(
    text: str, item: str, place: dict[str, Any], numbers: itertools.count[int], usage: ResponseUsage
) -> list[TResponseStreamEvent]:
    message = _message(item, text)
    return [
        ResponseTextDoneEvent(
            type="response.output_text.done", text=text, logprobs=[], sequence_number=next(numbers), **place
        ),
        ResponseContentPartDoneEvent(
            type="response.content_part.done", part=_text(text), sequence_number=next(numbers), **place
        ),
        ResponseOutputItemDoneEvent(
            type="response.output_item.done", item=message, output_index=0, sequence_number=next(numbers)
        ),
        ResponseCompletedEvent(
            type="response.completed", response=_response(usage, message), sequence_number=next(numbers)
        ),
    ]
