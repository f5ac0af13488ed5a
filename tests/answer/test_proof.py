"""The proof of an answer: whatever is changed in it or in the answer is found, with its seal and without."""

from __future__ import annotations

import json
from dataclasses import replace

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import small_book

from pageside.answer import proof, proving
from pageside.answer.events import Answer, Citation, Claim, Usage
from pageside.answer.proof import KeptCitation, Proof
from pageside.knowledge import chunk, fragment, healing
from pageside.knowledge.passage import Document, Passage
from pageside.knowledge.reading import folder, sites

TEXT = (
    "A queen excluder is a grid whose slots are 4.2 mm wide. [1] Workers pass through the slots, but the queen is too "
    "broad for them. [2]\n\nSmoke masks the alarm scent that guard bees give off. [3]"
)
QUOTES = (
    "A queen excluder is a grid whose slots are 4.2 mm wide.",
    "Workers pass through the slots, but the queen is too broad for them.",
    "Smoke masks the alarm scent that guard bees give off.",
)


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> tuple[Passage, ...]:
    return passages(small_book.write(tmp_path_factory.mktemp("bees")))


def passages(root) -> tuple[Passage, ...]:
    read = folder.read(root, sites.detect(root))
    return tuple(passage for page in read if isinstance(page, Document) for passage in chunk.split(page))


def answer(book: tuple[Passage, ...]) -> Answer:
    """An answer of three sentences, each with its source."""
    cited = []
    for marker, quote in enumerate(QUOTES, start=1):
        passage = next(each for each in book if quote in each.text)
        url = fragment.deep_link(passage, quote)
        cited.append(Citation(marker, passage, quote, url, 0.7, start=passage.text.index(quote)))
    claims = tuple(Claim(each.start, each.end, each.markers, 1.0) for each in proving.shown(TEXT))
    return Answer(TEXT, tuple(cited), "answered", 0.9, Usage("m"), claims=claims, checker="1", marked=1)


def proven(book: tuple[Passage, ...]) -> Proof:
    return Proof(**proof.fields(answer(book), digest=healing.sha256))


def checked(text: str, kept: Proof, book: tuple[Passage, ...]) -> proving.Checked:
    healed = {each.marker: healing.heal_among(each.target, book) for each in kept.citations}
    return anyio.run(lambda: proving.check(text, kept, healed, proving.ByWordsAlone()))


def test_an_answer_of_the_book_holds(book):
    """Every claim by its own sentence, and nothing to complain about."""
    found = checked(TEXT, proven(book), book)

    assert found.holds
    assert [(each.state, each.claim.markers) for each in found.claims] == [
        ("holds", (1,)),
        ("holds", (2,)),
        ("holds", (3,)),
    ]
    assert [each.now.state for each in found.sources] == ["same"] * 3
    assert not any((found.faults, *(each.faults for each in found.sources)))


def test_a_proof_says_where_each_quote_stands(book):
    """Letter by letter, with what stands around it."""
    by_id = {passage.id: passage for passage in book}
    for kept in proven(book).citations:
        text = by_id[kept.passage_id].text

        assert text[kept.start : kept.end] == kept.quote
        assert text[: kept.start].endswith(kept.prefix)
        assert text[kept.end :].startswith(kept.suffix)
        assert kept.text_sha256 == healing.sha256(text)
        assert kept.page_sha256 == healing.sha256(kept.path)


def places(document: object, path: tuple = ()):
    """Every string and number of `document`, by where it stands."""
    if isinstance(document, dict):
        for key, entry in document.items():
            yield from places(entry, (*path, key))
    elif isinstance(document, list):
        for at, entry in enumerate(document):
            yield from places(entry, (*path, at))
    elif isinstance(document, str | int | float) and not isinstance(document, bool):
        yield path, document


def changed(document, path, value):
    copy = json.loads(json.dumps(document))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return copy


@pytest.fixture(scope="module")
def sealed(book):
    """An answer with its record as JSON, and every place in it."""
    told = {"text": TEXT, "record": proven(book).model_dump(mode="json")}
    # What kind of passage it was is told beside the proof, and is no part of it.
    return told, [(path, value) for path, value in places(told) if "labels" not in path]


@given(st.data())
def test_one_letter_number_marker_address_or_hash_that_was_changed_is_found(sealed, data):
    """Anywhere in the answer or its record, the seal included."""
    told, everywhere = sealed
    path, value = data.draw(st.sampled_from(everywhere))
    if isinstance(value, str):
        at = data.draw(st.integers(0, len(value)))
        letter = data.draw(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
        other = value[:at] + letter + value[at + data.draw(st.integers(0, 1)) :]
    elif isinstance(value, float):
        other = data.draw(st.floats(0, 1).filter(lambda x: abs(x - value) > 0.0001))
    else:
        other = data.draw(st.integers(0, 500))
    if other == value:
        return
    document = changed(told, path, other)
    try:
        kept = Proof.model_validate(document["record"])
    except ValueError:
        return

    assert list(proof.faults(document["text"], kept))


def resealed(text: str, kept: Proof, **update) -> Proof:
    bare = kept.model_copy(update=update)
    return bare.model_copy(update={"seal": proof.seal(text, bare)})


def with_citation(text: str, kept: Proof, **update) -> Proof:
    """`kept` with its first citation changed, sealed anew."""
    first = kept.citations[0].model_copy(update=update)
    return resealed(text, kept, citations=(first, *kept.citations[1:]))


OTHER_HASH = "0" * 64


@pytest.mark.parametrize(
    "forged",
    [
        {"quote": QUOTES[0].replace("4.2", "4.3")},
        {"quote": QUOTES[0].replace("grid", "grit")},
        {"quote": QUOTES[1]},
        {"url": "/docs/module-1-hive/week-1-parts#the-supers"},
        {"url": "https://evil.example/docs/module-1-hive/week-1-parts#excluder"},
        {"url": "/docs/module-1-hive/week-1-parts#excluder:~:text=something%20else"},
        {"text_sha256": OTHER_HASH},
        {"start": 3, "end": 3 + len(QUOTES[0])},
        {"end": 4},
        {"prefix": "not "},
        {"suffix": " or is it?"},
        {"heading": "The supers"},
        {"anchor": "the-supers"},
        {"heading_path": ("The parts of a hive", "The supers")},
        {"marker": 2},
        {"marker": 9},
    ],
    ids=str,
)
def test_who_seals_a_changed_record_anew_is_found_by_the_book(book, forged):
    """The quote, its link, its hash and its place are the book's, and not the record's."""
    kept = with_citation(TEXT, proven(book), **forged)

    assert proof.seal(TEXT, kept) == kept.seal
    assert not checked(TEXT, kept, book).holds


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("4.2 mm", "4.3 mm"),
        ("4.2 mm", "4.2 cm"),
        ("is too broad", "is not too broad"),
        ("[1]", "[3]"),
        ("[2]", ""),
        ("[2]", "[4]"),
        ("Smoke masks", "Nothing masks"),
    ],
)
def test_who_seals_a_changed_answer_anew_is_found_by_the_checker(book, said, instead):
    """A number, a unit, a negation or a marker that is another one is not what the book supports."""
    text = TEXT.replace(said, instead, 1)
    claims = [{"start": each.start, "end": each.end, "markers": each.markers} for each in proving.shown(text)]
    kept = proven(book)
    bare = Proof.model_validate({**kept.model_dump(), "claims": claims, "seal": ""})
    missing = instead == ""

    assert not checked(text, resealed(text, bare), book).holds or missing
    assert not checked(text, resealed(text, kept), book).holds


def test_the_seal_is_the_same_for_a_record_as_it_is_kept_and_as_it_is_told(book):
    """Rounded for REST, through JSON and back."""
    kept = replace(answer(book), confidence=0.123456789)
    told = Proof(**proof.fields(kept))
    rounded = json.loads(told.model_dump_json())
    rounded["confidence"] = 0.1235

    assert proof.seal(TEXT, Proof.model_validate(rounded)) == told.seal


def test_a_record_of_before_there_were_proofs_is_read(book):
    """What it cites is looked for, and what its text shows is checked."""
    old = [
        {name: value for name, value in each.model_dump(mode="json").items() if name in KEPT_BEFORE}
        for each in proven(book).citations
    ]
    kept = Proof.model_validate({"outcome": "answered", "confidence": 0.5, "citations": old})
    found = checked(TEXT, kept, book)

    assert found.holds
    assert [each.state for each in found.claims] == ["holds"] * 3
    assert not checked(TEXT.replace("4.2", "4.3"), kept, book).holds


KEPT_BEFORE = {"marker", "path", "heading", "url", "quote", "relevance", "labels"}


def test_what_is_marked_as_unverified_is_no_lie(book):
    """It is shown as what it is; without its mark it is one."""
    shown = "Bees like jazz. *(not verified in the book)*"
    claims = ({"start": 0, "end": len(shown), "markers": ()},)
    kept = Proof.model_validate({"outcome": "closest", "confidence": 0.1, "citations": [], "claims": claims})
    bare = shown.partition(" *")[0]
    unmarked = Proof.model_validate({**kept.model_dump(), "claims": [{"start": 0, "end": len(bare), "markers": ()}]})

    assert [each.state for each in checked(shown, kept, book).claims] == ["marked"]
    assert checked(shown, kept, book).holds
    assert not checked(bare, unmarked, book).holds


def test_a_file_of_the_readers_is_not_looked_for_in_the_book(book):
    """It is said to be unchecked."""
    own = KeptCitation(marker=1, path="x", heading="h", url="", quote="q", relevance=0.5, labels={"file": "notes.txt"})
    kept = Proof(outcome="answered", confidence=0.5, citations=(own,))
    found = anyio.run(lambda: proving.check("Said so. [1]", kept, {}, proving.ByWordsAlone()))

    assert [each.state for each in found.claims] == ["unchecked"]
    assert found.sources[0].now is None


@pytest.mark.parametrize("block", ["```python\ndef puffs(colonies: int) -> int:\n    return 3 * colonies\n```"])
def test_a_block_is_checked_whole(book, block):
    """Every line of code stands in the block of the book; one that was changed does not."""
    passage = next(each for each in book if "def puffs" in each.text)
    start = passage.text.index("```python")
    quote = passage.text[start : passage.text.index("```", start + 3) + 3]
    cited = Citation(1, passage, quote, fragment.deep_link(passage, quote), 0.5, start=start)
    text = f"{block}\n\n[1]"
    made = Answer(text, (cited,), "answered", 0.9, Usage("m"))
    kept = Proof(**proof.fields(made))

    assert [each.state for each in checked(text, kept, book).claims] == ["holds"]
    assert [each.state for each in checked(text.replace("3 *", "4 *"), kept, book).claims] == ["unsupported"]
