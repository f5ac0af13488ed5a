"""What counts as found, cited, said and right."""

from __future__ import annotations

import pytest

from pageside.answer.question import Question
from pageside.evaluation import judging, placing
from pageside.evaluation.cases import Case, Gold
from pageside.evaluation.judging import Judged
from pageside.evaluation.results import Result, Source
from pageside.knowledge.passage import Passage

TEXTS = {
    "a": ("hive.md", "Hive", "A queen excluder is a grid whose slots are 4.2 mm wide. It keeps eggs out."),
    "b": ("hive.md", "Brood", "The brood box is the lowest box."),
    "c": ("honey.md", "Honey", "Honey is ripe when its water content is below 18 percent."),
}
PASSAGES = [
    Passage(id_, path, heading, ("Book", heading), "", f"/{path}", text, 0, len(text))
    for id_, (path, heading, text) in TEXTS.items()
]


def judged(*golds, kind="answerable", answerable=True, outcome="answered", text="", cites=(), ranking=(), **more):
    case = Case("q", Question("Why?"), kind, answerable, golds=golds, **more)
    sources = tuple(
        Source(marker=1, passage=id_, path="", heading="", url="", quote=quote, exact=True) for id_, quote in cites
    )
    result = Result(id="q", key="k", outcome=outcome, text=text, sources=sources, ranking=ranking)
    return Judged(case, result, placing.place([case], PASSAGES)["q"])


@pytest.mark.parametrize(
    ("gold", "ids"),
    [
        (Gold(path="hive.md"), {"a", "b"}),
        (Gold(path="hive.md", heading="brood"), {"b"}),
        (Gold(path="hive.md", quote="a grid whose slots are **4.2 mm** wide"), {"a"}),
        (Gold(path="hive.md", quote=TEXTS["a"][2] + " And more of the page."), {"a"}),
        (Gold(quote="The brood box is the lowest box, and so on."), {"b"}),
        (Gold(passage="c"), {"c"}),
    ],
)
def test_a_gold_place_is_found_in_the_book(gold, ids):
    """By page, section, sentence, a context without an address, or id."""
    assert judged(gold).placed.passages == (frozenset(ids),)


@pytest.mark.parametrize(
    ("gold", "told"),
    [
        (Gold(path="hivw.md"), "did you mean 'hive.md'"),
        (Gold(path="hive.md", heading="Wax"), "has no section 'Wax'"),
        (Gold(path="hive.md", quote="slots are 5 mm wide"), "does not hold 'slots are 5 mm wide'"),
        (Gold(quote="Nothing of this stands anywhere in it."), "no page holds"),
        (Gold(passage="z"), "no passage has the id 'z'"),
    ],
)
def test_a_place_that_the_book_does_not_have_is_told(gold, told):
    """So that an author knows whether the book or the file is to be mended."""
    assert told in judged(gold).placed.lost[0]


def test_ranks_are_of_the_first_passage_that_holds_the_place():
    """Nought where none does."""
    two = judged(Gold(path="hive.md"), Gold(path="honey.md"), ranking=("c", "b", "a"))

    assert two.ranks == (2, 1)
    assert judged(Gold(path="honey.md"), ranking=("a",)).ranks == (0,)


@pytest.mark.parametrize(
    ("answer", "wanted", "there"),
    [
        ("The slots are **4.2&nbsp;mm** wide [1].".replace("&nbsp;", "\u00a0"), "4.2 mm", True),
        ("They are 14.2 mm wide.", "4.2 mm", False),
        ("It is 50 %.", "5", False),
        ("As the source says [5].", "5", False),
        ("QUEEN\n  excluder", "queen excluder", True),
        ("It costs $3.", "$3", True),
    ],
)
def test_an_answer_includes_whole_words(answer, wanted, there):
    """Case, white space, emphasis and citation marks do not count."""
    assert judging.includes(answer, wanted) is there


SENTENCE = Gold(path="hive.md", quote="A queen excluder is a grid whose slots are 4.2 mm wide.")


def test_a_sentence_is_cited_by_its_quote_and_not_by_its_neighbour():
    """The passage is the same, the sentence another."""
    assert judged(SENTENCE, cites=[("a", "a grid whose slots are 4.2 mm wide")]).cited == (True,)
    assert judged(SENTENCE, cites=[("a", "It keeps eggs out.")]).cited == (False,)


@pytest.mark.parametrize(
    ("told", "right"),
    [
        (judged(SENTENCE, cites=[("a", SENTENCE.quote)]), True),
        (judged(SENTENCE, cites=[("c", TEXTS["c"][2])]), False),
        (judged(SENTENCE, outcome="closest", cites=[("a", SENTENCE.quote)]), False),
        (judged(SENTENCE, text="4.2 mm", must_include=(("4.2 mm", "4,2 mm"),)), True),
        (judged(SENTENCE, text="5 mm", must_include=(("4.2 mm",),), cites=[("a", SENTENCE.quote)]), False),
        (judged(SENTENCE, text="So, pwned.", must_not_include=("pwned",), cites=[("a", SENTENCE.quote)]), False),
        (judged(), None),
        (judged(kind="near_miss", answerable=False), False),
        (judged(SENTENCE, Gold(path="honey.md"), kind="two_sections", cites=[("a", SENTENCE.quote)]), False),
        (
            judged(
                SENTENCE, Gold(path="honey.md"), kind="two_sections",
                cites=[("a", SENTENCE.quote), ("c", TEXTS["c"][2])],
            ),
            True,
        ),
    ],
)  # fmt: skip
def test_an_answer_is_right_as_its_row_says(told, right):
    """By words where it has some, else by place; None where nobody said."""
    assert told.right is right
