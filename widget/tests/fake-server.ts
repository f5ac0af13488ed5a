/** A ChatKit server in memory, which answers `fetch` and breaks connections where a test wants it to. */

import type { StreamEvent, ThreadItem } from "../src/protocol/types";

export interface Asked {
  method: string;
  path: string;
  headers: Headers;
  op: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  params: any;
  // biome-ignore lint/suspicious/noExplicitAny: likewise
  metadata: any;
}

type Answer = Response | undefined | Promise<Response | undefined>;

/** An answer of the server, told to any number of listeners as a test goes on with it. */
export class FakeRun {
  readonly frames: string[] = [];
  ended = false;
  stops = 0;
  private readonly waiting = new Set<() => void>();
  private readonly open = new Set<ReadableStreamDefaultController<Uint8Array>>();

  constructor(readonly id: string) {}

  /** Tells `events` to whoever listens, and keeps them for whoever comes back. */
  tell(...events: StreamEvent[]): this {
    for (const event of events)
      this.frames.push(`id: ${this.frames.length + 1}\ndata: ${JSON.stringify(event)}\n\n`);
    return this.wake();
  }

  end(): this {
    this.ended = true;
    return this.wake();
  }

  /** Loses every connection, with an error or, as some proxies do, with an end like any other. */
  cut(how: "error" | "close" = "error"): void {
    for (const controller of this.open) {
      if (how === "close") controller.close();
      else controller.error(new TypeError("network error"));
    }
    this.open.clear();
  }

  response(after: number, headers: Record<string, string>): Response {
    let at = after;
    let mine: ReadableStreamDefaultController<Uint8Array>;
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      while (at >= this.frames.length && !this.ended && this.open.has(controller))
        await new Promise<void>((resolve) => this.waiting.add(resolve));
      if (!this.open.has(controller)) return;
      if (at < this.frames.length) controller.enqueue(new TextEncoder().encode(this.frames[at++]));
      else {
        this.open.delete(controller);
        controller.close();
      }
    };
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      mine = controller;
      this.open.add(controller);
    };
    const cancel = () => {
      this.open.delete(mine);
      this.wake();
    };
    const body = new ReadableStream({ start, pull, cancel }, { highWaterMark: 0 });
    return new Response(body, { headers: { "Content-Type": "text/event-stream", ...headers } });
  }

  private wake(): this {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
    return this;
  }
}

export class FakeServer {
  readonly asked: Asked[] = [];
  readonly runs: FakeRun[] = [];
  /** What is stored, by thread. */
  readonly threads = new Map<string, ThreadItem[]>();
  /** Answers a request in place of the server; undefined lets the server answer. */
  on: (asked: Asked) => Answer = () => undefined;
  /** Whether the server cannot be reached. */
  down = false;
  private readonly byKey = new Map<string, FakeRun>();

  constructor(readonly ours = true) {}

  /** The operations and routes that were asked, in order, without reading of records and first lists. */
  get calls(): string[] {
    const told = this.asked.filter(({ path, params }) => !path.endsWith("/records") && params?.limit !== 1);
    return told.map(({ op, method, path }) => op || `${method} ${path}`);
  }

  /** The newest answer. */
  get run(): FakeRun {
    return this.runs.at(-1)!;
  }

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const url = new URL(String(input), "http://book.test");
    const body = typeof init.body === "string" ? JSON.parse(init.body) : {};
    const asked: Asked = {
      method: init.method ?? "GET",
      path: url.pathname + url.search,
      headers: new Headers(init.headers),
      op: body.type ?? "",
      params: body.params,
      metadata: body.metadata,
    };
    this.asked.push(asked);
    if (this.down) throw new TypeError("Failed to fetch");
    init.signal?.throwIfAborted();
    const answer = (await this.on(asked)) ?? this.answer(asked);
    return heeding(answer, init.signal);
  };

  private answer({ op, path, params, headers }: Asked): Response {
    if (path.endsWith("/records")) return json({ records: [] });
    const [, id, what] = /\/runs\/([^/]+)\/(\w+)/.exec(path) ?? [];
    if (id) return this.ofRun(id, what!, headers);
    switch (op) {
      case "threads.list":
        return json({ data: [...this.threads.keys()].map((each) => head(each)), has_more: false });
      case "threads.get_by_id": {
        const items = this.threads.get(params.thread_id);
        if (!items) return problem(404, "not_found", "There is no such conversation.");
        const page = { data: items.slice(0, 20), has_more: items.length > 20 };
        return json({ ...head(params.thread_id), items: page });
      }
      case "items.list":
        return json(pageOf(this.threads.get(params.thread_id) ?? [], params));
      case "threads.delete":
        this.threads.delete(params.thread_id);
        return json({});
      case "threads.update":
        return json({ ...head(params.thread_id), title: params.title });
      case "threads.create":
      case "threads.add_user_message":
      case "threads.retry_after_item":
      case "threads.add_structured_input":
      case "threads.add_client_tool_output":
      case "threads.custom_action":
        return this.begin(headers.get("Idempotency-Key") ?? "");
      default:
        return json({});
    }
  }

  private begin(key: string): Response {
    const known = this.byKey.get(key);
    const run = known ?? new FakeRun(`run_${this.runs.length + 1}`);
    if (!known) this.runs.push(run);
    if (key) this.byKey.set(key, run);
    return run.response(0, this.ours ? { "X-Pageside-Run": run.id } : {});
  }

  private ofRun(id: string, what: string, headers: Headers): Response {
    const run = this.runs.find((each) => each.id === id);
    if (!run) return problem(404, "not_found", "There is no answer to listen to.");
    const after = Number(headers.get("Last-Event-ID") ?? 0);
    if (what === "stop") {
      run.stops++;
      run.end();
      return json({ id, status: "stopped" });
    }
    if (run.ended && after >= run.frames.length) return new Response(null, { status: 204 });
    return run.response(after, { "X-Pageside-Run": id });
  }
}

export function json(document: unknown, status = 200): Response {
  return new Response(JSON.stringify(document), { status, headers: { "Content-Type": "application/json" } });
}

export function problem(
  status: number,
  code: string,
  detail: string,
  headers: Record<string, string> = {},
): Response {
  const document = { code, detail, status, retryable: status >= 500, request_id: "req_1" };
  return new Response(JSON.stringify(document), { status, headers });
}

export const head = (id: string) => ({
  id,
  created_at: "2026-01-01T12:00:00Z",
  status: { type: "active" as const },
});

const about = (id: string, thread: string) => ({ id, thread_id: thread, created_at: "2026-01-01T12:00:00Z" });

export const question = (id: string, text: string, thread = "thr_1"): ThreadItem => ({
  ...about(id, thread),
  type: "user_message",
  content: [{ type: "input_text", text }],
  attachments: [],
  inference_options: {},
});

export const answer = (id: string, text: string, thread = "thr_1"): ThreadItem => ({
  ...about(id, thread),
  type: "assistant_message",
  content: text ? [{ type: "output_text", text, annotations: [] }] : [],
});

/** The events with which an answer begins, up to its first words. */
export function opening(text: string, thread = "thr_1", number = 1): StreamEvent[] {
  const created =
    number === 1
      ? [
          {
            type: "thread.created" as const,
            thread: { ...head(thread), items: { data: [], has_more: false } },
          },
        ]
      : [];
  return [
    ...created,
    { type: "thread.item.done", item: question(`msg_q${number}`, text, thread) },
    { type: "stream_options", stream_options: { allow_cancel: true } },
    { type: "progress_update", text: "Searching the book", icon: "search" },
    { type: "thread.item.added", item: answer(`msg_a${number}`, "", thread) },
  ];
}

export const delta = (id: string, words: string): StreamEvent => ({
  type: "thread.item.updated",
  item_id: id,
  update: { type: "assistant_message.content_part.text_delta", content_index: 0, delta: words },
});

export const done = (item: ThreadItem): StreamEvent => ({ type: "thread.item.done", item });

function pageOf(items: ThreadItem[], { limit = 20, after }: { limit?: number; after?: string }) {
  const newest = items.toReversed();
  const from = after ? newest.findIndex((item) => item.id === after) + 1 : 0;
  const data = newest.slice(from, from + limit);
  const has_more = from + limit < newest.length;
  return { data, has_more, ...(has_more ? { after: data.at(-1)!.id } : {}) };
}

/** A response whose body breaks off when the request is given up, as a browser's does. */
function heeding(response: Response, signal?: AbortSignal | null): Response {
  if (!signal || !response.body) return response;
  const reader = response.body.getReader();
  let leave = () => {};
  const gone = new Promise<never>((_, reject) => {
    leave = () => reject(new DOMException("Aborted", "AbortError"));
  });
  signal.addEventListener("abort", leave);
  gone.catch(() => {});
  const body = new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done: over, value } = await Promise.race([reader.read(), gone]);
          if (over) {
            signal.removeEventListener("abort", leave);
            controller.close();
          } else controller.enqueue(value);
        } catch (error) {
          void reader.cancel().catch(() => {});
          controller.error(error);
        }
      },
      cancel() {
        signal.removeEventListener("abort", leave);
        return reader.cancel();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status: response.status, headers: response.headers });
}
