/** One thread as it is known here: what is shown of it, and the answer under way. */

import { newKey } from "../protocol/client";
import { isAbort, RequestError } from "../protocol/errors";
import type { Run, RunOptions } from "../protocol/run";
import type { AnswerRecord, ClientToolCallItem, Operations, StreamEvent, Streaming } from "../protocol/types";
import { backoff, pause } from "../protocol/waiting";
import { answerOf } from "./client-tools";
import type { House } from "./house";
import { inputOf, isWhole, Keys } from "./outgoing";
import { Pages } from "./pages";
import { problemOf } from "./problems";
import { answered, cutAfter, ended, head, reduce } from "./reducer";
import { type ChatState, EMPTY, type Outgoing, type Problem } from "./state";
import { withOpenForms } from "./task-lists";

const MOST_TOOL_CALLS = 20;
/** Items that a thread opens with, where there are so many. */
const LEAST = 10;
const STOPPING_MS = 12_000;
const STOPPING_ATTEMPTS = 4;

export class OpenThread {
  state: ChatState;
  #run: Run | null = null;
  #ending: Promise<void> | null = null;
  #pages: Pages;
  #stopped = false;
  /** Whether this tab asked, and thus answers what the page is asked. */
  #asking = false;
  #loading: Promise<void> | null = null;
  /** How many answers were asked for or followed; what was read while that changed is old. */
  #asked = 0;
  #recorded: Promise<void> | null = null;
  #again: (() => Promise<void>) | null = null;
  /** Set while the page is asked: waits for it no longer. */
  #giveUp: (() => void) | null = null;
  readonly #aborter = new AbortController();
  readonly #keys = new Keys();

  constructor(
    private readonly house: House,
    threadId: string | null,
    online: boolean,
    /** Whether it is opened only because this tab had it open before; then nobody misses it where it is gone. */
    private remembered = false,
  ) {
    this.state = { ...EMPTY, threadId, online };
    this.#pages = new Pages(house.client, this.#aborter.signal);
  }

  get id(): string | null {
    return this.state.threadId;
  }

  get isAnswering(): boolean {
    return this.#run !== null;
  }

  get runId(): string | null {
    return this.#run?.id ?? null;
  }

  set(change: Partial<ChatState>, soon = false): void {
    this.state = { ...this.state, ...change };
    this.house.changed(this, soon);
  }

  /** Reads the thread: its newest items, as many as are shown at least. */
  load(): Promise<void> {
    const { events } = this.house;
    const { id } = this;
    if (id === null || this.isAnswering) return Promise.resolve();
    this.set({ phase: "loading", problem: null });
    events.threadLoadStart?.(id);
    this.#loading = this.#read(id).finally(() => {
      this.#loading = null;
      if (this.state.phase === "loading") this.set({ phase: "ready" });
      events.threadLoadEnd?.(id);
    });
    return this.#loading;
  }

  /** As `load`, while the reader goes on; what is asked meanwhile counts more. */
  async refresh(): Promise<void> {
    if (this.#loading) return this.#loading;
    if (this.id !== null) await this.#read(this.id);
  }

  /** Reads the page of items before those that are shown. */
  async loadOlder(): Promise<void> {
    const pages = this.#pages;
    if (!pages.hasOlder || this.#loading || this.id === null) return;
    this.#loading = pages
      .read(this.id)
      .then((items) => {
        const fresh = items.filter(({ id }) => !this.state.items.some((item) => item.id === id));
        this.set({ items: [...fresh, ...this.state.items], hasOlder: pages.hasOlder });
      })
      .catch((error) => {
        if (!isAbort(error)) this.set({ problem: problemOf(error, null, this.house.words()) });
      })
      .finally(() => {
        this.#loading = null;
      });
    return this.#loading;
  }

  /** Sends what the reader has written. */
  async say(message: Outgoing, key?: string): Promise<void> {
    await this.#loading;
    const { id } = this;
    const input = inputOf(message);
    const op = id === null ? "threads.create" : "threads.add_user_message";
    const params = (id === null ? { input } : { thread_id: id, input }) as Operations[typeof op];
    const named = key ?? this.#keys.of(op, params);
    if (!this.isAnswering) {
      this.set({ pending: { ...message, key: named } });
      this.house.keeping.keepSending({ threadId: id, key: named, message });
    }
    await this.ask(op, params, "send", named);
  }

  /**
   * Carries out an operation that streams, to its end.
   *
   * Rejects where it is refused before anything came of it. What goes wrong later is told in `state.problem`.
   */
  async ask<Op extends Streaming>(
    op: Op,
    params: Operations[Op],
    retry: Problem["retry"],
    key = this.#keys.of(op, params),
  ): Promise<void> {
    if (this.#loading) await this.#loading;
    if (this.isAnswering) throw new RequestError({ code: "busy" });
    this.#again = null;
    this.#asking = true;
    this.set({ phase: "sending", problem: null, notices: [], progress: null });
    await this.#follow((options) => this.house.client.stream(op, params, key, options), retry);
  }

  /** Follows an answer that was begun elsewhere, or before the page was left. */
  async takeUp(runId: string, asking: boolean): Promise<void> {
    if (this.#ending) await this.#ending;
    if (this.isAnswering || this.#aborter.signal.aborted) return;
    this.#asking = asking;
    this.set({ phase: "answering", problem: null });
    try {
      await this.#follow((options) => this.house.client.follow(runId, options), "answer");
    } catch {
      // It ended long ago: what there is of it is in the thread.
      this.house.keeping.endRun(runId);
    }
  }

  /** Another tab has changed the thread, or is answering in it as the run of this id. */
  async hearOf(runId: string | null): Promise<void> {
    if (this.#run && (runId === null || this.#run.id === runId)) return;
    await this.#ending;
    await this.refresh();
    if (runId) await this.takeUp(runId, false);
  }

  /** Ends the answer; resolves when it has ended. */
  async stop(): Promise<void> {
    const run = this.#run;
    const ending = this.#ending;
    if (!run || this.#stopped) return;
    this.#stopped = true;
    this.set({ phase: "stopping", problem: null });
    const asked = this.#giveUp;
    asked?.();
    for (let attempt = 0; !asked && attempt < STOPPING_ATTEMPTS; attempt++) {
      const failed = await run.stop().then(
        () => false,
        () => true,
      );
      if (!failed) break;
      // An answer that the server does not know any more has ended, and its stream says so.
      await Promise.race([ending, pause(backoff(attempt))]);
      if (this.#run !== run) return;
    }
    await Promise.race([ending, pause(STOPPING_MS)]);
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
      // The answer under way says itself that it is under way; nothing is wrong with it.
      if ((error as RequestError).code === "busy") return this.house.events.log?.("busy", { op });
      this.#again = () => this.reply(op, params);
      this.set({ problem: problemOf(error, "reply", this.house.words()) });
    }
  }

  /** Does again what failed last. */
  async retryReply(): Promise<void> {
    await this.#again?.();
  }

  /** Leaves the thread; its answer goes on at a Pageside server. */
  close(): void {
    this.#aborter.abort();
    this.#run?.leave();
    this.#giveUp?.();
  }

  async #follow(begin: (options: RunOptions) => Run, retry: Problem["retry"]): Promise<void> {
    const { events, keeping } = this.house;
    const { signal } = this.#aborter;
    this.#stopped = false;
    this.#asked++;
    let finish = () => {};
    this.#ending = new Promise((resolve) => {
      finish = resolve;
    });
    let accepted = false;
    const left = () => {
      this.#run = this.#ending = null;
      finish();
      if (accepted) events.responseEnd?.();
    };
    const onFirst = () => {
      accepted = true;
      this.#keys.arrived();
      if (this.#asking) keeping.keepSending(null);
      if (!this.#stopped) this.set({ phase: "answering" });
      events.responseStart?.();
    };
    try {
      let next: ((options: RunOptions) => Run) | null = begin;
      for (let calls = 0; next && calls < MOST_TOOL_CALLS; calls++) {
        this.#run = next(this.#runOptions());
        for await (const event of this.#run) {
          if (!accepted) onFirst();
          this.#take(event);
        }
        if (signal.aborted) return left();
        if (!accepted) throw new RequestError({ code: this.#stopped ? "stopped" : "stream" });
        next = await this.#toolOutput();
      }
    } catch (error) {
      if (signal.aborted) return left();
      if (!accepted) {
        this.#run = this.#ending = null;
        if (this.#asking) keeping.keepSending(null);
        this.set({ phase: "ready", pending: null, progress: null });
        finish();
        throw error;
      }
      await this.#broken(error, retry);
    }
    if (signal.aborted) return left();
    this.#over(finish);
  }

  #runOptions(): RunOptions {
    return {
      signal: this.#aborter.signal,
      onLog: this.house.events.log,
      onId: () => this.#tellRun(),
      onLost: (lost) => {
        if (lost && !this.#stopped) this.set({ phase: "reconnecting" });
        else if (this.state.phase === "reconnecting") this.set({ phase: "answering" });
      },
    };
  }

  /** Keeps the answer under way for a reload, and tells the other tabs; once its thread has a name, again. */
  #tellRun(): void {
    const { id, runId } = this;
    if (!runId || !this.#asking) return;
    this.house.keeping.keepRun({ threadId: id, runId });
    if (id) this.house.tabs.tell({ type: "answering", threadId: id, runId });
  }

  #take(event: StreamEvent): void {
    const { events, words } = this.house;
    const before = this.state.threadId;
    try {
      this.state = reduce(this.state, event, events.log);
    } catch (error) {
      // An event that lacks what its kind has; the others are shown all the same.
      events.log?.("event.malformed", { type: event.type, error: String(error) });
      return;
    }
    if (event.type === "client_effect") events.effect?.(event.name, event.data);
    const { problem } = this.state;
    if (event.type === "error" && problem) {
      const message = problem.message || words().failed;
      this.state = { ...this.state, problem: { ...problem, message } };
      events.error?.(new Error(message));
    }
    if (before === null && this.id !== null) {
      this.#tellRun();
      events.threadChange?.(this.id);
    }
    this.house.changed(this, true);
  }

  /** What goes on with the turn where it ended by asking the page; null where it did not, or nobody is there to ask. */
  async #toolOutput(): Promise<((options: RunOptions) => Run) | null> {
    const { client, onClientTool, events } = this.house;
    const call = this.state.items.at(-1);
    const waits = call?.type === "client_tool_call" && call.status === "pending";
    if (!waits || !this.#asking || this.#stopped || !onClientTool || this.state.problem) return null;
    const over = new Promise<void>((resolve) => {
      this.#giveUp = resolve;
    });
    const result = await answerOf(call as ClientToolCallItem, onClientTool, over, events.error);
    this.#giveUp = null;
    if (this.#stopped || this.#aborter.signal.aborted) return null;
    const output = { thread_id: call.thread_id, result };
    this.set({ items: answered(this.state, call.id, result).items });
    return (options) => client.stream("threads.add_client_tool_output", output, newKey(), options);
  }

  async #broken(error: unknown, retry: Problem["retry"]): Promise<void> {
    const gone = error instanceof RequestError && error.code === "run_gone";
    this.house.events.error?.(error as Error);
    if (!gone) {
      const answered = retry === "send" || retry === null ? "answer" : retry;
      return this.set({ problem: problemOf(error, answered, this.house.words()) });
    }
    // The server has forgotten the answer, as after a restart or a long sleep: what it kept of it is in the thread.
    this.#asked++;
    this.set({ progress: null });
    await this.refresh();
    await this.#recorded;
    const message = this.house.words().failed;
    if (!isWhole(this.state, this.house.client.keepsRecords) && !this.state.problem)
      this.set({ problem: { message, retry: "answer", code: "stream" } });
  }

  #over(finish: () => void): void {
    const { keeping, tabs, events } = this.house;
    const runId = this.runId;
    if (runId) keeping.endRun(runId);
    this.#run = this.#ending = null;
    this.state = ended(this.state);
    this.house.changed(this, false);
    finish();
    if (this.id && this.#asking) tabs.tell({ type: "changed", threadId: this.id });
    events.responseEnd?.();
    this.#recorded = this.#readRecords();
  }

  async #read(id: string): Promise<void> {
    const { client, events, words } = this.house;
    const asked = this.#asked;
    const pages = new Pages(client, this.#aborter.signal);
    try {
      const thread = await client.call("threads.get_by_id", { thread_id: id }, this.#aborter.signal);
      // Short threads come whole; of a long one come the oldest items, and the newest are what is wanted.
      const whole = !thread.items.has_more;
      const read = whole ? thread.items.data : await pages.read(id, Math.max(LEAST, this.state.items.length));
      if (asked !== this.#asked) return;
      const items = withOpenForms(read, this.state.items);
      this.#pages = pages;
      this.remembered = false;
      const problem = this.state.problem?.retry === "load" ? null : this.state.problem;
      this.set({ thread: head(thread), items, hasOlder: pages.hasOlder, growing: new Set(), problem });
      this.#recorded = this.#readRecords();
    } catch (error) {
      if (isAbort(error)) return;
      const gone = error instanceof RequestError && error.status === 404;
      if (!gone || !this.remembered) {
        events.error?.(error as Error);
        this.set({ problem: problemOf(error, "load", words()) });
      }
      if (!gone) return;
      this.set({ threadId: null, thread: null, items: [], hasOlder: false });
      events.threadChange?.(null);
    }
  }

  async #readRecords(): Promise<void> {
    const { client } = this.house;
    if (!client.ours || this.id === null || this.state.items.length === 0) return;
    const found = await client.records(this.id, this.#aborter.signal).catch((): AnswerRecord[] => []);
    if (found.length) this.set({ records: new Map(found.map((record) => [record.item_id, record])) });
  }
}
