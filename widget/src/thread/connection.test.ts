import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chatWith, closeAll, failing, keysOf, message, said, until, whole } from "../../tests/chatting";
import { answer, delta, done, FakeServer, json, opening, question } from "../../tests/fake-server";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(closeAll);

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

    const keys = keysOf(server);
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
    const record = { item_id: "msg_a1", outcome: "answered", confidence: 1, citations: [] };
    server.on = ({ path }) => (path.endsWith("/records") ? json({ records: [record] }) : undefined);
    server.runs.length = 0;
    run.cut();
    await sent;

    expect(said(chat)).toEqual(["q", "It is whole."]);
    expect(chat.state).toMatchObject({ phase: "ready", problem: null });
  });

  it("to a server that forgot the answer and recorded no end of it offers to answer again", async () => {
    const chat = chatWith(server);
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    const run = server.run.tell(...opening("q"), delta("msg_a1", "It "));
    await until(() => said(chat)[1] === "It ");
    server.threads.set("thr_1", [question("msg_q1", "q"), answer("msg_a1", "It was inter")]);
    server.runs.length = 0;
    run.cut();
    await sent;

    expect(said(chat)).toEqual(["q", "It was inter"]);
    expect(chat.state.problem).toMatchObject({ retry: "answer" });
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
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
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
      const keys = keysOf(server);
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
