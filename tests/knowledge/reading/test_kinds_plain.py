"""Plain text, with headings where they cannot be missed, and files that only end in `.txt`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.reading.kinds_of_page import anchors, blocks, counted, documents, held, page, shown, written

from pageside.knowledge.reading import sites, words
from pageside.knowledge.reading.kinds import plain
from pageside.knowledge.reading.kinds.kind import Place

NOTES = """NOTES FROM THE HANGAR

The trailer is kept behind the second hangar, with its keys in the
green box by the door.

Rigging
-------

Two people hold the wing tips.

- Check the pin,
  twice.
- Check the tail.

1.  First the left wing.
2.  Then the right one.

    $ release --all
    $ wait
"""


def test_paragraphs_headings_lists_and_code_are_told_apart(tmp_path: Path) -> None:
    document = page(tmp_path, "notes.txt", NOTES)

    assert (document.title, document.url) == ("NOTES FROM THE HANGAR", "/notes.txt")
    assert blocks(document) == [
        ("heading", "NOTES FROM THE HANGAR"),
        ("paragraph", "The trailer is kept behind the second hangar, with its keys in the green box by the door."),
        ("heading", "Rigging"),
        ("paragraph", "Two people hold the wing tips."),
        ("list_item", "- Check the pin, twice."),
        ("list_item", "- Check the tail."),
        ("list_item", "1. First the left wing."),
        ("list_item", "2. Then the right one."),
        ("code", "```\n$ release --all\n$ wait\n```"),
    ]
    assert [f'id="{anchor}"' in shown(tmp_path, "notes.txt") for _, anchor in anchors(document)] == [True, True]
    assert document.source[document.blocks[3].start : document.blocks[3].end] == "Two people hold the wing tips."


def test_a_text_without_a_title_is_called_by_its_file(tmp_path: Path) -> None:
    document = page(tmp_path, "first-solo_flight.txt", "nobody ever gave these few words a title\n")

    assert document.title == "First solo flight"
    assert [kind for kind, _ in blocks(document)] == ["paragraph"]


def test_heads_and_feet_of_pages_are_neither_read_nor_counted(tmp_path: Path) -> None:
    """A sentence runs on over the page's end."""
    leaf = "RFC 9999        Gliding over HTTP       June 2031\n\n   Lift is made by the wing {n}, and\n\n"
    text = (
        "".join(leaf.replace("{n}", str(n)) + f"Soarer      [Page {n}]\n\f\n" for n in range(1, 5))
        + "   that is all.\n"
    )
    document = page(tmp_path, "rfc.txt", text.replace("RFC", "\n", 1))

    assert "Soarer" not in str(blocks(document))
    assert counted(tmp_path, document)[0] == counted(tmp_path, document)[1] > 30


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("requirements.txt", "numpy>=2\npandas>=2\n"),
        ("robots.txt", "User-agent: *\nDisallow: /\n"),
        ("LICENSE.txt", "Permission is hereby granted to any person.\n"),
        ("CMakeLists.txt", "project(wing)\n"),
        ("numbers.txt", "1 2 3\n4 5 6\n" * 50),
        ("words.txt", "aileron\nrudder\n" * 50),
        ("ids.txt", "ab12=cd34\nef56=ab78\n" * 50),
        ("empty.txt", ""),
        ("binary.txt", b"PK\x03\x04\x00\x00"),
    ],
)
def test_what_serves_a_tool_or_is_data_is_no_page(tmp_path: Path, name: str, content: str | bytes) -> None:
    found, _ = documents(written(tmp_path, **{name: content, "good.txt": "Good words are written here."}))

    assert list(found) == ["good.txt"]


def test_any_encoding_is_read_and_told(tmp_path: Path) -> None:
    found, troubles = documents(
        written(
            tmp_path,
            **{
                "latin.txt": "Die Flügel lenken die Luft nach unten.".encode("cp1252"),
                "wide.txt": "Die Flügel lenken die Luft nach unten.".encode("utf-16"),
            },
        )
    )

    assert [blocks(document)[0][1] for document in found.values()] == ["Die Flügel lenken die Luft nach unten."] * 2
    assert [trouble.partition(":")[0] for trouble in troubles] == ["latin.txt", "wide.txt"]


@given(st.text("ab .\n\t-=*1\f#|", max_size=200))
def test_any_text_loses_no_word(text: str) -> None:
    place = Place(Path(), "a.txt", sites.detect(Path(__file__).parent / "nothing"))
    reading = plain.read(text.encode(), place)
    read = words.tally("\n".join(block.text for block in reading.blocks))

    assert words.tally(plain.counted(text)) - read <= _numbers(text)
    assert "\f" in text or words.tally(plain.counted(text)) == words.tally(text)


def _numbers(text: str) -> words.Counter[str]:
    """The numbers of a list's items, which the blocks count anew, and lines that page breaks may take along."""
    return (
        words.tally(text) if "\f" in text else words.tally(" ".join(letter for letter in text if letter == "1") * 200)
    )


def test_a_large_text_is_read_whole(tmp_path: Path) -> None:
    document = page(tmp_path, "a.txt", "word " * 400_000)

    assert sum(held(document).values()) == 400_000
