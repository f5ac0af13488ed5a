// @vitest-environment jsdom
import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Annotation, AnswerRecord, CitationRecord } from "../protocol/types";
import { type Env, EnvContext } from "../ui/env";
import { Sources } from "./Sources";
import { environment, show } from "./testing";

const annotations: Annotation[] = [1, 2, 3, 4].map((n) => ({
  type: "annotation",
  index: 4 * n,
  source: {
    type: "url",
    url: `/docs/${n}`,
    title: `Section ${n}`,
    group: "Nodes",
    description: `Quote ${n}.`,
  },
}));
const record: AnswerRecord = {
  item_id: "msg_1",
  outcome: "answered",
  confidence: 0.8,
  citations: [0.9, 0.3, 0.1].map((relevance, n) => ({
    marker: n + 1,
    heading: "",
    path: "",
    url: "",
    quote: `Quote ${n + 1}.`,
    relevance,
    section: "concepts",
  })),
};

function changed(now: CitationRecord["now"]): AnswerRecord {
  const [first, ...rest] = record.citations;
  return { ...record, citations: [{ ...first!, now }, ...rest] };
}

function list(props: Parameters<typeof Sources>[0], env: Env = environment().env): HTMLElement {
  const root = document.body.appendChild(document.createElement("div"));
  act(() => render(h(EnvContext.Provider, { value: env, children: h(Sources, props) }), root));
  return root;
}

describe("the list of sources", () => {
  test("shows three, and the others when asked", () => {
    const root = list({ annotations, record });
    expect([...root.querySelectorAll("li")].map((each) => each.value)).toEqual([1, 2, 3]);
    const more = root.querySelector("button")!;
    expect(more.textContent).toBe("All sources (4)");
    act(() => more.click());
    expect(root.querySelectorAll("li")).toHaveLength(4);
    expect(more.getAttribute("aria-expanded")).toBe("true");
  });

  test("what the book says is no source text: formulas are drawn, and cells stand apart", () => {
    const quoted = (description: string) => {
      const source = { ...annotations[0]!.source, description } as Annotation["source"];
      return list({ annotations: [{ ...annotations[0]!, source }] }).querySelector("q")!;
    };
    expect(quoted("A force $F$ costs $5 or $6.").querySelectorAll(".math")).toHaveLength(1);
    expect(quoted("A force $F$ costs $5 or $6.").textContent).toBe("A force F costs $5 or $6.");
    expect(quoted("| 2 | 5 to 7 | |").textContent).toBe("2 · 5 to 7");
  });

  test("says in words how well each fits, and how sure the answer is", () => {
    const root = list({ annotations, record });
    expect(root.querySelector(".sure")!.textContent).toBe("The book says this clearly.");
    expect([...root.querySelectorAll(".match")].map((each) => each.lastElementChild!.textContent)).toEqual([
      "Strong match",
      "Fair match",
      "Weak match",
    ]);
  });

  test("says where the book has changed, with the old words and the new", () => {
    const root = list({ annotations, record: changed({ state: "changed", text: "Another quote." }) });
    const [first, second] = [...root.querySelectorAll("li")];
    expect(first!.querySelector(".now strong")!.textContent).toBe("The book has changed here.");
    expect([...first!.querySelectorAll("q")].map((each) => each.textContent)).toEqual([
      "Quote 1.",
      "Another quote.",
    ]);
    expect(second!.querySelector(".now")).toBeNull();
  });

  test("says so of what is gone, without new words", () => {
    const root = list({ annotations, record: changed({ state: "gone", text: "" }) });
    expect(root.querySelector(".now")!.textContent).toBe("The book has changed here.");
  });

  test.each(["same", "moved"] as const)("says nothing of what stands in the book: %s", (state) => {
    const root = list({ annotations, record: changed({ state, text: "Quote 1." }) });
    expect(root.querySelector(".now")).toBeNull();
  });

  test.each(["closest", "not_in_book", "conversation"])(
    "an answer that is %s has no confidence",
    (outcome) => {
      expect(list({ annotations, record: { ...record, outcome } }).querySelector(".sure")).toBeNull();
    },
  );

  test("documentation of a library is told from the book", () => {
    const citations = [{ ...record.citations[0]!, section: "library_docs" }, record.citations[1]!];
    const root = list({ annotations: annotations.slice(0, 2), record: { ...record, citations } });
    expect([...root.querySelectorAll(".match")].map((each) => each.firstElementChild!.textContent)).toEqual([
      "Library documentation",
      "Concepts",
    ]);
  });

  test("a source that was cited twice stands there once", () => {
    const root = list({ annotations: [annotations[0]!, { ...annotations[0]!, index: 40 }] });
    expect(root.querySelectorAll("li")).toHaveLength(1);
  });

  test("opens a source through the element, with what it is", () => {
    const openLink = vi.fn();
    const root = list({ annotations }, { ...environment().env, openLink });
    root.querySelector("a")!.click();
    expect(openLink).toHaveBeenCalledWith("/docs/1", annotations[0]!.source);
  });

  test("a file is named and leads nowhere; an entity is the page's", () => {
    const entityClick = vi.fn();
    const root = list(
      {
        annotations: [
          { type: "annotation", source: { type: "file", filename: "servo.pdf", title: "servo.pdf" } },
          {
            type: "annotation",
            source: { type: "entity", id: "e1", title: "Arm", interactive: true, data: { n: 1 } },
          },
          { type: "annotation", source: { type: "entity", id: "e2", title: "Leg" } },
        ],
      },
      { ...environment().env, entityClick },
    );
    expect(root.querySelectorAll("a")).toHaveLength(0);
    expect(root.querySelectorAll("button")).toHaveLength(1);
    root.querySelector("button")!.click();
    expect(entityClick.mock.calls[0]![0]).toMatchObject({ id: "e1", title: "Arm", data: { n: "1" } });
  });
});

describe("the card of a marker", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());
  const text = "a[1] and the rest.";
  const records = new Map([["msg_1", record]]);
  const cited = (change: Partial<Env> = {}, source?: Annotation) => {
    const env = { ...environment(source ? {} : { state: { records } }).env, ...change };
    const root = show(
      { text, annotations: [{ ...(source ?? annotations[0]!), index: 4 }], itemId: "msg_1" },
      env,
    );
    const marker = root.querySelector<HTMLElement>(".cite")!;
    const send = (target: Element, event: Event) => act(() => void target.dispatchEvent(event));
    const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms));
    return { root, marker, send, pass, card: () => root.querySelector("[role=tooltip]") };
  };

  test("opens under the pointer, stays while it is on the card, and closes behind it", () => {
    const { marker, send, pass, card } = cited();
    send(marker, new MouseEvent("pointerenter"));
    pass(500);
    expect(card()!.textContent).toContain("Nodes › Section 1Quote 1.");
    expect(card()!.textContent).toContain("Strong match");
    expect(marker.getAttribute("aria-describedby")).toBe(card()!.id);

    send(marker, new MouseEvent("pointerleave"));
    pass(50);
    send(card()!, new MouseEvent("pointerenter"));
    pass(2000);
    expect(card()).not.toBeNull();

    send(card()!, new MouseEvent("pointerleave"));
    pass(500);
    expect(card()).toBeNull();
  });

  test("of what the book no longer says bears a mark, and shows what it says now", () => {
    const now = { state: "changed" as const, text: "Another quote." };
    const one = environment({ state: { records: new Map([["msg_1", changed(now)]]) } }).env;
    const { marker, send, pass, card } = cited(one);
    expect(marker.className).toBe("cite changed");
    expect(marker.getAttribute("aria-label")).toBe("Source 1: Section 1. The book has changed here.");
    send(marker, new MouseEvent("pointerenter"));
    pass(500);
    expect(card()!.textContent).toContain("Quote 1.The book has changed here.Another quote.");
  });

  test("closes with Escape, which goes no further", () => {
    const { marker, send, pass, card } = cited();
    const panel = vi.fn();
    document.body.addEventListener("keydown", panel);
    send(marker, new MouseEvent("pointerenter"));
    pass(500);
    send(marker, new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));

    expect(card()).toBeNull();
    expect(panel).not.toHaveBeenCalled();
    document.body.removeEventListener("keydown", panel);
  });

  test("of a file opens by a click, because there is nowhere to go", () => {
    const file: Annotation = {
      type: "annotation",
      source: { type: "file", filename: "servo.pdf", title: "Page 3" },
    };
    const { marker, card } = cited({}, file);
    act(() => marker.click());
    expect(card()!.textContent).toBe("Page 3servo.pdf");
    act(() => marker.click());
    expect(card()).toBeNull();
  });

  test.each([true, false])(
    "of an entity shows what the page shows of it, where it is interactive: %s",
    async (interactive) => {
      const source = { type: "entity" as const, id: "e1", title: "Arm", interactive };
      const entityPreview = vi.fn(async () => null);
      const { marker, send, pass, card } = cited({ entityPreview }, { type: "annotation", source });
      send(marker, new MouseEvent("pointerenter"));
      pass(500);
      pass(10);
      await act(async () => {});
      expect(entityPreview).toHaveBeenCalledTimes(interactive ? 1 : 0);
      expect(card()!.textContent).toBe("Arm");
    },
  );
});
