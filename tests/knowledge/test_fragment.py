"""Text fragments: links that scroll to a quote."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect, sync_playwright

from pageside.knowledge import fragment
from pageside.knowledge.passage import Passage


def passage(text: str, *, url: str) -> Passage:
    return Passage("1", "a.md", "H", ("H",), "", url, text, 0, len(text))


def test_a_short_quote_stands_whole() -> None:
    assert fragment.text_fragment("A node runs.", context="A node runs. It stops.") == ":~:text=A%20node%20runs."


def test_a_long_quote_is_named_by_its_first_and_last_words() -> None:
    quote = "A publisher sends each message to all of the nodes that have asked for it, in the order of sending."

    assert unquote(fragment.text_fragment(quote, context=quote)) == (
        ":~:text=A publisher sends each message,in the order of sending."
    )


def test_what_the_directive_uses_as_syntax_is_encoded() -> None:
    """A hyphen, a comma and an ampersand inside a term would end it."""
    assert fragment.text_fragment("pick-and-place, R&D", context="") == ":~:text=pick%2Dand%2Dplace%2C%20R%26D"


def test_marks_of_code_are_not_part_of_the_page() -> None:
    assert fragment.text_fragment("Call `spin()` once.", context="") == ":~:text=Call%20spin%28%29%20once."


def test_math_is_skipped_for_it_is_rendered_otherwise() -> None:
    """What stands before the formula begins the mark and what stands after ends it."""
    made = fragment.text_fragment("The loss of $L = x^2$ falls very quickly.", context="")

    assert unquote(made) == ":~:text=The loss of,falls very quickly."


@pytest.mark.parametrize("quote", ["$x^2$", "$$\na = b\n$$", "", "---", "| --- | --- |"])
def test_where_nothing_can_be_found_there_is_no_fragment(quote: str) -> None:
    assert fragment.text_fragment(quote, context=quote) == ""


def test_a_list_item_is_found_without_its_mark() -> None:
    assert fragment.text_fragment("- Charge the robot.", context="") == ":~:text=Charge%20the%20robot."


def test_a_word_or_two_are_told_by_what_stands_before_them() -> None:
    """They are likely to stand elsewhere on the page as well."""
    context = "- Charge the robot.\n- Wait.\n- Go."

    assert unquote(fragment.text_fragment("- Wait.", context=context)) == ":~:text=Charge the robot.-,Wait."


def test_a_few_words_beside_a_formula_are_left_out_for_a_longer_stretch() -> None:
    """A mark that began at any "Let" of the page would cover half of it."""
    made = fragment.text_fragment("Let $x$ be the state of the robot, and $u$ its input.", context="")

    assert unquote(made) == ":~:text=be the state of the robot, and"


def test_a_table_row_reaches_from_its_first_cell_to_its_last() -> None:
    assert fragment.text_fragment("| Lidar | 40 m | `scan` |", context="") == ":~:text=Lidar,scan"
    table = "| sensor | range | topic |\n| --- | --- | --- |\n| Lidar | 40 m | `scan` |"
    assert fragment.text_fragment("| Lidar | 40 m | `scan` |", context=table) == ":~:text=topic-,Lidar,scan"


def test_a_quote_between_blocks_of_code_is_told_by_the_prose_around_it() -> None:
    """A border of a table, or the mark of a list, stands on no page."""
    code = "```\nx = 1\n```"
    table = f"{code}\n\n| sensor | range |\n| --- | --- |\n| Lidar | 40 m |\n| Sonar | 4 m |\n\n{code}"
    steps = f"{code}\n\n- Wait.\n- Charge the robot.\n\n{code}"

    assert unquote(fragment.text_fragment("| Sonar | 4 m |", context=table)) == ":~:text=40 m-,Sonar,4 m"
    assert unquote(fragment.text_fragment("- Wait.", context=steps)) == ":~:text=Wait.,-Charge the robot."


def test_code_is_marked_from_its_first_line_to_its_last() -> None:
    code = "```python\nimport rclpy\n\nrclpy.init()\n```"

    assert fragment.text_fragment(code, context=code) == ":~:text=import%20rclpy,rclpy.init%28%29"


def test_a_repeated_quote_is_told_by_the_words_before_it() -> None:
    context = "First, stop the motor. If it does not stop: stop the motor."

    assert unquote(fragment.text_fragment("stop the motor.", context=context)) == ":~:text=First,-,stop the motor."


def test_a_repeated_quote_at_the_very_beginning_is_told_by_the_words_after_it() -> None:
    context = "Stop. Wait. And then stop."

    assert unquote(fragment.text_fragment("Stop.", context=context)) == ":~:text=Stop.,-Wait. And then"


def test_japanese_is_cut_at_its_commas() -> None:
    """A term cut inside a word is not found: there are no spaces to cut at."""
    quote = "ロボットは、センサーの値を読み取り、それをもとに次の動きを計算し、モーターに命令を送ります。" * 3

    start, end = unquote(fragment.text_fragment(quote, context=quote)).removeprefix(":~:text=").split(",")
    assert quote.startswith(start)
    assert quote.endswith(end)


def test_a_link_keeps_the_anchor_before_the_directive() -> None:
    text = "A node runs."

    assert fragment.deep_link(passage(text, url="/docs/ros#nodes"), text) == "/docs/ros#nodes:~:text=A%20node%20runs."
    assert fragment.deep_link(passage(text, url="/docs/ros"), text) == "/docs/ros#:~:text=A%20node%20runs."
    assert fragment.deep_link(passage("$x$", url="/docs/ros"), "$x$") == "/docs/ros"


@given(st.text(max_size=200))
def test_any_text_gives_a_fragment_that_is_safe_in_an_address(text: str) -> None:
    made = fragment.text_fragment(text, context=text)

    assert made == "" or made.startswith(":~:text=")
    assert made.isascii()
    assert not set(made) & set(' "<>#&\n')


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DECOY = "<p>Wait. Lidar, scan and stop the motor are named here; a publisher and the loss are too.</p>"
LONG = "A publisher sends each message to all of the nodes that have asked for it, in the order of sending."
ROWS = "| sensor | range | topic |\n| --- | --- | --- |\n| Lidar | 40 m | `scan` |"
SHOWN = [
    (LONG, LONG, f"<p>{LONG.replace('publisher', '<b>publisher</b>')}</p>"),
    ("Call `spin()`, once & for all.", "", "<p>Call <code>spin()</code>, once &amp; for all.</p>"),
    ("- Wait.", "- Charge the robot.\n- Wait.", "<ul><li>Charge the robot.</li><li>Wait.</li></ul>"),
    (
        ROWS.split("\n")[-1],
        ROWS,
        "<table><tr><th>sensor<th>range<th>topic<tr><td>Lidar<td>40 m<td><code>scan</code></table>",
    ),
    (
        "```\nimport rclpy\n\nrclpy.init()\n```",
        "",
        "<pre><span>import rclpy</span><br><br><span>rclpy.init()</span></pre>",
    ),
    ("The loss of $L = x^2$ falls very fast.", "", "<p>The loss of <i>L</i>=<i>x</i><sup>2</sup> falls very fast.</p>"),
    ("stop the motor.", "If it hums, stop the motor. Then stop the motor.", "<p>If it hums, stop the motor.</p>"),
    ("ロボットは、値を読み取り、次の動きを計算します。", "", "<p>ロボットは、値を読み取り、次の動きを計算します。</p>"),
    ("روبوٹ چلتا ہے اور رکتا ہے۔", "", "<p>روبوٹ چلتا ہے اور رکتا ہے۔</p>"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "CI needs Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium on this machine")
@pytest.mark.parametrize(("quote", "context", "html"), SHOWN, ids=lambda value: value[:12])
def test_a_browser_scrolls_to_the_quote(chromium: Browser, quote: str, context: str, html: str) -> None:
    """Past words of the same kind at the top of the page, whatever the quote is rendered as."""
    page = chromium.new_page()
    body = f"<!doctype html><meta charset=utf-8>{DECOY}<div style=height:9000px></div><div id=here>{html}</div>"
    page.route("**/*", lambda route: route.fulfill(body=body, content_type="text/html"))

    page.goto(f"http://127.0.0.1/#{fragment.text_fragment(quote, context=context or quote)}")
    expect(page.locator("#here")).to_be_in_viewport()
    page.close()
