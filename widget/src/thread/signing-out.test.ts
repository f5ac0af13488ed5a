import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chatWith, closeAll, message, said, storage, until } from "../../tests/chatting";
import { FakeServer, opening, question } from "../../tests/fake-server";
import { empty, keepDrafts } from "../element/drafts";
import { ServerSession } from "../protocol/session";
import { Shell } from "../ui/shell";
import type { Conversation } from "./conversation";
import { saveDrafts } from "./keeping";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  vi.stubGlobal("sessionStorage", storage());
  vi.stubGlobal("localStorage", storage());
});

afterEach(() => {
  closeAll();
  saveDrafts();
});

/** A conversation of a page that gives `getToken`, with what is written in it. */
function chatOf(page: { getToken: () => Promise<string> }) {
  const session = new ServerSession("http://book.test", page);
  let shell: Shell;
  const chat: Conversation = chatWith(server, {
    scope: "",
    client: {
      api: { url: "http://book.test/chatkit", domainKey: "d", fetch: server.fetch },
      server: "http://book.test",
      ours: true,
      locale: () => "en",
      credentials: () => session,
    },
    events: { signedOut: () => empty(shell) },
  });
  shell = new Shell({ api: { url: "/chatkit", domainKey: "d" } }, chat);
  keepDrafts(shell, chat);
  return { chat, shell };
}

const bearers = () => server.asked.map(({ headers }) => headers.get("Authorization"));

describe("signing out", () => {
  it("asks the page for the next reader's token", async () => {
    const page = { getToken: async () => "ada" };
    const { chat } = chatOf(page);
    await chat.threads();
    await chat.signedOut();
    page.getToken = async () => "bob";
    await chat.threads();

    expect(bearers()).toEqual(["Bearer ada", "Bearer bob"]);
  });

  it("asks the same function again", async () => {
    let reader = "ada";
    const { chat } = chatOf({ getToken: async () => reader });
    await chat.threads();
    reader = "bob";
    await chat.signedOut();
    await chat.threads();

    expect(bearers()).toEqual(["Bearer ada", "Bearer bob"]);
  });

  it("forgets what is shown, written and kept, and follows no answer any more", async () => {
    server.threads.set("thr_1", [question("msg_q0", "before")]);
    const { chat, shell } = chatOf({ getToken: async () => "ada" });
    await chat.open("thr_1");
    void chat.send(message("q"));
    await until(() => server.runs.length === 1);
    const run = server.run.tell(...opening("q", "thr_1", 2));
    await until(() => said(chat).length === 3);
    shell.write({ text: "secret" });
    shell.setHistory(true);
    await chat.signedOut();

    expect(chat.state).toMatchObject({ threadId: null, items: [], phase: "ready", problem: null });
    expect(shell.state).toMatchObject({ history: false, draft: { text: "" } });
    expect(run.stops).toBe(0);
    saveDrafts();
    expect(localStorage.getItem("pageside:drafts")).not.toContain("secret");
    const next = chatOf({ getToken: async () => "bob" });
    await next.chat.start(null);
    expect(next.chat.state.threadId).toBeNull();
    expect(bearers()).not.toContain("Bearer bob");
    await chat.open("thr_1"); // is read anew, not taken from what went on behind
    expect(said(chat)).toEqual(["before"]);
  });

  it("empties the composer of a new thread, and of the other tabs", async () => {
    let reader = "ada";
    const one = chatOf({ getToken: async () => reader });
    const two = chatOf({ getToken: async () => reader });
    await two.chat.threads();
    one.shell.write({ text: "secret" });
    two.shell.write({ text: "secret, too" });
    reader = "bob";
    await one.chat.signedOut();
    expect(one.shell.draft.text).toBe("");
    await until(() => two.shell.draft.text === "");
    await two.chat.threads();

    expect(bearers()).toEqual(["Bearer ada", "Bearer bob"]);
  });
});
