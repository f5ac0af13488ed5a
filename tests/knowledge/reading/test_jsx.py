"""Tags are scanned by their own grammar, and what their props hold is read by JavaScript's."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge.reading import script
from pageside.knowledge.reading.tags import Prop, Scanner, Tag, braces_at, pieces, tag_at


def tag(text: str) -> Tag | None:
    return tag_at(text, 0, limit=len(text), script=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<A>", Tag("A", "open", (), 3)),
        ("</A >", Tag("A", "close", (), 5)),
        ("<A/>", Tag("A", "void", (), 4)),
        ("<>", Tag("", "open", (), 2)),
        ("</>", Tag("", "close", (), 3)),
        ("<Foo.Bar-baz:q>", Tag("Foo.Bar-baz:q", "open", (), 15)),
        ("<a b>", Tag("a", "open", (Prop("b", "flag", ""),), 5)),
        ("<a b='>' />", Tag("a", "void", (Prop("b", "text", ">"),), 11)),
        ('<a b = "x\ny">', Tag("a", "open", (Prop("b", "text", "x\ny"),), 13)),
        ("<a b={{c: '}'}}>", Tag("a", "open", (Prop("b", "script", "{c: '}'}"),), 16)),
        ("<a b={`x${`}`}y`}>", Tag("a", "open", (Prop("b", "script", "`x${`}`}y`"),), 18)),
        ("<a b={/* } */ 1}>", Tag("a", "open", (Prop("b", "script", "/* } */ 1"),), 17)),
        ("<a {...p} b>", Tag("a", "open", (Prop("", "spread", "...p"), Prop("b", "flag", "")), 12)),
        ("<a /* no > */ b>", Tag("a", "open", (Prop("b", "flag", ""),), 16)),
        ("<a b={<C>don't</C>}>", Tag("a", "open", (Prop("b", "script", "<C>don't</C>"),), 20)),
        ("<br>", Tag("br", "void", (), 4)),
        ("<a", None),
        ("<a b=", None),
        ('<a b="x>', None),
        ("<a b={x>", None),
        ("< a>", None),
        ("<5>", None),
        ("<a,b>", None),
    ],
)
def test_a_tag_ends_where_its_grammar_says(text, expected):
    assert tag(text) == expected


def test_values_without_quotes_and_spaces_are_html():
    found = tag_at('<td rowspan=2 class="a"id=b>', 0, limit=99, script=False)

    assert found is not None
    assert [(prop.name, prop.source) for prop in found.props] == [("rowspan", "2"), ("class", "a"), ("id", "b")]


@pytest.mark.parametrize(
    ("text", "end"),
    [("{}", 2), ("{a}b", 3), ("{'}'}", 5), ("{`${`}`}`}", 10), ("{// }\n}", 7), ("{{}", -1), ("{'", -1), ("{`}", -1)],
)
def test_braces_close_outside_strings_templates_and_comments(text, end):
    assert braces_at(text, 0, limit=len(text)) == end


def test_html_is_cut_into_words_and_tags_and_nothing_is_lost():
    html = 'a <b>c</b><!-- d --> e &lt; <script>f()</script> < g <h i="'

    found = list(pieces(html))

    assert [piece.text for piece in found if piece.text] == ["a ", "c", " e &lt; ", ' < g <h i="']
    assert [piece.tag.name for piece in found if piece.tag] == ["b", "b"]
    assert [piece.start for piece in found] == [0, *(piece.end for piece in found[:-1])]


@given(st.text(alphabet="<>/{}`'\"$ab =!-\n", max_size=60))
def test_cutting_covers_any_text(text):
    found = list(pieces(text))

    assert "".join(text[piece.start : piece.end] for piece in found) == text


@given(st.text(alphabet="<>/{}`'\"$ab =!-\\*\n", max_size=60), st.booleans())
def test_no_text_stops_the_scanner(text, is_jsx):
    scanner = Scanner(len(text))

    for start in range(len(text)):
        found = scanner.tag(text, start, limit=len(text), script=is_jsx)
        assert found is None or start < found.end <= len(text)
        end = scanner.braces(text, start, limit=len(text))
        assert end == -1 or start < end <= len(text)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'a\\n\\u0041\\x42\\'c'", "a\nAB'c"),
        ("'\\ud83e\\udd16'", "🤖"),
        ("`a ${b} c`", "a   c"),
        ("['a', 'b', 3]", ("a", "b", "3")),
        ("{a: 'x', 'b-c': {d: 'y'}, e: true, f}", {"a": "x", "b-c": {"d": "y"}}),
        ("<b>x</b>", "<b>x</b>"),
        ("a ? 'x' : 'y'", ("x", "y")),
        ("'a' + 'b'", "ab"),
        ("ready && 'x'", "x"),
        ("t({message: 'x'})", {"message": "x"}),
        ("() => alert('x')", None),
        ("a.b", None),
        ("true", None),
        ("/* c */", None),
        ("", None),
    ],
)
def test_an_expression_is_read_for_its_words(expression, value):
    assert script.read(expression) == value


@pytest.mark.parametrize("expression", ["a b", "{", "'", "#", "[" * 100_000, "[" * 5000 + "]" * 5000])
def test_what_is_not_javascript_is_refused(expression):
    with pytest.raises(script.Unreadable):
        script.read(expression)


@given(st.text(max_size=80))
def test_reading_any_expression_gives_a_value_or_refuses(text):
    with suppress(script.Unreadable):
        script.read(text)

    assert all(name in text for name in script.names(text))


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("import a from 'b'\n\nx", 17),
        ("import a from 'b'\nx y z", 17),
        ("export const a = {\n\n b: 1\n}\n\nx", 27),
        ("import a bit of x", 0),
        ("importa", 0),
    ],
)
def test_module_statements_end_where_their_grammar_says(text, end):
    assert script.module_statements_end(text, 0) == end
