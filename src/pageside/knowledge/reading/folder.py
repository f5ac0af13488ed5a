"""A book's folder as documents in reading order, and what was wrong with the rest."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pageside.errors import BookError
from pageside.knowledge.passage import Block, Document
from pageside.knowledge.reading import labels, markdown, pagefile, preface, scripts, tree, words
from pageside.knowledge.reading.kinds import choosing, kind
from pageside.knowledge.reading.kinds.kind import Place, Reading
from pageside.knowledge.reading.pagefile import DEFAULT, Rules, Seen, Trouble
from pageside.knowledge.reading.sites import Heading, Site
from pageside.knowledge.reading.sites.site import position

__all__ = ["DEFAULT", "Listing", "Rules", "SourceFile", "Trouble", "is_mdx", "list_pages", "load", "read", "title"]

SUFFIXES = (".md", ".mdx", ".markdown")

_EDITION = "1"  # raised whenever the same file would give another document


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One page of the folder, before it is parsed.

    Attributes:
        digest: SHA-256 of the bytes, in hex.
        position: Place in the reading order, from 0.
        url: Where the site shows it.
        shown_on: The page that imports it, for a file that is no page of its own; else empty.
        state: Changes with everything that its document depends on, save its position.
    """

    path: str
    digest: str
    position: int
    url: str
    shown_on: str
    state: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds; iterating over it gives the files in reading order.

    Attributes:
        drafts: Pages the site does not show.
    """

    files: tuple[SourceFile, ...]
    troubles: tuple[Trouble, ...]
    drafts: tuple[str, ...]

    def __iter__(self) -> Iterator[SourceFile]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


def read(folder: Path, site: Site, *, rules: Rules = DEFAULT) -> Iterator[Document | Trouble]:
    """Every page of `folder` in reading order, each trouble where it was met.

    Raises:
        BookError: `folder` is not a folder, or holds no page.
    """
    listing = list_pages(folder, site, rules=rules)
    yield from listing.troubles
    for file in listing:
        document, troubles = load(folder, site, file, rules=rules)
        yield from troubles
        if document is not None:
            yield document


def list_pages(folder: Path, site: Site, *, rules: Rules = DEFAULT) -> Listing:
    """The pages of `folder` in reading order, with what tells whether they changed; nothing is parsed.

    Raises:
        BookError: `folder` is not a folder, or holds no page.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise BookError(f"The book's folder {str(folder)!r} {what}; give the folder that holds its pages.")
    found = tree.walk(folder)
    pages = [path for path in found.files if path.lower().endswith(SUFFIXES)]
    others = [path for path in choosing.pages(found.files) if site.shows(path)]
    glances = [pagefile.glance(folder, path, rules, site) for path in (*filter(site.shows, pages), *others)]
    seen = [glance for glance in glances if isinstance(glance, Seen)]
    doubles = list(_doubles(seen, site)) if others else []
    left_out = {double.path for double in doubles}
    seen = [file for file in seen if file.path not in left_out]
    troubles = [Trouble(avoided.path, 0, avoided.reason) for avoided in found.avoided]
    troubles += [glance for glance in glances if isinstance(glance, Trouble)]
    troubles += [*doubles, *_aside([path for path in pages if not site.shows(path)])]
    drafts = tuple(file.path for file in seen if file.front_matter.get("draft") is True)
    shown = [file for file in seen if file.path not in drafts]
    if not shown:
        raise BookError(_no_pages(folder, troubles, drafts))
    return Listing(tuple(_ordered(shown, site, rules)), tuple(troubles), drafts)


def load(
    folder: Path, site: Site, file: SourceFile, *, rules: Rules = DEFAULT
) -> tuple[Document | None, tuple[Trouble, ...]]:
    """The document of `file` and what was wrong with it; None when it can no longer be read."""
    if kind.kind_of(file.path) is not None:
        return _load_other(folder, site, file, rules)
    text = pagefile.text(folder, file.path, rules)
    if isinstance(text, Trouble):
        return None, (text,)
    source = text.source
    troubles = [Trouble(file.path, text.line, text.complaint)] if text.complaint else []
    parsed = markdown.parse(source, mdx=is_mdx(file.path, site))
    troubles += [Trouble(file.path, flaw.line, flaw.message) for flaw in parsed.flaws]
    said = pagefile.front_matter(parsed.front_matter)
    root = site.root(file.path)
    body = _anchored(parsed.blocks, site)
    document = Document(
        path=file.path,
        title=_host_title(folder, site, file, rules) or title(file.path, said, body),
        url=file.url,
        language=_stated_language(said) or scripts.language(body, default=root.language),
        labels=labels.of_page(root.local(file.path), said, version=root.version, defaults=rules.labels),
        source=source,
        blocks=(*_preface(source, body), *body),
        digest=text.digest,
        position=file.position,
    )
    return document, tuple(troubles)


def _load_other(
    folder: Path, site: Site, file: SourceFile, rules: Rules
) -> tuple[Document | None, tuple[Trouble, ...]]:
    """As `load`, for a page of another kind than Markdown."""
    content = pagefile.content(folder, file.path, rules)
    if isinstance(content, Trouble):
        return None, (content,)
    try:
        reading = kind.read(content, Place(folder, file.path, site, rules.limits))
    except kind.Unreadable as error:
        return None, (Trouble(file.path, 0, str(error)),)
    document = _document(site, file, reading, hashlib.sha256(content).hexdigest(), rules)
    return document, tuple(Trouble(file.path, flaw.line, flaw.message) for flaw in reading.flaws)


def _document(site: Site, file: SourceFile, reading: Reading, digest: str, rules: Rules) -> Document:
    said = pagefile.front_matter(reading.facts)
    root = site.root(file.path)
    body = reading.blocks if reading.anchored else _anchored(reading.blocks, site)
    called = title(file.path, said, body)
    is_named = "title" in said or any(block.kind == "heading" and block.level == 1 for block in body)
    return Document(
        path=file.path,
        title=called if is_named or not reading.title else reading.title,
        url=file.url,
        language=_stated_language({"lang": reading.language, **said}) or scripts.language(body, default=root.language),
        labels=labels.of_page(root.local(file.path), said, version=root.version, defaults=rules.labels),
        source=reading.source,
        blocks=body,
        digest=digest,
        position=file.position,
    )


def words_of(document: Document, site: Site) -> Counter[str]:
    """Every word that the page holds for a reader, and how often, counted without the parser of its blocks."""
    if kind.kind_of(document.path) is not None:
        return words.tally(kind.counted(document.source, document.path, site))
    return words.words_of(document.source, mdx=is_mdx(document.path, site))


def title(path: str, front_matter: Mapping[str, object], blocks: Sequence[Block]) -> str:
    """What the page is called: by its front matter, else by its first heading of level 1, else by its file name."""
    said = front_matter.get("title")
    if isinstance(said, (str, int, float)) and str(said).strip():
        return " ".join(str(said).split())
    first = next((block.text for block in blocks if block.kind == "heading" and block.level == 1), "")
    if first:
        return first
    pure = PurePosixPath(path)
    name = pure.parent.name if pure.stem.lower() in {"index", "readme"} and pure.parent.name else pure.stem
    return labels.readable(name.lstrip("_"))


def _aside(paths: Sequence[str]) -> Iterator[Trouble]:
    """One word for each part of the folder that the site does not show."""
    tops: dict[str, int] = {}
    for path in paths:
        if PurePosixPath(path).name != "SUMMARY.md":
            tops[path.partition("/")[0]] = tops.get(path.partition("/")[0], 0) + 1
    for top, count in tops.items():
        pages = "1 page is" if count == 1 else f"{count} pages are"
        yield Trouble(top, 0, f"{pages} no part of the site that its configuration describes, and left out")


def _doubles(seen: Sequence[Seen], site: Site) -> Iterator[Trouble]:
    """Pages that are other forms of one, or that would be shown where another is."""
    twins = choosing.twins([file.path for file in seen])
    for path, first in twins.items():
        yield Trouble(path, 0, f"it is taken for another form of {first!r} and left out; if it is not, rename it")
    shown = [(file.path, file.url or site.url(file.path, file.front_matter)) for file in seen if file.path not in twins]
    for path, first in choosing.colliding(shown):
        yield Trouble(path, 0, f"its address is that of {first!r}, and it was left out; rename it")


def _ordered(seen: Sequence[Seen], site: Site, rules: Rules) -> Iterator[SourceFile]:
    by_path = {file.path: file for file in seen}
    site = replace(site, positions=(*_positions_of_folders(seen, site), *site.positions))
    places = {file.path: (site.place(file.path, file.front_matter), file.path) for file in seen}
    pages = sorted(by_path, key=lambda path: places[path])
    hosts = _hosts([by_path[path] for path in pages], site)
    fixed = (_EDITION, site.fingerprint, sorted(rules.labels.items()))
    # What a page imports is read after the page itself.
    in_order = sorted(pages, key=lambda path: (places[hosts.get(path) or path], path in hosts, places[path]))
    for number, path in enumerate(in_order):
        file = by_path[path]
        host = by_path.get(hosts.get(path, ""))
        url = file.url or site.url((host or file).path, (host or file).front_matter)
        state = repr((*fixed, file.digest, url, host.digest if host else ""))
        if kind.kind_of(path) is not None:
            state += repr((kind.EDITION, file.rests_on))
        yield SourceFile(
            path=path,
            digest=file.digest,
            position=number,
            url=url,
            shown_on=host.path if host else "",
            state=hashlib.sha256(state.encode()).hexdigest(),
        )


def _positions_of_folders(seen: Sequence[Seen], site: Site) -> Iterator[tuple[str, float]]:
    """The places that folders have by what their own page says."""
    for file in seen:
        given = position(file.front_matter.get("sidebar_position"))
        if given is not None and "/" in file.path and site.is_index(file.path):
            yield PurePosixPath(file.path).parent.as_posix(), given


def _hosts(in_order: Sequence[Seen], site: Site) -> dict[str, str]:
    """For each file that is no page of its own, the first page that shows it, be it through another such file."""
    importers: dict[str, list[str]] = {}
    for file in in_order:
        for target in file.imports:
            importers.setdefault(_imported(file.path, target, site), []).append(file.path)
    found: dict[str, str] = {}
    for file in in_order:
        here: str = file.path
        trail = {here}
        while here and site.is_partial(here):
            here = next((path for path in importers.get(here, ()) if path not in trail), "")
            trail.add(here)
        if here and here != file.path:
            found[file.path] = here
    return found


def _imported(path: str, target: str, site: Site) -> str:
    """The path that an import in the page at `path` means, relative to the book's folder."""
    if target.startswith("@site/"):
        return site.below_home(target.removeprefix("@site/"))
    parts = list(PurePosixPath(path).parent.parts)
    for part in target.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _host_title(folder: Path, site: Site, file: SourceFile, rules: Rules) -> str:
    text = pagefile.text(folder, file.shown_on, rules) if file.shown_on else None
    if not isinstance(text, pagefile.Text):
        return ""
    parsed = markdown.parse(text.source, mdx=is_mdx(file.shown_on, site))
    return title(file.shown_on, pagefile.front_matter(parsed.front_matter), parsed.blocks)


def _stated_language(front_matter: Mapping[str, object]) -> str:
    said = front_matter.get("language") or front_matter.get("lang")
    found = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", said) if isinstance(said, str) else None
    return found[0].lower() if found else ""


def is_mdx(path: str, site: Site) -> bool:
    """Whether the site reads the page at `path` as MDX."""
    return path.lower().endswith(".mdx") or site.kind == "docusaurus"


def _anchored(blocks: Sequence[Block], site: Site) -> tuple[Block, ...]:
    headings = [block for block in blocks if block.kind == "heading"]
    made = iter(site.anchors([Heading(block.text, block.level, block.anchor) for block in headings]))
    return tuple(replace(block, anchor=next(made)) if block.kind == "heading" else block for block in blocks)


def _preface(source: str, body: Sequence[Block]) -> tuple[Block, ...]:
    opened = re.match(r"\ufeff?\s*---[ \t]*\r?\n", source)
    closed = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE).search(source, opened.end()) if opened else None
    if opened is None or closed is None or (body and body[0].start < closed.start()):
        return ()
    return preface.blocks(source[opened.end() : closed.start()], offset=opened.end(), body=body)


def _no_pages(folder: Path, troubles: Sequence[Trouble], drafts: Sequence[str]) -> str:
    if troubles:
        return f"No page of {str(folder)!r} can be read; the first trouble is {troubles[0]}"
    if drafts:
        return f"Every page of {str(folder)!r} is a draft; take `draft: true` out of one, such as {drafts[0]!r}."
    return f"There is no page in {str(folder)!r}; a book is a folder that holds pages, such as .md or .rst files."
