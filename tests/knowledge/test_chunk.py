"""Cutting a document into passages."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge import chunk, sentences
from pageside.knowledge.passage import Block, BlockKind, Document

WORDS = [
    "robot",
    "sensor",
    "motor",
    "wheel",
    "joint",
    "torque",
    "gripper",
    "planner",
    "bridge",
    "buffer",
    "camera",
    "kernel",
]


def document(*blocks: tuple[BlockKind, str] | tuple[BlockKind, str, int], title: str = "Robots") -> Document:
    """A page whose source is its blocks, one after the other."""
    source, made = "", []
    for kind, text, *level in blocks:
        made.append(
            Block(
                kind,
                text,
                len(source),
                len(source) + len(text),
                level=level[0] if level else 0,
                anchor=re.sub(r"\W+", "-", text.lower()) if kind == "heading" else "",
            )
        )
        source += text + "\n\n"
    return Document("a/b.md", title, "/docs/a/b", "en", {"module": "Module 1"}, source, tuple(made), "0" * 64)


def prose(count: int, *, word: str = "robot") -> str:
    return " ".join(f"The {word} moves {number}." for number in range(count))


def test_a_passage_knows_its_headings_anchor_and_address() -> None:
    page = document(
        ("heading", "Robots", 1),
        ("paragraph", "Intro."),
        ("heading", "Sensing", 2),
        ("heading", "Lidar", 3),
        ("paragraph", "It spins."),
    )

    intro, lidar = chunk.split(page)
    assert (intro.heading_path, intro.anchor, intro.text) == (("Robots",), "robots", "Intro.")
    assert lidar.heading_path == ("Robots", "Sensing", "Lidar")
    assert (lidar.heading, lidar.url, lidar.text) == ("Lidar", "/docs/a/b#lidar", "It spins.")
    assert page.source[lidar.start : lidar.end] == "It spins."


def test_what_stands_before_the_title_belongs_below_it() -> None:
    """The description of the front matter and the first words of the page are one passage."""
    page = document(("paragraph", "About arms."), ("heading", "Robots", 1), ("paragraph", "Arms bend."))

    assert [(p.text, p.anchor) for p in chunk.split(page)] == [("About arms.\n\nArms bend.", "robots")]


def test_text_before_the_first_heading_is_kept() -> None:
    page = document(("paragraph", "At the top."), ("heading", "Later", 2), ("paragraph", "Below."))

    top, below = chunk.split(page)
    assert (top.text, top.heading, top.anchor, top.url) == ("At the top.", "Robots", "", "/docs/a/b")
    assert below.heading_path == ("Robots", "Later")


def test_a_heading_with_nothing_below_it_is_still_found() -> None:
    """Its words would stand in no passage at all."""
    page = document(("heading", "Robots", 1), ("heading", "Gyroscopes", 2), ("heading", "End", 2), ("paragraph", "x"))

    assert [passage.text for passage in chunk.split(page)] == ["Gyroscopes", "x"]


def test_a_page_of_nothing_but_a_title_is_one_passage() -> None:
    page = replace(document(), source="---\ntitle: Robots\n---\n")

    assert [passage.text for passage in chunk.split(page)] == ["Robots"]
    assert chunk.split(document()) == ()


def test_a_long_section_is_cut_between_blocks() -> None:
    page = document(("heading", "Long", 2), *(("paragraph", prose(15)) for _ in range(8)))

    passages = chunk.split(page, limit_words=130)
    assert len(passages) == 4
    assert {passage.heading for passage in passages} == {"Long"}


def test_an_overlong_paragraph_is_cut_between_sentences() -> None:
    page = document(("paragraph", prose(100)))

    passages = chunk.split(page, limit_words=60)
    assert all(passage.text.startswith("The robot") and passage.text.endswith(".") for passage in passages)
    assert " ".join(passage.text for passage in passages) == prose(100)
    assert [page.source[passage.start : passage.end].strip() for passage in passages] == [p.text for p in passages]


def test_words_without_end_are_cut_between_words() -> None:
    """Data in a paragraph is no sentence, and a passage of a million characters can be neither searched nor quoted."""
    text = " ".join(f"reading{number}" for number in range(5000))

    passages = chunk.split(document(("heading", "Robots", 1), ("paragraph", text)))

    assert " ".join(passage.text for passage in passages) == text
    assert max(chunk.size(passage.text) for passage in passages) <= chunk.LIMIT_WORDS


def test_a_long_table_keeps_its_header_in_every_part() -> None:
    rows = [f"| joint {number} | {prose(3)} |" for number in range(30)]
    table = "\n".join(["| name | what |", "| --- | --- |", *rows])

    parts = [passage.text.split("\n") for passage in chunk.split(document(("table", table)), limit_words=100)]
    assert len(parts) > 3
    assert all(part[:2] == ["| name | what |", "| --- | --- |"] for part in parts)
    assert [row for part in parts for row in part[2:]] == rows


def test_code_is_never_cut_and_stays_with_what_introduces_it() -> None:
    code = "```python\n" + "\n".join(f"motor_{number} = joint.torque({number})" for number in range(80)) + "\n```"
    page = document(("paragraph", prose(50)), ("paragraph", "Set every motor:"), ("code", code), ("paragraph", "End."))

    texts = [passage.text for passage in chunk.split(page, limit_words=220)]
    assert sum(code in text for text in texts) == 1
    shorter = "```\n" + "x = motor.torque()\n" * 12 + "```"
    second = document(("paragraph", prose(50)), ("paragraph", "Set it:"), ("code", shorter))
    assert chunk.split(second, limit_words=200)[-1].text == f"Set it:\n\n{shorter}"


def test_code_too_long_for_a_passage_keeps_the_words_that_introduce_it() -> None:
    code = "```python\n" + "\n".join(f"motor_{number} = joint.torque({number})" for number in range(80)) + "\n```"
    page = document(("paragraph", "Set every motor."), ("code", code), ("paragraph", prose(40)))

    assert chunk.split(page, limit_words=100)[0].text == f"Set every motor.\n\n{code}"


def test_a_label_stays_with_what_it_names() -> None:
    page = document(("paragraph", prose(50)), ("label", "Warning"), ("paragraph", prose(50)))

    assert chunk.split(page, limit_words=200)[1].text.startswith("Warning\n\nThe robot")


def test_a_formula_stays_with_the_sentence_it_stands_in() -> None:
    page = document(
        ("paragraph", prose(40)),
        ("paragraph", "The torque is"),
        ("math", "$$\nt = r f\n$$"),
        ("paragraph", f"where r is far. {prose(9)}"),
    )

    assert (
        chunk.split(page, limit_words=165)[-1].text == f"The torque is\n\n$$\nt = r f\n$$\n\nwhere r is far. {prose(9)}"
    )


def test_a_quiz_stands_apart_and_is_labelled() -> None:
    """A passage that holds statements never holds a quiz's wrong choices."""
    page = document(
        ("paragraph", "Robots sense."), ("quiz", "What do robots do?\n- Sense\n- Sleep"), ("paragraph", "They move.")
    )

    assert [passage.labels["section_type"] for passage in chunk.split(page)] == ["concepts", "quiz", "concepts"]


def test_list_items_are_joined_by_a_line_break_and_blocks_by_a_blank_line() -> None:
    page = document(("paragraph", "Take:"), ("list_item", "- one"), ("list_item", "- two"), ("paragraph", "Go."))

    assert chunk.split(page)[0].text == "Take:\n\n- one\n- two\n\nGo."


def test_a_few_last_words_do_not_make_a_passage() -> None:
    page = document(("paragraph", prose(50)), ("paragraph", "That is all."))

    assert len(chunk.split(page, limit_words=200)) == 1


def test_two_equal_passages_have_two_ids() -> None:
    page = document(*(item for _ in range(2) for item in (("heading", "Example", 2), ("paragraph", "Same."))))

    first, second = chunk.split(page)
    assert first.id != second.id


def test_pages_keep_their_order_in_the_positions_of_their_passages() -> None:
    page = document(("heading", "A", 2), ("paragraph", "x"), ("heading", "B", 2), ("paragraph", "y"))
    earlier, later = chunk.split(page), chunk.split(replace(page, position=1))

    positions = [passage.position for passage in (*earlier, *later)]
    assert positions == sorted(set(positions))


def test_a_script_without_spaces_is_measured_by_its_characters() -> None:
    page = document(("paragraph", "ロボットは動く。" * 200))

    assert max(chunk.size(passage.text) for passage in chunk.split(page, limit_words=100)) <= 100


SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(lambda ws: " ".join(ws).capitalize() + ".")
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=12).map(" ".join)
BLOCKS = st.one_of(
    st.tuples(st.just("heading"), SENTENCES, st.integers(1, 4)),
    st.tuples(st.just("paragraph"), PARAGRAPHS),
    st.tuples(st.just("list_item"), PARAGRAPHS.map(lambda text: f"- {text}")),
    st.tuples(st.just("label"), SENTENCES),
    st.tuples(st.just("quiz"), PARAGRAPHS),
    st.tuples(st.just("code"), PARAGRAPHS.map(lambda text: f"```\n{text}\n```")),
    st.tuples(
        st.just("table"),
        st.lists(SENTENCES, max_size=9).map(
            lambda rows: "\n".join(["| a |", "| - |", *(f"| {row} |" for row in rows)])
        ),
    ),
)
PAGES = st.lists(BLOCKS, max_size=14).map(lambda blocks: document(*blocks))
LIMITS = st.integers(10, 80)


@given(PAGES, LIMITS)
def test_no_word_is_lost_and_the_order_is_kept(page: Document, limit: int) -> None:
    """Every block stands in the passages, in order; a heading in the text or the path of one."""
    passages = chunk.split(page, limit_words=limit)

    body = [block.text for block in page.blocks if block.kind != "heading"]
    held = [word for passage in passages for word in passage.text.split()]
    rest = iter(held)
    assert all(word in rest for text in body for word in text.split())
    known = {heading for passage in passages for heading in (*passage.heading_path, passage.text)}
    assert {block.text for block in page.blocks if block.kind == "heading"} <= known


@given(PAGES, LIMITS)
def test_ranges_lie_in_the_source_in_order(page: Document, limit: int) -> None:
    passages = chunk.split(page, limit_words=limit)

    assert all(0 <= passage.start < passage.end <= len(page.source) for passage in passages)
    assert [passage.start for passage in passages] == sorted(passage.start for passage in passages)
    assert len({passage.id for passage in passages}) == len(passages)


@given(PAGES, LIMITS)
def test_no_passage_begins_or_ends_inside_a_sentence_code_or_row(page: Document, limit: int) -> None:
    whole = {block.text[span.start : span.end] for block in page.blocks for span in sentences.split(block.text)}

    units = [
        passage.text[span.start : span.end]
        for passage in chunk.split(page, limit_words=limit)
        for span in sentences.split(passage.text)
    ]
    assert set(units) <= whole


@given(PAGES, PAGES, st.text(alphabet="abc .", min_size=1, max_size=30), LIMITS)
def test_an_edit_in_one_section_leaves_the_others_alone(
    before: Document, after: Document, edit: str, limit: int
) -> None:
    """Ids and texts of passages above and below are the same, wherever they now stand in the page."""

    def page(text: str) -> Document:
        parts = [(b.kind, b.text, b.level) for b in before.blocks]
        middle = [("heading", "Edited here", 1), ("paragraph", text), ("heading", "Untouched from here", 1)]
        return document(*parts, *middle, *((b.kind, b.text, b.level) for b in after.blocks))

    def others(text: str) -> list[tuple[str, str]]:
        return [(p.id, p.text) for p in chunk.split(page(text), limit_words=limit) if p.heading != "Edited here"]

    assert others("Something.") == others(f"Something. {edit}")


def test_every_definition_is_found_by_itself() -> None:
    entries = ("definition", "Gear: A toothed wheel."), ("definition", "Belt: A loop between two wheels.")
    passages = chunk.split(document(("heading", "Glossary", 2), *entries))
    assert [passage.text for passage in passages] == [text for _, text in entries]
