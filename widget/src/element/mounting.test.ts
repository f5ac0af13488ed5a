// @vitest-environment jsdom
import type { CommandSelection } from "@openai/chatkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answer, delta, done, FakeServer, json, opening, problem, question } from "../../tests/fake-server";
import type { Options } from "./options";

vi.mock("./where", () => ({ origin: () => "http://book.test", assets: () => "http://book.test/-/widget/" }));

interface Chat extends HTMLElement {
  setOptions(options: Options): void;
  [method: string]: unknown;
}
type Called = (...given: unknown[]) => Promise<void>;

let server: FakeServer;
let signals: AbortSignal[];
const events = ["ready", "error", "response.start", "response.end", "thread.change", "thread.load.start"];
const more = ["thread.load.end", "history.open", "history.close", "tool.change"];

beforeEach(() => {
  server = new FakeServer();
  signals = [];
  const none = class {
    observe() {}
    disconnect() {}
    replaceSync() {}
  };
  vi.stubGlobal("CSSStyleSheet", none);
  vi.stubGlobal("ResizeObserver", none);
  Element.prototype.scrollIntoView = () => {}; // which jsdom has not
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(async () => {
  document.body.replaceChildren();
  await settled();
  vi.unstubAllGlobals();
  sessionStorage.clear();
  localStorage.clear();
  vi.restoreAllMocks();
});

const settled = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const until = (what: () => unknown) =>
  vi.waitFor(() => expect(what()).toBeTruthy(), { interval: 2, timeout: 10_000 });

function options(more: Partial<Options> = {}, url = "http://book.test/chatkit"): Options {
  const fetching: typeof fetch = (input, init) => {
    if (init?.signal) signals.push(init.signal);
    return server.fetch(input, init);
  };
  return { api: { url, domainKey: "", fetch: fetching }, ...more };
}

/** What an element tells, in order: names without `chatkit.`, with the thread or the tool where there is one. */
function listen(chat: Chat): string[] {
  const told: string[] = [];
  for (const name of [...events, ...more])
    chat.addEventListener(`chatkit.${name}`, (event) => {
      const { threadId, toolId } = (event as CustomEvent).detail ?? {};
      told.push([name, threadId ?? toolId].filter((part) => part !== undefined).join(" "));
    });
  return told;
}

async function mounted(more: Partial<Options> = {}) {
  const chat = document.createElement("openai-chatkit") as Chat;
  const told = listen(chat);
  document.body.append(chat);
  chat.setOptions(options(more));
  await until(() => told.includes("ready"));
  const call = (name: string, ...given: unknown[]) => (chat[name] as Called).call(chat, ...given);
  const shown = () => chat.shadowRoot?.querySelector(".thread")?.textContent ?? "";
  return { chat, told, call, shown };
}

/** An element in which an answer has begun. */
async function answering(more: Partial<Options> = {}) {
  const made = await mounted(more);
  const sent = made.call("sendUserMessage", { text: "q" });
  await until(() => server.runs.length === 1);
  const run = server.run.tell(...opening("q"), delta("msg_a1", "It "));
  await until(() => made.told.includes("thread.change thr_1"));
  await settled(20);
  return { ...made, sent, run };
}

describe("the element", () => {
  it("that stood on the page before its script is one like any other", async () => {
    const early = document.body.appendChild(document.createElement("openai-chatkit")) as Chat;
    const told = listen(early);
    const { ChatKitElement } = await import("./element");
    customElements.define("openai-chatkit", ChatKitElement);
    early.setOptions(options({ startScreen: { greeting: "Good day" } }));
    await until(() => told.length > 1);

    expect(told).toEqual(["ready", "thread.change"]);
    expect(early.shadowRoot?.querySelector(".greeting")?.textContent).toBe("Good day");
  });

  it("goes on when it is moved", async () => {
    const { chat, told, sent, run, shown } = await answering();
    document.body.appendChild(document.createElement("main")).append(chat);
    await settled(5);
    run.tell(delta("msg_a1", "holds."), done(answer("msg_a1", "It holds."))).end();
    await sent;
    await until(() => shown().includes("It holds."));

    expect(told.filter((each) => /^(ready|response)/.test(each))).toEqual([
      "ready",
      "response.start",
      "response.end",
    ]);
    expect(server.calls).toEqual(["threads.create"]);
  });

  it("leaves nothing behind when it is removed", async () => {
    const { chat, told, sent, run, call } = await answering({ composer: { attachments: { enabled: true } } });
    const uploads: AbortSignal[] = [];
    server.on = ({ op }) => {
      if (op !== "attachments.create") return undefined;
      uploads.push(signals.at(-1)!);
      return new Promise(() => {});
    };
    await call("setComposerValue", { files: [new File(["Bees"], "bees.txt", { type: "text/plain" })] });
    await until(() => uploads.length === 1);
    await call("showHistory");
    const stream = signals[0]!;
    chat.remove();
    await sent;
    const before = server.asked.length;
    run.tell(done(answer("msg_a1", "It holds."))).end();
    window.dispatchEvent(new Event("online"));
    document.dispatchEvent(new Event("visibilitychange"));
    await settled(50);

    expect([stream.aborted, uploads[0]!.aborted]).toEqual([true, true]);
    expect(server.asked.length).toBe(before);
    expect(chat.shadowRoot?.querySelector("section")).toBeNull();
    expect(told.filter((each) => /^(response|history)/.test(each)).sort()).toEqual([
      "history.close",
      "history.open",
      "response.end",
      "response.start",
    ]);
  });

  it.each([
    ["the thread that was open", "thr_2"],
    ["a new one where a new one was", null],
  ])("shows %s when it is put back", async (_, open) => {
    server.threads.set("thr_1", [question("msg_1", "First")]);
    server.threads.set("thr_2", [question("msg_2", "Second", "thr_2")]);
    const { chat, told, call } = await mounted({ initialThread: "thr_1" });
    await until(() => told.includes("thread.load.end thr_1"));
    await call("setThreadId", open);
    chat.remove();
    await settled();
    told.length = 0;
    document.body.append(chat);
    await until(() => told.some((each) => each.startsWith("thread.change")));

    expect(told.filter((each) => each.startsWith("thread.change"))).toEqual([
      open ? `thread.change ${open}` : "thread.change",
    ]);
  });

  it("begins once, with the last of several servers, and keeps no method waiting", async () => {
    const chat = document.createElement("openai-chatkit") as Chat;
    const told = listen(chat);
    document.body.append(chat);
    chat.setOptions(options({}, "http://book.test/other"));
    const shown = (chat.showHistory as Called).call(chat);
    await settled();
    chat.setOptions(options());
    await shown;
    await settled(200);

    expect(told).toEqual(["ready", "thread.change", "history.open"]);
    expect(server.asked.map(({ path }) => path)).not.toContain("/other");
  });

  it("shows no history that is switched off, whoever asks for it and whenever", async () => {
    const { chat, told, call } = await mounted({ history: { enabled: false } });
    await call("showHistory");
    expect(chat.shadowRoot?.querySelector(".header-title")?.textContent).toBe("");
    chat.setOptions(options());
    await call("showHistory");
    chat.setOptions(options({ history: { enabled: false } }));
    await settled(20);

    expect(chat.shadowRoot?.querySelector(".history")).toBeNull();
    expect(chat.shadowRoot?.querySelector("textarea")).not.toBeNull();
    expect(told.filter((each) => each.startsWith("history"))).toEqual(["history.open", "history.close"]);
  });

  it("says of a first thread that is not there that it is not, and shows a new one", async () => {
    const { told } = await mounted({ initialThread: "thr_9" });
    await until(() => told.includes("thread.load.end thr_9"));

    expect(told).toEqual([
      "ready",
      "thread.change thr_9",
      "thread.load.start thr_9",
      "error",
      "thread.change",
      "thread.load.end thr_9",
    ]);
  });

  it("stands beside another one, each with its own thread", async () => {
    const one = await answering();
    const two = await mounted();
    one.run.tell(done(answer("msg_a1", "It holds."))).end();
    await one.sent;
    await until(() => one.shown().includes("It holds."));

    expect(two.told).toEqual(["ready", "thread.change"]);
    expect(two.chat.shadowRoot?.querySelector(".greeting")).not.toBeNull();
  });

  it("runs a page's commands without touching what is written beside them", async () => {
    const command = (id: string) => ({ id, label: id });
    let select = async (): Promise<CommandSelection | undefined> => ({
      type: "menu",
      commands: [command("Two")],
    });
    const onSearch = vi.fn(async () => [command("One")]);
    const { chat } = await mounted({ commands: { enabled: true, onSearch, onSelect: () => select() } });
    const field = chat.shadowRoot!.querySelector("textarea")!;
    const options = () => [...chat.shadowRoot!.querySelectorAll<HTMLElement>("[role=option]")];
    const write = (text: string, caret: number) => {
      field.value = text;
      field.setSelectionRange(caret, caret);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    write("/Ohello", 2);
    await until(() => options().length > 0);
    options().at(-1)!.click();
    await until(() => options().at(-1)?.textContent === "Two");
    let answer = (_: CommandSelection) => {};
    select = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    options().at(-1)!.click();
    await until(() => field.value === "hello");
    write("hello there", 11);
    answer({ type: "entity", entity: { id: "7", title: "Seven" } });
    await until(() => field.value !== "hello there");
    expect(field.value).toBe("@Seven hello there");

    onSearch.mockRejectedValue(new Error("no"));
    write("/New", 4);
    await until(() => options().length > 0);
    expect(options().map((one) => one.textContent)).toEqual(["New conversation"]);
  });

  it("sends nothing while an input method is still choosing characters", async () => {
    const { chat } = await mounted();
    const field = chat.shadowRoot!.querySelector("textarea")!;
    field.value = "こんにちは";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const enter = (more: KeyboardEventInit) =>
      field.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more }),
      );
    enter({ isComposing: true });
    enter({ keyCode: 229 } as KeyboardEventInit);
    enter({ shiftKey: true });
    await settled(20);
    expect(server.runs).toEqual([]);
    enter({});
    await until(() => server.runs.length === 1);
  });

  it("keeps what it must in memory where the browser forbids storage", async () => {
    const forbidden = {
      getItem() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    };
    vi.stubGlobal("localStorage", forbidden);
    vi.stubGlobal("sessionStorage", forbidden);
    const { call, chat, run, sent, shown } = await answering();
    await call("setComposerValue", { text: "A draft" });
    run.tell(done(answer("msg_a1", "It holds."))).end();
    await sent;
    await until(() => shown().includes("It holds."));
    server.threads.set("thr_1", [question("msg_q1", "q")]);
    await call("setThreadId", null);
    await call("setThreadId", "thr_1");

    expect(chat.shadowRoot?.querySelector("textarea")?.value).toBe("A draft");
  });

  it("gives a message back where a page to sign in on answers", async () => {
    const { call, chat, told } = await mounted();
    await call("setComposerValue", { text: "Not lost" });
    server.on = ({ op }) =>
      op === "threads.create"
        ? new Response("<html>Sign in</html>", { headers: { "Content-Type": "text/html" } })
        : undefined;
    chat.shadowRoot!.querySelector<HTMLButtonElement>("button.send")!.click();
    await until(() => told.includes("error"));
    await settled(20);

    expect(chat.shadowRoot?.querySelector("textarea")?.value).toBe("Not lost");
    expect(chat.shadowRoot?.querySelector(".box.danger p")?.textContent).toBe(
      "The answer could not be finished.",
    );
    expect(told).not.toContain("response.start");
  });

  it("tells what went wrong in words, not in codes", async () => {
    const { chat, call } = await mounted();
    server.on = ({ op }) => {
      if (op === "attachments.create") return problem(503, "unavailable", "");
      return op === "threads.list" ? json({ error: "The list is being made." }, 500) : undefined;
    };
    await call("setComposerValue", { files: [new File(["Bees"], "bees.txt", { type: "text/plain" })] });
    const text = (selector: string) => chat.shadowRoot?.querySelector(selector)?.textContent ?? "";
    await until(() => text(".pick-problem"));
    expect(text(".pick-problem")).toBe("That did not work. Please try again.");
    await call("showHistory");
    await until(() => text(".history-note"));
    expect(text(".history-note")).toMatch(/^The list is being made\./);
    server.down = true;
    chat.shadowRoot?.querySelector<HTMLButtonElement>(".history-note button")?.click();
    await until(() => !text(".history-note").includes("made"));
    expect(text(".history-note")).toMatch(/^That did not work\. Please try again\./);
  });
});
