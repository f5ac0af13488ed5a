"""Files of a folder as browsers take them: compressed, and sent again only when they have changed."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Final

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import FileResponse, Response

_TYPES: Final[Mapping[str, str]] = {
    # Said here, because a machine's own table may say otherwise, and browsers run no script of another type.
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".xml": "text/xml; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/vnd.microsoft.icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}
_COMPRESSED: Final = frozenset({
    ".js", ".mjs", ".css", ".html", ".htm", ".txt", ".md", ".xml", ".json", ".map", ".webmanifest", ".svg", ".ico",
})  # fmt: skip
_BESIDE: Final = (("br", ".br"), ("gzip", ".gz"))  # what a build leaves beside a file, best first
_LARGEST: Final = 8_000_000  # bytes; what is larger is sent as it is, from the disk
_REMEMBERED: Final = 32_000_000  # bytes in all
_LEAST: Final = 1_024  # bytes; below that, compression gains nothing
_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class _Form:
    """The bytes of a file in one encoding, and the tag they are known by."""

    content: bytes
    encoding: str
    tag: str


class Folder:
    """The files below `root`, and no other; what was read and compressed is remembered while it stays as it is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._forms: OrderedDict[tuple[str, str, int, int], _Form] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def find(self, path: str) -> Path | None:
        """The file at `path`, with forward slashes; None where there is none, or where it leads out of the folder."""
        parts = PurePosixPath(path).parts
        if "\0" in path or "\\" in path or any(part.startswith(".") and part != ".well-known" for part in parts):
            return None
        root = self.root.resolve()
        try:
            file = root.joinpath(*(part for part in parts if part != "/")).resolve()
            return file if file.is_relative_to(root) and file.is_file() else None
        except (OSError, RuntimeError):  # longer than any name on a disk; a link that leads to itself
            return None

    async def answer(
        self, request: Request, file: Path, *, headers: Mapping[str, str], status: int = 200, beside: bool = False
    ) -> Response:
        """`file`, a file of this folder, as `request` can take it; 304 without a body where it has it already.

        Args:
            beside: Whether compressed forms stand beside the file, made when it was.
        """
        if file.suffix.lower() not in _COMPRESSED or (await run_sync(file.stat)).st_size > _LARGEST:
            return await _plain(request, file, headers=headers, status=status)
        encoding = _chosen(request.headers.get("accept-encoding", ""), brotli=beside)
        form = await run_sync(self._form, file, encoding, beside)
        told = {**headers, "ETag": form.tag, "Vary": "Accept-Encoding"}
        if status == 200 and _known(request, form.tag):
            return Response(status_code=304, headers=told)
        if form.encoding:
            told["Content-Encoding"] = form.encoding
        return Response(form.content, status_code=status, media_type=media_type(file), headers=told)

    def _form(self, file: Path, encoding: str, beside: bool) -> _Form:
        at = file.stat()
        key = (str(file), encoding, at.st_mtime_ns, at.st_size)
        with self._lock:
            if key in self._forms:
                self._forms.move_to_end(key)
                return self._forms[key]
        form = _made(file, encoding, beside=beside)
        with self._lock:
            if key not in self._forms:
                self._forms[key] = form
                self._size += len(form.content)
            while self._size > _REMEMBERED and len(self._forms) > 1:
                self._size -= len(self._forms.popitem(last=False)[1].content)
        return form


def media_type(file: Path) -> str:
    """What a browser is told that a file is."""
    suffix = file.suffix.lower()
    return _TYPES.get(suffix) or mimetypes.types_map.get(suffix) or "application/octet-stream"


def _chosen(accepted: str, *, brotli: bool) -> str:
    """The encoding to send: the best that is accepted, or none.

    Source: RFC 9110, 12.5.3.
    """
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", weight)
        weights[name.strip()] = float(found[1]) if found else 1.0
    able = [name for name, _ in _BESIDE if name == "gzip" or brotli]
    return next((name for name in able if weights.get(name, weights.get("*", 0.0)) > 0), "")


def _made(file: Path, encoding: str, *, beside: bool) -> _Form:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:20]
    suffix = dict(_BESIDE).get(encoding)
    if suffix and beside:
        ready = file.with_name(file.name + suffix)
        if ready.is_file():
            return _Form(ready.read_bytes(), encoding, f'"{digest}-{encoding}"')
    if encoding == "gzip" and len(content) >= _LEAST:
        return _Form(gzip.compress(content, _LEVEL, mtime=0), "gzip", f'"{digest}-gzip"')
    return _Form(content, "", f'"{digest}"')


def _known(request: Request, tag: str) -> bool:
    """Whether `request` names `tag`, whatever a proxy made of it in between.

    Source: RFC 9110, 13.1.2.
    """
    told = request.headers.get("if-none-match", "")
    return told.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in told.split(","))


async def _plain(request: Request, file: Path, *, headers: Mapping[str, str], status: int) -> Response:
    at = await run_sync(file.stat)
    tag = f'"{at.st_mtime_ns:x}-{at.st_size:x}"'
    if status == 200 and _known(request, tag):
        return Response(status_code=304, headers={**headers, "ETag": tag})
    return FileResponse(
        file, status_code=status, media_type=media_type(file), headers={**headers, "ETag": tag}, stat_result=at
    )
