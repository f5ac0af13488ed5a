"""Questions with choices, in whatever way they are written: kept to be searched, never to stand as statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pageside.knowledge.passage import Block
from pageside.knowledge.reading.props import texts
from pageside.knowledge.reading.scribe import SOFT_BREAK, one_line
from pageside.knowledge.reading.script import Value

_QUESTION = frozenset(("prompt", "question", "stem"))
_CHOICES = frozenset(("alternatives", "answers", "choices", "options"))
_EXPLANATION = frozenset(("explain", "explanation", "feedback", "hint", "hints", "rationale", "reason"))
_SOLUTION = re.compile(r"(?:correct|answer|solution)\w*", re.IGNORECASE)
_MARKS = re.compile(r"[ \t]*(?:[-*+] +|\d+[.)] +)?(?:\[[ xX]\] *)?")
_BULLET = re.compile(r"[ \t]*(?:[-*+] +)?")
_LETTERED = re.compile(r"\(?([A-Ha-h])[).:](?: +|$)(.*)", re.DOTALL)
_TASK = re.compile(r"[ \t]*[-*+] +\[[ xX]\] +(.*)", re.DOTALL)
_ASKS = re.compile(r"[?\uff1f]|_{3,}|…$|\.{3}$|^(?:question|q|quiz|exercise|problem)\b[^\n]{0,3}\d", re.IGNORECASE)
_QUIZ_HEADING = re.compile(
    r"\b(?:quiz|quizzes|questions?|check your|self[- ]?(?:check|test|assessment)|test your|knowledge check|assessment|"
    r"review|multiple[- ]choice|exam|mcqs?)\b",
    re.IGNORECASE,
)
_EXPLAINS = re.compile(r"(?:explanations?|rationale|why)\b", re.IGNORECASE)
_ANSWERS = re.compile(
    r"(?:the )?(?:correct |right )?(?:answers?|solutions?|option)\b[^\n]{0,20}?(?:[:\uff1a]|\bis\b|\d)", re.IGNORECASE
)
_FEWEST_CHOICES = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its choices; right and wrong are not told apart."""

    question: str
    choices: tuple[str, ...]
    explanations: tuple[str, ...]

    def written(self) -> str:
        """The text of the block: the question, its choices, and why."""
        parts = [f"Quiz question: {self.question}".rstrip(), "Choices: " + " | ".join(self.choices)]
        if self.explanations:
            parts.append("Explanation: " + " ".join(self.explanations))
        return "\n".join(parts)


def asked(props: Mapping[str, Value], plain: Callable[[str], str]) -> tuple[list[Asked], dict[str, Value]]:
    """The questions a component's props ask, and the props that ask nothing.

    Args:
        plain: Markdown to the words a reader reads.
    """
    single = _asked(props, plain)
    if single is not None:
        used = {name for name in props if _part(name) is not None}
        return [single], {name: value for name, value in props.items() if name not in used}
    found: list[Asked] = []
    rest: dict[str, Value] = {}
    for name, value in props.items():
        inner = [_asked(part, plain) for part in value if isinstance(part, Mapping)] if isinstance(value, tuple) else []
        if inner and all(inner):
            found.extend(question for question in inner if question is not None)
        else:
            rest[name] = value
    return found, rest


def gathered(blocks: Sequence[Block]) -> list[Block]:
    """`blocks` with every question that is followed by its choices as one block of its own."""
    kept: list[Block] = []
    heading = ""
    index = 0
    while index < len(blocks):
        block = blocks[index]
        if block.kind == "heading":
            heading = block.text
        if block.kind == "quiz" and block.text.startswith("Quiz question:\n"):
            kept.append(_with_question(block, kept))
            index += 1
            continue
        run = _run(blocks, index, heading, kept)
        if run is None:
            kept.append(block)
            index += 1
        else:
            if run.takes_previous:
                kept.pop()
            kept.append(run.block)
            index = run.after
    return list(_told_apart(kept))


@dataclass(frozen=True, slots=True)
class _Run:
    block: Block
    after: int
    takes_previous: bool


def _part(name: str) -> str | None:
    key = name.lower()
    if key in _QUESTION:
        return "question"
    if key in _CHOICES:
        return "choices"
    if key in _EXPLANATION:
        return "explanation"
    return "solution" if _SOLUTION.fullmatch(name) else None


def _asked(given: Mapping[str, Value], plain: Callable[[str], str]) -> Asked | None:
    parts: dict[str, list[str]] = {"question": [], "choices": [], "explanation": [], "solution": []}
    has_choices = False
    for name, value in given.items():
        part = _part(name)
        if part == "choices" and isinstance(value, tuple):
            has_choices = True
            for choice in value:
                words, reasons = _choice(choice)
                parts["choices"].append(plain(words))
                parts["explanation"].extend(plain(reason) for reason in reasons)
        elif part is not None:
            parts[part].extend(plain(text) for text in texts(value))
    if not has_choices or not parts["choices"]:
        return None
    said = {choice.casefold() for choice in parts["choices"]}
    solved = [text for text in parts["solution"] if len(text) > 2 and text.casefold() not in said]
    return Asked(" ".join(parts["question"]), tuple(parts["choices"]), tuple(parts["explanation"] + solved))


def _choice(choice: Value) -> tuple[str, list[str]]:
    if not isinstance(choice, Mapping):
        return " ".join(texts(choice)), []
    reasons = [text for name, value in choice.items() if _part(name) == "explanation" for text in texts(value)]
    technical = ("id", "value", "key", "letter", "correct", "iscorrect")
    names = [name for name in choice if _part(name) != "explanation"]
    worded = [name for name in names if name.lower() not in technical] or names
    return " ".join(text for name in worded for text in texts(choice[name])), reasons


def _with_question(block: Block, before: Sequence[Block]) -> Block:
    """A component that has only choices asks what stands above it."""
    above = next((other for other in reversed(before) if other.kind in ("heading", "paragraph")), None)
    if above is None:
        return block
    return replace(block, text=block.text.replace("Quiz question:", f"Quiz question: {one_line(above.text)}", 1))


def _lines(block: Block) -> list[str]:
    return [line for line in block.text.replace(SOFT_BREAK, "\n").split("\n") if line.strip()]


def _run(blocks: Sequence[Block], index: int, heading: str, before: Sequence[Block]) -> _Run | None:
    if blocks[index].kind not in ("paragraph", "list_item", "quote"):
        return None
    tasks = [] if before and _is_task(before[-1]) else _task_run(blocks, index)
    if tasks:
        choices, after = tasks, index + len(tasks)
        question: list[str] = []
    else:
        question, choices, after = _lettered_run(blocks, index)
    if len(choices) < _FEWEST_CHOICES:
        return None
    previous = before[-1] if before and not question else None
    if previous is not None and previous.kind in ("paragraph", "list_item", "heading", "label", "quote"):
        question = [previous.text]
    asking = one_line(" ".join(_BULLET.sub("", line, count=1) for line in question))
    if not asking or not (_ASKS.search(asking) or (not tasks and _QUIZ_HEADING.search(heading))):
        return None
    explanations, after = _explained(blocks, after)
    takes_previous = previous is not None and previous.kind not in ("heading", "label")
    start = previous.start if previous is not None and takes_previous else blocks[index].start
    found = Asked(asking, tuple(one_line(choice) for choice in choices), tuple(explanations))
    end = max(block.end for block in blocks[index:after])
    return _Run(Block("quiz", found.written(), start, end), after, takes_previous)


def _task_run(blocks: Sequence[Block], index: int) -> list[str]:
    found = []
    for position in range(index, len(blocks)):
        block = blocks[position]
        task = _TASK.match(block.text) if block.kind == "list_item" else None
        if task is None:
            break
        found.append(task[1])
    return found


def _is_task(block: Block) -> bool:
    return block.kind == "list_item" and _TASK.match(block.text) is not None


def _lettered_run(blocks: Sequence[Block], index: int) -> tuple[list[str], list[str], int]:
    """Lines before the first choice (of the first block only), the choices A, B, C ..., and where they end."""
    question: list[str] = []
    choices: list[str] = []
    after = index
    for position in range(index, len(blocks)):
        block = blocks[position]
        if block.kind not in ("paragraph", "list_item", "quote"):
            break
        taken = _take(_lines(block), question if after == index else None, choices)
        if not taken:
            break
        after += 1
    return question, choices, after


def _take(lines: Sequence[str], question: list[str] | None, choices: list[str]) -> bool:
    """Moves the lines of a block into `question` and `choices`; all of them or none."""
    asking: list[str] = []
    found: list[str] = []
    for line in lines:
        text = _MARKS.sub("", line, count=1)
        lettered = _LETTERED.match(text)
        if lettered and ord(lettered[1].lower()) - ord("a") == len(choices) + len(found):
            found.append(text)
        elif found:
            return False
        else:
            asking.append(line)
    if not found or (asking and question is None):
        return False
    if question is not None:
        question.extend(asking)
    choices.extend(found)
    return True


def _explained(blocks: Sequence[Block], after: int) -> tuple[list[str], int]:
    explanations: list[str] = []
    while after < len(blocks) and blocks[after].kind in ("paragraph", "list_item", "quote"):
        text = _MARKS.sub("", one_line(blocks[after].text), count=1)
        if not (_ANSWERS.match(text) or _EXPLAINS.match(text)):
            break
        explanations.append(re.sub(r"^explanations?[:\uff1a]\s*", "", text, flags=re.IGNORECASE))
        after += 1
    return explanations, after


def _told_apart(blocks: Sequence[Block]) -> Iterator[Block]:
    """A line that gives the answer to the question above it makes sense with the question only."""
    asking = False
    for block in blocks:
        text = _MARKS.sub("", one_line(block.text), count=1)
        if asking and block.kind in ("paragraph", "list_item", "quote") and _ANSWERS.match(text):
            yield replace(block, kind="quiz", text=f"Quiz answer: {text}")
            continue
        asking = block.kind == "quiz" or (asking and block.kind == "label")
        yield block
