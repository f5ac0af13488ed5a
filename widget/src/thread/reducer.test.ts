import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answer, delta, done, head, opening, question } from "../../tests/fake-server";
import type { Annotation, ItemUpdate, StreamEvent, ThreadItem, WidgetNode } from "../protocol/types";
import { answered, cutAfter, ended, reduce } from "./reducer";
import { type ChatState, EMPTY } from "./state";

const shown = (events: StreamEvent[], state: ChatState = EMPTY) =>
  events.reduce((at, event) => reduce(at, event), state);
const update = (item_id: string, told: ItemUpdate): StreamEvent => ({
  type: "thread.item.updated",
  item_id,
  update: told,
});
const cited = (title: string): Annotation => ({
  type: "annotation",
  source: { type: "url", title, url: "/" },
  index: 1,
});
const widgetOf = (widget: WidgetNode): ThreadItem => ({
  id: "w",
  thread_id: "t",
  created_at: "",
  type: "widget",
  widget,
});
const shownWidget = (state: ChatState) => (state.items[0] as ThreadItem & { type: "widget" }).widget;

describe("messages", () => {
  it("grow piece by piece, in any part", () => {
    const state = shown([
      ...opening("q"),
      delta("msg_a1", "a"),
      delta("msg_a1", "b"),
      update("msg_a1", { type: "assistant_message.content_part.text_delta", content_index: 2, delta: "c" }),
    ]);

    expect(state.items[1]).toMatchObject({ content: [{ text: "ab" }, { text: "" }, { text: "c" }] });
  });

  it("keep what did not change as the same object", () => {
    const before = shown(opening("q"));
    const next = reduce(before, delta("msg_a1", "x"));

    expect(next.items[0]).toBe(before.items[0]);
    expect(next.items[1]).not.toBe(before.items[1]);
  });

  it("keep the order of citations, however they come", () => {
    const titles = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
    fc.assert(
      fc.property(titles, fc.array(fc.nat(4)), (order, repeated) => {
        const told = [...order, ...repeated].map((place) =>
          update("msg_a1", {
            type: "assistant_message.content_part.annotation_added",
            content_index: 0,
            annotation_index: place,
            annotation: cited(String(place)),
          }),
        );
        const item = shown([...opening("q"), ...told]).items[1] as ThreadItem & { type: "assistant_message" };
        expect(item.content[0]!.annotations.map((each) => each.source.title)).toEqual([
          "0",
          "1",
          "2",
          "3",
          "4",
        ]);
      }),
    );
  });

  it("take their final form, citations and all, from the part that is done", () => {
    const content = { type: "output_text" as const, text: "whole", annotations: [cited("x")] };
    const state = shown([
      ...opening("q"),
      delta("msg_a1", "who"),
      update("msg_a1", { type: "assistant_message.content_part.done", content_index: 0, content }),
    ]);

    expect(state.items[1]).toMatchObject({ content: [content] });
  });
});

describe("events that do not fit", () => {
  const logged: string[] = [];
  const log = (name: string) => logged.push(name);

  it.each<[string, StreamEvent]>([
    ["an update of an unknown item", delta("msg_9", "x")],
    [
      "an update of another kind of item",
      update("msg_q1", { type: "workflow.task.added", task_index: 0, task: { type: "image" } }),
    ],
    ["an unknown update", update("msg_a1", { type: "future" } as unknown as ItemUpdate)],
    ["an unknown event", { type: "future" } as unknown as StreamEvent],
  ])("%s changes nothing and is logged", (_, event) => {
    logged.length = 0;
    const state = shown(opening("q"));

    expect(reduce(state, event, log)).toBe(state);
    expect(logged).toHaveLength(1);
  });

  it("of another thread do not rename this one", () => {
    const state = shown(opening("q"));
    const other = { ...head("thr_2"), title: "Other", items: { data: [], has_more: false } };

    expect(reduce(state, { type: "thread.updated", thread: other }).thread?.id).toBe("thr_1");
  });
});

describe("threads", () => {
  it("keep their items when they are told anew without", () => {
    const state = shown([
      ...opening("q"),
      {
        type: "thread.updated",
        thread: { ...head("thr_1"), title: "T", items: { data: [], has_more: false } },
      },
    ]);

    expect(state.items).toHaveLength(2);
    expect(state.thread).toMatchObject({ title: "T" });
    expect(state.thread).not.toHaveProperty("items");
  });

  it("lose everything after a message that is answered anew, and nothing where it is unknown", () => {
    const state = shown([...opening("q"), done(answer("msg_a1", "a")), done(question("msg_q2", "r"))]);

    expect(cutAfter(state, "msg_q1").items.map((item) => item.id)).toEqual(["msg_q1"]);
    expect(cutAfter(state, "msg_9")).toBe(state);
  });

  it("may be told that nobody can stop the answer", () => {
    const state = shown([{ type: "stream_options", stream_options: { allow_cancel: false } }]);

    expect(state.canStop).toBe(false);
    expect(ended(state).canStop).toBe(true);
  });

  it("show progress until there is something to see", () => {
    const told = opening("q");

    expect(shown(told.slice(0, -1)).progress).toEqual({ text: "Searching the book", icon: "search" });
    expect(shown(told).progress).toBeNull();
  });

  it("show the same notice once", () => {
    const notice: StreamEvent = { type: "notice", level: "info", message: "m", title: "t" };

    expect(shown([notice, notice, { ...notice, message: "n" }]).notices).toHaveLength(2);
  });
});

describe("widgets", () => {
  const card: WidgetNode = {
    type: "Card",
    children: [
      { type: "Row", children: { type: "Text", id: "deep", value: "a" } },
      {
        type: "Button",
        id: "b",
        label: "B",
        onClickAction: { type: "go", payload: { id: "deep", type: "x" } },
      },
      { type: "Table", rows: [{ type: "Table.Row", cells: [{ type: "Table.Cell", id: "cell" }] }] },
    ],
  };
  const added: StreamEvent = { type: "thread.item.added", item: widgetOf(card) };

  it("have a component replaced wherever it is, and nothing else", () => {
    const component = { type: "Table.Cell", id: "cell", label: "new" };
    const state = shown([
      added,
      update("w", { type: "widget.component.updated", component_id: "cell", component }),
    ]);
    const children = shownWidget(state).children as WidgetNode[];

    expect(JSON.stringify(children[2])).toContain("new");
    expect(children[0]).toBe((card.children as WidgetNode[])[0]);
    expect(JSON.stringify(card)).not.toContain("new");
  });

  it("are written word by word, and payloads are no components", () => {
    const write = (words: string, end: boolean) =>
      update("w", {
        type: "widget.streaming_text.value_delta",
        component_id: "deep",
        delta: words,
        done: end,
      });
    const children = shownWidget(shown([added, write("b", false), write("c", true)]))
      .children as WidgetNode[];

    expect(children[0]).toMatchObject({ children: { value: "abc" } });
    expect(children[1]).toBe((card.children as WidgetNode[])[1]);
  });

  it("stay as they are where the component is unknown", () => {
    const state = shown([added]);
    const next = reduce(
      state,
      update("w", { type: "widget.component.updated", component_id: "no", component: { type: "Text" } }),
    );

    expect(shownWidget(next)).toBe(card);
  });

  it("are replaced whole", () => {
    expect(
      shownWidget(shown([added, update("w", { type: "widget.root.updated", widget: { type: "ListView" } })])),
    ).toEqual({ type: "ListView" });
  });
});

describe("the end", () => {
  it("keeps answers with words, and nothing else that was being made", () => {
    const blank = answer("msg_blank", " ");
    const state = shown([
      ...opening("q"),
      delta("msg_a1", "It "),
      { type: "thread.item.added", item: blank },
      { type: "thread.item.added", item: widgetOf({ type: "Card" }) },
    ]);

    expect(ended(state).items.map((item) => item.id)).toEqual(["msg_q1", "msg_a1"]);
    expect(ended(state)).toMatchObject({ phase: "ready", pending: null, progress: null });
  });

  it("of a call of the page's tool is told by nobody but the page", () => {
    const call = {
      id: "tc",
      thread_id: "t",
      created_at: "",
      type: "client_tool_call",
      status: "pending",
      call_id: "c",
      name: "n",
      arguments: {},
    } as const;

    expect(answered(shown([done(call)]), "tc", { a: 1 }).items[0]).toMatchObject({
      status: "completed",
      output: { a: 1 },
    });
  });
});

it("any events, in any order and number, are never too much", () => {
  const items: ThreadItem[] = [question("a", "q"), answer("b", "x"), widgetOf({ type: "Card", id: "c" })];
  const item = fc.constantFrom(...items);
  const id = fc.constantFrom("a", "b", "w", "unknown");
  const told: fc.Arbitrary<StreamEvent> = fc.oneof(
    item.map((each): StreamEvent => ({ type: "thread.item.added", item: each })),
    item.map(done),
    item.map((each): StreamEvent => ({ type: "thread.item.replaced", item: each })),
    id.map((each): StreamEvent => ({ type: "thread.item.removed", item_id: each })),
    id.map((each) => delta(each, "d")),
    fc.tuple(id, fc.nat(3)).map(([each, place]) =>
      update(each, {
        type: "assistant_message.content_part.annotation_added",
        content_index: 0,
        annotation_index: place,
        annotation: cited("s"),
      }),
    ),
    id.map((each) =>
      update(each, {
        type: "widget.component.updated",
        component_id: "c",
        component: { type: "Text", id: "c" },
      }),
    ),
  );
  fc.assert(
    fc.property(fc.array(told), (events) => {
      const state = shown(events);
      const ids = state.items.map((each) => each.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const growing of state.growing) expect(ids).toContain(growing);
      expect(ended(state).growing.size).toBe(0);
    }),
  );
});
