import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Client } from "../protocol/client";
import type { ThreadItem, WidgetNode } from "../protocol/types";
import { type ChatState, EMPTY } from "./state";
import { EVERY_MS, isTaskList, TaskLists, withOpenForms } from "./task-lists";

function widget(id: string, node: Partial<WidgetNode> = {}): ThreadItem {
  const root = { type: "ListView", key: "tasks.list", children: [], ...node };
  return { id, type: "widget", thread_id: "thr_1", created_at: "", widget: root } as ThreadItem;
}

const form = { children: [{ type: "ListViewItem", children: [{ type: "Form" }] }] };

function watched(items: ThreadItem[], revisions: (number | null)[], ours = true) {
  const state: ChatState = { ...EMPTY, items };
  const refresh = vi.fn(async () => {});
  const tasksRevision = vi.fn(async () => (revisions.length > 1 ? revisions.shift()! : revisions[0]!));
  const lists = new TaskLists({ ours, tasksRevision } as unknown as Client, { state: () => state, refresh });
  return { lists, state, refresh, tasksRevision };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it("asks nothing where no list is on screen, or the server is another", async () => {
  const none = watched([widget("a", { key: "book.nearest" })], [1]);
  const other = watched([widget("a")], [1], false);
  none.lists.watch();
  other.lists.watch();
  await vi.advanceTimersByTimeAsync(3 * EVERY_MS);
  expect(none.tasksRevision).not.toHaveBeenCalled();
  expect(other.tasksRevision).not.toHaveBeenCalled();
});

it("reads lists anew when tasks have changed, and only then", async () => {
  const { lists, refresh, tasksRevision } = watched([widget("a")], [4, 4, 5]);
  lists.watch();
  lists.watch();
  await vi.advanceTimersByTimeAsync(0);
  expect(refresh).toHaveBeenCalledTimes(1); // what was shown may be older than the first number
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(refresh).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(refresh).toHaveBeenCalledTimes(2);
  expect(tasksRevision).toHaveBeenCalledTimes(3);
  lists.close();
  await vi.advanceTimersByTimeAsync(3 * EVERY_MS);
  expect(tasksRevision).toHaveBeenCalledTimes(3);
});

it("waits for the end of an answer", async () => {
  const { lists, state, refresh } = watched([widget("a")], [4]);
  state.phase = "answering";
  await lists.check();
  expect(refresh).not.toHaveBeenCalled();
  state.phase = "ready";
  await lists.check();
  expect(refresh).toHaveBeenCalledTimes(1);
});

it("takes a server that cannot tell for one where nothing has changed", async () => {
  const { lists, refresh } = watched([widget("a")], [null]);
  lists.watch();
  await vi.advanceTimersByTimeAsync(2 * EVERY_MS);
  expect(refresh).not.toHaveBeenCalled();
  lists.close();
});

it("stops asking when the list has gone", async () => {
  const { lists, state, tasksRevision } = watched([widget("a")], [4]);
  lists.watch();
  await vi.advanceTimersByTimeAsync(0);
  state.items = [];
  await vi.advanceTimersByTimeAsync(5 * EVERY_MS);
  expect(tasksRevision).toHaveBeenCalledTimes(1);
  state.items = [widget("b")];
  lists.watch();
  await vi.advanceTimersByTimeAsync(0);
  expect(tasksRevision).toHaveBeenCalledTimes(2);
  lists.close();
});

it("leaves a form that is open in a list as it is, and takes everything else", () => {
  const open = widget("a", form);
  const read = [widget("a"), widget("b"), widget("c", { key: "other" })];
  const before = [open, widget("b", { children: [] }), widget("c", { key: "other", ...form })];
  expect(withOpenForms(read, before)).toEqual([open, read[1], read[2]]);
  expect(withOpenForms(read, [])).toEqual(read);
});

it("knows a list by its key", () => {
  expect(isTaskList(widget("a"))).toBe(true);
  expect(isTaskList(widget("a", { key: "book.nearest" }))).toBe(false);
  expect(isTaskList(undefined)).toBe(false);
});
