"""What is said of a question that came out otherwise."""

from __future__ import annotations

import pytest

from pageside.answer.question import Question
from pageside.evaluation import comparing
from pageside.evaluation.cases import Case
from pageside.evaluation.judging import Judged
from pageside.evaluation.placing import Placed
from pageside.evaluation.results import Result, Source
from pageside.knowledge.index import DocumentRow
from pageside.knowledge.passage import Passage

ASKED = Case("q", Question("Why?"), "answerable", answerable=True, must_include=(("18",),))
UNKNOWN = Case("q", Question("Why?"), "answerable", answerable=True)
TRAP = Case("q", Question("Why?"), "near_miss", answerable=False)
PASSAGE = Passage("old", "a.md", "A", ("A",), "", "/a", "Text.", 0, 5)


def said(text="18 percent.", *, case=ASKED, outcome="answered", passage="old", statements=1, supported=1):
    source = Source(marker=1, passage=passage, path="a.md", heading="A", url="/a", quote="Text.", exact=True)
    result = Result(
        id="q", key="k", text=text, outcome=outcome, sources=(source,), statements=statements, supported=supported
    )
    return Judged(case, result, Placed((), ()))


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (said(), said("20 percent."), "broken"),
        (said("", outcome="not_in_book"), said(), "mended"),
        (said("", case=TRAP, outcome="not_in_book"), said(case=TRAP), "let_through"),
        (said(case=UNKNOWN), said("", case=UNKNOWN, outcome="not_in_book"), "refused"),
        (said(), said(supported=0), "support_lost"),
        (said("", case=UNKNOWN, outcome="closest"), said(case=UNKNOWN), "answerable"),
        (said(), said(passage="new"), "source_changed"),
        (said(), said("It is 18."), "reworded"),
    ],
)
def test_a_change_is_told_by_what_is_gravest(before, after, what):
    """In the order of the table in docs/reference/evaluation.md."""
    found = comparing.changes(
        [before],
        [after],
        passages_before={"old": PASSAGE},
        passages_after={} if what == "source_changed" else {"old": PASSAGE},
    )

    assert [change.what for change in found] == [what]


@pytest.mark.parametrize(
    "after", [said(), said("Other sections.", case=TRAP, outcome="not_in_book")], ids=["the same", "declined otherwise"]
)
def test_what_did_not_change_is_not_told(after):
    """Nor is a list of other sections beside a question that is declined as before."""
    before = said("Sections.", case=TRAP, outcome="not_in_book") if after.case is TRAP else said()

    assert not comparing.changes([before], [after], passages_before={}, passages_after={})


def test_pages_are_told_by_their_digests():
    """Added, changed and removed; a page that only moved in the order is none of them."""
    before, after = (
        [DocumentRow(path, path, "", "en", digest, at, 1) for at, (path, digest) in enumerate(pages.items())]
        for pages in ({"a": "1", "b": "1", "c": "1"}, {"c": "1", "b": "2", "d": "1"})
    )

    assert comparing.pages(before, after) == comparing.Pages(added=("d",), changed=("b",), removed=("a",))
