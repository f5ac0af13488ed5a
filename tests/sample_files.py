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
