"""The book's own site as its generator has built it, served as a host of static pages would."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from selectolax.lexbor import LexborHTMLParser

from pageside.errors import NotFound, SettingsError
from pageside.knowledge.reading.sites import built
from pageside.settings.showing import NONE
from pageside.web import originals
from pageside.web.kept import Folder, media_type
from pageside.web.reference import PAGE, Reference

_START: Final = "index.html"
_LOST: Final = "404.html"
_HTML: Final = (".html", ".htm")
_SCRIPTS: Final = frozenset({"", "module", "text/javascript", "application/javascript"})  # other types are data
_DIGEST: Final = (
    r"(?=\d*[a-f])(?=[a-f]*\d)(?:[0-9a-f]{8}|[0-9a-f]{16}|[0-9a-f]{20}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})"
)
_HASHED: Final = re.compile(rf"(?:^|/)assets/(?:[^/]*/)*[^/]*[.-]{_DIGEST}\.[^/]*$")  # neither a date nor a word
_VIEWED: Final = re.compile(r"application/pdf|(?:audio|video)/.*|image/(?!svg).*")  # by browsers, in pages of their own
_PAGE: Final = "private, no-cache"  # with it a browser gets its guest's cookie
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_A_WHILE: Final = "public, max-age=300"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob: https:; font-src 'self' data:; media-src 'self' https:; connect-src 'self'; "
    "worker-src 'self' blob:; manifest-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {framed_by}"
)


@dataclass(frozen=True, slots=True)
class Site:
    """A built site.

    Attributes:
        base: Below which address it stands, with a slash at both ends.
        bare: Whether its pages stand at their addresses without a slash at the end, too.
    """

    root: Path
    base: str = "/"
    bare: bool = False


def found(chosen: Path | None, book: Path, *, base: str = "") -> Site | None:
    """The site to serve: the one that was chosen, else the one that stands built beside `book`; None for neither.

    Args:
        base: The address the book stands below, without a slash at the end.

    Raises:
        SettingsError: What was chosen is no built site, or it was built for another address.
    """
    if chosen is not None and str(chosen) == NONE:
        return None
    root = built.folder(book) if chosen is None else chosen.resolve()
    if root is None:
        return None
    if not (root / _START).is_file():
        raise SettingsError(f"PAGESIDE_SITE: there is no {_START} in {root}; build the site, or name another folder.")
    start = LexborHTMLParser((root / _START).read_bytes())
    canonical, generator = start.css_first("link[rel=canonical]"), start.css_first("meta[name=generator]")
    address = (canonical.attributes.get("href") or "") if canonical else ""
    made_by = (generator.attributes.get("content") or "") if generator else ""
    top = "/" + urlsplit(address).path.strip("/")
    if base and not f"{top}/".startswith(f"{base}/"):
        raise SettingsError(
            f"PAGESIDE_SITE: the site in {root} is built for {top}, and the book stands at {base}/; build it with "
            'that base URL, or set PAGESIDE_SITE = "none" for the book.'
        )
    # Links between Docusaurus' pages name whole paths. Those of others lead on from the address, to its last slash.
    return Site(root, top if top == "/" else f"{top}/", bare=made_by.startswith("Docusaurus"))


def router(site: Site, reference: Reference, *, base: str = "", framed_by: Sequence[str] = ()) -> APIRouter:
    """Every file of `site` at its address, and a page at each of its own.

    Args:
        reference: Stands at an address of its own, where the site has no page.
        base: The address the book stands below, without a slash at the end.
        framed_by: Origins whose pages may show those of the site in a frame.
    """
    routes = APIRouter(include_in_schema=False)
    folder = Folder(site.root)
    ancestors = " ".join(("'self'", *framed_by))
    plain = _POLICY.format(hashes="", framed_by=ancestors)

    @routes.api_route("/{address:path}", methods=["GET", "HEAD"])
    async def page(request: Request, address: str) -> Response:
        path = f"{base}/{address}"
        if path == site.base.rstrip("/") or (path == "/" and site.base != "/"):
            return RedirectResponse(site.base, 307)
        at = await run_sync(_at, site, folder, path)
        if isinstance(at, str):
            asked = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(quote(at) + asked, 301)
        if at is not None:
            return await folder.answer(request, at, headers=await _headers(at, path.removeprefix(site.base)))
        if path == f"{base}{PAGE}":
            return await reference.page()
        lost = await run_sync(folder.find, _LOST)
        if lost is None:
            raise NotFound(f"No page of this book stands at {path!r}.")
        return await folder.answer(request, lost, headers=await _headers(lost, _LOST), status=404)

    async def _headers(file: Path, inside: str) -> Mapping[str, str]:
        if file.suffix.lower() in _HTML:
            policy = _POLICY.format(hashes=await run_sync(_hashes, file), framed_by=ancestors)
            return {"Cache-Control": _PAGE, "Content-Security-Policy": policy}
        kept = _FOR_EVER if _HASHED.search(inside) else _FOR_A_WHILE
        if _VIEWED.fullmatch(media_type(file)):
            return {"Cache-Control": kept, **originals.viewed(framed_by)}
        return {"Cache-Control": kept, "Content-Security-Policy": plain}

    return routes


def elsewhere(address: str) -> APIRouter:
    """Leads to `address`, where the book is read, from its own address here."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/", methods=["GET", "HEAD"])
    async def front() -> Response:
        return RedirectResponse(address, 307)

    @routes.api_route("/{path:path}", methods=["GET", "HEAD"])
    async def page(path: str) -> Response:
        raise NotFound(f"This book is read at {address}; no page of it stands here.")

    return routes


def _at(site: Site, folder: Folder, path: str) -> Path | str | None:
    """What stands at `path`: a file, where its page stands instead, or nothing."""
    if not path.startswith(site.base):
        return None
    inside = path.removeprefix(site.base)
    plain = inside.rstrip("/")
    if inside == plain and inside and (file := folder.find(inside)):
        return file
    there = "/" + path.strip("/")  # one slash in front, so that no redirect names a host
    if file := folder.find(f"{plain}/{_START}".lstrip("/")):
        return file if inside != plain or not inside or site.bare else f"{there}/"
    if plain and (file := folder.find(f"{plain}.html")):
        return file if inside == plain else there
    return None


def _hashes(file: Path) -> str:
    at = file.stat()
    return _hashed(file, at.st_mtime_ns, at.st_size)


@lru_cache(maxsize=4096)
def _hashed(file: Path, _modified: int, _size: int) -> str:
    """The scripts that stand in a page itself, as sources of its policy.

    Source: Content Security Policy Level 3, section 6.7.3.3.
    """
    scripts = LexborHTMLParser(file.read_bytes()).css("script:not([src])")
    told = [each.text() for each in scripts if (each.attributes.get("type") or "").strip().lower() in _SCRIPTS]
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in told)
    return "".join(f" 'sha256-{digest}'" for digest in dict.fromkeys(digests))
