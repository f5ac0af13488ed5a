import { describe, expect, it } from "vitest";
import { en } from "../locale/en";
import { page } from "../page/travel";
import { bytes, filter, folders, refusal } from "./files";
import { groups } from "./History";
import { asked } from "./suggesting";

const file = (name: string, type: string, size = 10) => ({ name, type, size }) as File;
const why = (one: File, rules: object, count = 0) =>
  refusal(one, count, { enabled: true, ...rules }, en, "en");

describe("files", () => {
  it("are taken by type or by ending", () => {
    const accept = { "image/*": [".png"], "text/x-python": [".py"] };
    expect(why(file("a.png", "image/png"), { accept })).toBeNull();
    expect(why(file("A.PY", ""), { accept })).toBeNull();
    expect(why(file("a.exe", "application/x-msdownload"), { accept })).toContain("a.exe");
    expect(filter(accept)).toBe("image/*,.png,text/x-python,.py");
    expect(filter(undefined)).toBeUndefined();
  });

  it("have a size that may depend on their type", () => {
    const maxSize = { "image/*": 5, "text/plain": 20, "*": 8 };
    expect(why(file("a", "image/png", 6), { maxSize })).toContain("5 byte");
    expect(why(file("a", "text/plain", 20), { maxSize })).toBeNull();
    expect(why(file("a", "font/woff", 9), { maxSize })).not.toBeNull();
    expect(why(file("a", "font/woff", 9), { maxSize: 9 })).toBeNull();
    expect(why(file("a", "font/woff", 2 ** 27), {})).toContain("100 MB");
  });

  it("are all taken by a pattern for everything, and held to the one that says most", () => {
    expect(why(file("a.exe", "application/x-msdownload"), { accept: { "*/*": [] } })).toBeNull();
    const maxSize = { "*/*": 3, "image/*": 20, "image/png": 5, "": 1 };
    expect(why(file("a", "image/png", 6), { maxSize })).toContain("5 byte");
    expect(why(file("a", "image/gif", 20), { maxSize })).toBeNull();
    expect(why(file("a", "font/woff", 4), { maxSize })).toContain("3 byte");
  });

  it("are told from folders where they are dropped", () => {
    const entry = (name: string, isDirectory: boolean) => ({
      webkitGetAsEntry: () => ({ name, isDirectory }),
    });
    const items = [entry("a.txt", false), entry("Notes", true), { webkitGetAsEntry: () => null }, {}];
    expect(folders({ items } as unknown as DataTransfer)).toEqual(["Notes"]);
  });

  it("are at most as many as a message takes", () => {
    expect(why(file("a", ""), { maxCount: 2 }, 1)).toBeNull();
    expect(why(file("a", ""), { maxCount: 2 }, 2)).toContain("2");
    expect(why(file("a", ""), {}, 10)).not.toBeNull();
  });

  it("are told in the largest unit that fits", () => {
    expect(["", 900, 1536, 5 * 2 ** 20].slice(1).map((count) => bytes(count as number, "en"))).toEqual([
      "900 byte",
      "1.5 kB",
      "5 MB",
    ]);
  });
});

describe("the word at the caret", () => {
  it("asks for places behind @, and for commands behind / at the very beginning", () => {
    expect(asked("what is @no", 11)).toEqual({ kind: "mention", query: "no", start: 8, end: 11 });
    expect(asked("(@Nodes and to", 14)).toEqual({
      kind: "mention",
      query: "Nodes and to",
      start: 1,
      end: 14,
    });
    expect(asked("/ne", 3)).toEqual({ kind: "command", query: "ne", start: 0, end: 3 });
    for (const text of ["a@b.example", "and/or", "a /b", "no", `@${"x".repeat(41)}`, "@a\nb"])
      expect(asked(text, text.length)).toBeNull();
  });
});

describe("the history", () => {
  it("stands under days, then months", () => {
    const now = new Date(2026, 10, 21, 12);
    const at = (days: number) => new Date(2026, 10, 21 - days, 9).toISOString();
    const rows = [0, 1, 3, 40].map((days) => ({ id: String(days), created_at: at(days) }));
    expect(groups(rows, en, "en", now).map(([day, some]) => [day, some.map((row) => row.id)])).toEqual([
      ["Today", ["0"]],
      ["Yesterday", ["1"]],
      ["This week", ["3"]],
      ["October 2026", ["40"]],
    ]);
  });
});

describe("a page of a site", () => {
  it("is the same however its address ends", () => {
    const same = ["/a/b", "/a/b/", "/a/b.html", "/a/b/index.html", "/a/b/index"];
    expect(new Set(same.map((pathname) => page({ pathname, search: "" })))).toEqual(new Set(["/a/b"]));
    expect(page({ pathname: "/a", search: "?v=2" })).not.toBe(page({ pathname: "/a", search: "" }));
    const routed = (hash: string) => page({ pathname: "/", search: "", hash });
    expect(routed("#/nodes:~:text=a")).toBe(routed("#/nodes"));
    expect(routed("#/nodes")).not.toBe(routed("#/topics"));
    expect(routed("#topics")).toBe(routed(""));
    expect(page({ pathname: "/", search: "" })).toBe(page({ pathname: "/index.html", search: "" }));
  });
});
