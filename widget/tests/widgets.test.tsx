// @vitest-environment jsdom
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WidgetNode } from "../src/protocol/types";
import { shared } from "../src/ui/shared";
import { DRAWN } from "../src/widgets/Root";
import { components, DEEPEST, labelled, MOST_NODES } from "../src/widgets/tree";
import { at, button, doing } from "./rendering";
import { widgets } from "./samples";
import { shown } from "./widget";

afterEach(() => document.body.replaceChildren());

describe("every component of the protocol", () => {
  const types = readFileSync(
    join(import.meta.dirname, "../node_modules/@openai/chatkit/types/widgets.d.ts"),
    "utf8",
  );
  const named = [...types.matchAll(/^ {2}type: '([\w.]+)'/gm)].map(([, name]) => name!);

  test("of the types is drawn", () => {
    expect(named.length).toBeGreaterThan(28);
    expect(Object.keys(DRAWN)).toEqual(expect.arrayContaining(named));
  });

  test("stands in the gallery", () => {
    const seen = new Set<string>();
    const walk = (node: { type: string; children: never[] }) => {
      seen.add(node.type);
      node.children.forEach(walk);
    };
    for (const widget of Object.values(widgets)) walk(components(widget) as never);

    expect([...seen].sort()).toEqual(expect.arrayContaining(Object.keys(DRAWN).sort()));
  });

  test.each(Object.keys(DRAWN))("%s is rendered with nothing, and with everything wrong", (type) => {
    const wrong = Object.fromEntries(
      [
        "value",
        "children",
        "src",
        "name",
        "options",
        "data",
        "series",
        "xAxis",
        "status",
        "confirm",
        "editable",
        "label",
        "size",
        "gap",
        "style",
        "limit",
        "onClickAction",
        "defaultValue",
        "min",
        "iconStart",
        "fieldName",
      ].map((key, index) => [key, [7, null, [[]], { a: 1 }, true][index % 5]]),
    );
    shown({ type });
    shown({ ...wrong, type } as unknown as WidgetNode);

    expect(document.querySelectorAll(".widget").length).toBe(2);
  });
});

describe("what nobody knows", () => {
  test("shows what is in it", () => {
    const { root } = shown({
      type: "Card",
      children: [{ type: "Carousel", children: [{ type: "Text", value: "Inside" }] }],
    });

    expect(root.textContent).toBe("Inside");
  });

  test.each(["constructor", "__proto__", "toString"])("is harmless when it is called %s", (type) => {
    expect(shown({ type, children: [{ type: "Text", value: "Inside" }] }).root.textContent).toBe("Inside");
  });

  test("of any shape is rendered without an error", () => {
    const node = fc.letrec((tie) => ({
      node: fc.record(
        {
          type: fc.oneof(fc.constantFrom(...Object.keys(DRAWN)), fc.string()),
          value: fc.anything(),
          name: fc.anything(),
          label: fc.anything(),
          options: fc.anything(),
          key: fc.oneof(fc.string({ maxLength: 2 }), fc.anything()),
          children: fc.oneof(fc.anything(), fc.array(tie("node"), { maxLength: 3 })),
        },
        { requiredKeys: ["type"] },
      ),
    })).node;
    fc.assert(
      fc.property(node, (widget) => {
        shown(widget as WidgetNode);
        document.body.replaceChildren();
      }),
      { numRuns: 80 },
    );
  });

  test("is shown as far as it is neither too deep nor too much", () => {
    let deep: WidgetNode = { type: "Text", value: "bottom" };
    for (let index = 0; index < 500; index += 1) deep = { type: "Col", children: [deep] };
    const wide: WidgetNode = {
      type: "Col",
      children: Array.from({ length: 9000 }, () => ({ type: "Text", value: "x" })),
    };

    let depth = 0;
    for (let node = components(deep); node.children[0]; node = node.children[0]) depth += 1;
    expect(depth).toBe(DEEPEST);
    expect(components(wide).children.length).toBe(MOST_NODES - 1);
  });
});

describe("payloads", () => {
  const payload =
    '"><img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>javascript:globalThis.hit=1';
  const strings = [
    "value",
    "label",
    "name",
    "alt",
    "src",
    "placeholder",
    "fieldName",
    "color",
    "background",
    "width",
    "key",
    "id",
    "defaultValue",
    "ariaLabel",
    "iconStart",
    "padding",
    "flex",
    "pattern",
    "inputType",
    "theme",
  ];

  test.each(Object.keys(DRAWN))("in every property of %s stay text", (type) => {
    const node = Object.fromEntries(strings.map((name) => [name, payload]));
    const options = [{ value: payload, label: payload, description: payload }];
    const children = [{ ...node, type: "Text" }];
    const { root } = shown({
      ...node,
      type,
      options,
      children,
      status: { text: payload, favicon: payload, icon: payload },
      confirm: { label: payload, action: { type: payload } },
      editable: { name: payload, placeholder: payload },
      data: [{ x: payload, y: 1 }],
      series: [{ type: "bar", dataKey: "y", label: payload, color: payload }],
      xAxis: "x",
    } as WidgetNode);

    expect(root.querySelectorAll("script, iframe, object, embed, link, style").length).toBe(0);
    for (const element of root.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on/i);
        if (/^(href|src|action|formaction)$/.test(name)) expect(value).not.toMatch(/^\s*javascript:/i);
      }
    }
    expect((globalThis as Record<string, unknown>).hit).toBeUndefined();
  });
});

describe("a widget that changes", () => {
  test("keeps what is being written in its fields, and where", () => {
    const widget = (value: string): WidgetNode => ({
      type: "Card",
      children: [
        ...(value ? [{ type: "Text", id: "said", value, streaming: true }] : []),
        { type: "Input", key: "name", name: "name" },
      ],
    });
    const { root, again } = shown(widget(""));
    const field = at<HTMLInputElement>(root, "input");
    field.focus();
    field.value = "Ad";
    again(widget("One"));
    again(widget("One two"));

    expect(root.textContent).toContain("One two");
    expect(at(root, "input")).toBe(field);
    expect(field.value).toBe("Ad");
    expect(document.activeElement).toBe(field);
  });

  test("with the same key twice shows both", () => {
    const { root } = shown({
      type: "Col",
      children: [
        { type: "Text", key: "a", value: "1" },
        { type: "Text", key: "a", value: "2" },
      ],
    });

    expect(root.textContent).toBe("12");
  });
});

describe("lists and cards", () => {
  test("show so many rows, and the rest when asked", async () => {
    const rows = Array.from({ length: 8 }, (_, index) => ({
      type: "ListViewItem",
      children: [{ type: "Text", value: `Row ${index}` }],
    }));
    const { root } = shown({ type: "ListView", limit: "auto", children: rows });
    expect(root.querySelectorAll("li").length).toBe(5);

    await doing(() => button(root, "Show more").click());
    expect(root.querySelectorAll("li").length).toBe(8);
  });

  test("fold away and open again", async () => {
    const { root } = shown({
      type: "Card",
      collapsed: true,
      status: { text: "Done" },
      children: [{ type: "Text", value: "What was in it" }],
    });
    const body = at(root, ".body");
    expect([body.hidden, at(root, ".status").textContent]).toEqual([true, "Done"]);

    await doing(() => button(root, "Show more").click());
    expect(body.hidden).toBe(false);
  });

  test("keep a theme of their own", () => {
    const { root } = shown({
      type: "Card",
      theme: "dark",
      children: [{ type: "Text", value: "x", color: { light: "#111111", dark: "#eeeeee" } }],
    });

    expect(root.querySelector(".forced.dark")).not.toBeNull();
    expect(at(root, ".text").style.color).toBe("rgb(238, 238, 238)");
  });
});

describe("fields", () => {
  test("have the name of their label, and without one a name that is read out", () => {
    const tree = components({ type: "Col", children: [{ type: "Label", value: "Name", fieldName: "name" }] });
    expect([...labelled(tree)]).toEqual(["name"]);

    const { root } = shown({
      type: "Col",
      children: [
        { type: "Label", value: "Name", fieldName: "name" },
        { type: "Input", name: "name", placeholder: "Ada" },
        { type: "Input", name: "mail", placeholder: "E-mail" },
      ],
    });
    const [name, mail] = [...root.querySelectorAll("input")];
    expect([name!.labels?.[0]?.textContent, name!.getAttribute("aria-label")]).toEqual(["Name", null]);
    expect(mail!.getAttribute("aria-label")).toBe("E-mail");
  });

  test("that are dates are read and cleared", async () => {
    const { root } = shown({
      type: "Col",
      children: [
        { type: "DatePicker", name: "d", defaultValue: "2026-01-12T08:00:00+05:00", clearable: true },
      ],
    });
    const field = at<HTMLInputElement>(root, "input");
    expect(field.value).toBe("2026-01-12");

    await doing(() => button(root, "Clear").click());
    expect([field.value, document.activeElement]).toEqual(["", field]);
  });
});

describe("what widgets take from the element", () => {
  beforeEach(() => document.body.replaceChildren());

  test("is all there", () => {
    const folder = join(import.meta.dirname, "../src/widgets");
    const files = readdirSync(folder).filter((name) => !name.includes(".test."));
    for (const file of files) {
      const source = readFileSync(join(folder, file), "utf8");
      for (const [, names, from] of source.matchAll(/^import \{([^}]+)\} from "([^"]+)"/gm)) {
        const module = shared[from!.replace("../", "") as keyof typeof shared] as
          | Record<string, unknown>
          | undefined;
        if (!module) continue;
        for (const name of names!.split(",").map((each) => each.trim())) {
          if (name && !name.startsWith("type "))
            expect(module[name], `${file}: ${name} of ${from}`).toBeDefined();
        }
      }
    }
  });
});
