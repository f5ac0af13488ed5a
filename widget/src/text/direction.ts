/** Which way a text runs, for boxes whose parts have directions of their own and do not count for `dir="auto"`. */

import type { Block } from "./blocks";

const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** The direction of the first letter of `lines`; undefined, that is the direction around, where there is none. */
export function direction(lines: readonly string[]): "ltr" | "rtl" | undefined {
  for (const line of lines) {
    const letter = LETTER.exec(line);
    if (letter) return RIGHT_TO_LEFT.test(letter[0]) ? "rtl" : "ltr";
  }
  return undefined;
}

/** The lines of text in `blocks`, in order. */
export function texts(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    if (block.type === "quote") return texts(block.blocks);
    if (block.type === "list") return block.entries.flatMap((entry) => texts(entry.blocks));
    return block.type === "paragraph" || block.type === "heading" ? [block.text] : [];
  });
}
