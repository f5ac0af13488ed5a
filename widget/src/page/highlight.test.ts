import { describe, expect, it } from "vitest";
import { quoted } from "./highlight";

const starts = (quote: string) => quoted(quote).map(({ start, end }) => (end ? [start, end] : start));

describe("a quote that is looked for on a page", () => {
  it("is looked for whole first, and without the dots that stand for the rest", () => {
    expect(starts("A node has one job…")).toEqual(["A node has one job"]);
  });

  it("is looked for by its ends where it is long", () => {
    const words = "One two three four five six seven eight nine ten eleven twelve thirteen";
    expect(starts(words)).toEqual([words, ["One two three four five", "nine ten eleven twelve thirteen"]]);
  });

  it("is looked for without its term where it is an entry of a glossary", () => {
    expect(starts("Kalman filter: An estimator that weighs what it is told")).toEqual([
      "Kalman filter: An estimator that weighs what it is told",
      "An estimator that weighs what it is told",
    ]);
  });

  it("is looked for by its longest line where it has several", () => {
    expect(starts("Short\nThis line is long enough")).toEqual([
      "Short\nThis line is long enough",
      "This line is long enough",
    ]);
  });
});
