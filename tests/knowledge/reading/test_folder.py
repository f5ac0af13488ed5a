"""Reading a book's folder, good and bad."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from pageside.errors import BookError
from pageside.knowledge import chunk
from pageside.knowledge.passage import Document
from pageside.knowledge.reading import folder, sites
from pageside.knowledge.reading.folder import Rules, Trouble


def write(book: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        path = book / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return book


def read(book: Path, rules: Rules = folder.DEFAULT) -> tuple[dict[str, Document], list[Trouble]]:
    found = list(folder.read(book, sites.detect(book), rules=rules))
    documents = {item.path: item for item in found if isinstance(item, Document)}
    return documents, [item for item in found if isinstance(item, Trouble)]


def states(book: Path) -> dict[str, str]:
    return {file.path: file.state for file in folder.list_pages(book, sites.detect(book))}


def test_a_page_knows_its_title_address_labels_and_place(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{
            "module-1-ros2/_category_.json": '{"position": 1}',
            "module-1-ros2/02-nodes.md": "---\ntitle: All about nodes\n---\n\n# Nodes\n\nText.\n",
            "module-1-ros2/01-intro.md": "# ROS 2 `basics`\n\nText.\n",
            "zzz-last_page.md": "Text.\n",
        },
    )

    documents, troubles = read(tmp_path)
    assert troubles == []
    assert [(d.title, d.position) for d in documents.values()] == [
        ("ROS 2 `basics`", 0),
        ("All about nodes", 1),
        ("Zzz last page", 2),
    ]
    nodes = documents["module-1-ros2/02-nodes.md"]
    assert nodes.url == "/docs/module-1-ros2/nodes"
    assert nodes.labels["module"] == "Module 1"
    assert [(block.text, block.anchor) for block in nodes.blocks if block.kind == "heading"] == [("Nodes", "")]


def test_a_folder_stands_where_its_own_page_says(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{
            "arms/index.mdx": "---\nsidebar_position: 2\n---\nx",
            "arms/elbow.mdx": "x",
            "legs/legs.mdx": "---\nsidebar_position: 1\n---\nx",
            "legs/knee.mdx": "x",
        },
    )

    assert list(read(tmp_path)[0]) == ["legs/legs.mdx", "legs/knee.mdx", "arms/index.mdx", "arms/elbow.mdx"]


def test_headings_carry_the_ids_of_the_site(tmp_path: Path) -> None:
    text = "## Example\n\na\n\n## Example\n\nb\n\n## Own {#mine}\n\nc\n"

    documents, _ = read(write(tmp_path, **{"a.mdx": text}))
    assert [block.anchor for block in documents["a.mdx"].blocks if block.kind == "heading"] == [
        "example",
        "example-1",
        "mine",
    ]


def test_words_of_the_front_matter_are_kept(tmp_path: Path) -> None:
    """Description, outcomes and tags can be found; what the body says anyway is not said twice."""
    text = (
        "---\ntitle: Arms\nid: arms\ndescription: How an arm is planned.\nsummary: Arms bend.\n"
        "learning_outcomes:\n  - Bend an elbow\ntags: [kinematics, arms]\n---\n\nArms bend.\n"
    )

    documents, _ = read(write(tmp_path, **{"a.md": text}))
    document = documents["a.md"]
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("paragraph", "How an arm is planned."),
        ("list_item", "- Bend an elbow"),
        ("label", "kinematics · arms"),
        ("paragraph", "Arms bend."),
    ]
    assert [document.source[block.start : block.end] for block in document.blocks[:2]] == [
        "How an arm is planned.",
        "Bend an elbow",
    ]


def test_a_partial_is_shown_on_the_first_page_that_imports_it(tmp_path: Path) -> None:
    """Its words are found at that page's address, under that page's title."""
    write(
        tmp_path,
        **{
            "a.mdx": "---\ntitle: First\nsidebar_position: 2\n---\nimport Note from './parts/_note.mdx'\n\n<Note />\n",
            "b.mdx": "---\ntitle: Second\nsidebar_position: 1\n---\nimport Note from './parts/_note.mdx'\n\n<Note />\n",
            "parts/_note.mdx": "## Charging\n\nCharge it nightly.\n",
            "parts/_alone.mdx": "Nobody imports this.\n",
        },
    )

    documents, _ = read(tmp_path)
    note = documents["parts/_note.mdx"]
    assert (note.title, note.url) == ("Second", "/docs/b")
    assert chunk.split(note)[0].url == "/docs/b#charging"
    assert documents["parts/_alone.mdx"].url == "/docs/parts/_alone"
    assert list(documents).index("parts/_note.mdx") == list(documents).index("b.mdx") + 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The robot moves.", "en"),
        ("ロボットは歩きます。`ros2 run` を使う。", "ja"),
        ("机器人可以行走。", "zh"),
        ("로봇이 걷습니다.", "ko"),
        ("روبوٹ چلتا ہے اور رکتا ہے۔", "ur"),
        ("يتحرك الروبوت في الغرفة", "ar"),
        ("Робот идёт по комнате.", "ru"),
        ("Робот їде по кімнаті.", "uk"),
        ("Το ρομπότ κινείται.", "el"),
        ("הרובוט זז בחדר.", "he"),
        ("रोबोट चलता है।", "hi"),
        ("---\nlang: de-AT\n---\nDer Roboter geht.", "de"),
    ],
)
def test_the_language_is_told_by_front_matter_or_script(tmp_path: Path, text: str, language: str) -> None:
    documents, _ = read(write(tmp_path, **{"a.md": text}))

    assert documents["a.md"].language == language


def test_a_page_in_latin_letters_speaks_the_language_of_its_tree(tmp_path: Path) -> None:
    tree = "i18n/fr/docusaurus-plugin-content-docs/current/a.md"

    documents, _ = read(write(tmp_path, **{"docs/a.md": ":::note\nHi.\n:::", tree: "Le robot marche."}))
    assert documents[tree].language == "fr"


def test_drafts_are_left_out_and_counted(tmp_path: Path) -> None:
    write(tmp_path, **{"a.md": "Text.", "b.md": "---\ndraft: true\n---\nSecret."})

    listing = folder.list_pages(tmp_path, sites.detect(tmp_path))
    assert ([file.path for file in listing], listing.drafts, listing.troubles) == (["a.md"], ("b.md",), ())


def test_hidden_and_built_files_are_no_pages(tmp_path: Path) -> None:
    names = (".git/a.md", "node_modules/x/README.md", "build/a.md", ".hidden.md", "notes.txt", "page.md")

    documents, _ = read(write(tmp_path, **dict.fromkeys(names, "Text.")))
    assert list(documents) == ["page.md"]


def test_what_the_configured_site_does_not_show_is_left_out_and_named(tmp_path: Path) -> None:
    config = {"docusaurus.config.js": "module.exports = {}", "docs/a.md": "Text."}

    documents, troubles = read(write(tmp_path, **config, **{"README.md": "x", "old/b.md": "x", "old/c.md": "x"}))
    assert list(documents) == ["docs/a.md"]
    assert [trouble.path for trouble in troubles] == ["README.md", "old"]


@pytest.mark.parametrize("make", ["nothing", "file", "empty", "other", "drafts"])
def test_a_folder_without_pages_says_what_is_wanted(tmp_path: Path, make: str) -> None:
    book = tmp_path / "book"
    if make == "file":
        book.write_text("x")
    elif make != "nothing":
        book.mkdir()
    if make == "other":
        (book / "a.txt").write_text("x")
    if make == "drafts":
        (book / "a.md").write_text("---\ndraft: true\n---\n")

    with pytest.raises(BookError, match=re.escape(str(book))):
        folder.list_pages(book, sites.detect(book))


def test_a_page_that_is_not_utf8_is_read_and_named_with_its_line(tmp_path: Path) -> None:
    documents, troubles = read(write(tmp_path, **{"a.md": b"# Title\n\nCaf\xe9 robot.\n", "b.md": "Fine."}))

    assert [(trouble.path, trouble.line) for trouble in troubles] == [("a.md", 3)]
    assert documents["a.md"].blocks[1].text == "Café robot."
    assert "UTF-8" in troubles[0].message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(tmp_path: Path, encoding: str) -> None:
    documents, _ = read(write(tmp_path, **{"a.md": "# Größe\n\nText.".encode(encoding)}))

    assert documents["a.md"].title == "Größe"


def test_a_binary_file_with_the_name_of_a_page_is_left_out(tmp_path: Path) -> None:
    documents, troubles = read(write(tmp_path, **{"a.md": b"\x89PNG\r\n\x1a\n\0\0\0", "b.md": "Fine."}))

    assert list(documents) == ["b.md"]
    assert "binary" in str(troubles[0])


def test_a_page_over_the_limit_is_left_out_and_the_rest_goes_on(tmp_path: Path) -> None:
    documents, troubles = read(write(tmp_path, **{"a.md": "x " * 600, "b.md": "Fine."}), rules=Rules(limit_bytes=1_000))

    assert list(documents) == ["b.md"]
    assert "limit" in troubles[0].message
    assert "split" in troubles[0].message


def test_broken_front_matter_is_named_and_the_page_is_read(tmp_path: Path) -> None:
    documents, troubles = read(write(tmp_path, **{"a.md": "---\ntitle: [oops\n---\n\n# Fine\n\nText.\n"}))

    assert [(trouble.path, trouble.line > 0) for trouble in troubles] == [("a.md", True)]
    assert documents["a.md"].title == "Fine"


def test_links_are_followed_only_inside_the_book_and_never_in_circles(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", **{"secret.md": "Secret."})
    book = write(tmp_path / "book", **{"a/page.md": "Text.", "real.md": "Real."})
    (book / "a/loop").symlink_to(book / "a")
    (book / "self").symlink_to(book / "self")
    (book / "out").symlink_to(outside)
    (book / "out.md").symlink_to(outside / "secret.md")
    (book / "alias.md").symlink_to(book / "real.md")

    documents, troubles = read(book)
    assert set(documents) == {"a/page.md", "real.md", "alias.md"}
    assert {trouble.path for trouble in troubles} == {"a/loop", "self", "out", "out.md"}


def test_an_unreadable_page_is_named(own_folder: Path) -> None:
    write(own_folder, **{"a.md": "Text.", "b.md": "Fine."})
    (own_folder / "a.md").chmod(0)

    documents, troubles = read(own_folder)
    assert (list(documents), troubles[0].path) == (["b.md"], "a.md")


def test_a_page_that_vanishes_between_listing_and_reading_is_named(tmp_path: Path) -> None:
    site = sites.detect(write(tmp_path, **{"a.md": "Text."}))
    (file,) = folder.list_pages(tmp_path, site)
    (tmp_path / "a.md").unlink()

    document, troubles = folder.load(tmp_path, site, file)
    assert document is None
    assert troubles[0].path == "a.md"


def test_an_empty_page_is_a_document_without_passages(tmp_path: Path) -> None:
    documents, troubles = read(write(tmp_path, **{"a.md": "", "b.md": "Fine."}))

    assert troubles == []
    assert chunk.split(documents["a.md"]) == ()


def test_a_name_that_is_not_unicode_is_left_out_and_the_rest_goes_on(tmp_path: Path) -> None:
    book = write(tmp_path, **{"a.md": "Fine."})
    Path(os.fsdecode(os.fsencode(book) + b"/caf\xe9.md")).write_bytes(b"Text.")

    documents, troubles = read(book)
    assert list(documents) == ["a.md"]
    assert [trouble.path for trouble in troubles] == ["caf?.md"]


def test_front_matter_never_holds_what_cannot_be_stored(tmp_path: Path) -> None:
    """YAML may escape half a character or none; a pair of halves is the character they make."""
    text = '---\ntitle: "Robots \\uD83E\\uDD16\\0"\nlevel: "hard\\uD83E"\ndescription: "Two \\uDD16 words"\n---\n'

    documents, _ = read(write(tmp_path, **{"a.md": text}))
    document = documents["a.md"]
    assert (document.title, document.labels["level"]) == ("Robots 🤖", "hard\ufffd")
    assert [passage.text for passage in chunk.split(document)] == ["Two \ufffd words"]


def test_front_matter_that_multiplies_itself_is_read_once(tmp_path: Path) -> None:
    """Aliases of aliases would be ten thousand million words, or without end."""
    rows = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 10))
    text = f"---\nl0: &l0 [Look twice, my friend]\n{rows}loop: &loop [*loop, Round about]\n---\nText.\n"

    documents, _ = read(write(tmp_path, **{"a.md": text}))
    assert len(documents["a.md"].source) == len(text)
    assert len(documents["a.md"].blocks) < 50


@pytest.mark.parametrize(
    "line",
    [
        "sidebar_position: 1" + "0" * 400,
        "sidebar_position: .nan",
        "sidebar_position: true",
        f"module: '{'1' * 5000}'",
        "slug: [1]",
        "slug: ../../../..",
        "id: {a: b}",
        "title: {a: b}",
        "title: 2024-01-01",
        "lang: 5",
        "tags: {a: [b, 1, null]}",
        "draft: maybe",
        "week: -1",
    ],
)
def test_front_matter_of_the_wrong_kind_stops_nothing(tmp_path: Path, line: str) -> None:
    documents, _ = read(write(tmp_path, **{"docs/a.mdx": f"---\n{line}\n---\nText.\n", "docs/b.mdx": "Fine."}))

    assert set(documents) == {"docs/a.mdx", "docs/b.mdx"}
    assert all(chunk.split(document) for document in documents.values())


def test_strange_names_have_sound_addresses(tmp_path: Path) -> None:
    names = ("a b.md", "c#d?.md", "سبق.md", "50% off.md")

    documents, _ = read(write(tmp_path, **dict.fromkeys(names, "Text.")))
    assert [documents[name].url for name in names] == [
        "/a%20b",
        "/c%23d%3F",
        "/%D8%B3%D8%A8%D9%82",
        "/50%25%20off",
    ]


def test_the_state_of_a_page_changes_with_what_it_depends_on_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, **{"docs/a.mdx": "import N from './_n.mdx'\n\n<N/>", "docs/_n.mdx": "Note.", "docs/b.mdx": "B."})
    before = states(tmp_path)

    write(tmp_path, **{"docs/0-new.mdx": "New."})
    assert {path: state for path, state in states(tmp_path).items() if path in before} == before
    write(tmp_path, **{"docs/a.mdx": "---\nslug: /top\n---\nimport N from './_n.mdx'\n\n<N/>"})
    after = states(tmp_path)
    assert {path for path in before if before[path] != after[path]} == {"docs/a.mdx", "docs/_n.mdx"}
    write(tmp_path, **{"docusaurus.config.js": "module.exports = {baseUrl: '/x/'}"})
    assert all(state != after[path] for path, state in states(tmp_path).items())


def test_settings_give_labels_to_pages_that_have_none(tmp_path: Path) -> None:
    book = write(tmp_path, **{"module-2/a.md": "Text.", "b.md": "Text."})

    documents, _ = read(book, rules=Rules(labels={"module": "Module 9"}))
    assert {path: document.labels["module"] for path, document in documents.items()} == {
        "module-2/a.md": "Module 2",
        "b.md": "Module 9",
    }
