"""Jupyter notebooks of every age, and files that only call themselves so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from tests.knowledge.reading.kinds_of_page import anchors, blocks, counted, documents, held, page, shown, written

from pageside.knowledge.reading import words


def notebook(*cells: Mapping[str, object], **metadata: object) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": cells})


def markdown(source: object, **metadata: object) -> Mapping[str, object]:
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def code(source: object, *outputs: object, tags: Sequence[str] = ()) -> Mapping[str, object]:
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)},
        "execution_count": 1,
        "source": source,
        "outputs": outputs,
    }


def result(**forms: object) -> Mapping[str, object]:
    named = {name.replace("_", "/"): said for name, said in forms.items()}
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": named}


def stream(text: object) -> Mapping[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text}


PYTHON = {"language_info": {"name": "python"}}


def test_cells_are_read_in_order_with_what_their_code_said(tmp_path: Path) -> None:
    content = notebook(
        markdown(["# Sink rates\n", "\n", "Measured in *still* air."]),
        code(["rate = 0.6\n", "rate"], stream("calm\n"), stream(["day\n"]), result(text_plain="0.6")),
        markdown("## Table\n\n| knots | sink |\n|---|---|\n| 40 | 0.6 |"),
        **PYTHON,
    )
    document = page(tmp_path, "sink.ipynb", content)

    assert (document.title, document.url) == ("Sink rates", "/sink")
    assert blocks(document) == [
        ("heading", "Sink rates"),
        ("paragraph", "Measured in still air."),
        ("code", "```python\nrate = 0.6\nrate\n```"),
        ("code", "```\ncalm\nday\n```"),
        ("code", "```\n0.6\n```"),
        ("heading", "Table"),
        ("table", "| knots | sink |\n| --- | --- |\n| 40 | 0.6 |"),
    ]


def test_every_word_of_the_cells_is_in_the_passages(tmp_path: Path) -> None:
    """By a count that opens the notebook as the JSON it is."""
    cells = [markdown(f"## Part {n}\n\nWords of part {n} about **drag**, `lift` and $x_{n}$.") for n in range(30)]
    cells += [code(f"value_{n} = {n}\nprint(value_{n})", stream(f"printed {n}\n")) for n in range(30)]
    document = page(tmp_path, "a.ipynb", notebook(*cells, **PYTHON))
    said = [str(cell["source"]) for cell in json.loads(notebook(*cells))["cells"]]
    expected = words.words_of("\n\n".join(said[:30]), mdx=False) + words.tally("\n".join(said[30:]))

    assert expected <= held(document)
    assert counted(tmp_path, document)[0] == counted(tmp_path, document)[1] > expected.total()


def test_headings_bear_the_same_anchors_where_the_notebook_is_shown(tmp_path: Path) -> None:
    """Also when two cells have the same heading."""
    document = page(
        tmp_path, "a.ipynb", notebook(markdown("# One\n\n## Same\n\na"), code("x"), markdown("## Same\n\nb"))
    )
    html = shown(tmp_path, "a.ipynb")

    assert anchors(document) == [("One", "one"), ("Same", "same"), ("Same", "same-1")]
    assert [f'id="{anchor}"' in html for _, anchor in anchors(document)] == [True, True, True]


def test_the_richest_text_of_an_output_is_kept_and_no_picture(tmp_path: Path) -> None:
    table = "<style>td {}</style><table><tr><th>a<tr><td>1</table><script>alert(1)</script>"
    content = notebook(
        code("t", result(text_html=table, text_plain="   a\n0  1")),
        code("p", result(image_png="QUJD" * 500_000, text_plain="<Figure size 640x480 with 1 Axes>")),
        code("m", result(text_markdown="A **bold** claim", text_plain="<IPython.core.display.Markdown object>")),
        code("l", result(text_latex="$$e^x$$", text_plain="exp(x)")),
        markdown("![a wing](data:image/png;base64," + "QUJD" * 1_000 + ")"),
        **PYTHON,
    )
    document = page(tmp_path, "a.ipynb", content)

    assert [text for kind, text in blocks(document) if "```python" not in text] == [
        "| a |\n| --- |\n| 1 |",
        "A bold claim",
        "$$\ne^x\n$$",
        "a wing",
    ]
    assert "QUJD" not in " ".join(text for _, text in blocks(document))
    assert "alert" not in shown(tmp_path, "a.ipynb")


def test_long_outputs_are_cut_and_say_so(tmp_path: Path) -> None:
    lines = [f"step {number}\n" for number in range(5_000)]
    document = page(tmp_path, "a.ipynb", notebook(code("train()", stream(lines), stream("YWJj" * 1_000_000))))
    said = blocks(document)[-1][1]

    assert said.startswith("```\nstep 0\n")
    assert "… (4971 more lines)" in said
    assert len(said) < 70_000


def test_colours_progress_bars_and_tracebacks_are_no_words(tmp_path: Path) -> None:
    error = {"output_type": "error", "ename": "ValueError", "evalue": "too fast", "traceback": ["\x1b[31mframe\x1b[0m"]}
    document = page(tmp_path, "a.ipynb", notebook(code("x", stream("10 %\r50 %\r100 %\n\x1b[1mdone\x1b[0m\n"), error)))

    assert blocks(document)[1:] == [("code", "```\n100 %\ndone\n```"), ("code", "```\nValueError: too fast\n```")]


def test_what_its_tags_remove_from_the_page_is_left_out(tmp_path: Path) -> None:
    document = page(
        tmp_path,
        "a.ipynb",
        notebook(
            code("hidden = 1", stream("hidden too"), tags=["remove-cell"]),
            code("hidden = 2", stream("still shown"), tags=["remove-input"]),
            code("shown()", stream("hidden again"), tags=["remove_output"]),
        ),
    )

    assert [text for _, text in blocks(document)] == ["```\nstill shown\n```", "```\nshown()\n```"]


def test_a_notebook_of_format_3_is_read(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Old ", "heading"], "metadata": {}},
        {
            "cell_type": "code",
            "collapsed": False,
            "language": "python",
            "input": ["print 1"],
            "metadata": {},
            "prompt_number": 1,
            "outputs": [{"output_type": "pyout", "prompt_number": 1, "text": ["one"], "metadata": {}}],
        },
    ]
    content = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}

    assert blocks(page(tmp_path, "old.ipynb", json.dumps(content))) == [
        ("heading", "Old heading"),
        ("code", "```python\nprint 1\n```"),
        ("code", "```\none\n```"),
    ]


def test_front_matter_of_the_first_cell_names_the_page(tmp_path: Path) -> None:
    raw = {"cell_type": "raw", "metadata": {}, "source": "---\ntitle: Named\n---"}

    assert page(tmp_path, "a.ipynb", notebook(raw, markdown("Words."))).title == "Named"


BROKEN = {
    "words.ipynb": "no JSON at all",
    "cut.ipynb": '{"cells": [{"cell_type": "mark',
    "list.ipynb": "[1, 2, 3]",
    "null.ipynb": "null",
    "deep.ipynb": '{"cells":' + "[" * 100_000,
    "future.ipynb": '{"nbformat": 99, "cells": []}',
    "binary.ipynb": b"\x00\x01\x02",
}


def test_a_broken_notebook_is_told_and_stops_nobody(tmp_path: Path) -> None:
    found, troubles = documents(written(tmp_path, **{**BROKEN, "good.md": "Good words."}))

    assert list(found) == ["good.md"]
    assert sorted(trouble.partition(":")[0] for trouble in troubles) == sorted(BROKEN)


@pytest.mark.parametrize(
    "cells",
    [
        [None, 5, "words", []],
        [{"cell_type": "markdown"}, {"cell_type": "code", "source": None, "outputs": None}],
        [{"cell_type": "code", "source": "x", "outputs": [None, {"output_type": "stream", "text": 5}, {"data": []}]}],
        [{"cell_type": "strange", "source": "odd words"}, {"cell_type": "markdown", "source": {"a": 1}}],
    ],
)
def test_cells_that_are_no_cells_are_passed_over(tmp_path: Path, cells: list[object]) -> None:
    content = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [*cells, markdown("Kept.")]})

    assert blocks(page(tmp_path, "a.ipynb", content))[-1] == ("paragraph", "Kept.")
