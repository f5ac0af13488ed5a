/** Conversations with a server in memory, and what tests look at in them. */

import { expect, vi } from "vitest";
import type { RequestError } from "../src/protocol/errors";
import type { StreamEvent } from "../src/protocol/types";
import { Conversation, type ConversationOptions } from "../src/thread/conversation";
import type { Outgoing } from "../src/thread/state";
import { answer, delta, done, type FakeServer, opening } from "./fake-server";

const WORDS = {
  offline: "offline",
  unreachable: "unreachable",
  failed: "failed",
  actionFailed: "action failed",
  locked: "locked",
  closed: "closed",
};
const opened: Conversation[] = [];

/** A conversation with `server`; closed after the test. */
export function chatWith(server: FakeServer, options: Partial<ConversationOptions> = {}): Conversation {
  const chat = new Conversation({
    client: {
      api: { url: "http://book.test/chatkit", domainKey: "d", fetch: server.fetch },
      server: "http://book.test",
      ours: server.ours,
      locale: () => "en",
      context: () => ({ pageContext: { url: "/servo" } }),
    },
    words: () => WORDS,
    ...options,
  });
  opened.push(chat);
  return chat;
}

/** What a reader sends. */
export const message = (text: string, more: Partial<Outgoing> = {}): Outgoing => ({
  content: [{ type: "input_text", text }],
  attachments: [],
  options: {},
  ...more,
});

/** The events of an answer to its end. */
export const whole = (text: string, said: string, number = 1): StreamEvent[] => [
  ...opening(text, "thr_1", number),
  delta(`msg_a${number}`, said),
  done(answer(`msg_a${number}`, said)),
];

/** The texts of what is shown. */
export const said = (chat: Conversation) =>
  chat.state.items.map((item) =>
    "content" in item ? item.content.map((part) => part.text).join("") : `(${item.type})`,
  );

/** Resolves when `what` is so. */
export const until = (what: () => boolean) =>
  vi.waitFor(() => expect(what()).toBe(true), { timeout: 10_000, interval: 2 });
/** The error that `promise` rejects with. */
export const failing = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("not refused"),
    (error) => error as RequestError,
  );

/** A storage as browsers have it. */
export function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  } as unknown as Storage;
}

/** Closes what a test opened, and takes its doubles away; for `afterEach`. */
export function closeAll(): void {
  for (const chat of opened.splice(0)) chat.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
}

/** The keys under which questions came. */
export const keysOf = (server: FakeServer) =>
  server.asked
    .filter((each) => each.op === "threads.create")
    .map((each) => each.headers.get("Idempotency-Key"));
