import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FILES } from "../text/languages";
import { file, highlight, type Piece } from "./code";
import { formula, type MathNode } from "./math";

const text = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === "string" ? piece : text(piece[1]))).join("");
const names = (node: MathNode): string[] =>
  typeof node === "string" ? [] : [node[0], ...Object.keys(node[1]), ...node[2].flatMap(names)];

test("highlighting changes no character", () => {
  const languages = fc.constantFrom("python", "cpp", "bash", "yaml", "xml", "markdown", "urdf", "console");
  const code = fc.array(
    fc.constantFrom("def ", "\n", '"', "'", "<a>", "/*", "#", "x = 1", "😀", "```", "&amp;"),
  );
  fc.assert(
    fc.property(languages, code, (language, parts) => {
      const source = parts.join("");
      expect(text(highlight(source, language)!)).toBe(source);
    }),
  );
});

test("words of the language are named by what they are", () => {
  expect(highlight("def f(): pass", "py")).toContainEqual(["hl-keyword", ["def"]]);
});

test("a language of its own needs its file first", async () => {
  expect(file("python")).toBeNull();
  expect(file("rb")).toBe("language-ruby");
  expect(file("no such language")).toBeNull();
  expect(highlight("puts 1", "rb")).toBeNull();

  const { default: ruby } = await import("highlight.js/lib/languages/ruby");

  expect(text(highlight("puts 1", "rb", ruby)!)).toBe("puts 1");
  expect(file("ruby")).toBeNull();
});

test("every language of highlight.js has colours or a file, but the few that are very large", () => {
  const folder = createRequire(import.meta.url)
    .resolve("highlight.js/lib/core")
    .replace(/core\.js$/, "languages");
  const all = readdirSync(folder).flatMap((name) => /^([^.]+)\.js$/.exec(name)?.[1] ?? []);
  const missing = all.filter((name) => !FILES.has(name) && highlight("x", name) === null);
  expect(missing).toEqual(["1c", "gml", "isbl", "mathematica", "sqf"]);
});

test("formulas become MathML, with their source for those who cannot see them", () => {
  const made = formula("\\frac{a}{b}", false) as [string, Record<string, string>, MathNode[]];
  expect(made.slice(0, 2)).toEqual(["math", { alttext: "\\frac{a}{b}" }]);
  expect(JSON.stringify(made[2])).toContain('["mfrac",{},[["mi",{},["a"]],["mi",{},["b"]]]]');
  expect(formula("x", true)![1]).toMatchObject({ display: "block" });
});

test("what is no formula is null", () => {
  expect(formula("\\frac{a", false)).toBeNull();
  expect(formula("\\def\\a{\\a\\a}\\a", false)).toBeNull();
});

test("formulas hold no links, pictures, styles or scripts", () => {
  for (const payload of [
    "\\href{javascript:alert(1)}{x}",
    "\\url{javascript:alert(1)}",
    "\\includegraphics{https://evil.example/x.png}",
    "\\htmlStyle{position:fixed}{x}",
    "\\htmlData{x=1}{y}",
    "\\text{<img src=x onerror=alert(1)>}",
    "\\colorbox{red}{x}\\fbox{y}\\cancel{z}",
  ]) {
    const made = formula(payload, true);
    const used = made === null ? [] : names(made);
    expect(
      used.filter((name) => /^(a|img|script|style|class|href|src|on.*|mglyph|annotation.*)$/.test(name)),
    ).toEqual([]);
  }
});
