"""A page as HTML: everything a reader should see, and nothing an author may not do."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge.reading.markdown import parse
from pageside.knowledge.reading.render import html
from pageside.knowledge.reading.words import tally

_VOID = {"br", "hr", "img"}


_PHRASES = {"a", "b", "code", "del", "em", "i", "ins", "kbd", "mark", "s", "small", "span", "strong", "sub", "sup", "u"}


class Seen(HTMLParser):
    """The elements, attributes and words of a piece of HTML, and whether what opens also closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes.extend(attrs)
        if tag not in _VOID:
            self.open.append(tag)
        self._part(tag)

    def handle_endtag(self, tag):
        self._part(tag)
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data):
        self.words.append(data)

    def _part(self, tag: str) -> None:
        """A block and a line break part words for whoever sees the page; `<b>` in the middle of one does not."""
        if tag not in _PHRASES:
            self.words.append(" ")


def flat(source: str, *, mdx: bool = False, anchors: tuple[str, ...] = ()) -> str:
    return html(source, mdx=mdx, anchors=anchors).replace("\n", "")


def test_each_heading_gets_its_anchor_in_order():
    source = "# One\n\n## \n\n<h2>Two</h2>\n\n## Three `x` {#own}\n"

    found = html(source, mdx=False, anchors=["one", "two", "own"])

    assert '<h1 id="one">One</h1>' in found
    assert '<h2 id="two">Two</h2>' in found
    assert '<h2 id="own">Three <code>x</code></h2>' in found


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("A *b* **c** ~~d~~ `e<f`", "<p>A <em>b</em> <strong>c</strong> <s>d</s> <code>e&lt;f</code></p>"),
        ("[a](b.md 't')", '<p><a href="b.md" title="t">a</a></p>'),
        ("![a](img/b.png)", '<p><img src="img/b.png" alt="a"></p>'),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("> q", "<blockquote><p>q</p></blockquote>"),
        ('```py title="a.py"\n1<2\n```', '<p class="label">a.py</p><pre><code class="language-py">1&lt;2</code></pre>'),
        ("| a |\n|---|\n| b |", "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>"),
        (":::tip[T]\nx\n:::", '<aside class="admonition admonition-tip"><p class="label">T</p><p>x</p></aside>'),
        ("> [!NOTE]\n> x", '<aside class="admonition admonition-note"><p class="label">Note</p><p>x</p></aside>'),
        ("??? tip\n    x", "<details><summary>Tip</summary><p>x</p></details>"),
        ("$$\na<b\n$$", '<div class="math">a&lt;b</div>'),
        ("$a$", '<p><span class="math">a</span></p>'),
        ("<details><summary>S</summary>\n\nx\n\n</details>", "<details><summary>S</summary><p>x</p></details>"),
        ("a<br>b<sup>2</sup>.", "<p>a<br>b<sup>2</sup>.</p>"),
        ("A\n: b", "<dl><dt>A</dt><dd>b</dd></dl>"),
        ("---\nt: 1\n---\nx", "<p>x</p>"),
    ],
)
def test_markdown_is_shown_as_html(source, shown):
    assert flat(source) == shown


def test_components_are_shown_as_what_they_hold():
    source = (
        'import T from "t"\n\n<Tip title="Mind">\n\nx\n\n</Tip>\n\n<TabItem value="npm">\n\ny\n\n</TabItem>\n\n'
        '<Quiz question="Which?" options={["a", "b"]} explanation="c" />\n'
    )

    assert flat(source, mdx=True) == (
        '<aside class="admonition admonition-tip"><p class="label">Mind</p><p>x</p></aside>'
        '<section class="tab"><p class="label">npm</p><p>y</p></section>'
        '<div class="quiz"><p>Which?</p><ul><li><p>a</p></li><li><p>b</p></li></ul>'
        "<details><summary>Explanation</summary><p>c</p></details></div>"
    )


def test_links_and_pictures_lead_where_the_caller_says():
    found = html("[a](b.md) ![c](d.png) <img src='e.png'>", mdx=False, anchors=[], link=lambda address: f"/x/{address}")

    assert 'href="/x/b.md"' in found
    assert 'src="/x/d.png"' in found
    assert 'src="/x/e.png"' in found


@pytest.mark.parametrize("mdx", [False, True])
@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example></SCRIPT>",
        "x <script>alert(1)",
        "<img src=x onerror=alert(1)>",
        "<img src='javascript:alert(1)'>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href=' &#x01;javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](<java script:alert(1)>)",
        "[x](data:text/html;base64,PHN2Zz4=)",
        "![x](vbscript:msgbox)",
        "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<style>@import 'x'</style>",
        "<base href='//evil.example/'>",
        "<form action='//evil.example'><input autofocus onfocus=alert(1)><button>x</button></form>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        "<object data='javascript:alert(1)'></object><embed src='x'>",
        "<b onclick='alert(1)' style='position:fixed'>x</b>",
        '```"><script>alert(1)</script>\nx\n```',
        '# x {#"><script>alert(1)</script>}',
        ':::tip"><script>alert(1)</script>\nx\n:::',
        "<Card title='<script>alert(1)</script>' description={`<img src=x onerror=alert(1)>`} />",
        "{'<script>alert(1)</script>'}",
        "<Quiz question='<script>' options={['<img src=x onerror=alert(1)>', 'b']} />",
        "$<script>alert(1)</script>$",
        "[^1]: <script>alert(1)</script>",
        "<!--><script>alert(1)</script>-->",
        '<p title="\'><script>alert(1)</script>">x</p>',
    ],
)
def test_nothing_an_author_writes_runs(source, mdx):
    seen = Seen(html(source, mdx=mdx, anchors=['"><script>alert(1)</script>']))

    forbidden = {"script", "style", "iframe", "object", "embed", "base", "form", "input", "svg", "math", "link", "meta"}
    assert forbidden & set(seen.elements) == set()
    assert {name for name, _ in seen.attributes} <= {"href", "src", "alt", "title", "id", "class", "start"}
    addresses = [value or "" for name, value in seen.attributes if name in ("href", "src")]
    assert [address for address in addresses if ":" in address.split("/")[0]] == []


MARKS = st.text(alphabet="<>/{}`'\"$ab# =!-*_[]()|:\n>~.1\\&;?", max_size=120)
SNIPPETS = st.lists(
    st.sampled_from(
        ["<details>", "</details>", "<summary>", "</summary>", "<ul>", "<li>", "</ul>", "<table>", "<td>", "</table>",
         "<p>", "</p>", "<b>", "</b>", "<h2>", "</h2>", "<Tip>", "</Tip>", ":::note\n", ":::\n", "- ", "> ", "1. ",
         "# ", "```\n", "| a |\n|---|\n", "word ", "\n", "\n\n", "    ", "{'x'}", "{/* c */}", "<br/>", "**",
         "[x](y)", "$$\n"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(MARKS | SNIPPETS, st.booleans())
def test_whatever_is_written_the_html_is_closed(source, mdx):
    seen = Seen(html(source, mdx=mdx, anchors=["a", "b", "c"]))

    assert seen.open == []
    assert seen.crossed == []


@given(SNIPPETS, st.booleans())
def test_the_page_shows_every_word_the_reader_is_told(source, mdx):
    """Letter by letter: an end tag without a beginning parts two words for one of the two and not for the other."""
    told = tally(" ".join(block.text for block in parse(source, mdx=mdx).blocks if block.kind == "paragraph"))
    seen = tally("".join(Seen(html(source, mdx=mdx, anchors=[])).words))

    assert Counter("".join(told.elements())) - Counter("".join(seen.elements())) == {}
