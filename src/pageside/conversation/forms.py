"""Forms in a conversation: the tutor asks the reader back, and what they choose or write makes the question whole."""

from __future__ import annotations

import re
from datetime import datetime

from chatkit.types import (
    StructuredInputAnswer,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    StructuredInputSubmission,
)

from pageside.answer.events import AskedBack
from pageside.answer.planner import formatting
from pageside.answer.planner.formatting import literal
from pageside.answer.question import Message
from pageside.conversation import footnotes
from pageside.errors import InvalidInput
from pageside.phrases import answers, chat, refusals

PLACE = "place"
WORDS = "words"
MAX_ANSWERS = 20
MAX_VALUES = 20
MAX_VALUE_CHARS = 1_000

_TASK = re.compile(r"(#[0-9]+) (.+)", re.DOTALL)


def item(asked: AskedBack, *, item_id: str, thread_id: str, created_at: datetime, language: str) -> StructuredInputItem:
    """The form that asks the reader in `language` what they mean: a choice of places, and room for words."""
    own_words = chat.OR_MEANING if asked.question else answers.OR_WORDS
    choices = [StructuredInputMultipleChoiceOption(value=footnotes.speakable(label)) for label in asked.options]
    return StructuredInputItem(
        id=item_id,
        thread_id=thread_id,
        created_at=created_at,
        inputs=[
            StructuredInputMultipleChoice(
                id=PLACE, question=asked.question or answers.WHICH_PLACE.said(language), options=choices
            ),
            StructuredInputFreeform(id=WORDS, question=own_words.said(language)),
        ],
    )


def require_acceptable(submitted: StructuredInputSubmission) -> None:
    """Returns if what was submitted is of a size that people write by hand.

    Raises:
        InvalidInput: There are too many answers or values, or one of them is too long.
    """
    if len(submitted.answers) > MAX_ANSWERS:
        raise InvalidInput(f"params.input.answers: at most {MAX_ANSWERS} answers are taken.")
    for name, answer in submitted.answers.items():
        field = f"params.input.answers.{name[:80]}.values"
        if len(answer.values) > MAX_VALUES:
            raise InvalidInput(f"{field}: at most {MAX_VALUES} values are taken.")
        if any(len(value) > MAX_VALUE_CHARS for value in answer.values):
            raise InvalidInput(f"{field}: a value has at most {MAX_VALUE_CHARS} characters.")


def require_pending(form: StructuredInputItem) -> None:
    """Returns if the form can still be answered.

    Raises:
        InvalidInput: It was answered or skipped.
    """
    if form.status != "pending":
        raise InvalidInput(refusals.FORM_DONE)


def skipped(form: StructuredInputItem) -> StructuredInputItem:
    """`form` as a reader leaves it who goes on without it."""
    left = form.model_copy(deep=True)
    left.status = "skipped"
    for asked in left.inputs:
        asked.answer = StructuredInputAnswer(skipped=True)
    return left


def said(form: StructuredInputItem) -> tuple[str, ...]:
    """What was chosen or written, in the order of the form; nothing where it was skipped."""
    answers = [asked.answer for asked in form.inputs if asked.answer is not None and not asked.answer.skipped]
    values = [value.strip() for answer in answers for value in answer.values]
    return tuple(value for value in values if value) if form.status == "answered" else ()


def spoken(form: StructuredInputItem) -> tuple[Message, ...]:
    """A form as part of the conversation: what was asked, and what the reader said to it."""
    asked = _choice(form) or " ".join(each.question for each in form.inputs)
    if form.status == "pending" or not asked:
        return ()
    reply = "; ".join(said(form))
    return (Message("tutor", asked), Message("reader", reply)) if reply else (Message("tutor", asked),)


def _choice(form: StructuredInputItem) -> str:
    """A form that asks which task is meant, as the text that asks it elsewhere, so that a place can answer it."""
    for asked in form.inputs:
        if isinstance(asked, StructuredInputMultipleChoice):
            tasks = [_TASK.fullmatch(option.value) for option in asked.options]
            lines = [f"{at}. {task[1]} **{literal(task[2])}**" for at, task in enumerate(tasks, start=1) if task]
            if lines and len(lines) == len(tasks):
                return "\n".join((asked.question, *lines))
    return ""


def about_tasks(form: StructuredInputItem) -> bool:
    """Whether the form asks which of their tasks the reader means, or whether they mean it."""
    return bool(form.inputs) and form.inputs[0].question.startswith(formatting.ASKED)


def _about_tasks(form: StructuredInputItem) -> str:
    """A form about tasks as it is asked in words, so that "the second one" means the same; empty for another."""
    if not about_tasks(form):
        return ""
    options = [option.value for option in getattr(form.inputs[0], "options", ())]
    return formatting.offered(form.inputs[0].question, options)
