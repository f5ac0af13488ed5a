import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  answer,
  delta,
  done,
  FakeServer,
  head,
  json,
  opening,
  problem,
  question,
} from "../../tests/fake-server";
import type { RequestError } from "../protocol/errors";
import type { StreamEvent, ThreadItem } from "../protocol/types";
import { Conversation, type ConversationOptions } from "./conversation";
import type { Outgoing } from "./state";

const WORDS = {
  offline: "offline",
  unreachable: "unreachable",
  failed: "failed",
  locked: "locked",
  closed: "closed",
};
const open: Conversation[] = [];

function chatWith(server: FakeServer, options: Partial<ConversationOptions> = {}): Conversation {
  const chat = new Conversation({
    client: {
      api: { url: "http://book.test/chatkit", domainKey: "d", fetch: server.fetch },
      server: "http://book.test",
      ours: server.ours,
      locale: () => "en",
      context: () => ({ pageContext: { url: "/servo" } }),
    },
    words: () => WORDS,
    ...options,
  });
  open.push(chat);
  return chat;
}

const message = (text: string, more: Partial<Outgoing> = {}): Outgoing => ({
  content: [{ type: "input_text", text }],
  attachments: [],
  options: {},
  ...more,
});

const whole = (text: string, said: string, number = 1): StreamEvent[] => [
  ...opening(text, "thr_1", number),
  delta(`msg_a${number}`, said),
  done(answer(`msg_a${number}`, said)),
];

const said = (chat: Conversation) =>
  chat.state.items.map((item) =>
    "content" in item ? item.content.map((part) => part.text).join("") : `(${item.type})`,
  );

const until = (what: () => boolean) =>
  vi.waitFor(() => expect(what()).toBe(true), { timeout: 10_000, interval: 2 });
const failing = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("not refused"),
    (error) => error as RequestError,
  );

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(() => {
  for (const chat of open.splice(0)) chat.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A storage as browsers have it. */
function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  } as unknown as Storage;
}

describe("a question", () => {
  it("is shown at once, answered as events come, and stored", async () => {
    const told: string[] = [];
    const events = {
      responseStart: () => told.push("start"),
      responseEnd: () => told.push("end"),
      threadChange: (id: string | null) => told.push(`thread ${id}`),
    };
    const chat = chatWith(server, { events });
    const sent = chat.send(message("What is a servo?", { quote: "servo", options: { model: "m" } }));
    await until(() => server.runs.length === 1);
    expect(chat.state.pending?.content).toEqual([{ type: "input_text", text: "What is a servo?" }]);
    expect(chat.state.phase).toBe("sending");

    server.run.tell(...opening("What is a servo?"));
    await until(
      () => chat.state.phase === "answering" && chat.state.progress === null && chat.state.items.length === 2,
    );
    expect(chat.state.pending).toBeNull();
    expect([...chat.state.growing]).toEqual(["msg_a1"]);
    server.run
      .tell(
        delta("msg_a1", "It holds "),
        delta("msg_a1", "an angle."),
        done(answer("msg_a1", "It holds an angle.")),
      )
      .end();
    await sent;

    expect(said(chat)).toEqual(["What is a servo?", "It holds an angle."]);
    expect(chat.state).toMatchObject({ phase: "ready", threadId: "thr_1", problem: null });
    expect(told).toEqual(["start", "thread thr_1", "end"]);
    const asked = server.asked.find((each) => each.op === "threads.create")!;
    expect(asked.params.input).toMatchObject({
      quoted_text: "servo",
      inference_options: { model: "m" },
      attachments: [],
    });
    expect(asked.metadata).toEqual({ pageContext: { url: "/servo" } });
    expect(asked.headers.get("Accept-Language")).toBe("en");
    expect(asked.headers.get("X-Pageside-Resume")).toBe("1");
    expect(asked.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f]{32}$/);
  });

  it("waits for a first request, so that a guest is the same reader when it is repeated", async () => {
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run.tell(...whole("q", "a")).end();
    await sent;

    expect(server.asked.slice(0, 2).map((each) => each.op)).toEqual(["threads.list", "threads.create"]);
  });

  it("goes to the open thread, and two at once are one too many", async () => {
    const chat = chatWith(server);
    const first = chat.send(message("one"));
    await until(() => server.runs.length === 1);
    expect((await failing(chat.send(message("two")))).code).toBe("busy");
    server.run.tell(...whole("one", "1")).end();
    await first;
    const second = chat.send(message("two"));
    await until(() => server.runs.length === 2);
    server.run.tell(...whole("two", "2", 2)).end();
    await second;

    expect(server.calls).toEqual(["threads.create", "threads.add_user_message"]);
    expect(said(chat)).toEqual(["one", "1", "two", "2"]);
  });

  it("that is refused is given back with the reason", async () => {
    server.on = ({ op }) =>
      op === "threads.create" ? problem(422, "message_refused", "Not like this.") : undefined;
    const errors: string[] = [];
    const chat = chatWith(server, { events: { error: (error) => errors.push(error.message) } });
    const error = await failing(chat.send(message("bad")));

    expect(error).toMatchObject({
      status: 422,
      code: "message_refused",
      detail: "Not like this.",
      requestId: "req_1",
    });
    expect(chat.state).toMatchObject({ phase: "ready", pending: null, items: [], threadId: null });
    expect(chat.state.problem).toEqual({
      message: "Not like this.",
      code: "message_refused",
      request: "req_1",
      retry: null,
      wait: undefined,
    });
    expect(errors).toEqual(["Not like this."]);
  });

  it("that comes too soon says how long to wait, and can be sent again", async () => {
    let refusals = 1;
    server.on = ({ op }) =>
      op === "threads.create" && refusals-- > 0
        ? problem(503, "unavailable", "Busy.", { "Retry-After": "7" })
        : undefined;
    const chat = chatWith(server);
    await failing(chat.send(message("q")));
    expect(chat.state.problem).toMatchObject({ retry: "send", wait: 7 });

    const again = chat.retry();
    await until(() => server.runs.length === 1);
    server.run.tell(...whole("q", "a")).end();
    await again;
    expect(said(chat)).toEqual(["q", "a"]);
    expect(chat.state.problem).toBeNull();
  });

  it("while offline is refused before it is sent", async () => {
    vi.stubGlobal("navigator", { onLine: false });
    const chat = chatWith(server);

    expect((await failing(chat.send(message("q")))).code).toBe("offline");
    expect(chat.state).toMatchObject({
      online: false,
      problem: { code: "offline", message: "offline", retry: "send" },
    });
    expect(server.asked).toEqual([]);
  });

  it("under way elsewhere waits as long as the server says", async () => {
    let refusals = 1;
    server.on = ({ op }) =>
      op === "threads.create" && refusals-- > 0
        ? problem(409, "request_under_way", "Wait.", { "Retry-After": "0" })
        : undefined;
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run.tell(...whole("q", "a")).end();
    await sent;

    const keys = server.asked
      .filter((each) => each.op === "threads.create")
      .map((each) => each.headers.get("Idempotency-Key"));
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    expect(said(chat)).toEqual(["q", "a"]);
  });
});

describe("a lost connection", () => {
  it("is taken up behind the last event, again and again", async () => {
    const chat = chatWith(server);
    const phases = new Set<string>();
    chat.subscribe(() => phases.add(chat.state.phase));
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    const { run } = server;
    run.tell(...opening("q"), delta("msg_a1", "It "));
    await until(() => said(chat)[1] === "It ");
    run.cut();
    run.tell(delta("msg_a1", "holds "));
    await until(() => said(chat)[1] === "It holds ");
    run.cut("close");
    run.tell(delta("msg_a1", "on."), done(answer("msg_a1", "It holds on."))).end();
    await sent;

    const ids = server.asked
      .filter((each) => each.path.endsWith("/events"))
      .map((each) => each.headers.get("Last-Event-ID"));
    expect(ids).toEqual(["6", "7"]);
    expect(said(chat)).toEqual(["q", "It holds on."]);
    expect(phases).toContain("reconnecting");
    expect(chat.state.problem).toBeNull();
  });

  it("before the first event sends the same request under the same key", async () => {
    let losses = 1;
    server.on = async ({ op }) => {
      if (op === "threads.create" && losses-- > 0) throw new TypeError("Failed to fetch");
      return undefined;
    };
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run.tell(...whole("q", "a")).end();
    await sent;

    const keys = server.asked
      .filter((each) => each.op === "threads.create")
      .map((each) => each.headers.get("Idempotency-Key"));
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(2);
    expect(said(chat)).toEqual(["q", "a"]);
  });

  it("after the headers and before the first event is taken up from the beginning", async () => {
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    server.run.cut();
    server.run.tell(...whole("q", "a")).end();
    await sent;

    expect(server.calls).toEqual(["threads.create", "GET /chatkit/runs/run_1/events"]);
    expect(said(chat)).toEqual(["q", "a"]);
  });

  it("to a server that forgot the answer reads the thread anew", async () => {
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    const run = server.run.tell(...opening("q"), delta("msg_a1", "It "));
    await until(() => said(chat)[1] === "It ");
    server.threads.set("thr_1", [question("msg_q1", "q"), answer("msg_a1", "It is whole.")]);
    server.runs.length = 0;
    run.cut();
    await sent;

    expect(said(chat)).toEqual(["q", "It is whole."]);
    expect(chat.state).toMatchObject({ phase: "ready", problem: null });
  });

  it("to a server that forgot the answer and stored none offers to answer again", async () => {
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    const run = server.run.tell(...opening("q"), delta("msg_a1", "It "));
    await until(() => said(chat)[1] === "It ");
    server.threads.set("thr_1", [question("msg_q1", "q")]);
    server.runs.length = 0;
    run.cut();
    await sent;

    expect(chat.state.problem).toMatchObject({ retry: "answer", message: "failed" });
    const again = chat.retry();
    await until(() => server.runs.length === 1);
    server.run.tell(...opening("q", "thr_1", 2).slice(1), done(answer("msg_a2", "New."))).end();
    await again;
    expect(server.asked.findLast((each) => each.op === "threads.retry_after_item")?.params).toEqual({
      thread_id: "thr_1",
      item_id: "msg_q1",
    });
    expect(said(chat)).toEqual(["q", "New."]);
  });

  it("that never comes back gives the message back, and sends it under the same key", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    try {
      const chat = chatWith(server);
      server.down = true;
      const sent = failing(chat.send(message("q")));
      await vi.advanceTimersByTimeAsync(60_000);
      expect(await sent).toMatchObject({ code: "network" });
      expect(chat.state).toMatchObject({
        phase: "ready",
        pending: null,
        problem: { retry: "send", message: "unreachable" },
      });

      server.down = false;
      server.on = async ({ op }) => {
        if (op === "threads.create") throw new TypeError("Failed to fetch");
        return undefined;
      };
      const second = failing(chat.send(message("q")));
      await vi.advanceTimersByTimeAsync(60_000);
      await second;
      server.on = () => undefined;
      const third = chat.send(message("q"));
      await vi.advanceTimersByTimeAsync(100);
      server.run.tell(...whole("q", "a")).end();
      await vi.advanceTimersByTimeAsync(100);
      await third;
      const keys = server.asked
        .filter((each) => each.op === "threads.create")
        .map((each) => each.headers.get("Idempotency-Key"));
      expect(keys.length).toBeGreaterThan(2);
      expect(new Set(keys).size).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it("of another server is a problem with a way to retry", async () => {
    server = new FakeServer(false);
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run.tell(...opening("q"), delta("msg_a1", "It "));
    await until(() => said(chat)[1] === "It ");
    server.run.cut();
    await sent;

    expect(said(chat)).toEqual(["q", "It "]);
    expect(chat.state).toMatchObject({ phase: "ready", problem: { code: "network", retry: "answer" } });
    expect(server.asked.map((each) => each.op)).toEqual(["threads.create"]);
    expect(server.asked[0]!.headers.has("Idempotency-Key")).toBe(false);
  });

  it("heals at once when the browser is online again", async () => {
    const page = new EventTarget();
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
    vi.mocked(Math.random).mockReturnValue(1);
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run.tell(...opening("q"));
    await until(() => chat.state.items.length === 2);
    vi.stubGlobal("navigator", { onLine: false });
    page.dispatchEvent(new Event("offline"));
    server.down = true;
    server.run.cut();
    await until(() => chat.state.phase === "reconnecting" && !chat.state.online);
    await new Promise((resolve) => setTimeout(resolve, 600));

    server.down = false;
    vi.stubGlobal("navigator", { onLine: true });
    const before = Date.now();
    page.dispatchEvent(new Event("online"));
    server.run.tell(done(answer("msg_a1", "Back."))).end();
    await sent;
    expect(Date.now() - before).toBeLessThan(300);
    expect(said(chat)).toEqual(["q", "Back."]);
    expect(chat.state.online).toBe(true);
  });
});

describe("stopping", () => {
  it("tells the server, and keeps what was said", async () => {
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    const run = server.run.tell(...opening("q"), delta("msg_a1", "It "));
    await until(() => said(chat)[1] === "It ");
    server.on = ({ path }) => {
      if (path.endsWith("/stop")) run.tell(done(answer("msg_a1", "It ")));
      return undefined;
    };
    const stopped = chat.stop();
    expect(chat.state.phase).toBe("stopping");
    await Promise.all([stopped, sent]);

    expect(run.stops).toBe(1);
    expect(said(chat)).toEqual(["q", "It "]);
    expect(chat.state).toMatchObject({ phase: "ready", problem: null });
  });

  it("before the server has said a word stops it as soon as it has a name", async () => {
    let reply = (_: undefined) => {};
    server.on = ({ op }) =>
      op === "threads.create"
        ? (new Promise((resolve) => {
            reply = resolve;
          }) as unknown as Promise<Response>)
        : undefined;
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.asked.some((each) => each.op === "threads.create"));
    const stopped = chat.stop();
    server.on = ({ path }) => {
      if (path.endsWith("/stop"))
        server.run.tell(...opening("q"), { type: "thread.item.removed", item_id: "msg_a1" });
      return undefined;
    };
    reply(undefined);
    await Promise.all([stopped, sent]);

    expect(server.run.stops).toBe(1);
    expect(said(chat)).toEqual(["q"]);
  });

  it("at the very end changes nothing", async () => {
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run.tell(...whole("q", "a"));
    await until(() => said(chat)[1] === "a");
    const stopped = chat.stop();
    server.run.end();
    await Promise.all([stopped, sent, chat.stop()]);

    expect(said(chat)).toEqual(["q", "a"]);
    expect(chat.state.phase).toBe("ready");
  });

  it("at another server leaves it, and keeps what was said", async () => {
    server = new FakeServer(false);
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    const workflow = {
      id: "wf_1",
      thread_id: "thr_1",
      created_at: "",
      type: "workflow",
      workflow: { type: "custom", tasks: [] },
    };
    server.run.tell(
      { type: "thread.item.added", item: workflow as ThreadItem },
      ...opening("q"),
      delta("msg_a1", "It "),
    );
    await until(() => said(chat).includes("It "));
    await chat.stop();
    await sent;

    expect(said(chat)).toEqual(["q", "It "]);
    expect(server.calls).toEqual(["threads.create"]);
  });
});

describe("an answer that fails", () => {
  it("keeps its words, and can be answered again", async () => {
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run
      .tell(...opening("q"), done(answer("msg_a1", "It ")), {
        type: "error",
        code: "custom",
        message: "Down.",
        allow_retry: true,
      })
      .end();
    await sent;

    expect(chat.state.problem).toMatchObject({ message: "Down.", retry: "answer" });
    expect(said(chat)).toEqual(["q", "It "]);
    const again = chat.retry();
    await until(() => server.runs.length === 2);
    expect(said(chat)).toEqual(["q"]);
    server.run.tell(done(answer("msg_a2", "It holds."))).end();
    await again;
    expect(said(chat)).toEqual(["q", "It holds."]);
    expect(chat.state.problem).toBeNull();
  });

  it("without words of its own gets ours", async () => {
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run.tell(...opening("q"), { type: "error", code: "stream.error" }).end();
    await sent;

    expect(chat.state.problem).toEqual({ message: "failed", retry: null, code: "stream" });
  });

  it("puts back what was cut where answering again is refused", async () => {
    server.threads.set("thr_1", [question("msg_q1", "q"), answer("msg_a1", "a")]);
    const chat = chatWith(server);
    await chat.open("thr_1");
    server.on = ({ op }) =>
      op === "threads.retry_after_item" ? problem(409, "thread_busy", "Busy.") : undefined;
    await chat.retry("msg_a1");

    expect(said(chat)).toEqual(["q", "a"]);
    expect(chat.state.problem?.message).toBe("Busy.");
  });

  it("with frames that are no events goes on with those that are", async () => {
    const logged: string[] = [];
    const chat = chatWith(server, { events: { log: (name) => logged.push(name) } });
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run.frames.push(
      "id: 1\ndata: {half\n\n",
      'id: 2\ndata: {"type":"thread.item.added"}\n\n',
      'id: 3\ndata: {"type":"future"}\n\n',
    );
    server.run.tell(...whole("q", "a")).end();
    await sent;

    expect(said(chat)).toEqual(["q", "a"]);
    expect(logged).toEqual(["stream.malformed", "event.malformed", "event.unknown"]);
  });
});

describe("threads", () => {
  const long = Array.from({ length: 95 }, (_, n) => question(`msg_${n}`, String(n)));

  it("show their newest items, and older ones on demand", async () => {
    server.threads.set("thr_1", long);
    const chat = chatWith(server);
    await chat.open("thr_1");
    expect(said(chat)).toEqual(long.slice(-30).map((_, n) => String(n + 65)));
    expect(chat.state.hasOlder).toBe(true);

    await Promise.all([chat.loadOlder(), chat.loadOlder()]);
    expect(chat.state.items).toHaveLength(60);
    await chat.loadOlder();
    await chat.loadOlder();
    await chat.loadOlder();
    expect(chat.state.items).toEqual(long);
    expect(chat.state.hasOlder).toBe(false);
  });

  it("go on over pages of which everything is hidden", async () => {
    server.threads.set("thr_1", long);
    let pages = 0;
    server.on = ({ op }) =>
      op === "items.list" && pages++ < 3
        ? json({ data: [], has_more: true, after: `msg_${94 - pages}` })
        : undefined;
    const chat = chatWith(server);
    await chat.open("thr_1");

    expect(chat.state.items).toHaveLength(30);
    expect(pages).toBe(4);
  });

  it("that are gone say so and leave a new one", async () => {
    const chat = chatWith(server);
    await chat.open("thr_9");

    expect(chat.state).toMatchObject({ threadId: null, items: [], phase: "ready" });
    expect(chat.state.problem).toMatchObject({ message: "There is no such conversation.", retry: null });
  });

  it("that cannot be read can be tried again", async () => {
    server.threads.set("thr_1", [question("msg_q1", "q")]);
    const chat = chatWith(server);
    server.down = true;
    await chat.open("thr_1");
    expect(chat.state).toMatchObject({
      threadId: "thr_1",
      problem: { retry: "load", message: "unreachable" },
    });
    server.down = false;
    await chat.retry();

    expect(said(chat)).toEqual(["q"]);
    expect(chat.state.problem).toBeNull();
  });

  it("go on while another is shown, and are as far when one comes back", async () => {
    server.threads.set("thr_2", [question("msg_x", "other", "thr_2")]);
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    const run = server.run.tell(...opening("q"), delta("msg_a1", "It "));
    await until(() => said(chat)[1] === "It ");
    await chat.open("thr_2");
    expect(said(chat)).toEqual(["other"]);
    expect(chat.state.phase).toBe("ready");
    run.tell(delta("msg_a1", "holds."));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(said(chat)).toEqual(["other"]);

    await chat.open("thr_1");
    expect(said(chat)).toEqual(["q", "It holds."]);
    expect(chat.state.phase).toBe("answering");
    run.tell(done(answer("msg_a1", "It holds."))).end();
    await sent;
    expect(chat.state.phase).toBe("ready");
    expect(run.stops).toBe(0);
  });

  it("can be begun while an answer is made", async () => {
    const chat = chatWith(server);
    const first = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    const run = server.run.tell(...opening("q"));
    await until(() => chat.state.items.length === 2);
    await chat.open(null);
    expect(chat.state).toMatchObject({ threadId: null, items: [], phase: "ready" });
    const second = chat.send(message("r"));
    await until(() => server.runs.length === 2);
    server.run.tell(...opening("r", "thr_2"), done(answer("msg_a1", "R.", "thr_2"))).end();
    run.tell(done(answer("msg_a1", "Q."))).end();
    await Promise.all([first, second]);

    expect(said(chat)).toEqual(["r", "R."]);
    expect(chat.state.threadId).toBe("thr_2");
  });

  it("are listed, found by their words, renamed and deleted", async () => {
    server.threads.set("thr_1", [question("msg_q1", "q")]);
    const rows = {
      id: "thr_1",
      title: null,
      created_at: "c",
      updated_at: "u",
      extract: { item_id: "i", parts: [{ text: "q", match: true }] },
    };
    server.on = ({ path }) =>
      path.startsWith("/api/chatkit/threads?") ? json({ threads: [rows], next_cursor: "n" }) : undefined;
    const chat = chatWith(server);
    await chat.open("thr_1");

    expect((await chat.threads()).data.map((row) => row.id)).toEqual(["thr_1"]);
    expect(await chat.threads("c", "a q")).toEqual({
      data: [
        {
          id: "thr_1",
          title: undefined,
          created_at: "c",
          updated_at: "u",
          extract: [{ text: "q", match: true }],
        },
      ],
      has_more: true,
      after: "n",
    });
    expect(server.asked.at(-1)!.path).toBe("/api/chatkit/threads?query=a+q&limit=30&cursor=c");
    await chat.rename("thr_1", "Servos");
    expect(chat.state.thread?.title).toBe("Servos");
    await chat.remove("thr_1");
    expect(chat.state).toMatchObject({ threadId: null, items: [] });
    expect(server.threads.size).toBe(0);
  });

  it("are found by their titles alone at other servers", async () => {
    server = new FakeServer(false);
    const titles = ["Servo motors", "Steppers"].map((title, n) => ({ ...head(`thr_${n}`), title }));
    server.on = ({ op }) => (op === "threads.list" ? json({ data: titles, has_more: false }) : undefined);

    expect((await chatWith(server).threads(undefined, "SERVO")).data.map((row) => row.id)).toEqual(["thr_0"]);
  });
});

describe("what the page is asked", () => {
  const call = {
    id: "tc_1",
    thread_id: "thr_1",
    created_at: "",
    type: "client_tool_call",
    status: "pending",
    call_id: "c",
    name: "get_page",
    arguments: { a: 1 },
  } as const;

  async function withTool(onClientTool: ConversationOptions["onClientTool"]) {
    const chat = chatWith(server, { onClientTool });
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run.tell(...opening("q").slice(0, 3), done(call)).end();
    return { chat, sent };
  }

  it("is answered, and the same turn goes on", async () => {
    const told: unknown[] = [];
    const { chat, sent } = await withTool((asked) => {
      told.push(asked);
      return { url: "/servo" };
    });
    await until(() => server.runs.length === 2);
    expect(chat.state.items.at(-1)).toMatchObject({ status: "completed", output: { url: "/servo" } });
    server.run.tell(done(answer("msg_a1", "a"))).end();
    await sent;

    expect(told).toEqual([{ name: "get_page", params: { a: 1 } }]);
    expect(server.asked.find((each) => each.op === "threads.add_client_tool_output")?.params).toEqual({
      thread_id: "thr_1",
      result: { url: "/servo" },
    });
    expect(said(chat)).toEqual(["q", "(client_tool_call)", "a"]);
  });

  it("is told an error where answering fails, and null where there is nothing", async () => {
    const { sent } = await withTool(() => {
      throw new Error("No page.");
    });
    await until(() => server.runs.length === 2);
    server.run.tell(done({ ...call, id: "tc_2" })).end();
    await until(() => server.runs.length === 3);
    server.run.tell(done(answer("msg_a1", "a"))).end();
    await sent;

    const results = server.asked
      .filter((each) => each.op === "threads.add_client_tool_output")
      .map((each) => each.params.result);
    expect(results).toEqual([{ error: "No page." }, { error: "No page." }]);
  });

  it("stays asked where nobody is there to answer", async () => {
    const { chat, sent } = await withTool(undefined);
    await sent;

    expect(chat.state.items.at(-1)).toMatchObject({ status: "pending" });
    expect(server.calls).toEqual(["threads.create"]);
  });
});

describe("forms, widgets, opinions", () => {
  const widget = (label: string) =>
    ({
      id: "msg_w",
      thread_id: "thr_1",
      created_at: "",
      type: "widget",
      widget: { type: "Card", label },
    }) as ThreadItem;

  beforeEach(() => {
    server.threads.set("thr_1", [question("msg_q1", "q"), widget("one")]);
  });

  it("a form's answer goes on with the turn", async () => {
    const chat = chatWith(server);
    await chat.open("thr_1");
    const replied = chat.reply("msg_f", { status: "answered", answers: { a: { values: ["x"] } } });
    await until(() => server.runs.length === 1);
    server.run.tell(done(answer("msg_a1", "a"))).end();
    await replied;

    expect(server.asked.find((each) => each.op === "threads.add_structured_input")?.params).toMatchObject({
      item_id: "msg_f",
    });
    expect(said(chat).at(-1)).toBe("a");
  });

  it("a refused reply can be made again", async () => {
    const chat = chatWith(server);
    await chat.open("thr_1");
    let refusals = 1;
    server.on = ({ op }) =>
      op === "threads.custom_action" && refusals-- > 0 ? problem(503, "unavailable", "Later.") : undefined;
    await chat.act({ type: "go" }, "msg_w");
    expect(chat.state.problem).toMatchObject({ retry: "reply", message: "Later." });
    const again = chat.retry();
    await until(() => server.runs.length === 1);
    server.run.tell(done(answer("msg_a1", "a"))).end();
    await again;
    expect(said(chat).at(-1)).toBe("a");
    expect(chat.state.problem).toBeNull();
  });

  it("an action that does not stream changes its widget, also while an answer is made", async () => {
    const chat = chatWith(server);
    await chat.open("thr_1");
    const sent = chat.send(message("r"));
    await until(() => server.runs.length === 1);
    server.run.tell(...opening("r", "thr_1", 2));
    await until(() => chat.state.phase === "answering");
    server.on = ({ op }) =>
      op === "threads.sync_custom_action" ? json({ updated_item: widget("two") }) : undefined;
    await chat.act({ type: "fold", payload: { x: 1 } }, "msg_w", false);
    expect(chat.state.items[1]).toMatchObject({ widget: { label: "two" } });
    expect(chat.state.phase).toBe("answering");
    server.run.tell(done(answer("msg_a2", "a"))).end();
    await sent;
  });

  it("an opinion that is refused is taken back", async () => {
    const chat = chatWith(server);
    await chat.open("thr_1");
    await chat.rate(["msg_a"], "positive");
    expect(chat.state.feedback.get("msg_a")).toBe("positive");
    server.on = ({ op }) => (op === "items.feedback" ? problem(404, "not_found", "Gone.") : undefined);
    await chat.rate(["msg_a"], "negative");
    expect(chat.state.feedback.get("msg_a")).toBe("positive");
    expect(chat.state.problem?.message).toBe("Gone.");
  });

  it("records come with the answers", async () => {
    const record = { item_id: "msg_w", outcome: "answered", confidence: 0.9, citations: [] };
    server.on = ({ path }) =>
      path === "/chatkit/threads/thr_1/records" ? json({ records: [record] }) : undefined;
    const chat = chatWith(server);
    await chat.open("thr_1");
    await until(() => chat.state.records.size === 1);

    expect(chat.state.records.get("msg_w")).toEqual(record);
  });

  it("records that a server does not keep are asked for once", async () => {
    server.on = ({ path }) => (path.endsWith("/records") ? problem(404, "not_found", "") : undefined);
    const chat = chatWith(server);
    await chat.open("thr_1");
    await new Promise((resolve) => setTimeout(resolve, 5));
    await chat.refresh();
    await new Promise((resolve) => setTimeout(resolve, 5));

    expect(server.asked.filter((each) => each.path.endsWith("/records"))).toHaveLength(1);
    expect(chat.state.problem).toBeNull();
  });
});

describe("reloads and tabs", () => {
  beforeEach(() => {
    vi.stubGlobal("sessionStorage", storage());
    vi.stubGlobal("localStorage", storage());
  });

  async function answeringTab() {
    const chat = chatWith(server, { scope: "" });
    await chat.start(null);
    const sent = chat.send(message("q")).catch(() => {});
    await until(() => server.runs.length === 1);
    const run = server.run.tell(...opening("q"), delta("msg_a1", "It "));
    await until(() => said(chat)[1] === "It ");
    server.threads.set("thr_1", [question("msg_q1", "q"), answer("msg_a1", "It ho")]);
    return { chat, run, sent };
  }

  it("a reload in the middle of an answer takes it up", async () => {
    const { chat, run } = await answeringTab();
    chat.close();
    const again = chatWith(server, { scope: "" });
    await again.start(null);
    expect(again.state.threadId).toBe("thr_1");
    await until(() => said(again)[1] === "It ");
    run.tell(delta("msg_a1", "holds."), done(answer("msg_a1", "It holds."))).end();
    await until(() => again.state.phase === "ready");

    expect(said(again)).toEqual(["q", "It holds."]);
    expect(run.stops).toBe(0);
    expect(server.calls.filter((call) => call === "threads.create")).toHaveLength(1);
  });

  it("a reload before the server knew the message sends it again, once", async () => {
    let reply = (_: Response | undefined) => {};
    server.on = ({ op }) =>
      op === "threads.create"
        ? new Promise<Response>((resolve) => {
            reply = resolve as typeof reply;
          })
        : undefined;
    const chat = chatWith(server, { scope: "" });
    await chat.start(null);
    void chat.send(message("q")).catch(() => {});
    await until(() => server.asked.some((each) => each.op === "threads.create"));
    chat.close();
    server.on = () => undefined;
    reply(undefined);
    const again = chatWith(server, { scope: "" });
    await again.start(null);
    await until(() => server.asked.filter((each) => each.op === "threads.create").length === 2);
    server.run.tell(...whole("q", "a")).end();
    await until(() => said(again).length === 2 && again.state.phase === "ready");

    const keys = server.asked
      .filter((each) => each.op === "threads.create")
      .map((each) => each.headers.get("Idempotency-Key"));
    expect(new Set(keys).size).toBe(1);
    expect(server.runs).toHaveLength(1);
    const third = chatWith(server, { scope: "" });
    server.threads.set("thr_1", []);
    await third.start(null);
    expect(server.runs).toHaveLength(1);
  });

  it("a host that asks for a new thread gets one", async () => {
    const { chat } = await answeringTab();
    chat.close();
    const again = chatWith(server);
    await again.start(null);

    expect(again.state).toMatchObject({ threadId: null, items: [] });
  });

  it("another tab that shows the thread follows the answer, and may stop it", async () => {
    server.threads.set("thr_1", [question("msg_q0", "before")]);
    const one = chatWith(server);
    const two = chatWith(server);
    await Promise.all([one.open("thr_1"), two.open("thr_1")]);
    const sent = one.send(message("q"));
    await until(() => server.runs.length === 1);
    const run = server.run.tell(...opening("q", "thr_1", 2), delta("msg_a2", "It "));
    await until(() => said(two).at(-1) === "It ");
    expect(two.state.phase).toBe("answering");
    await two.stop();
    await sent;

    expect(run.stops).toBe(1);
    expect(said(one)).toEqual(["before", "q", "It "]);
    expect(said(two)).toEqual(["before", "q", "It "]);
  });

  it("a tab that opens the thread later hears of the answer, too", async () => {
    const { run, sent } = await answeringTab();
    vi.stubGlobal("sessionStorage", storage());
    const late = chatWith(server);
    await late.open("thr_1");
    await until(() => said(late)[1] === "It ");
    run.tell(done(answer("msg_a1", "It holds."))).end();
    await sent;
    await until(() => late.state.phase === "ready");
    expect(said(late)).toEqual(["q", "It holds."]);
  });

  it("other tabs hear of new names and deletions", async () => {
    server.threads.set("thr_1", [question("msg_q1", "q")]);
    const one = chatWith(server);
    const two = chatWith(server);
    await Promise.all([one.open("thr_1"), two.open("thr_1")]);
    await one.rename("thr_1", "Servos");
    await until(() => two.state.thread?.title === "Servos");
    await one.remove("thr_1");
    await until(() => two.state.threadId === null);
    expect(two.state.items).toEqual([]);
  });

  it("signing out empties every tab", async () => {
    server.threads.set("thr_1", [question("msg_q1", "q")]);
    const one = chatWith(server);
    const two = chatWith(server);
    await Promise.all([one.open("thr_1"), two.open("thr_1")]);
    await one.signedOut();
    await until(() => two.state.threadId === null);
    expect(one.state.threadId).toBeNull();
  });
});

describe("listeners", () => {
  it("are told once a frame while an answer streams", async () => {
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run.tell(...opening("q"));
    await until(() => chat.state.phase === "answering");
    let calls = 0;
    chat.subscribe(() => calls++);
    for (let n = 0; n < 200; n++) server.run.tell(delta("msg_a1", "word "));
    await until(() => (said(chat)[1]?.length ?? 0) === 1000);
    expect(calls).toBeLessThan(5);
    server.run.tell(done(answer("msg_a1", "end"))).end();
    await sent;
    expect(calls).toBeGreaterThan(0);
  });
});
