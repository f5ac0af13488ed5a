/** What a browser keeps of conversations: drafts for every tab, and which thread and answer this tab had open. */

import { Place } from "../protocol/place";
import type { InputTag } from "../protocol/types";
import type { Outgoing } from "./state";

/** What stands in the composer; files are not kept. */
export interface Draft {
  text: string;
  tags: InputTag[];
  quote: string;
  tool: string | null;
  model: string | null;
}

/** An answer under way; `threadId` is null until the server has named the thread. */
export interface KeptRun {
  threadId: string | null;
  runId: string;
}

/** A message on its way, of which the server has not said that it arrived. */
export interface KeptMessage {
  threadId: string | null;
  key: string;
  message: Outgoing;
}

const MAX_DRAFTS = 30;
const LATER_MS = 400;

/** The draft of a thread, or of a new one for null, at the server and book that `place` names. */
export function draft(threadId: string | null, place: string): Draft | null {
  const name = named(threadId, place);
  return unsaved.has(name) ? unsaved.get(name)! : (drafts.read()[name] ?? null);
}

/** Keeps the draft of a thread, or of a new one; null forgets it. Written a moment later, and when the page is left. */
export function keepDraft(threadId: string | null, value: Draft | null, place: string): void {
  unsaved.set(named(threadId, place), value);
  clearTimeout(timer);
  timer = setTimeout(saveDrafts, LATER_MS);
  globalThis.addEventListener?.("pagehide", saveDrafts, { once: true });
}

function named(threadId: string | null, place: string): string {
  return `${threadId ?? "new"} ${place}`;
}

/** Writes the drafts that wait to be written. */
export function saveDrafts(): void {
  clearTimeout(timer);
  if (!unsaved.size) return;
  const kept = { ...drafts.read() };
  for (const [name, value] of unsaved) {
    delete kept[name];
    if (value) kept[name] = value;
  }
  unsaved.clear();
  drafts.write(Object.fromEntries(Object.entries(kept).slice(-MAX_DRAFTS)));
}

/** Which thread and which answer this tab has open, for one server and book. */
export class Keeping {
  readonly #runs: Place<KeptRun | null>;
  readonly #open: Place<string | null>;
  readonly #onTheWay: Place<KeptMessage | null>;

  constructor(place: string) {
    this.#runs = new Place(() => globalThis.sessionStorage, `pageside:run:${place}`, null);
    this.#open = new Place(() => globalThis.sessionStorage, `pageside:thread:${place}`, null);
    this.#onTheWay = new Place(() => globalThis.sessionStorage, `pageside:sending:${place}`, null);
  }

  /** The message that was on its way when the page was left. */
  sending(): KeptMessage | null {
    return this.#onTheWay.read();
  }

  keepSending(message: KeptMessage | null): void {
    this.#onTheWay.write(message);
  }

  /** The answer that was under way in this tab when its page was left. */
  run(): KeptRun | null {
    return this.#runs.read();
  }

  keepRun(run: KeptRun): void {
    this.#runs.write(run);
  }

  endRun(runId: string): void {
    if (this.#runs.read()?.runId === runId) this.#runs.write(null);
  }

  /** The thread that was open in this tab. */
  thread(): string | null {
    return this.#open.read();
  }

  keepThread(threadId: string | null): void {
    this.#open.write(threadId);
  }

  /** Forgets everything, drafts too: the reader has signed out. */
  forget(): void {
    unsaved.clear();
    drafts.write({});
    this.#runs.write(null);
    this.#open.write(null);
    this.#onTheWay.write(null);
  }
}

const drafts = new Place<Record<string, Draft>>(() => globalThis.localStorage, "pageside:drafts", {});
const unsaved = new Map<string, Draft | null>();
let timer: ReturnType<typeof setTimeout> | undefined;
