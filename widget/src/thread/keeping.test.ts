import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { storage } from "../../tests/chatting";
import { type Draft, draft, Keeping, keepDraft, saveDrafts } from "./keeping";

const DRAFT: Draft = { text: "What is", tags: [], quote: "servo", tool: null, model: "m" };
const PLACE = "http://book.test/chatkit ";

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
    keepDraft("thr_1", DRAFT, PLACE);
    keepDraft(null, { ...DRAFT, text: "new" }, PLACE);
    keepDraft(null, { ...DRAFT, text: "other" }, `${PLACE}bees`);
    saveDrafts();

    expect(draft("thr_1", PLACE)).toEqual(DRAFT);
    expect(draft(null, PLACE)?.text).toBe("new");
    expect(draft(null, `${PLACE}bees`)?.text).toBe("other");
    expect(draft("thr_2", PLACE)).toBeNull();
  });

  it("of one server are not those of another", () => {
    keepDraft(null, DRAFT, "http://other.test/chatkit ");
    keepDraft("1", DRAFT, "http://other.test/chatkit ");
    saveDrafts();

    expect([draft(null, PLACE), draft("1", PLACE)]).toEqual([null, null]);
  });

  it("are there at once, and written a moment later", () => {
    vi.useFakeTimers();
    keepDraft("thr_1", DRAFT, PLACE);
    expect(draft("thr_1", PLACE)).toEqual(DRAFT);
    expect(localStorage.getItem("pageside:drafts")).toBeNull();
    vi.advanceTimersByTime(1000);

    expect(JSON.parse(localStorage.getItem("pageside:drafts")!)).toEqual({ [`thr_1 ${PLACE}`]: DRAFT });
  });

  it("are forgotten when they are sent, and the oldest when there are many", () => {
    keepDraft("thr_0", DRAFT, PLACE);
    saveDrafts();
    keepDraft("thr_0", null, PLACE);
    for (let n = 1; n <= 40; n++) {
      keepDraft(`thr_${n}`, DRAFT, PLACE);
      saveDrafts();
    }

    expect(draft("thr_0", PLACE)).toBeNull();
    expect(draft("thr_1", PLACE)).toBeNull();
    expect(draft("thr_11", PLACE)).toEqual(DRAFT);
    expect(draft("thr_40", PLACE)).toEqual(DRAFT);
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
    keepDraft("thr_1", DRAFT, PLACE);
    saveDrafts();

    expect(draft("thr_1", PLACE)).toEqual(DRAFT);
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
    keepDraft("thr_1", DRAFT, PLACE);
    one.forget();

    expect([one.thread(), one.run(), one.sending(), draft("thr_1", PLACE)]).toEqual([null, null, null, null]);
  });
});
