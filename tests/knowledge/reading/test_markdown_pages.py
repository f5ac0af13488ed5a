"""One page for each kind of site, with a word of its own planted in every construct: none may be lost."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from pageside.knowledge.passage import Block
from pageside.knowledge.reading.markdown import parse
from pageside.knowledge.reading.words import tally, words_of

DOCUSAURUS = """---
title: hidden
---
import Tabs from '@theme/Tabs';
import TabItem from '@theme/TabItem';

# Xheading with `xheadcode` {#hidden}

Xparagraph with **xbold**, *xitalic*, ~~xstruck~~, [xlink](./hidden.md "xlinktitle"), ![xalt](hidden.png "xcaption"),
`xinline`, $xmath$, <kbd>xkbd</kbd>, {'xexpression'}, {`xtemplate`} and &lt;xentity&gt;.{/* hidden */}

:::tip[Xtitle *xemphasis*]

Xadmonition

::::note

Xnested

::::

:::

:::danger Xbare title
Xdanger
:::

<Tabs groupId="hidden" values={[{label: 'Xvalues', value: 'hidden'}, {label: 'Xunused', value: 'other'}]}>
  <TabItem value="hidden">

    Xtabone

    ```bash title="xfile.sh"
    xtabcode # xcomment
    ```

  </TabItem>
  <TabItem value="hidden2" label="Xlabel">Xtabtwo</TabItem>
</Tabs>

<details>
<summary>Xsummary</summary>

Xdetails

- Xlistone
  1. Xlisttwo

     Xlistmore

     | Xcell | Xcol |
     |---|---|
     | `x|pipe` | xone<br/>xtwo |

</details>

<Callout title="Xproptitle" description={`Xpropdesc *xpropem*`} className="hidden hidden2" items={['Xitem words here']}
  extra={<p>Xpropjsx</p>} data={{heading: 'Xobject', href: '/hidden path'}} onClick={() => hidden('hidden text')} />

<ExerciseBlock content="**Xexercise**

- Xexerciseitem"/>

<Quiz questions={[{question: "Xquestion?", options: ["Xoption", {text: "Xother"}], explanation: 'Xwhy'}]} />

> Xquote

$$
xdisplay
$$

```mermaid
graph xmermaid
```

| Xhead | Xsecond |
|---|---|
| xcellone | xcelltwo |

<table><tr><td>xhtmlcell</td><td>xhtmltwo</td></tr></table>

Said.[^1] <Badge text="xbadge" /> <Tooltip content="Xtooltip">xchild</Tooltip>

[^1]: Xfootnote

export const hidden = () => <p>hidden</p>

{/*
hidden
*/}

{<li>Xmapped</li>}

***

<Unknown.Member prop>

Xlast

</Unknown.Member>
"""

MKDOCS = """---
hidden: hidden
---
# Xheading { #hidden .hidden }

Xparagraph <abbr title="Xabbr">xshort</abbr> [xlink](hidden.md){.hidden target=_blank} H<sub>2</sub> <sub>xsub</sub>
:material-hidden: *[

!!! warning "Xtitle"

    Xadmonition

    ??? note

        Xfolded

    ```python hl_lines="1" title="xfile.py"
    xcode
    ```

=== "Xtabone"

    Xtabtext

=== "Xtabtwo"

    - Xtablist

/// tip | Xblock

Xblocktext

///

/// details | Xdetailstitle
    type: hidden

Xdetailstext

///

//// tab | Xslashtab

Xslashtext

////

Xterm
:   Xdefinition

    Xdefinitionmore

*[XABB]: Xexpansion

1.  Xone

    Xonemore

    ```sh
    xlistcode
    ```

2.  Xtwo

<div class="hidden" markdown>
Xdiv <b>xb</b>
</div>

<dl><dt>xdt</dt><dd>xdd</dd></dl>

<h3 id="hidden">Xhtmlheading</h3>

<p align="hidden">Xp<br>xafter</p>

<pre><code>xpre</code></pre>

<figure><img src="hidden.png" alt="xfigalt"><figcaption>Xfigcaption</figcaption></figure>

{* ../hidden.py hl[1] *}

--8<-- "hidden.md"

<!-- hidden

hidden -->

    xindented

Setext xsetext
--------------

[xref][hidden]

[hidden]: https://hidden.example

Foot.[^hidden]

[^hidden]:
    Xfootnote
"""

MDBOOK = """# Xheading[[hidden]]

<!-- hidden -->

<Listing number="1" file-name="xmain.rs" caption="Xcaption `xcapcode`">

```rust,hidden
{{#rustdoc_include ../hidden.rs}}
xcode
```

</Listing>

> [!TIP]
> Xalert

> [!NOTE] Xalerttitle
> Xnote
> - Xnoteitem

> 💡 Xemoji

<span class="filename">Filename: xspan.rs</span>

Keep <xplaceholder> and \\\\(xparen^2\\\\) and typically \\u0026lt;xescape.

:label:`hidden`

See :numref:`xnumref` :cite:`xcite`.

:begin_tab:`xtab`
Xtabtext
:end_tab:

```{.python .input}
%%tab xframework
xtabbed
```

~~~~text
```
xtilde
```
~~~~

* [ ] Xtask
* [x] Xdone

<table>
<tr><th>xth</th></tr>
<tr><td>

Xmdcell

</td></tr>
</table>

Which xquestion?

A) Xa
B) Xb

**Answer**: xanswer

<details><summary>Answers xsummary</summary>

1. Xsolution

</details>

Xunclosed <b title="xhover">xbold

- `````
  xlistfence
  `````

```
xneverclosed
"""

PAGES = pytest.mark.parametrize(
    ("source", "mdx"), [(DOCUSAURUS, True), (MKDOCS, False), (MDBOOK, False)], ids=["docusaurus", "mkdocs", "mdbook"]
)


def read(source: str, *, mdx: bool) -> tuple[Block, ...]:
    return parse(source, mdx=mdx).blocks


def planted(text: str) -> set[str]:
    return {word for word in tally(text) if word.startswith("x") and len(word) > 2}


@PAGES
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_every_planted_word_is_in_a_block(source, mdx, line_break):
    found = read(source.replace("\n", line_break), mdx=mdx)

    assert planted(source) - planted(" ".join(block.text for block in found)) == set()


@PAGES
def test_nothing_that_is_hidden_from_readers_is_in_a_block(source, mdx):
    assert [block for block in read(source, mdx=mdx) if "hidden" in block.text.lower()] == []


@PAGES
def test_the_independent_count_finds_the_same_words(source, mdx):
    counted = words_of(source, mdx=mdx)
    told = tally("\n".join(block.text for block in read(source, mdx=mdx)))

    assert planted(source) == planted(" ".join(counted))
    assert counted - told == Counter()


@PAGES
def test_blocks_lie_in_order_inside_the_page(source, mdx):
    found = read(source, mdx=mdx)

    starts = [block.start for block in found]
    assert starts == sorted(starts)
    assert [block for block in found if not 0 <= block.start < block.end <= len(source)] == []


@PAGES
def test_every_block_stands_where_its_words_are_written(source, mdx):
    def written(block: Block) -> set[str]:
        return planted(source[block.start : block.end])

    blocks = [block for block in read(source, mdx=mdx) if block.kind != "label"]  # a tab's label stands in its tabs

    assert [block for block in blocks if not planted(block.text) <= written(block)] == []


def test_no_choice_stands_as_a_statement():
    found = read(DOCUSAURUS, mdx=True) + read(MDBOOK, mdx=False)

    stating = [block for block in found if re.search(r"Xoption|Xother|\bXa\b|\bXb\b|xanswer|Xsolution", block.text)]
    assert {block.kind for block in stating} == {"quiz"}
