"""Whether everything that bears the version bears the same one, and what the changelog says of it.

python deploy/versions.py v0.1.0            exits with 1 where something differs
python deploy/versions.py v0.1.0 --notes    prints what changed
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


def stated(root: Path = ROOT) -> dict[str, str]:
    """The version that each place states."""
    return {
        "pyproject.toml": _project(root / "pyproject.toml"),
        "integrations/mkdocs/pyproject.toml": _project(root / "integrations/mkdocs/pyproject.toml"),
        "integrations/docusaurus/package.json": _npm(root / "integrations/docusaurus/package.json"),
        "widget/package.json": _npm(root / "widget/package.json"),
        "deploy/Dockerfile": _found(r"ARG VERSION=(\S+)", root / "deploy/Dockerfile"),
        "deploy/book.Dockerfile": _found(r"ARG PAGESIDE=pageside:(\S+)", root / "deploy/book.Dockerfile"),
        "deploy/compose.yaml": _found(r"\$\{IMAGE:-pageside:(.+?)\}", root / "deploy/compose.yaml"),
        **{
            f"deploy/kubernetes/{each}": _found(r"newTag: (\S+)", root / f"deploy/kubernetes/{each}/kustomization.yaml")
            for each in ("base", "jobs")
        },
    }


def notes(version: str, changelog: str) -> tuple[str, str]:
    """The date that the changelog gives a version, and what it says of it; both empty where it says nothing."""
    heading = re.search(rf"^## \[{re.escape(version)}\] - (\S+)\n", changelog, re.MULTILINE)
    if heading is None:
        return "", ""
    return heading[1], re.split(r"^## ", changelog[heading.end() :], maxsplit=1, flags=re.MULTILINE)[0].strip()


def wrong(tag: str, root: Path = ROOT) -> list[str]:
    """A sentence for each thing that keeps `tag` from being released."""
    version = tag.removeprefix("v")
    told = [f"{place} says {each}, and the tag {tag}." for place, each in stated(root).items() if each != version]
    date, changes = notes(version, _read(root / "CHANGELOG.md"))
    if not changes:
        told.append(f"CHANGELOG.md says nothing of {version}.")
    elif not DATED.fullmatch(date):
        told.append(f"CHANGELOG.md has no date for {version}, but {date!r}.")
    return told


def _project(file: Path) -> str:
    return str(tomllib.loads(_read(file))["project"]["version"])


def _npm(file: Path) -> str:
    return str(json.loads(_read(file))["version"])


def _found(pattern: str, file: Path) -> str:
    found = re.search(pattern, _read(file))
    return found[1] if found else "nothing"


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def main(tag: str, *options: str) -> int:
    """The exit code."""
    if "--notes" in options:
        print(notes(tag.removeprefix("v"), _read(ROOT / "CHANGELOG.md"))[1])
        return 0
    told = wrong(tag)
    print(*told, sep="\n", file=sys.stderr, end="\n" if told else "")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
