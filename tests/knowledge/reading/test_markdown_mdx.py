"""MDX: what is JavaScript goes, what is prose stays, wherever it is written."""

from __future__ import annotations

import pytest

from pageside.knowledge.reading.markdown import parse


def blocks(source: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in parse(source, mdx=True).blocks]


def texts(source: str) -> list[str]:
    return [text for _, text in blocks(source)]


@pytest.mark.parametrize(
    "statement",
    [
        "import Tabs from '@theme/Tabs';",
        "import Tabs from '@theme/Tabs'; import {a} from 'b';",
        "import {\n  one,\n  two,\n} from './parts';",
        "import './styles.css'",
        "export const meta = {title: 'Hidden'};",
        "export const Box = ({children}) => (\n  <div>\n\n    Hidden\n\n  </div>\n)",
        "export default function Page() {\n  return 1\n}",
        "export {a} from 'b'",
    ],
)
def test_imports_and_exports_are_not_prose(statement):
    assert texts(f"{statement}\n\n# Kept\n\nWords.\n\n{statement}\n\nMore.\n") == ["Kept", "Words.", "More."]


def test_an_import_ends_where_words_begin_without_a_blank_line():
    assert texts("import A from 'b';\n# Kept\n") == ["Kept"]


@pytest.mark.parametrize("line", ["import the module first.", "export the map as a file.", "Words, import x from 'y'"])
def test_a_sentence_about_imports_is_prose(line):
    assert texts(line + "\n") == [line]


def test_a_comment_in_braces_is_not_prose():
    assert texts("Before {/* gone */}after.\n\n{/*\n gone\n\n gone */}\n\nEnd.\n") == ["Before after.", "End."]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a {'quoted'} b", "a quoted b"),
        ('a {"b\\nc"} d', "a b c d"),
        ("a {`made ${x} up`} b", "a made up b"),
        ("a{' '}b", "a b"),
        ("n is {42}", "n is 42"),
        ("{frontMatter.title} x", "x"),
        ("set {S_0, S_1} of", "set {S_0, S_1} of"),
        ("a {x < y", "a {x < y"),
        ("{cond ? 'yes' : 'no'} x", "yesno x"),
    ],
)
def test_an_expression_shows_its_strings(source, shown):
    assert texts(source + "\n") == [shown]


def test_an_expression_of_a_name_the_page_imports_shows_nothing():
    assert texts("import v from './v'\n\nVersion {v.name} is out, {unknown} is not.\n") == [
        "Version is out, {unknown} is not."
    ]


def test_jsx_in_an_expression_is_read():
    assert texts("{items.map((x) => <li key={x}>Each word</li>)}\n") == ["- Each word"]


def test_children_are_markdown_however_they_are_indented():
    source = (
        "<Tabs groupId='os' values={[{label: 'GNU/Linux', value: 'linux'}]}>\n  <TabItem value=\"linux\">\n\n"
        "      - **one**\n\n      ```sh\n      ls\n      ```\n\n  </TabItem>\n  <TabItem value='win' label='Windows'>\n"
        "    two\n  </TabItem>\n</Tabs>\n"
    )

    assert blocks(source) == [
        ("label", "GNU/Linux"),
        ("list_item", "- one"),
        ("code", "```sh\nls\n```"),
        ("label", "Windows"),
        ("paragraph", "two"),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<Tip>\n\nWords.\n\n</Tip>", [("label", "Tip"), ("paragraph", "Words.")]),
        ('<Tip title="How it works">\n\nWords.\n\n</Tip>', [("label", "How it works"), ("paragraph", "Words.")]),
        ('<Admonition type="caution" title="Hot">\n\nWords.\n\n</Admonition>',
         [("label", "Hot"), ("paragraph", "Words.")]),
        ("<Details summary={<b>Open</b>}>\n\nWords.\n\n</Details>", [("paragraph", "Open"), ("paragraph", "Words.")]),
        ("<>\n\nWords.\n\n</>", [("paragraph", "Words.")]),
        ("<Foo.Bar />\n\nWords.", [("paragraph", "Words.")]),
        ("<div style={{color: 'red'}} className=\"a b c\">\n  Words.\n</div>", [("paragraph", "Words.")]),
        ('Press <Badge text="beta" /> now', [("paragraph", "Press beta now")]),
        ('A <Tooltip content="Extra *words*">term</Tooltip>.',
         [("paragraph", "A term."), ("paragraph", "Extra words")]),
        ('<img src={require("./a.png").default} alt="The arm" width={300} />', [("paragraph", "The arm")]),
        ("<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>", [("table", "| a | b |\n| --- | --- |")]),
        ("<details>\n  <summary>Sum</summary>\n  Words\n</details>", [("label", "Sum"), ("paragraph", "Words")]),
    ],
)  # fmt: skip
def test_a_component_is_read_as_what_it_shows(source, expected):
    assert blocks(source + "\n") == expected


def test_markdown_in_a_prop_is_read_as_markdown():
    source = '<ExerciseBlock\n  content="**Exercise 1: Noise**\n\n- Measure it.\n- Plot it."\n  difficulty={3}\n/>\n'

    assert blocks(source) == [
        ("paragraph", "Exercise 1: Noise"),
        ("list_item", "- Measure it."),
        ("list_item", "- Plot it."),
    ]


def test_props_for_people_are_read_and_props_for_machines_are_not():
    source = """
<Card
  title="Sensors" description={`Learn to *see* ${count} things`} icon="camera" href="/docs/some page"
  className="card padding lg" id="one two" onClick={() => alert('not this')} hidden wide={true} size={2}
  features={['Fast loops', 'Low power']} meta={{heading: "Inner", color: "dark red", url: '/x y'}}
  aside={<em>Marked words</em>} unknownProp="Free prose here" code="x" {...rest}
/>
"""

    assert texts(source) == [
        "Sensors", "Learn to see things", "Fast loops", "Low power", "Inner", "Marked words", "Free prose here",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<Broken attr=\n\nwords after", ["words", "after"]),
        ("a <50ms latency and b > c", ["50ms", "latency"]),
        ('<Foo title="never closed>\n\nwords', ["never", "closed", "words"]),
        ("<Foo data={[1, {a: 'lost?'\n\nwords", ["lost", "words"]),
        ("<Foo data={not javascript at all here}/>\n\nwords", ["javascript", "words"]),
        ("</Nothing>\n\nwords", ["words"]),
        ("<a\n\n<b\n\nwords", ["words"]),
    ],
)
def test_malformed_jsx_loses_no_prose(source, words):
    found = " ".join(texts(source + "\n"))

    assert [word for word in words if word not in found] == []


def test_a_prop_knows_the_place_of_its_element():
    source = 'Before.\n\n<Card title="One"\n  description="Two words" />\n\nAfter.\n'

    found = parse(source, mdx=True).blocks

    assert {source[block.start : block.end] for block in found[1:3]} == {
        '<Card title="One"\n  description="Two words" />'
    }
