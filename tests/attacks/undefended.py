"""The defence switched off: everything pasted into one prompt, and every word shown unchecked. For comparison alone."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from openai import AsyncOpenAI

from pageside.answer import file_search, prompt
from pageside.answer.events import Answer, AskedPage, Completed, Gathered, Searching, TextDelta, TutorEvent, Usage
from pageside.answer.evidence import gather
from pageside.answer.library import Library
from pageside.answer.prompt import SEARCH_TOOL
from pageside.answer.question import Question
from pageside.answer.tools import Finder


@dataclass(frozen=True, slots=True)
class Undefended:
    """Answers as a page of code would that pastes and prints."""

    search: Finder
    base_url: str
    sees: bool = False
    docs: Library | None = None

    async def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        yield Searching(question.text)
        findings = await self.search.find(question.text, limit=6)
        evidence = gather(findings.passages)
        yield Gathered(evidence)
        page = question.page
        files = [_text(each.name, each.mime_type, await each.read()) for each in question.attachments]
        consulted = (await self.docs.consult(question, self.search)).found if self.docs else ()
        pasted = [
            *question.profile.values(),
            *((page.title, page.path, page.url, page.description, *page.headings) if page else ()),
            question.selected_text,
            question.surroundings,
            *(message.text for message in question.history),
            *(json.dumps(reply.output, ensure_ascii=False) for reply in question.page_replies),
            *(each.name for each in question.attachments),
            *(() if self.sees else files),
            *(each.passage.text for each in consulted),
            *(" > ".join(each.found.passage.heading_path) for each in evidence),
            *(each.found.passage.text for each in evidence),
        ]
        parts = [_whole(each.name, each.mime_type, await each.read()) for each in question.attachments if self.sees]
        asked = {"type": "text", "text": "\n\n".join([*pasted, question.text])}
        messages: list[Any] = [
            {"role": "system", "content": prompt.instructions()},
            {"role": "user", "content": [asked, *parts]},
        ]
        said = await self._said(question, messages)
        for call in said.tool_calls or ():
            if call.function.name == SEARCH_TOOL:
                more = await self.search.find(json.loads(call.function.arguments)["query"], limit=6)
                texts = "\n\n".join(found.passage.text for found in more.passages)
                messages += [said, {"role": "tool", "tool_call_id": call.id, "content": texts}]
                said = await self._said(question, messages)
        for call in said.tool_calls or ():
            yield AskedPage(call.function.name, json.loads(call.function.arguments))
            return
        text = said.content or ""
        mark = "[[not_in_book]]"
        outcome = "not_in_book" if text.startswith(mark) else "answered"
        shown = "The book does not answer this." if outcome == "not_in_book" else text
        yield TextDelta(shown)
        yield Completed(Answer(shown, (), outcome, 1.0, Usage("undefended")))

    async def _said(self, question: Question, messages: list[Any]) -> Any:
        tools = [(tool.name, dict(tool.parameters)) for tool in question.page_tools]
        tools.append((SEARCH_TOOL, {"type": "object", "properties": {"query": {"type": "string"}}}))
        async with AsyncOpenAI(api_key="sk-test", base_url=self.base_url, max_retries=0) as client:
            whole = await client.chat.completions.create(
                model="gpt-test",
                messages=messages,
                tools=[
                    {"type": "function", "function": {"name": name, "parameters": parameters}}
                    for name, parameters in tools
                ],
            )
        return whole.choices[0].message


def _text(name: str, mime_type: str, content: bytes) -> str:
    """The words of a file, as any reader of its kind gives them."""
    if mime_type == "application/pdf":
        return file_search.read(name, mime_type, content).whole
    return content.decode("utf-8", "replace")


def _whole(name: str, mime_type: str, content: bytes) -> dict[str, Any]:
    url = f"data:{mime_type};base64,{base64.b64encode(content).decode()}"
    if mime_type == "application/pdf":
        return {"type": "file", "file": {"filename": name, "file_data": url}}
    return {"type": "image_url", "image_url": {"url": url}}
