// @vitest-environment jsdom
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { WidgetItem, WidgetNode } from "../src/protocol/types";
import { shared } from "../src/ui/shared";
import { DRAWN, WidgetRoot } from "../src/widgets/Root";
import { components, DEEPEST, labelled, MOST_NODES } from "../src/widgets/tree";
import { at, button, doing, environment, pretended, show, write } from "./rendering";
import { widgets } from "./samples";

afterEach(() => document.body.replaceChildren());

const item = (widget: WidgetNode): WidgetItem => ({
  id: "w1",
  thread_id: "t",
  created_at: "",
  type: "widget",
  widget,
});

/** The widget on a page, and what its actions came to. */
function shown(widget: WidgetNode, answers: Record<string, () => Promise<unknown>> = {}, change = {}) {
  const { chat, calls, store } = pretended({}, answers);
  const { env, said, opened } = environment(chat, change);
  const root = show(<WidgetRoot widget={widget} item={item(widget)} />, env);
  return {
    root,
    calls,
    store,
    env,
    said,
    opened,
    again: (next: WidgetNode) => show(<WidgetRoot widget={next} item={item(next)} />, env, root),
  };
}

const press = { type: "press" };

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

describe("an action", () => {
  test("of a button goes to the server once, however often it is pressed meanwhile", async () => {
    let finish = () => {};
    const { root, calls } = shown(
      {
        type: "Card",
        children: [{ type: "Button", label: "Go", onClickAction: { ...press, payload: { a: 1 } } }],
      },
      { act: () => new Promise<void>((done) => (finish = done)) },
    );
    const go = button(root, "Go");
    await doing(() => {
      go.click();
      go.click();
    });
    go.click();

    expect(calls).toEqual([["act", { type: "press", payload: { a: 1 } }, "w1", true]]);
    expect(go.ariaDisabled).toBe("true");
    expect(at(root, ".widget").ariaBusy).toBe("true");

    await doing(finish);
    expect(go.ariaDisabled).toBe("false");
    await doing(() => go.click());
    expect(calls.length).toBe(2);
  });

  test("with the handler client goes to whoever mounted the element", async () => {
    const widgetAction = vi.fn(async () => {});
    const widget = {
      type: "Card",
      children: [{ type: "Button", label: "Go", onClickAction: { ...press, handler: "client" } }],
    };
    const { root, calls } = shown(widget, {}, { widgetAction });
    await doing(() => button(root, "Go").click());

    expect(widgetAction).toHaveBeenCalledExactlyOnceWith({ type: "press" }, { id: "w1", widget });
    expect(calls).toEqual([]);
  });

  test("that fails says so at the widget and to readers who do not see it, and may be tried again", async () => {
    const { root, said } = shown(
      { type: "Card", children: [{ type: "Button", label: "Go", onClickAction: press }] },
      { act: () => Promise.reject(new Error("The server said no.")) },
    );
    await doing(() => button(root, "Go").click());

    expect(at(root, ".problem").textContent).toBe("The server said no.");
    expect(said).toEqual(["The server said no."]);
    expect(button(root, "Go").ariaDisabled).toBe("false");
  });

  test.each([
    ["none", false, false],
    ["self", true, false],
    ["container", false, true],
    ["auto", true, false],
  ])("with the loading behaviour %s shows that it is under way", async (loadingBehavior, spins, fades) => {
    const { root } = shown(
      {
        type: "Card",
        children: [{ type: "Button", label: "Go", onClickAction: { ...press, loadingBehavior } }],
      },
      { act: () => new Promise(() => {}) },
    );
    await doing(() => button(root, "Go").click());

    expect(!!root.querySelector(".press .spin")).toBe(spins);
    expect(!!root.querySelector(".widget.faded")).toBe(fades);
  });

  test("that streams waits for the answer that is being given; another does not", async () => {
    const { root, calls, store } = shown({
      type: "Card",
      children: [
        { type: "Button", label: "Stream", onClickAction: press },
        { type: "Button", label: "Fold", onClickAction: { ...press, streaming: false } },
      ],
    });
    await doing(() => store.patch({ phase: "answering" }));
    await doing(() => button(root, "Stream").click());
    await doing(() => button(root, "Fold").click());

    expect(button(root, "Stream").ariaDisabled).toBe("true");
    expect(calls).toEqual([["act", { type: "press" }, "w1", false]]);
  });

  test("of a row is the row's, and of a button in it the button's", async () => {
    const { root, calls } = shown({
      type: "ListView",
      children: [
        {
          type: "ListViewItem",
          onClickAction: { type: "row" },
          children: [
            { type: "Text", value: "Nodes" },
            { type: "Button", label: "Explain", onClickAction: press },
          ],
        },
      ],
    });
    const row = at<HTMLButtonElement>(root, ".cover");
    await doing(() => row.click());
    await doing(() => button(root, "Explain").click());
    await doing(() => at(root, ".text").click());

    expect(calls.map(([, action]) => (action as { type: string }).type)).toEqual(["row", "press", "row"]);
    expect(document.getElementById(row.getAttribute("aria-labelledby")!)?.textContent).toContain("Nodes");
    expect(row.contains(button(root, "Explain"))).toBe(false);
  });

  test("of a change carries what was chosen", async () => {
    const { root, calls } = shown({
      type: "Card",
      children: [
        {
          type: "Select",
          name: "book.part",
          options: [
            { value: "1", label: "One" },
            { value: "2", label: "Two" },
          ],
          onChangeAction: press,
        },
        { type: "Checkbox", name: "sure", label: "Sure", onChangeAction: press },
        {
          type: "RadioGroup",
          name: "size",
          options: [
            { value: "s", label: "S" },
            { value: "m", label: "M" },
          ],
          onChangeAction: press,
        },
        { type: "DatePicker", name: "day", onChangeAction: press },
      ],
    });
    await doing(() => write(at<HTMLSelectElement>(root, "select"), "2"));
    await doing(() => at(root, "input[type=checkbox]").click());
    await doing(() => at(root, "input[value=m]").click());
    await doing(() => write(at<HTMLInputElement>(root, "input[type=date]"), "2026-02-03"));

    expect(calls.map(([, action]) => (action as { payload: unknown }).payload)).toEqual([
      { book: { part: "2" } },
      { sure: true },
      { size: "m" },
      { day: "2026-02-03T00:00:00.000Z" },
    ]);
  });
});

test.each([
  [{}, "secondary soft"],
  [{ style: "primary" }, "primary solid"],
  [{ style: "secondary" }, "secondary outline"],
  [{ color: "danger" }, "danger solid"],
  [{ color: "moon", variant: "ghost" }, "secondary ghost"],
])("a button that is %j looks %s", (more, looks) => {
  const { root } = shown({ type: "Card", children: [{ type: "Button", label: "Go", ...more }] });

  expect(button(root, "Go").className).toContain(`press ${looks}`);
});

describe("a form", () => {
  const form = (children: WidgetNode[], more = {}): WidgetNode => ({
    type: "Card",
    children: [
      {
        type: "Form",
        onSubmitAction: { type: "save", payload: { id: 7 } },
        children: [...children, { type: "Button", label: "Save", submit: true }],
        ...more,
      },
    ],
  });

  test("sends what stands in its fields, by name", async () => {
    const { root, calls } = shown(
      form([
        { type: "Input", name: "todo.title", defaultValue: "Milk" },
        { type: "Textarea", name: "todo.note" },
        { type: "Checkbox", name: "urgent", defaultChecked: true },
        { type: "Input", name: "off", defaultValue: "x", disabled: true },
        { type: "Text", value: "Now", editable: { name: "when" } },
      ]),
    );
    write(at<HTMLTextAreaElement>(root, "[data-field='todo.note']"), "the blue one");
    await doing(() => button(root, "Save").click());

    expect(calls).toEqual([
      [
        "act",
        {
          type: "save",
          payload: { id: 7, todo: { title: "Milk", note: "the blue one" }, urgent: true, when: "Now" },
        },
        "w1",
        true,
      ],
    ]);
  });

  test("is kept back while something needed is missing, says where, and takes the reader there", async () => {
    const { root, calls } = shown(
      form([
        { type: "Label", value: "Name", fieldName: "name" },
        { type: "Input", name: "name", required: true },
        { type: "RadioGroup", name: "size", required: true, options: [{ value: "s", label: "S" }] },
      ]),
    );
    await doing(() => button(root, "Save").click());
    const field = at<HTMLInputElement>(root, "[data-field=name]");

    expect(calls).toEqual([]);
    expect(document.activeElement).toBe(field);
    expect(field.ariaInvalid ?? field.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(field.getAttribute("aria-describedby")!)?.textContent).toBe(
      "This is needed.",
    );
    expect(root.querySelectorAll(".problem").length).toBe(2);

    write(field, "Ada");
    at(root, "input[type=radio]").click();
    await doing(() => button(root, "Save").click());
    expect(calls.length).toBe(1);
    expect(root.querySelectorAll(".problem").length).toBe(0);
  });

  test.each([
    [{ inputType: "email" }, "ada", "ada@example.org"],
    [{ pattern: "[A-Z]{3}" }, "abc", "ABC"],
  ])("is kept back while %j is %s", async (more, bad, good) => {
    const { root, calls } = shown(form([{ type: "Input", name: "x", ...more }]));
    const field = at<HTMLInputElement>(root, "[data-field=x]");
    write(field, bad);
    await doing(() => button(root, "Save").click());
    expect(calls).toEqual([]);
    expect(at(root, ".problem").textContent).toBe("This does not have the form that is asked for.");

    write(field, good);
    await doing(() => button(root, "Save").click());
    expect(calls.length).toBe(1);
  });

  test("with a pattern that is none takes anything", async () => {
    const { root, calls } = shown(form([{ type: "Input", name: "x", pattern: "(", defaultValue: "y" }]));
    await doing(() => button(root, "Save").click());

    expect(calls.length).toBe(1);
  });

  test("comes with every action that begins in it", async () => {
    const { root, calls } = shown(
      form([
        { type: "Input", name: "name", required: true, defaultValue: "" },
        { type: "Button", label: "Later", onClickAction: { type: "later" } },
      ]),
    );
    await doing(() => button(root, "Later").click());

    expect(calls).toEqual([["act", { type: "later", payload: { name: "" } }, "w1", true]]);
  });

  test("may be a card, which asks before it sends and not before it is left", async () => {
    const { root, calls } = shown({
      type: "Card",
      asForm: true,
      confirm: { label: "Yes", action: { type: "yes" } },
      cancel: { label: "No", action: { type: "no" } },
      children: [{ type: "Input", name: "why", required: true }],
    });
    await doing(() => button(root, "Yes").click());
    await doing(() => button(root, "No").click());

    expect(calls.map(([, action]) => action)).toEqual([{ type: "no", payload: { why: "" } }]);
  });

  test("in a form is the inner one's affair", async () => {
    const { root, calls } = shown({
      type: "Card",
      asForm: true,
      confirm: { label: "Yes", action: { type: "outer" } },
      children: [
        { type: "Input", name: "a", defaultValue: "1" },
        {
          type: "Form",
          onSubmitAction: { type: "inner" },
          children: [
            { type: "Input", name: "b", defaultValue: "2" },
            { type: "Button", label: "In", submit: true },
          ],
        },
      ],
    });
    await doing(() => button(root, "In").click());
    await doing(() => button(root, "Yes").click());

    expect(calls.map(([, action]) => action)).toEqual([
      { type: "inner", payload: { b: "2" } },
      { type: "outer", payload: { a: "1" } },
    ]);
  });

  test("that is kept back in a form sends nothing of the outer one", async () => {
    const { root, calls } = shown({
      type: "Card",
      asForm: true,
      confirm: { label: "Yes", action: { type: "outer" } },
      children: [
        {
          type: "Form",
          onSubmitAction: { type: "inner" },
          children: [
            { type: "Input", name: "b", required: true },
            { type: "Button", label: "In", submit: true },
          ],
        },
      ],
    });
    await doing(() => button(root, "In").click());

    expect(calls).toEqual([]);
    expect(root.querySelectorAll(".problem").length).toBe(1);
  });

  test.each(["elements", "submit", "querySelectorAll", "dispatchEvent", "action"])(
    "may have a field called %s",
    async (name) => {
      const { root, calls } = shown(form([{ type: "Input", name, defaultValue: "v" }]));
      await doing(() => button(root, "Save").click());

      expect(calls.map(([, action]) => (action as { payload: object }).payload)).toEqual([
        { id: 7, [name]: "v" },
      ]);
    },
  );
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
