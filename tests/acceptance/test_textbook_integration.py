"""Context-aware queries of the textbook integration: a selection with its context, and both query modes."""

from __future__ import annotations

import json

NODES = {"pageContext": {"url": "/docs/module-1-ros2/nodes-and-topics"}}
AROUND = "is placed in the namespace of its node. Start the same node twice with the namespaces left and right"
FULL_BOOK = {"inference_options": {"tool_choice": {"id": "full-book"}}}
SELECTED_TEXT = {"inference_options": {"tool_choice": {"id": "selected-text"}}}
MOVED = "**Remapping** changes a name at start-up."


def passages(request):
    """What the search gave the model, best first."""
    (output,) = [
        item.get("output") or item["content"]
        for item in request.items
        if item.get("type") == "function_call_output" or item.get("role") == "tool"
    ]
    return json.loads(output)["passages"]


def addresses(told):
    """Pages and anchors an answer cites."""
    found = [annotation["source"]["url"] for annotation in told.answer["content"][0]["annotations"]]
    return {url.partition(":~:")[0].removeprefix("http://book.test") for url in found}


async def test_the_context_of_a_selection_tells_which_of_many_places_is_meant(modelled, openai):
    """`selectedText` and `selectionContext`, as the integration sends them: "node" stands in every section."""
    openai.say("A relative name is placed in the namespace of its node [1].")
    openai.say("A node is a unit of software with a name and one job [1].")
    beside = {**NODES, "selectedText": "node", "selectionContext": AROUND}
    await modelled.reader.ask("why is it named twice?", metadata=beside, **SELECTED_TEXT)
    await modelled.reader.ask("why is it named twice?", metadata={**NODES, "selectedText": "node"}, **SELECTED_TEXT)
    with_context, without = map(passages, openai.requests)

    assert "Names and namespaces" in with_context[0]["section"]
    assert "Names and namespaces" not in without[0]["section"]


async def test_a_selection_is_explained_from_its_own_passage(visit):
    """The embedded model quotes what was selected and what follows from it."""
    told = await visit.reader.ask("what does this mean?", metadata={**NODES, "selectedText": MOVED}, **SELECTED_TEXT)

    assert "changes a name at start-up." in told.text
    assert "/head_camera/image" in told.text
    assert all(url.endswith("/module-1-ros2/nodes-and-topics#names") for url in addresses(told))


async def test_a_question_after_a_selection_is_still_about_it(visit):
    """ "and why is that?" without the selection: the quote stands in the history."""
    first = await visit.reader.ask("what does this mean?", metadata=NODES, quoted_text=MOVED)
    second = await visit.reader.ask("and why is that?", metadata=NODES, thread=first.thread_id)
    (workflow,) = second.done("workflow")

    assert "Remapping" in json.dumps(workflow["workflow"])
    assert any(url.endswith("/nodes-and-topics#names") for url in addresses(second))


async def test_a_selection_that_is_nowhere_falls_back_to_the_whole_book(visit):
    """And the reader is told."""
    told = await visit.reader.ask(
        "What is a node?", metadata={"selectedText": "flour, water and salt"}, **SELECTED_TEXT
    )

    assert told.text.startswith("The selected text was not found in the book")
    assert addresses(told)


async def test_in_full_book_mode_a_selection_leads_nowhere(visit):
    """The same question with and without it."""
    beside = {"selectedText": MOVED, "selectionContext": {"text": MOVED, "before": "x"}}
    with_it = await visit.reader.ask("What is a costmap?", metadata=beside, **FULL_BOOK)
    without = await visit.reader.ask("What is a costmap?")

    assert with_it.text == without.text


async def test_turning_the_page_does_not_drag_the_conversation_along(visit):
    """What was asked on one page is not what "explain this page" means on the next."""
    first = await visit.reader.ask("What is a node?", metadata=NODES)
    frames = {"pageContext": {"path": "module-1-ros2/frames-and-tf2.mdx", "title": "Frames"}}
    second = await visit.reader.ask("Can you explain this page?", metadata=frames, thread=first.thread_id)

    assert all("/module-1-ros2/frames-and-tf2" in url for url in addresses(second))
