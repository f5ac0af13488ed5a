"""A site's conventions as a value: where pages are shown, how their headings are called, which follows which."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pageside.knowledge.reading.sites import slugs
from pageside.knowledge.reading.sites.slugs import Heading

Kind = Literal["docusaurus", "mkdocs", "mdbook", "sphinx", "plain"]

_INDEX_NAMES = frozenset({"index", "readme"})
_NUMBER_PREFIX = re.compile(r"(\d+)\s*[-_.]+\s*([^-_.\s].*)", re.DOTALL)
# Dates and versions begin with digits that are not a place in an order.
_NOT_A_PREFIX = re.compile(r"(?:\d{2}|\d{4})[-_.]\d{2}(?:[-_.](?:\d{2}|\d{4}))?.*|\d+[-_.]\d+.*", re.DOTALL)
_FAR = 1e9
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")
_DIGITS = re.compile(r"(\d+)")
_SAFE = "/~!$&'()*+,;=:@-._"


@dataclass(frozen=True, slots=True)
class Root:
    """One tree of pages within the book's folder.

    Attributes:
        folder: Relative to the book's folder, with forward slashes; empty for the book's folder itself.
        url: Where the site shows the tree, without a slash at the end.
        inside: Folder of the site's own tree that `folder` is; empty unless the book is a part of a larger site.
    """

    folder: str
    url: str
    language: str
    version: str = ""
    inside: str = ""

    def holds(self, path: str) -> bool:
        """Whether the page at `path` belongs to this tree."""
        return not self.folder or path.startswith(f"{self.folder}/")

    def local(self, path: str) -> str:
        """`path` as the site's own configuration would write it."""
        rest = path[len(self.folder) + 1 :] if self.folder else path
        return f"{self.inside}/{rest}" if self.inside else rest


@dataclass(frozen=True, slots=True)
class Site:
    """How one site turns files into pages.

    Attributes:
        base_url: Where the main tree is shown, without a slash at the end; empty for the top of the host.
        language: Of pages that do not say otherwise.
        roots: Of those that hold a page the longest `folder` wins; what none holds is no part of the site.
        order: Pages in the order the site lists them, as local paths without a suffix; a name that ends in a slash
            stands for all that the folder holds, an empty one for everything.
        positions: Places that the site gives to whole folders, by path relative to the book's folder.
        home: Folder of the site's configuration within the book's folder; empty where they are one.
        book: The book's folder within that of the configuration; empty unless the configuration lies above the book.
        trailing_slash: Whether addresses end in a slash; None leaves each as its rule makes it.
    """

    kind: Kind
    base_url: str
    language: str
    roots: tuple[Root, ...]
    order: tuple[str, ...] = ()
    positions: tuple[tuple[str, float], ...] = ()
    home: str = ""
    book: str = ""
    trailing_slash: bool | None = None
    number_prefixes: bool = True
    directory_urls: bool = True
    slug_rule: slugs.Rule = "github"

    @property
    def fingerprint(self) -> str:
        """Changes whenever the address, the language or an anchor of some page may; not with the reading order."""
        parts = (
            self.kind,
            self.base_url,
            self.language,
            self.roots,
            self.trailing_slash,
            self.number_prefixes,
            self.directory_urls,
            self.slug_rule,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def root(self, path: str) -> Root:
        """The tree that the page at `path` belongs to."""
        return max((root for root in self.roots if root.holds(path)), key=lambda root: len(root.folder))

    def url(self, path: str, front_matter: Mapping[str, object]) -> str:
        """Where the site shows the page at `path`, quoted, with the base URL and without a fragment."""
        root = self.root(path)
        local = PurePosixPath(root.local(path))
        match self.kind:
            case "docusaurus":
                slug = self._docusaurus_slug(local, front_matter)
            case "mdbook":
                slug = self._mdbook_slug(local)
            case "mkdocs" | "sphinx" | "plain":
                slug = self._folder_slug(local)
        return join(root.url, self._slashed(slug))

    def is_index(self, path: str) -> bool:
        """Whether the page at `path` is shown for its folder."""
        local = PurePosixPath(self.root(path).local(path))
        return local.stem.lower() in _INDEX_NAMES or (
            self.kind == "docusaurus" and local.stem.lower() == local.parent.name.lower()
        )

    def anchors(self, headings: Sequence[Heading]) -> tuple[str, ...]:
        """The ids that the site gives to the headings of one page, in order."""
        return slugs.anchors(headings, rule=self.slug_rule)

    def shows(self, path: str) -> bool:
        """Whether the file at `path` is a part of the site, and not its table of contents."""
        if self.kind == "mdbook" and PurePosixPath(path).name == "SUMMARY.md":
            return False
        return any(root.holds(path) for root in self.roots)

    def below_home(self, local: str) -> str:
        """Path, relative to the book's folder, of what the site's configuration would call `local`."""
        if self.book:
            return local.removeprefix(f"{self.book}/")
        return f"{self.home}/{local}" if self.home else local

    def is_partial(self, path: str) -> bool:
        """Whether the file is no page of its own: it is shown where others import it."""
        return self.kind == "docusaurus" and any(part.startswith("_") for part in self._parts(path))

    def place(self, path: str, front_matter: Mapping[str, object]) -> tuple[object, ...]:
        """A sort key that puts the pages of the book in reading order."""
        root = self.root(path)
        listed = self._rank(root, path, front_matter)
        return (self.roots.index(root), listed, self._segments(path, front_matter))

    def _parts(self, path: str) -> tuple[str, ...]:
        return PurePosixPath(self.root(path).local(path)).parts

    def _slashed(self, slug: str) -> str:
        if self.trailing_slash is None or slug == "/":
            return slug
        return slug.rstrip("/") + ("/" if self.trailing_slash else "")

    def _folder_slug(self, local: PurePosixPath) -> str:
        parent = f"/{local.parent}/".replace("/./", "/")
        if local.stem.lower() in _INDEX_NAMES:
            return parent
        if not self.directory_urls:
            return f"{parent}{local.stem}.html"
        return f"{parent}{local.stem}/" if self.kind == "mkdocs" else f"{parent}{local.stem}"

    def _mdbook_slug(self, local: PurePosixPath) -> str:
        if local.stem.lower() in _INDEX_NAMES:
            return f"/{local.parent}/".replace("/./", "/")
        return f"/{local.with_suffix('.html')}"

    def _docusaurus_slug(self, local: PurePosixPath, front_matter: Mapping[str, object]) -> str:
        numbered = self.number_prefixes and front_matter.get("parse_number_prefixes") is not False
        folders = local.parent.parts
        shown = [strip_number(folder) if numbered else folder for folder in folders]
        own = front_matter.get("slug")
        if isinstance(own, (str, int, float)) and str(own):
            return resolve(str(own), shown)
        if local.stem.lower() in {*_INDEX_NAMES, local.parent.name.lower()}:
            return "/".join(["", *shown, ""])
        name = _ident(front_matter) or (strip_number(local.stem) if numbered else local.stem)
        return resolve(name, shown)

    def _rank(self, root: Root, path: str, front_matter: Mapping[str, object]) -> int:
        if not self.order:
            return 0
        local = PurePosixPath(root.local(path)).with_suffix("")
        names = [str(local)]
        if self.kind == "docusaurus":
            ident = _ident(front_matter)
            shown = [strip_number(part) if self.number_prefixes else part for part in local.parts]
            names.append("/".join([*shown[:-1], ident or shown[-1]]))
        names += [f"{parent}/" for parent in local.parents if parent.name]
        ranks = _ranks(self.order)
        return min((ranks[name] for name in names if name in ranks), default=ranks.get("", len(ranks)))

    def _segments(self, path: str, front_matter: Mapping[str, object]) -> tuple[object, ...]:
        folder_positions = dict(self.positions)
        pure = PurePosixPath(path)
        key: list[object] = []
        for depth, part in enumerate(pure.parts[:-1], start=1):
            given = folder_positions.get("/".join(pure.parts[:depth]), number_of(part))
            key.append((1, float("inf") if given is None else given, natural(part)))
        if self.is_index(path):
            return (*key, (0, 0.0, natural(pure.stem)))
        own = position(front_matter.get("sidebar_position"))
        given = number_of(pure.stem) if own is None else own
        return (*key, (1, float("inf") if given is None else given, natural(pure.stem)))


@lru_cache(maxsize=8)
def _ranks(order: tuple[str, ...]) -> Mapping[str, int]:
    ranks: dict[str, int] = {}
    for rank, name in enumerate(order):
        ranks.setdefault(name, rank)
    return ranks


def _ident(front_matter: Mapping[str, object]) -> str:
    said = front_matter.get("id")
    return str(said) if isinstance(said, (str, int, float)) and not isinstance(said, bool) else ""


def position(said: object) -> float | None:
    """The place in an order that front matter or a category file gives; None where it gives none."""
    if isinstance(said, bool) or not isinstance(said, (int, float)) or not -_FAR < said < _FAR:
        return None
    return float(said)


def is_language(name: str) -> bool:
    """Whether a folder of this name may hold the pages of one language."""
    return _LANGUAGE.fullmatch(name) is not None


def below_language(top: str, language: str) -> str:
    """Where the pages of `language` are shown on a site whose English ones are at `top`."""
    return top if language == "en" else f"{top}/{language}"


def strip_number(name: str) -> str:
    """`name` without the number that only orders it: `01-intro` is `intro`, `2024-01-02-news` stays.

    Source: Docusaurus 3, `plugin-content-docs/src/numberPrefix.ts`.
    """
    found = None if _NOT_A_PREFIX.fullmatch(name) else _NUMBER_PREFIX.fullmatch(name)
    return found[2] if found else name


def number_of(name: str) -> float | None:
    """The number that `strip_number` drops; None where there is none."""
    found = None if _NOT_A_PREFIX.fullmatch(name) else _NUMBER_PREFIX.fullmatch(name)
    return float(found[1]) if found else None


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key in which `week-10` follows `week-9`."""
    return tuple(
        (0, int(part), part) if part.isdigit() else (1, 0, part) for part in _DIGITS.split(name.casefold()) if part
    )


def resolve(slug: str, folders: Sequence[str]) -> str:
    """`slug` as a browser on a page of `folders` would resolve it; always begins with a slash."""
    trail: list[str] = [] if slug.startswith("/") else list(folders)
    parts = [part for part in slug.split("/") if part]
    for part in parts:
        if part == "..":
            del trail[-1:]
        elif part != ".":
            trail.append(part)
    path = "/".join(["", *trail])
    return f"{path}/" if slug.endswith("/") or not trail or (parts and parts[-1] in {".", ".."}) else path


def join(base: str, path: str) -> str:
    """`path` below `base`, percent-encoded."""
    split = urlsplit(base)
    whole = re.sub(r"/{2,}", "/", f"{split.path}/{quote(path, safe=_SAFE)}")
    return urlunsplit((split.scheme, split.netloc, whole, "", ""))
