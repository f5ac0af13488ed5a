import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InputTag } from "../protocol/types";
import { type Chat, EMPTY } from "../thread/state";
import { content, SELECTED_TEXT, Shell, WHOLE_BOOK, written } from "./shell";

const tag = (text: string): InputTag => ({ type: "input_tag", id: text, text, data: {} });

function scripted(over: Partial<Chat> = {}) {
  const sent: Parameters<Chat["send"]>[0][] = [];
  const chat = {
    state: EMPTY,
    subscribe: () => () => {},
    send: async (message: Parameters<Chat["send"]>[0]) => void sent.push(message),
    ...over,
  } as unknown as Chat;
  return { chat, sent };
}

const shell = (chat: Chat, pageside = {}, composer = {}) =>
  new Shell({ api: { url: "/chatkit", domainKey: "x" }, pageside, composer }, chat);

describe("what is written", () => {
  it("becomes text and tags, the longest name first", () => {
    expect(content("see @Nodes and topics, @Nodes", [tag("Nodes"), tag("Nodes and topics")])).toEqual([
      { type: "input_text", text: "see " },
      tag("Nodes and topics"),
      { type: "input_text", text: ", " },
      tag("Nodes"),
    ]);
  });

  it("is the same after it was taken apart and put together", () => {
    const names = fc.constantFrom("Nodes", "Nodes and topics", "β-test", "1.2");
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            names.map((name) => `@${name}`),
          ),
        ),
        fc.array(names),
        (parts, known) => {
          const text = parts.join("");
          expect(written(content(text, known.map(tag))).text).toBe(text);
        },
      ),
    );
  });
});

describe("sending", () => {
  it("takes the message out of the composer and leaves what the reader wants to keep", async () => {
    const { chat, sent } = scripted();
    const models = [
      { id: "large", label: "Large", default: true },
      { id: "small", label: "Small" },
    ];
    const one = shell(chat, { modes: true }, { models });
    one.write({ text: "  why? ", quote: "a node", scope: "book", model: "small" });
    await one.send();
    expect(sent).toEqual([
      {
        content: [{ type: "input_text", text: "why?" }],
        attachments: [],
        quote: "a node",
        options: { tool_choice: { id: WHOLE_BOOK }, model: "small" },
      },
    ]);
    expect(one.draft).toMatchObject({ text: "", quote: "", scope: "book", model: "small" });
  });

  it("asks about the selection unless the whole book is wanted, and says nothing of it to other servers", async () => {
    const { chat, sent } = scripted();
    const ours = shell(chat, { modes: true });
    ours.write({ text: "why?", quote: "a node" });
    await ours.send();
    const other = shell(chat);
    other.write({ text: "why?", quote: "a node" });
    await other.send();
    expect(sent.map((message) => message.options)).toEqual([{ tool_choice: { id: SELECTED_TEXT } }, {}]);
  });

  it("gives a refused message back, but not over what was begun meanwhile", async () => {
    const refuse = () => Promise.reject(new Error("no"));
    const one = shell(scripted({ send: refuse }).chat);
    one.write({ text: "first", quote: "q" });
    await one.send();
    expect(one.draft).toMatchObject({ text: "first", quote: "q" });
    const begin = () => {
      two.write({ text: "second" });
      return refuse();
    };
    const two: Shell = shell(scripted({ send: begin }).chat);
    two.write({ text: "first" });
    await two.send();
    expect(two.draft.text).toBe("second");
  });

  it("gives a message that was refused in another thread to that thread's draft", async () => {
    const refuse = () => {
      Object.assign(chat, { state: { ...EMPTY, threadId: "thr_2" } });
      return Promise.reject(new Error("no"));
    };
    const { chat } = scripted({ send: refuse, state: { ...EMPTY, threadId: "thr_1" } });
    const one = shell(chat);
    const refused: unknown[] = [];
    one.onRefused = (thread, { text }) => refused.push([thread, text]);
    one.write({ text: "first" });
    await one.send();

    expect(refused).toEqual([["thr_1", "first"]]);
    expect(one.draft.text).toBe("");
  });

  it("goes to the model that is seen, with the tool that is offered", async () => {
    const { chat, sent } = scripted();
    const models = [
      { id: "old", label: "Old", disabled: true },
      { id: "large", label: "Large" },
      { id: "small", label: "Small", default: true },
    ];
    const tools = [{ id: "deep", label: "Deep", icon: "search" as const }];
    const one = shell(chat, {}, { models, tools });
    const told: (string | null)[] = [];
    one.onTool = (tool) => told.push(tool);
    one.write({ text: "1", tool: "deep" });
    await one.send();
    one.write({ text: "2", tool: "gone", model: "old" });
    await one.send();
    await one.prompt([{ type: "input_tag", id: "7", text: "Seven" }]);
    one.write({ text: "3", tool: "deep", model: "large" });
    one.configure({ ...one.state.options, composer: {} });
    await one.send();

    expect(sent.map((message) => message.options)).toEqual([
      { tool_choice: { id: "deep" }, model: "small" },
      { model: "small" },
      { model: "small" },
      {},
    ]);
    expect(sent[2]!.content).toEqual([{ type: "input_tag", id: "7", text: "Seven", data: {} }]);
    expect(told).toEqual(["deep", null, "gone", null, "deep", null]);
  });

  it("waits for files, and for words that fit", () => {
    const one = shell(scripted().chat, { maxChars: 4 });
    expect(one.sendable).toBe(false);
    one.write({ text: "four" });
    expect(one.sendable).toBe(true);
    one.write({ text: "fives" });
    expect(one.sendable).toBe(false);
    one.write({ text: "", files: [{ key: 1, name: "a", image: false, share: 0.5 }] });
    expect(one.sendable).toBe(false);
    one.write({
      files: [
        {
          key: 1,
          name: "a",
          image: false,
          share: 1,
          attachment: { id: "atc_1", name: "a", mime_type: "text/plain", type: "file" },
        },
      ],
    });
    expect(one.sendable).toBe(true);
  });
});
