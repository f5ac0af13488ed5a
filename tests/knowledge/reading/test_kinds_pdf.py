"""PDFs as presses, word processors and scanners make them, and as attackers would."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from tests import printed
from tests.knowledge.reading.kinds_of_page import anchors, blocks, counted, documents, held, page, shown, written
from tests.printed import LOCKED, Line, pdf, prose

from pageside.knowledge import chunk, fragment
from pageside.knowledge.reading import words
from pageside.knowledge.reading.folder import Rules
from pageside.knowledge.reading.kinds.kind import Limits

WORDS = "glider wing drag lift rope winch pilot thermal cloud ridge wave landing flap spoiler rudder elevator"
LONG = " ".join(f"{word} number {number}" for number in range(8) for word in WORDS.split()) + "."


def test_what_is_printed_is_what_is_indexed(tmp_path: Path) -> None:
    """By the text that went into the press, of which the counter saw nothing."""
    pages = [[Line(f"Chapter {n}", 740, size=18), *prose(LONG), Line(str(n), 20, x=300)] for n in range(1, 7)]
    document = page(tmp_path, "book.pdf", pdf(pages, title="Gliding"))
    expected = words.tally(" ".join(f"Chapter {n} {LONG}" for n in range(1, 7)))

    assert (document.title, document.url) == ("Gliding", "/book.pdf")
    assert expected <= held(document)
    assert counted(tmp_path, document) == (expected.total(), expected.total())


def test_every_passage_is_linked_to_its_page(tmp_path: Path) -> None:
    """Also where a section runs on; no mark of a quote follows, which a viewer would take for a part of the number."""
    pages = [
        [Line("Polar", 740, size=18), *prose("A polar is a curve.")],
        prose("It runs on.", top=740),
        prose("And on."),
    ]
    document = page(tmp_path, "polar.pdf", pdf(pages))
    passages = chunk.split(document)

    assert [(passage.text, passage.url) for passage in passages] == [
        ("A polar is a curve.", "/polar.pdf#page=1"),
        ("It runs on.", "/polar.pdf#page=2"),
        ("And on.", "/polar.pdf#page=3"),
    ]
    assert fragment.deep_link(passages[1], "It runs on.") == "/polar.pdf#page=2"


def test_bookmarks_are_the_headings(tmp_path: Path) -> None:
    """Though they are set no larger than the running text."""
    pages = [
        [
            Line("1 Winds", 740),
            *prose("Winds blow.", top=700),
            Line("Thermals", 600),
            *prose("Thermals rise.", top=580),
        ],
        [Line("2 Waves", 740), *prose("Waves stand.", top=700)],
    ]
    document = page(tmp_path, "a.pdf", pdf(pages, outline=[("Winds", 0), ("Thermals", 0), ("Waves", 1)]))

    assert anchors(document) == [("1 Winds", "page=1"), ("Thermals", "page=1"), ("2 Waves", "page=2")]


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left, right = f"Left words begin. {LONG}", f"Right words begin. {LONG}"
    both = [*prose(left, width=40), *prose(right, x=330, width=40)]

    read = [text for kind, text in blocks(page(tmp_path, "a.pdf", pdf([both]))) if kind == "paragraph"]
    assert " ".join(read) == f"{left} {right}"


def test_running_heads_are_left_out_however_large(tmp_path: Path) -> None:
    pages = [
        [Line("Gliding for all", 770, size=14), *prose(f"Page {n} says {LONG}"), Line(f"- {n} -", 20)]
        for n in range(1, 7)
    ]
    document = page(tmp_path, "a.pdf", pdf(pages))

    assert "Gliding" not in str(blocks(document))
    assert held(document)["says"] == 6


def test_words_parted_at_a_lines_end_are_whole(tmp_path: Path) -> None:
    pages = [
        [
            Line("The vario-", 700),
            Line("meter is a well-known in-", 688),
            Line("strument, well-", 676),
            Line("known.", 664),
        ]
    ]
    document = page(tmp_path, "a.pdf", pdf(pages))

    assert blocks(document)[-1][1] == "The variometer is a well-known instrument, well-known."


def test_code_keeps_its_lines(tmp_path: Path) -> None:
    code = [Line("def sink():", 600, font="F2"), Line("return 0.6", 588, x=84, font="F2")]
    document = page(tmp_path, "a.pdf", pdf([[*prose("It sinks:"), *code]]))

    assert blocks(document)[-1] == ("code", "```\ndef sink():\n    return 0.6\n```")


@pytest.mark.parametrize("title", ["", "untitled", "(anonymous)", "Microsoft Word - x.docx", "thesis.tex"])
def test_a_poor_title_gives_way_to_the_largest_line(tmp_path: Path, title: str) -> None:
    pages = [[Line("The speed polar", 740, size=20), *prose("A polar is a curve.")]]

    assert (
        page(tmp_path, "a.pdf", pdf(pages, title=title.replace("(", "\\(").replace(")", "\\)"))).title
        == "The speed polar"
    )


def test_pages_without_text_are_told(tmp_path: Path) -> None:
    found, troubles = documents(
        written(
            tmp_path,
            **{
                "scan.pdf": pdf([None, prose("Words on page two."), None]),
                "blank.pdf": pdf([[]]),
            },
        )
    )

    assert [text for _, text in blocks(found["scan.pdf"])][-1] == "Words on page two."
    assert troubles == [
        "blank.pdf: the PDF holds no text",
        "scan.pdf: no text on pages 1, 3, only pictures; run character recognition over the PDF, such as OCRmyPDF",
    ]


def test_broken_and_locked_files_are_told_and_stop_nobody(tmp_path: Path) -> None:
    good = pdf([prose("Good words.")])
    found, troubles = documents(
        written(
            tmp_path,
            **{
                "cut.pdf": good[: len(good) // 3],
                "empty.pdf": b"",
                "good.pdf": good,
                "junk.pdf": b"%PDF-1.4\njunk",
                "locked.pdf": LOCKED,
                "page.pdf": b"<html>a page</html>",
            },
        )
    )

    assert list(found) == ["good.pdf"]
    assert [trouble.partition(";")[0] for trouble in troubles] == [
        "cut.pdf: the PDF is damaged, or takes too much memory",
        "empty.pdf: the PDF is damaged, or takes too much memory",
        "junk.pdf: the PDF is damaged, or takes too much memory",
        "locked.pdf: the PDF asks for a password",
        "page.pdf: the PDF is damaged, or takes too much memory",
    ]


def bomb() -> bytes:
    """A few kilobytes that unfold to hundreds of megabytes of drawing."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(b"BT /F1 9 Tf (A) Tj ET\n" * 100_000) for _ in range(200)]
    stream = b"".join([*parts, packer.flush()])
    drawn = b"BT /F1 10 Tf 60 9 Td (x) Tj ET"
    length = b"/Filter/FlateDecode/Length %d" % len(stream)
    return pdf([[Line("x", 9)]]).replace(b"/Length %d" % len(drawn), length).replace(drawn, stream)


def test_a_bomb_is_left_out_in_time(tmp_path: Path) -> None:
    rules = Rules(limits=Limits(seconds=2))
    found, troubles = documents(written(tmp_path, **{"bomb.pdf": bomb(), "good.md": "Good."}), rules)

    assert list(found) == ["good.md"]
    assert troubles == ["bomb.pdf: reading the PDF takes longer than 2 seconds; it was left out"]


def test_only_so_many_pages_are_read(tmp_path: Path) -> None:
    files = written(tmp_path, **{"a.pdf": pdf([prose(f"Page {n}.") for n in range(5)])})
    found, troubles = documents(files, Rules(limits=Limits(pages=3)))

    assert "Page 2." in str(blocks(found["a.pdf"]))
    assert "Page 3." not in str(blocks(found["a.pdf"]))
    assert troubles == ["a.pdf: only the first 3 of 5 pages were read; split the PDF"]


def test_its_text_is_shown_under_its_pages(tmp_path: Path) -> None:
    written(tmp_path, **{"a.pdf": pdf([[printed.Line("Polar", 740, size=18), *prose("A <b>polar</b>.")]])})

    assert shown(tmp_path, "a.pdf") == '<h1 id="page=1">Polar\n</h1>\n<p>A &lt;b&gt;polar&lt;/b&gt;.\n</p>\n'
