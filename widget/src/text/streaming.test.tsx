// @vitest-environment jsdom
import fc from "fast-check";
import { expect, test } from "vitest";
import { read } from "./Markdown";
import { show, words } from "./testing";

const word = fc.stringMatching(/^[a-z]{1,7}$/);
const prose = fc.array(word, { minLength: 1, maxLength: 4 }).map((all) => all.join(" "));
/** A piece of a line with every kind of mark around plain words. */
const piece = fc.oneof(
  { weight: 4, arbitrary: prose },
  prose.map((text) => `**${text}**`),
  prose.map((text) => `*${text}*`),
  prose.map((text) => `_${text}_`),
  prose.map((text) => `***${text}***`),
  prose.map((text) => `~~${text}~~`),
  prose.map((text) => `\`${text}\``),
  prose.map((text) => `\`\`${text}\`\``),
  prose.map((text) => `**${text} \`${text}\`**`),
  fc.tuple(prose, word).map(([text, path]) => `[${text}](https://example.org/${path})`),
  fc.tuple(prose, word).map(([text, path]) => `[**${text}**](/${path} "${text}")`),
  fc.tuple(prose, word).map(([text, path]) => `![${text}](https://example.org/${path}.png)`),
  word.map((name) => `$${name}^2 + x_1$`),
  word.map((name) => `\\(${name}\\)`),
  word.map((name) => `<https://example.org/${name}>`),
  fc.constantFrom("&amp;", "&hellip;", "<br>"),
);
const line = fc.array(piece, { minLength: 1, maxLength: 5 }).map((all) => all.join(" "));
const block = fc.oneof(
  { weight: 3, arbitrary: line },
  line.map((text) => `## ${text}`),
  fc.array(line, { minLength: 1, maxLength: 3 }).map((all) => all.map((each) => `- ${each}`).join("\n")),
  fc
    .array(line, { minLength: 1, maxLength: 3 })
    .map((all) => all.map((each, n) => `${n + 1}. ${each}`).join("\n")),
  fc.tuple(line, line).map(([a, b]) => `- ${a}\n  - ${b}`),
  fc.tuple(line, line).map(([a, b]) => `- [ ] ${a}\n- [x] ${b}`),
  line.map((text) => `> ${text}`),
  line.map((text) => `> - ${text}\n> - ${text}`),
  fc.tuple(word, word).map(([a, b]) => `| ${a} | **${b}** |\n|---|:-:|\n| \`${b}\` | ${a} |`),
  fc.tuple(word, prose).map(([language, text]) => `\`\`\`${language}\n${text}\n\`\`\``),
  word.map((name) => `$$\n${name}^2\n$$`),
  word.map((name) => `\\[ ${name}^2 \\]`),
  fc.constant("---"),
);
const document_ = fc.array(block, { minLength: 1, maxLength: 5 }).map((all) => all.join("\n\n"));

test("no prefix of an answer shows a half marker", () => {
  fc.assert(
    fc.property(document_, (text) => {
      const root = document.createElement("div");
      for (let end = 1; end <= text.length; end++) {
        show({ text: text.slice(0, end), streaming: true }, undefined, root);
        // Formulas are shown by their source here, because nothing draws them.
        for (const formula of root.querySelectorAll(".math")) formula.textContent = "";
        const seen = words(root).replace(/https:\/\/[\w./-]+/g, "");
        expect(seen, JSON.stringify(text.slice(0, end))).toMatch(/^[a-z0-9 &….,]*$/);
      }
    }),
    { numRuns: 50 },
  );
}, 60_000);

test("an answer that arrived in pieces ends up as the whole one", () => {
  fc.assert(
    fc.property(document_, fc.integer({ min: 1, max: 9 }), (text, step) => {
      let reading: ReturnType<typeof read> | undefined;
      for (let end = step; end < text.length; end += step) reading = read(text.slice(0, end), true, reading);
      const whole = read(text, false);
      expect(read(text, false, reading).passages).toEqual(whole.passages);
    }),
    { numRuns: 200 },
  );
}, 60_000);

test("while it grows, an answer is read as if it had come at once", () => {
  fc.assert(
    fc.property(document_, fc.integer({ min: 1, max: 9 }), (text, step) => {
      let reading: ReturnType<typeof read> | undefined;
      for (let end = step; end < text.length; end += step) {
        reading = read(text.slice(0, end), true, reading);
        expect(reading.passages).toEqual(read(text.slice(0, end), true).passages);
      }
    }),
    { numRuns: 200 },
  );
}, 60_000);

test("settled blocks stay the same objects", () => {
  const before = read("# One\n\nTwo\n\nThr", true);
  const after = read("# One\n\nTwo\n\nThree **fo", true, before);

  expect(after.passages[0]!.block).toBe(before.passages[0]!.block);
  expect(after.passages[1]!.block).toBe(before.passages[1]!.block);
  expect(after.passages[2]!.block).not.toBe(before.passages[2]!.block);
});
