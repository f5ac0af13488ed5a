"""HTML pages as generators, word processors and hurried authors write them."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.reading.kinds_of_page import anchors, blocks, counted, documents, held, page, shown, written

from pageside.knowledge.reading import sites, words
from pageside.knowledge.reading.kinds import hypertext, tagged, taming
from pageside.knowledge.reading.kinds.kind import Place

PAGE = """<!doctype html><html lang="de-AT"><head><title>Segelflug &amp; Wetter</title></head><body>
<header class="navbar">Kopf</header><nav>Wege</nav>
<main><header><h1 id="oben">Wetter</h1></header>
<p>Ein <b>Bart</b> ist Thermik.<br>Er steigt.<p hidden>Nie zu sehen
<div class="admonition note"><p class="admonition-title">Achtung</p><p>Gewitter meiden.</p></div>
<section id="wolken"><h2>Wolken<a class="headerlink" href="#wolken">¶</a></h2>
<ul><li>Cumulus<li>Cirrus<ul><li>fibratus</ul></ul>
<table><caption>Basis</caption><tr><th>Wolke<th>Meter<tr><td>Cumulus<td>1 500</table>
<pre class="x"><span class="linenos">1</span><code class="language-python">steig(2)
</code></pre>
<img src="wolke.png" alt="Eine Wolke"><aside>Am Rande</aside></section>
<dl><dt>Welle<dd>Lee eines Berges</dl>
</main><footer>Impressum</footer><script>var nichts = "nie";</script></body></html>"""


def test_prose_is_read_and_furniture_is_not(tmp_path: Path) -> None:
    document = page(tmp_path, "wetter.html", PAGE)

    assert (document.title, document.language, document.url) == ("Wetter", "de", "/wetter.html")
    assert blocks(document) == [
        ("heading", "Wetter"),
        ("paragraph", "Ein Bart ist Thermik.\nEr steigt."),
        ("label", "Achtung"),
        ("paragraph", "Gewitter meiden."),
        ("heading", "Wolken"),
        ("list_item", "- Cumulus"),
        ("list_item", "- Cirrus"),
        ("list_item", "  - fibratus"),
        ("paragraph", "Basis"),
        ("table", "| Wolke | Meter |\n| --- | --- |\n| Cumulus | 1 500 |"),
        ("code", "```python\nsteig(2)\n```"),
        ("paragraph", "Eine Wolke"),
        ("paragraph", "Am Rande"),
        ("definition", "Welle: Lee eines Berges"),
    ]


def test_every_word_is_counted_without_the_parser(tmp_path: Path) -> None:
    document = page(tmp_path, "wetter.html", PAGE)

    total, indexed = counted(tmp_path, document)
    assert total == indexed == sum(held(document).values()) - len(["python"])


def test_headings_bear_their_own_ids_also_where_the_page_is_shown(tmp_path: Path) -> None:
    """An id right above a heading counts as its own, as generators set it on the section."""
    document = page(tmp_path, "wetter.html", PAGE)
    html = shown(tmp_path, "wetter.html")

    assert anchors(document) == [("Wetter", "oben"), ("Wolken", "wolken")]
    assert '<h1 id="oben">Wetter</h1>' in html
    assert '<h2 id="wolken">Wolken</h2>' in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='java\tscript:alert(1)'>here</a>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "<math><annotation encoding='tex'></annotation><mtext><img src=x onerror=alert(1)></mtext></math>",
        "<style>@import 'alert(1)'</style>",
        "<form action=javascript:alert(1)><button>go</button></form>",
    ],
)
def test_nothing_of_a_page_can_run_where_it_is_shown(tmp_path: Path, attack: str) -> None:
    written(tmp_path, **{"a.html": f"<p>Words before. {attack} Words behind.</p>"})

    assert "alert(1)" not in shown(tmp_path, "a.html")
    assert "Words before." in shown(tmp_path, "a.html")


def test_a_formula_is_the_tex_it_was_made_from(tmp_path: Path) -> None:
    katex = (
        '<span class="katex"><span class="katex-mathml"><math><mi>E</mi><annotation encoding="application/x-tex">'
        'E=mc^2</annotation></math></span><span class="katex-html" aria-hidden="true">E=mc2</span></span>'
    )
    document = page(tmp_path, "a.html", f"<p>Einstein says {katex} of energy.</p>")

    assert blocks(document) == [("paragraph", "Einstein says $E=mc^2$ of energy.")]
    assert counted(tmp_path, document) == (7, 7)


def test_places_in_the_source_are_those_of_the_words(tmp_path: Path) -> None:
    document = page(tmp_path, "wetter.html", PAGE)
    found = {block.text: document.source[block.start : block.end] for block in document.blocks}

    assert found["Gewitter meiden."] == "Gewitter meiden."
    assert found["- Cumulus"] == "Cumulus"
    assert found["Am Rande"] == "Am Rande"


def test_an_encoding_the_page_names_is_believed(tmp_path: Path) -> None:
    content = '<meta charset="shift_jis"><p>翼は空気を下に向ける。</p>'.encode("shift_jis")

    assert blocks(page(tmp_path, "a.html", content)) == [("paragraph", "翼は空気を下に向ける。")]


def test_pages_without_words_or_tags_are_pages(tmp_path: Path) -> None:
    found, troubles = documents(written(tmp_path, **{"a.html": "", "b.html": "Only words.", "c.html": "<p></p>"}))

    assert [blocks(document) for document in found.values()] == [[], [("paragraph", "Only words.")], []]
    assert troubles == []


HOSTILE = {
    "deep": "<div>" * 100_000 + "the deepest words" + "</div>" * 100_000,
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(200_000)) + ">the deepest words</p>",
    "quoted attributes": "<p " + " ".join(f'a{number}=">"' for number in range(100_000)) + ">the deepest words</p>",
    "emphasis": "<b><i>" * 20_000 + "the deepest words",
    "tables": "<table><tr><td>" * 3_000 + "the deepest words",
    "headers": "<header>" * 20_000 + "<h1>the deepest words</h1>",
    "angles": "<p>the deepest words" + "<" * 300_000,
    "comments": "<p>the deepest words" + "<!-- " * 100_000,
    "quotes": "<p>the deepest words</p>" + "<a href=\"'" * 50_000,
}


@pytest.mark.timeout(150)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_takes_for_ever(tmp_path: Path, name: str) -> None:
    """Parsers compare attributes with one another and climb from every tag to the top."""
    document = page(tmp_path, "a.html", HOSTILE[name])
    total, indexed = counted(tmp_path, document)

    assert {"the", "deepest", "words"} <= set(held(document))
    assert indexed >= 0.995 * total > 0


def test_ten_megabytes_are_read_whole(tmp_path: Path) -> None:
    row = "<div class=x><p>Some <b>words</b> here and there &amp; more of them.</p></div>\n"
    document = page(tmp_path, "a.html", f"<html><body>{row * 10_000}</body></html>" + "<!-- x -->" * 950_000)

    assert len(document.source) > 10_000_000
    assert counted(tmp_path, document) == (80_000, 80_000)


def test_what_is_not_too_deep_stays_as_it_is() -> None:
    source = "<div><p title='a>b'>x</p></div>" * 2_000

    assert taming.tamed(source) == source


class _Plain(HTMLParser):
    """The standard library's reading of a page without furniture."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.texts.append("" if tag == "b" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, ())


TEXTS = st.text("abc äß漢.,!-'", min_size=1, max_size=12)
TAGS = {"table": ("<table><tr><td>", "</td></tr></table>")}
BLOCKS = st.recursive(
    TEXTS,
    lambda inner: st.builds(
        lambda tag, parts: (
            f"{TAGS.get(tag, (f'<{tag}>', ''))[0]}{' '.join(parts)}{TAGS.get(tag, ('', f'</{tag}>'))[1]}"
        ),
        st.sampled_from(("p", "div", "section", "ul", "li", "blockquote", "h2", "details", "pre", "dl", "b", "table")),
        st.lists(inner, max_size=3),
    ),
    max_leaves=20,
)


@given(st.lists(BLOCKS, max_size=5).map("".join))
def test_any_page_loses_no_word(source: str) -> None:
    """By the count of a third reader, which shares nothing with the parser or with the counter."""
    place = Place(Path(), "a.html", sites.detect(Path(__file__).parent / "nothing"))
    said = hypertext.read(source.encode(), place)
    plain = _Plain()
    plain.feed(source)
    plain.close()
    expected = words.tally("".join(plain.texts))

    assert expected <= words.tally("\n".join(block.text for block in said.blocks))
    assert words.tally(tagged.words(source)) == expected
