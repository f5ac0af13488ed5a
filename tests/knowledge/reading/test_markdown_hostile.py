"""No text stops the reader, none takes it for ever, and none makes it forget the words around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge.reading.markdown import parse
from pageside.knowledge.reading.render import html
from pageside.knowledge.reading.words import tally, words_of

SIZE = 60_000
FOR_EVER_S = 150  # the slowest needs some 4; what grows with the square of the size needs many minutes


def filled(piece: str) -> str:
    return (piece * (SIZE // len(piece) + 1))[:SIZE]


HOSTILE = {
    "one line": "word " * 200_000,
    "one word": "x" * 1_000_000,
    "zero characters": "\0" * SIZE,
    "open brackets": filled("["),
    "nested brackets": "[" * 50_000 + "a" + "]" * 50_000,
    "open links": filled("[a]("),
    "open pictures": filled("![a]("),
    "quotes in quotes": ">" * 10_000 + " word",
    "lists in lists": filled("- "),
    "deep lists": "\n".join("  " * depth + "- a" for depth in range(300)),
    "deep boxes": "\n".join("    " * depth + "!!! note" for depth in range(150)),
    "JSX in JSX": "<Foo>\n" * 10_000 + "word\n" + "</Foo>\n" * 10_000,
    "JSX in JSX on a line": "<Foo>" * 10_000 + "word" + "</Foo>" * 10_000,
    "JSX in props": "<A b={" * 5_000 + "1" + "}/>" * 5_000,
    "tags never closed": filled("<a "),
    "values never closed": filled('<a b="'),
    "comments never closed": filled("<!--"),
    "comments never closed on lines": filled("<!--\n\n"),
    "instructions never closed": filled("<?"),
    "scripts never closed": filled("<script>\n"),
    "braces never closed": filled("{"),
    "braces never closed on lines": filled("{\n\n"),
    "braces in braces": "{" * 10_000 + "}" * 10_000,
    "templates in templates": filled("{`${"),
    "arrays in arrays": "{" + "[" * 50_000 + "]" * 50_000 + "}",
    "ever more backticks": "".join("`" * count + " " for count in range(1, 400)),
    "emphasis": filled("*a **b _c "),
    "dollars": filled("$a "),
    "a wide table": "|".join("a" * 10_000) + "\n" + "|".join("-" * 10_000) + "\n" + filled("a|b\n"),
    "tables": filled("a|b\n-|-\n"),
    "cells": "<table>" + filled("<td>"),
    "fences": filled("```\n"),
    "definitions": filled("a\n: b\n"),
    "references": filled('[a]: "\n'),
    "footnotes": filled("[^a]: "),
    "boxes": filled(":::note\n"),
    "imports": filled("import {\n"),
    "exports": filled("export const a = {\n\n"),
    "choices": filled("A) b\n"),
    "boxes to tick": filled("- [ ] a\n"),
    "front matter": "---\na: " + filled("[") + "\n---\n",
    "aliases": "---\n" + filled("a: &a [*a, *a]\n") + "---\n",
    "carriage returns": filled("\r"),
    "table of tables": filled("<table>"),
    "details": filled("<details>"),
}


@pytest.mark.timeout(FOR_EVER_S)
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("mdx", [False, True], ids=["markdown", "mdx"])
def test_a_hostile_page_is_read_in_time(name, mdx):
    source = HOSTILE[name]

    found = parse(source, mdx=mdx)
    html(source, mdx=mdx, anchors=[])
    words_of(source, mdx=mdx)

    assert all(0 <= block.start <= block.end <= len(source) for block in found.blocks)


@pytest.mark.parametrize("mdx", [False, True], ids=["markdown", "mdx"])
@pytest.mark.parametrize(
    "source",
    [
        ">" * 10_000 + " Kept",
        "- " * 5_000 + "Kept",
        "<Foo>\n" * 10_000 + "Kept\n" + "</Foo>\n" * 10_000,
        "<blockquote>\n" * 1_000 + "Kept\n",
        "[" * 10_000 + "Kept" + "]" * 10_000,
        "{" * 10_000 + "\n\nKept",
        "<!-- " * 100 + "\n\nKept",
    ],
    ids=lambda source: source[:12],
)
def test_words_are_kept_however_deep_they_lie(source, mdx):
    assert "kept" in tally(" ".join(block.text for block in parse(source, mdx=mdx).blocks))


@pytest.mark.parametrize("mdx", [False, True], ids=["markdown", "mdx"])
def test_a_page_of_megabytes_is_read_in_parts_that_fit_together(mdx):
    code = "# no heading\n" * 50
    section = f"# Title\n\nSome **words** here.\n\n```sh\n{code}```\n\n<Tip>\n\nMind.\n\n</Tip>\n\n"
    source = section * 4_000

    found = parse(source, mdx=mdx).blocks

    once = parse(section, mdx=mdx).blocks
    assert len(source) > 2_500_000
    assert [block.text for block in found] == [block.text for block in once] * 4_000
    assert [(block.start, block.end) for block in found[-len(once) :]] == [
        (block.start + len(section) * 3_999, block.end + len(section) * 3_999) for block in once
    ]


def test_what_is_too_deep_is_a_flaw():
    found = parse("# Title\n\n" + ">" * 1_000 + " word\n", mdx=False)

    assert [flaw.line for flaw in found.flaws] == [3]
    assert "nested deeper" in found.flaws[0].message


ANY_TEXT = st.text(max_size=200)
MARKS = st.text(alphabet="<>/{}`'\"$ab# =!-*_[]()|:\r\n>~.1\\&;?^\t\ufeff\0", max_size=150)
SNIPPETS = st.lists(
    st.sampled_from(
        ["<details>", "</details>", "<summary>", "</summary>", "<ul>", "<li>", "</ul>", "<table>", "<tr>", "<td>",
         "</td>", "</table>", "<p>", "</p>", "<Tip>", "</Tip>", "<Quiz question='q' options={['a','b']} />",
         ":::note\n", ":::\n",
         "/// tip\n", "///\n", "!!! note\n    ", "=== \"t\"\n    ", "- ", "> ", "1. ", "# ", "```\n", "~~~~\n",
         "| a |\n|---|\n", "word ", "other. ", "\n", "\n\n", "\r\n", "    ", "{'x'}", "{/* c */}", "<br/>", "**",
         "[x](y)",
         "$$\n", "a\n: b\n", "[^1]", "[^1]: f\n", "A) x\n", "B) y\n", "What?\n",
         "import a from 'b'\n", "<!--", "-->", "---\n"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(ANY_TEXT | MARKS | SNIPPETS, st.booleans())
def test_any_text_is_a_page_whose_blocks_lie_in_order_inside_it(source, mdx):
    found = parse(source, mdx=mdx)

    starts = [block.start for block in found.blocks]
    assert starts == sorted(starts)
    assert all(0 <= block.start <= block.end <= len(source) and block.text.strip() for block in found.blocks)
    assert all((block.level > 0) == (block.kind == "heading") for block in found.blocks)
    assert all(1 <= flaw.line <= source.count("\n") + source.count("\r") + 1 for flaw in found.flaws)


@given(MARKS | SNIPPETS, st.booleans())
def test_reading_twice_gives_the_same(source, mdx):
    assert parse(source, mdx=mdx) == parse(source, mdx=mdx)


@given(
    st.lists(st.sampled_from(["word", "more", "**bold**", "`code`", "*it*"]), min_size=1, max_size=30), st.booleans()
)
def test_plain_words_survive_whatever_surrounds_them(words, mdx):
    source = "\n\n".join(
        f"{mark}{word}" for mark, word in zip(["", "- ", "> ", "# ", "1. ", "| "] * 5, words, strict=False)
    )

    assert tally(source) - tally(" ".join(block.text for block in parse(source, mdx=mdx).blocks)) == tally("1") - tally(
        "1"
    )


@given(SNIPPETS, st.booleans())
def test_line_breaks_of_windows_change_nothing_but_places(source, mdx):
    plain = source.replace("\r", "")

    def told(text: str) -> list[tuple[str, str]]:
        return [(block.kind, block.text) for block in parse(text, mdx=mdx).blocks]

    assert told(plain.replace("\n", "\r\n")) == told(plain)
