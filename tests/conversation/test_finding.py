"""Search in one's own conversations: what is found, and the line that shows where."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conversation.test_store import ADA, EVE, answer, begun, hidden

from pageside.conversation import finding
from pageside.conversation.finding import Part
from pageside.errors import InvalidInput
from pageside.storage import words

WORDS = st.lists(st.sampled_from(["servo", "Größe", "ΟΔΟΣ", "x", "電機", "ﬁ", "e\u0301"]), max_size=60)
TEXTS = st.text(max_size=400) | WORDS.map(" ".join)


def shown(parts):
    return "".join(f"[{part.text}]" if part.match else part.text for part in parts)


@pytest.mark.parametrize(
    ("query", "looked_for"),
    [
        ("  Über   SERVO ", ("servo", "uber")),
        ('"Two  Words" one', ("two words", "one")),
        ("same Same SÄME", ("same",)),
        ('say "so', ("say", '"so')),
        ('"" \t', ()),
        (" ".join(str(n) * (n % 5 + 1) for n in range(20)), None),
    ],
)
def test_a_query_is_read_as_people_mean_it(query, looked_for):
    """Each word once, the longest first; of very many, the longest alone."""
    found = finding.wanted(query)

    assert found == looked_for if looked_for is not None else len(found) == finding.MAX_WORDS
    assert list(map(len, found)) == sorted(map(len, found), reverse=True)


def test_a_query_of_ten_kilobytes_is_refused():
    """Before anything is asked of the database."""
    with pytest.raises(InvalidInput, match="at most 200"):
        finding.wanted("ü" * 10_000)


@given(TEXTS, TEXTS)
def test_an_extract_shows_what_was_looked_for(text, query):
    """It is a line of the text; each mark is one of the words; and there is one exactly where a word stands."""
    looked_for = finding.wanted(query[:200])
    parts = finding.extract(text, looked_for)
    whole = " ".join(normalize("NFC", text).split())
    line = "".join(part.text for part in parts).removeprefix("…").removesuffix("…")

    assert bool(parts) == any(word in words.fold(whole) for word in looked_for)
    assert line in whole or whole.startswith("…") or whole.endswith("…")
    assert all(part.text for part in parts)
    assert not parts or any(part.match for part in parts)


@pytest.mark.parametrize(
    ("text", "query", "line"),
    [
        ("The Größe of it", "grosse", "The [Größe] of it"),
        ("ﬁnally", "fin", "[ﬁn]ally"),
        ("aaaa", "aa", "[aaaa]"),
        ("servo\n\n- motor", '"servo - motor"', "[servo - motor]"),
        ("x " * 200 + "needle" + " y" * 200, "needle", None),
    ],
)
def test_marks_stand_where_the_words_stand(text, query, line):
    """Also where folding changes how long they are."""
    found = shown(finding.extract(text, finding.wanted(query)))

    assert found == line if line else (found.startswith("…") and "x [needle] y" in found and len(found) < 230)


async def test_every_word_must_stand_in_the_conversation(store, database):
    """In its title or in any message, also in different ones; what only the server sees is not searched."""
    thread = await begun(store, title="On gears")
    await store.add_thread_item(thread.id, answer(thread.id, "a", "A planetary gearbox."), ADA)
    await store.add_thread_item(thread.id, hidden(thread.id, "h", "confidential"), ADA)
    others = await begun(store, EVE, title="On gears, planetary")

    async def found(query, turn=ADA):
        return [each.id for each in (await finding.find(database, query, turn)).found]

    assert await found("planetary gears") == [thread.id]
    assert await found("planetary bicycles") == []
    assert await found("confidential") == []
    assert await found("planetary", EVE) == [others.id]


async def test_an_extract_is_of_the_message_with_most_of_the_words(store, database):
    """Of several, of the last."""
    thread = await begun(store)
    for name, text in (("a", "gear and ratio"), ("b", "gear and ratio again"), ("c", "a gear")):
        await store.add_thread_item(thread.id, answer(thread.id, name, text), ADA)
    (found,) = (await finding.find(database, "ratio gear", ADA)).found

    assert found.extract.item_id == "b"
    assert found.extract.parts == (
        Part("gear", match=True),
        Part(" and ", match=False),
        Part("ratio", match=True),
        Part(" again", match=False),
    )


async def test_a_message_that_is_written_again_is_found_by_what_it_says_now(store, database):
    """And a renamed conversation by its new name."""
    thread = await begun(store, title="old name")
    await store.add_thread_item(thread.id, answer(thread.id, "a", "before"), ADA)
    await store.save_item(thread.id, answer(thread.id, "a", "after"), ADA)
    found = {query: len((await finding.find(database, query, ADA)).found) for query in ("before", "after", "old name")}

    assert found == {"before": 0, "after": 1, "old name": 1}
