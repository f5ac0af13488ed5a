/**
 * The blocks of a Markdown text: paragraphs, lists, tables, code. What stands inside of them is read by `inlines.ts`.
 *
 * Source: CommonMark 0.31 and GitHub Flavored Markdown, without HTML, which answers may not hold, and with formulas.
 */

export type Align = "left" | "center" | "right" | null;

/** Where `[label]: url` lines of a text lead, by label. */
export type References = Map<string, { href: string; title?: string }>;

export interface ListEntry {
  /** Of a task list. */
  checked?: boolean;
  /** The lines it was read from. */
  raw: string;
  blocks: Block[];
}

/** `open` on a leaf: more of it may come, so what is half said at its end is not shown yet. */
export type Block =
  | { type: "paragraph"; text: string; open: boolean }
  | { type: "heading"; level: number; text: string; open: boolean }
  | { type: "code"; language: string; text: string; open: boolean }
  | { type: "math"; text: string }
  | { type: "rule" }
  | { type: "quote"; blocks: Block[] }
  | { type: "list"; ordered: boolean; start: number; loose: boolean; entries: ListEntry[] }
  | { type: "table"; align: Align[]; head: string[]; rows: string[][]; open: boolean };

/** A block of the text itself, with the characters it was read from. */
export interface Passage {
  raw: string;
  start: number;
  /** How far the text may yet change it: not at all, by a line that has only begun, or by every character. */
  tail: 0 | 1 | 2;
  block: Block;
}

const FENCE = /^( {0,3})(?:(`{3,})([^`]*)|(~{3,})(.*))$/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t](.*))?$/;
const RULE = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/;
const QUOTE = /^ {0,3}> ?/;
const ENTRY = /^( {0,3})([-+*]|\d{1,9}[.)])(?:( +)(.*))?$/;
const TASK = /^\[([ xX])\][ \t]+(?=\S)/;
const MATH = /^ {0,3}(\$\$|\\\[)/;
const DELIMITERS = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?$/;
const REFERENCE =
  /^ {0,3}\[(?!\^)((?:[^[\]\\]|\\.){1,300})\]:[ \t]*(<[^<>]*>|[^\s<]\S*)(?:[ \t]+(?:"([^"]*)"|'([^']*)'|\(([^()]*)\)))?[ \t]*$/;
const MARKERS = /^(?:[-+*_=#>|:`~$\\\s]+|\d{1,9}[.)]?|[-+*] +\[[ xX]?\]?)$/;
const DEEPEST = 12;

/** The blocks of `text`; with `open`, more will be appended to it. `references` is added to. */
export function passages(text: string, references: References, open = false): Passage[] {
  const lines = text.split("\n");
  // Behind a single line end, the next line has not begun, and the block before it may go on.
  if (open && lines.length > 1 && lines.at(-1) === "") lines.pop();
  const starts: number[] = [];
  let offset = 0;
  for (const line of lines) {
    starts.push(offset);
    offset += line.length + 1;
  }
  return read(lines.map(untabbed), references, open, 0).map(({ block, from, to }) => ({
    block,
    start: starts[from]!,
    raw: text.slice(starts[from], to < lines.length ? starts[to] : undefined),
    tail: !open ? 0 : to >= lines.length ? 2 : to === lines.length - 1 && isPending(lines[to]!) ? 1 : 0,
  }));
}

/** The label of a reference as it is compared. */
export function label(text: string): string {
  return text.trim().replace(/\s+/g, " ").toLowerCase();
}

interface Found {
  block: Block;
  from: number;
  to: number;
}

function read(lines: string[], references: References, open: boolean, depth: number): Found[] {
  const found: Found[] = [];
  let at = 0;
  /** Up to which line formulas were looked for in vain, by what ends them. */
  const endless = new Map<string, number>();
  const inner = (part: string[], last: boolean) => read(part, references, open && last, depth + 1);

  while (at < lines.length) {
    const from = at;
    const line = lines[at]!;
    const add = (block: Block) => found.push({ block, from, to: at });
    const toEnd = () => open && at >= lines.length;
    const fenced = FENCE.exec(line);
    const headed = HEADING.exec(line);
    const entry = ENTRY.exec(line);
    const formula = MATH.exec(line);

    if (blank(line)) {
      at++;
    } else if (open && at === lines.length - 1 && isPending(line)) {
      break;
    } else if (indent(line) > 3) {
      while (at < lines.length && (indent(lines[at]!) > 3 || blank(lines[at]!))) at++;
      while (blank(lines[at - 1]!)) at--;
      const text = lines.slice(from, at).map((each) => each.slice(4));
      add({ type: "code", language: "", text: text.join("\n"), open: toEnd() });
    } else if (fenced) {
      add(fence(fenced));
    } else if (headed) {
      at++;
      const text = (headed[2] ?? "").trim().replace(/(?:^|[ \t])#+$/, "");
      add({ type: "heading", level: headed[1]!.length, text: text.trimEnd(), open: toEnd() });
    } else if (RULE.test(line)) {
      at++;
      add({ type: "rule" });
    } else if (depth < DEEPEST && QUOTE.test(line)) {
      add(quote());
    } else if (depth < DEEPEST && entry) {
      add(list(entry[2]!));
    } else if (formula && math(formula[1]!)) {
      // Added by `math`, where the formula has an end.
    } else if (line.includes("|") && header(at)) {
      add(table());
    } else if (reference(line)) {
      at++;
    } else {
      const block = paragraph();
      if (block) add(block);
    }

    function fence(opening: RegExpExecArray): Block {
      const marks = (opening[2] ?? opening[4])!;
      const closing = new RegExp(`^ {0,3}${marks[0]}{${marks.length},}[ \\t]*$`);
      const spaces = new RegExp(`^ {0,${opening[1]!.length}}`);
      const text: string[] = [];
      let closed = false;
      for (at++; at < lines.length && !closed; at++) {
        closed = closing.test(lines[at]!);
        if (!closed) text.push(lines[at]!.replace(spaces, ""));
      }
      // Half of the closing line is not code.
      if (open && !closed && /^\s*(`+|~+)$/.exec(text.at(-1) ?? "")?.[1]?.startsWith(marks[0]!)) text.pop();
      const info = (opening[3] ?? opening[5] ?? "").trim();
      return { type: "code", language: info, text: text.join("\n"), open: open && !closed };
    }

    function quote(): Block {
      const part: string[] = [];
      let lazy = false;
      for (; at < lines.length; at++) {
        const next = lines[at]!;
        const marked = QUOTE.exec(next);
        if (!marked && (blank(next) || !lazy || begins(next) || ENTRY.test(next))) break;
        const rest = marked ? next.slice(marked[0].length) : next;
        lazy = flows(rest);
        part.push(rest);
      }
      return { type: "quote", blocks: inner(part, at >= lines.length).map((each) => each.block) };
    }

    function list(marker: string): Block {
      const kind = marker.at(-1)!;
      const entries: ListEntry[] = [];
      let loose = false;
      while (at < lines.length) {
        const opening = ENTRY.exec(lines[at]!);
        if (!opening || opening[2]!.at(-1) !== kind || RULE.test(lines[at]!)) break;
        if (open && at === lines.length - 1 && isPending(lines[at]!)) break;
        const spaces = opening[3]?.length ?? 1;
        const width = opening[1]!.length + opening[2]!.length + (spaces > 4 || !opening[4] ? 1 : spaces);
        const part = [lines[at]!.slice(width)];
        let lazy = flows(part[0]!);
        let gaps = 0;
        for (at++; at < lines.length; at++) {
          const next = lines[at]!;
          if (blank(next)) {
            // An entry that begins with a blank line and goes on with another one is empty.
            if (part.length === 1 && blank(part[0]!)) break;
            lazy = false;
            part.push("");
            gaps++;
          } else if (indent(next) >= width) {
            part.push(next.slice(width));
            lazy = flows(next);
            gaps = 0;
          } else if (lazy && !begins(next) && !ENTRY.test(next)) {
            part.push(next.trimStart());
          } else break;
        }
        part.length -= gaps;
        const task = TASK.exec(part[0]!);
        if (task) part[0] = part[0]!.slice(task[0].length);
        const children = inner(part, at >= lines.length && !gaps);
        for (const [n, child] of children.entries()) if (n && blank(part[child.from - 1]!)) loose = true;
        while (at < lines.length && blank(lines[at]!)) {
          at++;
          gaps++;
        }
        const again = at < lines.length ? ENTRY.exec(lines[at]!) : null;
        const more = again?.[2]?.at(-1) === kind && !RULE.test(lines[at]!);
        if (gaps && more) loose = true;
        if (gaps && !more) at -= gaps;
        const entry: ListEntry = { raw: part.join("\n"), blocks: children.map((each) => each.block) };
        if (task) entry.checked = task[1] !== " ";
        entries.push(entry);
        if (gaps && !more) break;
      }
      return {
        type: "list",
        ordered: kind === "." || kind === ")",
        start: Number.parseInt(marker, 10),
        loose,
        entries,
      };
    }

    function math(mark: string): boolean {
      const closing = mark === "$$" ? "$$" : "\\]";
      const text: string[] = [];
      if (at < (endless.get(closing) ?? 0)) return false;
      let rest = line.trimStart().slice(2);
      for (let next = at; ; rest = lines[next]!) {
        const end = rest.indexOf(closing);
        if (end >= 0) {
          // Words behind the formula make it a part of a paragraph.
          if (!blank(rest.slice(end + 2))) return false;
          text.push(rest.slice(0, end));
          at = next + 1;
          if (text.join("").trim()) add({ type: "math", text: text.join("\n").trim() });
          return true;
        }
        text.push(rest);
        if (++next >= lines.length || blank(lines[next]!)) {
          if (open && next >= lines.length) {
            at = next;
            return true;
          }
          endless.set(closing, next);
          return false;
        }
      }
    }

    function table(): Block {
      const head = cells(line);
      const align = cells(lines[at + 1]!).map((cell): Align => {
        const [left, right] = [cell.startsWith(":"), cell.endsWith(":")];
        return left && right ? "center" : right ? "right" : left ? "left" : null;
      });
      const rows: string[][] = [];
      for (at += 2; at < lines.length; at++) {
        const next = lines[at]!;
        if (blank(next) || begins(next)) break;
        if (open && at === lines.length - 1 && isPending(next)) continue;
        const row = cells(next);
        rows.push(head.map((_, n) => row[n] ?? ""));
      }
      return { type: "table", align, head, rows, open: toEnd() };
    }

    function reference(text: string): boolean {
      if (open && at === lines.length - 1) return /^ {0,3}\[[^\]^]+\]:(?: *\S*)$/.test(text);
      const match = REFERENCE.exec(text);
      if (!match) return false;
      const [, name, href, ...titles] = match;
      const key = label(name!);
      const title = titles.find((each) => each !== undefined);
      if (!references.has(key)) references.set(key, { href: href!.replace(/^<(.*)>$/, "$1"), title });
      return true;
    }

    function paragraph(): Block | null {
      const text: string[] = [];
      for (; at < lines.length; at++) {
        const next = lines[at]!;
        if (blank(next)) break;
        if (text.length) {
          const under = UNDERLINE.exec(next);
          const pending = open && at === lines.length - 1 && isPending(next);
          if (under && !pending) {
            at++;
            return {
              type: "heading",
              level: under[1]![0] === "=" ? 1 : 2,
              text: text.join("\n").trim(),
              open: toEnd(),
            };
          }
          if (pending || begins(next) || header(at)) break;
        }
        // The head of a table is not shown before its second line says that it is one.
        if (open && /^ {0,3}\|/.test(next) && at >= lines.length - 2 && isPending(lines[at + 1] ?? "|")) {
          at = lines.length;
          return text.length ? whole(true) : null;
        }
        text.push(next.trimStart());
      }
      const rest = at === lines.length - 1 && open && isPending(lines[at]!);
      return whole(toEnd() || rest);

      function whole(last: boolean): Block {
        return { type: "paragraph", text: text.join("\n").trimEnd(), open: last };
      }
    }
  }
  return found;

  function header(line: number): boolean {
    const next = lines[line + 1];
    if (next === undefined || !next.includes("|") || !DELIMITERS.test(next)) return false;
    return cells(lines[line]!).length === cells(next).length;
  }
}

/** Whether `line` ends a paragraph that stands before it. */
function begins(line: string): boolean {
  if (indent(line) > 3) return false;
  const entry = ENTRY.exec(line);
  if (entry) return RULE.test(line) || (!!entry[4]?.trim() && !/^(?!1[.)])\d/.test(entry[2]!));
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || MATH.test(line);
}

/** Whether `line` is of a paragraph, so that the next one may belong to it without its markers. */
function flows(line: string): boolean {
  let rest = line;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const entry = ENTRY.exec(rest) ?? QUOTE.exec(rest);
    if (!entry) break;
    if (RULE.test(rest)) return false;
    const text = entry.length > 1 ? (entry[4] ?? "") : rest.slice(entry[0].length);
    if (text === rest) break;
    rest = text;
  }
  return !blank(rest) && !FENCE.test(rest) && !HEADING.test(rest) && !RULE.test(rest);
}

function cells(row: string): string[] {
  const text = row
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return text.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));
}

/** Whether `line`, the last one, may yet become anything: markers, and nothing behind them. */
function isPending(line: string): boolean {
  const text = line.trim();
  return text ? MARKERS.test(text) : line !== "";
}

function blank(line: string): boolean {
  return !/\S/.test(line);
}

function indent(line: string): number {
  return /^ */.exec(line)![0].length;
}

/** `line` with the tabs before its first word as spaces, up to columns of four. */
function untabbed(line: string): string {
  if (!/^[ >\-+*\d.)]*\t/.test(line)) return line;
  let column = "";
  for (const [n, char] of [...line].entries()) {
    if (char === "\t") column += " ".repeat(4 - (column.length % 4));
    else if (/[ >\-+*\d.)]/.test(char)) column += char;
    else return column + [...line].slice(n).join("");
  }
  return column;
}
