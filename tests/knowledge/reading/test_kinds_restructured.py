"""reStructuredText as docutils and Sphinx take it, and as nobody should."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.knowledge.reading.kinds_of_page import anchors, blocks, counted, documents, held, page, shown, written

from pageside.knowledge.reading import folder, sites

PAGE = """:orphan:

.. _manual:

==========
Launching
==========

A *winch* pulls the glider up, says :ref:`the manual <manual>` and [Ada]_. [#]_

.. comment that nobody reads

Signals
-------

raise one wing : signal
   take up the slack

:Wind: calm

* one
* two

  #. nested

+--------+--------+
| cable  | length |
+========+========+
| short  | forty  |
+--------+--------+

.. list-table:: Ropes
   :header-rows: 1

   * - kind
     - age
   * - hemp
     - old

.. note:: Stand clear.

   Always.

.. versionadded:: 2.0
   The second signal.

.. code-block:: python
   :caption: release.py

   release()

>>> 1 + 1
2

.. math:: F = m a

.. mystery:: What it is
   :option: x

   Kept words of |name|, in :unknown:`any role`, at ``F = ma``.

.. |name| replace:: *Pageside*

.. image:: wing.png
   :alt: A wing

.. _here: https://example.org/

.. [Ada] Ada, on gliding.
.. [#] A footnote.

Signals
-------

The last words.
"""


def test_every_construct_is_read_as_its_reader_sees_it(tmp_path: Path) -> None:
    document = page(tmp_path, "launch.rst", PAGE)

    assert (document.title, document.url) == ("Launching", "/launch")
    assert blocks(document) == [
        ("heading", "Launching"),
        ("paragraph", "A winch pulls the glider up, says the manual and [Ada]."),
        ("heading", "Signals"),
        ("definition", "raise one wing (signal): take up the slack"),
        ("definition", "Wind: calm"),
        ("list_item", "- one"),
        ("list_item", "- two"),
        ("list_item", "  1. nested"),
        ("table", "| cable | length |\n| --- | --- |\n| short | forty |"),
        ("label", "Ropes"),
        ("table", "| kind | age |\n| --- | --- |\n| hemp | old |"),
        ("label", "Note"),
        ("paragraph", "Stand clear."),
        ("paragraph", "Always."),
        ("paragraph", "Added in version 2.0: The second signal."),
        ("label", "release.py"),
        ("code", "```python\nrelease()\n```"),
        ("code", "```python\n>>> 1 + 1\n2\n```"),
        ("math", "$$\nF = m a\n$$"),
        ("label", "What it is"),
        ("paragraph", "Kept words of Pageside, in any role, at `F = ma`."),
        ("paragraph", "A wing"),
        ("footnote", "[Ada] Ada, on gliding."),
        ("footnote", "A footnote."),
        ("heading", "Signals"),
        ("paragraph", "The last words."),
    ]


def test_every_word_is_counted_without_docutils(tmp_path: Path) -> None:
    document = page(tmp_path, "launch.rst", PAGE)
    total, indexed = counted(tmp_path, document)

    assert total == indexed >= 0.85 * sum(held(document).values())


def test_sections_bear_the_ids_of_docutils_also_where_they_are_shown(tmp_path: Path) -> None:
    document = page(tmp_path, "launch.rst", PAGE)
    html = shown(tmp_path, "launch.rst")

    assert anchors(document)[:2] == [("Launching", "launching"), ("Signals", "signals")]
    assert [f'id="{anchor}"' in html for _, anchor in anchors(document)] == [True, True, True]
    assert len({anchor for _, anchor in anchors(document)}) == 3


SECRET = "the word that nobody may see: xyzzy"
THEFTS = [
    ".. include:: ../secret.txt",
    ".. include:: {secret}",
    ".. include:: /../secret.txt",
    ".. include:: sub/../../secret.txt",
    ".. include:: link.txt",
    ".. include:: ../secret.txt\n   :literal:",
    ".. literalinclude:: ../secret.txt",
    ".. raw:: html\n   :file: ../secret.txt",
    ".. raw:: html\n   :file: {secret}",
    ".. csv-table:: T\n   :file: ../secret.txt",
    ".. csv-table:: T\n   :file: {secret}",
    ".. csv-table:: T\n   :url: file://{secret}",
    ".. raw:: html\n   :url: file://{secret}",
    ".. figure:: ../secret.txt",
    ".. |x| include:: ../secret.txt\n\n|x|",
    ".. note::\n\n   .. include:: ../secret.txt",
    ".. include:: inner.rst",
]


@pytest.mark.parametrize("theft", THEFTS, ids=lambda theft: theft.replace("\n", " ")[:60])
def test_nothing_outside_the_book_is_read(tmp_path: Path, theft: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    book = tmp_path / "book"
    text = f"Title\n=====\n\n{theft.format(secret=secret)}\n\nWords behind.\n"
    written(book, **{"a.rst": text, "inner.rst": ".. include:: ../secret.txt\n"})
    (book / "link.txt").symlink_to(secret)
    found, troubles = documents(book)

    assert "xyzzy" not in str(found) + shown(book, "a.rst")
    assert ("paragraph", "Words behind.") in blocks(found["a.rst"])
    assert troubles or "figure" in theft


def test_what_a_page_includes_from_within_the_book_is_read_and_watched(tmp_path: Path) -> None:
    """A change of the file that is taken in is a change of the page."""
    files = {
        "a.rst": ".. include:: parts/one.inc\n\n.. csv-table:: Cables\n   :file: parts/cables.csv\n",
        "parts/one.inc": "Weak links break.\n",
        "parts/cables.csv": 'steel,"strong, heavy"\n',
    }
    document = page(tmp_path, "a.rst", written(tmp_path, **files).joinpath("a.rst").read_bytes())
    before = _state(tmp_path)
    written(tmp_path, **{"parts/cables.csv": "hemp,weak\n"})

    assert blocks(document) == [
        ("paragraph", "Weak links break."),
        ("label", "Cables"),
        ("table", "| steel | strong, heavy |\n| --- | --- |"),
    ]
    assert _state(tmp_path) != before


def _state(book: Path) -> str:
    return next(iter(folder.list_pages(book, sites.detect(book)))).state


def test_a_table_that_is_not_read_leaves_no_markup_behind(tmp_path: Path) -> None:
    found, troubles = documents(written(tmp_path, **{"a.rst": ".. csv-table:: Cables\n   :file: ../x.csv\n\nWords.\n"}))

    assert blocks(found["a.rst"]) == [("label", "Cables"), ("paragraph", "Words.")]
    assert troubles == ["a.rst:1: text included from '../x.csv' lies outside the book's folder and is not read"]


def test_raw_html_gives_its_words_and_runs_nothing(tmp_path: Path) -> None:
    document = page(tmp_path, "a.rst", ".. raw:: html\n\n   <p onclick=alert(1)>Checked<script>alert(1)</script></p>\n")

    assert blocks(document) == [("paragraph", "Checked")]
    assert "alert" not in shown(tmp_path, "a.rst")


def test_links_that_run_something_lead_nowhere(tmp_path: Path) -> None:
    page(tmp_path, "a.rst", "See `this <javascript:alert(1)>`_ page.\n")

    assert "javascript" not in shown(tmp_path, "a.rst")


def test_substitutions_within_substitutions_are_made(tmp_path: Path) -> None:
    text = ".. |a| replace:: A |b| |c|\n.. |b| replace:: B\n.. |c| replace:: C |b|\n\nSee |a|.\n"

    assert blocks(page(tmp_path, "a.rst", text)) == [("paragraph", "See A B C B.")]


def test_substitutions_that_hold_themselves_are_left_as_words(tmp_path: Path) -> None:
    text = ".. |a| replace:: A |b|\n.. |b| replace:: B |a|\n\nSee |a| at last.\n"
    found, troubles = documents(written(tmp_path, **{"a.rst": text}))

    assert blocks(found["a.rst"]) == [("paragraph", "See a at last.")]
    assert troubles == ["a.rst: 3 substitutions are not made: they hold too many others, or themselves"]


HOSTILE = {
    "bomb": "".join(f".. |a{n}| replace:: {f'|a{n + 1}| ' * 10}\n" for n in range(20))
    + ".. |a20| replace:: b\n\n|a0|\n",
    "includes": ".. include:: a.rst\n" * 50,
    "lists": "\n".join(" " * depth + "- x" for depth in range(0, 2_000, 2)),
    "quotes": "\n\n".join(" " * depth + "x" for depth in range(1_500)),
    "marks": "*a `b ``c |d _e " * 1_000,
    "rules": "=" * 20_000 + "x\n" + "- " * 20_000 + "x\n",
    "row": "| x " * 10_000 + "|\n",
    "titles": "".join(f"T{n}\n{'=-~^'[n % 4] * 9}\n\n" for n in range(500)),
    "control": "a\0b\x01 \ud7ff\ufffe words",
}


@pytest.mark.timeout(150)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_takes_for_ever_or_ends_the_reading(tmp_path: Path, name: str) -> None:
    found, _ = documents(written(tmp_path, **{"a.rst": HOSTILE[name] + "\n\nThe end.\n", "b.md": "Good."}))
    counted(tmp_path, found.get("a.rst", found["b.md"]))

    assert blocks(found["b.md"]) == [("paragraph", "Good.")]


def test_a_sphinx_book_has_the_addresses_and_order_of_sphinx(tmp_path: Path) -> None:
    found, _ = documents(
        written(
            tmp_path,
            **{
                "conf.py": "project = 'Gliders'\nextensions = []\nraise SystemExit('conf.py is never run')\n",
                "index.rst": "Gliders\n=======\n\n.. toctree::\n   :caption: Flying\n\n   polar\n   drag\n",
                "drag.rst": "Drag\n====\n\nSlows.\n",
                "polar.rst": "Polar\n=====\n\nSinks.\n\nPolar\n-----\n\nAgain.\n",
            },
        )
    )

    assert [(document.url, document.title) for document in found.values()] == [
        ("/", "Gliders"),
        ("/polar.html", "Polar"),
        ("/drag.html", "Drag"),
    ]
    assert anchors(found["polar.rst"]) == [("Polar", "polar"), ("Polar", "id1")]
