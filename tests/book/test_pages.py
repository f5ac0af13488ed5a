"""The book holds together: front matter, order, links, anchors, quizzes, glossary."""

from __future__ import annotations

import itertools
import json
import posixpath
import re

from book_pages import BOOK, DOCS, BookPage

FRONT_OF_EVERY_PAGE = {"title", "sidebar_position", "description"}
FRONT_OF_A_CHAPTER = FRONT_OF_EVERY_PAGE | {"module", "week", "tags"}
TIERS = {"laptop", "jetson", "humanoid", "all"}
WORDS_AT_LEAST = 12_000


def chapters(book: dict[str, BookPage]) -> list[BookPage]:
    """The pages of the modules in sidebar order, without the overviews."""
    found = [p for p in book.values() if p.path.startswith("module-") and not p.path.endswith("/index.md")]
    return sorted(found, key=lambda p: (p.front["module"], p.front["sidebar_position"]))


def test_front_matter_is_complete(page: BookPage) -> None:
    """A chapter says its module and week; every page has a title, a place and a description."""
    wanted = FRONT_OF_A_CHAPTER if page.path.startswith("module-") else FRONT_OF_EVERY_PAGE

    assert wanted <= page.front.keys()
    assert len(page.front["description"]) >= 30
    assert page.front.get("hardware_tier", "all") in TIERS


def test_a_page_has_no_second_title(page: BookPage) -> None:
    """The title stands in the front matter, so the text begins at level two."""
    assert re.findall(r"^# .*", page.prose, re.MULTILINE) == []


def test_weeks_follow_one_another(book: dict[str, BookPage]) -> None:
    """Reading in sidebar order, the week never falls and no week is missing."""
    weeks = [page.front["week"] for page in chapters(book)]

    assert weeks == sorted(weeks)
    assert sorted(set(weeks)) == list(range(1, max(weeks) + 1))


def test_modules_are_four_and_numbered_as_their_folders(book: dict[str, BookPage]) -> None:
    """`module: 2` stands in `module-2-...`."""
    assert {page.front["module"] for page in chapters(book)} == {1, 2, 3, 4}
    assert all(page.path.startswith(f"module-{page.front['module']}-") for page in chapters(book))


def test_every_module_folder_has_a_category(book: dict[str, BookPage]) -> None:
    """Labels and places in the sidebar are distinct."""
    categories = [json.loads(path.read_text()) for path in sorted(DOCS.glob("module-*/_category_.json"))]

    assert len(categories) == len({path.parent for path in DOCS.glob("module-*/*.md*")})
    assert len({category["position"] for category in categories}) == len(categories)


def test_a_chapter_has_the_parts_of_a_chapter(book: dict[str, BookPage]) -> None:
    """Goals, exercises with worked answers, code, a formula and a table."""
    for page in chapters(book):
        headings = re.findall(r"^## (.+)", page.prose, re.MULTILINE)

        assert any(heading.startswith("Learning goals") for heading in headings), page.path
        assert any(heading.startswith("Exercises") for heading in headings), page.path
        assert page.prose.count("<details>") == page.prose.count("</details>") >= 1, page.path
        assert any(fence.language in {"python", "xml", "bash"} for fence in page.fences), page.path
        assert "$" in page.prose, page.path
        assert "\n|---" in page.prose, page.path


def test_internal_links_and_anchors_resolve(page: BookPage, book: dict[str, BookPage]) -> None:
    """A relative link names a page that exists, and its fragment a heading there."""
    for link in page.links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), path)) if path else page.path

        assert target in book, f"{page.path} links to {link}"
        assert not fragment or fragment in book[target].anchors, f"{page.path} links to {link}"


def test_no_image_is_missing(page: BookPage) -> None:
    """An image stands in `static/` or beside the page."""
    for image in re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", page.prose):
        place = BOOK / "static" / image.lstrip("/") if image.startswith("/") else (DOCS / page.path).parent / image

        assert place.is_file(), image


def test_footnotes_are_defined_once_and_used(page: BookPage) -> None:
    """Every mark has its note and every note its mark."""
    marks = re.findall(r"\[\^([\w-]+)\](?!:)", page.prose)
    notes = re.findall(r"^\[\^([\w-]+)\]:", page.prose, re.MULTILINE)

    assert set(marks) == set(notes)
    assert len(notes) == len(set(notes))


def test_admonitions_are_closed(page: BookPage) -> None:
    """Every `:::type` has its `:::`."""
    opened = re.findall(r"^:::+\w", page.prose, re.MULTILINE)
    closed = re.findall(r"^:::+\s*$", page.prose, re.MULTILINE)

    assert len(opened) == len(closed)


def test_a_quiz_question_has_exactly_one_right_answer(page: BookPage) -> None:
    """Options differ, the answer is one of them, and the reason is given."""
    for question in itertools.chain.from_iterable(page.quizzes):
        options = question["options"]

        assert set(question) == {"question", "options", "answer", "explanation"}
        assert len(options) == len(set(options)) >= 3
        assert isinstance(question["answer"], int)
        assert 0 <= question["answer"] < len(options)
        assert question["explanation"].strip()


def test_at_least_four_chapters_have_a_quiz(book: dict[str, BookPage]) -> None:
    """Two in each half of the book; a page with a quiz imports it."""
    with_quiz = [page for page in book.values() if page.quizzes]

    assert len(with_quiz) >= 4
    assert all("import Quiz from '@site/src/components/Quiz';" in page.prose for page in with_quiz)


def test_mdx_pages_import_the_components_they_use(page: BookPage) -> None:
    """`Tabs` and `TabItem` come from the theme; a plain page uses neither."""
    for component in ("Tabs", "TabItem", "Quiz"):
        used = re.search(rf"<{component}[\s>]", page.prose) is not None

        assert not used or f"import {component} from" in page.prose, component
        assert not used or page.path.endswith(".mdx"), component


def test_glossary_terms_are_unique_and_sorted(book: dict[str, BookPage]) -> None:
    """At least forty terms, each with one definition."""
    prose = book["glossary.md"].prose
    terms = re.findall(r"^([^\n:].*)\n: \S", prose, re.MULTILINE)

    assert len(terms) >= 40
    assert terms == sorted(terms, key=str.casefold)
    assert len({term.casefold() for term in terms}) == len(terms)


def test_the_book_is_a_book(book: dict[str, BookPage]) -> None:
    """Ten chapters or more, and twelve thousand words of prose."""
    words = sum(len(re.findall(r"[^\W\d_]{2,}", page.prose)) for page in book.values())

    assert len(chapters(book)) >= 10
    assert words >= WORDS_AT_LEAST
