// @vitest-environment jsdom
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { iconsByLetter } from "../lucide.mjs";
import * as icons from "../src/lazy/icons";
import { glyphs } from "../src/ui/glyphs";
import { Icon } from "../src/ui/Icon";
import { doing, environment, show } from "./rendering";

const letters: Record<string, object> = iconsByLetter();
const files = vi.hoisted(() => ({ asked: [] as string[] }));
vi.mock("../src/ui/load", () => ({
  load: async (_: string, name: string) => {
    files.asked.push(name);
    return name === "icons" ? icons : { default: letters[name.slice(-1)] };
  },
}));

afterEach(() => {
  document.body.replaceChildren();
  files.asked.length = 0;
});

const folder = join(import.meta.dirname, "../node_modules/@openai/chatkit/types");

/** The names that the union `type` of the types allows. */
function named(file: string, type: string): string[] {
  const union = readFileSync(join(folder, file), "utf8").split(`export type ${type} =`)[1]!.split(";")[0]!;
  return [...union.matchAll(/'([\w-]+)'/g)].map(([, name]) => name!);
}

describe("names of the types", () => {
  test.each([
    ["index.d.ts", "ChatKitIcon"],
    ["index.d.ts", "HeaderIcon"],
    ["widgets.d.ts", "WidgetIcon"],
  ])("of %s, %s have a drawing", (file, type) => {
    const names = named(file, type);
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !glyphs[name] && !icons.find(name))).toEqual([]);
  });
});

describe("an icon", () => {
  test("of the interface is there at once, and decoration unless it is named", () => {
    const root = show(<Icon name="copy" />);
    expect(root.querySelector("svg")!.getAttribute("aria-hidden")).toBe("true");
    expect(root.querySelector("svg")!.childElementCount).toBeGreaterThan(0);
    expect(files.asked).toEqual([]);

    const named = show(<Icon name="copy" label="Copy" size={16} />).querySelector("svg")!;
    expect([
      named.getAttribute("role"),
      named.getAttribute("aria-label"),
      named.getAttribute("width"),
    ]).toEqual(["img", "Copy", "16"]);
  });

  test.each([
    ["atom", ["icons"]],
    ["lucide:copy", []],
    ["lucide:rabbit", ["icons", "lucide-r"]],
    ["lucide:trash-2", ["icons", "lucide-t"]],
    ["lucide:grid-2x2", ["icons", "lucide-g"]],
  ])("called %s is fetched, and has its place meanwhile", async (name, asked) => {
    const { env } = environment();
    const root = show(<Icon name={name} size={20} />, env);
    expect(root.querySelector("svg")?.getAttribute("width")).toBe("20");

    await doing(() => new Promise((done) => setTimeout(done, 20)));
    expect(root.querySelector("svg")!.childElementCount).toBeGreaterThan(0);
    expect(files.asked).toEqual(asked);
  });

  test.each(["vendor:acme", "lucide:no-such-icon", "no-such-icon", "constructor", "../../x", ""])(
    "called %j is nothing",
    async (name) => {
      const root = show(<Icon name={name} />);
      await doing(() => new Promise((done) => setTimeout(done, 20)));

      expect(root.querySelector("svg")).toBeNull();
    },
  );

  test.each([
    ["chevron-left", true],
    ["external-link", true],
    ["history", false],
    ["copy", false],
  ])("called %s turns round with the text: %s", (name, turns) => {
    expect(
      show(<Icon name={name} />)
        .querySelector("svg")!
        .classList.contains("mirrored"),
    ).toBe(turns);
  });
});
