"""The report of an evaluation in a real browser: nothing is fetched, and it fits a phone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests import small_book, zygote
from tests.evaluation import small_questions


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report of the small book, compared with another configuration and with a bar that is missed."""
    folder = tmp_path_factory.mktemp("report")
    small_book.write(folder / "book")
    small_questions.write(folder / "questions.jsonl")
    words = ("eval", "questions.jsonl", "--book", "book", "--report", "made", "--fail-under", "must_include=1,ece=0")
    zygote.run((*words, "--compare", "PAGESIDE_MAX_PAGE_BYTES=1000"), cwd=folder, env={"EMBEDDING_MODEL": "none"})
    return folder / "made" / "report.html"


@pytest.fixture(autouse=True)
def from_the_disk(watch):
    """The page is a file, and reaches for no other."""
    watch.allow_origin("file://")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_whole_by_itself(report, new_context, watch, width, scheme):
    """One request, that for the file; no line runs over the edge; and the text stands out from its ground."""
    page = new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    page.goto(report.as_uri())

    assert [request.url for request in watch.requests] == [report.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ink, ground = page.evaluate("(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))")
    assert ink != ground
    assert (ink == "rgb(31, 36, 48)") is (scheme == "light")


def test_it_can_be_read_without_seeing(report, new_context):
    """Headings in order, a name for every picture, a table behind the curves, heads on every table."""
    page = new_context().new_page()
    page.goto(report.as_uri())
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert not page.locator("svg:not([aria-label])").count()
    assert not page.locator("table:not(:has(th[scope]))").count()
    assert page.get_by_text("As a table").count() == 2


def test_what_is_amiss_stands_first(report, new_context):
    """The verdict before the figures, then what changed, then what to look at."""
    page = new_context().new_page()
    page.goto(report.as_uri())
    told = page.locator("body").inner_text()

    assert told.index("was missed") < told.index("Found") < told.index("Against") < told.index("What to look at")
