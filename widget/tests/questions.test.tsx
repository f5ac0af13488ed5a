// @vitest-environment jsdom
import { afterEach, describe, expect, test } from "vitest";
import { answered, StructuredInput } from "../src/items/StructuredInput";
import type { StructuredInputItem } from "../src/protocol/types";
import { at, button, doing, environment, pretended, show, write } from "./rendering";

const base = { thread_id: "t", created_at: "" };

afterEach(() => document.body.replaceChildren());

describe("questions to the reader", () => {
  const form: StructuredInputItem = {
    ...base,
    id: "s",
    type: "structured_input",
    status: "pending",
    inputs: [
      { type: "multiple_choice", id: "one", question: "Which?", options: [{ value: "A" }, { value: "B" }] },
      {
        type: "multiple_choice",
        id: "some",
        question: "What?",
        multiple: true,
        options: [{ value: "C" }, { value: "D" }],
      },
      { type: "freeform", id: "words", question: "Why?" },
    ],
  };

  test("are answered with what was chosen and written; the others count as skipped", async () => {
    const { chat, calls } = pretended();
    const root = show(<StructuredInput item={form} />, environment(chat).env);
    await doing(() => at(root, "input[value=B]").click());
    await doing(() => at(root, "input[value=C]").click());
    await doing(() => at(root, "input[value=D]").click());
    await doing(() => write(root.querySelectorAll<HTMLInputElement>("input[type=text]")[1]!, " and E "));
    await doing(() => button(root, "Send").click());

    expect(calls).toEqual([
      [
        "reply",
        "s",
        {
          status: "answered",
          answers: {
            one: { values: ["B"] },
            some: { values: ["C", "D", "and E"] },
            words: { values: [], skipped: true },
          },
        },
      ],
    ]);
  });

  test("take own words instead of a single choice", async () => {
    const { chat, calls } = pretended();
    const root = show(<StructuredInput item={form} />, environment(chat).env);
    await doing(() => at(root, "input[value=A]").click());
    await doing(() => write(at<HTMLInputElement>(root, "input[type=text]"), "Neither"));
    await doing(() => button(root, "Send").click());

    expect(at<HTMLInputElement>(root, "input[value=A]").checked).toBe(false);
    expect(calls[0]![2]).toMatchObject({ answers: { one: { values: ["Neither"] } } });
  });

  test("are not sent empty, and may be skipped", async () => {
    const { chat, calls } = pretended();
    const root = show(<StructuredInput item={form} />, environment(chat).env);
    await doing(() => button(root, "Send").click());
    expect(calls).toEqual([]);
    expect(at(root, ".problem").textContent).toBe("Choose or write something first, or skip.");
    expect(document.activeElement).toBe(root.querySelector("input"));

    await doing(() => button(root, "Skip").click());
    expect(calls).toEqual([["reply", "s", { status: "skipped", answers: {} }]]);
  });

  test("say when the server refuses, and keep what was written", async () => {
    const { chat } = pretended(
      {},
      { reply: () => Promise.reject(new Error("This form was answered already.")) },
    );
    const root = show(<StructuredInput item={form} />, environment(chat).env);
    await doing(() => write(at<HTMLTextAreaElement>(root, "textarea"), "Because"));
    await doing(() => button(root, "Send").click());

    expect(at(root, ".problem").textContent).toBe("This form was answered already.");
    expect(at<HTMLTextAreaElement>(root, "textarea").value).toBe("Because");
    expect(button(root, "Send").closest("fieldset")!.disabled).toBe(false);
  });

  test("are sent once, and give way to what was said, which then has the focus", async () => {
    const { chat, calls } = pretended({}, { reply: () => new Promise(() => {}) });
    const { env } = environment(chat);
    const root = show(<StructuredInput item={form} />, env);
    await doing(() => at(root, "input[value=B]").click());
    await doing(() => {
      button(root, "Send").click();
      button(root, "Send").click();
    });
    expect(calls.length).toBe(1);

    const inputs = form.inputs.map((input, index) => ({
      ...input,
      answer: index ? { values: [], skipped: true } : { values: ["B"], skipped: false },
    }));
    show(<StructuredInput item={{ ...form, status: "answered", inputs }} />, env, root);
    await doing(() => {});
    expect([...root.querySelectorAll("dd")].map((each) => each.textContent)).toEqual([
      "B",
      "Skipped",
      "Skipped",
    ]);
    expect(document.activeElement).toBe(root.querySelector("dl"));
  });

  test("can be answered again where the reply was refused and the conversation says so", async () => {
    const { chat, calls } = pretended();
    const root = show(<StructuredInput item={form} />, environment(chat).env);
    await doing(() => at(root, "input[value=A]").click());
    await doing(() => button(root, "Send").click());
    expect(at<HTMLFieldSetElement>(root, "fieldset.questions").disabled).toBe(false);
    expect(at<HTMLInputElement>(root, "input[value=A]").checked).toBe(true);
    await doing(() => button(root, "Send").click());

    expect(calls).toHaveLength(2);
  });

  test("make no reply of nothing", () => {
    expect(answered(form.inputs, {})).toBeNull();
    expect(answered(form.inputs, { words: { chosen: [], own: "   " } })).toBeNull();
  });
});
