"""The ids that sites give to headings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge.reading.sites import slugs
from pageside.knowledge.reading.sites.slugs import Heading


def ids(*texts: str, rule: slugs.Rule, level: int = 2) -> tuple[str, ...]:
    return slugs.anchors([Heading(text, level) for text in texts], rule=rule)


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("Getting Started", "getting-started"),
        ("What is ROS 2?", "what-is-ros-2"),
        ("C++ & Python", "c--python"),
        ("`rclpy.init()`", "rclpyinit"),
        ("snake_case_name", "snake_case_name"),
        ("Well-known: ports", "well-known-ports"),
        ("Überblick", "überblick"),
        ("ロボットとは？", "ロボットとは"),
        ("روبوٹ کیا ہے؟", "روبوٹ-کیا-ہے"),
        ("🚀 Launch", "-launch"),
        ("a — b", "a--b"),
        ("Loss $L_2$", "loss-l_2"),
        ("Redux’s store", "reduxs-store"),
        ("Ⅳ and ②", "ⅳ-and-"),
        ("Tab\there", "tabhere"),
    ],
)
def test_github_drops_punctuation_and_hyphenates_spaces(heading: str, slug: str) -> None:
    assert slugs.github(heading) == slug


def test_github_numbers_what_it_has_seen_past_what_an_author_took() -> None:
    """A number already taken by a heading of that very name is skipped."""
    assert ids("Foo", "Foo", "Foo-1", "Foo", rule="github") == ("foo", "foo-1", "foo-1-1", "foo-2")


def test_an_explicit_id_is_kept_as_written_and_not_counted() -> None:
    headings = [Heading("Bad input", 3, "AI-201"), Heading("AI-201", 3), Heading("AI-201", 3)]

    assert slugs.anchors(headings, rule="docusaurus") == ("AI-201", "ai-201", "ai-201-1")


def test_docusaurus_gives_its_largest_headings_no_id() -> None:
    headings = [Heading("Robots", 1), Heading("Robots", 2)]

    assert slugs.anchors(headings, rule="docusaurus") == ("", "robots-1")


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("Path Operation: Configuration", "path-operation-configuration"),
        ("Žlutý kůň", "zluty-kun"),
        ("a -- b", "a-b"),
        ("`Query()` & co.", "query-co"),
        ("日本語", ""),
    ],
)
def test_python_markdown_folds_to_ascii(heading: str, slug: str) -> None:
    assert slugs.python_markdown(heading) == slug


def test_python_markdown_numbers_with_underscores_and_past_explicit_ids() -> None:
    headings = [Heading("Example", 2), Heading("Example", 2), Heading("X", 2, "example_2"), Heading("Example", 2)]

    assert slugs.anchors(headings, rule="mkdocs") == ("example", "example_1", "example_2", "example_3")
    assert ids("日本語", "中文", rule="mkdocs") == ("_1", "_2")
    assert ids("日本語", "日本語", rule="mkdocs-unicode") == ("日本語", "日本語_1")


def test_material_keeps_each_space_and_every_script() -> None:
    assert ids("A & B", "日本 語", rule="pymdownx") == ("a--b", "日本-語")


def test_mdbook_keeps_letters_digits_hyphens_and_underscores() -> None:
    assert ids("`Vec<T>` in use", "What's new?", "What's new?", rule="mdbook") == (
        "vect-in-use",
        "whats-new",
        "whats-new-1",
    )


@given(
    st.lists(st.text(alphabet="ab -é日", max_size=4), max_size=12),
    st.sampled_from(["github", "mkdocs", "mkdocs-unicode", "pymdownx"]),
)
def test_no_two_headings_of_a_page_share_an_id(texts: list[str], rule: slugs.Rule) -> None:
    made = ids(*texts, rule=rule)

    assert len(set(made)) == len(texts)
