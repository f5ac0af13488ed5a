"""MkDocs: what `mkdocs.yml` says of addresses, ids and order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import yaml

from pageside.knowledge.reading.sites import slugs
from pageside.knowledge.reading.sites.site import Root, Site, below_language, is_language, join
from pageside.knowledge.reading.tree import Tree

CONFIGS = ("mkdocs.yml", "mkdocs.yaml")


class _Tolerant(yaml.SafeLoader):
    """Reads tags it does not know, such as `!!python/name:`, as their own names."""


def _named(loader: _Tolerant, suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return {"tag": suffix, **{str(key): value for key, value in loader.construct_mapping(node, deep=True).items()}}
    return suffix


def _default(loader: _Tolerant, node: yaml.Node) -> object:
    """What `!ENV [NAME, default]` is without the environment of the build; None without a default.

    Source: https://www.mkdocs.org/user-guide/configuration/#environment-variables
    """
    if not isinstance(node, yaml.SequenceNode) or len(node.value) < 2:
        return None
    default: object = loader.construct_object(node.value[-1], deep=True)
    return default


_Tolerant.add_constructor("!ENV", _default)
_Tolerant.add_multi_constructor("tag:yaml.org,2002:python/", _named)
_Tolerant.add_multi_constructor("!", _named)


def configured(folder: Path, config_file: Path, *, base_url: str | None) -> Site | None:
    """The site that `config_file` describes; None when `folder` has nothing to do with it."""
    said = read_config(config_file)
    docs = (config_file.parent / str(said.get("docs_dir") or "docs")).resolve()
    folder = folder.resolve()
    top = base_url if base_url is not None else urlsplit(str(said.get("site_url") or "/")).path
    url = join(top, "/").rstrip("/")
    theme = said.get("theme")
    language = str(theme.get("language") or "en") if isinstance(theme, dict) else "en"
    if docs.is_dir() and docs.is_relative_to(folder):
        local = docs.relative_to(folder).as_posix()
        root = Root("" if local == "." else local, url, language)
    elif folder.is_relative_to(docs):
        root = Root("", url, language, inside=folder.relative_to(docs).as_posix())
    else:
        return None
    return Site(
        kind="mkdocs",
        base_url=url,
        language=language,
        roots=(root,),
        order=tuple(_nav(said.get("nav"))),
        directory_urls=said.get("use_directory_urls") is not False,
        slug_rule=_slug_rule(said.get("markdown_extensions")),
    )


def guessed(folder: Path, *, tree: Tree, base_url: str | None) -> Site:
    """The site that `folder` looks like when no configuration is at hand: MkDocs as it comes."""
    top = "" if base_url is None else base_url.rstrip("/")
    roots = list(_language_roots(folder.resolve(), tree, top))
    if not any(root.folder == "" for root in roots):
        docs = [name for name in tree.folders if PurePosixPath(name).name == "docs"] if not roots else []
        roots += [Root(name, top, "en") for name in docs[:1]]
        roots.append(Root("", top, "en"))
    return Site(kind="mkdocs", base_url=top, language=roots[0].language, roots=tuple(roots), slug_rule="mkdocs")


def read_config(config_file: Path) -> Mapping[str, object]:
    """What `config_file` says, over whatever it inherits; empty where it cannot be read."""
    try:
        said = yaml.load(config_file.read_text(encoding="utf-8"), Loader=_Tolerant)  # noqa: S506 - a safe loader
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    if not isinstance(said, dict):
        return {}
    parent = said.pop("INHERIT", None)
    above = config_file.parent / str(parent)
    inherited = read_config(above) if parent and above.is_file() and above != config_file else {}
    return {**inherited, **{str(key): value for key, value in said.items()}}


def _language_roots(folder: Path, tree: Tree, top: str) -> Iterator[Root]:
    """`docs/<language>/docs`, one site for each language, the English one at the top."""
    whole = (*folder.parts[-3:],)
    if len(whole) == 3 and whole[0] == "docs" == whole[2] and is_language(whole[1]):
        yield Root("", below_language(top, whole[1]), whole[1])
        return
    for name in tree.folders:
        parts = (*folder.parts[-1:], *PurePosixPath(name).parts)
        if len(parts) >= 3 and parts[-1] == "docs" == parts[-3] and "/" in name and is_language(parts[-2]):
            yield Root(name, below_language(top, parts[-2]), parts[-2])


def _nav(item: object) -> Iterator[str]:
    if isinstance(item, str):
        if "://" not in item:
            yield str(PurePosixPath(item).with_suffix("")) if item.endswith(".md") else item
    elif isinstance(item, list):
        for child in item:
            yield from _nav(child)
    elif isinstance(item, dict):
        for child in item.values():
            yield from _nav(child)


def _slug_rule(extensions: object) -> slugs.Rule:
    toc: object = extensions.get("toc") if isinstance(extensions, dict) else None
    if isinstance(extensions, list):
        toc = next((item["toc"] for item in extensions if isinstance(item, dict) and "toc" in item), None)
    said = str(toc.get("slugify", "")) if isinstance(toc, dict) else ""
    if "pymdownx.slugs" in said:
        return "pymdownx"
    return "mkdocs-unicode" if "unicode" in said else "mkdocs"
