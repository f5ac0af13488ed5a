"""Docusaurus: its configuration, its trees of versions and locales, its sidebars."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pageside.knowledge.reading.sites import notation
from pageside.knowledge.reading.sites.notation import mapping
from pageside.knowledge.reading.sites.site import Root, Site, join, natural, position
from pageside.knowledge.reading.tree import Tree

CONFIGS = tuple(f"docusaurus.config.{suffix}" for suffix in ("js", "ts", "mjs", "cjs", "mts", "cts"))

_DOCS = "docusaurus-plugin-content-docs"
_NO_DOCS = frozenset({"blog", "docs", "i18n", "node_modules", "src", "static"})
_VERSION = "version-"


@dataclass(frozen=True, slots=True)
class Instance:
    """One docs plugin: a tree of pages with its own route and versions.

    Attributes:
        path: Of the current version, relative to the site's folder.
        route: Between the base URL and the page, without slashes at the ends.
        paths: Route segment of a version where the configuration names one.
    """

    ident: str = "default"
    path: str = "docs"
    route: str = "docs"
    last_version: str = ""
    paths: tuple[tuple[str, str], ...] = ()

    @property
    def prefix(self) -> str:
        """What the names of its folders begin with."""
        return "" if self.ident == "default" else f"{self.ident}_"

    @property
    def translations(self) -> str:
        """The name of its folder below `i18n/<locale>`."""
        return _DOCS if self.ident == "default" else f"{_DOCS}-{self.ident}"


@dataclass(frozen=True, slots=True)
class Config:
    """What the site's configuration says that decides addresses."""

    base_url: str = "/"
    locale: str = "en"
    trailing_slash: bool | None = None
    number_prefixes: bool = True
    instances: tuple[Instance, ...] = (Instance(),)


def configured(folder: Path, config_file: Path, *, tree: Tree, base_url: str | None) -> Site | None:
    """The site that `config_file` describes; None when `folder` has nothing to do with it."""
    config = read_config(config_file)
    home = config_file.parent.resolve()
    roots = tuple(_roots(folder.resolve(), home, config, base_url=base_url))
    return _site(folder, home, config, roots, tree=tree, base_url=base_url) if roots else None


def guessed(folder: Path, *, tree: Tree, base_url: str | None) -> Site:
    """The site that `folder` looks like when no configuration is at hand: Docusaurus as it comes."""
    folder = folder.resolve()
    home = _home(folder, tree)
    docs = [name for name in tree.folders if name.split("/").count("docs") == 1 and name.endswith("docs")]
    current = [folder / name for name in docs if Path(name).name == "docs"]
    instances = [Instance(path=os.path.relpath(path, home)) for path in current] or [Instance()]
    strong = (home / "versioned_docs").is_dir() or (home / "i18n").is_dir()
    if strong and home.is_relative_to(folder):
        instances += [Instance(ident=name, path=name, route=name) for name in _others(home, tree, folder)]
    config = Config(instances=tuple(instances))
    roots = tuple(_roots(folder, home, config, base_url=base_url))
    if not roots:
        roots = (Root("", _route(config, instances[0], base_url=base_url), config.locale),)
    if not any(root.folder == "" for root in roots):
        top = config.base_url if base_url is None else base_url
        roots = (*roots, Root("", join(top, "/").rstrip("/"), config.locale))
    return _site(folder, home, config, roots, tree=tree, base_url=base_url)


def read_config(config_file: Path) -> Config:
    """What `config_file` says literally; the defaults of Docusaurus for the rest."""
    said = mapping(notation.read(config_file))
    i18n = mapping(said.get("i18n"))
    docs = list(_plugins(said))
    slash = said.get("trailingSlash")
    return Config(
        base_url=_string(said.get("baseUrl"), "/"),
        locale=_string(i18n.get("defaultLocale"), "en"),
        trailing_slash=slash if isinstance(slash, bool) else None,
        number_prefixes=not any(options.get("numberPrefixParser") is False for options in docs),
        instances=tuple(_instance(options) for options in docs) or (Instance(),),
    )


def _plugins(said: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for preset in _sequence(said.get("presets")):
        options = mapping(_second(preset))
        if options.get("docs") is not False:
            yield mapping(options.get("docs"))
    for plugin in _sequence(said.get("plugins")):
        name = plugin[0] if isinstance(plugin, list) and plugin else plugin
        if isinstance(name, str) and name.removeprefix("@docusaurus/").endswith("content-docs"):
            yield mapping(_second(plugin))


def _instance(options: Mapping[str, object]) -> Instance:
    versions = mapping(options.get("versions"))
    paths = {name: mapping(given).get("path") for name, given in versions.items()}
    return Instance(
        ident=_string(options.get("id"), "default"),
        path=_string(options.get("path"), "docs"),
        route=_string(options.get("routeBasePath"), "docs").strip("/"),
        last_version=_string(options.get("lastVersion"), ""),
        paths=tuple((name, path.strip("/")) for name, path in paths.items() if isinstance(path, str)),
    )


def _roots(folder: Path, home: Path, config: Config, *, base_url: str | None) -> Iterator[Root]:
    seen: set[Path] = set()
    for instance in config.instances:
        for path, language, version, segment in _trees(home, config, instance):
            place = path.resolve()
            if place in seen or not place.is_dir():
                continue
            seen.add(place)
            shown = language if language != config.locale else ""
            url = _route(config, instance, base_url=base_url, locale=shown, version=segment)
            if place.is_relative_to(folder):
                local = place.relative_to(folder).as_posix()
                yield Root("" if local == "." else local, url, language, version)
            elif folder.is_relative_to(place):
                yield Root("", url, language, version, folder.relative_to(place).as_posix())


def _trees(home: Path, config: Config, instance: Instance) -> Iterator[tuple[Path, str, str, str]]:
    """Each folder of the instance with its locale, its version and the route segment of that."""
    versions = _versions(home, instance)
    last = instance.last_version or (versions[0] if versions else "current")
    paths = dict(instance.paths)
    segments = {name: paths.get(name, "" if name == last else name) for name in versions}
    now = paths.get("current", "" if last == "current" else "next")
    current = "next" if versions else ""
    locales = sorted(path.name for path in (home / "i18n").glob("*") if path.is_dir())
    versioned = home / f"{instance.prefix}versioned_docs"
    yield home / instance.path, config.locale, current, now
    for name in versions:
        yield versioned / f"{_VERSION}{name}", config.locale, name, segments[name]
    for locale in locales:
        translated = home / "i18n" / locale / instance.translations
        yield translated / "current", locale, current, now
        for name in versions:
            yield translated / f"{_VERSION}{name}", locale, name, segments[name]


def _versions(home: Path, instance: Instance) -> list[str]:
    """Names of the versions, newest first."""
    listed = home / f"{instance.prefix}versions.json"
    if listed.is_file():
        return [str(name) for name in _sequence(notation.read(listed))]
    found = (home / f"{instance.prefix}versioned_docs").glob(f"{_VERSION}*")
    return sorted((path.name.removeprefix(_VERSION) for path in found if path.is_dir()), key=natural, reverse=True)


def _route(config: Config, instance: Instance, *, base_url: str | None, locale: str = "", version: str = "") -> str:
    top = config.base_url
    if base_url is not None:
        # The address given is that of the main tree; locales branch off before its route.
        main = config.instances[0].route
        top = base_url.rstrip("/")
        if main and top.endswith(f"/{main}"):
            top = top.removesuffix(f"/{main}")
        elif instance is config.instances[0]:
            return join(top, "/".join(part for part in (locale, version) if part)).rstrip("/")
    return join(top, "/".join(part for part in (locale, instance.route, version) if part)).rstrip("/")


def _site(
    folder: Path, home: Path, config: Config, roots: tuple[Root, ...], *, tree: Tree, base_url: str | None
) -> Site:
    folder = folder.resolve()
    return Site(
        kind="docusaurus",
        base_url=_route(config, config.instances[0], base_url=base_url),
        language=config.locale,
        roots=roots,
        order=_sidebar_order(home),
        positions=tuple(_folder_positions(folder, tree)),
        home=_relative(home, folder),
        book=_relative(folder, home),
        trailing_slash=config.trailing_slash,
        number_prefixes=config.number_prefixes,
        slug_rule="docusaurus",
    )


def _home(folder: Path, tree: Tree) -> Path:
    """The folder that would hold the configuration."""
    parts = folder.parts
    for marker, sign in (("versioned_docs", "versioned_docs"), ("i18n", _DOCS)):
        if marker in parts and any(part.startswith(sign) for part in parts):
            return Path(*parts[: len(parts) - 1 - parts[::-1].index(marker)])
        within = [name for name in tree.folders if name.split("/")[-1] == marker]
        if within:
            return folder / Path(within[0]).parent
    docs = [name for name in tree.folders if name.split("/")[-1] == "docs"]
    return folder / Path(docs[0]).parent if docs else folder.parent


def _others(home: Path, tree: Tree, folder: Path) -> Iterator[str]:
    """Folders beside the docs that hold pages: most likely docs plugins of their own."""
    prefix = home.relative_to(folder).as_posix()
    prefix = "" if prefix == "." else f"{prefix}/"
    pages = [name[len(prefix) :] for name in tree.files if name.startswith(prefix) and name.endswith((".md", ".mdx"))]
    names = {name.split("/")[0] for name in pages if "/" in name}
    yield from sorted(name for name in names if name not in _NO_DOCS and not name.endswith("versioned_docs"))


def _folder_positions(folder: Path, tree: Tree) -> Iterator[tuple[str, float]]:
    for name in tree.files:
        if re.fullmatch(r"(.*/)?_category_\.(json|ya?ml)", name):
            given = position(mapping(notation.read(folder / name)).get("position"))
            if given is not None and "/" in name:
                yield Path(name).parent.as_posix(), given


def _sidebar_order(home: Path) -> tuple[str, ...]:
    for suffix in ("js", "ts", "mjs", "cjs", "json"):
        path = home / f"sidebars.{suffix}"
        if path.is_file():
            listed = [name for sidebar in mapping(notation.read(path)).values() for name in _items(sidebar)]
            return tuple(dict.fromkeys(listed))
    return ()


def _items(item: object) -> Iterator[str]:
    """Ids of pages, and folders with a slash at the end, in the order a sidebar shows them."""
    if isinstance(item, str):
        yield item
    elif isinstance(item, list):
        for child in item:
            yield from _items(child)
    elif isinstance(item, dict):
        match item.get("type"):
            case "doc" | "ref":
                yield from _items(item.get("id"))
            case "category":
                yield from _items(mapping(item.get("link")).get("id"))
                yield from _items(item.get("items"))
            case "autogenerated":
                folder = _string(item.get("dirName"), ".").strip("/")
                yield "" if folder == "." else f"{folder}/"
            case None:
                yield from _items(list(item.values()))


def _relative(path: Path, start: Path) -> str:
    """`path` below `start`; empty where it is not."""
    return path.relative_to(start).as_posix().removeprefix(".") if path.is_relative_to(start) else ""


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _second(value: object) -> object:
    return value[1] if isinstance(value, list) and len(value) > 1 else None


def _string(value: object, default: str) -> str:
    return value if isinstance(value, str) else default
