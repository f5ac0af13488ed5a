/** Parts of a line: what `inlines.ts` makes, and what it makes them of. */

export type Emphasis = "em" | "strong" | "del";

export type Inline =
  | string
  | { type: Emphasis; children: Inline[] }
  | { type: "code"; text: string }
  | { type: "link"; href: string; title?: string; children: Inline[] }
  | { type: "image"; src: string; title?: string; alt: string }
  | { type: "math"; text: string; display: boolean }
  | { type: "cite"; number: number }
  | { type: "note"; label: string }
  | { type: "break" };

/** A run of `*`, `_` or `~` that may yet begin or end something. */
export interface Run {
  type: "run";
  char: string;
  length: number;
  size: number;
  opens: boolean;
  closes: boolean;
  /** Stands between letters, where a single star more likely multiplies. */
  inWord: boolean;
  /** Which of the parts it is. */
  at: number;
  /** What ends with it, and what begins, from the inside. */
  ends: Emphasis[];
  begins: Emphasis[];
}

export interface Bracket {
  type: "bracket";
  image: boolean;
  active: boolean;
  /** Where what it encloses begins in the source. */
  from: number;
  /** Which of the parts it is. */
  at: number;
  runs: number;
}

export type Part = Inline | Run | Bracket;

const BARE =
  /(?<![\w/@])(?:https?:\/\/|www\.)[^\s<]+|(?<![\w/@.+-])[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/gi;
/** What ends a sentence around an address rather than the address. */
const BEHIND = /[?!.,:;*_~'"]/;

/** The words of `parts`, without what marks them. */
export function plain(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      if ("children" in part) return plain(part.children);
      if ("text" in part) return part.text;
      return part.type === "image" ? part.alt : part.type === "break" ? "\n" : "";
    })
    .join("");
}

/** Whether `closer` ends what `opener` began. */
export function fits(opener: Run, closer: Run): boolean {
  if (!opener.opens || opener.char !== closer.char || !opener.length) return false;
  if (closer.char === "~") return opener.length === closer.length;
  const either = opener.closes || closer.opens;
  return !(either && (opener.size + closer.size) % 3 === 0 && (opener.size % 3 || closer.size % 3));
}

/** `parts` with what became nothing as the characters it was written with; addresses become links in the end. */
export function settled(parts: readonly Part[], links: boolean): Inline[] {
  const made: Inline[] = [];
  for (const part of parts) {
    const text =
      typeof part === "string"
        ? part
        : part.type === "run"
          ? part.char.repeat(part.length)
          : part.type === "bracket"
            ? part.image
              ? "!["
              : "["
            : null;
    if (text === null) made.push(part as Inline);
    else if (typeof made.at(-1) === "string") made[made.length - 1] += text;
    else if (text) made.push(text);
  }
  return links ? made.flatMap(linked) : made;
}

/** `parts` with emphasis where their runs say that it begins and ends, and none within `deepest` others. */
export function nested(parts: readonly Part[], deepest: number): Part[] {
  const open: { type: Emphasis | null; parts: Part[] }[] = [{ type: null, parts: [] }];
  let depth = 0;
  for (const part of parts) {
    const run = typeof part !== "string" && part.type === "run" ? part : null;
    for (const type of run?.ends ?? [])
      if (--depth < deepest) {
        const children = settled(open.pop()!.parts, false);
        open.at(-1)!.parts.push({ type, children });
      }
    if (!run || run.length) open.at(-1)!.parts.push(part);
    for (const type of run?.begins.toReversed() ?? []) if (depth++ < deepest) open.push({ type, parts: [] });
  }
  return open[0]!.parts;
}

/** Addresses written as they are, as links; those inside of links are left alone. */
function linked(part: Inline): Inline | Inline[] {
  if (typeof part === "string") return addresses(part);
  if (part.type === "em" || part.type === "strong" || part.type === "del")
    return { ...part, children: part.children.flatMap(linked) };
  return part;
}

function addresses(text: string): Inline[] {
  const made: Inline[] = [];
  let at = 0;
  for (const found of text.matchAll(BARE)) {
    let address = stripped(found[0], BEHIND);
    // A bracket that was opened before the address is closed behind it.
    let surplus = address.split(")").length - address.split("(").length;
    for (; surplus > 0 && address.endsWith(")"); surplus--) address = stripped(address.slice(0, -1), BEHIND);
    const scheme = /^https?:/i.test(address) ? "" : address.includes("@") ? "mailto:" : "https://";
    if (/^www\.?$/i.test(address)) continue;
    if (found.index > at) made.push(text.slice(at, found.index));
    made.push({ type: "link", href: scheme + address, children: [address] });
    at = found.index + address.length;
  }
  if (at < text.length) made.push(text.slice(at));
  return made;
}

/**
 * `text` without what `mark` matches at its end, a character at a time.
 *
 * A pattern that ends with `+$` is tried from every place of a text, and takes its square where such marks are many.
 */
export function stripped(text: string, mark: RegExp): string {
  let end = text.length;
  while (end > 0 && mark.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}
