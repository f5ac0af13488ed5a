/** Drawings of bar, line and area charts. */

import type { ComponentChild, h as Make } from "preact";
import type { ChartData, Series } from "../widgets/ChartView";

export interface View {
  width: number;
  height: number;
  locale: string;
  /** The group of values that is pointed at. */
  at: number | null;
  setAt(at: number | null): void;
  /** Tells the values of a group to readers who do not see them. */
  say(text: string): void;
}

type Point = readonly [x: number, y: number];

interface Scale {
  low: number;
  high: number;
  ticks: number[];
}

const FONT = 11;
const SMALLEST = 1e-9;

/** From a round number under `low` to one above `high`, in about `wanted` round steps. */
export function scaleOf(low: number, high: number, wanted: number): Scale {
  const span = high - low > SMALLEST ? high - low : 1;
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks };
}

/** Where each value begins and ends: on the axis, or on what it is stacked upon. */
export function extents({ rows, series }: ChartData): [from: number, to: number][][] {
  return rows.map((row) => {
    const piles = new Map<string, number>();
    return series.map(({ type, stack }, index) => {
      const value = row.values[index]!;
      if (!stack || type === "line" || Number.isNaN(value)) return [0, value];
      const pile = `${type} ${stack} ${value < 0}`;
      const from = piles.get(pile) ?? 0;
      piles.set(pile, from + value);
      return [from, from + value];
    });
  });
}

/** The chart as an SVG of the size of `view`, and what its values are at the group that is pointed at. */
export function draw(h: typeof Make, data: ChartData, view: View): ComponentChild {
  const { rows, series } = data;
  if (!rows.length || !series.length) return null;
  const spans = extents(data);
  const ends = spans.flat().flat().filter(Number.isFinite);
  const scale = scaleOf(
    Math.min(0, ...ends),
    Math.max(0, ...ends),
    Math.max(2, Math.floor(view.height / 50)),
  );
  const short = new Intl.NumberFormat(view.locale, { notation: "compact", maximumFractionDigits: 2 });
  const names = scale.ticks.map((tick) => short.format(tick));
  const left = data.axisY ? Math.max(...names.map((name) => name.length)) * FONT * 0.62 + 10 : 4;
  const bottom = data.axisX ? FONT * 2 : 4;
  const plot = { left, top: 8, width: view.width - left - 4, height: view.height - bottom - 8 };
  const y = (value: number) => plot.top + plot.height * (1 - (value - scale.low) / (scale.high - scale.low));
  const band = plot.width / rows.length;
  const middle = (index: number) => plot.left + band * (index + 0.5);

  const grid = scale.ticks.map((tick, index) => [
    h("line", {
      class: tick === 0 ? "axis" : "grid",
      x1: plot.left,
      x2: plot.left + plot.width,
      y1: y(tick),
      y2: y(tick),
    }),
    data.axisY &&
      h("text", { class: "tick", x: plot.left - 8, y: y(tick) + 4, "text-anchor": "end" }, names[index]),
  ]);
  const every = Math.max(1, Math.ceil(60 / band));
  const room = Math.max(3, Math.floor((band * every) / (FONT * 0.6)));
  const labels =
    data.axisX &&
    rows.map(
      (row, index) =>
        index % every === 0 &&
        h(
          "text",
          { class: "tick", x: middle(index), y: view.height - 6, "text-anchor": "middle" },
          row.label.length > room ? `${row.label.slice(0, room - 1)}…` : row.label,
        ),
    );
  const shapes = [
    ...areas(h, data, spans, middle, y),
    ...bars(h, data, spans, { plot, band, y }),
    ...lines(h, data, spans, middle, y),
  ];
  const marks = view.at !== null && markers(h, data, spans, view.at, middle(view.at), y, plot);
  return [
    h(
      "svg",
      {
        width: view.width,
        height: view.height,
        viewBox: `0 0 ${view.width} ${view.height}`,
        role: "img",
        "aria-label": series.map((each) => each.label).join(", "),
        ...(data.tooltip ? pointing(view, data, plot, band) : {}),
      },
      grid,
      shapes,
      labels,
      marks,
    ),
    data.tooltip && view.at !== null && rows[view.at] && tip(h, data, view, middle(view.at)),
  ];
}

interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
}

function bars(
  h: typeof Make,
  { series, rows, barGap, groupGap }: ChartData,
  spans: [number, number][][],
  { plot, band, y }: { plot: Plot; band: number; y: (value: number) => number },
): ComponentChild[] {
  const piles = [
    ...new Set(series.flatMap((each, index) => (each.type === "bar" ? [pile(each, index)] : []))),
  ];
  const inner = Math.max(band * 0.3, band - groupGap);
  const gap = piles.length > 1 ? Math.min(barGap, inner / piles.length / 2) : 0;
  const wide = Math.min(56, Math.max(1, (inner - gap * (piles.length - 1)) / piles.length));
  const all = wide * piles.length + gap * (piles.length - 1);
  return series.flatMap((each, index) =>
    each.type !== "bar"
      ? []
      : rows.map((_, row) => {
          const [from, to] = spans[row]![index]!;
          if (!Number.isFinite(to)) return null;
          const x =
            plot.left + band * (row + 0.5) - all / 2 + piles.indexOf(pile(each, index)) * (wide + gap);
          const top = Math.min(y(from), y(to));
          const height = Math.abs(y(from) - y(to));
          return h("rect", {
            x,
            y: top,
            width: wide,
            height,
            rx: Math.min(4, wide / 4, height / 2),
            fill: each.color,
          });
        }),
  );
}

function pile(series: Series, index: number): string {
  return series.stack ? `stack ${series.stack}` : `alone ${index}`;
}

function areas(
  h: typeof Make,
  { series, rows }: ChartData,
  spans: [number, number][][],
  middle: (index: number) => number,
  y: (value: number) => number,
): ComponentChild[] {
  return series.flatMap((each, index) => {
    if (each.type !== "area") return [];
    const at = rows.map((_, row) => row).filter((row) => Number.isFinite(spans[row]![index]![1]));
    const upper = at.map((row): Point => [middle(row), y(spans[row]![index]![1])]);
    const lower = at.map((row): Point => [middle(row), y(spans[row]![index]![0])]).reverse();
    if (!upper.length) return [];
    const back = curve(lower, each.curve).replace(/^M/, "L");
    return [
      h("path", { d: `${curve(upper, each.curve)}${back}Z`, fill: each.color, "fill-opacity": 0.18 }),
      h("path", { d: curve(upper, each.curve), fill: "none", stroke: each.color, "stroke-width": 2 }),
    ];
  });
}

/** Series differ by how their line is broken, not by colour alone. */
const DASHES = ["", "7 4", "2 4", "9 3 2 3"];

function lines(
  h: typeof Make,
  { series, rows }: ChartData,
  spans: [number, number][][],
  middle: (index: number) => number,
  y: (value: number) => number,
): ComponentChild[] {
  return series.flatMap((each, index) => {
    if (each.type !== "line") return [];
    const points = rows.flatMap((_, row): Point[] => {
      const to = spans[row]![index]![1];
      return Number.isFinite(to) ? [[middle(row), y(to)]] : [];
    });
    const order = series.slice(0, index).filter((other) => other.type === "line").length;
    return [
      h("path", {
        d: curve(points, each.curve),
        fill: "none",
        stroke: each.color,
        "stroke-width": 2.25,
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
        "stroke-dasharray": DASHES[order % DASHES.length],
      }),
    ];
  });
}

/** A path through `points`: straight, in steps, or smooth without going beyond a value. */
export function curve(points: readonly Point[], kind: string): string {
  if (!points.length) return "";
  const near = (value: number) => Math.round(value * 10) / 10;
  let path = `M${near(points[0]![0])},${near(points[0]![1])}`;
  const slopes = points.map((_, index) => slope(points, index));
  for (let index = 1; index < points.length; index += 1) {
    const [x0, y0] = points[index - 1]!;
    const [x, y] = points[index]!;
    const third = (x - x0) / 3;
    if (kind === "stepBefore") path += `V${near(y)}H${near(x)}`;
    else if (kind === "stepAfter") path += `H${near(x)}V${near(y)}`;
    else if (kind === "step") path += `H${near((x0 + x) / 2)}V${near(y)}H${near(x)}`;
    else if (!kind || kind.startsWith("linear")) path += `L${near(x)},${near(y)}`;
    else {
      const [from, to] = [y0 + slopes[index - 1]! * third, y - slopes[index]! * third];
      path += `C${near(x0 + third)},${near(from)} ${near(x - third)},${near(to)} ${near(x)},${near(y)}`;
    }
  }
  return path;
}

/** Source: Fritsch and Butland, "A method for constructing local monotone piecewise cubic interpolants", 1984. */
function slope(points: readonly Point[], index: number): number {
  const before = points[index - 1];
  const here = points[index]!;
  const after = points[index + 1];
  if (!before || !after) return 0;
  const left = (here[1] - before[1]) / (here[0] - before[0]);
  const right = (after[1] - here[1]) / (after[0] - here[0]);
  return left * right <= 0 ? 0 : (2 * left * right) / (left + right);
}

function markers(
  h: typeof Make,
  { series }: ChartData,
  spans: [number, number][][],
  at: number,
  x: number,
  y: (value: number) => number,
  plot: Plot,
): ComponentChild {
  return [
    h("line", { class: "pointer", x1: x, x2: x, y1: plot.top, y2: plot.top + plot.height }),
    series.map((each, index) => {
      const to = spans[at]?.[index]?.[1] ?? Number.NaN;
      return each.type !== "bar" && Number.isFinite(to)
        ? h("circle", { class: "dot", cx: x, cy: y(to), r: 4, fill: each.color })
        : null;
    }),
  ];
}

/** Pointing with a mouse or finger, and with the arrow keys. */
function pointing(view: View, data: ChartData, plot: Plot, band: number) {
  const last = data.rows.length - 1;
  return {
    tabIndex: 0,
    onPointerMove: (event: PointerEvent) => {
      const box = (event.currentTarget as SVGElement).getBoundingClientRect();
      view.setAt(Math.max(0, Math.min(last, Math.floor((event.clientX - box.left - plot.left) / band))));
    },
    onPointerLeave: () => view.setAt(null),
    onBlur: () => view.setAt(null),
    onFocus: (event: FocusEvent) =>
      (event.currentTarget as Element).matches(":focus-visible") && view.setAt(0),
    onKeyDown: (event: KeyboardEvent) => {
      const now = view.at ?? -1;
      const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: last, Escape: null }[event.key];
      if (to === undefined || (to === null && view.at === null)) return;
      event.preventDefault();
      event.stopPropagation();
      if (to === null) return view.setAt(null);
      const at = Math.max(0, Math.min(last, to));
      view.setAt(at);
      view.say(
        `${data.rows[at]!.label}: ${told(data, at, view.locale)
          .map((each) => `${each.name} ${each.value}`)
          .join(", ")}`,
      );
    },
  };
}

interface Told {
  name: string;
  value: string;
  color: string;
}

function told({ rows, series }: ChartData, at: number, locale: string): Told[] {
  const format = new Intl.NumberFormat(locale);
  return series.flatMap(({ label, color }, index) => {
    const value = rows[at]!.values[index]!;
    return Number.isFinite(value) ? [{ name: label, value: format.format(value), color }] : [];
  });
}

function tip(h: typeof Make, data: ChartData, view: View, x: number): ComponentChild {
  const left = x > view.width / 2;
  const style = left ? { right: `${view.width - x + 10}px` } : { left: `${x + 10}px` };
  return h(
    "div",
    { class: "tip", style, "aria-hidden": "true" },
    h("p", { dir: "auto" }, data.rows[view.at!]!.label),
    told(data, view.at!, view.locale).map(({ name, value, color }, index) =>
      h(
        "p",
        { key: index },
        h("span", { class: "swatch", style: { color } }),
        h("span", { dir: "auto" }, name),
        h("b", null, value),
      ),
    ),
  );
}
