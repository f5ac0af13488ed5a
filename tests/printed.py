"""PDFs as presses and scanners make them, with no more of the format than readers need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"ab" * 32 + b">/U<" + b"cd" * 32 + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\n%%EOF\n"
)


@dataclass(frozen=True)
class Line:
    """A line of text, `x` and `y` points from the lower left corner of a page of 600 by 800."""

    text: str
    y: float
    x: float = 60
    size: float = 10
    font: str = "F1"


def prose(text: str, *, top: float = 700, x: float = 60, width: int = 70, size: float = 10) -> list[Line]:
    """`text` as lines of at most `width` characters, one below the other."""
    lines: list[str] = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [Line(line, top - 1.2 * size * number, x, size) for number, line in enumerate(lines)]


def pdf(pages: Sequence[Sequence[Line] | None], *, title: str = "", outline: Sequence[tuple[str, int]] = ()) -> bytes:
    """A PDF of these pages; one that is None holds a picture and no text.

    Args:
        outline: Bookmarks with their pages, from 0.
    """
    first = 10 + len(outline)
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    catalogue = "/Outlines 9 0 R" if outline else ""
    objects = {
        1: f"<</Type/Catalog/Pages 2 0 R{catalogue}>>",
        2: f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        3: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        4: "<</Type/Font/Subtype/Type1/BaseFont/Courier>>",
        5: "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>"
        "stream\n0\nendstream",
        6: f"<</Title({title})>>",
    }
    if outline:
        objects[9] = f"<</Type/Outlines/First 10 0 R/Last {9 + len(outline)} 0 R/Count {len(outline)}>>"
    for number, (name, page) in enumerate(outline):
        following = f"/Next {11 + number} 0 R" if number + 1 < len(outline) else ""
        objects[10 + number] = f"<</Title({name})/Parent 9 0 R{following}/Dest[{first + 2 * page} 0 R/Fit]>>"
    for number, lines in enumerate(pages):
        stream = "q 400 0 0 400 100 200 cm /Im Do Q" if lines is None else "\n".join(map(_drawn, lines))
        objects[first + 2 * number] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {first + 2 * number + 1} 0 R"
            "/Resources<</Font<</F1 3 0 R/F2 4 0 R>>/XObject<</Im 5 0 R>>>>>>"
        )
        objects[first + 2 * number + 1] = f"<</Length {len(stream)}>>stream\n{stream}\nendstream"
    body = "".join(f"{number} 0 obj{said}\nendobj\n" for number, said in objects.items())
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R/Info 6 0 R>>\n%%EOF\n".encode("latin-1")


def _drawn(line: Line) -> str:
    text = line.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /{line.font} {line.size} Tf {line.x} {line.y} Td ({text}) Tj ET"
