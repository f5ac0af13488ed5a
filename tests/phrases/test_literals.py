"""Whatever readers are told comes from the phrases: no module that tells them something has words of its own."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pageside

SOURCE = Path(pageside.__file__).parent
TELLS = ("conversation", "limiting", "tasks", "answer")
# What stands in events and in messages of errors, by the argument it is.
SHOWN = {"message", "title", "text", "question", "label"}
EVENTS = {
    "NoticeEvent",
    "ProgressUpdateEvent",
    "CustomSummary",
    "SearchTask",
    "TextDelta",
    "StructuredInputMultipleChoice",
    "StructuredInputFreeform",
    "AskedBack",
    "ErrorEvent",
    "LockedStatus",
}
ERRORS = {
    "InvalidInput",
    "BadRequest",
    "BadTask",
    "Busy",
    "MessageRefused",
    "ModelUnavailable",
    "ModerationUnavailable",
    "NotFound",
    "NotSupported",
    "ThreadClosed",
    "TooLarge",
    "Unavailable",
    "StoreUnavailable",
}
# Errors for those who write clients or run the server: a field of the request, what the protocol wants, a signed
# address, a tool that a program calls, what the log says.
FOR_CLIENTS = re.compile(
    r"^(?:[\w.]+\.[\w.]+: |[a-z_]+: |\{|`|The body |A mention |A message has at most \{ parts|A text holds "
    r"|Idempotency-Key|The file was announced|There is nothing at this address|There is no such session"
    r"|Nothing to change was said|The address of the passage|Moderation )"
)


def calls(module):
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def words(node):
    """The text of a literal, with `{` where something is filled in; empty for what is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{" for part in node.values)
    return ""


def told(name, call):
    if name in ERRORS:
        return [words(argument) for argument in call.args[:1]]
    if name in EVENTS:
        return [words(keyword.value) for keyword in call.keywords if keyword.arg in SHOWN]
    return []


def test_readers_are_told_nothing_that_is_written_where_it_is_said():
    """A sentence in an event or an error is a phrase, unless it is for those who write clients."""
    found = [
        f"{module.relative_to(SOURCE)}:{call.lineno} {text}"
        for folder in TELLS
        for module in sorted((SOURCE / folder).rglob("*.py"))
        for name, call in calls(module)
        for text in told(name, call)
        if " " in text.strip() and re.search(r"[A-Za-z]{2}", text) and not FOR_CLIENTS.match(text)
    ]

    assert found == []
