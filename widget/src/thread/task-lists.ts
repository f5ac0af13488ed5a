/** Keeps lists of tasks that are on screen as the tasks are, whoever changes them and wherever. */

import type { Client } from "../protocol/client";
import type { ThreadItem, WidgetNode } from "../protocol/types";
import type { ChatState } from "./state";

/** How often a server is asked whether anything has changed, while a list is on screen and somebody can see it. */
export const EVERY_MS = 10_000;

const KEY = "tasks.list";

export function isTaskList(item: ThreadItem | undefined): boolean {
  return item?.type === "widget" && item.widget.key === KEY;
}

/**
 * `items`, in which a form that the reader has open in a list stays open: nobody else sees it, so that a list which is
 * read anew comes without.
 */
export function withOpenForms(items: ThreadItem[], before: readonly ThreadItem[]): ThreadItem[] {
  return items.map((item) => {
    if (!isTaskList(item)) return item;
    const shown = before.find(({ id }) => id === item.id);
    return shown?.type === "widget" && holdsForm(shown.widget) ? shown : item;
  });
}

function holdsForm(node: WidgetNode): boolean {
  const children = Array.isArray(node.children) ? (node.children as WidgetNode[]) : [];
  return node.type === "Form" || children.some(holdsForm);
}

export interface Shown {
  state(): ChatState;
  /** Reads the open thread anew. */
  refresh(): Promise<void>;
}

export class TaskLists {
  #revision: number | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #closed = false;
  readonly #seen = () => {
    if (!isHidden()) void this.check();
  };

  constructor(
    private readonly client: Client,
    private readonly shown: Shown,
  ) {
    globalThis.document?.addEventListener("visibilitychange", this.#seen);
  }

  /** To be called when what is shown changes: while a list is among it, its tasks are watched. */
  watch(): void {
    const { phase } = this.shown.state();
    if (phase !== "ready" || this.#timer !== undefined || !this.client.ours || !this.#isOnScreen()) return;
    this.#timer = setInterval(() => {
      if (!this.#isOnScreen()) this.#rest();
      else if (!isHidden()) void this.check();
    }, EVERY_MS);
    void this.check();
  }

  /** Asks whether tasks have changed since lists were last read, and reads them anew where they have. */
  async check(): Promise<void> {
    if (this.#closed || !this.#isOnScreen()) return;
    const now = await this.client.tasksRevision();
    if (now === null || now === this.#revision || this.shown.state().phase !== "ready") return;
    this.#revision = now;
    await this.shown.refresh();
  }

  close(): void {
    this.#closed = true;
    this.#rest();
    globalThis.document?.removeEventListener("visibilitychange", this.#seen);
  }

  #isOnScreen(): boolean {
    return this.shown.state().items.some(isTaskList);
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#revision = null;
  }
}

function isHidden(): boolean {
  return globalThis.document?.visibilityState === "hidden";
}
