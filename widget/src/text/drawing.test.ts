// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const assets = "https://server.example/-/widget/";
let draw: typeof import("./drawing").draw;

beforeEach(async () => {
  vi.resetModules();
  vi.useFakeTimers();
  draw = (await import("./drawing")).draw;
});

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const frame = () => document.querySelector("iframe")!;
const say = (data: object, source: Window | null = frame().contentWindow) =>
  window.dispatchEvent(new MessageEvent("message", { data, source }));
/** What the frame was told, by the numbers of the diagrams. */
const told = () => {
  const orders: { id: number; source: string; dark: boolean }[] = [];
  vi.spyOn(frame().contentWindow!, "postMessage").mockImplementation((order) => void orders.push(order));
  return orders;
};

test("one frame, which can run scripts and nothing else, draws every diagram", async () => {
  const first = draw(assets, "graph A", false);
  const second = draw(assets, "graph B", true);
  expect(document.querySelectorAll("iframe")).toHaveLength(1);
  expect(frame().getAttribute("sandbox")).toBe("allow-scripts");
  expect(frame().src).toBe(`${assets}diagram.html`);
  expect(frame().getAttribute("aria-hidden")).toBe("true");
  const orders = told();
  say({ pageside: "ready" });
  await vi.advanceTimersByTimeAsync(0);
  expect(orders.map(({ source, dark }) => [source, dark])).toEqual([
    ["graph A", false],
    ["graph B", true],
  ]);

  say({ pageside: "drawn", id: orders[1]!.id, svg: "<svg>B</svg>" });
  say({ pageside: "drawn", id: orders[0]!.id, svg: "<svg>A</svg>" });

  expect(await Promise.all([first, second])).toEqual(["<svg>A</svg>", "<svg>B</svg>"]);
});

test("nobody else can answer for the frame", async () => {
  const drawn = draw(assets, "graph A", false);
  const orders = told();
  say({ pageside: "ready" });
  await vi.advanceTimersByTimeAsync(0);
  say({ pageside: "drawn", id: orders[0]!.id, svg: "<svg>forged</svg>" }, window);
  say({ pageside: "drawn", id: orders[0]!.id, svg: "<svg>true</svg>" });

  expect(await drawn).toBe("<svg>true</svg>");
});

test("what cannot be drawn, or not in time, is told", async () => {
  const failed = expect(draw(assets, "graph (", false)).rejects.toThrow("cannot be drawn");
  const slow = expect(draw(assets, "graph A", false)).rejects.toThrow("took too long");
  const orders = told();
  say({ pageside: "ready" });
  await vi.advanceTimersByTimeAsync(0);
  say({ pageside: "failed", id: orders[0]!.id });
  await vi.advanceTimersByTimeAsync(11_000);

  await failed;
  await slow;
});

test("a frame that cannot be fetched is opened anew for the next diagram", async () => {
  const first = expect(draw(assets, "graph A", false)).rejects.toThrow("took too long");
  await vi.advanceTimersByTimeAsync(31_000);
  await first;
  expect(document.querySelector("iframe")).toBeNull();

  draw(assets, "graph A", false).catch(() => {});
  expect(document.querySelectorAll("iframe")).toHaveLength(1);
});
