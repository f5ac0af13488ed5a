import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chatWith, closeAll, failing, keysOf, message, said, until, whole } from "../../tests/chatting";
import { answer, delta, done, FakeServer, opening, problem, question } from "../../tests/fake-server";
import type { ThreadItem } from "../protocol/types";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(closeAll);

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
    expect(asked.metadata).toEqual({
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      pageContext: { url: "/servo" },
    });
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

  it("goes to a server on the reader's own machine without any network", async () => {
    vi.stubGlobal("navigator", { onLine: false });
    const client = {
      api: { url: "http://127.0.0.1:8000/chatkit", domainKey: "", fetch: server.fetch },
      server: "",
      ours: true,
      locale: () => "en",
    };
    const chat = chatWith(server, { client });
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    server.run.tell(...whole("q", "a")).end();
    await sent;

    expect(said(chat)).toEqual(["q", "a"]);
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

    const keys = keysOf(server);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    expect(said(chat)).toEqual(["q", "a"]);
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
