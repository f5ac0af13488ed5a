import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chatWith, closeAll, message, said, until } from "../../tests/chatting";
import { answer, delta, done, FakeServer, json, opening, problem, question } from "../../tests/fake-server";
import type { ThreadItem } from "../protocol/types";
import type { Conversation, ConversationOptions } from "./conversation";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(closeAll);

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

  it("is told an error where the answer cannot be sent, and null where it is none", async () => {
    const answers: unknown[] = [{ n: 1n }, () => {}];
    const { sent } = await withTool(() => answers.shift());
    await until(() => server.runs.length === 2);
    server.run.tell(done({ ...call, id: "tc_2" })).end();
    await until(() => server.runs.length === 3);
    server.run.tell(done(answer("msg_a1", "a"))).end();
    await sent;

    const results = server.asked
      .filter((each) => each.op === "threads.add_client_tool_output")
      .map((each) => each.params.result);
    expect(results).toEqual([{ error: expect.stringContaining("BigInt") }, null]);
  });

  it("is waited for until the reader stops, however long the page thinks", async () => {
    let tell = (_: unknown) => {};
    const { chat, sent } = await withTool(
      () =>
        new Promise((resolve) => {
          tell = resolve;
        }),
    );
    await until(() => said(chat).length === 2);
    await chat.stop();
    await sent;
    expect(chat.state).toMatchObject({ phase: "ready", problem: null });
    tell({ url: "/late" });
    await new Promise((resolve) => setTimeout(resolve, 10));

    expect(server.calls).toEqual(["threads.create"]);
    void chat.send(message("and now?"));
    await until(() => server.runs.length === 2);
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

  it("an action that streams is not sent while an answer is made, and does not harm that", async () => {
    const logged: string[] = [];
    const chat = chatWith(server, { events: { log: (name) => logged.push(name) } });
    await chat.open("thr_1");
    const sent = chat.send(message("r"));
    await until(() => server.runs.length === 1);
    server.run.tell(...opening("r", "thr_1", 2));
    await until(() => chat.state.phase === "answering");
    await chat.act({ type: "go" }, "msg_w");
    expect(chat.state).toMatchObject({ phase: "answering", problem: null });
    server.run.tell(done(answer("msg_a2", "a"))).end();
    await sent;

    expect(logged).toEqual(["busy"]);
    expect(server.asked.some((each) => each.op === "threads.custom_action")).toBe(false);
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

describe("beginning and end of an answer", () => {
  const leave: Record<string, (chat: Conversation) => unknown> = {
    "is closed": (chat) => chat.close(),
    "signs out": (chat) => chat.signedOut(),
    "is deleted": (chat) => chat.remove("thr_1"),
    "is stopped": (chat) => chat.stop(),
    "is left for another": (chat) => chat.open(null),
  };

  it.each(Object.keys(leave))("are told once each where the conversation %s", async (how) => {
    const told: string[] = [];
    const chat = chatWith(server, {
      events: { responseStart: () => told.push("start"), responseEnd: () => told.push("end") },
    });
    const sent = chat.send(message("q"));
    await until(() => server.runs.length === 1);
    const run = server.run.tell(...opening("q"), delta("msg_a1", "It "));
    await until(() => said(chat)[1] === "It ");
    await leave[how]!(chat);
    run.tell(done(answer("msg_a1", "It holds."))).end();
    await sent;
    await until(() => told.length === 2);

    expect(told).toEqual(["start", "end"]);
  });
});
