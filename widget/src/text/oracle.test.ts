import fc from "fast-check";
import { Lexer, type Token } from "marked";
import { expect, test } from "vitest";
import { type Block, passages, type References } from "./blocks";
import { inlines } from "./inlines";
import type { Inline } from "./parts";

/**
 * Texts are read here as marked reads them: its tree and ours become the same plain notation.
 * What differs on purpose (formulas, HTML, notes, characters by exotic names) is not among the texts.
 */

const refs: References = new Map();

function ours(text: string): string {
  refs.clear();
  return passages(text, refs)
    .map(({ block }) => blockOf(block))
    .join("");
}

function blockOf(block: Block): string {
  switch (block.type) {
    case "paragraph":
      return `<p>${lineOf(block.text)}</p>`;
    case "heading":
      return `<h${block.level}>${lineOf(block.text)}</h>`;
    case "code":
      return `<pre ${block.language}>${block.text}</pre>`;
    case "rule":
      return "<hr>";
    case "quote":
      return `<quote>${block.blocks.map(blockOf).join("")}</quote>`;
    case "list": {
      const entries = block.entries.map((entry) => {
        const task = entry.checked === undefined ? "" : entry.checked ? "[x]" : "[ ]";
        return `<li>${task}${entry.blocks.map((each) => tight(blockOf(each), block.loose)).join("")}</li>`;
      });
      return `<list ${block.ordered ? block.start : "-"}>${entries.join("")}</list>`;
    }
    case "table":
      return `<table>${[block.head, ...block.rows].map((row) => row.map(lineOf).join("|")).join("\n")}</table>`;
    case "math":
      return block.text;
  }
}

function lineOf(text: string): string {
  return inlines(text, refs).map(partOf).join("");
}

function partOf(part: Inline): string {
  if (typeof part === "string") return part;
  if (part.type === "link") return `<a ${part.href}>${part.children.map(partOf).join("")}</a>`;
  if ("children" in part) return `<${part.type}>${part.children.map(partOf).join("")}</>`;
  if (part.type === "code") return `<code>${part.text}</code>`;
  return part.type === "image" ? `<img ${part.src} ${part.alt}>` : part.type === "break" ? "<br>" : "";
}

function tight(text: string, loose: boolean): string {
  return loose ? text : text.replace(/^<p>([\s\S]*)<\/p>$/, "$1");
}

function theirs(text: string): string {
  return Lexer.lex(text).map(token).join("");
}

function token(each: Token): string {
  const inner = () => (each as { tokens?: Token[] }).tokens?.map(token).join("") ?? "";
  switch (each.type) {
    case "paragraph":
      return `<p>${inner()}</p>`;
    case "heading":
      return `<h${each.depth}>${inner()}</h>`;
    case "code":
      return `<pre ${each.lang ?? ""}>${each.text}</pre>`;
    case "hr":
      return "<hr>";
    case "blockquote":
      return `<quote>${inner()}</quote>`;
    case "list": {
      const items = (each as { items: { checked?: boolean; tokens: Token[] }[] }).items;
      return `<list ${each.ordered ? each.start : "-"}>${items.map((item) => `<li>${item.tokens.map(token).join("")}</li>`).join("")}</list>`;
    }
    case "table": {
      const { header, rows } = each as { header: { tokens: Token[] }[]; rows: { tokens: Token[] }[][] };
      const row = (cells: { tokens: Token[] }[]) =>
        cells.map((cell) => cell.tokens.map(token).join("")).join("|");
      return `<table>${[header, ...rows].map(row).join("\n")}</table>`;
    }
    case "link":
      return `<a ${each.href}>${inner()}</a>`;
    case "image":
      return `<img ${each.href} ${each.text}>`;
    case "em":
    case "strong":
    case "del":
      return `<${each.type}>${inner()}</>`;
    case "codespan":
      return `<code>${each.text}</code>`;
    case "br":
      return "<br>";
    case "checkbox":
      return each.checked ? "[x]" : "[ ]";
    case "space":
    case "def":
      return "";
    default:
      return inner() || (each as { text?: string }).text || "";
  }
}

const same = (text: string) => expect(squeezed(ours(text)), text).toBe(squeezed(theirs(text)));
const squeezed = (text: string) =>
  text
    .replace(/(\[[x ]\])<p>/g, "<p>$1")
    .replace(/\s+/g, " ")
    .replace(/> | </g, (each) => each.trim());

test.each([
  "# One #\nTwo\n===\n## Three\nfour\n---\n***\n- - -",
  "a\nb  \nc\\\nd",
  "1. one\n2. two\n\n   more\n\n   ```sh\n   ls\n   ```\n3. three",
  "- a\n  - b\n    - c\n- d\n\n\n- e\n* f",
  "- a\n\n      code\n- [ ] todo\n- [x] done",
  "7) seven\n8) eight\n\ntext\n 1. not one",
  "> quote\nlazy\n> - list\n> - more\n>\n> > deep\n\nout",
  "| a | b |\n|:--|--:|\n| `x` | **y** |\n| only one |\n\nafter",
  "a | b\n--|--\n1 | 2\n3 | 4",
  "**bold** *em* ***both*** __bold__ _em_ snake_case_name 2*3*4 ~~gone~~ ~gone~",
  "*a **b** c* **a *b* c** *a*b **a**b a*b*c **“quoted”** 这是**重要**的",
  "`a` ``b ` c`` `` ` `` ` a ` \\`not\\` `un",
  '[a](b) [a](<b c> "t") [a](b(c)d) [*a*](b \'t\') ![alt x](y.png) [a][b] [b][] [b] [c]\n\n[b]: /url "title"',
  "https://example.org/a_b_c?d=e&f=g, (https://example.org/x) a@b.example <https://c.example> <d@e.example>",
  "\\*not\\* \\# &#35; &#x23; 5 < 6 > 4 & 3",
  "```py\nx = 1\n\ny\n```\n~~~\n```\n~~~\n    indented\n\n    more\nno",
  "text\n- list\n\ntext\n1. list\n\ntext\n2. no list",
  "- one\n\n  two\n\nthree\n\n+ four",
])("%j", (text) => same(text));

test("random combinations", () => {
  const line = fc.constantFrom(
    "words of text",
    "**bold** and `code`",
    "- entry",
    "- [x] task",
    "  - nested",
    "1. first",
    "2. second",
    "   continued",
    "> quoted",
    "## Heading",
    "```",
    "| a | b |",
    "",
    "",
    "[link](/there)",
    "*em* _em_",
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      same(lines.join("\n"));
    }),
    { numRuns: 800 },
  );
}, 60_000);
