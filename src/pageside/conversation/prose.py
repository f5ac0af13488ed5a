"""A conversation as Markdown that can be read anywhere, item by item: what was said, found, asked and shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final
from urllib.parse import quote

from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    ClientToolCallItem,
    CustomSummary,
    CustomTask,
    FeedbackKind,
    FileSource,
    FileTask,
    GeneratedImageItem,
    ImageTask,
    SearchTask,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    Task,
    TaskItem,
    ThoughtTask,
    ThreadItem,
    ThreadMetadata,
    URLSource,
    UserMessageItem,
    WidgetItem,
    WorkflowItem,
)

from pageside.answer import citations
from pageside.answer.proving import Checked, CheckedSource
from pageside.conversation import clock, footnotes, forms, transcript
from pageside.tasks.keeping import Kept
from pageside.tasks.task import Task as StudyTask

Place = Callable[[Attachment], str]

_SCHEME: Final = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:")
_SAID: Final = ("value", "text", "title", "label", "caption", "alt")  # properties of widgets that are words
_OPINIONS: Final[dict[FeedbackKind, str]] = {
    "positive": "The reader found this helpful.",
    "negative": "The reader did not find this helpful.",
}
_KEPT_IN_URL: Final = "!#$%&'()*+,-./:;=?@_~"


def heading(thread: ThreadMetadata) -> str:
    """What stands on top."""
    title = citations.literal(_line(thread.title or "")) or "A conversation"
    return f"# {title}\n\nBegun {_when(thread.created_at)}.\n\n"


def item(
    shown: ThreadItem, opinion: FeedbackKind | None = None, checked: Checked | None = None, *, place: Place
) -> str:
    """The item in words; empty where it says nothing to a reader.

    Args:
        checked: Of an answer, what is left of it when it is held against the book.
        place: Where the file of an attachment is to be found.
    """
    blocks = [block for block in _blocks(shown, place) if block.strip()]
    if checked is not None and blocks:
        blocks += filter(None, _verdict(checked))
    if opinion is not None and blocks:
        blocks.append(f"*{_OPINIONS[opinion]}*")
    return "".join(f"{block.rstrip()}\n\n" for block in blocks)


def tasks(kept: Kept) -> str:
    """A reader's tasks as lists: those to be done and those done, and those that were deleted a while ago."""
    parts = ["# Tasks\n", *map(_study_task, kept.tasks)]
    if kept.deleted:
        parts += ["\n## Deleted\n", *map(_study_task, kept.deleted)]
    return "\n".join(parts) + "\n"


def _study_task(told: StudyTask) -> str:
    said = [f"due {told.due.isoformat()}"] if told.due else []
    said += [f"{told.priority} priority"] if told.priority != "normal" else []
    said += [f"#{citations.literal(tag)}" for tag in told.tags]
    box = "x" if told.status == "completed" else " "
    more = f" ({', '.join(said)})" if said else ""
    lines = [f"- [{box}] #{told.number} **{citations.literal(told.title)}**{more}"]
    lines += [f"  {citations.literal(line)}" for line in told.description.splitlines() if line.strip()]
    if told.passage is not None:
        lines.append(f"  {_link(told.passage.title or 'In the book', told.passage.url)}")
    return "\n".join(lines)


def _blocks(shown: ThreadItem, place: Place) -> Iterator[str]:
    match shown:
        case UserMessageItem():
            yield f"## Reader, {_when(shown.created_at)}"
            yield _quoted(shown.quoted_text or "")
            yield transcript.question_text(shown)
            for file in shown.attachments:
                yield f"Attached: {_link(file.name, place(file))} ({citations.literal(file.mime_type)})"
        case AssistantMessageItem():
            yield f"## Tutor, {_when(shown.created_at)}"
            yield "".join(part.text for part in shown.content).strip()
            yield _sources(shown.content)
        case StructuredInputItem():
            yield f"## Tutor, {_when(shown.created_at)}"
            yield from _form(shown)
        case WorkflowItem():
            summary = shown.workflow.summary
            yield f"*{citations.literal(_line(summary.title))}*" if isinstance(summary, CustomSummary) else ""
            for task in shown.workflow.tasks:
                yield from _task(task)
        case TaskItem():
            yield from _task(shown.task)
        case ClientToolCallItem():
            yield f"*The page was asked for `{_line(shown.name).replace('`', '')}`.*"
            yield _fenced(shown.output) if shown.output is not None else "*It did not reply.*"
        case WidgetItem():
            yield _quoted(shown.copy_text or "\n".join(_words(shown.widget.model_dump(mode="json"))))
        case GeneratedImageItem() if shown.image is not None:
            yield _link("A picture", shown.image.url)
        case _:
            return


def _sources(parts: Iterable[AssistantMessageContent]) -> str:
    """The places that the markers of an answer stand for, each once."""
    lines = dict.fromkeys(_source(note, part.text) for part in parts for note in part.annotations)
    return "\n".join(["Sources:\n", *lines]) if lines else ""


def _source(note: Annotation, text: str) -> str:
    number = footnotes.marker(note, text)
    marker = "" if number is None else f"\\[{number}\\] "
    said = note.source.description
    quoted = f": “{citations.literal(_line(said))}”" if said else ""
    title = _line(note.source.title)
    where = _link(title, note.source.url) if isinstance(note.source, URLSource) else citations.literal(title)
    return f"- {marker}{where}{quoted}"


def _verdict(checked: Checked) -> Iterator[str]:
    """What has become of the sources of an answer, and how much of it the book still says."""
    changed = [source for source in checked.sources if source.now is not None and source.now.state != "same"]
    yield "\n".join(map(_change, changed))
    stated = [claim for claim in checked.claims if claim.state != "marked"]
    if stated and not checked.faults:
        yield f"*When this was saved, the book supported {checked.supported} of {len(stated)} statements above.*"
    elif checked.faults:
        yield "*When this was saved, the answer was not as it was made: `pageside verify` says where.*"


def _change(source: CheckedSource) -> str:
    now = source.now
    if now is None or now.passage is None:
        return f"- \\[{source.citation.marker}\\] The book has changed here: this is no longer in it."
    if now.state == "moved":
        where = citations.literal(_line(" › ".join(now.passage.heading_path)))
        return f"- \\[{source.citation.marker}\\] This stands elsewhere now: {where}."
    return f"- \\[{source.citation.marker}\\] The book has changed here: “{citations.literal(_line(now.text))}”"


def _form(form: StructuredInputItem) -> Iterator[str]:
    for asked in form.inputs:
        yield citations.literal(_line(asked.question))
        if isinstance(asked, StructuredInputMultipleChoice):
            yield "\n".join(f"- {citations.literal(_line(each.value))}" for each in asked.options)
    replies = forms.said(form)
    if replies:
        yield _quoted("\n".join(replies))
    else:
        yield "*The reader went on without answering.*" if form.status == "skipped" else "*Not answered.*"


def _task(task: Task) -> Iterator[str]:
    match task:
        case SearchTask():
            asked = [_line(query) for query in (*task.queries, task.title_query or "") if query.strip()]
            if asked:
                yield f"Searched for: {'; '.join(map(citations.literal, dict.fromkeys(asked)))}"
            yield "\n".join(f"- {_link(_line(each.title), each.url)}" for each in task.sources)
        case FileTask():
            yield "\n".join(f"- {citations.literal(_line(_file(each)))}" for each in task.sources)
        case ThoughtTask() | CustomTask():
            yield citations.literal(_line(task.title or ""))
            yield _quoted(task.content or "")
        case ImageTask():
            yield citations.literal(_line(task.title or ""))


def _file(source: FileSource) -> str:
    return source.title or source.filename


def _words(told: object) -> Iterator[str]:
    """What a widget says, from its top to its end."""
    match told:
        case dict():
            for name, entry in told.items():
                if name in _SAID and isinstance(entry, str):
                    yield _line(entry)
                elif not isinstance(entry, str):
                    yield from _words(entry)
        case list():
            for entry in told:
                yield from _words(entry)
        case _:
            return


def _fenced(output: object) -> str:
    text = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False, indent=2)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.strip().splitlines())


def _link(title: str, address: str) -> str:
    shown = citations.literal(_line(title)) or "link"
    if _SCHEME.match(address) and not address.startswith(("https://", "http://")):
        return shown
    return f"[{shown}](<{quote(address, safe=_KEPT_IN_URL)}>)"


def _line(text: str) -> str:
    return " ".join(text.split())


def _when(stamp: datetime) -> str:
    return f"{clock.instant(stamp):%Y-%m-%d %H:%M} UTC"
