/** Speaks the ChatKit protocol with one server, and what a Pageside server understands beside it. */

import type { ChatKitOptions, FileUploadStrategy } from "@openai/chatkit";
import { isAbort, isRecord, RequestError, refused, unanswered } from "./errors";
import { Run, type RunOptions } from "./run";
import { Secret } from "./secret";
import type { AnswerRecord, Json, Operations, Page, Streaming, Thread, ThreadItem } from "./types";
import { type Uploading, upload } from "./upload";

const LONGEST_MS = 30_000;

export interface ClientOptions {
  /** `api` of the element's options. */
  api: ChatKitOptions["api"];
  /** Where the script came from, without a slash at the end; `/chatkit` there is asked in hosted mode. */
  server: string;
  /** Whether the API is known to be a Pageside server. */
  ours: boolean;
  locale(): string;
  /** What goes as `metadata` with every request: page, profile, what the page can be asked. */
  context?(): Record<string, unknown>;
  /** Whoever has a secret and renews it itself, in place of `getClientSecret`; asked before each request. */
  credentials?(): Credentials | undefined;
}

export interface Credentials {
  get(): Promise<string>;
  renew(refused: string | null): Promise<string>;
  /** The reader has signed out; `elsewhere` where that was in another tab, which has told the server. */
  end?(elsewhere: boolean): Promise<void> | void;
}

/** A thread as the search of a Pageside server finds it. */
export interface FoundThread {
  id: string;
  title: string | null;
  created_at: string;
  updated_at: string;
  extract: { item_id: string; parts: { text: string; match: boolean }[] } | null;
}

interface Answers {
  "threads.sync_custom_action": { updated_item?: ThreadItem };
  "threads.get_by_id": Thread;
  "threads.list": Page<Thread>;
  "threads.update": Thread;
  "items.list": Page<ThreadItem>;
  "attachments.create": Uploading["attachment"];
  "input.transcribe": { text: string };
}
export type Calling = Exclude<keyof Operations, Streaming>;
type AnswerTo<Op extends Calling> = Op extends keyof Answers ? Answers[Op] : Record<string, Json>;

export class Client {
  /** Where the protocol is spoken. */
  readonly url: string;
  readonly strategy: FileUploadStrategy;
  readonly #hosted: Credentials | null;
  readonly #custom: typeof fetch | undefined;
  #known: boolean;
  /** Whether the server is known, or at least not known not, to keep records of its answers. */
  keepsRecords = true;
  #keepsTasks = true;
  #greeting: Promise<unknown> | null = null;

  constructor(private readonly options: ClientOptions) {
    const { api, server } = options;
    const hosted = "getClientSecret" in api && api.getClientSecret;
    this.url = (hosted ? `${server}/chatkit` : absolute((api as { url: string }).url)).replace(/\/$/, "");
    this.#custom = "fetch" in api ? api.fetch : undefined;
    this.strategy = ("uploadStrategy" in api && api.uploadStrategy) || { type: "two_phase" };
    this.#hosted = hosted ? new Secret(api.getClientSecret) : null;
    this.#known = options.ours;
  }

  /** Whether the server is a Pageside server. */
  get ours(): boolean {
    return this.#known;
  }

  /** The server's address without `/chatkit`. */
  get base(): string {
    return this.url.replace(/\/chatkit$/, "");
  }

  /** Whether the host sends the requests. */
  get hasOwnFetch(): boolean {
    return this.#custom !== undefined;
  }

  /** In which the server is asked to speak to the reader. */
  get language(): string {
    return this.options.locale();
  }

  /** Whether requests bear a secret. */
  get bears(): boolean {
    return this.#secret !== null;
  }

  get #secret(): Credentials | null {
    return this.options.credentials?.() ?? this.#hosted;
  }

  /** Forgets who asked. */
  async signedOut(elsewhere: boolean): Promise<void> {
    this.#greeting = null;
    await this.#secret?.end?.(elsewhere);
  }

  /** The document that an operation answers with. */
  async call<Op extends Calling>(
    op: Op,
    params: Operations[Op],
    signal?: AbortSignal,
  ): Promise<AnswerTo<Op>> {
    return (await this.json(await this.#post(op, params, {}, limited(signal)))) as AnswerTo<Op>;
  }

  /**
   * The answer that an operation streams.
   *
   * `key` names the request, so that a Pageside server carries it out once however often it comes.
   */
  stream<Op extends Streaming>(op: Op, params: Operations[Op], key: string, options: RunOptions = {}): Run {
    const ours = this.#known;
    const headers: Record<string, string> = ours ? { "X-Pageside-Resume": "1", "Idempotency-Key": key } : {};
    const begin = async (signal: AbortSignal) => {
      if (ours) await this.#greet(signal);
      return this.#post(op, params, { Accept: "text/event-stream", ...headers }, signal);
    };
    return new Run({ begin, ...this.#coming(ours) }, options);
  }

  /** An answer under way at a Pageside server, from its first event. */
  follow(id: string, options: RunOptions = {}): Run {
    return new Run({ begin: null, ...this.#coming(true) }, { ...options, id });
  }

  /** What a Pageside server keeps beside the answers of a thread; nothing with other servers. */
  async records(threadId: string, signal?: AbortSignal): Promise<AnswerRecord[]> {
    if (!this.keepsRecords) return [];
    const path = `/chatkit/threads/${encodeURIComponent(threadId)}/records`;
    const document = await this.#get(path, signal).catch((error: unknown) => {
      if (error instanceof RequestError && error.status === 404) this.keepsRecords = false;
      throw error;
    });
    return Array.isArray(document.records) ? (document.records as AnswerRecord[]) : [];
  }

  /** A number that grows with every change to the reader's tasks; null where a server keeps none, or cannot tell. */
  async tasksRevision(): Promise<number | null> {
    if (!this.#known || !this.#keepsTasks) return null;
    const document = await this.#get("/chatkit/tasks").catch((error: unknown) => {
      if (error instanceof RequestError && error.status === 404) this.#keepsTasks = false;
      return null;
    });
    return typeof document?.revision === "number" ? document.revision : null;
  }

  /** The reader's threads that hold all words of `query`; of a Pageside server. */
  async search(query: string, cursor?: string, signal?: AbortSignal): Promise<Page<FoundThread>> {
    const asked = new URLSearchParams({ query, limit: "30", ...(cursor ? { cursor } : {}) });
    const document = await this.#get(`/api/chatkit/threads?${asked}`, signal);
    const next = document.next_cursor;
    const after = typeof next === "string" ? next : undefined;
    return {
      data: (document.threads as FoundThread[] | undefined) ?? [],
      has_more: after !== undefined,
      after,
    };
  }

  /** The attachment that a file becomes. */
  upload(file: File, onProgress?: (share: number) => void, signal?: AbortSignal) {
    return upload(this, file, onProgress, signal);
  }

  /** Any request, with what proves who asks; renews that once where the server does not take it. */
  async send(url: string, init: RequestInit & { bearer?: boolean } = {}): Promise<Response> {
    const { bearer = true, ...rest } = init;
    const credentials = bearer ? this.#secret : null;
    const secret = credentials && (await credentials.get());
    let response = await this.#fetch(url, rest, secret);
    if (response.status === 401 && credentials) {
      response.body?.cancel().catch(() => {});
      response = await this.#fetch(url, rest, await credentials.renew(secret));
    }
    if (response.headers.has("X-Pageside-Run")) this.#known = true;
    if (!response.ok) throw await refused(response);
    return response;
  }

  /** A JSON document of an answer. */
  async json(response: Response): Promise<Record<string, unknown>> {
    const document: unknown = await response.json().catch((error: unknown) => {
      throw isAbort(error)
        ? error
        : new RequestError({ status: response.status, code: "no_json", retryable: true });
    });
    return isRecord(document) ? document : {};
  }

  async #get(path: string, signal?: AbortSignal): Promise<Record<string, unknown>> {
    return this.json(await this.send(this.base + path, { signal: limited(signal) }));
  }

  #post(op: string, params: unknown, headers: Record<string, string>, signal?: AbortSignal) {
    return this.send(this.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify({ type: op, params, metadata: this.#metadata() }),
      signal,
    });
  }

  /** What the host says of the page and the reader; a Pageside server also learns what "tomorrow" is where they are. */
  #metadata(): Record<string, unknown> {
    const told = this.options.context?.() ?? {};
    if (!this.#known) return told;
    return { timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, ...told };
  }

  async #fetch(url: string, init: RequestInit, secret: string | null): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("Accept-Language", this.language);
    if (secret !== null) headers.set("Authorization", `Bearer ${secret}`);
    try {
      return await (this.#custom ?? globalThis.fetch)(url, { ...init, headers });
    } catch (error) {
      throw isAbort(error) ? error : unanswered(error);
    }
  }

  /**
   * Makes sure that the server knows who asks before a request that may be repeated: a guest without a cookie would be
   * somebody new each time, and a key is the reader's own.
   */
  async #greet(signal: AbortSignal): Promise<void> {
    if (this.#secret) return;
    this.#greeting ??= this.#post("threads.list", { limit: 1 }, {}, signal).then((response) =>
      response.text(),
    );
    await this.#greeting.catch((error) => {
      this.#greeting = null;
      throw error;
    });
  }

  #coming(ours: boolean) {
    if (!ours) return { events: null, stop: null };
    const run = (id: string) => `${this.url}/runs/${encodeURIComponent(id)}`;
    return {
      events: async (id: string, after: string, signal: AbortSignal) => {
        const headers = after ? { "Last-Event-ID": after } : undefined;
        try {
          return await this.send(`${run(id)}/events`, { headers, signal });
        } catch (error) {
          if (error instanceof RequestError && error.status === 404)
            throw new RequestError({ status: 404, code: "run_gone", detail: error.detail }, { cause: error });
          throw error;
        }
      },
      stop: async (id: string) => {
        await this.send(`${run(id)}/stop`, { method: "POST", signal: limited() });
      },
    };
  }
}

/** A new name for a request. */
export function newKey(): string {
  // `randomUUID` is absent on pages that came over plain HTTP.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function absolute(url: string): string {
  return globalThis.document ? new URL(url, document.baseURI).href : url;
}

/** `signal`, and an end to requests that nobody answers; the latter looks like a lost connection. */
function limited(signal?: AbortSignal): AbortSignal {
  const limit = AbortSignal.timeout(LONGEST_MS);
  if (!signal) return limit;
  // As `AbortSignal.any`, which is younger than the oldest browsers that the build is for.
  const either = new AbortController();
  for (const one of [signal, limit]) {
    const end = () => either.abort(one.reason);
    if (one.aborted) end();
    else one.addEventListener("abort", end, { once: true, signal: either.signal });
  }
  return either.signal;
}
