"""Quotes found again: whatever an author does to a page, a sentence that stands in it is found, and no other is."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge import chunk, healing, sentences
from pageside.knowledge.healing import Anchor, Healer
from pageside.knowledge.passage import Block, Document, Passage
from pageside.knowledge.reading import folder, sites

BOOK = Path(__file__).parents[2] / "examples" / "physical-ai"
NEW = st.text("abcdefgh ijklmnop.", min_size=1, max_size=200).map(lambda text: f"Qx {text.strip()} zq.")


@cache
def pages() -> tuple[Document, ...]:
    """The pages of the example book."""
    return tuple(page for page in folder.read(BOOK, sites.detect(BOOK)) if isinstance(page, Document))


def anchor(passage: Passage, start: int, end: int) -> Anchor:
    quote = passage.text[start:end]
    prefix, suffix = healing.context(passage.text, start, end)
    return Anchor(passage.path, passage.heading_path, passage.url, quote, start, prefix, suffix, passage.id)


@st.composite
def cited(draw) -> tuple[Document, Anchor]:
    """A page, and a sentence that stands once in it."""
    page = draw(st.sampled_from(pages()))
    passages = chunk.split(page)
    passage = draw(st.sampled_from(passages))
    spans = sentences.split(passage.text, language=passage.language)
    span = draw(st.sampled_from(spans))
    quote = passage.text[span.start : span.end]
    whole = "\n".join(each.text for each in passages)
    if whole.count(quote) != 1 or len(quote) < 12:
        span = max(spans, key=lambda each: each.end - each.start)
    return page, anchor(passage, span.start, span.end)


def paragraph(text: str) -> Block:
    return Block("paragraph", text, 0, 0)


@st.composite
def edited(draw, page: Document, quote: str) -> Document:
    """`page` after a few edits, none of which touches the block with `quote`."""
    blocks = list(page.blocks)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(blocks) - 1))
        touches = quote.split("\n")[0] in blocks[at].text or blocks[at].text in quote
        match draw(st.sampled_from(["insert", "delete", "rename", "move"])):
            case "insert":
                blocks.insert(at, paragraph(draw(NEW)))
            case "delete" if not touches and blocks[at].kind == "paragraph":
                del blocks[at]
            case "rename" if blocks[at].kind == "heading" and blocks[at].level > 1:
                blocks[at] = replace(blocks[at], text=f"{blocks[at].text} again", anchor=f"{blocks[at].anchor}-again")
            case "move" if blocks[at].kind == "paragraph" and not touches:
                blocks.insert(draw(st.integers(0, len(blocks) - 1)), blocks.pop(at))
            case _:
                pass
    return replace(page, blocks=tuple(blocks))


@given(cited())
def test_in_a_book_that_did_not_change_everything_is_the_same(case):
    """With its address, its words and its place."""
    page, sought = case
    healed = healing.heal(sought, chunk.split(page))

    assert (healed.state, healed.url, healed.text, healed.start) == ("same", sought.url, sought.quote, sought.start)


@given(st.data())
def test_a_sentence_that_was_not_touched_is_found_whatever_happens_around_it(data):
    """Paragraphs put in, taken out and moved, headings renamed: it is the same or moved, in its own words."""
    page, sought = data.draw(cited())
    passages = chunk.split(data.draw(edited(page, sought.quote)))
    found_whole = any("".join(sought.quote.split()) in "".join(each.text.split()) for each in passages)
    healed = healing.heal(sought, passages)

    if found_whole:
        assert healed.state in {"same", "moved"}
        assert healed.text.split() == sought.quote.split()
        assert healed.passage is not None
        assert healed.passage.text[healed.start :].startswith(healed.text)
        assert healed.url.startswith(healed.passage.url)


@given(cited())
def test_a_page_that_was_moved_or_split_is_followed(case):
    """The sentence stands on another page: the new address, and nothing else of it is new."""
    page, sought = case
    passages = chunk.split(replace(page, path="second-part.md", url="/second-part"))
    healed = healing.heal(sought, (), passages)

    assert healed.state == "moved"
    assert healed.url.startswith("/second-part")
    assert healed.text == sought.quote


@given(cited(), st.sampled_from(pages()))
def test_a_sentence_is_never_found_where_it_does_not_stand(case, other):
    """On a page without it, it is reworded or gone, and what is shown stands there letter by letter."""
    page, sought = case
    passages = chunk.split(other)
    stands = any(sought.quote in each.text for each in passages)
    healed = healing.heal(replace(sought, passage_id=""), (), passages)

    assert stands or other is page or healed.state in {"changed", "gone"}
    assert (healed.passage is None) == (healed.state == "gone")
    if healed.passage is not None:
        assert healed.passage.text[healed.start : healed.start + len(healed.text)] == healed.text


WORDS = "The arm lifts two kilograms. The base weighs nine. The cable is four metres long."


def passage(text: str, *, heading: str = "The arm", path: str = "arm.md") -> Passage:
    return Passage(
        id=healing.sha256(path + heading + text)[:24],
        path=path,
        heading=heading,
        heading_path=("Parts", heading),
        anchor="arm",
        url=f"/{path.removesuffix('.md')}#arm",
        text=text,
        start=0,
        end=len(text),
    )


def sought(quote: str, text: str = WORDS) -> Anchor:
    start = text.index(quote)
    return anchor(passage(text), start, start + len(quote))


@pytest.mark.parametrize(
    ("quote", "now", "state", "shown"),
    [
        ("The arm lifts two kilograms.", WORDS, "same", "The arm lifts two kilograms."),
        ("The base weighs nine.", WORDS.replace(". The", ".\nThe"), "same", "The base weighs nine."),
        ("The arm lifts two kilograms.", WORDS.replace("two", "three"), "changed", "The arm lifts three kilograms."),
        ("The base weighs nine.", WORDS.replace("weighs", "never weighs"), "changed", "The base never weighs nine."),
        ("The base weighs nine.", WORDS.replace("nine.", "nine kilograms in all."), "changed", None),
        ("The base weighs nine.", WORDS.replace("The base weighs nine. ", ""), "gone", ""),
        ("The base weighs nine.", "", "gone", ""),
    ],
)
def test_what_becomes_of_a_sentence(quote, now, state, shown):
    """In its place; reworded, with the new words; or gone."""
    healed = healing.heal(sought(quote), [passage(now)])

    assert healed.state == state
    assert shown is None or healed.text == shown


def test_of_two_places_the_one_with_its_surroundings_is_meant():
    """The same words in a table of contents are not where they were quoted from."""
    text = "Wear gloves at all times. The plate is hot. Wear goggles too."
    other = passage("The plate is hot.", heading="In short")
    healed = healing.heal(sought("The plate is hot.", text), [other, passage(f"New. {text}")])

    assert healed.passage is not None
    assert healed.passage.text.startswith("New.")


def test_what_is_compared_is_bounded():
    """A page made to be slow takes no longer than others."""
    endless = " ".join(["a b"] * 50_000)
    quote = " ".join(["b a c"] * 20_000)
    healed = healing.heal(Anchor("arm.md", ("Parts",), "/arm", quote), [passage(endless + "."), passage(endless)])

    assert healed.state in {"changed", "gone"}


class Counting:
    """An index of one passage that counts what it is asked."""

    def __init__(self) -> None:
        self.generation, self.text = "one", WORDS
        self.asked: list[str] = []

    def status(self):
        return self

    async def passages(self, *, path=None):
        self.asked.append("passages")
        return (passage(self.text),)

    async def search(self, text, vector, *, limit, filters):
        self.asked.append("search")
        return ()


async def test_what_is_known_is_not_asked_again_until_the_book_changes():
    """Many quotes of one page are one question to the index; a new generation is asked anew."""
    index = Counting()
    healer = Healer(index)
    quotes = [sought(quote) for quote in ("The arm lifts two kilograms.", "The base weighs nine.")]
    first = await healer.heal(quotes)
    again = await healer.heal(quotes)
    index.generation, index.text = "two", WORDS.replace("nine", "ten")
    later = await healer.heal(quotes)

    assert [each.state for each in (*first, *again)] == ["same"] * 4
    assert [each.state for each in later] == ["same", "changed"]
    assert index.asked == ["passages", "passages", "search"]
