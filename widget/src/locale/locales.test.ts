import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { words as es } from "../lazy/locale-es";
import { words as ja } from "../lazy/locale-ja";
import { words as ur } from "../lazy/locale-ur";
import { words as zh } from "../lazy/locale-zh";
import { en } from "./en";
import { TRANSLATED } from "./locales";
import type { Strings } from "./strings";

const LANGUAGES: Record<(typeof TRANSLATED)[number], Partial<Strings>> = { es, ur, zh, ja };

/** The `{names}` of a text, in alphabetical order: languages put them where their grammar does. */
const placeholders = (text = "") => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

describe.each(Object.entries(LANGUAGES))("the words in %s", (_, words) => {
  it("are all there, and no others", () => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
  });

  it("have the same places to fill in, and nothing empty", () => {
    for (const [key, english] of Object.entries(en)) {
      const text = words[key as keyof Strings];
      expect(placeholders(text), key).toEqual(placeholders(english));
      expect(text?.trim(), key).toBeTruthy();
    }
  });
});

describe("languages", () => {
  it("are those that have a file", () => {
    const files = readdirSync(new URL("../lazy", import.meta.url)).flatMap(
      (name) => /^locale-(\w+)\.ts$/.exec(name)?.[1] ?? [],
    );
    expect(files.sort()).toEqual([...TRANSLATED].sort());
  });

  it("are written in their own script", () => {
    const own = {
      es: /[a-záéíóúñ¿¡]/i,
      ur: /\p{Script=Arabic}/u,
      zh: /\p{Script=Han}/u,
      ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u,
    };
    for (const [language, words] of Object.entries(LANGUAGES))
      for (const [key, text] of Object.entries(words))
        expect(text, `${language}.${key}`).toMatch(own[language as keyof typeof own]);
  });

  it("end sentences the way they do", () => {
    const stops = { es: ".", ur: "۔", zh: "。", ja: "。" };
    for (const [language, words] of Object.entries(LANGUAGES))
      for (const [key, english] of Object.entries(en)) {
        if (!english.endsWith(".")) continue;
        expect(words[key as keyof Strings]?.at(-1), `${language}.${key}`).toBe(
          stops[language as keyof typeof stops],
        );
      }
  });
});
