"""What the reader makes of the Markdown that real documentation is written in, one oddity at a time."""

from __future__ import annotations

import pytest

from pageside.knowledge.reading.markdown import Flaw, parse


def blocks(source: str, *, mdx: bool = False) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in parse(source, mdx=mdx).blocks]


def headings(source: str, *, mdx: bool = False) -> list[tuple[int, str, str]]:
    return [(block.level, block.text, block.anchor) for block in parse(source, mdx=mdx).blocks]


BOTH = pytest.mark.parametrize("mdx", [False, True], ids=["markdown", "mdx"])


@BOTH
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("# Plain", (1, "Plain", "")),
        ("## Torque {#torque}", (2, "Torque", "torque")),
        ("## Torque { #torque }", (2, "Torque", "torque")),
        ('## Torque { #torque .wide data-x="y" }', (2, "Torque", "torque")),
        ("## Torque {: #torque }", (2, "Torque", "torque")),
        ("# Torque[[torque]]", (1, "Torque", "torque")),
        ("# Torque [[torque-and-force]]", (1, "Torque", "torque-and-force")),
        ("# 力矩 [[力矩]]", (1, "力矩", "力矩")),
        ("### The `/cmd_vel` *topic*", (3, "The `/cmd_vel` topic", "")),
        ("### [Part I: Foundations](./part-1)", (3, "Part I: Foundations", "")),
        ("## Flags <small>optional</small> {#flags}", (2, "Flags optional", "flags")),
        ("Setext\n======", (1, "Setext", "")),
        ("Lower\n---", (2, "Lower", "")),
        ("## Closed ##", (2, "Closed", "")),
    ],
)
def test_a_heading_keeps_its_words_and_the_id_its_author_gave_it(line, expected, mdx):
    assert headings(line + "\n", mdx=mdx) == [expected]


def test_a_heading_in_html_has_a_level_and_an_id():
    assert headings('<h2 id="arm">The arm</h2>\n') == [(2, "The arm", "arm")]
    assert headings('<h2 id="arm">The arm</h2>\n', mdx=True) == [(2, "The arm", "arm")]


def test_an_id_in_a_comment_is_an_id():
    assert headings("## Grip {/* #grip */}\n", mdx=True) == [(2, "Grip", "grip")]


def test_words_in_emphasis_links_and_code_stand_in_one_paragraph():
    found = blocks("A **bold** [link](x.md#y) to `co|de`, ~~gone~~ and $x_1$.\nSecond line\\\nthird.\n")

    assert found == [("paragraph", "A bold link to `co|de`, gone and $x_1$. Second line\nthird.")]


def test_what_hovers_over_words_is_read_after_them():
    found = blocks('See [HTTP](x "HyperText words") and <abbr title="Robot System">ROS</abbr>.\n')

    assert found == [
        ("paragraph", "See HTTP and ROS."),
        ("paragraph", "HyperText words"),
        ("paragraph", "Robot System"),
    ]


def test_an_image_is_read_by_its_alternative_text_and_title():
    assert blocks('![Layers of an agent](a.png "Figure one")\n') == [("paragraph", "Layers of an agent (Figure one)")]


def test_each_paragraph_of_a_list_is_an_item_with_mark_and_indent():
    source = "- one\n  - two\n\n    more\n\n    1. three\n    2. four\n\n  ```sh\n  run\n  ```\n* other\n"

    assert blocks(source) == [
        ("list_item", "- one"),
        ("list_item", "  - two"),
        ("list_item", "    more"),
        ("list_item", "    1. three"),
        ("list_item", "    2. four"),
        ("code", "```sh\nrun\n```"),
        ("list_item", "- other"),
    ]


def test_a_checklist_keeps_its_boxes():
    assert blocks("Before you start:\n\n- [x] power off\n- [ ] wear gloves\n")[1:] == [
        ("list_item", "- [x] power off"),
        ("list_item", "- [ ] wear gloves"),
    ]


@BOTH
def test_a_table_is_one_block_of_pipe_rows(mdx):
    assert blocks("| Type | Use |\n|:--|--:|\n| `x\\|y` and *z* | 1 |\n| \\| | |\n", mdx=mdx) == [
        ("table", "| Type | Use |\n| --- | --- |\n| `x\\|y` and z | 1 |\n| \\| |  |")
    ]


def test_cells_beyond_the_header_are_kept():
    assert blocks("| A | B |\n|---|---|\n| `x|y` | z |\n| 1 | 2 | 3 | 4 |\n") == [
        ("table", "| A | B |\n| --- | --- |\n| `x\\|y` | z |\n| 1 | 2 \\| 3 \\| 4 |")
    ]


@BOTH
def test_cells_of_several_lines_read_as_one(mdx):
    assert blocks("| A | B |\n|---|---|\n| one<br/>two | `x\\|y` |\n", mdx=mdx) == [
        ("table", "| A | B |\n| --- | --- |\n| one two | `x\\|y` |")
    ]


def test_an_html_table_becomes_pipe_rows():
    source = "<table>\n<tr><th>Key<th>Does</tr>\n<tr><td><kbd>T</kbd></td><td>Moves &amp; turns</td></tr>\n</table>\n"

    assert blocks(source) == [("table", "| Key | Does |\n| --- | --- |\n| T | Moves & turns |")]


def test_markdown_inside_the_cells_of_an_html_table_is_read():
    source = "<table>\n<tr>\n<td>\n\n**left**\n\n</td>\n<td>\n\n```js\ncall()\n```\n\nright\n\n</td></tr></table>\n"

    assert blocks(source) == [
        ("table", "| left | right |\n| --- | --- |"),
        ("code", "```js\ncall()\n```"),
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("```python\n# not a heading\n```\n", "```python\n# not a heading\n```"),
        ('```python title="talker.py" {1,3}\nx\n```\n', '```python title="talker.py"\nx\n```'),
        ("```{.python .input}\n%%tab pytorch\nx\n```\n", '```python title="pytorch"\nx\n```'),
        ("```{.python .input}\n%%tab all\nx\n```\n", "```python\nx\n```"),
        ("```rust,ignore\nlet x;\n```\n", "```rust\nlet x;\n```"),
        ("~~~sh\nls\n~~~\n", "```sh\nls\n```"),
        ("````md\n```js\nx\n```\n````\n", "````md\n```js\nx\n```\n````"),
        ('``` { .yaml title="c.yml" }\na: 1\n```\n', '```yaml title="c.yml"\na: 1\n```'),
        ("    indented\n", "```\nindented\n```"),
        ("<pre>\na\n  b &lt;c&gt;\n</pre>\n", "```\na\n  b <c>\n```"),
    ],
)
def test_code_stays_whole_behind_a_fence(source, text):
    assert blocks(source) == [("code", text)]


def test_a_diagram_is_not_code():
    assert blocks("```mermaid\ngraph TD; A-->B\n```\n") == [("diagram", "```mermaid\ngraph TD; A-->B\n```")]


def test_a_fence_that_is_never_closed_is_a_flaw_and_loses_nothing():
    found = parse("# A\n\n```sh\nls\n\n# B\n", mdx=False)

    assert [block.text for block in found.blocks] == ["A", "```sh\nls\n\n# B\n```"]
    assert found.flaws == (Flaw(3, "the code opened with ``` is never closed"),)


@BOTH
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("$$\na = b\n$$\n", [("math", "$$\na = b\n$$")]),
        ("$$a = b$$\n", [("math", "$$\na = b\n$$")]),
        ("Cost \\\\(S_0\\\\) here.\n", [("paragraph", "Cost $S_0$ here.")]),
        ("From $5 to $10 each.\n", [("paragraph", "From $5 to $10 each.")]),
        ("So $\\frac{a}{b}$ holds.\n", [("paragraph", "So $\\frac{a}{b}$ holds.")]),
        ("\\begin{align}\na &= b\n\\end{align}\n", [("math", "$$\n\\begin{align}\na &= b\n\\end{align}\n$$")]),
    ],
)
def test_math_stays_marked(source, expected, mdx):
    assert blocks(source, mdx=mdx) == expected


@BOTH
@pytest.mark.parametrize(
    ("source", "label"),
    [
        (":::note\nText.\n:::\n", "Note"),
        (":::info Prerequisites\nText.\n:::\n", "Prerequisites"),
        (":::warning[The *hot* end]\nText.\n:::\n", "The hot end"),
        ("::: tip\nText.\n:::\n", "Tip"),
        ("/// note | 備考\n\nText.\n\n///\n", "備考"),
        ("/// warning\nText.\n///\n", "Warning"),
        ("/// details | Open me\n    type: warning\n\nText.\n\n///\n", "Open me"),
        ('!!! warning "Hot"\n\n    Text.\n', "Hot"),
        ("!!! note\n    Text.\n", "Note"),
        ('??? tip "Folded"\n    Text.\n', "Folded"),
        ('=== "Linux"\n\n    Text.\n', "Linux"),
        ("> [!TIP]\n> Text.\n", "Tip"),
        ("> [!NOTE] Mind this\n> Text.\n", "Mind this"),
        ("<details>\n<summary>More <b>words</b></summary>\n\nText.\n\n</details>\n", "More words"),
    ],
)
def test_a_box_has_its_title_as_a_label(source, label, mdx):
    assert blocks(source, mdx=mdx) == [("label", label), ("paragraph", "Text.")]


@BOTH
def test_boxes_nest_and_hold_everything(mdx):
    source = "::::tip[Outer]\n\n:::note\n\n- item\n\n```sh\nls\n```\n\n:::\n\nlast\n\n::::\n\nafter\n"

    assert blocks(source, mdx=mdx) == [
        ("label", "Outer"),
        ("label", "Note"),
        ("list_item", "- item"),
        ("code", "```sh\nls\n```"),
        ("paragraph", "last"),
        ("paragraph", "after"),
    ]


def test_a_box_inside_a_list_belongs_to_the_list():
    assert blocks("1. Do\n\n    !!! note\n        Mind\n\n2. Done\n") == [
        ("list_item", "1. Do"),
        ("label", "Note"),
        ("list_item", "  Mind"),
        ("list_item", "2. Done"),
    ]


def test_a_quotation_with_an_emoji_stays_a_quotation():
    assert blocks("> ⚠️ The hub is\n> not limited.\n") == [("quote", "⚠️ The hub is not limited.")]


def test_a_term_is_written_with_its_definition():
    assert blocks("**Action**\n: A long task.\n\n    ```sh\n    go\n    ```\n\nActuator\n: Moves.\n") == [
        ("definition", "Action: A long task."),
        ("code", "```sh\ngo\n```"),
        ("definition", "Actuator: Moves."),
    ]
    assert blocks("<dl><dt>Arm</dt><dd>Reaches</dd></dl>\n") == [("definition", "Arm: Reaches")]


def test_a_footnote_stands_where_it_is_written():
    assert blocks("Said.[^who] More.\n\n[^who]: By *them*.\n\nEnd.\n") == [
        ("paragraph", "Said. More."),
        ("footnote", "By them."),
        ("paragraph", "End."),
    ]


def test_an_abbreviation_is_a_definition():
    assert blocks("*[IMU]: Inertial unit\n*[DOF]: Degrees of freedom\n") == [
        ("definition", "IMU: Inertial unit"),
        ("definition", "DOF: Degrees of freedom"),
    ]


def test_a_bold_line_used_as_a_heading_stays_a_paragraph():
    assert blocks("**Topics**:\n") == [("paragraph", "Topics:")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (":label:`sec_a`\n\nIn :numref:`sec_b` we saw.\n", [("paragraph", "In sec_b we saw.")]),
        (":begin_tab:`jax`\nWords.\n:end_tab:\n", [("label", "jax"), ("paragraph", "Words.")]),
        ("![Cap](a.svg)\n:width:`400px`\n", [("paragraph", "Cap")]),
        ("[a](b){.wide target=_blank} c { .annotate }\n", [("paragraph", "a c")]),
        (":material-check: Done\n", [("paragraph", "Done")]),
        ("[TOC]\n\nWords.\n", [("paragraph", "Words.")]),
        ("{% raw %}\nWords {{ user.name }}.\n{% endraw %}\n", [("paragraph", "Words .")]),
        ("Keep <package> and <b>this</b>.\n", [("paragraph", "Keep <package> and this.")]),
        ("Takes \\u0026lt;2 seconds, &lt;5 W, a\u00a0b\u200bc.\n", [("paragraph", "Takes <2 seconds, <5 W, a bc.")]),
        ("日本語の\n文です。\n", [("paragraph", "日本語の文です。")]),
        ("text<!-- gone -->more\n", [("paragraph", "textmore")]),
        ("<!-- gone\n\nstill gone -->\n\nhere\n", [("paragraph", "here")]),
        ("<script>\nlet hidden = 1\n</script>\n\nhere\n", [("paragraph", "here")]),
        ("<p align='center'>One<br>two</p>\n", [("paragraph", "One\ntwo")]),
        ("<ul><li>one<li>two <b>x</b><ol start='3'><li>deep</ol></ul>\n",
         [("list_item", "- one"), ("list_item", "- two x"), ("list_item", "  3. deep")]),
        ("[x]\n\n[x]: http://a 'Shown'\n", [("paragraph", "x"), ("paragraph", "Shown")]),
    ],
)  # fmt: skip
def test_what_only_the_machine_reads_is_left_out(source, expected):
    assert blocks(source) == expected


def test_what_stands_in_another_file_is_a_flaw():
    source = '{* ../src/a.py hl[1] *}\n\n```rust\n{{#include ../b.rs}}\n```\n\n--8<-- "c.md"\n'

    found = parse(source, mdx=False)

    assert found.blocks == ()
    assert found.flaws == (Flaw(1, "text included from another file is not read: ../src/a.py hl[1] and 2 more"),)


def test_a_listing_shows_its_number_its_caption_and_its_file():
    source = (
        '<Listing number="2-1" file-name="src/main.rs" caption="Reads `a`\nguess">\n\n```rust\nx\n```\n\n</Listing>\n'
    )

    assert blocks(source) == [
        ("label", "Listing 2-1: Reads `a` guess"),
        ("label", "Filename: src/main.rs"),
        ("code", "```rust\nx\n```"),
    ]


def test_a_comment_that_is_never_closed_is_text():
    found = parse("Before.\n\n<!-- open\n\n# Heading\n", mdx=False)

    assert [(block.kind, block.text) for block in found.blocks] == [
        ("paragraph", "Before."),
        ("paragraph", "<!-- open"),
        ("heading", "Heading"),
    ]
    assert found.flaws == (Flaw(3, "<!-- is opened and never closed by -->"),)


# Front matter --------------------------------------------------------------------------------------------------------


def test_front_matter_is_read_and_not_shown():
    found = parse("\ufeff---\r\ntitle: 'A: b'\r\ntags: [x]\r\n---\r\n\r\n# A\r\n", mdx=True)

    assert found.front_matter == {"title": "A: b", "tags": ["x"]}
    assert [block.text for block in found.blocks] == ["A"]


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("---\ntitle: a: b\n---\nBody.\n", 2, "not valid YAML"),
        ("---\nok: 1\nbad: [\n---\nBody.\n", 4, "not valid YAML"),
        ("---\ntitle: a\n\nBody.\n", 1, "never closed"),
        ("---\nwhen: 2024-99-99\n---\nBody.\n", 2, "not valid YAML"),
    ],
)
def test_broken_front_matter_is_a_flaw_with_its_line_and_the_body_is_read(source, line, message):
    found = parse(source, mdx=False)

    assert found.front_matter == {}
    assert found.flaws[0].line == line
    assert message in found.flaws[0].message
    assert "Body." in found.blocks[-1].text


def test_two_rules_around_prose_are_not_front_matter():
    assert blocks("---\n\nJust words.\n\n---\n") == [("paragraph", "Just words.")]


# Places --------------------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_block_knows_the_characters_it_was_written_with(mdx, line_break, mark):
    source = mark + "# A\n\nOne\ntwo.\n\n- x\n  - y\n\n> q\n\n```sh\nls\n```\n\n| a |\n|---|\n| b |\n".replace(
        "\n", line_break
    )

    found = parse(source, mdx=mdx).blocks

    written = [source[block.start : block.end].replace(line_break, "\n") for block in found]
    assert written == ["# A", "One\ntwo.", "- x", "- y", "> q", "```sh\nls\n```", "| a |\n|---|\n| b |"]


def test_words_between_tags_know_their_characters():
    source = "<ul>\n<li>one</li>\n<li>two <b>x</b> y</li>\n</ul>\n"

    found = parse(source, mdx=False).blocks

    assert [source[block.start : block.end] for block in found] == ["one", "two <b>x</b> y"]
