/** What is shown, after an event. Replaying events that were seen before ends in the same state. */

import type {
  Annotation,
  AssistantContent,
  AssistantMessageItem,
  ItemUpdate,
  StreamEvent,
  Task,
  Thread,
  ThreadHead,
  ThreadItem,
  WorkflowItem,
} from "../protocol/types";
import type { ChatState } from "./state";
import { changed, written } from "./widget-tree";

export type Log = (name: string, data?: Record<string, unknown>) => void;

/** `state` after `event`; events of unknown kinds, and updates of unknown items, change nothing. */
export function reduce(state: ChatState, event: StreamEvent, log?: Log): ChatState {
  switch (event.type) {
    case "thread.created":
    case "thread.updated":
      return withThread(state, event.thread);
    case "thread.item.added":
      return { ...withItem(state, event.item), growing: new Set(state.growing).add(event.item.id) };
    case "thread.item.done":
    case "thread.item.replaced":
      return withItem({ ...state, growing: without(state.growing, event.item.id) }, event.item);
    case "thread.item.removed":
      return {
        ...state,
        items: state.items.filter((item) => item.id !== event.item_id),
        growing: without(state.growing, event.item_id),
      };
    case "thread.item.updated":
      return updated(state, event.item_id, event.update, log);
    case "stream_options":
      return { ...state, canStop: event.stream_options.allow_cancel };
    case "progress_update":
      return { ...state, progress: { text: event.text, icon: event.icon } };
    case "notice": {
      const { level, message, title } = event;
      const known = state.notices.some((each) => each.message === message && each.title === title);
      return known ? state : { ...state, notices: [...state.notices, { level, message, title }] };
    }
    case "error": {
      const retry = event.allow_retry ? ("answer" as const) : null;
      const code = event.code === "custom" ? "custom" : "stream";
      return { ...state, progress: null, problem: { message: event.message ?? "", retry, code } };
    }
    case "client_effect":
      return state;
    default:
      log?.("event.unknown", { type: (event as { type: string }).type });
      return state;
  }
}

/** The thread without what was said in it. */
export function head({ id, created_at, title, status, allowed_image_domains }: ThreadHead): ThreadHead {
  return { id, created_at, title, status, allowed_image_domains };
}

/** `state` with the item in its place, or as the newest. */
export function withItem(state: ChatState, item: ThreadItem): ChatState {
  const at = state.items.findIndex((each) => each.id === item.id);
  const items = [...state.items];
  if (at < 0) items.push(item);
  else items[at] = item;
  if (item.type === "user_message") return { ...state, items, pending: null };
  return { ...state, items, progress: null };
}

/** `state` without anything after the item: an answer is about to be made anew. */
export function cutAfter(state: ChatState, itemId: string): ChatState {
  const at = state.items.findIndex((each) => each.id === itemId);
  return at < 0 ? state : { ...state, items: state.items.slice(0, at + 1), growing: new Set() };
}

/** `state` when the page has answered a call of its tool; no event tells of that. */
export function answered(state: ChatState, callId: string, output: unknown): ChatState {
  const items = state.items.map((item) =>
    item.id === callId && item.type === "client_tool_call"
      ? { ...item, status: "completed" as const, output }
      : item,
  );
  return { ...state, items };
}

/**
 * `state` when no more events will come. An answer with words stays as far as it came; whatever else was being made
 * goes, because no server keeps it.
 */
export function ended(state: ChatState): ChatState {
  const stays = (item: ThreadItem) =>
    !state.growing.has(item.id) ||
    (item.type === "assistant_message" && item.content.some((part) => part.text.trim() !== ""));
  const items = state.growing.size ? state.items.filter(stays) : state.items;
  return {
    ...state,
    items,
    growing: new Set(),
    pending: null,
    progress: null,
    canStop: true,
    phase: "ready",
  };
}

function withThread(state: ChatState, thread: Thread): ChatState {
  // `items` of the event is empty whatever the thread has: it says nothing about them.
  if (state.threadId !== null && state.threadId !== thread.id) return state;
  return { ...state, threadId: thread.id, thread: head(thread) };
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  if (!ids.has(id)) return ids;
  const left = new Set(ids);
  left.delete(id);
  return left;
}

function updated(state: ChatState, itemId: string, update: ItemUpdate, log?: Log): ChatState {
  const at = state.items.findIndex((each) => each.id === itemId);
  const item = state.items[at];
  const next = item && itemAfter(item, update);
  if (!next) {
    log?.(item ? "update.unknown" : "update.of_unknown_item", { type: update.type, item_id: itemId });
    return state;
  }
  const items = [...state.items];
  items[at] = next;
  return { ...state, items };
}

/** The item after the update; null where the update does not fit it. */
function itemAfter(item: ThreadItem, update: ItemUpdate): ThreadItem | null {
  switch (item.type) {
    case "assistant_message":
      return messageAfter(item, update);
    case "widget": {
      let { widget } = item;
      if (update.type === "widget.root.updated") widget = update.widget;
      else if (update.type === "widget.component.updated")
        widget = changed(widget, update.component_id, () => update.component);
      else if (update.type === "widget.streaming_text.value_delta")
        widget = changed(widget, update.component_id, (node) => written(node, update.delta));
      else return null;
      return { ...item, widget };
    }
    case "workflow":
      if (update.type !== "workflow.task.added" && update.type !== "workflow.task.updated") return null;
      return workflowAfter(item, update.task_index, update.task);
    case "generated_image":
      if (update.type !== "generated_image.updated") return null;
      return { ...item, image: update.image, progress: update.progress };
    default:
      return null;
  }
}

function workflowAfter(item: WorkflowItem, index: number, task: Task): WorkflowItem {
  const tasks = [...item.workflow.tasks];
  tasks[Math.min(index, tasks.length)] = task;
  return { ...item, workflow: { ...item.workflow, tasks } };
}

function messageAfter(item: AssistantMessageItem, update: ItemUpdate): AssistantMessageItem | null {
  if (!update.type.startsWith("assistant_message.")) return null;
  const { content_index: index } = update as { content_index: number };
  const content = [...item.content];
  while (content.length < index) content.push({ type: "output_text", text: "", annotations: [] });
  const part = content[index] ?? { type: "output_text", text: "", annotations: [] };
  const next = partAfter(part, update);
  if (!next) return null;
  content[index] = next;
  return { ...item, content };
}

function partAfter(part: AssistantContent, update: ItemUpdate): AssistantContent | null {
  switch (update.type) {
    case "assistant_message.content_part.added":
    case "assistant_message.content_part.done":
      return { ...update.content, annotations: update.content.annotations ?? [] };
    case "assistant_message.content_part.text_delta":
      return { ...part, text: part.text + update.delta };
    case "assistant_message.content_part.annotation_added":
      return { ...part, annotations: placed(part.annotations, update.annotation, update.annotation_index) };
    default:
      return null;
  }
}

/** Where annotations that came one by one belong; those that came with their text stand where they should. */
const places = new WeakMap<Annotation, number>();

function placed(annotations: readonly Annotation[], annotation: Annotation, place: number): Annotation[] {
  places.set(annotation, place);
  const known = annotations.map((each, index) => ({ each, at: places.get(each) ?? index }));
  const others = known.filter(({ at }) => at !== place);
  return [...others, { each: annotation, at: place }].sort((a, b) => a.at - b.at).map(({ each }) => each);
}
