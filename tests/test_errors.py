"""The tree of errors: drawn as it grows."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pageside
from pageside import errors
from pageside.errors import PagesideError

_BRANCH = re.compile(
    r"^    (?P<stem>(?:│   |    )*)(?:[├└]── )(?P<name>\w+) +(?P<means>.*?)(?:\s+\((?P<module>[\w.]+)\))?$"
)


def drawn() -> dict[str, tuple[str, str]]:
    """By the name of each class in the drawing, its parent and the module that is named behind it."""
    above, found = ["PagesideError"], dict[str, tuple[str, str]]()
    for line in (errors.__doc__ or "").splitlines():
        if branch := _BRANCH.match(line):
            depth = len(branch["stem"]) // 4 + 1
            above[depth:] = [branch["name"]]
            found[branch["name"]] = (above[depth - 1], f"pageside.{branch['module'] or 'errors'}")
    return found


def grown() -> dict[str, tuple[str, str]]:
    """By the name of each class, its parent and the module it stands in."""
    for module in pkgutil.walk_packages(pageside.__path__, "pageside."):
        if module.name.rpartition(".")[2] not in {"__main__", "pdf_child", "env"}:  # these run as they are imported
            importlib.import_module(module.name)
    left, found = [PagesideError], dict[str, tuple[str, str]]()
    while left:
        parent = left.pop()
        for child in (each for each in parent.__subclasses__() if each.__module__.startswith("pageside.")):
            found[child.__name__] = (parent.__name__, child.__module__)
            left.append(child)
    return found


def test_every_error_is_drawn_where_it_hangs():
    """The tree in the docstring names each class once, under its parent, with the module it stands in."""
    assert drawn() == grown()
