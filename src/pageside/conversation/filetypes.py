"""Which files a reader may send: what their name and type promise, and whether their bytes keep it.

Bytes are looked at, never decoded: a picture's size is read from its header, so that no decoder meets a stranger's
file, and a picture that would unfold to gigabytes is turned away unopened.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final

from pageside.errors import InvalidInput
from pageside.phrases import uploads

PLAIN: Final = "text/plain"
PDF: Final = "application/pdf"
MAX_NAME_CHARS: Final = 150
MAX_PIXELS: Final = 60_000_000

_BINARY: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".webp": "image/webp",
        ".gif": "image/gif",
        ".pdf": PDF,
    }
)
_ALSO: Final[Mapping[str, str]] = MappingProxyType(
    {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png", "application/x-pdf": PDF}
)
_UNSAID: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_TEXT_ENDINGS: Final = frozenset(
    """
    .txt .text .log .md .mdx .markdown .rst .adoc .tex .bib .csv .tsv .json .jsonl .ndjson .ipynb .yaml .yml .toml .ini
    .cfg .conf .env .properties .xml .html .htm .xhtml .svg .css .scss .sass .less .js .mjs .cjs .jsx .ts .mts .cts .tsx
    .vue .svelte .py .pyi .pyx .rb .php .pl .pm .lua .r .jl .m .go .rs .zig .c .h .cc .cpp .cxx .hh .hpp .hxx .ino .cu
    .cuh .java .kt .kts .scala .groovy .gradle .cs .fs .vb .swift .dart .ex .exs .erl .hs .ml .clj .lisp .scm .el .nim
    .d .v .sv .vhd .vhdl .asm .s .sql .graphql .proto .sh .bash .zsh .fish .ps1 .bat .cmd .cmake .mk .make .dockerfile
    .tf .hcl .nix .launch .urdf .xacro .sdf .world .srdf .msg .srv .action .rviz .usda .mjcf .patch .diff .lock
    """.split()  # noqa: SIM905  # a hundred quotes would hide what stands between them
)
_TEXT_TYPES: Final = re.compile(
    r"text/[\w.+-]+|video/mp2t"  # the type that systems give to .ts, whether film or TypeScript
    r"|application/(?:[\w.-]+\+)?(?:json|xml|yaml|toml)|image/svg\+xml"
    r"|application/(?:x-)?(?:javascript|ecmascript|typescript|sh|shellscript|python|python-code|yaml|toml|tex|latex"
    r"|httpd-php|php|perl|ruby|sql|csh|tcl|ndjson|jsonlines|ipynb\+json|graphql|trash)"
)
_HARMLESS: Final = re.compile(r"text/(?:plain|markdown|csv|x-[\w.+-]+)|application/json")
_PATH: Final = re.compile(r"[/\\]|^\.{1,2}$")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"  # part of words in Persian and of many emoji

_CONTROLS: Final = re.compile(r"[^\b\t\n\r\f\x1b\x20-\U0010ffff]")  # but those that editors and terminals leave in logs
_WIDE_MARKS: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PIECE: Final = 256 * 1024
_HEAD: Final = 32
_MARKERS: Final = 1_000


def accepted() -> dict[str, list[str]]:
    """The endings of the names that are taken, by type, as browsers offer them to choose from."""
    types: dict[str, list[str]] = {}
    for ending, media_type in _BINARY.items():
        types.setdefault(media_type, []).append(ending)
    return {**types, PLAIN: sorted(_TEXT_ENDINGS)}


def name(told: str) -> str:
    """`told`, which can be the name of a file.

    Raises:
        InvalidInput: It has path parts, characters that cannot be seen, or is too long.
    """
    if not told.strip() or len(told) > MAX_NAME_CHARS:
        raise InvalidInput(uploads.BAD_NAME.of(most=MAX_NAME_CHARS))
    if _PATH.search(told):
        raise InvalidInput("name: a file's name alone, without folders.")
    if any(unicodedata.category(letter) in _INVISIBLE for letter in told if letter not in _JOINERS):
        raise InvalidInput("name: it holds characters that cannot be seen.")
    return told


def promised(named: str, mime_type: str) -> str:
    """The type of a file by its name and what is said of it, without parameters: what its bytes must then be.

    Raises:
        InvalidInput: The two do not agree, or files of this type are not taken.
    """
    said = mime_type.partition(";")[0].strip().lower()
    said = _ALSO.get(said, said)
    ending = Path(named).suffix.lower()
    if ending in _BINARY:
        if said not in _UNSAID and said != _BINARY[ending]:
            raise InvalidInput(uploads.NOT_TYPE.of(type=said[:80], ending=ending))
        return _BINARY[ending]
    if said in _BINARY.values():
        raise InvalidInput(uploads.OTHER_ENDING.of(type=said, name=named[-20:]))
    is_text = ending in _TEXT_ENDINGS or not ending
    if is_text and (said in _UNSAID or _TEXT_TYPES.fullmatch(said)):
        return said if _HARMLESS.fullmatch(said) else PLAIN
    raise InvalidInput(uploads.NOT_TAKEN.of(type=ending or said[:80], taken=uploads.TAKEN))


def is_image(mime_type: str) -> bool:
    """Whether a promised type is that of a picture."""
    return mime_type.startswith("image/")


def is_text(mime_type: str) -> bool:
    """Whether a promised type is read as text."""
    return not is_image(mime_type) and mime_type != PDF


def require(path: Path, mime_type: str) -> None:
    """Returns if the file at `path` is what `mime_type` promises; reads, so not for the event loop.

    Raises:
        InvalidInput: It is something else, or a picture of more than `MAX_PIXELS`.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        found = _sniffed(file.read(_HEAD))
        file.seek(0)
        if found != (None if is_text(mime_type) else mime_type):
            told = (
                uploads.BUT_OTHER.of(type=mime_type, found=found) if found else uploads.NOT_PROMISED.of(type=mime_type)
            )
            raise InvalidInput(told)
        if is_image(mime_type):
            _require_size(file, mime_type)
        elif mime_type != PDF:
            _require_text(file)


def _sniffed(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return PDF if head.startswith(b"%PDF-") else None


def _require_size(file: BinaryIO, mime_type: str) -> None:
    read = {"image/png": _png, "image/gif": _gif, "image/webp": _webp, "image/jpeg": _jpeg}[mime_type]
    width, height = read(file)
    if not width or not height:
        raise InvalidInput(uploads.NOT_WHOLE.of(type=mime_type))
    if width * height > MAX_PIXELS:
        raise InvalidInput(uploads.TOO_MANY_PIXELS.of(width=width, height=height, most=MAX_PIXELS // 1_000_000))


def _png(file: BinaryIO) -> tuple[int, int]:
    """Source: PNG (third edition), 11.2.1: the first chunk is IHDR, width and height its first fields."""
    head = file.read(24)
    return (_big(head[16:20]), _big(head[20:24])) if len(head) == 24 and head[12:16] == b"IHDR" else (0, 0)


def _gif(file: BinaryIO) -> tuple[int, int]:
    """Source: GIF89a, 18: the logical screen descriptor follows the signature."""
    head = file.read(10)
    return (_little(head[6:8]), _little(head[8:10])) if len(head) == 10 else (0, 0)


def _webp(file: BinaryIO) -> tuple[int, int]:
    """Source: RFC 9649, 2.5 to 2.7: the first chunk tells the size, in one of three ways."""
    head = file.read(30)
    match head[12:16]:
        case b"VP8X" if len(head) == 30:
            return _little(head[24:27]) + 1, _little(head[27:30]) + 1
        case b"VP8L" if head[20:21] == b"\x2f" and len(head) >= 25:
            bits = _little(head[21:25])
            return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        case b"VP8 " if head[23:26] == b"\x9d\x01\x2a" and len(head) == 30:
            return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
        case _:
            return 0, 0


def _jpeg(file: BinaryIO) -> tuple[int, int]:
    """Source: ITU T.81, B.1.1 and B.2.2: segments up to the frame header, which holds height, then width."""
    file.seek(2)
    for _ in range(_MARKERS):
        if file.read(1) != b"\xff":
            break
        marker = file.read(1)
        while marker == b"\xff":  # padding
            marker = file.read(1)
        if not marker or marker in b"\x00\xd9\xda":
            break
        if 0xD0 <= marker[0] <= 0xD8 or marker == b"\x01":  # without a body
            continue
        length = _big(file.read(2))
        if 0xC0 <= marker[0] <= 0xCF and marker not in b"\xc4\xc8\xcc":
            frame = file.read(5)
            return (_big(frame[3:5]), _big(frame[1:3])) if len(frame) == 5 else (0, 0)
        if length < 2:
            break
        file.seek(length - 2, 1)
    return 0, 0


def _require_text(file: BinaryIO) -> None:
    head = file.read(2)
    file.seek(0)
    encoding = next((wide for mark, wide in _WIDE_MARKS if head == mark), "latin-1")
    decoder = codecs.getincrementaldecoder(encoding)()
    while True:
        piece = file.read(_PIECE)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError:
            raise _no_text() from None
        if _CONTROLS.search(text):
            raise _no_text()
        if not piece:
            return


def _no_text() -> InvalidInput:
    return InvalidInput(uploads.NOT_TEXT.of(taken=uploads.TAKEN))


def _big(digits: bytes) -> int:
    return int.from_bytes(digits, "big")


def _little(digits: bytes) -> int:
    return int.from_bytes(digits, "little")
