import { expect, test } from "vitest";
import { type Block, passages } from "./blocks";
import { inlines } from "./inlines";

/** Texts of about `length` characters that a pattern or a search may go through again and again. */
const TEXTS: Record<string, (length: number) => string> = {
  "emphasis side by side": (length) => "*a* **b** ~c~ ".repeat(length / 14),
  "emphasis in emphasis": (length) => "*a ".repeat(length / 6) + "b" + " c*".repeat(length / 6),
  "emphasis that does not end": (length) => "*a __b ".repeat(length / 7),
  "marks in words": (length) => "a**b".repeat(length / 4),
  "a run of stars": (length) => `${"*".repeat(length)}a`,
  brackets: (length) => "[".repeat(length),
  "brackets in brackets": (length) => "[".repeat(length / 2) + "]".repeat(length / 2),
  "brackets side by side": (length) => "[x]".repeat(length / 3),
  "links that do not end": (length) => "[a](".repeat(length / 4),
  "spaces in a link": (length) => `[a](${" ".repeat(length)}x y`,
  "spaces behind an address": (length) => `[a](b${" ".repeat(length)}x y`,
  "spaces in a line": (length) => `a${" ".repeat(length)}b\nc`,
  "spaces before a line": (length) => `${" ".repeat(length)}x`,
  "spaces in a heading": (length) => `# x${" ".repeat(length)}y`,
  "spaces in a table": (length) => `a|b\n-${" ".repeat(length)}x|`,
  "lists in lists": (length) => `${"- ".repeat(length / 2)}a`,
  "numbers in numbers": (length) => `${"1. ".repeat(length / 3)}a`,
  "quotes in quotes": (length) => `${"> ".repeat(length / 2)}a`,
  "backticks that fit nowhere": (length) =>
    Array.from({ length: Math.sqrt(2 * length) }, (_, n) => `${"`".repeat(n + 1)}a`).join(""),
  "a long word between dollars": (length) => `$${"a".repeat(length)}$`,
  "formulas that do not end": (length) => "\\(".repeat(length / 2),
  "blocks of formulas that do not end": (length) => "\\[a\n".repeat(length / 4),
  dots: (length) => `a ${".".repeat(length)}`,
  "a host of many parts": (length) => `a@${"a.".repeat(length / 2)}1`,
  "marks behind an address": (length) => `https://a.b/${"!".repeat(length)}a`,
  "brackets behind an address": (length) => `(https://a.b/${")".repeat(length)}`,
  "a wide table": (length) => `${"|a".repeat(length / 4)}\n${"|-".repeat(length / 4)}`,
};

/** What it costs the processor to read `text`, in ms. */
function cost(text: string, open: boolean): number {
  const before = process.cpuUsage();
  const references = new Map();
  const read = (blocks: readonly Block[]): void => {
    for (const block of blocks) {
      if (block.type === "paragraph" || block.type === "heading") inlines(block.text, references, block.open);
      if (block.type === "table") for (const cell of block.head) inlines(cell, references);
      if (block.type === "quote") read(block.blocks);
      if (block.type === "list") for (const entry of block.entries) read(entry.blocks);
    }
  };
  read(passages(text, references, open).map(({ block }) => block));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const least = (text: string, open: boolean) => Math.min(cost(text, open), cost(text, open));

test.each(Object.keys(TEXTS))("%s cost as much more as there is more of them", (name) => {
  for (const open of [false, true]) {
    const short = least(TEXTS[name]!(4_000), open);
    // Ten times as much is a hundred times the work where it grows with the square.
    expect(least(TEXTS[name]!(40_000), open)).toBeLessThan(30 * short + 30);
  }
});
