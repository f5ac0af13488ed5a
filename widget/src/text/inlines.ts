/**
 * What stands inside a block: emphasis, code, links, formulas, citations.
 *
 * Source: CommonMark 0.31, appendix "A parsing strategy", and GitHub Flavored Markdown.
 */

import { label, type References } from "./blocks";
import { decoded, ENTITY } from "./entities";
import { CITE, unmarked } from "./marks";
import {
  type Bracket,
  fits,
  type Inline,
  nested,
  type Part,
  plain,
  type Run,
  settled,
  stripped,
} from "./parts";

const PLAIN = /[^\\`*_~[\]!<&$\n]+/y;
const SPACE = /\s/;
const PUNCTUATION = /[\p{P}\p{S}]/u;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const AUTOLINK = /<([a-z][a-z0-9+.-]{1,31}:[^\s<>]*)>/iy;
const AUTOMAIL = /<([\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)>/iy;
const BREAK = /<br\s*\/?>/iy;
const NOTE = /\[\^([^\s[\]^]{1,40})\]:?/y;
const TARGET =
  /\(\s*(?!\s)(<[^<>\n]*>|[^\s<>()\\]*(?:(?:\((?:[^\s()]|\([^\s()]*\))*\)|\\.)[^\s()\\]*)*)(?:\s+(?!\s)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?\s*\)/y;
const HALF_TARGET = /(?:\((?:\s*[^\s)]*(?:\s+["'(][^"')]*["']?)?\s*)|\[[^\]]*)?$/y;
/** Words one after the other, which formulas have in commands only. */
const PROSE = /(?<![a-z])[a-z]{3,} [a-z]{2,}\b/i;
/** How deep emphasis stands in emphasis. */
const DEEPEST = 50;
/** No label of a reference is longer, in characters. */
const LONGEST_LABEL = 1000;
/** How far back something half said is taken for the beginning of markup, in characters. */
const REACH = 160;

/** The parts of `text`; with `open`, more will be appended, and what is half said at its end is closed or left out. */
export function inlines(text: string, references: References, open = false): Inline[] {
  const source = open ? withoutHalf(text) : text;
  const parts: Part[] = [];
  const runs: Run[] = [];
  const brackets: Bracket[] = [];
  /** Ends of formulas that do not come any more. */
  const absent = new Set<string>();
  let at = 0;

  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  const take = (found: RegExpExecArray, part: Part) => {
    at += found[0].length;
    parts.push(part);
  };

  while (at < source.length) {
    const char = source[at]!;
    const found = match(PLAIN);
    if (found) take(found, found[0]);
    else if (char === "\\") escaped();
    else if (char === "`") code();
    else if (char === "*" || char === "_" || char === "~") run(char);
    else if (char === "$") math("$");
    else if (char === "\n") lineEnd();
    else if (char === "<") angle();
    else if (char === "&") entity();
    else if (char === "[" || (char === "!" && source[at + 1] === "[")) opening(char === "!");
    else if (char === "]") closing();
    else {
      parts.push(char);
      at++;
    }
  }
  pair(0);
  if (open) finish();
  return settled(parts, true);

  function escaped() {
    const next = source[at + 1];
    if (next === "(" || next === "[") {
      if (math(`\\${next}`)) return;
    }
    if (next === "\n") {
      parts.push({ type: "break" });
      at += 2;
      while (source[at] === " ") at++;
    } else if (next && /[!-/:-@[-`{-~]/.test(next)) {
      parts.push(next);
      at += 2;
    } else {
      parts.push("\\");
      at++;
    }
  }

  function code() {
    const marks = /`+/y;
    const opened = match(marks)![0];
    let end = at + opened.length;
    for (;;) {
      end = source.indexOf(opened, end);
      if (end < 0) break;
      marks.lastIndex = end;
      const closed = marks.exec(source)![0];
      if (closed.length === opened.length) {
        span(source.slice(at + opened.length, end));
        at = end + opened.length;
        return;
      }
      end += closed.length;
    }
    if (open) {
      span(source.slice(at + opened.length).replace(/`+$/, ""));
      at = source.length;
    } else {
      parts.push(opened);
      at += opened.length;
    }
  }

  function span(content: string) {
    const line = unmarked(content).replace(/\n/g, " ");
    const trimmed = /^ .*\S.* $/.test(line) ? line.slice(1, -1) : line;
    if (trimmed) parts.push({ type: "code", text: trimmed });
  }

  function run(char: string) {
    let end = at;
    while (source[end] === char) end++;
    const before = at ? charBefore(source, at) : " ";
    const after = end < source.length ? String.fromCodePoint(source.codePointAt(end)!) : " ";
    const [spaceBefore, spaceAfter] = [SPACE.test(before), SPACE.test(after)];
    const [markBefore, markAfter] = [PUNCTUATION.test(before), PUNCTUATION.test(after)];
    // Chinese and Japanese are written without spaces, so their letters stand for one beside a mark: `**终。**下`.
    const left = !spaceAfter && (!markAfter || spaceBefore || markBefore || UNSPACED.test(before));
    const right = !spaceBefore && (!markBefore || spaceAfter || markAfter || UNSPACED.test(after));
    const length = end - at;
    const tilde = char === "~";
    const part: Run = {
      type: "run",
      char,
      length,
      size: length,
      opens: tilde ? left && length < 3 : char === "*" ? left : left && (!right || markBefore),
      closes: tilde ? right && length < 3 : char === "*" ? right : right && (!left || markAfter),
      inWord: /[a-z0-9)]/i.test(before),
      at: parts.length,
      ends: [],
      begins: [],
    };
    parts.push(part);
    runs.push(part);
    at = end;
  }

  function math(mark: string): boolean {
    const double = source.startsWith("$$", at);
    const opened = double ? "$$" : mark;
    const closed = mark === "\\(" ? "\\)" : mark === "\\[" ? "\\]" : opened;
    const from = at + opened.length;
    let end = absent.has(closed) ? -1 : source.indexOf(closed, from);
    if (end < 0) absent.add(closed);
    for (; end > 0; end = source.indexOf(closed, end + 1)) {
      const text = source.slice(from, end);
      if (source[end - 1] === "\\" && opened === "$") continue;
      // A price is no formula: a space inside of a dollar, a digit behind the second one, or words between them.
      if (opened === "$" && (/^\s|\s$|^$/.test(text) || /[\d$]/.test(source[end + 1] ?? "") || isProse(text)))
        break;
      if (!text.trim()) break;
      parts.push({ type: "math", text: unmarked(text).trim(), display: opened === "$$" || mark === "\\[" });
      at = end + closed.length;
      return true;
    }
    if (open && pendingFormula(source.slice(from), opened)) {
      at = source.length;
      return true;
    }
    if (mark === "$") {
      parts.push(opened);
      at = from;
      return true;
    }
    return false;
  }

  function lineEnd() {
    const last = parts.at(-1);
    const text = typeof last === "string" ? last : "";
    const line = stripped(text, / /);
    if (text) parts[parts.length - 1] = line;
    parts.push(text.length - line.length > 1 ? { type: "break" } : "\n");
    at++;
    while (source[at] === " ") at++;
  }

  function angle() {
    const found = match(AUTOLINK) ?? match(AUTOMAIL);
    const br = match(BREAK);
    if (br) take(br, { type: "break" });
    else if (found) {
      const mail = !found[1]!.includes(":");
      take(found, {
        type: "link",
        href: (mail ? "mailto:" : "") + found[1],
        children: [unmarked(found[1]!)],
      });
    } else if (open && source.length - at < REACH && /^<[a-z/!]?[^\s<>]*$/i.test(source.slice(at))) {
      at = source.length;
    } else {
      parts.push("<");
      at++;
    }
  }

  function entity() {
    const found = match(ENTITY);
    if (found) take(found, decoded(found));
    else if (open && /^&(#?\w{0,12})$/.test(source.slice(at))) at = source.length;
    else {
      parts.push("&");
      at++;
    }
  }

  function opening(image: boolean) {
    const cite = match(CITE);
    const note = match(NOTE);
    if (cite) return take(cite, { type: "cite", number: Number(cite[2]) });
    if (note) return take(note, { type: "note", label: note[1]! });
    at += image ? 2 : 1;
    const bracket: Bracket = {
      type: "bracket",
      image,
      active: true,
      from: at,
      at: parts.length,
      runs: runs.length,
    };
    parts.push(bracket);
    brackets.push(bracket);
  }

  function closing() {
    const bracket = brackets.pop();
    const to = at++;
    if (!bracket?.active) {
      parts.push("]");
      return;
    }
    const target = match(TARGET);
    let link: { href: string; title?: string } | undefined;
    if (target) {
      link = {
        href: unescaped(target[1]!.replace(/^<(.*)>$/, "$1")),
        title: target[2] && unescaped(target[2].slice(1, -1)),
      };
      at += target[0].length;
    } else {
      const named = match(/\[([^[\]]*)\]/y);
      const from = Math.max(bracket.from, to - LONGEST_LABEL);
      const kept = references.get(label(named?.[1] || source.slice(from, to)));
      link = kept && { href: unescaped(kept.href), title: kept.title && unescaped(kept.title) };
      if (link && named) at += named[0].length;
    }
    const first = bracket.at;
    if (!link) {
      // Half of a link: its words are shown, its brackets and its address are not.
      if (
        open &&
        source.length - to < REACH * 4 &&
        match(HALF_TARGET) &&
        !/^\^?\d*$/.test(source.slice(bracket.from, to))
      ) {
        if (bracket.image) dropFrom(bracket);
        else parts[first] = "";
        at = source.length;
      } else if (open && at === source.length && to - bracket.from < 5) {
        dropFrom(bracket);
      } else {
        parts[first] = bracket.image ? "![" : "[";
        parts.push("]");
      }
      return;
    }
    pair(bracket.runs);
    const children = settled(parts.splice(first).slice(1), false);
    if (bracket.image) {
      parts.push({ type: "image", src: link.href, title: link.title, alt: plain(children) });
    } else {
      parts.push({ type: "link", href: link.href, title: link.title, children });
      for (const outer of brackets) if (!outer.image) outer.active = false;
    }
  }

  function dropFrom(bracket: Bracket) {
    parts.length = bracket.at;
    runs.length = bracket.runs;
  }

  /** Makes emphasis of the runs from `bottom` on. */
  function pair(bottom: number) {
    const from = runs[bottom]?.at ?? parts.length;
    const openers: Run[] = [];
    /** How many of the openers a kind of closer has been held against in vain. */
    const floors = new Map<string, number>();
    for (const closer of runs.splice(bottom)) {
      while (closer.closes && closer.length) {
        const key = closer.char + (closer.size % 3) + closer.opens + (closer.char === "~" ? closer.size : "");
        const floor = floors.get(key) ?? 0;
        let last = openers.length - 1;
        while (last >= floor && !fits(openers[last]!, closer)) last--;
        if (last < floor) {
          floors.set(key, openers.length);
          break;
        }
        const opener = openers[last]!;
        const used = closer.char === "~" ? closer.length : opener.length > 1 && closer.length > 1 ? 2 : 1;
        const type = closer.char === "~" ? "del" : used === 2 ? "strong" : "em";
        opener.begins.push(type);
        closer.ends.push(type);
        opener.length -= used;
        closer.length -= used;
        openers.length = opener.length ? last + 1 : last;
        for (const [name, value] of floors) floors.set(name, Math.min(value, openers.length));
      }
      if (closer.opens && closer.length) openers.push(closer);
    }
    for (const part of nested(parts.splice(from), DEEPEST)) parts.push(part);
  }

  /** Closes at the end what is still open, and takes back brackets that may become a link. */
  function finish() {
    for (const bracket of brackets.reverse()) {
      const content = source.slice(bracket.from);
      if (content.length > REACH) break;
      const first = parts.lastIndexOf(bracket);
      if (first < 0 || !bracket.active) continue;
      if (bracket.image || /^\^?\w{0,3}$/.test(content)) parts.length = first;
      else parts.splice(first, 1);
    }
    let closed = 0;
    for (let first = parts.length - 1; first >= 0 && closed < DEEPEST; first--) {
      const opener = parts[first]!;
      if (typeof opener === "string" || opener.type !== "run") continue;
      const { length, opens, inWord } = opener;
      if (!opens || length > 3 || (length === 1 && inWord)) continue;
      const children = settled(parts.splice(first).slice(1), false);
      if (!children.length) continue;
      closed++;
      if (opener.char === "~") parts.push({ type: "del", children });
      else if (length < 3) parts.push({ type: length === 1 ? "em" : "strong", children });
      else parts.push({ type: "em", children: [{ type: "strong", children }] });
    }
  }
}

/** `text` without a mark at its end of which more may come. */
function withoutHalf(text: string): string {
  const last = text.at(-1) ?? "";
  if (/[*~]/.test(last)) return stripped(text, /[*~]/);
  if (/\s/.test(last)) return text.trimEnd();
  if (last === "\\") return text.slice(0, -1);
  if (last !== "_" && last !== "!") return text;
  const rest = last === "_" ? stripped(text, /_/) : text.slice(0, -1);
  return /\w$/.test(rest.slice(-1)) ? text : rest;
}

function isProse(text: string): boolean {
  return PROSE.test(text.split("\\", 1)[0]!);
}

/** Whether `rest`, behind a mark without its other half, reads like a formula rather than like a price or a variable. */
function pendingFormula(rest: string, opened: string): boolean {
  if (rest.length > REACH * 4) return false;
  if (opened !== "$") return true;
  if (rest.length > REACH || /^\s/.test(rest) || isProse(rest)) return false;
  return !/^\d/.test(rest) || /[\\^_={}+]/.test(rest);
}

function unescaped(text: string): string {
  return unmarked(text)
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replace(new RegExp(ENTITY.source, "gi"), (...found) => decoded(found as unknown as RegExpExecArray));
}

function charBefore(text: string, at: number): string {
  const low = text.charCodeAt(at - 1);
  return low >= 0xdc00 && low < 0xe000 && at > 1 ? text.slice(at - 2, at) : text[at - 1]!;
}
