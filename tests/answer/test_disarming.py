"""Nothing that acts is left in an answer, whichever renderer shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.attacks.channels import active

from pageside.answer import disarming
from pageside.answer.units import kind

MAY_LEAD = disarming.leading(["https://school.example"], lambda: ["/motors#servo", "https://ros.org/docs?v=2"])
BITS = [
    *("[", "]", "(", ")", "!", "<", ">", "`", "``", "$", "\\", "|", ":", "/", '"', "'", "&", "#", "*", "_", "\n", " "),
    *(
        "http://evil.test/?q=1",
        "www.evil.test",
        "javascript:alert(1)",
        "img src=x onerror=alert(1)",
        "a href=",
        "script",
    ),
    *("&lt;", "&#106;", "[1]", "]:", "](", "![", "\u200b", "servo", "mailto:a@b.test", "<!--", "-->", "<b>", "[x]: /y"),
]


@given(st.lists(st.sampled_from(BITS), max_size=14).map("".join))
def test_no_prose_of_any_kind_acts(text):
    """Put together of everything that has a meaning in Markdown or HTML."""
    unit = f"x{text}"

    assert active(disarming.disarmed(unit, "prose", lambda _: False)) == []


@given(st.lists(st.sampled_from(BITS), max_size=10).map("".join))
def test_no_block_lets_anything_out(text):
    """Code stays code, however its fence was begun."""
    unit = f"```html\n{text}"

    assert active(disarming.disarmed(unit, kind(unit), lambda _: False)) == []


@given(st.text(alphabet="abc .,-1[]", max_size=40))
def test_plain_words_and_citations_stay_as_they_are(text):
    """So that what is quoted is still found in the book."""
    unit = f"A servo {text.replace('](', '] (').replace(']:', '] :')}"

    assert disarming.disarmed(unit, "prose", lambda _: False) == unit


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("See [servos](/motors#servo).", "See [servos](/motors#servo)."),
        ("See [docs](https://ros.org/docs?v=2).", "See [docs](https://ros.org/docs?v=2)."),
        ("See [docs](https://ros.org/docs?v=2&name=ada).", "See docs."),
        ("See [school](https://school.example/a).", "See [school](https://school.example/a)."),
        ("See [school](https://school.example/a?name=ada).", "See school."),
        ("See [it](https://school.example.evil.test/a).", "See it."),
        ("See [it](//evil.test).", "See it."),
        ("At https://evil.test/a.", "At `https://evil.test/a`."),
        ("At a@b.test``[``.", "At `a@b.test` ``[``."),
        ("At ``[``a@b.test.", "At ``[`` `a@b.test`."),
        ("![a chart](https://evil.test/p.png)", "a chart"),
        ("Use `<img>` for pictures.", "Use `<img>` for pictures."),
        ("Use <img> for pictures.", "Use \\<img> for pictures."),
        ("Where $a<b$ holds.", "Where $a< b$ holds."),
        ("R&D, 5 < 6 &amp; more.", "R&D, 5 < 6 &amp; more."),
        ("[1]: https://evil.test", "\\[1]: `https://evil.test`"),
    ],
)
def test_what_becomes_of_it(written, shown):
    """Links of the book and of what it names stay; all else becomes text."""
    assert disarming.disarmed(written, "prose", MAY_LEAD) == shown
