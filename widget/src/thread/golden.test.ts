/** The streams of the real server, as its own tests write them into `golden`, through parser and reducer. */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EventParser } from "../protocol/sse";
import type { StreamEvent, ThreadItem } from "../protocol/types";
import { answered, cutAfter, ended, reduce } from "./reducer";
import { type ChatState, EMPTY } from "./state";

const FOLDER = new URL("../../golden/", import.meta.url);

interface Kept {
  before: ThreadItem[];
  after: ThreadItem[];
  /** The message that was to be answered anew. */
  anew: string;
  /** What the page answered the call of its tool with. */
  output: unknown;
}

const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".sse"))
  .map((file) => file.replace(".sse", ""));

function kept(name: string) {
  const stream = new Uint8Array(readFileSync(new URL(`${name}.sse`, FOLDER)));
  return { stream, ...(JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8")) as Kept) };
}

function raw(...pieces: Uint8Array[]) {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

function events(...pieces: Uint8Array[]): StreamEvent[] {
  return raw(...pieces).map(({ data }) => JSON.parse(data) as StreamEvent);
}

function begun({ before, anew, output }: Kept): ChatState {
  const threadId = before[0]?.thread_id ?? null;
  const state = cutAfter({ ...EMPTY, threadId, items: before }, anew);
  return output ? answered(state, before.at(-1)!.id, output) : state;
}

const shown = (state: ChatState, told: StreamEvent[]) => told.reduce((at, event) => reduce(at, event), state);

/** What is not stored: pictures' progress, and the address of an upload. */
const plain = (items: readonly ThreadItem[]) => JSON.parse(JSON.stringify(items, without)) as unknown;

function without(name: string, value: unknown): unknown {
  return name === "progress" || name === "upload_descriptor" || name === "metadata" ? undefined : value;
}

it("there are streams to be tested with", () => {
  expect(names.length).toBeGreaterThan(10);
});

describe.each(names)("%s", (name) => {
  const { stream, ...about } = kept(name);
  const told = events(stream);

  it("shows in the end what the server lists", () => {
    const state = shown(begun(about), told);

    expect(plain(state.items)).toEqual(plain(about.after));
    expect([...state.growing]).toEqual([]);
    expect(ended(state).items).toEqual(state.items);
  });

  it("says nothing that is unknown", () => {
    const unknown: string[] = [];
    told.reduce((at, event) => reduce(at, event, (kind) => unknown.push(kind)), begun(about));

    expect(unknown).toEqual([]);
  });

  it("is the same cut at every byte", () => {
    const whole = JSON.stringify(raw(stream));
    for (let at = 0; at <= stream.length; at++)
      if (JSON.stringify(raw(stream.slice(0, at), stream.slice(at))) !== whole)
        expect.fail(`cut at byte ${at}`);
    expect(events(...Array.from(stream, (byte) => new Uint8Array([byte])))).toEqual(told);
  });

  it("is the same heard again from any event", () => {
    const whole = shown(begun(about), told);

    for (let lost = 0; lost <= told.length; lost++) {
      const half = shown(begun(about), told.slice(0, lost));
      expect(shown(half, told).items).toEqual(whole.items);
    }
  });

  it("is the same where the thread was read in the middle", () => {
    const read = { ...begun(about), items: about.after };

    expect(plain(shown(read, told).items)).toEqual(plain(about.after));
  });

  it("can be lost after any event and leaves nothing unfinished", () => {
    for (let lost = 0; lost <= told.length; lost++) {
      const state = ended(shown(begun(about), told.slice(0, lost)));
      expect(state.growing.size).toBe(0);
      expect(state.phase).toBe("ready");
      for (const item of state.items)
        if (item.type === "assistant_message") expect(item.content.some((part) => part.text)).toBe(true);
    }
  });
});

describe("what is told beside the items", () => {
  const heard = (name: string) => {
    const { stream, ...about } = kept(name);
    return shown(begun(about), events(stream));
  };

  it("a mention of nothing gives a notice", () => {
    expect(heard("mention").notices.map((notice) => notice.title)).toEqual(["Not in this book"]);
  });

  it("an error gives a problem with a way to retry", () => {
    expect(heard("error").problem).toMatchObject({ retry: "answer", code: "custom" });
    expect(heard("first").problem).toBeNull();
  });

  it("a full conversation is locked", () => {
    expect(heard("full").thread?.status?.type).toBe("locked");
    expect(heard("first").thread?.status?.type).toBe("active");
  });

  it("the first answer names the thread", () => {
    expect(heard("first").thread?.title).toBe("What is a servo?");
  });

  it("citations keep their order and place", () => {
    const answer = heard("first").items.at(-1);
    const part = answer?.type === "assistant_message" ? answer.content[0]! : null;

    expect(part?.annotations.map((each) => each.source.title)).toEqual(["Servo motors", "Stepper motors"]);
    for (const { index = 0 } of part!.annotations)
      expect([...part!.text].slice(0, index).join("")).toMatch(/\[\d]$/);
  });
});
