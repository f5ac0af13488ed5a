"""Items of every type that ChatKit knows, filled with whatever its types allow."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

from chatkit import types
from chatkit.widgets import DynamicWidgetRoot
from hypothesis import strategies as st
from pydantic import TypeAdapter

ITEM: TypeAdapter[Any] = TypeAdapter(types.ThreadItem)
KINDS = [kind.model_fields["type"].default for kind in get_args(get_args(types.ThreadItem)[0])]
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001  # as the SDK stamps

words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
maybe = st.none() | words
flags = st.booleans()
values = st.recursive(
    st.none()
    | flags
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([1, 1.0, 1e16, -0.0, 5e-324, 1e300, 2**63])
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(words, values, max_size=4)


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


def kind(name: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return record(type=st.just(name), **fields)


_source = {"title": words, "description": maybe, "timestamp": maybe, "group": maybe}
url_sources = kind("url", url=words, attribution=maybe, **_source)
file_sources = kind("file", filename=words, **_source)
entity_sources = kind("entity", id=words, label=maybe, inline_label=maybe, interactive=flags, data=objects, **_source)
annotations = kind(
    "annotation", index=st.none() | st.integers(0, 9), source=url_sources | file_sources | entity_sources
)

_task = {"status_indicator": st.sampled_from(["none", "loading", "complete"]), "title": maybe}
tasks = st.one_of(
    kind("custom", content=maybe, icon=st.sampled_from([None, "search", "vendor:x"]), **_task),
    kind(
        "web_search",
        title_query=maybe,
        queries=st.lists(words, max_size=2),
        sources=st.lists(url_sources, max_size=2),
        **_task,
    ),
    kind("thought", content=words, **_task),
    kind("file", sources=st.lists(file_sources, max_size=2), **_task),
    kind("image", **_task),
)
summaries = st.none() | record(title=words) | record(duration=st.integers(0, 10**6))

_attachment = {"id": words, "name": words, "mime_type": words, "thread_id": maybe, "metadata": st.none() | objects}
attachments = kind("file", **_attachment) | kind(
    "image", preview_url=st.sampled_from(["https://book.test/a?b=c", "https://book.test/%C3%BC"]), **_attachment
)

_answer = record(values=st.lists(words, max_size=2), skipped=flags)
_asked = {"id": words, "question": words, "answer": st.none() | _answer}
inputs = kind("multiple_choice", options=st.lists(record(value=words), max_size=3), multiple=flags, **_asked) | kind(
    "freeform", description=maybe, **_asked
)

components = st.recursive(
    st.builds(lambda name, extra: {"type": name, **extra}, words, objects),
    lambda inner: st.builds(
        lambda name, extra, children: {"type": name, **extra, "children": children},
        st.sampled_from(["Box", "Table", "Table.Row", "Novelty"]),
        objects,
        st.lists(inner, max_size=2) | inner,
    ),
    max_leaves=4,
)
_reserved = {"type", "children", "key", "id"}
properties = objects.map(lambda told: {name: value for name, value in told.items() if name not in _reserved})
widgets = st.builds(
    lambda root, extra, children: DynamicWidgetRoot.model_validate({"type": root, **extra, "children": children}),
    st.sampled_from(["Card", "ListView", "Basic"]),
    properties,
    st.lists(components.map(lambda told: {**told, "key": None, "id": None}), max_size=2),
)

_CONTENT: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "user_message": {
        "content": st.lists(
            kind("input_text", text=words)
            | kind("input_tag", id=words, text=words, data=objects, group=maybe, interactive=flags),
            max_size=3,
        ),
        "attachments": st.just([]),  # they have rows of their own; see `messages_with_files`
        "quoted_text": maybe,
        "inference_options": record(model=maybe, tool_choice=st.none() | record(id=words)),
    },
    "assistant_message": {
        "content": st.lists(kind("output_text", text=words, annotations=st.lists(annotations, max_size=2)), max_size=2)
    },
    "client_tool_call": {
        "status": st.sampled_from(["pending", "completed"]),
        "call_id": words,
        "name": words,
        "arguments": objects,
        "output": values,
    },
    "widget": {"widget": widgets, "copy_text": maybe},
    "generated_image": {"image": st.none() | record(id=words, url=words)},
    "structured_input": {
        "status": st.sampled_from(["pending", "answered", "skipped"]),
        "inputs": st.lists(inputs, max_size=3),
    },
    "workflow": {
        "workflow": record(
            type=st.sampled_from(["custom", "reasoning"]),
            tasks=st.lists(tasks, max_size=3),
            summary=summaries,
            expanded=flags,
        )
    },
    "task": {"task": tasks},
    "hidden_context_item": {"content": values},
    "sdk_hidden_context": {"content": words},
    "end_of_turn": {},
}


def items(name: str, *, item_id: str, thread_id: str) -> st.SearchStrategy[Any]:
    """Items of the type `name`; fails for a type that nothing is said of here."""
    fixed = {"id": st.just(item_id), "thread_id": st.just(thread_id), "created_at": MOMENTS}
    return kind(name, **fixed, **_CONTENT[name]).map(ITEM.validate_python)


def messages_with_files(*, item_id: str, thread_id: str) -> st.SearchStrategy[Any]:
    """Messages of a reader that carry attachments."""
    return st.builds(
        lambda message, carried: ITEM.validate_python({**message.model_dump(), "attachments": carried}),
        items("user_message", item_id=item_id, thread_id=thread_id),
        st.lists(attachments, min_size=1, max_size=3),
    )
