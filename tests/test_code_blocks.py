"""Every code block of the documentation is run, held against what it speaks of, or marked with why it cannot be."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import tomllib
from configparser import ConfigParser
from io import StringIO

import pytest
import yaml
from dotenv import dotenv_values
from selectolax.lexbor import LexborHTMLParser
from tests import small_book
from tests.code_blocks import ELSEWHERE, PROSE, SCRIPT, SHELL, blocks, run_here
from tests.repository import ROOT

from pageside import settings
from pageside.settings import Settings
from pageside.web import element
from pageside.wiring.serving import open_services

ESBUILD = ROOT / "widget" / "node_modules" / "esbuild" / "bin" / "esbuild"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
CHECKED = (
    SHELL | SCRIPT | {"dotenv", "html", "ini", "json", "nginx", "python", "sql", "toml", "yaml"}
)  # sql: with shell
OURS = re.compile(r"/(loader|chatkit)\.js$")


def _json(body):
    """One value, or one a line."""
    try:
        return json.loads(body)
    except ValueError:
        return [json.loads(line) for line in body.splitlines()]


def _dotenv(body):
    """Variables; those of ours are settings."""
    told = dotenv_values(stream=StringIO(body))
    assert settings.misspelt(told) == []
    return told


def _ini(body):
    """As systemd reads it, too, where a name may stand twice."""
    read = ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    read.read_string(body)
    return read.sections()


PARSED = {
    "dotenv": _dotenv,
    "ini": _ini,
    "json": _json,
    "toml": tomllib.loads,
    "yaml": lambda body: list(yaml.parse(body, Loader=yaml.SafeLoader)),  # tags are a program's own
}
CHECKED = SHELL | SCRIPT | PARSED.keys() | {"html", "nginx", "python", "sql"}  # sql: with the shell


def each(*languages):
    """A test for every page with blocks in one of `languages`, of those blocks."""
    found = run_here(frozenset(languages))
    pages = sorted({block.page for block in found})
    return pytest.mark.parametrize("those", [[b for b in found if b.page == page] for page in pages], ids=pages)


def test_every_block_is_run_or_marked():
    """There is no third way: one in a language that nothing here knows has to say why it is not run."""
    known = CHECKED | PROSE

    assert len(blocks()) > 80
    assert not [
        f"{block}: {block.language!r}" for block in blocks() if block.language not in known and not block.reason
    ]


def test_a_mark_says_why():
    """In words; and nothing is marked that is run after all."""
    marked = [block for block in blocks() if block.reason]

    assert not [str(block) for block in marked if len(block.reason.split()) < 3]
    assert not [str(block) for block in marked if (block.page, block.language) in ELSEWHERE]


@pytest.mark.parametrize(("page", "language"), ELSEWHERE, ids=str)
def test_what_is_run_elsewhere_is(page, language):
    """The register names blocks that are there, and a test of that name, which says what it runs."""
    file, name, words = ELSEWHERE[page, language]
    source = (ROOT / file).read_text(encoding="utf-8")

    assert (page, language) in {(block.page, block.language) for block in blocks()}
    assert re.search(rf"def {name}\(", source)
    assert words in source


@each(*PARSED)
def test_data_is_what_it_is_said_to_be(those):
    """It is read, and something stands in it."""
    for block in those:
        assert PARSED[block.language](block.body), block


@each("html")
def test_html_is_whole_and_loads_what_there_is(those):
    """Nothing is closed by the parser; scripts of ours have the names under which a server gives them out."""
    scripts = [
        script
        for block in those
        for script in LexborHTMLParser(block.body).css("script[src]")
        if not (script.attributes["src"] or "").startswith("https://cdn.")
    ]
    for block in those:
        opened = re.findall(r"<([a-z][\w-]*)(?=[\s>])(?![^>]*/>)", block.body)
        closed = re.findall(r"</([a-z][\w-]*)>", block.body)
        assert sorted(set(opened) - {"meta", "link", "img", "input", "br"}) == sorted(set(closed)), block
    for script in scripts:
        address = script.attributes["src"] or ""
        assert OURS.search(address), address
        if element.is_built():
            assert (element.BUILT / address.rpartition("/")[2]).is_file()


def test_scripts_and_styles_are_taken_by_a_compiler(tmp_path):
    """All of them at once, as modules."""
    if not ESBUILD.is_file():
        assert not os.environ.get("CI"), "CI builds the element, and its compiler is at hand"
        pytest.skip("the element's compiler is not installed; `make widget` does it")
    names = {}
    for number, block in enumerate(run_here(SCRIPT)):
        names[f"{number}.{block.language}"] = str(block)
        (tmp_path / f"{number}.{block.language}").write_text(block.body, encoding="utf-8")
    assert names
    done = subprocess.run(
        [ESBUILD, *names, "--outdir=out", "--log-limit=0"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, f"{names}\n{done.stderr}"


@each("nginx")
@pytest.mark.skipif(NGINX is None and not os.environ.get("CI"), reason="there is no nginx on this machine")
def test_nginx_takes_its_settings(those, tmp_path):
    """Whatever stands around a block in a whole file is put around it."""
    assert NGINX, "CI needs nginx"
    for block in those:
        body = block.body
        if not re.search(r"^\s*(server|upstream|http|map)\b", body, re.MULTILINE):
            body = f"server {{ listen 8080;\n{body}\n}}"
        if not re.search(r"^\s*http\b", body, re.MULTILINE):
            body = f"http {{ access_log off;\n{body}\n}}"
        if not re.search(r"^\s*events\b", body, re.MULTILINE):
            body = f"events {{}}\n{body}"
        (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\n{body}", encoding="utf-8")
        done = subprocess.run(
            [NGINX, "-t", "-q", "-p", tmp_path, "-c", "nginx.conf", "-e", "stderr"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stderr}"


@each("python")
async def test_python_runs(those, tmp_path):
    """A page's blocks in one module; what takes a server's services is given them."""
    told: dict[str, object] = {}
    for block in those:
        exec(compile(block.body, str(block), "exec"), told)
    given = [
        each
        for each in told.values()
        if inspect.isfunction(each) and [*inspect.signature(each).parameters] == ["services"]
    ]
    if given:
        folder = small_book.write(tmp_path / "docs")
        async with open_services(Settings(book=folder, data_dir=tmp_path / "data", embedding_model="none")) as services:
            for function in given:
                function(services)
