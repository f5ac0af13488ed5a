/** Colours for code, as a tree of pieces, by highlight.js; the element makes nodes of it. */

import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { FILES } from "../text/languages";

/** A text, or pieces under a class. */
export type Piece = string | [scope: string, children: Piece[]];

const LANGUAGES = {
  bash,
  c,
  cpp,
  css,
  diff,
  ini,
  java,
  javascript,
  json,
  markdown,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};
/** Other names that books use. */
const ALIASES = {
  bash: ["console", "shell", "terminal", "session"],
  ini: ["env", "cfg", "conf"],
  xml: ["urdf", "sdf", "launch"],
};
/** Code beyond this stays without colours, in characters. */
const LONGEST = 60_000;

/** What highlight.js tells, as pieces; its own way of keeping them ends in HTML. */
class Emitter {
  private stack: Piece[][] = [[]];

  get pieces(): Piece[] {
    return this.stack[0]!;
  }

  addText(text: string): void {
    if (text) this.stack.at(-1)!.push(text);
  }

  startScope(scope: string): void {
    const children: Piece[] = [];
    this.stack.at(-1)!.push([`hl-${scope.replace(/[^\w-].*/, "")}`, children]);
    this.stack.push(children);
  }

  endScope(): void {
    if (this.stack.length > 1) this.stack.pop();
  }

  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(emitter: Emitter): void {
    this.stack.at(-1)!.push(...emitter.pieces);
  }

  finalize(): void {
    this.stack.length = 1;
  }

  toHTML(): string {
    return "";
  }
}

hljs.configure({ __emitter: Emitter } as unknown as Parameters<typeof hljs.configure>[0]);
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);
for (const [languageName, names] of Object.entries(ALIASES)) hljs.registerAliases(names, { languageName });

/** The file to be loaded before `language` can be highlighted; null where none is needed, or none is known. */
export function file(language: string): string | null {
  if (hljs.getLanguage(language)) return null;
  const name = FILES.get(language);
  return name ? `language-${name}` : null;
}

/** `text` in pieces; null where the language is not known, or the text is too long. `definition` is what its file gives. */
export function highlight(text: string, language: string, definition?: unknown): Piece[] | null {
  if (text.length > LONGEST) return null;
  if (!hljs.getLanguage(language) && typeof definition === "function") {
    const name = FILES.get(language) ?? language;
    hljs.registerLanguage(name, definition as Parameters<typeof hljs.registerLanguage>[1]);
    hljs.registerAliases(
      [...FILES].flatMap(([alias, of]) => (of === name ? [alias] : [])),
      { languageName: name },
    );
  }
  if (!hljs.getLanguage(language)) return null;
  const result = hljs.highlight(text, { language, ignoreIllegals: true });
  return (result._emitter as unknown as Emitter).pieces;
}
