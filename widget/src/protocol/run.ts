/**
 * The events of one answer, over as many connections as it takes.
 *
 * A Pageside server numbers its events and keeps them, so a lost connection is taken up behind the last event that
 * arrived. With other servers the first connection is the only one.
 */

import { isAbort, isPassing, isRecord, RequestError, unanswered } from "./errors";
import { EventParser } from "./sse";
import type { StreamEvent } from "./types";
import { backoff, isOffline, pause } from "./waiting";

/** How long a lost connection is tried for, and a request that may never have arrived. */
const PATIENCE_MS = 120_000;
const FIRST_PATIENCE_MS = 8_000;
/** A Pageside server says something every 15 s; after three times that the connection is dead, whatever it says. */
const SILENCE_MS = 45_000;

export interface RunRequests {
  /** Asks for the answer; again under the same key where nothing came of the first time. Null to follow one by its id. */
  begin: ((signal: AbortSignal) => Promise<Response>) | null;
  /** Asks for the events of an answer after one of them; null where the server keeps none. */
  events: ((id: string, after: string, signal: AbortSignal) => Promise<Response>) | null;
  /** Tells the server to end the answer; null where leaving is what ends it. */
  stop: ((id: string) => Promise<void>) | null;
}

export interface RunOptions {
  signal?: AbortSignal;
  /** An answer under way, to be followed from its first event. */
  id?: string;
  /** Called once the server has named the answer. */
  onId?(id: string): void;
  /** Called with true when the connection is lost, and with false when it is back. */
  onLost?(lost: boolean): void;
  onLog?(name: string, data?: Record<string, unknown>): void;
}

/** An answer under way: iterate over it once. */
export class Run implements AsyncIterable<StreamEvent> {
  /** The server's name of the answer; null until it is known, and with servers that give none. */
  id: string | null;
  /** The number of the last event that arrived. */
  last = "";
  readonly #aborter = new AbortController();
  readonly #ending = new Ending();
  #stopping = false;
  #lostAt: number | null = null;
  #attempt = 0;
  #retryAfterMs = 0;

  constructor(
    private readonly requests: RunRequests,
    private readonly options: RunOptions = {},
  ) {
    this.id = options.id ?? null;
    const { signal } = options;
    if (signal?.aborted) this.#aborter.abort();
    signal?.addEventListener("abort", () => this.#aborter.abort(), { once: true });
  }

  /** Stops listening; what a Pageside server answers goes on there. */
  leave(): void {
    this.#aborter.abort();
  }

  /** Ends the answer. Where the server takes no such request, ends listening, which is how other servers learn of it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.requests.stop) this.#aborter.abort();
    else if (this.id) await this.requests.stop(this.id);
    // Else it is stopped as soon as its name is known.
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamEvent, void, void> {
    while (true) {
      try {
        const response = await this.#open();
        if (response.status === 204) return;
        for await (const event of this.#read(response)) yield event;
        if (this.#ending.isReached || !this.#canResume) return;
        // The stream was closed before the answer ended, or the server knows nothing of an end: it is asked.
        if (!this.#isInTime(PATIENCE_MS)) throw unanswered("closed");
      } catch (error) {
        if (this.#aborter.signal.aborted) return;
        if (!this.#isWorthTrying(error)) throw error;
      }
      await this.#waitForNetwork();
      if (this.#aborter.signal.aborted) return;
    }
  }

  get #canResume(): boolean {
    return this.id !== null && this.requests.events !== null;
  }

  async #open(): Promise<Response> {
    const { signal } = this.#aborter;
    const known = this.#canResume;
    const response = known
      ? await this.requests.events!(this.id!, this.last, signal)
      : await this.requests.begin!(signal);
    // What stands in between answers with pages of its own, such as one to sign in on.
    if (known && response.status !== 204 && !isStream(response)) {
      response.body?.cancel().catch(() => {});
      throw unanswered("no stream");
    }
    const named = response.headers.get("X-Pageside-Run");
    if (named && named !== this.id) {
      this.id = named;
      // A repeated request is answered by a run whose numbers begin anew.
      this.last = "";
      this.options.onId?.(named);
    }
    if (this.#stopping && !known && this.id) void this.requests.stop?.(this.id).catch(() => this.leave());
    return response;
  }

  async *#read(response: Response): AsyncGenerator<StreamEvent> {
    const reader = response.body?.getReader();
    if (!reader) throw new RequestError({ code: "stream", detail: "" });
    const parser = new EventParser();
    try {
      while (true) {
        const { done, value } = await this.#heard(reader);
        if (done) return;
        this.#found();
        for (const { id, data } of parser.push(value)) {
          this.last = id || this.last;
          const event = this.#parsed(data);
          if (!event) continue;
          this.#ending.see(event);
          yield event;
        }
      }
    } finally {
      reader.cancel().catch(() => {});
    }
  }

  async #heard(reader: ReadableStreamDefaultReader<Uint8Array>) {
    if (!this.#canResume) return await reader.read().catch(rethrow);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unanswered("silence")), SILENCE_MS);
    });
    try {
      return await Promise.race([reader.read().catch(rethrow), silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  #parsed(data: string): StreamEvent | null {
    try {
      const event: unknown = JSON.parse(data);
      if (isRecord(event) && typeof event.type === "string") return event as StreamEvent;
    } catch {
      // Told below.
    }
    this.options.onLog?.("stream.malformed", { length: data.length });
    return null;
  }

  #found(): void {
    this.#attempt = 0;
    if (this.#lostAt === null) return;
    this.#lostAt = null;
    this.options.onLost?.(false);
  }

  #isWorthTrying(error: unknown): boolean {
    if (!(error instanceof RequestError) || !this.requests.events) return false;
    this.#retryAfterMs = (error.retryAfter ?? 0) * 1000;
    if (error.code === "request_under_way") return this.#isInTime(PATIENCE_MS);
    if (error.code === "run_gone" && this.requests.begin === null) return false;
    const { status } = error;
    // A first request that was answered, though with a refusal, is not lost.
    if (!this.#canResume && status !== 0 && this.#lostAt === null) return false;
    const passing = isPassing(error) || (this.#canResume && status === 429);
    return passing && this.#isInTime(this.#canResume ? PATIENCE_MS : FIRST_PATIENCE_MS);
  }

  #isInTime(patience: number): boolean {
    return this.#lostAt === null || performance.now() - this.#lostAt < patience;
  }

  async #waitForNetwork(): Promise<void> {
    if (this.#lostAt === null) {
      this.#lostAt = performance.now(); // which no clock that is set changes, and which rests while a laptop sleeps
      this.options.onLost?.(true);
    }
    const wait = Math.max(backoff(this.#attempt++), Math.min(this.#retryAfterMs, 10_000));
    this.#retryAfterMs = 0;
    // A reader without a network has not been waiting for the server.
    if (isOffline() && this.#canResume) this.#lostAt = performance.now();
    await pause(wait, this.#aborter.signal).catch(() => {});
  }
}

/** Tells from the events whether an answer has ended, as far as events can tell. */
class Ending {
  readonly #open = new Set<string>();
  #settled = false;

  get isReached(): boolean {
    return this.#settled && this.#open.size === 0;
  }

  /** Takes note of an event; one that lacks what its kind has ends nothing. */
  see(event: StreamEvent): void {
    if (event.type.startsWith("thread.item.") && !itemIdOf(event)) return;
    switch (event.type) {
      case "thread.item.added":
        this.#open.add(event.item.id);
        break;
      case "thread.item.done":
      case "thread.item.replaced":
        this.#open.delete(event.item.id);
        this.#settled ||= !/^(user_message|workflow|task)$/.test(event.item.type);
        break;
      case "thread.item.removed":
        this.#open.delete(event.item_id);
        break;
      case "stream_options":
      case "progress_update":
        this.#settled = false;
        break;
      case "error":
        this.#open.clear();
        this.#settled = true;
    }
  }
}

function itemIdOf(event: StreamEvent): string | undefined {
  return "item" in event ? event.item?.id : "item_id" in event ? event.item_id : undefined;
}

function isStream(response: Response): boolean {
  return /^text\/event-stream\b/i.test(response.headers.get("Content-Type") ?? "");
}

function rethrow(error: unknown): never {
  throw isAbort(error) ? error : unanswered(error);
}
