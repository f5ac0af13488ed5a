"""What a page says of itself by its front matter and its names, and how that is filtered."""

from __future__ import annotations

import pytest

from pageside.knowledge.passage import Block
from pageside.knowledge.reading import labels


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("module-1-ros2/week-3-lesson-1-nodes.md", {"module": "Module 1", "week": "Week 3", "lesson": "Lesson 1"}),
        ("part-2-nerves/chapter-09-packages.mdx", {"module": "Part 2", "chapter": "Chapter 9"}),
        ("unit4/hands-on.mdx", {"module": "Unit 4", "section_type": "exercises"}),
        ("ch04-01-what-is-ownership.md", {"chapter": "Chapter 4"}),
        ("chapter_computer-vision/anchor.md", {"chapter": "Computer vision"}),
        ("intro/week-1-2-foundations.md", {"week": "Week 1-2"}),
        ("weeks-1-2.md", {"week": "Week 1-2"}),
        ("week-10-lesson-2.md", {"week": "Week 10", "lesson": "Lesson 2"}),
        ("resources/glossary.md", {"module": "Resources", "section_type": "glossary"}),
        ("03-module-2/tier-3/setup.md", {"module": "Module 2", "hardware_tier": "Tier 3"}),
        ("tutorial/first-steps.md", {"module": "Tutorial"}),
        ("united-states.md", {}),
        ("intro.md", {}),
    ],
)
def test_folder_and_file_names_tell(path: str, expected: dict[str, str]) -> None:
    assert labels.of_page(path, {}) == expected


def test_front_matter_wins_over_names_and_names_over_settings() -> None:
    found = labels.of_page(
        "module-1/week-2.md",
        {"module": 4, "hardware_tier": 2, "difficulty": "hard", "title": "T", "tags": ["x"], "sidebar_position": 3},
        defaults={"week": "Week 9", "audience": "teachers"},
    )

    assert found == {
        "module": "Module 4",
        "week": "Week 2",
        "hardware_tier": "Tier 2",
        "difficulty": "hard",
        "audience": "teachers",
    }


def test_front_matter_may_say_it_in_words() -> None:
    assert labels.of_page("a.md", {"module": "The Nervous System", "hardwareTier": "Tier 1: laptop"}) == {
        "module": "The Nervous System",
        "hardware_tier": "Tier 1: laptop",
    }


def test_the_version_of_the_tree_is_a_label() -> None:
    assert labels.of_page("a.md", {}, version="2.0") == {"version": "2.0"}


@pytest.mark.parametrize(
    "wanted", ["1", 1, "01", "Module 1", "module 1", "module-1", "module-1-ros2", "Module 1: ROS 2"]
)
@pytest.mark.parametrize("label", ["Module 1", "1", "module-1-ros2", "Module 1: The Nervous System", "Module I"])
def test_one_module_is_found_under_all_its_names(label: str, wanted: object) -> None:
    assert labels.normal("module", str(wanted)) in labels.forms("module", label)


@pytest.mark.parametrize(
    ("name", "label", "wanted", "found"),
    [
        ("module", "Module 1", "11", False),
        ("module", "Module 11", "1", False),
        ("module", "Part 2", "2", True),
        ("module", "The Nervous System", "the-nervous-system", True),
        ("week", "Week 1-2", "2", True),
        ("week", "Week 1-2", "Week 1-2", True),
        ("week", "Week 1-2", "3", False),
        ("chapter", "Computer vision", "chapter_computer-vision", True),
        ("chapter", "Chapter 9", "ch09", True),
        ("section_type", "exercises", "Exercise", True),
        ("section_type", "concepts", "code", False),
        ("hardware_tier", "Tier 2", "2", True),
        ("hardware_tier", "Tier 2: workstation", "tier-2", True),
        ("version", "0.77", "0.77", True),
        ("version", "0.77", "0.7", False),
        ("audience", "Teachers", "teachers", True),
    ],
)
def test_a_filter_compares_what_is_meant(name: str, label: str, wanted: str, *, found: bool) -> None:
    assert (labels.normal(name, wanted) in labels.forms(name, label)) is found


def test_an_index_may_store_the_forms_and_compare_them() -> None:
    assert labels.forms("week", "Week 1-2") == {"1", "2", "1-2"}
    assert labels.normal("week", "week 2") in labels.forms("week", "Week 1-2")


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        (("ROS 2", "Exercises"), "exercises"),
        (("ROS 2", "Exercises", "Count the nodes"), "exercises"),
        (("ROS 2", "How topics work"), "concepts"),
        (("ROS 2", "Key Takeaways"), "summary"),
        (("ROS 2", "Learning Objectives"), "objectives"),
        (("ROS 2", "Further Reading"), "further_reading"),
        (("ROS 2", "Bellman update", "Algorithm"), "algorithms"),
        (("ROS 2", "Code example"), "code"),
        (("ROS 2", "Knowledge Check"), "quiz"),
        (("ROS 2", "Chapter 3 Quiz: sensors"), "quiz"),
        (("ROS 2", "Check Your Understanding"), "quiz"),
        (("ROS 2", "Quiz generation with language models"), "concepts"),
        (("Exercises for the reader", "Topics"), "concepts"),
        (("ROS 2", "Problem 3: balance"), "exercises"),
        (("ROS 2", "The problem of balance"), "concepts"),
        (("ROS 2", "In practice"), "concepts"),
        (("ROS 2", "2.1 Capstone project"), "exercises"),
        (("ROS 2", "🎯 Goals"), "objectives"),
    ],
)
def test_the_nearest_telling_heading_decides_what_a_section_is(headings: tuple[str, ...], kind: str) -> None:
    assert labels.section_type(headings, [Block("paragraph", "Text.", 0, 5)]) == kind


def test_the_blocks_decide_where_no_heading_does() -> None:
    code, words = Block("code", "```\nx = 1\n```", 0, 9), Block("paragraph", "So.", 9, 12)

    assert labels.section_type(("A",), [words, code]) == "code"
    assert labels.section_type(("A",), [Block("quiz", "What?", 0, 5)], page="concepts") == "quiz"
    assert labels.section_type(("A",), [words], page="glossary") == "glossary"
