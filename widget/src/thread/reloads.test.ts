import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chatWith, closeAll, keysOf, message, said, storage, until, whole } from "../../tests/chatting";
import { answer, delta, done, FakeServer, opening, question } from "../../tests/fake-server";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(closeAll);

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

    const keys = keysOf(server);
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

  it("a browser that forbids tabs to speak shows a conversation all the same", async () => {
    vi.stubGlobal(
      "BroadcastChannel",
      class {
        constructor() {
          throw new DOMException("The operation is insecure.", "SecurityError");
        }
      },
    );
    const { chat, run, sent } = await answeringTab();
    run.tell(done(answer("msg_a1", "It holds."))).end();
    await sent;

    expect(said(chat)).toEqual(["q", "It holds."]);
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
