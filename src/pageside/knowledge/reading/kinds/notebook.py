"""Jupyter notebooks: their cells and what their code said, as one Markdown text, cell after cell.

The source of a notebook is that text: Markdown cells as they are written, code and what it said between fences. An
output is kept when it is text, as the richest form the reader can have of it; of more than 40 lines the first 30 are
kept, and how many more there were is said. Pictures, widgets, numbers of executions and the frames of a traceback are
no words of the book. A cell or an output that its tags remove from the page is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import nbformat
from nbformat import reader
from nbformat.validator import ValidationError

from pageside.knowledge.passage import Block
from pageside.knowledge.reading import blocks, decoding, front, render, words
from pageside.knowledge.reading.kinds import hypertext, shown, spoken
from pageside.knowledge.reading.kinds.kind import Place, Reading, Unreadable
from pageside.knowledge.reading.kinds.markup import Markup
from pageside.knowledge.reading.kinds.speech import Said
from pageside.knowledge.reading.lines import Lines
from pageside.knowledge.reading.markdown import Flaw
from pageside.knowledge.reading.scribe import fenced
from pageside.knowledge.reading.sites import Heading

_FORMAT = 4
_MOST_LINES = 40
_FIRST_LINES = 30
_LONGEST_LINE = 2_000
_GAP = "\n\n"
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_MAGIC = re.compile(r"\s*%%(bash|sh|html|latex|javascript|js|perl|ruby|R|sql|markdown|writefile)\b")
_NAMELESS = re.compile(r"<[^<>\n]*>")  # what Python says of a figure or an object that has nothing to say
_OLD_LANGUAGE = re.compile(r'"language"\s*:\s*"([\w+#.-]{1,20})"')  # of a cell, which the upgrade to format 4 forgets
_BARRED = {"cell": ("remove-cell", "remove_cell"), "input": ("remove-input", "remove_input", "hide_input")}
_BARRED_OUTPUT = ("remove-output", "remove_output")
_RAW_FORMS: Mapping[str, str] = {"text/markdown": "markdown", "text/html": "hypertext", "text/latex": "latex"}

_Cell = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the notebook.

    Attributes:
        text: As it stands in the source.
        said: Of HTML, what it says; `text` is then the text of its blocks.
        cell: Number of its cell, from 1.
    """

    text: str
    cell: int
    said: tuple[Said, ...] = ()


def read(content: bytes, place: Place) -> Reading:
    """What the notebook `content` says.

    Raises:
        Unreadable: It is no notebook.
    """
    notebook = _opened(content)
    facts, parts = _parts(notebook)
    made: list[Block] = []
    flaws: list[Flaw] = []
    position = 0
    for part in parts:
        found, noted = _blocks(part)
        made += [replace(block, start=block.start + position, end=block.end + position) for block in found]
        flaws += [Flaw(0, f"cell {part.cell}, line {line + 1}: {message}") for line, message in noted]
        position += len(part.text) + len(_GAP)
    title = _mapping(notebook.get("metadata")).get("title")
    return Reading(
        source=_GAP.join(part.text for part in parts),
        blocks=tuple(made),
        flaws=tuple(flaws),
        facts=facts,
        title=title if isinstance(title, str) else "",
    )


def show(content: bytes, place: Place, link: Callable[[str], str]) -> str:
    """The notebook as safe HTML.

    Raises:
        Unreadable: As `read`.
    """
    parts = _parts(_opened(content))[1]
    headings = [[block for block in _blocks(part)[0] if block.kind == "heading"] for part in parts]
    every = [Heading(block.text, block.level, block.anchor) for found in headings for block in found]
    anchors = list(place.site.anchors(every))
    made: list[str] = []
    for part, found in zip(parts, headings, strict=True):
        mine, anchors = anchors[: len(found)], anchors[len(found) :]
        if part.said:
            made.append(shown.html(part.said, link=link))
        else:
            made.append(render.fragment(part.text, anchors=mine, link=link))
    return "\n".join(made)


def counted(source: str) -> str:
    """What the Markdown of the cells says, and their code."""
    return " ".join(words.words_of(source, mdx=False).elements())


def _opened(content: bytes) -> _Cell:
    """The notebook in the present format, be it ever so sloppily written."""
    try:
        text = decoding.decode(content)[0]
        found = json.loads(text)
        version = found.get("nbformat")
        if version == _FORMAT and isinstance(found.get("cells"), list):
            return dict(found)
        language = _OLD_LANGUAGE.search(text)
        upgraded = dict(nbformat.convert(reader.reads(text), _FORMAT))  # type: ignore[no-untyped-call]
        named = {"language_info": {"name": language[1] if language else "python"}}
        return {**upgraded, "metadata": {**named, **_mapping(upgraded.get("metadata"))}}
    except decoding.Undecodable as error:
        raise Unreadable(str(error)) from error
    except json.JSONDecodeError as error:
        damage = f"the notebook is damaged (line {error.lineno}: {error.msg})"
        raise Unreadable(f"{damage}; open it in Jupyter and save it, or take it out of the folder") from error
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        said = str(error).split("\n")[0][:200]
        raise Unreadable(
            f"the file is no notebook that can be read ({said}); open it in Jupyter and save it"
        ) from error


def _parts(notebook: _Cell) -> tuple[Mapping[str, object], list[_Part]]:
    """The front matter of the notebook, and its pieces in order."""
    cells = [cell for cell in _sequence(notebook.get("cells")) if isinstance(cell, Mapping)]
    language = _language(_mapping(notebook.get("metadata")))
    facts: Mapping[str, object] = front.NOTHING
    parts: list[_Part] = []
    for number, cell in enumerate(cells, start=1):
        text = _joined(cell.get("source"))
        if number == 1 and cell.get("cell_type") in {"raw", "markdown"}:
            matter = front.read(Lines(text).text)
            facts, text = matter.values, Lines(text).text[matter.end :] if matter.end else text
        parts += [part for part in _of_cell(cell, text, number, language) if part.text.strip()]
    return facts, parts


def _of_cell(cell: _Cell, text: str, number: int, language: str) -> Iterator[_Part]:
    metadata = _mapping(cell.get("metadata"))
    tags = {tag for tag in _sequence(metadata.get("tags")) if isinstance(tag, str)}
    if tags & {*_BARRED["cell"]}:
        return
    match cell.get("cell_type"):
        case "markdown":
            yield _Part(text, number)
        case "code":
            if text.strip() and not tags & {*_BARRED["input"]}:
                magic = _MAGIC.match(text)
                yield _Part(fenced(text.strip("\n"), magic[1].lower() if magic else language), number)
            if not tags & {*_BARRED_OUTPUT}:
                yield from _outputs(cell, number)
        case "raw":
            form = metadata.get("raw_mimetype") or metadata.get("format")
            yield _of_form(_RAW_FORMS.get(str(form), "code"), text, number)
        case _:
            yield _Part(fenced(text), number) if text.strip() else _Part("", number)


def _of_form(form: str, text: str, number: int) -> _Part:
    if form == "markdown":
        return _Part(text, number)
    if form == "latex":
        return _Part(f"$$\n{text.strip().strip('$').strip()}\n$$", number)
    if form == "hypertext":
        said = tuple(hypertext.said(Markup(text)))
        return _Part(_GAP.join(block.text for block in spoken.blocks(said)), number, said)
    return _Part(fenced(text.strip("\n")), number) if text.strip() else _Part("", number)


def _outputs(cell: _Cell, number: int) -> Iterator[_Part]:
    stream: list[str] = []
    for output in [*_sequence(cell.get("outputs")), {}]:
        found = _mapping(output)
        if found.get("output_type") == "stream":
            stream.append(_joined(found.get("text")))
            continue
        if stream:
            yield _of_form("code", _shortened("".join(stream)), number)
            stream = []
        if found.get("output_type") == "error":
            yield _of_form("code", _plain(f"{found.get('ename', '')}: {found.get('evalue', '')}"), number)
        else:
            yield _richest(_mapping(found.get("data")), number)


def _richest(forms: Mapping[str, object], number: int) -> _Part:
    """The form of an output that says most as text; nothing where it is a picture or says only what it is."""
    texts = {name: _joined(said) for name, said in forms.items() if isinstance(said, (str, Sequence))}
    hypertext_said, plain = texts.get("text/html", ""), _plain(texts.get("text/plain", ""))
    if "text/markdown" in texts:
        return _of_form("markdown", texts["text/markdown"], number)
    if "<table" in hypertext_said:
        return _cut_table(_of_form("hypertext", hypertext_said, number), plain)
    if "text/latex" in texts:
        return _of_form("latex", texts["text/latex"], number)
    if any(name.startswith(("image/", "application/vnd.")) for name in forms) or _NAMELESS.fullmatch(plain.strip()):
        return _of_form("hypertext", hypertext_said, number) if hypertext_said and not plain else _Part("", number)
    if plain.strip() or not hypertext_said:
        return _of_form("code", _shortened(plain), number)
    return _of_form("hypertext", hypertext_said, number)


def _cut_table(part: _Part, plain: str) -> _Part:
    """A table of a few rows as a table; a long one as the lines that Python prints of it."""
    if part.text.count("\n") <= _MOST_LINES or not plain.strip():
        return part
    return _of_form("code", _shortened(plain), part.cell)


def _shortened(text: str) -> str:
    lines = [line[:_LONGEST_LINE] for line in _plain(text).strip("\n").split("\n")]
    if len(lines) <= _MOST_LINES:
        return "\n".join(lines)
    return "\n".join([*lines[:_FIRST_LINES], f"… ({len(lines) - _FIRST_LINES} more lines)"])


def _plain(text: str) -> str:
    """`text` as a terminal leaves it: without colours, and of a line written over itself only the last."""
    lines = _ESCAPE.sub("", text).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2].replace("\x08", "") for line in lines)


def _blocks(part: _Part) -> tuple[list[Block], list[tuple[int, str]]]:
    if not part.said:
        lines = Lines(part.text)
        return blocks.blocks(lines, lines.text, mdx=False)
    found: list[Block] = []
    position = 0
    for block in spoken.blocks(part.said):
        found.append(replace(block, start=position, end=position + len(block.text)))
        position += len(block.text) + len(_GAP)
    return found, []


def _language(metadata: Mapping[str, object]) -> str:
    named = _mapping(metadata.get("language_info")).get("name") or _mapping(metadata.get("kernelspec")).get("language")
    return re.sub(r"[^\w+#.-]", "", str(named)).lower() if isinstance(named, str) else ""


def _joined(said: object) -> str:
    """Text, which a notebook may hold as a list of lines."""
    text = said if isinstance(said, str) else "".join(line for line in _sequence(said) if isinstance(line, str))
    return decoding.mended(text)


def _mapping(said: object) -> Mapping[str, object]:
    return said if isinstance(said, Mapping) else {}


def _sequence(said: object) -> Sequence[object]:
    return said if isinstance(said, Sequence) and not isinstance(said, str) else ()
