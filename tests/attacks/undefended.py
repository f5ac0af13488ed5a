"""The defence switched off: everything pasted into one prompt, and every word shown unchecked. For comparison alone."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from openai import AsyncOpenAI

from pageside.answer import prompt
from pageside.answer.events import Answer, AskedPage, Completed, Gathered, Searching, TextDelta, TutorEvent, Usage
from pageside.answer.evidence import gather
from pageside.answer.question import Question
from pageside.answer.tools import Finder


@dataclass(frozen=True, slots=True)
class Undefended:
    """Answers as a page of code would that pastes and prints."""

    search: Finder
    base_url: str

    async def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        yield Searching(question.text)
        findings = await self.search.find(question.text, limit=6)
        evidence = gather(findings.passages)
        yield Gathered(evidence)
        page = question.page
        files = [(await each.read()).decode("utf-8", "replace") for each in question.attachments]
        pasted = [
            *question.profile.values(),
            *((page.title, page.path, page.url, page.description, *page.headings) if page else ()),
            question.selected_text,
            question.surroundings,
            *(message.text for message in question.history),
            *(json.dumps(reply.output, ensure_ascii=False) for reply in question.page_replies),
            *(each.name for each in question.attachments),
            *files,
            *(" > ".join(each.found.passage.heading_path) for each in evidence),
            *(each.found.passage.text for each in evidence),
        ]
        async with AsyncOpenAI(api_key="sk-test", base_url=self.base_url, max_retries=0) as client:
            whole = await client.chat.completions.create(
                model="gpt-test",
                messages=[
                    {"role": "system", "content": prompt.instructions()},
                    {"role": "user", "content": "\n\n".join([*pasted, question.text])},
                ],
                tools=[
                    {"type": "function", "function": {"name": tool.name, "parameters": dict(tool.parameters)}}
                    for tool in question.page_tools
                ]
                or None,
            )
        said = whole.choices[0].message
        for call in said.tool_calls or ():
            yield AskedPage(call.function.name, json.loads(call.function.arguments))
            return
        text = said.content or ""
        mark = "[[not_in_book]]"
        outcome = "not_in_book" if text.startswith(mark) else "answered"
        shown = "The book does not answer this." if outcome == "not_in_book" else text
        yield TextDelta(shown)
        yield Completed(Answer(shown, (), outcome, 1.0, Usage("undefended")))
