/**
 * Text fragments: which text of a page a link means.
 *
 * Source: WICG, "URL Fragment Text Directives", section 3.2 (`text=[prefix-,]start[,end][,-suffix]`).
 */

import { decoded } from "../text/links";

export interface Fragment {
  start: string;
  end?: string;
  prefix?: string;
  suffix?: string;
}

/** A link in parts: its address without the directive, the anchor, and the texts it means. */
export interface Target {
  url: string;
  anchor: string;
  texts: Fragment[];
}

const DIRECTIVE = ":~:";

/** `url` in parts; a directive that cannot be read means nothing. */
export function parsed(url: string): Target {
  const at = url.indexOf(DIRECTIVE);
  const plain = (at < 0 ? url : url.slice(0, at)).replace(/#$/, "");
  const anchor = decoded(plain.includes("#") ? plain.slice(plain.indexOf("#") + 1) : "");
  const texts =
    at < 0
      ? []
      : url
          .slice(at + DIRECTIVE.length)
          .split("&")
          .flatMap(directive);
  return { url: plain, anchor, texts };
}

function directive(text: string): Fragment[] {
  if (!text.startsWith("text=")) return [];
  const parts = text.slice(5).split(",");
  const prefix = parts[0]?.endsWith("-") ? parts.shift()?.slice(0, -1) : undefined;
  const suffix = parts.at(-1)?.startsWith("-") ? parts.pop()?.slice(1) : undefined;
  const [start, end] = parts;
  if (!start) return [];
  return [
    {
      start: decoded(start),
      ...(end ? { end: decoded(end) } : {}),
      ...(prefix ? { prefix: decoded(prefix) } : {}),
      ...(suffix ? { suffix: decoded(suffix) } : {}),
    },
  ];
}

/** A text without what differs between a page and its source, and where each of its characters stood. */
export interface Folded {
  text: string;
  /** `from[i]` is the offset in the original of character `i`; one more at the end. */
  from: number[];
}

const DROPPED = /[\u00ad\u200b-\u200d\u2060\ufeff]/;
const SAME: Record<string, string> = {
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
  "–": "-",
  "—": "-",
  "…": "...",
};

/** `text` in lower case, with single spaces, straight quotation marks and nothing that cannot be seen. */
export function folded(text: string): Folded {
  let out = "";
  const from: number[] = [];
  let space = true;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (DROPPED.test(character)) continue;
    const blank = /\s/.test(character);
    if (blank && space) continue;
    space = blank;
    for (const one of blank ? " " : (SAME[character] ?? character.toLowerCase())) {
      out += one;
      from.push(at);
    }
  }
  from.push(text.length);
  return { text: out, from };
}

/** Where `fragment` stands in `page` from character `begin` on, as offsets into the original; where it fits best. */
export function located(page: Folded, fragment: Fragment, begin = 0): [number, number] | null {
  const start = needle(fragment.start);
  if (!start) return null;
  const end = fragment.end ? needle(fragment.end) : "";
  const prefix = fragment.prefix ? needle(fragment.prefix) : "";
  const suffix = fragment.suffix ? needle(fragment.suffix) : "";
  let best: [number, number] | null = null;
  let most = -1;
  for (let at = page.text.indexOf(start, begin); at >= 0; at = page.text.indexOf(start, at + 1)) {
    const ending = end ? page.text.indexOf(end, at + start.length) : at;
    if (ending < 0) break;
    const stop = ending + (end || start).length;
    const fits =
      (prefix && page.text.slice(0, at).trimEnd().endsWith(prefix) ? 1 : 0) +
      (suffix && page.text.slice(stop).trimStart().startsWith(suffix) ? 1 : 0);
    if (fits > most) {
      most = fits;
      best = [page.from[at]!, page.from[stop - 1]! + 1];
    }
    if (most === (prefix ? 1 : 0) + (suffix ? 1 : 0)) break;
  }
  return best;
}

function needle(text: string): string {
  return folded(text).text.trim();
}
