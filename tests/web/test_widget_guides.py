"""The guides name what the element reads, keeps and can be coloured by, and nothing that it does not know."""

from __future__ import annotations

import re

from tests.repository import ROOT

GUIDES = ROOT / "docs" / "guides"
SOURCES = [
    path
    for path in (ROOT / "widget" / "src").rglob("*")
    if path.suffix in {".ts", ".tsx", ".css"} and ".test." not in path.name
]


def found(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text))


def told(guide: str) -> str:
    return (GUIDES / guide).read_text(encoding="utf-8")


def code(folder: str = "") -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in SOURCES if folder in path.as_posix())


def test_every_attribute_of_the_script_is_in_the_guide():
    """Those that the assistant reads; `data-server` and `data-label` are the loader's."""
    read = found(r'(?:getAttribute|hasAttribute|own)\("(\w+)"\)', code("/page/"))
    read |= found(r"\[(\w+)\$?=", code("styles/page.css")) | {"server"}

    assert read - {"dark"} == found(r"`data-(\w+)`", told("put-it-on-a-site.md"))


def test_every_colour_that_a_page_can_set_is_in_the_guide():
    """Custom properties are the page's own: one that is gone would be a colour that has no effect."""
    pattern = r"--(?:chatkit-[a-z-]+[a-z]|pageside-z)\b"

    assert found(pattern, code()) == found(pattern, told("theming.md"))


def test_every_name_that_a_browser_keeps_or_hears_is_in_a_guide():
    """Storage in the guide on privacy, events in the one for authors; neither names what is not there."""
    pattern = r"pageside:([a-z]+)"
    known = found(rf"[\"'`]{pattern}", code())

    assert known == found(rf"[`\"]{pattern}", told("privacy.md") + told("put-it-on-a-site.md"))
