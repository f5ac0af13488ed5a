"""What a file promises by its name and type, and whether its bytes keep it."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests import sample_files

from pageside.conversation import filetypes
from pageside.errors import InvalidInput

PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}


@pytest.fixture
def written(tmp_path):
    def write(content: bytes):
        (tmp_path / "file").write_bytes(content)
        return tmp_path / "file"

    return write


@pytest.mark.parametrize(
    ("name", "said", "promised"),
    [
        ("shot.PNG", "image/png", "image/png"),
        ("photo.jpg", "image/jpg; q=1", "image/jpeg"),
        ("photo.jpeg", "", "image/jpeg"),
        ("paper.pdf", "application/octet-stream", "application/pdf"),
        ("servo.py", "text/x-python", "text/x-python"),
        ("main.ts", "video/mp2t", "text/plain"),
        ("lib.rs", "", "text/plain"),
        ("page.html", "text/html", "text/plain"),
        ("logo.svg", "image/svg+xml", "text/plain"),
        ("notes.ipynb", "application/x-ipynb+json", "text/plain"),
        ("data.json", "application/json;charset=utf-8", "application/json"),
        ("Makefile", "text/plain", "text/plain"),
        ("robot.urdf", "application/xml", "text/plain"),
        ("تصویر.png", "image/png", "image/png"),
    ],
)
def test_a_type_is_told_by_name_and_claim(name, said, promised):
    """Parameters do not count, an absent claim is no contradiction, and what a browser could run becomes plain text."""
    assert filetypes.promised(filetypes.name(name), said) == promised


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shot.png", "application/pdf"),
        ("shot.png", "text/plain"),
        ("shot", "image/png"),
        ("shot.jpg", "image/png"),
        ("paper.txt", "application/pdf"),
        ("tool.exe", "application/x-msdownload"),
        ("tool.exe", "text/plain"),
        ("all.zip", "application/zip"),
        ("film.mp4", "video/mp4"),
        ("photo.heic", "image/heic"),
        ("scan.tiff", "image/tiff"),
    ],
)
def test_what_contradicts_itself_or_is_not_taken_is_refused(name, said):
    """The sentence says what is taken, or what does not agree."""
    with pytest.raises(InvalidInput, match=r"mime_type|name"):
        filetypes.promised(name, said)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        ".",
        "..",
        "../x.png",
        "a/b.png",
        "a\\b.png",
        "C:\\x.png",
        "a\r\nSet-Cookie: x.png",
        "a\tb.png",
        "a\x00.png",
        "gnp.\u202eexe.png",
        "\u2066a.png",
        "a\u2028.png",
        "\ufeffa.png",
        "a" * 151,
    ],
)
def test_a_name_that_leads_elsewhere_or_hides_something_is_refused(name):
    """Folders, line breaks, direction overrides and endless names."""
    with pytest.raises(InvalidInput, match="name"):
        filetypes.name(name)


@pytest.mark.parametrize("mime_type", PICTURES)
def test_a_picture_is_known_by_its_header(written, mime_type):
    """And by no header but its own."""
    for made in PICTURES:
        file = written(sample_files.picture(PICTURES[made]))
        if made == mime_type:
            filetypes.require(file, mime_type)
        else:
            with pytest.raises(InvalidInput, match=f"not {mime_type}, but {made}"):
                filetypes.require(file, mime_type)


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 50}, {"exif": b"Exif\x00\x00" + bytes(40)}])
def test_every_kind_of_webp_tells_its_size(written, options):
    """Lossy, lossless and extended files say it in three ways."""
    filetypes.require(written(sample_files.picture("WEBP", size=(333, 77), **options)), "image/webp")


@pytest.mark.parametrize(
    "options", [{"progressive": True}, {"quality": 20}, {"exif": bytes(60_000)}, {"comment": b"x" * 5000}]
)
def test_every_kind_of_jpeg_tells_its_size(written, options):
    """However much stands in front of the frame header."""
    filetypes.require(written(sample_files.picture("JPEG", size=(640, 480), **options)), "image/jpeg")


@pytest.mark.parametrize(
    ("mime_type", "content"),
    [
        ("image/png", sample_files.bomb()),
        ("image/gif", b"GIF89a" + (65535).to_bytes(2, "little") * 2 + bytes(20)),
        ("image/webp", b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\xff\xff" * 2),
        ("image/jpeg", b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03" + bytes(20)),
    ],
)
def test_a_picture_that_unfolds_to_gigabytes_is_refused_unopened(written, mime_type, content):
    """Its header says enough."""
    with pytest.raises(InvalidInput, match="million"):
        filetypes.require(written(content), mime_type)


@pytest.mark.parametrize("kind", PICTURES.values())
def test_half_a_header_is_no_picture(written, kind):
    """A file that breaks off before it says its size is refused in words."""
    mime_type = f"image/{kind.lower()}"
    head = sample_files.picture(kind)

    with pytest.raises(InvalidInput, match=r"not a whole|not image"):
        filetypes.require(written(head[:9]), mime_type)


@pytest.mark.parametrize(
    "content",
    [
        sample_files.CODE,
        "größer\n".encode(),
        "gr\xf6\xdfer".encode("latin-1"),
        "x = 1\n".encode("utf-16"),
        b"\x1b[31mred\x1b[0m",
        sample_files.HTML,
    ],
)
def test_text_is_text_in_any_of_its_usual_encodings(written, content):
    """UTF-8, Windows-1252, UTF-16 with its mark, a terminal's log."""
    filetypes.require(written(content), "text/plain")


@pytest.mark.parametrize(
    "content",
    [
        sample_files.picture(),
        sample_files.PDF,
        b"PK\x03\x04" + bytes(30),
        b"\x7fELF\x02\x01\x01\x00",
        bytes(10),
        b"\xff\xfe\x00\xd8\x41",
    ],
)
def test_what_is_no_text_is_not_taken_for_it(written, content):
    """Pictures, archives and programs under a text's name."""
    with pytest.raises(InvalidInput, match="content is not"):
        filetypes.require(written(content), "text/plain")


@pytest.mark.parametrize("content", [sample_files.HTML, sample_files.SVG, sample_files.PDF, b"\x89PN", b""])
def test_what_is_no_picture_is_not_taken_for_it(written, content):
    """A page named as a picture would be run by whoever opens it."""
    with pytest.raises(InvalidInput):
        filetypes.require(written(content), "image/png")


@given(
    st.binary(max_size=200),
    st.sampled_from([*PICTURES, "application/pdf", "text/plain"]),
    st.sampled_from([b"", b"\xff\xd8\xff", b"RIFF....WEBPVP8 ", b"\x89PNG\r\n\x1a\n", b"GIF89a"]),
)
def test_any_bytes_are_taken_or_refused(tmp_path_factory, content, mime_type, head):
    """Whatever they are, nothing else comes out."""
    file = tmp_path_factory.getbasetemp() / "any"
    file.write_bytes(head + content)
    with suppress(InvalidInput):
        filetypes.require(file, mime_type)


@given(st.integers(1, 3000), st.integers(1, 3000), st.sampled_from(["PNG", "GIF", "JPEG", "WEBP"]))
def test_sizes_are_read_as_a_decoder_reads_them(width, height, kind):
    """By the same fields."""
    file = io.BytesIO()
    Image.new("1" if kind in {"PNG", "GIF"} else "RGB", (width, height)).save(file, kind)
    file.seek(0)
    read = {"PNG": filetypes._png, "GIF": filetypes._gif, "JPEG": filetypes._jpeg, "WEBP": filetypes._webp}[kind]

    assert read(file) == (width, height)
