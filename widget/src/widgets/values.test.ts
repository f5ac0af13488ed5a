// @vitest-environment jsdom
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { block, box, color, imageUrl, radius, size, space, spacing } from "./values";

describe("lengths", () => {
  test("count steps of space in gaps, px in sizes", () => {
    expect(space(3)).toBe("calc(3 * var(--space))");
    expect(size(120)).toBe("calc(120 * 1px)");
    expect(size("50%")).toBe("50%");
    expect(space("auto")).toBe("auto");
  });

  test.each([
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    99_999,
    "calc(1px)",
    "url(x)",
    "expression(alert(1))",
    "1px;color:red",
    {},
    [],
  ])("of %j are none", (value) => {
    expect(size(value)).toBeUndefined();
    expect(space(value)).toBeUndefined();
  });

  test("of sides follow the direction of text", () => {
    expect(spacing("padding", { x: 2, top: "1em", left: 1 })).toEqual({
      paddingInlineStart: "calc(1 * var(--space))",
      paddingInlineEnd: "calc(2 * var(--space))",
      paddingBlockStart: "1em",
    });
    expect(spacing("margin", "8px 12px")).toMatchObject({ marginBlockStart: "8px", marginInlineEnd: "12px" });
  });
});

describe("colours", () => {
  test("are tokens, primitives, CSS colours, and those for each theme", () => {
    expect(color("secondary", "text", false)).toBe("var(--text-muted)");
    expect(color("surface-secondary", "background", false)).toBe("var(--surface-sunken)");
    expect(color("red-500", "text", false)).toMatch(/^oklch\(/);
    expect(color("#f00", "text", false)).toBe("#f00");
    expect(color("rgb(1 2 3 / 40%)", "text", false)).toBe("rgb(1 2 3 / 40%)");
    expect(color({ light: "#fff", dark: "#000" }, "text", true)).toBe("#000");
  });

  test.each([
    "url(https://evil.example/x)",
    "expression(alert(1))",
    "red;background:url(x)",
    "var(--x)",
    "javascript:alert(1)",
    "#12345",
    "constructor-5",
    7,
    null,
    [],
    { light: "url(x)" },
  ])("of %j are none", (value) => {
    expect(color(value, "background", false)).toBeUndefined();
  });
});

describe("pictures", () => {
  test.each([
    "https://a.example/x.png",
    "/x.png",
    "x.png",
    "data:image/png;base64,AA",
    "data:image/svg+xml,%3Csvg/%3E",
    "blob:https://a.example/1",
  ])("come from %s", (url) => {
    expect(imageUrl(url)).toBe(url);
  });

  test.each([
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "http://[",
    "",
    7,
    null,
  ])("do not come from %j", (url) => {
    expect(imageUrl(url)).toBeUndefined();
  });
});

test("a radius is a token that follows the theme's roundness", () => {
  expect(radius("xl")).toBe("calc(12px * var(--roundness, 1))");
  expect(radius("none")).toBe("calc(0px * var(--roundness, 1))");
  expect(radius("toString")).toBeUndefined();
});

test("borders have a size, a style and a colour for each edge", () => {
  expect(box({ border: 2 }, false).borderBlockStart).toBe("2px solid var(--border)");
  const style = box({ border: { x: { size: 1, style: "dashed", color: "strong" }, top: 3 } }, false);
  expect(style.borderInlineEnd).toBe("1px dashed var(--border-strong)");
  expect(style.borderBlockStart).toBe("3px solid var(--border)");
  expect(style.borderBlockEnd).toBeUndefined();
});

test("no value of any property becomes something that fetches or runs", () => {
  const names = [
    "width",
    "height",
    "size",
    "minSize",
    "gap",
    "padding",
    "margin",
    "border",
    "background",
    "flex",
    "radius",
    "align",
    "justify",
    "wrap",
    "aspectRatio",
  ];
  const nasty = fc.oneof(
    fc.anything(),
    fc.constantFrom("url(//x)", "expression(1)", "javascript:1", "1px;x:url(//x)", "image-set('x')"),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), nasty), (node) => {
      const style = Object.values({ ...box(node, false), ...block(node, true) }).join(" ");
      expect(style).not.toMatch(/url|expression|javascript|image-set|[;{}\\]/i);
    }),
  );
});
