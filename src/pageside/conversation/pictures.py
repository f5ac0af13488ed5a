"""Pictures without what they tell of who took them where: every part that does not paint is left out, byte for byte.

Nothing is decoded: the parts of a file that paint it are copied as they are, so a picture loses no quality and moves as
before. What is not known to paint is not copied: EXIF with its place and camera, XMP, comments, thumbnails of what was
cut away, and whatever stands behind the picture's end. Only which way up it is to be shown is written anew.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from pageside.errors import InvalidInput
from pageside.phrases import uploads

MAX_MOVING_PIXELS: Final = 1_000_000_000

_PNG_PAINTS: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP mDCV cLLI acTL fcTL fdAT".split()
)
_WEBP_PAINTS: Final = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
_GIF_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_JPEG_TELLS: Final = frozenset({*range(0xE0, 0xF0), 0xFE, *range(0xF0, 0xFE)})  # APPn, COM and what is reserved
_JPEG_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_ORIENTATION: Final = 0x0112
_EXIF: Final = b"Exif\0\0"


def stripped(content: bytes, mime_type: str) -> bytes:
    """The picture `content` with nothing but what paints it.

    Raises:
        InvalidInput: It is not whole, or moves through more than `MAX_MOVING_PIXELS`.
    """
    strip = _STRIPS[mime_type]
    try:
        return strip(content)
    except (struct.error, IndexError, ValueError):
        raise InvalidInput(uploads.NOT_WHOLE.of(type=mime_type)) from None


def _png(content: bytes) -> bytes:
    """Source: PNG (third edition), 5.3 and 11.3."""
    kept, turned, frames = [content[:8]], 1, 1
    for name, body, whole in _png_chunks(content):
        if name == b"eXIf":
            turned = _turned(body)
        elif name in _PNG_PAINTS:
            frames = _big32(body) if name == b"acTL" else frames
            if name == b"IDAT" and turned != 1:
                kept.append(_png_chunk(b"eXIf", _upright(turned)))
                turned = 1
            kept.append(whole)
    width, height = struct.unpack_from(">II", content, 16)
    _require_calm(frames, width * height)
    return b"".join(kept)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, body and all of each chunk."""
    at, name = 8, b""
    while name != b"IEND":
        (size,) = struct.unpack_from(">I", content, at)
        name, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        if len(content) < at + 12 + size:
            raise ValueError("it ends too early")
        yield name, body, content[at : at + 12 + size]
        at += 12 + size


def _png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _jpeg(content: bytes) -> bytes:
    """Source: ITU T.81, B.1.1 and B.2; JFIF 1.02; what follows the end of the picture is none of it."""
    kept: list[bytes] = []
    turned, at = 1, 2
    while True:
        while content[at + 1] == 0xFF:  # padding
            at += 1
        if content[at] != 0xFF:
            raise ValueError("no marker where one must be")
        marker = content[at + 1]
        if marker == 0xD9:
            break
        if 0xD0 <= marker <= 0xD8 or marker == 0x01:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        body = content[at + 4 : at + 2 + length]
        if len(body) != length - 2:
            raise ValueError("it ends too early")
        after = at + 2 + length
        if marker == 0xE1 and body.startswith(_EXIF):
            turned = _turned(body[len(_EXIF) :])
        if marker not in _JPEG_TELLS:
            kept.append(content[at:after])
        elif painting := _jpeg_painting(marker, body):
            kept.append(_jpeg_segment(marker, painting))
        at = after
        if marker == 0xDA:
            found = _JPEG_MARKER.search(content, at)
            if found is None:
                raise ValueError("it ends too early")
            kept.append(content[at : found.start()])
            at = found.start()
    told = [_jpeg_segment(0xE1, _EXIF + _upright(turned))] if turned != 1 else []
    first = 1 if kept and kept[0][1] == 0xE0 else 0  # JFIF comes before anything else
    return b"".join([b"\xff\xd8", *kept[:first], *told, *kept[first:], b"\xff\xd9"])


def _jpeg_painting(marker: int, body: bytes) -> bytes:
    """What an application's segment says of how to paint: density without its thumbnail, colours."""
    if marker == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 14:
        return body[:12] + b"\0\0"
    if (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")) or (marker == 0xEE and body.startswith(b"Adobe")):
        return body
    return b""


def _jpeg_segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _gif(content: bytes) -> bytes:
    """Source: GIF89a, 17 to 27; a last byte that is lacking is forgiven, as all decoders do."""
    width, height, flags = struct.unpack_from("<HHB", content, 6)
    at = 13 + _palette(flags)
    kept, frames = [content[:at]], 0
    while at < len(content) and content[at] != 0x3B:
        begun = at
        if content[at] == 0x2C:
            at = _behind_blocks(content, at + 11 + _palette(content[at + 9]))
            kept.append(content[begun:at])
            frames += 1
        elif content[at] == 0x21:
            label, said = content[at + 1], content[at + 3 : at + 14]
            at = _behind_blocks(content, at + 2)
            if label == 0xF9 or (label == 0xFF and said in _GIF_LOOPS):
                kept.append(content[begun:at])
        else:
            raise ValueError("no block where one must be")
    if not frames or at > len(content):
        raise ValueError("it ends too early")
    _require_calm(frames, width * height)
    return b"".join([*kept, b";"])


def _palette(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_blocks(content: bytes, at: int) -> int:
    while size := content[at]:
        at += size + 1
    return at + 1


def _webp(content: bytes) -> bytes:
    """Source: RFC 9649, 2.3 to 2.7."""
    chunks = list(_riff(content, 12, 8 + _little32(content, 4)))
    exif = [body.removeprefix(_EXIF) for name, body in chunks if name == b"EXIF"]
    turned = _turned(exif[0]) if exif else 1
    parts = []
    for name, body in chunks:
        if name == b"VP8X":
            told = body[0] & ~(_WEBP_EXIF | _WEBP_XMP) | (_WEBP_EXIF if turned != 1 else 0)
            parts.append(_riff_chunk(name, bytes([told]) + body[1:]))
        elif name == b"ANMF":
            inner = [_riff_chunk(*each) for each in _riff(body, 16, len(body)) if each[0] in _WEBP_PAINTS]
            parts.append(_riff_chunk(name, body[:16] + b"".join(inner)))
        elif name in _WEBP_PAINTS:
            parts.append(_riff_chunk(name, body))
    if turned != 1 and chunks[0][0] == b"VP8X":
        parts.append(_riff_chunk(b"EXIF", _upright(turned)))
    frames = sum(name == b"ANMF" for name, _ in chunks)
    if frames:
        canvas = chunks[0][1]
        _require_calm(frames, (_little24(canvas, 4) + 1) * (_little24(canvas, 7) + 1))
    whole = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _riff(content: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    if end > len(content) + 1 or at >= end:  # the padding of the last chunk may lack
        raise ValueError("it ends too early")
    while at + 8 <= end:
        size = _little32(content, at + 4)
        if at + 8 + size > len(content):
            raise ValueError("it ends too early")
        yield content[at : at + 4], content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _riff_chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _turned(tiff: bytes) -> int:
    """Which way up a picture is to be shown, 1 to 8; 1, as it is, where nothing else is said.

    Source: TIFF 6.0, section 2; CIPA DC-008, 4.6.5.1.6.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, at)
        for number in range(entries):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass  # what cannot be read is left out like the rest
    return 1


def _upright(turned: int) -> bytes:
    """EXIF that says nothing but which way up."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)


def _require_calm(frames: int, pixels: int) -> None:
    if frames * pixels > MAX_MOVING_PIXELS:
        raise InvalidInput(uploads.TOO_MUCH_MOTION.of(frames=frames, pixels=pixels))


def _big32(body: bytes) -> int:
    return int.from_bytes(body[:4], "big")


def _little32(content: bytes, at: int) -> int:
    (number,) = struct.unpack_from("<I", content, at)
    return int(number)


def _little24(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 3], "little")


_STRIPS: Final[Mapping[str, Callable[[bytes], bytes]]] = MappingProxyType(
    {"image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif, "image/webp": _webp}
)
