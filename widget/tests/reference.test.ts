import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
// @ts-expect-error a script without types
import { written } from "../reference.mjs";
import support from "../support.json";

/** What may be unsupported. This list only ever gets shorter. */
const ALLOWED: string[] = [];

it("the reference of the element is up to date", () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../docs/reference/element.md"), "utf8");
  expect(page, "run `npm run reference` in widget/").toBe(written());
});

it("nothing else has become unsupported", () => {
  expect(Object.keys(support.unsupported).filter((name) => !ALLOWED.includes(name))).toEqual([]);
  for (const reason of Object.values(support.unsupported as Record<string, string>))
    expect(reason.length).toBeGreaterThan(10);
});
