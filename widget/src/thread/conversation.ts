/** The conversation that is shown, as a ChatKit server tells it. */

import { en } from "../locale/en";
import { Client, type ClientOptions } from "../protocol/client";
import { isAbort, RequestError } from "../protocol/errors";
import type { Action, Attachment, FormReply, Page } from "../protocol/types";
import { isOffline } from "../protocol/waiting";
import { Batch } from "./batching";
import type { ClientTool, House } from "./house";
import { Keeping, keepDraft } from "./keeping";
import { OpenThread } from "./open-thread";
import { type ProblemWords, problemOf } from "./problems";
import { withItem } from "./reducer";
import type { Chat, ChatEvents, ChatState, Notice, Outgoing, ThreadRow } from "./state";
import { type News, type Tabs, tabs } from "./tabs";
import { isTaskList, TaskLists } from "./task-lists";

const THREADS = 30;

export interface ConversationOptions {
  client: Client | ClientOptions;
  /** Words of the interface, for what goes wrong; English where nothing is said. */
  words?(): ProblemWords;
  events?: Partial<ChatEvents>;
  /** Answers what the server asks the page; what it throws is told to the server, too. */
  onClientTool?: ClientTool;
  /** The book, where several share a server: each has a thread of its own that is open. */
  scope?: string;
}

export class Conversation implements Chat {
  /** Names the server and the book, for what a browser keeps of them. */
  readonly place: string;
  readonly #keeping: Keeping;
  readonly #client: Client;
  readonly #house: House;
  readonly #tabs: Tabs;
  readonly #tasks: TaskLists;
  readonly #listeners = new Set<() => void>();
  readonly #batch = new Batch(() => {
    for (const listener of [...this.#listeners]) listener();
  });
  /** Threads whose answers go on though another thread is shown. */
  readonly #away = new Set<OpenThread>();
  #shown: OpenThread;
  readonly #restores: boolean;
  #refused: Outgoing | null = null;
  readonly #online = () => this.#setOnline(true);
  readonly #offline = () => this.#setOnline(false);

  constructor(options: ConversationOptions) {
    const { words = () => en, events = {}, onClientTool, scope } = options;
    const client = options.client instanceof Client ? options.client : new Client(options.client);
    this.#client = client;
    this.#restores = scope !== undefined;
    this.place = `${client.url} ${scope ?? ""}`;
    this.#keeping = new Keeping(this.place);
    this.#tabs = tabs(client.url, (news) => this.#hear(news));
    this.#house = {
      client,
      keeping: this.#keeping,
      tabs: this.#tabs,
      words,
      onClientTool,
      events: {
        ...events,
        responseEnd: () => {
          events.responseEnd?.();
          void this.#tasks.check();
        },
        threadChange: (id) => {
          // A thread that was left while it had no name yet is not the one that is shown.
          if (id !== this.state.threadId) return;
          this.#keeping.keepThread(id);
          events.threadChange?.(id);
        },
      },
      changed: (thread, soon) => {
        if (thread !== this.#shown) return;
        this.#tasks.watch();
        if (soon) this.#batch.soon();
        else this.#batch.now();
      },
    };
    this.#tasks = new TaskLists(client, { state: () => this.state, refresh: () => this.refresh() });
    this.#shown = new OpenThread(this.#house, null, isLocal(client.url) || !isOffline());
    globalThis.addEventListener?.("online", this.#online);
    globalThis.addEventListener?.("offline", this.#offline);
  }

  get state(): ChatState {
    return this.#shown.state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Opens the first thread: the one that is named, else the one that this tab had open when its page was left.
   *
   * Null is a new thread, but not for a book of its own, whose readers come from page to page. An answer that was under
   * way goes on.
   */
  async start(threadId?: string | null): Promise<void> {
    const remembers = threadId === undefined || (threadId === null && this.#restores);
    const run = this.#keeping.run();
    const sending = remembers && this.#client.ours ? this.#keeping.sending() : null;
    const id = threadId ?? (remembers ? this.#keeping.thread() : null);
    if (id !== null) await this.open(id, !threadId);
    else this.#house.events.threadChange?.(null);
    // The same message under the same key is carried out once, whether or not it arrived the first time.
    if (sending && sending.threadId === this.state.threadId) {
      void this.send(sending.message, sending.key).catch(() => {});
    } else if (remembers && run && id === null && this.#client.ours) {
      void this.#shown.takeUp(run.runId, true);
    }
  }

  async open(threadId: string | null, remembered = false): Promise<void> {
    if (threadId !== null && threadId === this.state.threadId) return this.refresh();
    const before = this.#shown;
    if (before.isAnswering) this.#away.add(before);
    else before.close();
    const back = [...this.#away].find((each) => each.id !== null && each.id === threadId);
    const next = back ?? new OpenThread(this.#house, threadId, this.state.online, remembered);
    this.#away.delete(next);
    this.#forgetFinished();
    this.#shown = next;
    this.#refused = null;
    next.set({ online: this.state.online });
    this.#house.events.threadChange?.(threadId);
    if (back || threadId === null) return;
    await next.load();
    if (next.id !== null) await this.#takeUp(next);
  }

  loadOlder(): Promise<void> {
    return this.#shown.loadOlder();
  }

  async send(message: Outgoing, key?: string): Promise<void> {
    const thread = this.#shown;
    const { words, events } = this.#house;
    try {
      if (!/^(ready|loading)$/.test(thread.state.phase)) throw new RequestError({ code: "busy" });
      if (!thread.state.online) throw new RequestError({ code: "offline", retryable: true });
      this.#refused = null;
      await thread.say(message, key);
    } catch (error) {
      const { code } = error as RequestError;
      if (code !== "busy") this.#refused = message;
      if (code !== "busy" && code !== "stopped") {
        thread.set({ problem: problemOf(error, "send", words()) });
        events.error?.(error as Error);
      }
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.#shown.stop();
  }

  async retry(itemId?: string): Promise<void> {
    const { items, problem } = this.state;
    if (itemId === undefined && problem?.retry === "send" && this.#refused) return this.send(this.#refused);
    if (itemId === undefined && problem?.retry === "load") return this.#shown.load();
    if (itemId === undefined && problem?.retry === "reply") return this.#shown.retryReply();
    const at = itemId === undefined ? items.length - 1 : items.findIndex((item) => item.id === itemId);
    const question = items.slice(0, at + 1).findLast((item) => item.type === "user_message");
    if (question) await this.#shown.answerAgain(question.id);
  }

  dismissProblem(): void {
    this.#shown.set({ problem: null });
  }

  dismissNotice(notice: Notice): void {
    this.#shown.set({ notices: this.state.notices.filter((each) => each !== notice) });
  }

  async act(action: Action, itemId?: string, streaming = true): Promise<boolean> {
    const thread = this.#shown;
    if (thread.id === null) return false;
    const params = { thread_id: thread.id, item_id: itemId, action };
    if (streaming) {
      await thread.reply("threads.custom_action", params);
      return true;
    }
    try {
      const { updated_item: item } = await this.#client.call("threads.sync_custom_action", params);
      if (item) thread.set({ items: withItem(thread.state, item).items });
      if (isTaskList(item)) {
        // Other lists have the same tasks, in this thread and in other tabs.
        this.#tabs.tell({ type: "changed", threadId: params.thread_id });
        void this.#tasks.check();
      }
      return true;
    } catch (error) {
      this.#tell(thread, error);
      return false;
    }
  }

  async reply(itemId: string, reply: FormReply): Promise<void> {
    const thread = this.#shown;
    if (thread.id === null) return;
    await thread.reply("threads.add_structured_input", {
      thread_id: thread.id,
      item_id: itemId,
      input: reply,
    });
  }

  async rate(itemIds: string[], kind: "positive" | "negative"): Promise<void> {
    const thread = this.#shown;
    if (thread.id === null) return;
    const before = thread.state.feedback;
    const feedback = new Map(before);
    for (const id of itemIds) feedback.set(id, kind);
    thread.set({ feedback });
    try {
      await this.#client.call("items.feedback", { thread_id: thread.id, item_ids: itemIds, kind });
    } catch (error) {
      thread.set({ feedback: before });
      this.#tell(thread, error);
    }
  }

  async refresh(): Promise<void> {
    if (!this.#shown.isAnswering) await this.#shown.refresh();
  }

  threads(after?: string, query?: string): Promise<Page<ThreadRow>> {
    return this.#worded(this.#threads(after, query));
  }

  async #threads(after?: string, query?: string): Promise<Page<ThreadRow>> {
    if (query && this.#client.ours) {
      const { data, ...page } = await this.#client.search(query, after);
      const rows = data.map(({ title, extract, ...row }) => ({
        ...row,
        title: title ?? undefined,
        extract: extract?.parts,
      }));
      return { ...page, data: rows };
    }
    const { data, ...page } = await this.#client.call("threads.list", {
      limit: THREADS,
      order: "desc",
      after,
    });
    const words = query?.toLowerCase() ?? "";
    const rows = data.map(({ id, title, created_at }) => ({ id, title, created_at }));
    return { ...page, data: words ? rows.filter((row) => row.title?.toLowerCase().includes(words)) : rows };
  }

  async rename(threadId: string, title: string): Promise<void> {
    await this.#worded(this.#client.call("threads.update", { thread_id: threadId, title }));
    this.#renamed(threadId, title);
    this.#tabs.tell({ type: "renamed", threadId, title });
  }

  async remove(threadId: string): Promise<void> {
    await this.#worded(this.#client.call("threads.delete", { thread_id: threadId }));
    keepDraft(threadId, null, this.place);
    this.#tabs.tell({ type: "deleted", threadId });
    await this.#removed(threadId);
  }

  upload(file: File, onProgress?: (share: number) => void, signal?: AbortSignal): Promise<Attachment> {
    return this.#worded(this.#client.upload(file, onProgress, signal));
  }

  async discard(attachmentId: string): Promise<void> {
    await this.#client.call("attachments.delete", { attachment_id: attachmentId });
  }

  async transcribe(recording: Blob): Promise<string> {
    const audio = { audio_base64: await base64(recording), mime_type: recording.type };
    return (await this.#worded(this.#client.call("input.transcribe", audio))).text;
  }

  close(): void {
    this.#batch.cancel();
    this.#listeners.clear();
    this.#shown.close();
    for (const each of this.#away) each.close();
    this.#tabs.close();
    this.#tasks.close();
    globalThis.removeEventListener?.("online", this.#online);
    globalThis.removeEventListener?.("offline", this.#offline);
  }

  /** The reader is somebody else from here on: forgets what is kept and who asked, here and in the other tabs. */
  async signedOut(elsewhere = false): Promise<void> {
    const left = [this.#shown, ...this.#away];
    for (const each of left) each.close();
    void this.open(null); // at once
    this.#away.clear();
    this.#house.events.signedOut?.();
    this.#keeping.forget();
    if (!elsewhere) this.#tabs.tell({ type: "signed out" });
    await this.#client.signedOut(elsewhere);
  }

  /** Goes on with the answer that this tab was hearing when its page was left, or asks the other tabs for one. */
  async #takeUp(thread: OpenThread): Promise<void> {
    if (!this.#client.ours || thread.id === null) return;
    const kept = this.#keeping.run();
    if (kept?.threadId === thread.id) void thread.takeUp(kept.runId, true);
    else this.#tabs.tell({ type: "opened", threadId: thread.id });
  }

  #hear(news: News): void {
    if (news.type === "signed out") return void this.signedOut(true);
    if (news.type === "changed") void this.#tasks.check();
    const { threadId } = news;
    const here = [this.#shown, ...this.#away].find((each) => each.id === threadId);
    if (!here) return;
    if (news.type === "renamed") this.#renamed(threadId, news.title);
    else if (news.type === "deleted") void this.#removed(threadId);
    else if (news.type === "opened") {
      if (here.runId) this.#tabs.tell({ type: "answering", threadId, runId: here.runId });
    } else if (here === this.#shown) void here.hearOf(news.type === "answering" ? news.runId : null);
  }

  #renamed(threadId: string, title: string): void {
    const { thread } = this.state;
    if (thread?.id === threadId) this.#shown.set({ thread: { ...thread, title } });
  }

  async #removed(threadId: string): Promise<void> {
    for (const each of this.#away) if (each.id === threadId) each.close();
    if (this.state.threadId !== threadId) return;
    this.#shown.close();
    await this.open(null);
  }

  #forgetFinished(): void {
    for (const each of this.#away) if (!each.isAnswering) this.#away.delete(each);
  }

  #tell(thread: OpenThread, error: unknown): void {
    if (isAbort(error)) return;
    this.#house.events.error?.(error as Error);
    const words = this.#house.words();
    thread.set({ problem: problemOf(error, null, { ...words, failed: words.actionFailed }) });
  }

  /** What `work` gives; it fails in words for the reader, the server's where it has any. */
  async #worded<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (isAbort(error)) throw error;
      const { detail } = error as Partial<RequestError>;
      throw new Error(detail || this.#house.words().actionFailed, { cause: error });
    }
  }

  #setOnline(online: boolean): void {
    const { problem } = this.state;
    this.#shown.set({ online, problem: online && problem?.code === "offline" ? null : problem });
    if (online && problem?.retry === "load") void this.#shown.load();
  }
}

/**
 * Whether the server is on this machine, which a browser without any network reaches all the same. Only what the
 * browser says when the page begins is not believed then; a network that goes away is told by an event.
 */
function isLocal(url: string): boolean {
  return /^https?:\/\/(localhost|127\.|\[::1\])/.test(url);
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
