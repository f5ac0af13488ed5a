import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { opener, parsed } from "./links";
import { checked } from "./options";
import { isDark, onColor, properties } from "./theme";

describe("options", () => {
  it("say which of them cannot be used", () => {
    const api = { url: "/chatkit", domainKey: "x" };
    for (const [options, name] of [
      [undefined, "api"],
      [{}, "api"],
      [{ api: {} }, "url"],
      [{ api, onClientTool: "x" }, "onClientTool"],
      [{ api, entities: { onTagSearch: 1 } }, "entities.onTagSearch"],
      [{ api, startScreen: { prompts: {} } }, "startScreen.prompts"],
    ] as const)
      expect(() => checked(options as never)).toThrow(name);
    expect(checked({ api })).toEqual({ api });
  });
});

describe("the theme", () => {
  it("is light unless it says dark", () => {
    expect(
      [undefined, "light", "dark", { colorScheme: "dark" }, {}].map((theme) => isDark(theme as never)),
    ).toEqual([false, false, true, true, false]);
  });

  it("never lets a value end its declaration or fetch anything", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const made = properties({
          typography: { fontFamily: value, fontFamilyMono: value },
          color: { accent: { primary: value, level: 1 }, surface: { background: value, foreground: value } },
        });
        for (const text of Object.values(made)) expect(text).not.toMatch(/[;{}]|url\s*\(/i);
      }),
      { examples: [["red;}*{display:none"], ["url(https://evil.example)"], ["URL ("]] },
    );
  });

  it("writes on a colour in what is read better", () => {
    expect(onColor("#000")).toBe("#fff");
    expect(onColor("#ffff00")).toBe("#17161f");
    expect(onColor("rebeccapurple")).toBeUndefined();
  });

  it("keeps numbers in bounds", () => {
    const made = properties({
      typography: { baseSize: 900 as never },
      color: { grayscale: { hue: -30, tint: 99 as never, shade: 99 as never } },
    });
    expect(made["--theme-size"]).toBe("24px");
    expect(made["--theme-surface"]).toMatch(/^hsl\(330 /);
  });
});

describe("a link of an answer", () => {
  const open = vi.fn();
  vi.stubGlobal("window", { open });
  vi.stubGlobal("document", { baseURI: "https://book.example/docs/" });

  it("opens in the page where it can, else in a new tab", () => {
    const inside = opener(vi.fn(), () => true);
    inside("/nodes#a");
    expect(open).not.toHaveBeenCalled();
    const outside = opener(vi.fn(), () => false);
    outside("/nodes#a");
    expect(open).toHaveBeenLastCalledWith("https://book.example/nodes#a", "_blank", "noopener,noreferrer");
  });

  it("never runs anything", () => {
    open.mockClear();
    const navigate = vi.fn(() => false);
    for (const url of [
      "javascript:alert(1)",
      " JaVaScRiPt:alert(1)",
      "data:text/html,x",
      "vbscript:x",
      "blob:x",
      "file:///etc",
      "http://[",
    ])
      opener(vi.fn(), navigate)(url);
    expect(open).not.toHaveBeenCalled();
    expect(navigate).not.toHaveBeenCalled();
  });

  it("may be a message to the page", () => {
    const deeplink = vi.fn();
    opener(deeplink, () => false)("chatkit-link://show?place=a%20b");
    expect(deeplink).toHaveBeenCalledWith("show", { place: "a b" });
    expect(parsed("chatkit-link://show/")).toEqual({ name: "show", data: {} });
    expect(parsed("chatkit-link://100%?url=/a?b=c")).toEqual({ name: "100%", data: { url: "/a?b=c" } });
    opener(deeplink, () => false)("ChatKit-Link://other");
    expect(deeplink).toHaveBeenLastCalledWith("other", {});
  });
});
