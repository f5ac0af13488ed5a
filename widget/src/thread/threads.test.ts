import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chatWith, closeAll, message, said, storage, until } from "../../tests/chatting";
import { answer, delta, done, FakeServer, head, json, opening, question } from "../../tests/fake-server";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(closeAll);

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

  it("that are gone while they are shown are not remembered", async () => {
    const told = vi.fn();
    const store = storage();
    vi.stubGlobal("sessionStorage", store);
    server.threads.set("thr_1", []);
    const chat = chatWith(server, { scope: "", events: { threadChange: told } });
    await chat.open("thr_1");
    server.threads.clear();
    await chat.refresh();

    expect(told.mock.calls).toEqual([["thr_1"], [null]]);
    expect(chat.state.problem).toMatchObject({ message: "There is no such conversation." });
    const next = chatWith(server, { scope: "" });
    await next.start(null);
    expect(next.state).toMatchObject({ threadId: null, problem: null });
    expect(server.calls.filter((call) => call === "threads.get_by_id")).toHaveLength(2);
  });

  it("that were only remembered and are gone leave an empty chat without a word, once", async () => {
    vi.stubGlobal("sessionStorage", storage());
    server.threads.set("thr_1", []);
    await chatWith(server, { scope: "" }).open("thr_1");
    server.threads.clear();
    const error = vi.fn();
    const chat = chatWith(server, { scope: "", events: { error } });
    await chat.start(null);

    expect(chat.state).toMatchObject({ threadId: null, items: [], phase: "ready", problem: null });
    expect(error).not.toHaveBeenCalled();
    await chatWith(server, { scope: "" }).start(null);
    expect(server.calls.filter((call) => call === "threads.get_by_id")).toHaveLength(2);
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
