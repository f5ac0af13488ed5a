"""Which page an address means."""

from __future__ import annotations

import pytest

from pageside.knowledge import place
from pageside.knowledge.index import DocumentRow

ROWS = [
    DocumentRow(path, path, url, "en", "", at, 1)
    for at, (path, url) in enumerate(
        [
            ("docs/intro.md", "/book/docs/"),
            ("docs/01-ros2/02-nodes.md", "/book/docs/ros2/nodes"),
            ("docs/02-motion/02-nodes.md", "/book/docs/motion/nodes"),
            ("docs/motion/índice de ejes.md", "/book/docs/motion/%C3%ADndice%20de%20ejes"),
            ("blog/index.html", "https://example.org/blog/"),
            ("guide/index.md", "/book/guide/next/"),
            ("guide_versions/1.0/index.md", "/book/guide/"),
        ]
    )
]


@pytest.mark.parametrize(
    ("page", "path"),
    [
        ("docs/01-ros2/02-nodes.md", "docs/01-ros2/02-nodes.md"),
        ("./docs/01-ros2/02-nodes.md", "docs/01-ros2/02-nodes.md"),
        ("01-ros2/02-nodes.md", "docs/01-ros2/02-nodes.md"),
        ("frontend/docs/01-ros2/02-nodes.md", "docs/01-ros2/02-nodes.md"),
        ("/book/docs/ros2/nodes", "docs/01-ros2/02-nodes.md"),
        ("/book/docs/ros2/nodes/", "docs/01-ros2/02-nodes.md"),
        ("/book/docs/ros2/nodes.html", "docs/01-ros2/02-nodes.md"),
        ("https://site.org/book/docs/ros2/nodes?x=1#what", "docs/01-ros2/02-nodes.md"),
        ("http://localhost:3000/docs/ros2/nodes", "docs/01-ros2/02-nodes.md"),
        ("https://host.org/preview/7/book/docs/motion/nodes", "docs/02-motion/02-nodes.md"),
        ("/book/docs/motion/índice de ejes", "docs/motion/índice de ejes.md"),
        ("/book/docs/", "docs/intro.md"),
        ("/blog/index.html", "blog/index.html"),
        ("/book/ur/guide/", "guide_versions/1.0/index.md"),
        ("/book/pt-BR/docs/ros2/nodes", "docs/01-ros2/02-nodes.md"),
        ("02-nodes.md", None),
        ("/book/docs/ros2/node", None),
        ("", None),
        ("https://", None),
        ("http://[", None),
    ],
)
def test_a_page_is_known_by_path_or_address(page, path):
    """One that may mean two pages means none."""

    assert place.resolve(page, ROWS) == path


@pytest.mark.parametrize(
    "question",
    ["", "Can you explain this?", "what does this mean", "Summarize this page, please!", "¿Puedes explicar esto?", "?"],
)
def test_a_question_that_only_points_is_known(question):
    """It names nothing of its own."""

    assert place.points_only(question)


@pytest.mark.parametrize("question", ["What is a servo?", "explain inverse kinematics", "この関節とは"])
def test_a_question_with_a_subject_is_not_one_that_points(question):
    """It can be searched for."""

    assert not place.points_only(question)
