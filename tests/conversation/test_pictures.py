"""Pictures without what they tell: no place, camera, comment or thumbnail is left, and every pixel is."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from tests import sample_files

from pageside.conversation import pictures
from pageside.errors import InvalidInput

SECRET = b"Ada Lovelace at 51.5007N"
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}


def exif(orientation=1):
    """What a camera says: make, artist, place, and which way up."""
    told = Image.Exif()
    told[0x010F] = SECRET.decode()
    told[0x013B] = SECRET.decode()
    told[0x0112] = orientation
    told.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 2.5), 3: "W", 4: (0.0, 7.0, 4.0)})
    return told.tobytes()


def telling(kind, orientation=1):
    """A picture that tells in every way its format knows."""
    options = {"exif": exif(orientation), "comment": SECRET, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}
    if kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", SECRET.decode())
        texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        texts.add_text("Comment", SECRET.decode(), zip=True)
        options = {"pnginfo": texts, "exif": exif(orientation)}
    if kind == "GIF":
        options = {"comment": SECRET}
    return sample_files.picture(kind, **options) + b"trailer " + SECRET


TELLING = {kind: telling(kind, 6) for kind in TYPES}


def opened(content):
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def frames(content):
    picture = Image.open(io.BytesIO(content))
    shown = []
    for number in range(getattr(picture, "n_frames", 1)):
        picture.seek(number)
        shown.append((picture.convert("RGBA").tobytes(), picture.info.get("duration")))
    return shown


@pytest.mark.parametrize("kind", TYPES)
def test_nothing_is_told_and_every_pixel_is_kept(kind):
    """Of EXIF with its place, XMP, comments, texts packed or not, and what stands behind the end."""
    told = telling(kind)
    bare = pictures.stripped(told, TYPES[kind])

    assert SECRET in told
    assert opened(bare).tobytes() == opened(told).tobytes()
    assert SECRET not in bare
    assert not opened(bare).getexif()
    assert not {"comment", "xmp", "XML:com.adobe.xmp", "Author", "Comment", "exif"} & set(opened(bare).info)
    assert len(bare) < len(told)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_picture_stays_the_right_way_up(kind, orientation):
    """That alone is left of its EXIF."""
    bare = pictures.stripped(telling(kind, orientation), TYPES[kind])

    assert dict(opened(bare).getexif()) == {0x0112: orientation}
    assert SECRET not in bare


@pytest.mark.parametrize("kind", TYPES)
def test_what_was_stripped_is_left_alone(kind):
    """Once is as good as twice."""
    once = pictures.stripped(telling(kind, 6), TYPES[kind])

    assert pictures.stripped(once, TYPES[kind]) == once


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_a_picture_that_moves_goes_on_moving(kind):
    """As fast, for as often, and frame by frame the same."""
    scenes = [Image.effect_noise((30, 20), 9 * number + 5).convert("RGB") for number in range(4)]
    file = io.BytesIO()
    scenes[0].save(file, kind, save_all=True, append_images=scenes[1:], duration=[50, 60, 70, 80], loop=3)
    bare = pictures.stripped(file.getvalue(), TYPES[kind])

    assert len(frames(bare)) == 4
    assert frames(bare) == frames(file.getvalue())
    assert opened(bare).info["loop"] == opened(file.getvalue()).info["loop"]


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "RGB", {"progressive": True, "icc_profile": b"profile" * 900}),
        ("JPEG", "CMYK", {}),
        ("JPEG", "L", {"restart_marker_rows": 1, "dpi": (300, 300)}),
        ("PNG", "P", {"transparency": 3}),
        ("PNG", "I;16", {}),
        ("PNG", "RGBA", {"icc_profile": b"profile" * 90, "dpi": (300, 300)}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("WEBP", "RGBA", {"quality": 40, "icc_profile": b"profile" * 9}),
        ("GIF", "P", {"transparency": 3, "interlace": True}),
    ],
)
def test_what_paints_is_kept(kind, mode, options):
    """Colours, transparency, density and the way it is packed."""
    file = io.BytesIO()
    Image.effect_noise((33, 17), 60).convert("L" if mode == "I;16" else mode if mode != "P" else "L").convert(
        mode
    ).save(file, kind, **options)
    bare = pictures.stripped(file.getvalue(), TYPES[kind])
    before, after = opened(file.getvalue()), opened(bare)

    assert (after.mode, after.size, after.tobytes()) == (before.mode, before.size, before.tobytes())
    for kept in ("icc_profile", "transparency", "dpi", "progressive", "adobe"):
        assert after.info.get(kept) == before.info.get(kept)


def test_a_thumbnail_of_what_was_cut_away_goes():
    """In JFIF it stands in the segment that tells the density."""
    plain = sample_files.picture("JPEG")
    thumbnail = b"JFIF\0\x01\x02\x01" + struct.pack(">HHBB", 300, 300, 2, 2) + SECRET[:12]
    told = plain[:2] + b"\xff\xe0" + struct.pack(">H", len(thumbnail) + 2) + thumbnail + plain[20:]
    bare = pictures.stripped(told, "image/jpeg")

    assert opened(told).info["dpi"] == opened(bare).info["dpi"] == (300, 300)
    assert SECRET[:12] not in bare


@pytest.mark.parametrize("kind", TYPES)
def test_half_a_picture_is_none(kind):
    """In words fit for the reader who sent it."""
    whole = sample_files.picture(kind)
    for size in (len(whole) // 2, 40, 20):
        with pytest.raises(InvalidInput, match="not a whole image/"):
            pictures.stripped(whole[:size], TYPES[kind])


def test_a_small_file_that_moves_through_gigabytes_is_refused():
    """Each of its frames may be painted; all of them may not."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 7000, 7000, 0) + b"\x02\x02\x44\x01\x00"
    gif = b"GIF89a" + struct.pack("<HHBBB", 7000, 7000, 0, 0, 0) + frame * 100 + b";"
    header = struct.pack(">IIBBBBB", 7000, 7000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"acTL", struct.pack(">II", 1000, 0)), (b"IDAT", b"x"), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )

    for content, mime_type in ((gif, "image/gif"), (png, "image/png")):
        with pytest.raises(InvalidInput, match="frames"):
            pictures.stripped(content, mime_type)


@given(st.sampled_from(sorted(TYPES)), st.data())
def test_any_bytes_are_stripped_or_refused(kind, data):
    """Whatever is changed or cut; nothing else is raised, and what comes out is longer by no more than a tag."""
    content = bytearray(TELLING[kind])
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        bare = pictures.stripped(content, TYPES[kind])
    except InvalidInput:
        return

    assert len(bare) <= len(content) + 64
