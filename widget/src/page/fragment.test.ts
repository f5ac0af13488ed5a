import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folded, located, parsed } from "./fragment";

const found = (page: string, text: string) => {
  const [fragment] = parsed(`https://book.example/a#:~:text=${text}`).texts;
  const place = fragment && located(folded(page), fragment);
  return place ? page.slice(...place) : null;
};

describe("a link with a text fragment", () => {
  it("is its address, its anchor and its texts", () => {
    expect(parsed("https://b.example/nodes/#topics:~:text=a%20node&text=x-,from,to,-y")).toEqual({
      url: "https://b.example/nodes/#topics",
      anchor: "topics",
      texts: [{ start: "a node" }, { start: "from", end: "to", prefix: "x", suffix: "y" }],
    });
  });

  it("means nothing where the directive cannot be read", () => {
    for (const hash of ["", "#", "#a", "#:~:", "#:~:text=", "#:~:selector=x", "#a:~:text=-,"])
      expect(parsed(`https://b.example/${hash}`).texts).toEqual([]);
    expect(parsed("https://b.example/#%E0%A4%A:~:text=%E0%A4%A").texts).toEqual([{ start: "%E0%A4%A" }]);
  });
});

describe("a text in a page", () => {
  it("is found whatever a browser does to spaces, quotes, case and soft hyphens", () => {
    expect(found("A  robot\n knows “where\u00ad it” is.", "robot%20knows%20%22where%20it%22")).toBe(
      "robot\n knows “where\u00ad it”",
    );
  });

  it("reaches from its beginning to its end", () => {
    expect(found("One. Two three four. Five.", "Two,four.")).toBe("Two three four.");
    expect(found("One. Two three.", "Two,missing")).toBeNull();
  });

  it("is the one of several whose surroundings fit", () => {
    const page = "left wheel turns; right wheel turns";
    expect(located(folded(page), { start: "wheel", prefix: "right" })?.[0]).toBe(page.lastIndexOf("wheel"));
    expect(located(folded(page), { start: "wheel", suffix: "turns;" })?.[0]).toBe(page.indexOf("wheel"));
  });

  it("is looked for from a place on", () => {
    const page = folded("One wheel.  Two   wheel.");
    expect(located(page, { start: "wheel" }, page.text.indexOf("two"))?.[0]).toBe(18);
    expect(located(page, { start: "one" }, 1)).toBeNull();
  });

  it("is found wherever it was taken from, with offsets into the page as it is", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("Robot", "  ", "\n", "“a”", "—", "…", "İ", "ß", "😀", "x\u200by", " "), {
          minLength: 3,
        }),
        fc.nat(),
        fc.nat(),
        (pieces, a, b) => {
          const page = pieces.join("");
          const [from, to] = [a % page.length, b % page.length].sort((x, y) => x - y) as [number, number];
          const text = page.slice(from, to + 1);
          const wanted = folded(text).text.trim();
          const place = located(folded(page), { start: text });
          if (!wanted) expect(place).toBeNull();
          else expect(folded(page.slice(...place!)).text.trim()).toContain(wanted);
        },
      ),
    );
  });
});
