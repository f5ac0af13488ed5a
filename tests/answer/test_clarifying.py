"""Questions that point at nothing, and what the reader's reply makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer import clarifying, page_tools
from pageside.answer.clarifying import Advice
from pageside.answer.events import AskedBack, AskedPage
from pageside.answer.question import Page, PageReply, Question
from pageside.knowledge import contents, led
from pageside.knowledge.index import DocumentRow
from pageside.knowledge.passage import Passage
from pageside.phrases import answers


def page(path, title, *, module="", passages=2):
    """A page as the index remembers it, and its passages."""
    labels = {"module": module} if module else {}
    row = DocumentRow(path, title, f"/{path}", "en", "0" * 64, 0, passages)
    cut = [
        Passage(
            id=f"{path}-{number}",
            path=path,
            heading=f"{title} {number}",
            heading_path=(title, f"{title} {number}"),
            anchor=f"part-{number}",
            url=f"/{path}#part-{number}",
            text=f"Words of {title}.",
            start=0,
            end=10,
            labels=labels,
        )
        for number in range(passages)
    ]
    return row, cut


def book(*pages):
    """The contents of a book of these pages."""
    return contents.collect([row for row, _ in pages], [passage for _, cut in pages for passage in cut])


class Known:
    """A book's contents, at hand."""

    def __init__(self, known):
        self._known = known

    async def read(self):
        return self._known


BEES = book(page("a.md", "Drones"), page("b.md", "Queens"), page("c.md", "Workers"))


@pytest.mark.parametrize(
    "text",
    [
        "explain this",
        "Can you explain this?",
        "explain",
        "Please summarize",
        "What is it?",
        "what does this code do?",
        "Explain the selected text",
        "tell me about this section",
        "summarise the chapter",
        "explain the above diagram",
        "résume cette page",
        "erkläre das",
    ],
)
def test_a_question_without_an_object_points_nowhere(text):
    """However it is put."""
    assert clarifying.points_nowhere(Question(text), " ".join(text.split()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "thanks",
        "What can you do?",
        "What is this book about?",
        "Explain queens",
        "Summarize the course",
        "?",
    ],
)
def test_a_question_with_one_does_not(text):
    """Names, greetings, the whole book, and nothing at all."""
    assert not clarifying.points_nowhere(Question(text), " ".join(text.split()))


@pytest.mark.parametrize(
    "question",
    [
        Question("explain this", selected_text="a drone"),
        Question("explain this", page=Page(path="a.md")),
    ],
)
def test_what_the_reader_shows_is_what_they_mean(question):
    """A selection, or a page."""
    assert not clarifying.points_nowhere(question, "explain this")


def test_what_the_conversation_means_is_meant():
    """A question that it made standalone is another than the reader's own."""
    assert not clarifying.points_nowhere(Question("explain this"), "explain this (drones)")


async def test_the_page_is_asked_before_the_reader_and_each_once():
    """Selection, page, form, and in the end what to do."""
    known, tools = Known(BEES), page_tools.KNOWN
    selection = PageReply("get_selection", {}, None)
    where = PageReply("get_page", {}, None)
    steps = [
        Question("explain this", page_tools=tools, may_ask=True),
        Question("explain this", page_tools=tools, may_ask=True, page_replies=(selection,)),
        Question("explain this", page_tools=tools, may_ask=True, page_replies=(selection, where)),
        Question("explain this", page_tools=tools, page_replies=(selection, where)),
    ]
    done = [await clarifying.resolve(each, "explain this", known) for each in steps]

    assert done == [
        AskedPage("get_selection", {}),
        AskedPage("get_page", {}),
        AskedBack(("Drones", "Queens", "Workers")),
        Advice(answers.ADVICE),
    ]


async def test_a_question_that_names_something_is_let_be():
    """The very same."""
    question = Question("What do drones do?", page_tools=page_tools.KNOWN, may_ask=True)

    assert await clarifying.resolve(question, question.text, Known(BEES)) is question


def test_a_short_book_offers_every_page():
    """In reading order, under their titles."""
    assert list(clarifying.options(BEES)) == ["Drones", "Queens", "Workers"]


def test_pages_of_one_title_are_told_apart():
    """By their paths."""
    twins = book(page("one/x.md", "Intro"), page("two/x.md", "intro"), page("z.md", "End"))

    assert list(clarifying.options(twins)) == ["Intro (one/x.md)", "intro (two/x.md)", "End"]


def test_a_long_book_offers_its_modules():
    """The labels that gather its pages."""
    pages = [page(f"{number}.md", f"Page {number}", module=f"Module {number // 4 + 1}") for number in range(12)]

    assert list(clarifying.options(book(*pages))) == ["Module 1", "Module 2", "Module 3"]


def test_a_long_book_without_modules_offers_its_folders_first_pages():
    """Looking down until there is more than one folder, and never more than eight."""
    pages = [page(f"docs/part-{number // 2}/{number}.md", f"Page {number}") for number in range(30)]

    assert list(clarifying.options(book(*pages))) == [f"Page {number}" for number in range(0, 16, 2)]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.text(max_size=200)), min_size=1, max_size=12, unique_by=lambda p: p[0]
    ),
)
def test_every_option_leads_back_to_its_place(pages):
    """Whatever titles are like: all are different, one line, and choosing one means that page."""
    known = book(*(page(f"{name}.md", title) for name, title in pages))
    offered = clarifying.options(known)

    assert len(offered) == len(pages)
    assert all(label == " ".join(label.split()) for label in offered)
    for label, entry in offered.items():
        question = clarifying.clarified(Question("explain this"), [label], known)
        assert question.section == entry
        assert question.filters == led.places([entry])


@pytest.mark.parametrize(
    ("text", "words", "spelled"),
    [
        ("Can you explain this?", "drones", "Can you explain drones?"),
        ("explain this code", "the lambda", "explain the lambda"),
        ("summarize", "drones", "summarize drones"),
        ("What is it?", "\\1", "What is \\1?"),
    ],
)
def test_words_take_the_place_of_what_points(text, words, spelled):
    """So that the question names them."""
    assert clarifying.spelled(text, words) == spelled


@pytest.mark.parametrize("said", [(), ("",), ("this",), ("explain this page",)])
def test_a_reply_that_names_nothing_gets_advice(said):
    """And no second question."""
    assert clarifying.clarified(Question("explain this"), said, BEES) == Advice(answers.ADVICE)


def test_a_reply_that_is_a_question_stands_by_itself():
    """In the reader's own words."""
    question = clarifying.clarified(Question("explain this"), ["Why do drones die?"], BEES)

    assert (question.text, question.section) == ("Why do drones die?", None)


def test_a_chosen_place_and_words_are_a_question_about_the_place():
    """Both count."""
    question = clarifying.clarified(Question("explain this"), ["Queens", "how long?"], BEES)

    assert (question.text, question.section.title) == ("how long?", "Queens")


@given(st.lists(st.text(max_size=100), max_size=5))
def test_any_reply_comes_to_something(said):
    """A question with words, or advice."""
    done = clarifying.clarified(Question("explain this"), said, BEES)

    assert isinstance(done, Advice) or done.text.strip()
