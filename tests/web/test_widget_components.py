"""The element draws every component that the ChatKit SDK has."""

import re
import typing
from pathlib import Path

from chatkit import icons, widgets

WIDGET = Path(__file__).parents[2] / "widget" / "src"


def of_the_sdk() -> set[str]:
    """The `type` of every component class of the SDK."""
    waiting, found = [widgets.WidgetComponentBase], set[str]()
    while waiting:
        each = waiting.pop()
        waiting.extend(each.__subclasses__())
        default = each.model_fields["type"].default
        if isinstance(default, str):
            found.add(default)
    return found


def test_every_component_of_the_sdk_is_drawn():
    """A component that a new version of the SDK brings is missed here first."""
    table = (WIDGET / "widgets" / "Root.tsx").read_text("utf-8").partition("export const DRAWN")[2].partition("};")[0]
    drawn = {name.strip('"') for name in re.findall(r'^ {2}("?[\w.]+"?)[,:]', table, re.MULTILINE)}

    assert "Chart" in of_the_sdk()
    assert of_the_sdk() - drawn == set()


def test_every_icon_of_the_sdk_has_a_drawing():
    """Names that servers may give to widgets, tasks and progress."""
    literal = typing.get_args(icons.IconName)[0]
    names = set(typing.get_args(literal))
    sources = [(WIDGET / path).read_text("utf-8") for path in ("lazy/icons.ts", "ui/glyphs.ts")]
    drawn = {name.strip('"') for text in sources for name in re.findall(r'^ {2}("?[\w-]+"?):', text, re.MULTILINE)}

    assert len(names) > 50
    assert names - drawn == set()
