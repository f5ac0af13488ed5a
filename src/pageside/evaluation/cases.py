"""Question files: JSON Lines, a question a row, checked as a whole before anything is asked."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pageside.answer.question import Message, Page, Question
from pageside.errors import InvalidInput

Kind = Literal["answerable", "two_sections", "near_miss", "off_topic", "injection"]
Half = Literal["dev", "test"]

_ANSWERED_KINDS: Final = frozenset({"answerable", "two_sections"})
_DECLINED_KINDS: Final = frozenset({"near_miss", "off_topic"})
_COMPLAINTS: Final = 20  # told at most; a file of another format would have one a row


class Gold(BaseModel):
    """A place of the book that answers: a page, its section, a sentence of it, or a passage by its id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = ""
    heading: str = ""
    quote: str = ""
    passage: str = ""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not (self.path or self.quote or self.passage):
            raise ValueError("name a `path`, a `quote` or a `passage`")
        if self.heading and not self.path:
            raise ValueError("a `heading` needs the `path` of its page")
        return self


class Said(BaseModel):
    """An earlier message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["reader", "tutor"]
    text: str


class Row(BaseModel):
    """One line of a question file, as docs/reference/evaluation.md describes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    id: str = Field(min_length=1, max_length=200)
    question: str = Field(min_length=1, max_length=20_000)
    answerable: bool | None = None
    kind: Kind | None = None
    gold: tuple[Gold, ...] = ()
    pages: tuple[str, ...] = ()
    answer: str = ""
    must_include: tuple[str | tuple[str, ...], ...] = ()
    must_not_include: tuple[str, ...] = ()
    selected_text: str = ""
    page: str = ""
    history: tuple[Said, ...] = ()
    profile: dict[str, str] = Field(default_factory=dict)
    filters: dict[str, str] = Field(default_factory=dict)
    half: Half | None = None
    tags: tuple[str, ...] = ()
    note: str = ""

    @field_validator("question")
    @classmethod
    def _asked(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("is empty")
        return text

    @field_validator("must_include", "must_not_include")
    @classmethod
    def _wanted(cls, wanted: tuple[str | tuple[str, ...], ...]) -> tuple[str | tuple[str, ...], ...]:
        if not all(each.strip() if isinstance(each, str) else each and all(map(str.strip, each)) for each in wanted):
            raise ValueError("holds an empty text, which every answer includes")
        return wanted

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        golds = len(self.gold) + len(self.pages)
        if self.answerable is True and self.kind in _DECLINED_KINDS:
            raise ValueError(f"`kind` {self.kind} says that the book does not answer, `answerable` that it does")
        if self.answerable is False and self.kind in _ANSWERED_KINDS:
            raise ValueError(f"`kind` {self.kind} says that the book answers, `answerable` that it does not")
        if golds and (self.answerable is False or self.kind in _DECLINED_KINDS):
            raise ValueError("`gold` and `pages` say where the book answers, but it is said not to")
        if self.kind == "two_sections" and golds < 2:
            raise ValueError("`kind` two_sections needs two places in `gold` or `pages`")
        return self


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and what is known of its answer.

    Attributes:
        golds: Places that answer: each of them for `two_sections`, any of them otherwise.
        must_include: Texts the answer has to hold; of each inner tuple one is enough.
        reference: A right answer in somebody's words, for people to read.
        digest: Changes with anything the row says.
    """

    id: str
    question: Question
    kind: Kind
    answerable: bool
    golds: tuple[Gold, ...] = ()
    must_include: tuple[tuple[str, ...], ...] = ()
    must_not_include: tuple[str, ...] = ()
    reference: str = ""
    half: Half | None = None
    tags: tuple[str, ...] = ()
    digest: str = ""


def read(path: Path) -> tuple[Case, ...]:
    """The questions of a file, in order; blank lines and a byte order mark do no harm.

    Raises:
        InvalidInput: The file cannot be read, holds no question, or rows of it are malformed or share an id; the
            message names each by file and line, twenty of them at most, and says what to do.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: cannot be read as UTF-8 text ({error}).") from None
    cases: list[Case] = []
    complaints: list[str] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):  # a row may hold other line separators within a string
        if not line.strip():
            continue
        try:
            row = _row(line)
            if row.id in lines:
                raise InvalidInput(f"id: {row.id!r} stands in line {lines[row.id]} too; give each row its own.")  # noqa: TRY301
        except InvalidInput as error:
            complaints.append(f"{path}:{number}: {error}")
            continue
        lines[row.id] = number
        cases.append(_case(row))
    if complaints:
        more = [f"... and {len(complaints) - _COMPLAINTS} more."] if len(complaints) > _COMPLAINTS else []
        raise InvalidInput("\n".join([*complaints[:_COMPLAINTS], *more]))
    if not cases:
        raise InvalidInput(f"{path}: holds no question. Write one JSON object a line: id, question, answerable.")
    return tuple(cases)


def chosen(cases: Sequence[Case], *, half: Half | None = None, limit: int | None = None) -> tuple[Case, ...]:
    """Those of one half, and of these `limit` spread evenly over the file.

    Raises:
        InvalidInput: None is left.
    """
    kept = [case for case in cases if half is None or case.half == half]
    if not kept:
        raise InvalidInput(f"No question belongs to the half {half!r}: give rows a `half`, or leave --half out.")
    if limit is not None and limit < len(kept):
        kept = [kept[at * len(kept) // limit] for at in range(limit)]
    return tuple(kept)


def _row(line: str) -> Row:
    try:
        told = json.loads(line)
        line.encode()
        json.dumps(told, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise InvalidInput(f"not a JSON object ({error.msg} at column {error.colno}).") from None
    except RecursionError:
        raise InvalidInput("not a row: it is nested too deeply.") from None
    except UnicodeEncodeError:
        raise InvalidInput("holds half of a surrogate pair; write the whole character.") from None
    except ValueError as error:
        raise InvalidInput(f"not a JSON object ({error}).") from None
    if not isinstance(told, dict):
        raise InvalidInput("not a JSON object; write {...} with id and question.")
    try:
        return Row.model_validate(told)
    except ValidationError as error:
        raise InvalidInput(_complaint(error)) from None


def _complaint(error: ValidationError) -> str:
    first: Any = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"] if not str(part).startswith(("tuple", "str"))) or "row"
    if first["type"] == "extra_forbidden":
        names = list(Gold.model_fields if field.startswith("gold") else Row.model_fields)
        near = difflib.get_close_matches(field.rpartition(".")[2], names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"the fields are {', '.join(names)}."
        return f"{field}: is no field of a question; {hint}"
    return f"{field}: {first['msg'].removeprefix('Value error, ')}."


def _case(row: Row) -> Case:
    answerable = _answerable(row)
    kind: Kind = row.kind or ("answerable" if answerable else "near_miss")
    question = Question(
        text=row.question,
        selected_text=row.selected_text,
        page=Page(path=row.page) if row.page else None,
        history=tuple(Message(role=said.role, text=said.text) for said in row.history),
        profile=row.profile,
        filters=row.filters,
    )
    told = json.dumps(row.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return Case(
        id=row.id,
        question=question,
        kind=kind,
        answerable=answerable,
        golds=(*row.gold, *(Gold(path=page) for page in row.pages)),
        must_include=tuple((each,) if isinstance(each, str) else each for each in row.must_include),
        must_not_include=row.must_not_include,
        reference=row.answer,
        half=row.half,
        tags=row.tags,
        digest=hashlib.blake2b(told.encode(), digest_size=16).hexdigest(),
    )


def _answerable(row: Row) -> bool:
    """As the row says, or else as its kind does; a row that says neither is one that the book answers."""
    if row.answerable is not None:
        return row.answerable
    if row.kind in _DECLINED_KINDS:
        return False
    return row.kind != "injection" or bool(row.gold or row.pages or row.answer)


def counted(cases: Sequence[Case]) -> str:
    """`cases` by kind, for people: `44 answerable, 16 near miss`."""
    kinds = Counter(case.kind for case in cases)
    return ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in kinds.items())
