// @vitest-environment jsdom
import { afterEach, describe, expect, test, vi } from "vitest";
import type { WidgetNode } from "../src/protocol/types";
import { at, button, doing, write } from "./rendering";
import { shown } from "./widget";

afterEach(() => document.body.replaceChildren());

const press = { type: "press" };

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
