"""Knows where the example book stands and how its claims are checked; every page is picked up by itself."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from book_pages import BookPage, all_pages  # noqa: E402

ROS2 = HERE / "ros2"
Says = Callable[[str, str], bool]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `page` runs once for each page."""
    if "page" in metafunc.fixturenames:
        found = all_pages()
        metafunc.parametrize("page", found, ids=[page.path for page in found])


@pytest.fixture(scope="session")
def book() -> dict[str, BookPage]:
    """The book's pages by path."""
    return {page.path: page for page in all_pages()}


@pytest.fixture(scope="session")
def says(book: dict[str, BookPage]) -> Says:
    """Whether a page holds a fragment, however its lines are broken."""

    def holds(path: str, fragment: str) -> bool:
        return re.sub(r"\s+", " ", fragment) in re.sub(r"\s+", " ", book[path].source)

    return holds


@pytest.fixture
def ros2() -> Iterator[None]:
    """Makes `rclpy`, `tf2_ros` and the message packages importable, fresh, for one test."""
    before = set(sys.modules)
    sys.path.insert(0, str(ROS2))
    import interfaces  # noqa: PLC0415

    interfaces.load(ROS2 / "interfaces.txt")
    yield
    sys.path.remove(str(ROS2))
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in {"rclpy", "tf2_ros", "interfaces"} or name.partition(".")[0].endswith(
            ("_msgs", "_srvs", "_interfaces")
        ):
            del sys.modules[name]
