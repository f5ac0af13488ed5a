"""What is found again of quotes when a book changes: `python -m benchmarks.healing [--half dev|test] [--each N]`.

Sentences of real books are cited, their pages edited in a dozen ways, and each quote is looked for in the edited book.
A row tells how often the verdict is the right one, and for a sentence that was reworded, how often it is that sentence
which is shown. A page is in one half or the other by the digest of its path.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.questions import OPEN_BOOKS, SHARED, Half

from pageside.knowledge import chunk, healing, sentences
from pageside.knowledge.healing import Anchor
from pageside.knowledge.passage import Block, Document, Passage
from pageside.knowledge.reading import folder, sites

_FEWEST_WORDS = 5
_FILLING = "rather simply often perhaps therefore today clearly indeed".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a page on which a quote stands, and what should become of the quote."""

    name: str
    change: Callable[[Document, str, random.Random], tuple[Document, str]]
    right: frozenset[str]


def _reworded(change: Callable[[str, random.Random], str]) -> Callable[..., tuple[Document, str]]:
    def edit(page: Document, quote: str, chance: random.Random) -> tuple[Document, str]:
        new = change(quote, chance)
        blocks = tuple(replace(block, text=block.text.replace(quote, new)) for block in page.blocks)
        return replace(page, blocks=tuple(block for block in blocks if block.text.strip())), new

    return edit


def _one_word(quote: str, chance: random.Random) -> str:
    words = quote.split(" ")
    at = chance.randrange(len(words))
    return " ".join([*words[:at], chance.choice(_FILLING), *words[at + 1 :]])


def _one_number(quote: str, chance: random.Random) -> str:
    found = re.search(r"\d+", quote)
    return quote[: found.start()] + str(int(found[0]) + 1) + quote[found.end() :] if found else _one_word(quote, chance)


def _longer(quote: str, chance: random.Random) -> str:
    return re.sub(r"([.!]?)$", f" where {chance.choice(_FILLING)} nothing else is said\\1", quote, count=1)


def _shorter(quote: str, chance: random.Random) -> str:
    words = quote.split(" ")
    return " ".join(words[: max(3, 2 * len(words) // 3)]).rstrip(",;:") + "."


def _half_reworded(quote: str, chance: random.Random) -> str:
    return " ".join(word if at % 2 else chance.choice(_FILLING) for at, word in enumerate(quote.split(" ")))


def _others_reworded(page: Document, quote: str, chance: random.Random) -> tuple[Document, str]:
    def changed(block: Block) -> Block:
        if quote in block.text or block.kind != "paragraph":
            return block
        return replace(block, text=_half_reworded(block.text, chance))

    return replace(page, blocks=tuple(map(changed, page.blocks))), quote


def _headings_renamed(page: Document, quote: str, chance: random.Random) -> tuple[Document, str]:
    blocks = tuple(
        replace(block, text=f"On {block.text}", anchor=f"on-{block.anchor}") if block.kind == "heading" else block
        for block in page.blocks
    )
    return replace(page, blocks=blocks), quote


def _turned_round(page: Document, quote: str, chance: random.Random) -> tuple[Document, str]:
    sections: list[list[Block]] = [[]]
    for block in page.blocks:
        if block.kind == "heading":
            sections.append([])
        sections[-1].append(block)
    chance.shuffle(sections)
    return replace(page, blocks=tuple(block for section in sections for block in section)), quote


def _renamed(page: Document, quote: str, chance: random.Random) -> tuple[Document, str]:
    return replace(page, path=f"moved/{page.path}", url=f"/moved{page.url}"), quote


_STANDS = frozenset({"same", "moved"})
EDITS = (
    Edit("every other paragraph of the page reworded", _others_reworded, _STANDS),
    Edit("all headings renamed", _headings_renamed, _STANDS),
    Edit("sections in another order", _turned_round, _STANDS),
    Edit("page moved", _renamed, frozenset({"moved"})),
    Edit("one word replaced", _reworded(_one_word), frozenset({"changed"})),
    Edit("one number replaced", _reworded(_one_number), frozenset({"changed"})),
    Edit("six words added", _reworded(_longer), frozenset({"changed"})),
    Edit("a third cut off", _reworded(_shorter), frozenset({"changed"})),
    Edit("every other word replaced", _reworded(_half_reworded), frozenset({"changed", "gone"})),
    Edit("sentence deleted", _reworded(lambda quote, chance: ""), frozenset({"gone"})),
)


def _half(path: str) -> Half:
    return "dev" if int(healing.sha256(path)[:8], 16) % 2 else "test"


def _cited(book: str, wanted: str) -> Iterator[tuple[Document, Passage, str]]:
    """Sentences of the pages in the half `wanted` that stand in one block and once in the book."""
    root = SHARED / "corpora" / book
    pages = [page for page in folder.read(root, sites.detect(root)) if isinstance(page, Document)]
    seen = Counter(
        passage.text[span.start : span.end]
        for page in pages
        for passage in chunk.split(page)
        for span in sentences.split(passage.text, language=passage.language)
    )
    for page in pages:
        if _half(page.path) != wanted:
            continue
        for passage in chunk.split(page):
            for span in sentences.split(passage.text, language=passage.language):
                quote = passage.text[span.start : span.end]
                whole = sum(block.text.count(quote) for block in page.blocks) == 1
                if span.kind == "prose" and len(quote.split()) >= _FEWEST_WORDS and seen[quote] == 1 and whole:
                    yield page, passage, quote


def _passages(page: Document) -> Sequence[Passage]:
    return chunk.split(page)


def main() -> None:
    """Prints a table, a row for each kind of edit."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--half", choices=["dev", "test"], default="test")
    arguments.add_argument("--each", type=int, default=100, help="sentences of each book")
    arguments.add_argument("--show", action="store_true", help="what was judged wrongly")
    chosen = arguments.parse_args()
    if not Path(SHARED / "corpora").is_dir():
        raise SystemExit(f"There are no books in {SHARED / 'corpora'}: set SHARED.")
    chance = random.Random(5)  # the same sentences each time
    cited = []
    for book in OPEN_BOOKS:
        found = list(_cited(book, chosen.half))
        cited += chance.sample(found, min(chosen.each, len(found)))
    print(f"{len(cited)} sentences of {len(OPEN_BOOKS)} books, {chosen.half} half")
    print("| edit | same | moved | changed | gone | right | the right sentence | ms |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for edit in EDITS:
        print(_row(edit, cited, chance, show=chosen.show), flush=True)


def _row(
    edit: Edit, cited: Sequence[tuple[Document, Passage, str]], chance: random.Random, *, show: bool = False
) -> str:
    states: Counter[str] = Counter()
    shown = right = 0
    spent = 0.0
    for page, passage, quote in cited:
        start = passage.text.index(quote)
        prefix, suffix = healing.context(passage.text, start, start + len(quote))
        anchor = Anchor(passage.path, passage.heading_path, passage.url, quote, start, prefix, suffix, passage.id)
        changed, new = edit.change(page, quote, chance)
        passages = _passages(changed)
        began = time.perf_counter()
        healed = healing.heal_among(anchor, passages)
        spent += time.perf_counter() - began
        states[healed.state] += 1
        right += healed.state in edit.right
        good = " ".join(new.split()) in " ".join(healed.text.split()) if new else healed.state == "gone"
        shown += good
        if show and not (good and healed.state in edit.right):
            print(f"    {healed.state}: {quote!r}\n       wanted {new!r}\n       shown {healed.text!r}")
    counts = " | ".join(str(states[state]) for state in ("same", "moved", "changed", "gone"))
    many = len(cited)
    return f"| {edit.name} | {counts} | {right / many:.1%} | {shown / many:.1%} | {1000 * spent / many:.1f} |"


if __name__ == "__main__":
    main()
