import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { storage } from "../../tests/chatting";
import { type Draft, draft, Keeping, keepDraft, saveDrafts } from "./keeping";

const DRAFT: Draft = { text: "What is", tags: [], quote: "servo", tool: null, model: "m" };

beforeEach(() => {
  vi.stubGlobal("localStorage", storage());
  vi.stubGlobal("sessionStorage", storage());
});

afterEach(() => {
  saveDrafts();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("drafts", () => {
  it("are kept for each thread, and for a new one of each book", () => {
    keepDraft("thr_1", DRAFT);
    keepDraft(null, { ...DRAFT, text: "new" });
    keepDraft(null, { ...DRAFT, text: "other" }, "bees");
    saveDrafts();

    expect(draft("thr_1")).toEqual(DRAFT);
    expect(draft(null)?.text).toBe("new");
    expect(draft(null, "bees")?.text).toBe("other");
    expect(draft("thr_2")).toBeNull();
  });

  it("are there at once, and written a moment later", () => {
    vi.useFakeTimers();
    keepDraft("thr_1", DRAFT);
    expect(draft("thr_1")).toEqual(DRAFT);
    expect(localStorage.getItem("pageside:drafts")).toBeNull();
    vi.advanceTimersByTime(1000);

    expect(JSON.parse(localStorage.getItem("pageside:drafts")!)).toEqual({ thr_1: DRAFT });
  });

  it("are forgotten when they are sent, and the oldest when there are many", () => {
    keepDraft("thr_0", DRAFT);
    saveDrafts();
    keepDraft("thr_0", null);
    for (let n = 1; n <= 40; n++) {
      keepDraft(`thr_${n}`, DRAFT);
      saveDrafts();
    }

    expect(draft("thr_0")).toBeNull();
    expect(draft("thr_1")).toBeNull();
    expect(draft("thr_11")).toEqual(DRAFT);
    expect(draft("thr_40")).toEqual(DRAFT);
  });

  it.each([
    ["full", { ...storage(), setItem: () => expect.unreachable() }],
    ["forbidden", undefined],
    ["damaged", { ...storage(), getItem: () => "{half" }],
  ])("last as long as the page where storage is %s", (_, local) => {
    if (local?.setItem)
      local.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    vi.stubGlobal("localStorage", local);
    const kept = new Keeping("http://book.test");
    kept.forget();
    keepDraft("thr_1", DRAFT);
    saveDrafts();

    expect(draft("thr_1")).toEqual(DRAFT);
  });
});

describe("what a tab has open", () => {
  it("is kept for each server and book", () => {
    const one = new Keeping("http://book.test a");
    one.keepThread("thr_1");
    one.keepRun({ threadId: "thr_1", runId: "run_1" });
    one.endRun("run_0");

    expect(new Keeping("http://book.test a").thread()).toBe("thr_1");
    expect(new Keeping("http://book.test a").run()).toEqual({ threadId: "thr_1", runId: "run_1" });
    expect(new Keeping("http://book.test b").thread()).toBeNull();
    one.endRun("run_1");
    expect(one.run()).toBeNull();
  });

  it("is forgotten with everything else when the reader signs out", () => {
    const one = new Keeping("s");
    one.keepThread("thr_1");
    keepDraft("thr_1", DRAFT);
    one.forget();

    expect([one.thread(), one.run(), one.sending(), draft("thr_1")]).toEqual([null, null, null, null]);
  });
});
