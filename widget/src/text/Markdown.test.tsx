// @vitest-environment jsdom
import fc from "fast-check";
import { act } from "preact/test-utils";
import { describe, expect, test, vi } from "vitest";
import type { Annotation } from "../protocol/types";
import { numbered } from "./Markdown";
import { environment, show, words } from "./testing";

const url = (address: string, index?: number, title = "Nodes"): Annotation => ({
  type: "annotation",
  source: { type: "url", url: address, title },
  index,
});

describe("what answers must not do", () => {
  const payloads = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](java&#x0A;script:alert(1))",
    "[click](  javascript&colon;alert(1))",
    "[click](&#106;avascript:alert(1))",
    "[click](<java\\\nscript:alert(1)>)",
    "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[click](vbscript:msgbox(1))",
    "[click](blob:https://evil.example/1)",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    '![x](https://evil.example/?q=secret "onload=alert(1)")',
    "<javascript:alert(1)>",
    "[a]: javascript:alert(1)\n\n[a]",
    '[a](https://example.org "\\" onmouseover=alert(1)")',
    '```"><img src=x onerror=alert(1)>\ncode\n```',
    "| <img src=x onerror=alert(1)> |\n|---|\n| [x](javascript:alert(1)) |",
    "<style>*{background:url(https://evil.example)}</style>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<a href='javascript:alert(1)' onclick='alert(1)'>x</a>",
    "[x](//evil.example/\\@example.org)",
  ];

  test.each(payloads)("%s", (payload) => {
    const alert = vi.fn();
    vi.stubGlobal("alert", alert);
    for (const streaming of [false, true]) {
      const root = show({ text: payload, streaming, annotations: [url("javascript:alert(1)", 3, payload)] });

      expect(
        root.querySelectorAll("script, iframe, object, embed, style, svg image, form, meta, base"),
      ).toHaveLength(0);
      expect(root.querySelectorAll("img")).toHaveLength(0);
      for (const element of root.querySelectorAll("*")) {
        for (const { name, value } of element.attributes) {
          expect(name).not.toMatch(/^on|^style$|^srcdoc$/);
          if (name === "href" || name === "src")
            expect(new URL(value, document.baseURI).protocol).toMatch(/^(https?|mailto|tel):$/);
        }
      }
      for (const link of root.querySelectorAll<HTMLElement>("a, button")) act(() => link.click());
    }
    expect(alert).not.toHaveBeenCalled();
  });

  test("any text at all can be shown", () => {
    const mark = fc.constantFrom(..."*_~`$[]()<>!&\\|#-+=>. \n\t1ab:\u202e😀\ue000");
    const marks = fc.array(mark, { maxLength: 60 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "grapheme" }),
          marks.map((all) => all.join("")),
        ),
        (text) => {
          show({ text, streaming: true }).remove();
          show({ text, annotations: [url("/a", text.length >> 1)] }).remove();
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);

  test("plain words are kept", () => {
    const word = fc.stringMatching(/^[a-z\u0627-\u064a\u4e00-\u4e20]{1,8}$/);
    fc.assert(
      fc.property(
        fc.array(fc.array(word, { minLength: 1 }), { minLength: 1, maxLength: 4 }),
        (paragraphs) => {
          const root = show({ text: paragraphs.map((all) => all.join(" ")).join("\n\n") });
          expect([...root.querySelectorAll("p")].map((p) => p.textContent)).toEqual(
            paragraphs.map((all) => all.join(" ")),
          );
          root.remove();
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe("links and pictures", () => {
  test("go through the element, and keep their address for other ways of opening", () => {
    const { env, opened } = environment();
    const root = show({ text: "[a](https://other.example/x) [b](/docs) <mail@example.org> chat" }, env);
    const [away, here, mail] = root.querySelectorAll("a");
    away!.click();
    here!.click();
    here!.dispatchEvent(new MouseEvent("click", { ctrlKey: true, bubbles: true, cancelable: true }));

    expect(opened).toEqual(["https://other.example/x", "/docs"]);
    expect(away).toMatchObject({ target: "_blank", rel: "noopener noreferrer" });
    expect(away!.textContent).toBe("a (opens in a new tab)");
    expect(here!.target).toBe("");
    expect(mail!.getAttribute("href")).toBe("mailto:mail@example.org");
  });

  test("deep links of the element have no address", () => {
    const { env, opened } = environment();
    const root = show({ text: "[do it](chatkit-link://open?x=1)" }, env);
    root.querySelector("button")!.click();

    expect(root.querySelector("a")).toBeNull();
    expect(opened).toEqual(["chatkit-link://open?x=1"]);
  });

  test("pictures are fetched from allowed places only", () => {
    const thread = { id: "thr_1", created_at: "", allowed_image_domains: ["pictures.example"] };
    const { env } = environment({ state: { thread } });
    const text =
      "![one](https://cdn.pictures.example/a.png) ![two](https://other.example/b.png) ![three](/c.png) " +
      "![four](data:image/png;base64,AA==) ![five](https://server.example/d.png) ![six](https://evilpictures.example/e.png)";
    const root = show({ text }, env);

    expect([...root.querySelectorAll("img")].map((img) => img.alt)).toEqual(["one", "three", "four", "five"]);
    expect([...root.querySelectorAll("a")].map((a) => a.firstChild?.textContent)).toEqual(["two", "six"]);
  });
});

describe("blocks", () => {
  test("headings stand below those of the page", () => {
    const root = show({ text: "# One\n## Two\n##### Five" });
    expect([...root.querySelectorAll("h3, h4, h6")].map((each) => each.textContent)).toEqual([
      "One",
      "Two",
      "Five",
    ]);
  });

  test("each block finds its own direction, and code is always left to right", () => {
    const root = show({
      text: "مرحبا **بك**\n\nHello `x`\n\n- سلام\n\n> 1. سلام\n\n- Hello\n\n| سلام |\n|---|\n\n```py\nx = 1\n```",
    });
    const dirs = (names: string) => [...root.querySelectorAll(names)].map((each) => each.getAttribute("dir"));
    expect(dirs("p")).toEqual(["auto", "auto"]);
    expect(dirs("ul, ol, blockquote, table")).toEqual(["rtl", "rtl", "rtl", "ltr", "rtl"]);
    expect(dirs(".code-inline, pre")).toEqual(["ltr", "ltr"]);
  });

  test("tables are reached by the keyboard and have a name", () => {
    const root = show({ text: "| a | b |\n|--:|:--|\n| 1 | x \\| y |" });
    const box = root.querySelector<HTMLElement>("[role=group]")!;
    expect([box.tabIndex, box.getAttribute("aria-label")]).toEqual([0, "Table"]);
    expect([...root.querySelectorAll("td")].map((cell) => `${cell.className} ${cell.textContent}`)).toEqual([
      "right 1",
      "left x | y",
    ]);
  });

  test("tasks say whether they are done", () => {
    const root = show({ text: "- [x] build\n- [ ] drive" });
    expect([...root.querySelectorAll("[role=img]")].map((each) => each.getAttribute("aria-label"))).toEqual([
      "Done:",
      "To do:",
    ]);
  });

  test("prices are no formulas", () => {
    const root = show({ text: "It costs $5 and $6, or $7/month; $HOME and US$ too. But $a+b$ is one." });
    expect([...root.querySelectorAll(".math")].map((each) => each.textContent)).toEqual(["a+b"]);
  });

  test("the caret stands in the last line", () => {
    for (const [text, parent] of [
      ["Hello **wor", "P"],
      ["- one\n- two", "LI"],
      ["```py\nx = 1", "CODE"],
      ["| a |\n|---|\n| b", "BDI"],
      ["Done.\n\n", "P"],
      ["", "P"],
    ] as const) {
      const root = show({ text, streaming: true });
      const carets = root.querySelectorAll(".caret");
      expect(carets, text).toHaveLength(1);
      expect(carets[0]!.parentElement!.tagName).toBe(parent);
      expect(carets[0]!.getAttribute("aria-hidden")).toBe("true");
    }
  });

  test("words are strong in a language without spaces, too", () => {
    const root = show({ text: "**重点。**然后他说**“你好”**。" });
    expect([...root.querySelectorAll("strong")].map((each) => each.textContent)).toEqual([
      "重点。",
      "“你好”",
    ]);
  });
});

describe("sources in a text", () => {
  test("a marker is what stands before the index, counted in code points", () => {
    const text = "🤖🤖 A node computes [1]. A **topic** carries [2]";
    const points = [...text];
    const first = points.indexOf("]") + 1;
    const root = show({ text, annotations: [url("/n", first), url("/t", points.length, "Topics")] });

    const cites = [...root.querySelectorAll("a.cite")];
    expect(
      cites.map((each) => [each.textContent, each.getAttribute("href"), each.getAttribute("aria-label")]),
    ).toEqual([
      ["1", "/n", "Source 1: Nodes"],
      ["2", "/t", "Source 2: Topics"],
    ]);
    expect(words(root)).toBe("🤖🤖 A node computes 1. A topic carries 2");
  });

  test("a marker without an annotation stays text", () => {
    const root = show({ text: "See [1] and [2].", annotations: [url("/a", 7)] });
    expect(root.querySelectorAll(".cite")).toHaveLength(1);
    expect(words(root)).toBe("See 1 and [2].");
  });

  test("where the text has no marker, one is put in, the same for the same source", () => {
    const root = show({
      text: "One. Two. Three.",
      annotations: [url("/a", 4), url("/b", 9), url("/a", 16)],
    });
    expect(words(root)).toBe("One.1 Two.2 Three.1");
  });

  test("no line begins with a marker, and only a paragraph of markers moves up to the one before", () => {
    const text = "One [1] two.\n\n| a |\n|---|\n| b |\n\n[2]";
    const root = show({ text, annotations: [url("/a", 7), url("/b", text.length)] });
    const [first, alone] = [...root.querySelectorAll("p")];
    expect(first!.textContent).toBe("One\u00a01 two.");
    expect(first!.classList.contains("marker")).toBe(false);
    expect(alone!.classList.contains("marker")).toBe(true);
  });

  test("markers in code stay text", () => {
    const root = show({ text: "Take `a[1]` now", annotations: [url("/a", 10), url("/b", 8)] });
    expect(root.querySelectorAll(".cite")).toHaveLength(0);
    expect(root.querySelector("code")!.textContent).toBe("a[1]");
  });

  test("a marker that waits for its source is not shown while the answer grows", () => {
    const root = show({ text: "A node computes [1]", streaming: true });
    expect(words(root)).toBe("A node computes");
    show({ text: "A node computes [1]", streaming: true, annotations: [url("/n", 19)] }, undefined, root);
    expect(words(root)).toBe("A node computes 1");
  });

  test("no character is lost or doubled, wherever the sources stand", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.array(fc.integer({ min: -1, max: 40 }), { maxLength: 5 }),
        (text, places) => {
          const clean = text.replace(/[\ue000\ue001]/g, "\ufffd");
          const made = numbered(
            text,
            places.map((index, n) => url(`/${n}`, index)),
          ).text;
          const back = made.replace(/\[\ue000(\d+)\]/g, "[$1]").replace(/(\n\n)?\[\ue001\d+\]/g, "");
          expect(back.replace(/\s/g, "")).toBe(clean.replace(/\s/g, ""));
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
