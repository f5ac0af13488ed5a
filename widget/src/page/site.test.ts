// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest";
import { isDark } from "./site";

/** A page on which elements have these styles, on a system that prefers dark or light. */
function page(styles: Record<string, Partial<CSSStyleDeclaration>>, system: "dark" | "light" = "light") {
  document.body.innerHTML = "<div><main></main></div>";
  vi.stubGlobal("matchMedia", () => ({ matches: system === "dark" }));
  vi.stubGlobal("getComputedStyle", (element: Element) => ({
    backgroundColor: "rgba(0, 0, 0, 0)",
    colorScheme: "normal",
    ...styles[element.localName],
  }));
  return isDark(document.querySelector("main")!);
}

afterEach(() => {
  vi.unstubAllGlobals();
  document.documentElement.removeAttribute("data-theme");
});

describe("a page that does not say in its attributes whether it is dark", () => {
  it.each([
    ["rgb(22, 25, 35)", true],
    ["rgb(255, 255, 255)", false],
    ["rgba(0, 0, 0, 0.9)", true],
    ["oklch(0.145 0 0)", true],
    ["oklch(1 0 0)", false],
    ["lab(7.8 -6.8 -14.9)", true],
    ["lab(100 0 0)", false],
    ["color(srgb 0.06 0.09 0.16)", true],
    ["color(display-p3 0.98 0.98 0.98 / 0.95)", false],
  ])("is as dark as %s behind it", (backgroundColor, dark) => {
    const other = dark ? "light" : "dark";
    for (const element of ["body", "html", "div"])
      expect(page({ [element]: { backgroundColor } }, other), element).toBe(dark);
  });

  it("is white where it paints nothing and follows no system", () => {
    expect(page({}, "dark")).toBe(false);
  });

  it("is as the system where it says that it can be both", () => {
    expect(page({ html: { colorScheme: "light dark" } }, "dark")).toBe(true);
    expect(page({ html: { colorScheme: "light dark" } }, "light")).toBe(false);
    expect(page({ html: { colorScheme: "dark" } }, "light")).toBe(true);
    expect(page({ html: { colorScheme: "light" } }, "dark")).toBe(false);
  });
});

it("an attribute decides before any colour", () => {
  document.documentElement.dataset.theme = "dark";

  expect(page({ body: { backgroundColor: "rgb(255, 255, 255)" } })).toBe(true);
});
