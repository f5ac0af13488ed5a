import fc from "fast-check";
import { h, type VNode } from "preact";
import { describe, expect, test } from "vitest";
import { chartOf } from "../widgets/ChartView";
import { components } from "../widgets/tree";
import { curve, draw, extents, scaleOf, type View } from "./chart";

const view: View = { width: 400, height: 200, locale: "en", at: null, setAt: () => {}, say: () => {} };

function chart(properties: Record<string, unknown>) {
  return chartOf(components({ type: "Chart", ...properties }), false);
}

/** Every element of the drawing, by its tag. */
function drawn(properties: Record<string, unknown>, tag: string): VNode<Record<string, unknown>>[] {
  const found: VNode<Record<string, unknown>>[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) walk(each);
    if (typeof node !== "object" || node === null) return;
    const each = node as VNode<Record<string, unknown>>;
    if (each.type === tag) found.push(each);
    walk(each.props?.children);
  };
  walk(draw(h, chart(properties), view));
  return found;
}

const data = [
  { day: "mon", a: 10, b: 5 },
  { day: "tue", a: 20, b: -5 },
];

describe("a scale", () => {
  test("has round steps", () => {
    expect(scaleOf(0, 37, 4).ticks).toEqual([0, 10, 20, 30, 40]);
    expect(scaleOf(-3, 8, 4).ticks).toEqual([-5, 0, 5, 10]);
    expect(scaleOf(0, 0, 4).ticks.length).toBeGreaterThan(1);
  });

  test("holds everything it was made for, in growing steps", () => {
    const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 1, max: 10 }), (one, other, wanted) => {
        const [low, high] = [Math.min(one, other, 0), Math.max(one, other, 0)];
        const scale = scaleOf(low, high, wanted);
        const slack = (high - low) * 1e-6 + 1e-9;
        expect(scale.low).toBeLessThanOrEqual(low + slack);
        expect(scale.high).toBeGreaterThanOrEqual(high - slack);
        expect(scale.ticks.length).toBeLessThan(30);
      }),
    );
  });
});

describe("a chart", () => {
  test("stacks what belongs together, up and down apart", () => {
    const series = ["a", "b"].map((dataKey) => ({ type: "bar", dataKey, stack: "s" }));

    expect(extents(chart({ data, series, xAxis: "day" }))).toEqual([
      [
        [0, 10],
        [10, 15],
      ],
      [
        [0, 20],
        [0, -5],
      ],
    ]);
  });

  test("draws a bar for each value, and none where there is no value", () => {
    const series = [
      { type: "bar", dataKey: "a" },
      { type: "bar", dataKey: "nothing" },
    ];

    expect(drawn({ data, series, xAxis: "day" }, "rect").length).toBe(2);
  });

  test("draws nothing outside of its frame", () => {
    const series = [
      { type: "bar", dataKey: "a" },
      { type: "bar", dataKey: "b" },
    ];
    for (const { props } of drawn({ data, series, xAxis: "day", showYAxis: true }, "rect")) {
      expect(props.x as number).toBeGreaterThanOrEqual(0);
      expect((props.x as number) + (props.width as number)).toBeLessThanOrEqual(view.width);
      expect(props.y as number).toBeGreaterThanOrEqual(0);
      expect((props.y as number) + (props.height as number)).toBeLessThanOrEqual(view.height);
    }
  });

  test("names its axis as it is told to, or hides it", () => {
    const series = [{ type: "line", dataKey: "a" }];
    const labels = { mon: "Monday" };
    const said = (xAxis: unknown) =>
      drawn({ data, series, xAxis }, "text").map(({ props }) => props.children);

    expect(said({ dataKey: "day", labels })).toEqual(["Monday", "tue"]);
    expect(said({ dataKey: "day", hide: true })).toEqual([]);
  });

  test("of anything at all is drawn without an error and without numbers that are none", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.dictionary(fc.constantFrom("x", "a", "b"), fc.oneof(fc.double(), fc.string(), fc.anything())),
          { maxLength: 5 },
        ),
        fc.array(
          fc.record({
            type: fc.constantFrom("bar", "line", "area", "pie"),
            dataKey: fc.constantFrom("a", "b", "c"),
            stack: fc.option(fc.string()),
            curveType: fc.string(),
          }),
          { maxLength: 4 },
        ),
        (rows, series) => {
          const properties = { data: rows, series, xAxis: "x" };
          for (const { props } of [
            ...drawn(properties, "rect"),
            ...drawn(properties, "path"),
            ...drawn(properties, "line"),
          ])
            expect(JSON.stringify(props)).not.toMatch(/NaN|Infinity|null,/);
        },
      ),
    );
  });
});

describe("a curve", () => {
  test("goes through its points: straight, in steps, or smooth", () => {
    const points = [
      [0, 0],
      [10, 10],
      [20, 5],
    ] as const;

    expect(curve(points, "linear")).toBe("M0,0L10,10L20,5");
    expect(curve(points, "stepAfter")).toBe("M0,0H10V10H20V5");
    expect(curve(points, "stepBefore")).toBe("M0,0V10H10V5H20");
    expect(curve(points, "monotone")).toMatch(/^M0,0C[\d., -]+10,10C[\d., -]+20,5$/);
    expect(curve([], "linear")).toBe("");
  });
});
