"""The wheel carries the element: what was installed from it serves an assistant on a machine without Node."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx2
import pytest
from tests import small_book
from tests.repository import ROOT

from pageside.web import element

pytestmark = pytest.mark.skipif(
    not element.is_built() and not os.environ.get("CI"), reason="the element is not built; `make widget` builds it"
)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """What a wheel of this checkout would install, made without Node from the element that is already built."""
    made, unpacked = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", made],
        cwd=ROOT,
        env=os.environ.copy(),
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(made.glob("*.whl"))) as wheel:
        wheel.extractall(unpacked)
    return unpacked


def test_everything_a_page_loads_is_in_it(unpacked):
    """The scripts, what they load, and each in its compressed forms."""
    built = unpacked / "pageside" / "web" / "static"
    names = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}

    assert names >= {"chatkit.js", "chatkit.js.br", "chatkit.js.gz", "loader.js", "lazy/math.js", "diagram.html"}


def test_it_serves_the_element_without_node(unpacked, tmp_path):
    """From what the wheel installed and from nothing of the checkout."""
    book = small_book.write(tmp_path / "book")
    environment = {"PYTHONPATH": str(unpacked), "PATH": "", "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "pageside", "serve", book, "--port", "0", "--data-dir", tmp_path / "data"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        told = (re.search(r"http://\S+", line) for line in process.stdout)
        address = next(found[0] for found in told if found)
        try:
            script = httpx2.get(f"{address}/chatkit.js", headers={"Accept-Encoding": "gzip"})
            page = httpx2.get(address)
        finally:
            process.terminate()

    assert script.status_code == 200
    assert script.text == (unpacked / "pageside" / "web" / "static" / "chatkit.js").read_text(encoding="utf-8")
    assert page.status_code == 200


def test_who_only_links_to_the_checkout_builds_nothing():
    """An editable installation asks for no Node and starts no build."""
    told = subprocess.run(
        [sys.executable, "-c", "from hatchling.build import get_requires_for_build_editable as asked; print(asked())"],
        cwd=ROOT,
        env={"PATH": str(Path(sys.executable).parent)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "nodejs" not in told
