/**
 * Where sources stand in a text.
 *
 * Before a text is read as Markdown, each place of a source becomes `[`, a character for private use, the number, `]`:
 * it moves with the text through blocks and emphasis like the `[1]` a model writes, and nothing else looks like it.
 */

import type { Annotation, Source } from "../protocol/types";

/** A marker: of the text itself, or one that was put in. */
export const CITE = /\[([\ue000\ue001])(\d+)\]/y;

export interface Numbered {
  /** The text with its markers in the form above. */
  text: string;
  /** Sources in the order of their numbers. */
  sources: { number: number; source: Source }[];
}

/**
 * Which marker of `text` is which source.
 *
 * A source whose index stands right behind `[n]` has the number n; for others a marker is put in, with the next number.
 */
export function numbered(text: string, annotations: readonly Annotation[] = []): Numbered {
  const clean = text.replace(/[\ue000\ue001]/g, "\ufffd");
  if (!annotations.length) return { text: clean, sources: [] };
  const places = annotations
    .map((annotation, order) => ({ annotation, order, index: annotation.index ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.index - b.index || a.order - b.order);
  const offsets = offsetsOf(
    clean,
    places.map((place) => place.index),
  );
  const written = offsets.map((offset) =>
    /\[(\d{1,4})\]$/.exec(clean.slice(Math.max(0, offset - 6), offset)),
  );
  const sources = new Map<number, Source>();
  const numbers = new Map<string, number>();
  for (const [n, found] of written.entries()) {
    if (!found) continue;
    const { source } = places[n]!.annotation;
    sources.set(Number(found[1]), source);
    numbers.set(identity(source), Number(found[1]));
  }
  let next = Math.max(0, ...sources.keys());
  let made = "";
  let at = 0;
  for (const [n, { annotation }] of places.entries()) {
    const found = written[n];
    const { source } = annotation;
    if (found) {
      const from = offsets[n]! - found[0].length;
      if (from < at) continue;
      made += `${clean.slice(at, from)}[\ue000${found[1]}]`;
      at = offsets[n]!;
      continue;
    }
    let number = numbers.get(identity(source));
    if (!number) {
      number = ++next;
      numbers.set(identity(source), number);
      sources.set(number, source);
    }
    const [before, rest] = fitting(clean.slice(at, offsets[n]!));
    made += `${before}[\ue001${number}]${rest}`;
    at = offsets[n]!;
  }
  return {
    text: made + clean.slice(at),
    sources: [...sources].sort((a, b) => a[0] - b[0]).map(([number, source]) => ({ number, source })),
  };
}

/** `text` as it was written, for code and addresses, where a marker is no marker. */
export function unmarked(text: string): string {
  return /[\ue000\ue001]/.test(text)
    ? text.replace(/\[\ue000(\d+)\]/g, "[$1]").replace(/\[\ue001\d+\]/g, "")
    : text;
}

/** Where a marker goes that is put behind `text`: before spaces, inside of a table's cell, behind a block of code. */
function fitting(text: string): [string, string] {
  const end = text.trimEnd().length;
  const line = text.slice(text.lastIndexOf("\n", end - 1) + 1, end);
  if (/^\s*(?:`{3,}|~{3,}|\$\$|\\\]|-{3,})$/.test(line))
    return [`${text.slice(0, end)}\n\n`, text.slice(end)];
  const cut = line.startsWith("|") && line.endsWith("|") ? end - 1 : end;
  return [text.slice(0, cut), text.slice(cut)];
}

/** Offsets in UTF-16 of places given in code points, in rising order. */
function offsetsOf(text: string, places: number[]): number[] {
  let [offset, points] = [0, 0];
  return places.map((place) => {
    while (points < place && offset < text.length) {
      offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
      points++;
    }
    return offset;
  });
}

function identity(source: Source): string {
  if (source.type === "url") return `url ${source.url} ${source.description ?? ""}`;
  return source.type === "file"
    ? `file ${source.filename} ${source.description ?? ""}`
    : `entity ${source.id}`;
}
