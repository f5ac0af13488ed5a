/** Charts: the drawing comes on demand, the numbers are there as a table from the beginning. */

import { h } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type * as drawing from "../lazy/chart";
import { isRecord } from "../protocol/errors";
import { useEnv } from "../ui/env";
import { load } from "../ui/load";
import { useWidget } from "./context";
import type { Component } from "./tree";
import { block, color, count, oneOf, text } from "./values";

export interface Series {
  type: "bar" | "area" | "line";
  key: string;
  label: string;
  stack: string;
  curve: string;
  color: string;
}

export interface ChartData {
  series: Series[];
  /** What stands under each group of values, and the values in the order of the series; NaN where there is none. */
  rows: { label: string; values: number[] }[];
  axisX: boolean;
  axisY: boolean;
  legend: boolean;
  tooltip: boolean;
  barGap: number;
  groupGap: number;
}

const COLORS = ["blue", "orange", "green", "purple", "red", "teal", "pink", "yellow"];
const MOST_ROWS = 400;
const MOST_SERIES = 12;

export function ChartView({ node }: { node: Component }) {
  const env = useEnv();
  const { dark } = useWidget();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [chart, setChart] = useState<typeof drawing | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const data = useMemo(() => chartOf(node, dark), [node, dark]);
  useEffect(() => {
    let there = true;
    load<typeof drawing>(env.assets, "chart").then(
      (module) => there && setChart(module),
      () => {}, // the table says everything that the drawing would
    );
    return () => {
      there = false;
    };
  }, [env.assets]);
  useEffect(() => {
    if (!box.current || typeof ResizeObserver === "undefined") return;
    const measured = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    measured.observe(box.current);
    return () => measured.disconnect();
  }, []);
  const style = { minHeight: "13.75rem", ...block(node, dark) };
  const height = box.current?.clientHeight || 220;
  return (
    <div class="chart">
      <div ref={box} class="plot" style={style} dir="ltr">
        {chart &&
          width > 0 &&
          chart.draw(h, data, { width, height, locale: env.locale, at, setAt, say: env.announce })}
      </div>
      {data.legend && (
        <ul class="keys" aria-hidden="true">
          {data.series.map((series) => (
            <li key={series.key} dir="auto">
              <span class={`swatch ${series.type}`} style={{ color: series.color }} />
              {series.label}
            </li>
          ))}
        </ul>
      )}
      <NumberTable data={data} locale={env.locale} seen={!chart} />
    </div>
  );
}

function NumberTable({ data, locale, seen }: { data: ChartData; locale: string; seen: boolean }) {
  const format = new Intl.NumberFormat(locale);
  return (
    <div class={seen ? "table" : "unseen"}>
      <table>
        <thead>
          <tr>
            <td />
            {data.series.map((series) => (
              <th key={series.key} scope="col">
                {series.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row, index) => (
            <tr key={index}>
              <th scope="row">{row.label}</th>
              {row.values.map((value, column) => (
                <td key={column}>{Number.isNaN(value) ? "" : format.format(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A number that can be drawn, else none. */
function value(value: unknown): number {
  return typeof value === "number" && Math.abs(value) < 1e15 ? value : Number.NaN;
}

/** The chart that `node` describes, as far as it describes one. */
export function chartOf(node: Component, dark: boolean): ChartData {
  const axis = isRecord(node.xAxis) ? node.xAxis : { dataKey: node.xAxis };
  const labels = isRecord(axis.labels) ? axis.labels : {};
  const list = Array.isArray(node.series) ? node.series.slice(0, MOST_SERIES).filter(isRecord) : [];
  const series = list.map((each, index): Series => {
    const named = color(each.color, "chart", dark) ?? color(COLORS[index % COLORS.length], "chart", dark)!;
    return {
      type: oneOf(each.type, ["bar", "area", "line"], "bar"),
      key: `${index}`,
      label: text(each.label) || text(each.dataKey),
      stack: text(each.stack),
      curve: text(each.curveType),
      color: named,
    };
  });
  const keys = list.map((each) => text(each.dataKey));
  const rows = (Array.isArray(node.data) ? node.data : []).slice(0, MOST_ROWS).filter(isRecord);
  return {
    series,
    rows: rows.map((row) => {
      const plain = text(row[text(axis.dataKey)]);
      const label = Object.hasOwn(labels, plain) ? text(labels[plain]) : plain;
      return { label, values: keys.map((key) => value(row[key])) };
    }),
    axisX: axis.hide !== true,
    axisY: node.showYAxis === true,
    legend: node.showLegend !== false && series.length > 1,
    tooltip: node.showTooltip !== false,
    barGap: count(node.barGap, 0, 40) ?? 2,
    groupGap: count(node.barCategoryGap, 0, 80) ?? 12,
  };
}
