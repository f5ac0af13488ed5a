// @vitest-environment jsdom
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { copied } from "../src/items/copying";
import { Item, NoticeBox, ProblemBox, Progress } from "../src/items/Item";
import type { AssistantMessageItem, Task, ThreadItem, WorkflowItem } from "../src/protocol/types";
import { at, button, doing, environment, pretended, show } from "./rendering";
import { items } from "./samples";

vi.mock("../src/ui/load", () => ({
  load: async (_: string, name: string) => (name === "widgets" ? import("../src/lazy/widgets") : {}),
}));

const base = { thread_id: "t", created_at: "" };
const answer: AssistantMessageItem = {
  ...base,
  id: "a1",
  type: "assistant_message",
  content: [
    {
      type: "output_text",
      text: "A servo measures its angle 🙂.[1] It moves.[2]",
      annotations: [
        {
          type: "annotation",
          index: 32,
          source: { type: "url", title: "Servos", url: "https://book.example/servos" },
        },
        {
          type: "annotation",
          index: 45,
          source: { type: "file", title: "notes.pdf", filename: "notes.pdf" },
        },
      ],
    },
  ],
};

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

beforeAll(async () => {
  const widget = { type: "Card", children: [{ type: "Text", value: "Drawn" }] };
  const root = show(<Item item={{ ...base, id: "w", type: "widget", widget }} />);
  await vi.waitFor(async () => {
    await doing(() => {});
    at(root, ".widget");
  }, 5000);
});

describe("every item", () => {
  test.each(items.map((item) => [item.id, item] as const))("%s is shown", (_, item) => {
    const { env } = environment(pretended({ phase: "answering" }).chat);
    const root = show(<Item item={item} actions={{ feedback: true, retry: true }} last />, env);

    expect(root.childElementCount > 0).toBe(item.type !== "end_of_turn");
  });

  test("that asks the page says so only while it is waited for", () => {
    const item = items.find(({ type }) => type === "client_tool_call")!;

    expect(show(<Item item={item} />).innerHTML).toBe("");
  });

  test("of a kind that nobody knows shows nothing", () => {
    const item = { ...base, id: "x", type: "hologram" } as unknown as ThreadItem;

    expect(show(<Item item={item} />).innerHTML).toBe("");
  });

  test("that lacks what its kind has takes no other with it, and is drawn once it is whole", () => {
    const told = vi.fn();
    vi.stubGlobal("reportError", told);
    const said = (item: object) => (
      <>
        <Item item={{ ...base, id: "x", ...item } as ThreadItem} />
        <Item item={answer} />
      </>
    );
    for (const item of [
      { type: "assistant_message" },
      { type: "assistant_message", content: [{ text: "A" }] },
      { type: "user_message", content: [] },
      { type: "workflow" },
      { type: "task", task: { type: "web_search" } },
    ]) {
      told.mockClear();
      const root = show(said(item));
      expect(told, JSON.stringify(item)).toHaveBeenCalled();
      expect(root.querySelector(".failed")?.textContent).toBe("The answer could not be finished.");
      expect(root.querySelectorAll("article.assistant")).toHaveLength(1);
      show(said(answer), undefined, root);
      expect(root.querySelectorAll("article.assistant")).toHaveLength(2);
    }
    vi.unstubAllGlobals();
  });

  test("is drawn again only when it is another one", () => {
    let reads = 0;
    const item = new Proxy(answer, {
      get(target, name) {
        if (name === "content") reads += 1;
        return Reflect.get(target, name);
      },
    });
    const { env } = environment();
    const root = show(<Item item={item} last actions={{ feedback: true }} />, env);
    const once = reads;
    show(<Item item={item} last actions={{ feedback: true }} />, env, root);
    expect([once > 0, reads]).toEqual([true, once]);

    show(<Item item={item} last actions={{ feedback: false }} />, env, root);
    expect(reads).toBeGreaterThan(once);
  });
});

describe("an answer as text", () => {
  test("has no markers, and its sources behind it", () => {
    expect(copied(answer.content, "Sources")).toBe(
      "A servo measures its angle 🙂. It moves.\n\nSources:\n- Servos: https://book.example/servos\n- notes.pdf",
    );
  });

  test("keeps brackets that are the answer's own", () => {
    const text = "Use a[1] in C.";
    expect(copied([{ type: "output_text", text, annotations: [] }], "Sources")).toBe(text);
  });
});

describe("what can be done with an answer", () => {
  const actions = { feedback: true, retry: true };

  test("is copied, and that is said", async () => {
    const writeText = vi.fn(async () => {});
    Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
    const { env, said } = environment();
    const root = show(<Item item={answer} last actions={actions} />, env);
    await doing(() => button(root, "Copy answer").click());

    expect(writeText).toHaveBeenCalledExactlyOnceWith(copied(answer.content, "Sources"));
    expect(said).toEqual(["Copied"]);
  });

  test("is rated, once each way, and shows how", async () => {
    const { chat, calls, store } = pretended();
    const root = show(<Item item={answer} last actions={actions} />, environment(chat).env);
    await doing(() => button(root, "Good answer").click());
    await doing(() => store.patch({ feedback: new Map([["a1", "positive"]]) }));
    await doing(() => button(root, "Good answer").click());
    await doing(() => button(root, "Bad answer").click());

    expect(calls).toEqual([
      ["rate", ["a1"], "positive"],
      ["rate", ["a1"], "negative"],
    ]);
    expect(button(root, "Good answer").getAttribute("aria-pressed")).toBe("true");
    expect(button(root, "Bad answer").getAttribute("aria-pressed")).toBe("false");
  });

  test("is answered anew, where it is the last one and nothing else is going on", async () => {
    const { chat, calls, store } = pretended();
    const { env } = environment(chat);
    const root = show(<Item item={answer} last actions={actions} />, env);
    await doing(() => button(root, "Answer again").click());
    expect(calls).toEqual([["retry", "a1"]]);

    await doing(() => store.patch({ phase: "answering" }));
    expect(button(root, "Answer again").disabled).toBe(true);
    expect(() => button(show(<Item item={answer} actions={actions} />, env), "Answer again")).toThrow();
  });

  test("is only what the host asked for, and nothing while it grows", () => {
    const root = show(<Item item={answer} last />);
    expect([...root.querySelectorAll(".actions button")].length).toBe(1);

    const { chat } = pretended({ growing: new Set(["a1"]) });
    const growing = show(<Item item={answer} last actions={actions} />, environment(chat).env);
    expect(growing.querySelector(".actions, .sources")).toBeNull();
    expect(at(growing, ".item").getAttribute("aria-busy")).toBe("true");
  });
});

describe("what the reader said", () => {
  test("has its tags, its quote and its files", async () => {
    const entityClick = vi.fn();
    const root = show(<Item item={items[0]!} />, environment(undefined, { entityClick }).env);
    await doing(() => button(root, "@Actuators").click());

    expect(entityClick).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ id: "ch4", title: "Actuators" }),
    );
    expect(at(root, "blockquote").textContent).toContain("A servo is a motor");
    expect(at(root, ".file .name").textContent).toBe("lab-notes-week-3.pdf");
    expect(at(root, ".bubble").dir).toBe("auto");
  });

  test("opens its pictures large, and Escape is theirs", async () => {
    const root = show(<Item item={items[0]!} />);
    await doing(() => at(root, ".picture").click());
    const dialog = at<HTMLDialogElement>(root, "dialog");
    const outside = vi.fn();
    document.addEventListener("keydown", outside, { once: true });
    dialog.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));

    expect(dialog.open).toBe(true);
    expect(outside).not.toHaveBeenCalled();
    await doing(() => button(dialog, "Close").click());
    expect(dialog.open).toBe(false);
  });

  test("shows no picture from where none may come", () => {
    const item = {
      ...items[0]!,
      attachments: [
        { type: "image", id: "i", name: "x.png", mime_type: "image/png", preview_url: "javascript:alert(1)" },
      ],
    } as ThreadItem;
    const root = show(<Item item={item} />);

    expect(root.querySelector("img")).toBeNull();
    expect(root.textContent).toContain("x.png");
  });
});

describe("a workflow", () => {
  const workflow = (change: Partial<WorkflowItem["workflow"]>): WorkflowItem => ({
    ...base,
    id: "w",
    type: "workflow",
    workflow: { type: "reasoning", tasks: [], ...change },
  });
  const task = (title: string, status: Task["status_indicator"]): Task => ({
    type: "custom",
    title,
    status_indicator: status,
  });

  test("says what it is at while it runs, and what came of it afterwards", () => {
    const { chat } = pretended({ growing: new Set(["w"]) });
    const tasks = [task("Reading", "complete"), task("Searching", "loading")];
    const running = show(<Item item={workflow({ tasks })} />, environment(chat).env);
    expect(at(running, ".summary").textContent).toBe("Searching");
    expect(at(running, ".item").getAttribute("aria-busy")).toBe("true");

    const title = (summary: WorkflowItem["workflow"]["summary"]) =>
      at(show(<Item item={workflow({ tasks, summary })} />), ".summary").textContent;
    expect(title({ duration: 7 })).toBe("Thought for 7 s");
    expect(title({ title: "Read two sections" })).toBe("Read two sections");
    expect(title(undefined)).toBe("Thought");
  });

  test("opens and closes, and begins as the server says", async () => {
    const tasks = [task("Reading", "complete")];
    const root = show(<Item item={workflow({ tasks })} />);
    const summary = at(root, "button.summary");
    expect([summary.getAttribute("aria-expanded"), root.querySelectorAll(".tasks li").length]).toEqual([
      "false",
      0,
    ]);

    await doing(() => summary.click());
    expect([summary.getAttribute("aria-expanded"), root.querySelectorAll(".tasks li").length]).toEqual([
      "true",
      1,
    ]);
    expect(
      show(<Item item={workflow({ tasks, expanded: true })} />).querySelectorAll(".tasks li").length,
    ).toBe(1);
  });

  test("links its sources through the page, and none that are no web addresses", async () => {
    const { env, opened } = environment();
    const sources = ["https://www.book.example/docs/x/", "javascript:alert(1)"].map((url) => ({
      type: "url" as const,
      title: "X",
      url,
    }));
    const root = show(
      <Item item={workflow({ expanded: true, tasks: [{ type: "web_search", queries: ["q"], sources }] })} />,
      env,
    );
    await doing(() => at(root, ".places a").click());

    expect(root.querySelectorAll(".places a").length).toBe(1);
    expect(at(root, ".where").textContent).toBe("book.example/docs/x");
    expect(opened).toEqual(["https://www.book.example/docs/x/"]);
  });
});

describe("what is going on and what went wrong", () => {
  test("a problem is announced, counts down what the server asks to wait, and then can be tried again", async () => {
    vi.useFakeTimers();
    const { chat, calls } = pretended();
    const { env, said } = environment(chat);
    const problem = { message: "Too many questions.", retry: "send", wait: 2, request: "req_1" } as const;
    const root = show(<ProblemBox problem={problem} />, env);
    await vi.advanceTimersByTimeAsync(20);
    const again = at<HTMLButtonElement>(root, ".button");
    expect([again.textContent, again.disabled]).toEqual(["Try again in 2 s", true]);
    expect(said).toEqual(["Too many questions."]);
    expect(root.textContent).toContain("Request req_1");

    await vi.advanceTimersByTimeAsync(2100);
    expect([again.textContent, again.disabled]).toEqual(["Try again", false]);
    again.click();
    button(root, "Dismiss").click();
    expect(calls).toEqual([["retry"], ["dismissProblem"]]);
  });

  test("a problem that trying again does not mend has no such button", () => {
    const root = show(<ProblemBox problem={{ message: "This conversation is closed.", retry: null }} />);

    expect(root.querySelectorAll("button").length).toBe(1);
  });

  test("a notice has its words as Markdown, and goes when it is dismissed", async () => {
    const onDismiss = vi.fn();
    const notice = { level: "warning", title: "Nearly there", message: "**Three** are left." } as const;
    const root = show(<NoticeBox notice={notice} onDismiss={onDismiss} />);
    await doing(() => button(root, "Dismiss").click());

    expect(root.textContent).toContain("Three are left.");
    expect(onDismiss).toHaveBeenCalledOnce();
  });

  test("progress says what it is", () => {
    expect(show(<Progress text="Searching the book…" icon="book-open" />).textContent).toBe(
      "Searching the book…",
    );
  });
});
