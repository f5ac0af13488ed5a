"""Question files of others turned into ours: SQuAD 2, and what RAGAS reads and writes."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from pageside.errors import InvalidInput
from pageside.knowledge.sentences import split

Source = Literal["squad2", "ragas"]
Row = dict[str, Any]

_SLUG: Final = re.compile(r"[^a-z0-9]+")
# What RAGAS has called its columns: before version 0.2, and from 0.2 (`SingleTurnSample`) on.
_QUESTION: Final = ("user_input", "question")
_REFERENCE: Final = ("reference", "ground_truth", "ground_truths", "answer_ground_truth")
_CONTEXTS: Final = ("reference_contexts", "reference_context", "ground_truth_contexts")
# Of a test set before 0.2. `retrieved_contexts` are left alone: they say what some system found, not what is right.
_GENERATED_FROM: Final = ("contexts",)
_ROLES: Final = {"human": "reader", "user": "reader", "ai": "tutor", "assistant": "tutor"}


def rows(source: Source, file: Path) -> list[Row]:
    """The questions of `file` as rows of ours.

    Raises:
        InvalidInput: It cannot be read, or a part of it has another shape; the message names which.
    """
    text = _text(file)
    found = list(_squad(file, _json(file, text)) if source == "squad2" else _ragas(file, _table(file, text)))
    if not found:
        raise InvalidInput(f"{file}: holds no question.")
    return found


def pages(file: Path) -> dict[str, str]:
    """The paragraphs of a SQuAD file as pages of Markdown, by their paths: the book its questions are about.

    Raises:
        InvalidInput: As `rows`.
    """
    made = {}
    for place, title, paragraph in _paragraphs(file, _json(file, _text(file))):
        made[place] = f"# {title}\n\n{_of(file, place, paragraph, 'context', str)}\n"
    return made


def written(made: Iterable[Row]) -> str:
    """Rows as a question file."""
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in made)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file}: cannot be read as UTF-8 text ({error}).") from None


def _json(file: Path, text: str) -> object:
    try:
        return json.loads(text)
    except RecursionError:
        raise InvalidInput(f"{file}: is nested too deeply.") from None
    except ValueError as error:
        raise InvalidInput(f"{file}: is not JSON ({error}).") from None


def _of(file: Path, place: str, told: object, name: str, kind: type) -> Any:
    """The part `name` of an object in a file.

    Raises:
        InvalidInput: It is missing, or of another kind.
    """
    value = told.get(name) if isinstance(told, dict) else None
    if not isinstance(value, kind):
        raise InvalidInput(f"{file}: {place}: {name!r} is missing or no {kind.__name__}.")
    return value


def _paragraphs(file: Path, told: object) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each paragraph under the path of its page, with its article's title."""
    for number, article in enumerate(_of(file, "the file", told, "data", list)):
        title = str(article.get("title") or f"article {number}") if isinstance(article, dict) else ""
        for at, paragraph in enumerate(_of(file, f"data[{number}]", article, "paragraphs", list)):
            slug = _SLUG.sub("-", title.casefold()).strip("-") or f"article-{number}"
            yield f"{slug}/{at:03}.md", title.replace("_", " "), paragraph


def _squad(file: Path, told: object) -> Iterator[Row]:
    """Source: Rajpurkar, Jia, Liang, "Know what you don't know", ACL 2018; the format of version 2.0's files."""
    for place, title, paragraph in _paragraphs(file, told):
        context = _of(file, place, paragraph, "context", str)
        for qa in _of(file, place, paragraph, "qas", list):
            id_ = _of(file, place, qa, "id", str)
            answers = [each for each in qa.get("answers") or () if isinstance(each, dict) and each.get("text")]
            row: Row = {"id": id_, "question": _of(file, f"{place} {id_}", qa, "question", str).strip()}
            answerable = bool(answers) and not qa.get("is_impossible", False)
            row |= {"answerable": answerable, "kind": "answerable" if answerable else "near_miss"}
            if answerable:
                first = answers[0]
                row["gold"] = [{"path": place, "quote": _sentence(context, first.get("answer_start"), first["text"])}]
                row["must_include"] = [list(dict.fromkeys(str(each["text"]) for each in answers))]
                row["answer"] = str(first["text"])
            yield row | {"half": _half(title), "tags": [title]}


def _sentence(context: str, start: object, answer: str) -> str:
    """The sentence of `context` in which the answer begins; the whole where it cannot be told."""
    at = start if isinstance(start, int) and context[start : start + len(answer)] == answer else context.find(answer)
    for sentence in split(context):
        if at >= 0 and sentence.start <= at < sentence.end:
            return context[sentence.start : sentence.end]
    return context


def _half(group: str) -> str:
    """A whole article is in one half: questions about one paragraph share its words."""
    return "dev" if hashlib.blake2b(group.encode(), digest_size=1).digest()[0] % 2 else "test"


def _table(file: Path, text: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The rows of JSON (a list, columns, or a list under `rows` or so), JSON Lines or CSV, each with its place."""
    suffix = file.suffix.casefold()
    if suffix == ".csv":
        csv.field_size_limit(10_000_000)
        try:
            reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
            return [(f"line {reader.line_num}", row) for row in reader]
        except csv.Error as error:
            raise InvalidInput(f"{file}: is no CSV ({error}).") from None
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if suffix in {".jsonl", ".ndjson"}:
        return [(f"line {number}", _object(file, f"line {number}", line)) for number, line in lines]
    told = _json(file, text)
    if isinstance(told, dict):
        told = next((told[name] for name in ("rows", "data", "samples", "examples") if name in told), _columns(told))
    if not isinstance(told, list):
        raise InvalidInput(f"{file}: is neither a list of rows nor an object of columns.")
    return [(f"row {number}", _whole(file, number, row)) for number, row in enumerate(told, start=1)]


def _object(file: Path, place: str, line: str) -> Mapping[str, Any]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{file}: {place}: is not JSON ({error}).") from None
    if not isinstance(told, dict):
        raise InvalidInput(f"{file}: {place}: is no JSON object.")
    return told


def _whole(file: Path, number: int, row: object) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise InvalidInput(f"{file}: row {number}: is no JSON object.")
    inner = row.get("eval_sample") or row.get("row")  # as a test set or the Hugging Face viewer wraps it
    return inner if isinstance(inner, dict) else row


def _columns(told: Mapping[str, Any]) -> list[Row]:
    """An object of equally long columns, lists or objects by row number, as rows."""
    columns = {name: list(part.values()) if isinstance(part, dict) else part for name, part in told.items()}
    lists = {name: part for name, part in columns.items() if isinstance(part, list)}
    size = min(map(len, lists.values()), default=0)
    return [{name: part[at] for name, part in lists.items()} for at in range(size)]


def _ragas(file: Path, table: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[Row]:
    """Source: `SingleTurnSample` and `MultiTurnSample` of ragas 0.2 to 0.3 (docs.ragas.io), and its columns before."""
    seen: set[str] = set()
    for place, told in table:
        question, history = _asked(file, place, told)
        digest = hashlib.blake2b(question.encode(errors="replace"), digest_size=5).hexdigest()
        id_ = str(told.get("id") or told.get("sample_id") or digest)
        if id_ in seen:
            id_ = f"{id_}-{len(seen)}"
        seen.add(id_)
        row: Row = {"id": id_, "question": question, "answerable": True, "kind": "answerable"}
        reference = " ".join(_texts(_first(told, _REFERENCE)))
        contexts = _texts(_first(told, _CONTEXTS)) or _texts(_first(told, _GENERATED_FROM))
        if reference:
            row["answer"] = reference
        if contexts:
            row["gold"] = [{"quote": context} for context in contexts]
        if history:
            row["history"] = history
        if tags := _tags(told):
            row["tags"] = tags
        yield row


def _asked(file: Path, place: str, told: Mapping[str, Any]) -> tuple[str, list[Row]]:
    """The question, and what was said before it where the row is a conversation."""
    value = _first(told, _QUESTION)
    if isinstance(value, list):
        said = [message for message in value if isinstance(message, dict) and message.get("content")]
        told_as = [{"role": _role(each), "text": str(each["content"])} for each in said]
        last = max((at for at, each in enumerate(told_as) if each["role"] == "reader"), default=None)
        if last is not None:
            return told_as[last]["text"].strip(), [each for each in told_as[:last] if each["role"]]
        value = None
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{file}: {place}: has no question; it stands under {' or '.join(map(repr, _QUESTION))}.")
    return value.strip(), []


def _role(message: Mapping[str, Any]) -> str:
    return _ROLES.get(str(message.get("type") or message.get("role")), "")


def _first(told: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((told[name] for name in names if told.get(name)), None)


def _texts(value: object) -> list[str]:
    """A text, or a list of them; CSV has lists as Python or JSON writes them."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        for read in (json.loads, ast.literal_eval):
            try:
                listed = read(value)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            if isinstance(listed, list):
                value = listed
                break
    texts = value if isinstance(value, list) else [value]
    return [each.strip() for each in texts if isinstance(each, str) and each.strip()]


def _tags(told: Mapping[str, Any]) -> list[str]:
    named = (told.get(name) for name in ("synthesizer_name", "evolution_type", "question_type"))
    return [tag for tag in named if isinstance(tag, str) and tag]
