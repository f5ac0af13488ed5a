import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { load } from "./load";

let folder = "";
let assets = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assets-"));
  mkdirSync(join(folder, "lazy"));
  assets = `${pathToFileURL(folder)}/`;
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a file is fetched once, whoever asks and however often", async () => {
  writeFileSync(join(folder, "lazy/one.js"), "export const made = {};");
  const [first, second] = await Promise.all([load<{ made: object }>(assets, "one"), load(assets, "one")]);
  expect(first).toBe(second);
  expect(first.made).toEqual({});
});

test("a file that failed is asked for again", async () => {
  await expect(load(assets, "two")).rejects.toThrow();
  writeFileSync(join(folder, "lazy/two.js"), "export const made = 2;");
  expect(await load<{ made: number }>(assets, "two")).toMatchObject({ made: 2 });
});
