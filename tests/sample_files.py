"""Files as readers send them, made anew: pictures of every kind that is taken, a PDF, code, and what only pretends."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

CODE = b'''"""Holds an angle."""

GAIN = 1.5


class Servo:
    def step(self, error):
        return GAIN * error
'''
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def picture(kind: str = "PNG", *, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    """A picture as a camera or a screenshot tool would write it."""
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(file, kind, **options)
    return file.getvalue()


def pdf(*pages: str) -> bytes:
    """A PDF with a line of text for each sentence of each page, and no more of the format than readers need."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    head = (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        f"2 0 obj<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>endobj\n"
        "3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    )
    parts = [head]
    for number, page in enumerate(pages):
        lines = "".join(f"({line.strip(' .')}.) Tj 0 -14 Td " for line in page.split(". "))
        stream = f"BT /F1 11 Tf 60 720 Td {lines}ET"
        parts.append(
            f"{4 + 2 * number} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {5 + 2 * number} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>endobj\n"
            f"{5 + 2 * number} 0 obj<</Length {len(stream)}>>stream\n{stream}\nendstream endobj\n"
        )
    return ("".join(parts) + "trailer<</Root 1 0 R>>\n%%EOF\n").encode("latin-1")


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few bytes of PNG that unfold to gigabytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
