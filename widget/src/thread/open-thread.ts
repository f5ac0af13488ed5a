/** One thread as it is known here: what is shown of it, and the answer under way. */

import type { Client } from "../protocol/client";
import { newKey } from "../protocol/client";
import { isAbort, RequestError } from "../protocol/errors";
import type { Run, RunOptions } from "../protocol/run";
import type {
  AnswerRecord,
  ClientToolCallItem,
  Operations,
  StreamEvent,
  Streaming,
  Thread,
  ThreadItem,
} from "../protocol/types";
import type { Keeping } from "./keeping";
import { type ProblemWords, problemOf } from "./problems";
import { cutAfter, ended, head, reduce } from "./reducer";
import { type ChatEvents, type ChatState, EMPTY, type Problem } from "./state";
import type { Tabs } from "./tabs";

const PAGE = 30;
const MOST_PAGES = 20;
const MOST_TOOL_CALLS = 20;
const STOPPING_MS = 12_000;

export type ClientTool = (call: { name: string; params: Record<string, unknown> }) => unknown;

/** What every open thread shares. */
export interface House {
  client: Client;
  keeping: Keeping;
  tabs: Tabs;
  words(): ProblemWords;
  events: Partial<ChatEvents>;
  onClientTool?: ClientTool;
  /** Called after every change of `thread.state`; `soon` where many more will follow. */
  changed(thread: OpenThread, soon: boolean): void;
}

export class OpenThread {
  state: ChatState;
  private run: Run | null = null;
  private ending: Promise<void> | null = null;
  private older: string | undefined;
  private stopped = false;
  /** Whether this tab asked, and thus answers what the page is asked. */
  private asking = false;
  private again: (() => Promise<void>) | null = null;
  private readonly aborter = new AbortController();
  /** The request that may or may not have arrived, to be sent under the same key if it is sent again. */
  private doubtful: { told: string; key: string } | null = null;

  constructor(
    private readonly house: House,
    threadId: string | null,
    online: boolean,
  ) {
    this.state = { ...EMPTY, threadId, online };
  }

  get id(): string | null {
    return this.state.threadId;
  }

  get isAnswering(): boolean {
    return this.run !== null;
  }

  get runId(): string | null {
    return this.run?.id ?? null;
  }

  set(change: Partial<ChatState>, soon = false): void {
    this.state = { ...this.state, ...change };
    this.house.changed(this, soon);
  }

  /** Reads the thread: its newest items, as many as are shown at least. */
  async load(): Promise<void> {
    const { client, events, words } = this.house;
    const id = this.id;
    if (id === null || this.isAnswering) return;
    this.set({ phase: "loading", problem: null });
    events.threadLoadStart?.(id);
    try {
      const thread = (await client.call(
        "threads.get_by_id",
        { thread_id: id },
        this.aborter.signal,
      )) as Thread;
      this.older = undefined;
      // Short threads come whole; of a long one come the oldest items, and the newest are what is wanted.
      const items = thread.items.has_more
        ? await this.newest(Math.max(PAGE, this.state.items.length))
        : thread.items.data;
      this.set({
        thread: head(thread),
        items,
        hasOlder: this.older !== undefined,
        phase: "ready",
        growing: new Set(),
      });
      void this.readRecords();
    } catch (error) {
      if (isAbort(error)) return;
      events.error?.(error as Error);
      this.set({ phase: "ready", problem: problemOf(error, "load", words()) });
      if (error instanceof RequestError && error.status === 404) this.set({ threadId: null });
    } finally {
      events.threadLoadEnd?.(id);
    }
  }

  /** Reads the page of items before those that are shown. */
  async loadOlder(): Promise<void> {
    if (this.older === undefined || this.state.phase === "loading") return;
    try {
      const items = await this.newest(1);
      const known = new Set(this.state.items.map((item) => item.id));
      const fresh = items.filter((item) => !known.has(item.id));
      this.set({ items: [...fresh, ...this.state.items], hasOlder: this.older !== undefined });
    } catch (error) {
      if (!isAbort(error)) this.set({ problem: problemOf(error, null, this.house.words()) });
    }
  }

  /**
   * Carries out an operation that streams, to its end.
   *
   * Rejects where it is refused before anything came of it. What goes wrong later is told in `state.problem`.
   */
  async ask<Op extends Streaming>(op: Op, params: Operations[Op], retry: Problem["retry"]): Promise<void> {
    if (this.isAnswering) throw new RequestError({ code: "busy", detail: "" });
    this.again = null;
    this.asking = true;
    this.set({ phase: "sending", problem: null, notices: [], progress: null });
    await this.follow(
      (options) => this.house.client.stream(op, params, this.keyOf(op, params), options),
      retry,
    );
  }

  /** Follows an answer that was begun elsewhere, or before the page was left. */
  async takeUp(runId: string, asking: boolean): Promise<void> {
    if (this.isAnswering) return;
    this.asking = asking;
    this.set({ phase: "answering", problem: null });
    await this.follow((options) => this.house.client.follow(runId, options), "answer").catch(() => {});
  }

  /** Ends the answer; resolves when it has ended. */
  async stop(): Promise<void> {
    const { run, ending } = this;
    if (!run || this.stopped) return;
    this.stopped = true;
    this.set({ phase: "stopping", problem: null });
    const late = new Promise((resolve) => setTimeout(resolve, STOPPING_MS));
    try {
      await run.stop();
      await Promise.race([ending, late]);
    } catch {
      // An answer that the server does not know any more has ended.
    }
    run.leave();
    await ending;
  }

  /** Answers a message anew; what followed it goes. */
  async answerAgain(userItemId: string): Promise<void> {
    const before = this.state;
    if (this.id === null) return;
    this.set({ ...cutAfter(before, userItemId) });
    try {
      await this.ask("threads.retry_after_item", { thread_id: this.id, item_id: userItemId }, null);
    } catch (error) {
      this.set({ items: before.items, problem: problemOf(error, "answer", this.house.words()) });
    }
  }

  /** As `ask`, for what can be done again with "Try again". */
  async reply<Op extends Streaming>(op: Op, params: Operations[Op]): Promise<void> {
    try {
      await this.ask(op, params, "reply");
    } catch (error) {
      this.again = () => this.reply(op, params);
      this.set({ problem: problemOf(error, "reply", this.house.words()) });
    }
  }

  /** Does again what failed last. */
  async retryReply(): Promise<void> {
    await this.again?.();
  }

  /** Leaves the thread; its answer goes on at a Pageside server. */
  close(): void {
    this.aborter.abort();
    this.run?.leave();
  }

  private async follow(begin: (options: RunOptions) => Run, retry: Problem["retry"]): Promise<void> {
    const { events } = this.house;
    this.stopped = false;
    let finish = () => {};
    this.ending = new Promise((resolve) => {
      finish = resolve;
    });
    let accepted = false;
    const onFirst = () => {
      accepted = true;
      this.doubtful = null;
      if (!this.stopped) this.set({ phase: "answering" });
      events.responseStart?.();
    };
    try {
      let next: ((options: RunOptions) => Run) | null = begin;
      for (let calls = 0; next && calls < MOST_TOOL_CALLS; calls++) {
        this.run = next(this.runOptions());
        for await (const event of this.run) {
          if (!accepted) onFirst();
          this.take(event);
        }
        if (!accepted) throw new RequestError({ code: this.stopped ? "stopped" : "stream", detail: "" });
        next = await this.toolOutput();
      }
    } catch (error) {
      if (!accepted) {
        this.run = null;
        this.set({ phase: "ready", pending: null, progress: null });
        finish();
        throw error;
      }
      await this.broken(error, retry);
    }
    this.over(finish);
  }

  private runOptions(): RunOptions {
    const { keeping, tabs, events } = this.house;
    return {
      signal: this.aborter.signal,
      onLog: events.log,
      onId: (runId) => {
        if (this.asking) keeping.keepRun({ threadId: this.id, runId });
        if (this.asking && this.id) tabs.tell({ type: "answering", threadId: this.id, runId });
      },
      onLost: (lost) => {
        if (lost && !this.stopped) this.set({ phase: "reconnecting" });
        else if (this.state.phase === "reconnecting") this.set({ phase: "answering" });
      },
    };
  }

  private take(event: StreamEvent): void {
    const { events, words, tabs, keeping } = this.house;
    const before = this.state.threadId;
    try {
      this.state = reduce(this.state, event, events.log);
    } catch (error) {
      // An event that lacks what its kind has; the others are shown all the same.
      events.log?.("event.malformed", { type: event.type, error: String(error) });
      return;
    }
    if (event.type === "client_effect") events.effect?.(event.name, event.data);
    if (event.type === "error") {
      const { problem } = this.state;
      if (problem && !problem.message)
        this.state = { ...this.state, problem: { ...problem, message: words().failed } };
      events.error?.(new Error(this.state.problem?.message));
    }
    if (before === null && this.id !== null) {
      const { runId } = this;
      if (runId && this.asking) {
        keeping.keepRun({ threadId: this.id, runId });
        tabs.tell({ type: "answering", threadId: this.id, runId });
      }
      events.threadChange?.(this.id);
    }
    this.house.changed(this, true);
  }

  /** What goes on with the turn where it ended by asking the page; null where it did not, or nobody is there to ask. */
  private async toolOutput(): Promise<((options: RunOptions) => Run) | null> {
    const { client, onClientTool, events } = this.house;
    const call = this.state.items.at(-1);
    const waits = call?.type === "client_tool_call" && call.status === "pending";
    if (!waits || !this.asking || this.stopped || !onClientTool || this.state.problem) return null;
    const { name, arguments: params } = call as ClientToolCallItem;
    let result: unknown;
    try {
      result = (await onClientTool({ name, params })) ?? null;
    } catch (error) {
      events.error?.(error as Error);
      result = { error: error instanceof Error ? error.message : String(error) };
    }
    const output = { thread_id: call.thread_id, result };
    return (options) => client.stream("threads.add_client_tool_output", output, newKey(), options);
  }

  private async broken(error: unknown, retry: Problem["retry"]): Promise<void> {
    const gone = error instanceof RequestError && error.code === "run_gone";
    if (gone) {
      // The server has forgotten the answer, as after a restart: what it kept of it is in the thread.
      this.run = null;
      return this.load();
    }
    this.house.events.error?.(error as Error);
    const answered = retry === "send" || retry === null ? "answer" : retry;
    this.set({ problem: problemOf(error, answered, this.house.words()) });
  }

  private over(finish: () => void): void {
    const { keeping, tabs, events } = this.house;
    const runId = this.runId;
    if (runId) keeping.endRun(runId);
    this.run = null;
    this.state = ended(this.state);
    this.house.changed(this, false);
    finish();
    if (this.id && this.asking) tabs.tell({ type: "changed", threadId: this.id });
    events.responseEnd?.();
    void this.readRecords();
  }

  private keyOf(op: string, params: unknown): string {
    const told = JSON.stringify([op, params]);
    if (this.doubtful?.told !== told) this.doubtful = { told, key: newKey() };
    return this.doubtful.key;
  }

  /** At least `count` items before those known, oldest first, and where to go on in `older`. */
  private async newest(count: number): Promise<ThreadItem[]> {
    const { client } = this.house;
    const found: ThreadItem[] = [];
    // A page may be empty though more follow, where a server hides items.
    for (let page = 0; page < MOST_PAGES && found.length < count; page++) {
      const asked = { thread_id: this.id!, limit: PAGE, order: "desc" as const, after: this.older };
      const { data, has_more, after } = await client.call("items.list", asked, this.aborter.signal);
      found.push(...data);
      this.older = has_more ? after : undefined;
      if (this.older === undefined) break;
    }
    return found.reverse();
  }

  private async readRecords(): Promise<void> {
    const { client } = this.house;
    if (!client.ours || this.id === null || this.state.items.length === 0) return;
    const found = await client.records(this.id, this.aborter.signal).catch((): AnswerRecord[] => []);
    if (found.length) this.set({ records: new Map(found.map((record) => [record.item_id, record])) });
  }
}
